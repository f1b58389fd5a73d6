"""Measurements of the invented cohort: laboratory and serology, B cells, CAR copies, vital signs."""

from __future__ import annotations

import math
import random
from itertools import pairwise

from cohort import FEVERS, STAYS, Subject
from plan import ASSESSED, CELLS, EARLY, INFUSIONS, NUMBER, Pen

URINE_NOT_DONE = {(13, "week-12")}
UNSCHEDULED = {5: (121, 15.1, "Unscheduled 15.1", "Repeat of urine protein after week 16")}
# code: name, category, unit, low and high limit (women, men where they differ), decimals
LABS = {
    "WBC": ("Leukocytes", "HEMATOLOGY", "10^9/L", (3.5, 9.5), 2),
    "NEUT": ("Neutrophils", "HEMATOLOGY", "10^9/L", (1.8, 6.3), 2),
    "LYM": ("Lymphocytes", "HEMATOLOGY", "10^9/L", (1.1, 3.2), 2),
    "HGB": ("Hemoglobin", "HEMATOLOGY", "g/L", {"F": (115, 150), "M": (130, 175)}, 0),
    "PLAT": ("Platelets", "HEMATOLOGY", "10^9/L", (125, 350), 0),
    "CREAT": ("Creatinine", "CHEMISTRY", "umol/L", {"F": (41, 81), "M": (57, 111)}, 0),
    "ALT": ("Alanine Aminotransferase", "CHEMISTRY", "U/L", {"F": (7, 40), "M": (9, 50)}, 0),
    "AST": ("Aspartate Aminotransferase", "CHEMISTRY", "U/L", {"F": (13, 35), "M": (15, 40)}, 0),
    "BILI": ("Bilirubin", "CHEMISTRY", "umol/L", (None, 21), 1),
    "CRP": ("C Reactive Protein", "CHEMISTRY", "mg/L", (None, 8), 1),
    "FERRITIN": ("Ferritin", "CHEMISTRY", "ug/L", {"F": (13, 150), "M": (30, 400)}, 0),
    "C3": ("Complement C3", "IMMUNOLOGY", "g/L", (0.79, 1.52), 2),
    "C4": ("Complement C4", "IMMUNOLOGY", "g/L", (0.16, 0.38), 2),
    "IGG": ("Immunoglobulin G", "IMMUNOLOGY", "g/L", (8.6, 17.4), 1),
    "PROTCRT": ("Protein/Creatinine", "URINALYSIS", "g/g", (None, 0.2), 2),
}
DSDNA_LIMIT, B_CELL_LLOQ, COPY_LLOQ = 100, 1, 50


def labs(pen: Pen, subject: Subject, visits: dict[str, int], noise: random.Random) -> dict[str, dict[str, float]]:
    """Laboratory and serology rows; returns the rounded values by visit, for the SLEDAI-2K items."""
    values: dict[str, dict[str, float]] = {}
    for key, day in visits.items():
        found: dict[str, float] = {}
        if key != "day-1":
            found |= {code: value * noise.uniform(0.96, 1.04) for code, value in _blood(subject, day).items()}
            found["WBC"] = round(found["NEUT"], 2) + round(found["LYM"], 2) + noise.uniform(0.28, 0.42)
        if key in {"conditioning", "infusion-2", "infusion-3", "week-8", *ASSESSED}:
            found |= _chemistry(subject, day, noise)
        if key in {"conditioning", "day-1", "day-3", "infusion-2", "day-10", "infusion-3", "week-4"}:
            found |= _inflammation(subject, day, noise)
        if key in ASSESSED:
            found |= _immune(subject, day)
        order = [code for code in LABS if code in found]
        values[key] = {code: round(found[code], LABS[code][4]) for code in order}
        number, label = NUMBER[key]
        when = pen.day(day, "07:30" if key == "conditioning" else "")
        for code in order:
            missing = code == "PROTCRT" and (subject.number, key) in URINE_NOT_DONE
            _lab(pen, subject.sex, code, None if missing else values[key][code], number, label, when, key)
        if key in ASSESSED:
            values[key]["DSDNA"] = _dsdna(pen, subject, day, number, label)
    if subject.number in UNSCHEDULED:
        day, number, label, _ = UNSCHEDULED[subject.number]
        protein = round(_immune(subject, day)["PROTCRT"], 2)
        _lab(pen, subject.sex, "PROTCRT", protein, number, label, pen.day(day), "unscheduled")
    return values


