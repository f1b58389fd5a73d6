"""What the toxicity scales need beside visits and events: counts between visits, and what was asked and not found.

Counts on days 23 and 32 close the gaps around week 4, so that every day up to 30 has a value; they follow the curve of
the others. On the first day of a fever the safety laboratory was drawn. Graft-versus-host disease was looked for at
weeks 4, 8 and 12 and LICATS asked about: none occurred, as no adverse event says otherwise.
"""

from __future__ import annotations

from cohort import FEVERS, Subject
from findings import LABS, _blood, _indicator
from plan import NUMBER, Pen

BETWEEN = (23, 32)
FIBRINOGEN = ("Fibrinogen", "COAGULATION", "g/L", (2.0, 4.0), 2)
STAGES = (("SKINSTG", "skin"), ("LIVERSTG", "liver"), ("UGISTG", "upper gut"), ("LGISTG", "lower gut"))
CRS = "Cytokine release syndrome"


def toxicity(pen: Pen, subject: Subject, visits: dict[str, int]) -> None:
    for between in (day for day in BETWEEN if day <= subject.last):
        counts = _blood(subject, between)
        for code in ("NEUT", "PLAT"):
            _lab(pen, subject, code, counts[code], between)
    for fever in (f for f in FEVERS if f.subject == subject.number):
        first = min(day for day, temperature in fever.temperatures.items() if temperature >= 38)
        _safety_laboratory(pen, subject, first, first in visits.values())
        for day in fever.temperatures:
            for code, name, answer in (
                ("TRANSGR", "Transaminase grade from the syndrome", "0"),
                ("CREATGR", "Creatinine grade from the syndrome", "0"),
                ("ORGANGR", "Worst grade of the other organs from the syndrome", "0"),
                ("HOSPCRS", "In hospital, or intravenous therapy, for the syndrome", "N"),
            ):
                _fact(pen, "CRS", CRS, code, name, answer, day, group="CRS1")
        for code, name in (
            ("PRESENT", "IEC-HS present"),
            ("ATTRIB", "Ferritin and picture attributed to the cells"),
            ("FERRRISE", "Ferritin rapidly rising"),
            ("HEMOPHAG", "Hemophagocytosis"),
        ):
            _fact(pen, "IEC-HS", "IEC-HS", code, name, "N", first)
    for key in ("week-4", "week-8", "week-12"):
        if key in visits:
            for code, organ in STAGES:
                name = f"Stage of the {organ}"
                _fact(pen, "GVHD", "Acute graft versus host disease", code, name, "0", visits[key], visit=key)
    asked = [key for key in ("week-4", "week-12") if key in visits]
    if asked:
        _fact(pen, "LICATS", "LICATS", "OCCUR", "Local reaction occurred", "N", visits[asked[-1]], visit=asked[-1])


def _safety_laboratory(pen: Pen, subject: Subject, day: int, at_visit: bool) -> None:
    counts = _blood(subject, day)
    base = 78 if subject.sex == "M" else 54
    found = {code: counts[code] for code in ("NEUT", "HGB", "PLAT")}
    found |= {"CREAT": base + subject.number % 9, "ALT": 24 + subject.number % 5, "AST": 26 + subject.number % 4}
    if not at_visit:
        found |= {"CRP": 31.0, "FERRITIN": 330 if subject.sex == "F" else 410}
    for code, value in found.items():
        _lab(pen, subject, code, value, day)
    _lab(pen, subject, "FIBRINO", 3.4 + 0.05 * (subject.number % 5), day)


def _lab(pen: Pen, subject: Subject, code: str, value: float, day: int) -> None:
    name, category, unit, limits, decimals = FIBRINOGEN if code == "FIBRINO" else LABS[code]
    low, high = limits[subject.sex] if isinstance(limits, dict) else limits
    text = f"{value:.{decimals}f}"
    pen.add(
        "LB", LBTESTCD=code, LBTEST=name, LBCAT=category, LBORRES=text, LBORRESU=unit, LBORNRLO=low, LBORNRHI=high,
        LBSTRESC=text, LBSTRESN=text, LBSTRESU=unit, LBSTNRLO=low, LBSTNRHI=high,
        LBNRIND=_indicator(float(text), low, high), LBSTAT="", LBREASND="", LBLOBXFL="", VISITNUM="", VISIT="",
        LBDTC=pen.day(day),
    )  # fmt: skip


def _fact(
    pen: Pen, category: str, about: str, code: str, name: str, answer: str, day: int, group: str = "", visit: str = ""
) -> None:
    number, label = NUMBER[visit] if visit else ("", "")
    fact = pen.add(
        "FA", FASPID=group, FATESTCD=code, FATEST=name, FACAT=category, FAOBJ=about, FAORRES=answer, FASTRESC=answer,
        FAEVAL="INVESTIGATOR", VISITNUM=number, VISIT=label, FADTC=pen.day(day),
    )  # fmt: skip
    if group:
        pen.related("FA", fact, group)
