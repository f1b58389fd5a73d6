"""IEC-HS, the inflammation like hemophagocytic lymphohistiocytosis after immune effector cells: an alert and a grade.

The diagnosis is the investigator's. What laboratories can do is raise an alert: a ferritin that doubled, together with
any part of the picture. The older carHLH definition (ferritin above 10 000 with two severe organ toxicities) is a
variant, because second-hand lists mix the two up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import (
    Answer,
    Truth,
    all_of,
    any_of,
    at_least,
    is_above,
    is_at_least,
    is_below,
    negation,
)  # fmt: skip
from remit.instruments.grade import Grade

CITATION: Final = Citation(
    "Hines MR et al.", 2023, "Transplant Cell Ther 29:438.e1-16 (PMID 36906275)", checked=False,
    note="Criteria and grades recalled, unverified; carHLH: Neelapu 2018, recalled. An alert is not a diagnosis.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InflammationFacts:
    """One day; None is unknown.

    ferritin, ferritin_uln, ferritin_baseline   in one unit, usually µg/L (= ng/mL)
    ferritin_rising        rapidly rising in the investigator's judgment
    transaminase_x_uln     the higher of ALT and AST, as a multiple of its limit
    cytopenia              new, worse or refractory
    attributable           to the cells, and not explained by CRS, infection or the disease alone
    """

    ferritin: float | None = None
    ferritin_uln: float | None = None
    ferritin_baseline: float | None = None
    ferritin_rising: Truth = None
    transaminase_x_uln: float | None = None
    fibrinogen_mg_dl: float | None = None
    hemophagocytosis: Truth = None
    cytopenia: Truth = None
    attributable: Truth = None


def _doubled(value: float | None, reference: float | None) -> Truth:
    return None if reference is None else is_above(value, 2 * reference)


def alert(facts: InflammationFacts) -> Answer:
    """Ferritin above twice its limit or baseline, or rapidly rising, with one part of the picture, from the cells."""
    ferritin = any_of(
        (
            _doubled(facts.ferritin, facts.ferritin_uln),
            _doubled(facts.ferritin, facts.ferritin_baseline),
            facts.ferritin_rising,
        )
    )
    parts = {
        "transaminases > 5 × upper limit": is_above(facts.transaminase_x_uln, 5),
        "fibrinogen < 150 mg/dL": is_below(facts.fibrinogen_mg_dl, 150),
        "hemophagocytosis": facts.hemophagocytosis,
        "new or worse cytopenia": facts.cytopenia,
    }
    picture = any_of(parts.values())
    lines = {
        "ferritin > 2 × limit or baseline, or rapidly rising": ferritin,
        "a part of the picture": picture,
        "attributable to the cells": facts.attributable,
    }
    met = all_of(lines.values())
    if met:
        return Answer(True, tuple(name for name, truth in parts.items() if truth), tuple(lines.values()))
    said = [f"not: {name}" for name, truth in lines.items() if truth is False]
    said += [f"unknown: {name}" for name, truth in lines.items() if truth is None]
    return Answer(met, tuple(said), tuple(lines.values()))


def car_hlh(
    peak_ferritin: float | None, liver_grade: int | None, kidney_grade: int | None, lung_grade: int | None,
    hemophagocytosis: Truth,
) -> Answer:  # fmt: skip
    """The older definition: ferritin above 10 000 µg/L and two of severe liver, kidney, lung, hemophagocytosis."""
    organs = [is_at_least(grade, 3) for grade in (liver_grade, kidney_grade, lung_grade)] + [hemophagocytosis]
    lines = {"ferritin > 10 000": is_above(peak_ferritin, 10_000), "two of four organ lines": at_least(2, organs)}
    met = all_of(lines.values())
    if met:
        return Answer(True, tuple(lines), tuple(lines.values()))
    said = [f"not: {name}" for name, truth in lines.items() if truth is False]
    return Answer(met, (*said, *(f"unknown: {name}" for name, truth in lines.items() if truth is None)))


def grade(
    present: Truth, intervention: Truth, severe_consequence: Truth, life_threatening: Truth, death: Truth = False
) -> Grade:
    """0 absent, 1 watched only, 2 treated, 3 severe (bleeding with transfusion, kidney, pressure, breath), 4, 5."""
    if death:
        return Grade(5, 5, 5, ("death from IEC-HS",))
    if present is False:
        return Grade(0, 0, 0, ("not present",))
    steps = {4: life_threatening, 3: severe_consequence, 2: intervention}
    low = next((step for step, truth in steps.items() if truth), 1)
    open_steps = [step for step, truth in steps.items() if truth is None and step > low]
    high = max([low, *open_steps])
    if present is None or negation(death) is None:
        return Grade(None, 0 if present is None else low, 5 if death is None else high, ("unknown: whether present",))
    if high > low:
        return Grade(None, low, high, ("unknown: how severe",))
    words = {1: "watched only", 2: "treatment needed", 3: "severe organ consequence", 4: "life-threatening"}
    return Grade(low, low, low, (words[low],))