def b_cells(pen: Pen, subject: Subject, visits: dict[str, int], noise: random.Random) -> None:
    """CD19-positive cells: gone within days of the first infusion, back at the visit the cohort names."""
    back = visits.get(subject.returned or "", 10**6)
    weak = subject.level < 3
    for key, day in visits.items():
        if key == "conditioning":
            continue
        if day < 0:
            value = float(subject.b_cells)
        elif day < back:
            slope = {
                0: 0.3 * subject.b_cells,
                1: 11 if weak else 6,
                3: 4 if weak else 1.5,
                7: 0.4,
                28: 0.5,
                42: 1.6,
            }
            end = min(back, 100)
            value = min(_curve(slope | {end - 1: 8.4}, day) * noise.uniform(0.85, 1.15), 9 if day > 2 else 99)
        else:
            gain = {
                back: 12 + subject.number % 5,
                back + 28: 27,
                back + 84: 62,
                back + 170: 94,
                back + 280: 118,
            }
            value = _curve(gain, day) * noise.uniform(0.95, 1.15)
        text = f"<{B_CELL_LLOQ}" if value < B_CELL_LLOQ else f"{value:.0f}"
        number, label = NUMBER[key]
        sequence = pen.add(
            "CP", CPTESTCD="BLYCE", CPTEST="B-Lymphocytes", CPCAT="IMMUNOPHENOTYPING", CPMRKSTR="CD19+", CPORRES=text,
            CPORRESU="cells/uL", CPSTRESC=text, CPSTRESN="" if "<" in text else text, CPSTRESU="cells/uL",
            CPSPEC="BLOOD", CPMETHOD="FLOW CYTOMETRY", CPLOBXFL="Y" if key == "screening" else "", VISITNUM=number,
            VISIT=label, CPDTC=pen.day(day, "09:00" if key in {"infusion-1", "infusion-2", "infusion-3"} else ""),
        )  # fmt: skip
        pen.supp("CP", sequence, "CPLLOQ", "Lower Limit of Quantitation", B_CELL_LLOQ, "eDT")


def copies(pen: Pen, subject: Subject, visits: dict[str, int], noise: random.Random) -> None:
    """Transgene copies: a peak after each infusion, less each time as the host's lymphocytes return."""
    peak = 900 * CELLS[subject.level] ** 0.9 * noise.uniform(0.7, 1.4)

    def copies(day: float) -> float:
        since = [(day - start, share) for start, share in zip(INFUSIONS, (1, 0.85, 0.6)) if day > start]
        return sum(peak * share * (0.96 * math.exp(-0.6 * t) + 0.04 * math.exp(-0.16 * t)) for t, share in since)

    samples = [(key, day, "PRE-DOSE" if key.startswith("infusion") else "", "09:00") for key, day in visits.items()]
    samples = [s for s in samples if s[0] in (*EARLY, "week-4")]
    samples += [(key, visits[key], "4 H POST-DOSE", "14:40") for key in ("infusion-1", "infusion-2", "infusion-3")]
    for key, day, point, time in sorted(samples, key=lambda s: (s[1], s[3])):
        value = copies(day + 0.17 if point.startswith("4") else float(day)) * noise.uniform(0.8, 1.25)
        text = f"<{COPY_LLOQ}" if value < COPY_LLOQ else f"{value:.0f}"
        number, label = NUMBER[key]
        last = max(
            (start for start in INFUSIONS if start < day or (start == day and point.startswith("4"))),
            default=None,
        )
        pen.add(
            "PC", PCTESTCD="CARCOPY", PCTEST="CAR transgene copies", PCCAT="CELL KINETICS", PCORRES=text,
            PCORRESU="copies/ug", PCSTRESC=text, PCSTRESN="" if "<" in text else text, PCSTRESU="copies/ug",
            PCSPEC="BLOOD", PCMETHOD="REAL-TIME POLYMERASE CHAIN REACTION ASSAY", PCLLOQ=COPY_LLOQ,
            VISITNUM=number, VISIT=label,
            PCDTC=pen.day(day, time), PCTPT=point, PCTPTNUM={"": "", "P": 0, "4": 4}[point[:1]],
            PCRFTDTC="" if last is None else pen.day(last, "10:00"),
        )  # fmt: skip


