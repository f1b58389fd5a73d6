"""Later findings of the invented cohort: CAR cells by flow cytometry, subsets of B cells, antibodies.

Counts of CAR cells follow the transgene copies of the same tube. Antibodies are those against two old vaccines, against
the receptor, and against the donor's HLA. Its own source of chance: nothing that was made before changes.
"""

from __future__ import annotations

import random

from cohort import Subject
from plan import ASSESSED, NUMBER, Pen

CELL_LLOQ, PER_COPY = 0.5, 0.008
TOO_FEW = 5
# code: name, markers, percent of B cells before and when they return
SUBSETS = {
    "BLYNBLY": ("Naive B-Lymphocytes/B-Lymphocytes", "CD19+CD27-IGD+", 48, 88),
    "BMSB": ("Class-Switched Memory B-Lymph/B-Lymph", "CD19+CD27+IGD-", 27, 3),
    "PBBLY": ("Plasmablasts/B-Lymphocytes", "CD19+CD27++CD38++", 7, 1.2),
}
TETANUS_LLOQ, MEASLES_LLOQ = 0.01, 10
# concentrations that were thought up; the others are drawn
TETANUS = {4: 0.12, 12: 0.08}
MEASLES = {9: 95, 16: 380}
VACCINATED = ("screening", "week-12", "week-24", "week-52")
TESTED = ("screening", "week-4", "week-12", "week-24", "week-52")
# titer by visit where an anti-CAR antibody was found; 20 had no serum after the cells
ANTI_CAR = {
    5: {"week-12": 40, "week-24": 80},
    9: {"screening": 10, "week-4": 20, "week-12": 80, "week-24": 40},
    14: {"screening": 20, "week-4": 20, "week-12": 40},
}
# fluorescence of antibodies against the donor's HLA; 17 was not tested before
DONOR_HLA = {3: {"week-12": 2400, "week-24": 1900}, 11: {"screening": 1500, "week-4": 6400, "week-12": 7100},
             17: {"week-4": 3100}}  # fmt: skip
NO_SERUM = {("ADA_BAB", 20, "week-4"), ("ALAB", 17, "screening")}


def cells_and_antibodies(pen: Pen, subject: Subject, visits: dict[str, int]) -> None:
    noise = random.Random(9100 + subject.number)
    _car_cells(pen, noise)
    _subsets(pen, subject, visits, noise)
    _vaccines(pen, subject, visits, noise)
    titers, intensities = ANTI_CAR.get(subject.number, {}), DONOR_HLA.get(subject.number, {})
    for key in TESTED:
        if key in visits:
            day = visits[key]
            drug = ("ADA_BAB", "Binding Antidrug Antibody", "KN5501", "TITER")
            _test(pen, subject, drug, key, day, titers.get(key))
            if key != "week-52":
                donor = ("ALAB", "Alloantibody", "DONOR HLA ANTIGENS", "MFI")
                _test(pen, subject, donor, key, day, intensities.get(key))


def _car_cells(pen: Pen, noise: random.Random) -> None:
    """One count per tube that was taken before an infusion or on a day without one."""
    for row in [r for r in pen.tables["PC"] if r["USUBJID"] == pen.subject and r["PCTPT"] != "4 H POST-DOSE"]:
        found = row["PCSTRESN"]
        count = 0.0 if found == "" else float(str(found)) * PER_COPY * noise.uniform(0.8, 1.25)
        text = f"<{CELL_LLOQ}" if count < CELL_LLOQ else f"{count:.1f}"
        sequence = pen.add(
            "CP", CPTESTCD="CARCE", CPTEST="CAR-positive cells", CPCAT="CELL KINETICS", CPMRKSTR="CD56+CAR+",
            CPORRES=text, CPORRESU="cells/uL", CPSTRESC=text, CPSTRESN="" if "<" in text else text,
            CPSTRESU="cells/uL", CPSPEC="BLOOD", CPMETHOD="FLOW CYTOMETRY", CPLOBXFL="", VISITNUM=row["VISITNUM"],
            VISIT=row["VISIT"], CPDTC=row["PCDTC"],
        )  # fmt: skip
        pen.supp("CP", sequence, "CPLLOQ", "Lower Limit of Quantitation", CELL_LLOQ, "eDT")


