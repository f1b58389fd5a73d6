"""Write the records of the invented cohort (cohort.py) as SDTM-shaped CSV files, the same bytes every time.

Usage: python make_records.py [FOLDER]     (default: the folder `records` beside this file)

Only the standard library. Whatever has to agree is made from one source: the serological, renal and hematological
items of the SLEDAI-2K are read off the laboratory values of the same visit, never typed twice.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from datetime import timedelta
from pathlib import Path

from activity import activity
from bilag_items import bilag_items
from cells_and_antibodies import cells_and_antibodies
from cohort import FEVERS, SCREEN_FAILURES, SUBJECTS, ScreenFailure, Subject
from findings import UNSCHEDULED, b_cells, copies, labs, vital_sign, vital_signs
from plan import CELLS, FIRST_INFUSION, INFUSIONS, MISSED, SITE, VISITS, Pen, Row
from ratings import ratings
from toxicity import toxicity

NOTICE = (
    "INVENTED DATA: a cohort made to satisfy the totals printed in ACR 2024 abstract L17; no row is a real patient."
)
PARTIAL_DOSE = {(16, 2): 5.4}  # subject, infusion: a bag lost volume
LOTS = (("D1-L1", "D1", 3), ("D1-L2", "D1", 6), ("D2-L1", "D2", 10), ("D2-L2", "D2", 14), ("D3-L1", "D3", 20))
DRUGS = {
    "HYDROXYCHLOROQUINE": ("ANTIMALARIAL", 200, "mg", "BID", "ORAL"),
    "METHOTREXATE": ("IMMUNOSUPPRESSANT", 15, "mg", "EVERY WEEK", "ORAL"),
    "MYCOPHENOLATE MOFETIL": ("IMMUNOSUPPRESSANT", 1000, "mg", "BID", "ORAL"),
    "TACROLIMUS": ("IMMUNOSUPPRESSANT", 1, "mg", "BID", "ORAL"),
    "CYCLOSPORINE": ("IMMUNOSUPPRESSANT", 75, "mg", "BID", "ORAL"),
    "AZATHIOPRINE": ("IMMUNOSUPPRESSANT", 100, "mg", "QD", "ORAL"),
    "LEFLUNOMIDE": ("IMMUNOSUPPRESSANT", 20, "mg", "QD", "ORAL"),
    "CYCLOPHOSPHAMIDE": ("IMMUNOSUPPRESSANT", 600, "mg", "EVERY 4 WEEKS", "INTRAVENOUS"),
    "BELIMUMAB": ("BIOLOGIC", 10, "mg/kg", "EVERY 4 WEEKS", "INTRAVENOUS"),
    "TELITACICEPT": ("BIOLOGIC", 160, "mg", "EVERY WEEK", "SUBCUTANEOUS"),
}


def main(folder: Path) -> None:
    """Write one CSV file a table, sorted by subject, and the notice."""
    tables: dict[str, list[Row]] = {}
    for subject in SUBJECTS:
        _subject(tables, subject)
    for failure in SCREEN_FAILURES:
        _screen_failure(tables, failure)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name.lower()}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    (folder / "NOTICE.txt").write_text(NOTICE + "\n", encoding="utf-8")


def _subject(tables: dict[str, list[Row]], subject: Subject) -> None:
    pen = Pen(tables, subject.number, FIRST_INFUSION + timedelta(days=subject.first))
    noise = random.Random(5501 + subject.number)
    visits = _visits(subject)
    _demographics(pen, subject)
    _visit_rows(pen, subject, visits)
    _exposure(pen, subject)
    _history_and_drugs(pen, subject, visits)
    values = labs(pen, subject, visits, noise)
    b_cells(pen, subject, visits, noise)
    copies(pen, subject, visits, noise)
    vital_signs(pen, subject, visits, noise)
    activity(pen, subject, visits, values)
    cells_and_antibodies(pen, subject, visits)
    _fever(pen, subject)
    ratings(pen, subject, visits, values)
    toxicity(pen, subject, visits)
    bilag_items(pen, subject, visits)


def _visits(subject: Subject) -> dict[str, int]:
    """Days of the visits that took place: those up to the last contact, without the missed ones."""
    planned = {key: subject.visits.get(key, day) for key, _, _, day in VISITS}
    planned["screening"] = -10 - subject.number % 5
    return {k: d for k, d in planned.items() if d <= subject.last and (subject.number, k) not in MISSED}


def _demographics(pen: Pen, subject: Subject) -> None:
    arm, consent = f"DL{subject.level}", pen.day(-10 - subject.number % 5)
    done = subject.last >= 350
    last = pen.day(INFUSIONS[-1])
    pen.add(
        "DM", SUBJID=f"{subject.number:03d}", RFSTDTC=pen.day(0), RFENDTC=last, RFXSTDTC=pen.day(-5), RFXENDTC=last,
        RFICDTC=consent, RFPENDTC=pen.day(subject.last) if done else "", DTHDTC="", DTHFL="", SITEID=SITE,
        AGE=subject.age, AGEU="YEARS", SEX=subject.sex, RACE="ASIAN", ETHNIC="NOT HISPANIC OR LATINO", ARMCD=arm,
        ARM=f"Dose level {subject.level}", ACTARMCD=arm, ACTARM=f"Dose level {subject.level}", ARMNRS="",
        ACTARMUD="", COUNTRY="CHN",
    )  # fmt: skip
    _milestone(pen, "Informed consent obtained", "INFORMED CONSENT OBTAINED", consent)
    _milestone(pen, "Eligibility criteria met", "ELIGIBILITY CRITERIA MET", pen.day(-6))
    _milestone(pen, f"Assigned to dose level {subject.level}", "ENTERED INTO TRIAL", pen.day(-6))
    if done:
        pen.add(
            "DS", DSTERM="Week 52 completed", DSDECOD="COMPLETED", DSCAT="DISPOSITION EVENT",
            DSSCAT="STUDY PARTICIPATION", DSSTDTC=pen.day(subject.last),
        )  # fmt: skip


def _milestone(pen: Pen, term: str, code: str, when: str) -> None:
    pen.add("DS", DSTERM=term, DSDECOD=code, DSCAT="PROTOCOL MILESTONE", DSSCAT="", DSSTDTC=when)


def _screen_failure(tables: dict[str, list[Row]], f: ScreenFailure) -> None:
    pen = Pen(tables, f.number, FIRST_INFUSION + timedelta(days=f.day))
    pen.add(
        "DM", SUBJID=str(f.number), RFSTDTC="", RFENDTC="", RFXSTDTC="", RFXENDTC="", RFICDTC=pen.day(0),
        RFPENDTC=pen.day(3), DTHDTC="", DTHFL="", SITEID=SITE, AGE=f.age, AGEU="YEARS", SEX=f.sex, RACE="ASIAN",
        ETHNIC="NOT HISPANIC OR LATINO", ARMCD="", ARM="", ACTARMCD="", ACTARM="", ARMNRS="SCREEN FAILURE",
        ACTARMUD="", COUNTRY="CHN",
    )  # fmt: skip
    _milestone(pen, "Informed consent obtained", "INFORMED CONSENT OBTAINED", pen.day(0))
    pen.add(
        "DS", DSTERM=f.reason, DSDECOD="SCREEN FAILURE", DSCAT="DISPOSITION EVENT", DSSCAT="STUDY PARTICIPATION",
        DSSTDTC=pen.day(3),
    )  # fmt: skip
    pen.add("SV", VISITNUM=1, VISIT="Screening", SVPRESP="Y", SVOCCUR="Y", SVSTDTC=pen.day(0), SVENDTC=pen.day(0))
    vital_sign(pen, "HEIGHT", "Height", f.height, "cm", 1, "Screening", pen.day(0))
    vital_sign(pen, "WEIGHT", "Weight", f.weight, "kg", 1, "Screening", pen.day(0))


def _visit_rows(pen: Pen, subject: Subject, visits: dict[str, int]) -> None:
    for key, number, label, planned in VISITS:
        missed = (subject.number, key) in MISSED
        if key in visits or missed:
            when = "" if missed else pen.day(visits[key])
            pen.add(
                "SV", VISITNUM=number, VISIT=label, SVPRESP="Y", SVOCCUR="N" if missed else "Y",
                VISITDY=planned + 1 if planned >= 0 else planned, SVSTDTC=when, SVENDTC=when, SVUPDES="",
            )  # fmt: skip
    extra = [UNSCHEDULED[subject.number]] if subject.number in UNSCHEDULED else []
    if subject.telephone:
        extra.append((subject.last, 90, "Telephone contact", "Telephone contact before the data cut"))
    for day, number, label, why in extra:
        when = pen.day(day)
        pen.add("SV", VISITNUM=number, VISIT=label, SVOCCUR="Y", SVSTDTC=when, SVENDTC=when, SVUPDES=why)


def _exposure(pen: Pen, subject: Subject) -> None:
    surface = math.sqrt(subject.height * subject.weight / 3600)  # Mosteller
    for day in (-5, -4, -3):
        for drug, target in (("FLUDARABINE", 25), ("CYCLOPHOSPHAMIDE", 300)):
            pen.add(
                "EX", EXLNKID="", EXTRT=drug, EXCAT="LYMPHODEPLETION", EXDOSE=round(target * surface),
                EXDOSTXT=f"{target} mg/m2", EXDOSU="mg", EXDOSFRM="INJECTION", EXDOSFRQ="QD", EXROUTE="INTRAVENOUS",
                EXLOT="", EXSTDTC=pen.day(day, "10:00"), EXENDTC=pen.day(day, "11:00"),
            )  # fmt: skip
    for infusion, day in enumerate(INFUSIONS, start=1):
        lot, donor, _ = next(lot for lot in LOTS if subject.number <= lot[2])
        sequence = pen.add(
            "EX", EXLNKID=f"INF{infusion}", EXTRT="KN5501", EXCAT="CELL THERAPY",
            EXDOSE=PARTIAL_DOSE.get((subject.number, infusion), CELLS[subject.level]), EXDOSTXT="",
            EXDOSU="10^9 Therapeutic Cells", EXDOSFRM="SUSPENSION", EXDOSFRQ="ONCE", EXROUTE="INTRAVENOUS", EXLOT=lot,
            EXSTDTC=pen.day(day, "10:00"), EXENDTC=pen.day(day, "10:40"),
        )  # fmt: skip
        pen.supp("EX", sequence, "DONOR", "Donor of the Cells", donor)


def _history_and_drugs(pen: Pen, subject: Subject, visits: dict[str, int]) -> None:
    lupus = "Systemic lupus erythematosus"
    pen.add(
        "MH",
        MHTERM=lupus,
        MHDECOD=lupus,
        MHEVDTYP="DIAGNOSIS",
        MHCAT="LUPUS",
        MHSTDTC=pen.day(-subject.diagnosis),
    )
    for term, since in subject.history:
        category = "GENERAL" if term == "Hypertension" else "LUPUS"
        pen.add("MH", MHTERM=term, MHDECOD=term, MHEVDTYP="", MHCAT=category, MHSTDTC=since)
    steroid = subject.steroid
    known = subject.diagnosis - 12  # no drug for lupus before its diagnosis
    periods = [(-min(240 + 11 * subject.number, known), steroid.entry)]
    periods += [(visits[key] + 1, dose) for key, dose in steroid.after.items()]
    for (start, dose), following in zip(periods, [*periods[1:], None], strict=True):
        if dose > 0:
            end = None if following is None else following[0] - 1
            _drug(pen, steroid.drug, ("GLUCOCORTICOID", dose, "mg", "QD", "ORAL"), start, end)
    if subject.hydroxychloroquine:
        _drug(
            pen,
            "HYDROXYCHLOROQUINE",
            DRUGS["HYDROXYCHLOROQUINE"],
            -min(500 + 37 * subject.number % 400, known),
            None,
        )
    earlier, latest = subject.background
    short = subject.diagnosis < 500
    switch = -200 if short else -420 - 13 * subject.number
    course = 130 if short else 170 if earlier == "CYCLOPHOSPHAMIDE" else 300 if subject.number > 13 else 540
    _drug(pen, earlier, DRUGS[earlier], switch - course, switch)
    _drug(pen, latest, DRUGS[latest], switch + 1, -28 if DRUGS[latest][0] == "BIOLOGIC" else -15)


def _drug(pen: Pen, name: str, facts: tuple[str, float, str, str, str], start: int, end: int | None) -> None:
    category, dose, unit, frequency, route = facts
    ongoing = ("ONGOING", "DATA CUT") if end is None else ("", "")
    pen.add(
        "CM", CMTRT=name, CMDECOD=name, CMCAT=category, CMINDC="Systemic lupus erythematosus", CMDOSE=f"{dose:g}",
        CMDOSU=unit, CMDOSFRQ=frequency, CMROUTE=route, CMSTDTC=pen.day(start),
        CMENDTC="" if end is None else pen.day(end), CMENRTPT=ongoing[0], CMENTPT=ongoing[1],
    )  # fmt: skip


def _fever(pen: Pen, subject: Subject) -> None:
    """Cytokine release syndrome: the event, its signs day by day, the antipyretic, and how they belong together."""
    term = "Cytokine release syndrome"
    for fever in (f for f in FEVERS if f.subject == subject.number):
        febrile = [day for day, t in fever.temperatures.items() if t >= 38]
        first, last = pen.day(febrile[0]), pen.day(febrile[-1])
        event = pen.add(
            "AE", AETERM="Cytokine release syndrome (fever only)", AEDECOD=term, AEBODSYS="Immune system disorders",
            AESOC="Immune system disorders", AESER="N", AEACN="DOSE NOT CHANGED", AEREL="RELATED",
            AEOUT="RECOVERED/RESOLVED", AETOXGR="1", AESTDTC=first, AEENDTC=last,
        )  # fmt: skip
        pen.supp("AE", event, "AEDLT", "Dose-Limiting Toxicity", "N")
        pen.supp("AE", event, "AETOXSCL", "Toxicity Scale of the Grade", "ASTCT 2019")
        pen.related("AE", event, "CRS1")
        drug = pen.add(
            "CM", CMTRT="PARACETAMOL", CMDECOD="PARACETAMOL", CMCAT="ANTIPYRETIC", CMINDC=term, CMDOSE="500",
            CMDOSU="mg", CMDOSFRQ="ONCE", CMROUTE="ORAL", CMSTDTC=first, CMENDTC=first, CMENRTPT="", CMENTPT="",
        )  # fmt: skip
        pen.related("CM", drug, "CRS1")
        for day, temperature in fever.temperatures.items():
            signs = {
                "FEVER": "Fever",
                "HYPOTN": "Hypotension",
                "HYPOXIA": "Hypoxia",
                "PRESSOR": "Vasopressors given",
            }
            for code, name in (signs | {"OXYGEN": "Oxygen given"}).items():
                answer = "Y" if code == "FEVER" and temperature >= 38 else "N"
                fact = pen.add(
                    "FA", FASPID="CRS1", FATESTCD=code, FATEST=name, FACAT="CRS", FAOBJ=term, FAORRES=answer,
                    FASTRESC=answer, FAEVAL="INVESTIGATOR", VISITNUM="", VISIT="", FADTC=pen.day(day),
                )  # fmt: skip
                pen.related("FA", fact, "CRS1")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "records")