def vital_signs(pen: Pen, subject: Subject, visits: dict[str, int], noise: random.Random) -> None:
    fever = {day: t for f in FEVERS if f.subject == subject.number for day, t in f.temperatures.items()}
    pressure = 132 if ("Hypertension" in dict(subject.history)) else 112
    for key in ("screening", *EARLY):
        number, label = NUMBER[key]
        day = visits[key]
        when = pen.day(day)
        if key == "screening":
            vital_sign(pen, "HEIGHT", "Height", subject.height, "cm", number, label, when)
            vital_sign(pen, "WEIGHT", "Weight", subject.weight, "kg", number, label, when)
        temperature = fever.pop(day, round(noise.uniform(36.3, 37.1), 1))
        vital_sign(pen, "TEMP", "Temperature", f"{temperature:.1f}", "C", number, label, when)
        for code, name, value, unit in (
            ("SYSBP", "Systolic Blood Pressure", pressure + noise.randint(-8, 9), "mmHg"),
            ("DIABP", "Diastolic Blood Pressure", pressure - 40 + noise.randint(-5, 6), "mmHg"),
            ("OXYSAT", "Oxygen Saturation", noise.randint(96, 99), "%"),
        ):
            vital_sign(pen, code, name, value, unit, number, label, when)
    for day, temperature in fever.items():  # days in hospital that are no planned visit
        vital_sign(pen, "TEMP", "Temperature", f"{temperature:.1f}", "C", "", "", pen.day(day))


def vital_sign(pen: Pen, code: str, name: str, value: object, unit: str, number: object, label: str, when: str) -> None:
    pen.add(
        "VS", VSTESTCD=code, VSTEST=name, VSORRES=value, VSORRESU=unit, VSSTRESC=value, VSSTRESN=value, VSSTRESU=unit,
        VISITNUM=number, VISIT=label, VSDTC=when,
    )  # fmt: skip


def _lab(pen: Pen, sex: str, code: str, value: float | None, number: float, label: str, when: str, key: str) -> None:
    name, category, unit, limits, decimals = LABS[code]
    low, high = limits[sex] if isinstance(limits, dict) else limits
    text = "" if value is None else f"{value:.{decimals}f}"
    indicator = "" if value is None else _indicator(value, low, high)
    pen.add(
        "LB", LBTESTCD=code, LBTEST=name, LBCAT=category, LBORRES=text, LBORRESU=unit, LBORNRLO=low, LBORNRHI=high,
        LBSTRESC=text, LBSTRESN=text, LBSTRESU=unit, LBSTNRLO=low, LBSTNRHI=high, LBNRIND=indicator,
        LBSTAT="NOT DONE" if value is None else "", LBREASND="Urine not examined" if value is None else "",
        LBLOBXFL="Y" if _last_before(code, key) else "", VISITNUM=number, VISIT=label, LBDTC=when,
    )  # fmt: skip


def _last_before(code: str, key: str) -> bool:
    """Whether a visit is the last with this test before conditioning."""
    return key == ("screening" if code in {"C3", "C4", "IGG", "PROTCRT"} else "conditioning")


def _indicator(value: float, low: float | None, high: float | None) -> str:
    if low is not None and value < low:
        return "LOW"
    return "HIGH" if high is not None and value > high else "NORMAL"


def _dsdna(pen: Pen, subject: Subject, day: int, number: float, label: str) -> float:
    start, until = subject.dsdna
    value = round(_to_normal(day, start, DSDNA_LIMIT, until, 38 + 3 * (subject.number % 7)))
    if subject.number == 6 and day > 150:  # raised again, without any clinical sign
        value = 118 if day < 200 else 112
    pen.add(
        "IS", ISTESTCD="ATIGGAB", ISTEST="IgG Autoantibody", ISBDAGNT="DOUBLE STRANDED DNA", ISTSTOPO="QUANTIFY",
        ISORRES=value, ISORRESU="IU/mL", ISSTRESC=value, ISSTRESN=value, ISSTRESU="IU/mL", ISSTNRHI=DSDNA_LIMIT,
        ISNRIND="HIGH" if value > DSDNA_LIMIT else "NORMAL", ISSPEC="SERUM", ISLOBXFL="Y" if number == 1 else "",
        VISITNUM=number, VISIT=label, ISDTC=pen.day(day),
    )  # fmt: skip
    return value