def _subsets(pen: Pen, subject: Subject, visits: dict[str, int], noise: random.Random) -> None:
    """Percentages where there are enough B cells to tell; otherwise not done, with the reason."""
    counts = {
        row["VISITNUM"]: float(str(row["CPSTRESN"] or 0))
        for row in pen.tables["CP"]
        if row["USUBJID"] == pen.subject and row["CPTESTCD"] == "BLYCE"
    }
    for key in ASSESSED:
        if key not in visits:
            continue
        number, label = NUMBER[key]
        enough = counts.get(number, 0) >= TOO_FEW
        for code, (name, markers, before, after) in SUBSETS.items():
            share = (before if key == "screening" else after) * noise.uniform(0.85, 1.12)
            text = f"{share:.1f}" if enough else ""
            pen.add(
                "CP", CPTESTCD=code, CPTEST=name, CPCAT="IMMUNOPHENOTYPING", CPMRKSTR=markers, CPORRES=text,
                CPORRESU="%", CPSTRESC=text, CPSTRESN=text, CPSTRESU="%", CPSPEC="BLOOD", CPMETHOD="FLOW CYTOMETRY",
                CPLOBXFL="Y" if key == "screening" else "", VISITNUM=number, VISIT=label, CPDTC=pen.day(visits[key]),
                CPSTAT="" if enough else "NOT DONE", CPREASND="" if enough else "Too few B cells",
            )  # fmt: skip


def _vaccines(pen: Pen, subject: Subject, visits: dict[str, int], noise: random.Random) -> None:
    """Antibodies of plasma cells that the cells do not reach: they fall a little and mostly stay."""
    tetanus = TETANUS.get(subject.number, noise.uniform(0.3, 2.4))
    measles = MEASLES.get(subject.number, noise.uniform(220, 1900))
    for key in VACCINATED:
        if key not in visits:
            continue
        fall = 1 - 0.28 * min(max(visits[key], 0), 168) / 168
        for agent, start, unit, decimals, limit in (
            ("TETANUS TOXOID", tetanus, "IU/mL", 2, TETANUS_LLOQ),
            ("MEASLES VIRUS", measles, "mIU/mL", 0, MEASLES_LLOQ),
        ):
            text = f"{start * fall * noise.uniform(0.95, 1.05):.{decimals}f}"
            _antibody(
                pen, ("MBIGGAB", "Microbial-induced IgG Antibody", agent), key, visits[key], text, text, unit,
                aim="QUANTIFY", limit=limit,
            )  # fmt: skip


def _test(
    pen: Pen, subject: Subject, test: tuple[str, str, str, str], key: str, day: int, amount: int | None
) -> None:
    """A confirmed answer, and how much where there is any."""
    code, name, agent, unit = test
    about = (code, name, agent)
    if (code, subject.number, key) in NO_SERUM:
        _antibody(pen, about, key, day, "", "", "", aim="CONFIRM", missing="No serum")
        return
    _antibody(pen, about, key, day, "NEGATIVE" if amount is None else "POSITIVE", "", "", aim="CONFIRM")
    if amount is not None:
        _antibody(pen, about, key, day, str(amount), str(amount), unit, aim="QUANTIFY")


def _antibody(
    pen: Pen, test: tuple[str, str, str], key: str, day: int, text: str, value: str, unit: str, *, aim: str,
    limit: float | None = None, missing: str = "",
) -> None:  # fmt: skip
    number, label = NUMBER[key]
    code, name, agent = test
    pen.add(
        "IS", ISTESTCD=code, ISTEST=name, ISBDAGNT=agent, ISTSTOPO=aim, ISORRES=text, ISORRESU=unit, ISSTRESC=text,
        ISSTRESN=value, ISSTRESU=unit, ISSTNRHI="", ISNRIND="", ISSPEC="SERUM",
        ISLOBXFL="Y" if number == 1 and not missing else "", VISITNUM=number, VISIT=label, ISDTC=pen.day(day),
        ISLLOQ=limit, ISSTAT="NOT DONE" if missing else "", ISREASND=missing,
    )  # fmt: skip