def _blood(subject: Subject, day: int) -> dict[str, float]:
    """Counts: the dip after conditioning and the return; recovered values are those of treated lupus."""
    n, p = subject.neutrophils, subject.platelets
    low = n < 2
    healthy = max(n, 2.9)
    neutrophils = {
        -5: n,
        0: 0.75 * n,
        3: 0.55 * n,
        7: (0.68 if low else 0.42) * n,
        10: (0.65 if low else 0.4) * n,
    }
    neutrophils |= {
        14: 0.55 * healthy,
        18: 0.68 * healthy,
        28: 0.88 * healthy,
        56: 0.95 * healthy,
        168: healthy,
    }
    lymphocytes = {
        -5: 0.85,
        0: 0.14,
        3: 0.11,
        7: 0.17,
        10: 0.22,
        14: 0.3,
        18: 0.37,
        28: 0.5,
        56: 0.72,
        84: 0.9,
    }
    lymphocytes |= {168: 1.15, 252: 1.3}
    factor = (0.72 if low else 1.0) * (0.9 + 0.01 * (subject.b_cells % 25))
    hemoglobin = {-5: 112, 0: 109, 7: 104, 10: 102, 14: 103, 28: 109, 84: 118, 168: 123, 252: 126}
    recovered = max(p, 150)
    platelets = {-5: p, 0: 0.93 * p, 7: 0.76 * p, 10: 0.72 * p, 14: 0.8 * p, 18: 0.92 * max(p, 105)}
    platelets |= {28: 0.98 * max(p, 118), 84: recovered, 168: 1.03 * recovered}
    shift = (14 if subject.sex == "M" else 0) + (subject.number * 7) % 11 - 5
    lymphocyte = _curve(lymphocytes, day) * (factor if day < 28 else (factor + 1) / 2)
    return {
        "NEUT": _curve(neutrophils, day), "LYM": lymphocyte, "HGB": _curve(hemoglobin, day) + shift,
        "PLAT": _curve(platelets, day),
    }  # fmt: skip


def _immune(subject: Subject, day: int) -> dict[str, float]:
    c3 = _to_normal(day, subject.c3, 0.79, subject.complement, 1.08 + 0.01 * (subject.number % 9))
    c4_start = 0.16 * subject.c3 / 0.79 * 0.8 if subject.complement != 0 else 0.19
    c4 = _to_normal(day, c4_start, 0.16, subject.complement, 0.22 + 0.01 * (subject.number % 4))
    igg = _curve({-14: 16.8, 28: 14.6, 84: 11.6, 168: 11.0, 252: 12.0, 364: 13.2}, day)
    start, later = subject.protein
    slope = math.log(later / start) / 250
    protein = start * math.exp(slope * max(day, 0))
    return {"C3": c3, "C4": c4, "IGG": igg * (0.82 + 0.03 * (subject.number * 5 % 11)), "PROTCRT": protein}


def _chemistry(subject: Subject, day: int, noise: random.Random) -> dict[str, float]:
    base = (78 if subject.sex == "M" else 54) + subject.number * 5 % 13 + (9 if subject.protein[0] > 3 else 0)
    liver = 17 + subject.number * 3 % 9 + (5 if 0 <= day <= 14 else 0)
    return {
        "CREAT": base + noise.uniform(-3, 3), "ALT": liver + noise.uniform(-3, 4), "AST": liver + noise.uniform(-2, 4),
        "BILI": 9 + noise.uniform(-2.5, 3.5),
    }  # fmt: skip


def _inflammation(subject: Subject, day: int, noise: random.Random) -> dict[str, float]:
    fever = next((f for f in FEVERS if f.subject == subject.number), None)
    since = None if fever is None else day - min(fever.temperatures)
    rise = 0.0 if since is None or since < 0 else 26 * math.exp(-0.35 * since)
    base = {"F": 88, "M": 160}[subject.sex]
    crp = 4.5 * (0.5 if day >= 14 else 1) * noise.uniform(0.5, 1.6) + rise
    return {"CRP": crp, "FERRITIN": base * noise.uniform(0.75, 1.35) + 9 * rise}


def _to_normal(day: int, start: float, limit: float, until: int | None, final: float) -> float:
    """A value from `start` to its limit at day `until` and on to `final`; without `until` it never gets there."""
    toward = limit + (0.12 if until is STAYS else 0.03) * (start - limit)
    if until is STAYS:
        return _curve({-14: start, 200: toward}, day)
    if until == 0:
        return _curve({-14: start, 200: final}, day)
    beyond = limit + 0.03 * (final - limit)
    return _curve({-14: start, until: toward, until + 1: beyond, until + 120: final}, day)


def _curve(points: dict[int, float], day: int) -> float:
    """Straight lines between the points, level before the first and after the last."""
    days = sorted(points)
    if day <= days[0]:
        return points[days[0]]
    for before, after in pairwise(days):
        if day <= after:
            return points[before] + (points[after] - points[before]) * (day - before) / (after - before)
    return points[days[-1]]
