"""The CTCAE v5 laboratory terms beyond blood counts, liver, kidney, muscle and fibrinogen.

Cut-offs were compared with the v5 table shipped with the admiral package. Where that table takes the worst case for a
band that asks for symptoms, we take what was recorded, and a range of grades where nothing was. Not in that table, and
recalled, unverified: lactate dehydrogenase, chronic kidney disease, proteinuria and eosinophils.
"""

from __future__ import annotations

from typing import Final

from remit.criteria import all_of, is_above, is_at_least, is_below
from remit.instruments.ctcae_bands import (
    LabTerm,
    Reference,
    Rule,
    above_amounts,
    against_baseline,
    by_symptoms,
    climbing,
    exact,
    falling,
    rising,
)  # fmt: skip
from remit.instruments.grade import Grade, bounded


def _pancreas(value: float, reference: Reference) -> Grade:
    """Above 1 and 1.5 × the limit grades 1 and 2; above 2 it is 2 or, with symptoms, 3; above 5 it is 3 or 4."""
    if reference.uln is None:
        return Grade(None, 0, 4, ("unknown: upper limit of normal",))
    if is_above(value, 5 * reference.uln):
        return by_symptoms(3, 4, reference.symptomatic, "above 5 × upper limit")
    if is_above(value, 2 * reference.uln):
        return by_symptoms(2, 3, reference.symptomatic, "above 2 × upper limit")
    return rising(1.0, 1.5)(value, reference)


def _sodium_low(value: float, reference: Reference) -> Grade:
    """Below 120 is 4, below 125 is 3, below 130 is 2 or, with symptoms, 3; 130 to the limit is 1."""
    if is_below(value, 120):
        return exact(4, "below 120")
    if is_below(value, 125):
        return exact(3, "below 125")
    if is_below(value, 130):
        return by_symptoms(2, 3, reference.symptomatic, "below 130")
    return falling()(value, reference)


def _potassium_low(value: float, reference: Reference) -> Grade:
    """Below 2.5 is 4, below 3.0 is 3; down to 3.0 it is 1 or, with symptoms, 2."""
    if is_below(value, 2.5):
        return exact(4, "below 2.5")
    if is_below(value, 3.0):
        return exact(3, "below 3")
    low = is_below(value, reference.lln)
    if low is None:
        return Grade(None, 0, 1 if reference.symptomatic is False else 2, ("unknown: lower limit of normal",))
    if not low:
        return exact(0, "not low")
    return by_symptoms(1, 2, reference.symptomatic, "below the lower limit of normal")


def _urate(value: float, reference: Reference) -> Grade:
    """Above the limit: 1 without consequences, 3 with them."""
    high = is_above(value, reference.uln)
    if high is None:
        return Grade(None, 0, 1 if reference.symptomatic is False else 3, ("unknown: upper limit of normal",))
    return by_symptoms(1, 3, reference.symptomatic, "above the upper limit") if high else exact(0, "not high")


def _inr(value: float, reference: Reference) -> Grade:
    """Above 1.2, 1.5 and 2.5; a baseline is given for a subject on anticoagulants and counts by the same multiples."""
    grade = sum(1 for cut in (1.2, 1.5, 2.5) if is_above(value, cut))
    if reference.baseline is None:
        return exact(grade, "by the ratio itself", "flag: taken as not on anticoagulants")
    on_drug = sum(1 for cut in (1.0, 1.5, 2.5) if is_above(value, cut * reference.baseline))
    return exact(on_drug, "against the baseline on anticoagulants")


def _hemoglobin_high(value: float, reference: Reference) -> Grade:
    """Above the limit, by more than 2 and by more than 4 g/dL."""
    if reference.uln is None:
        return Grade(None, 0, 3, ("unknown: upper limit of normal",))
    grade = sum(1 for step in (0.0, 2.0, 4.0) if is_above(value, reference.uln + step))
    return exact(grade, "above the upper limit of normal" if grade else "not high")


def _lowest_only(value: float, reference: Reference) -> Grade:
    return falling()(value, reference)


def _proteinuria(value: float, reference: Reference) -> Grade:
    """At the upper limit or more 1, from 1.0 g/24 h 2, from 3.5 g/24 h 3."""
    if is_at_least(value, 3.5):
        return exact(3, "3.5 g/24 h or more")
    if is_at_least(value, 1.0):
        return exact(2, "1 g/24 h or more")
    reached = is_at_least(value, reference.uln)
    if reached is None:
        return Grade(None, 0, 1, ("unknown: upper limit of normal",))
    return exact(1, "at or above the upper limit") if reached else exact(0, "below the upper limit")


def _eosinophils(value: float, reference: Reference) -> Grade:
    """Above the limit and above the baseline is 1; 3 (steroids started) is clinical."""
    high = all_of((is_above(value, reference.uln), is_above(value, reference.baseline)))
    if high is None:
        return bounded(0, 1, ("unknown: upper limit of normal or baseline",))
    return exact(1, "above limit and baseline") if high else exact(0, "not high")


_ENZYME: Final[Rule] = against_baseline((1.0, 2.5, 5.0, 20.0), (2.0, 2.5, 5.0, 20.0), inclusive=True)

CHEMISTRY_TERMS: Final[tuple[LabTerm, ...]] = (
    LabTerm("alp", "Alkaline phosphatase increased", "U/L", _ENZYME, absolute=False),
    LabTerm("ggt", "GGT increased", "U/L", _ENZYME, absolute=False),
    LabTerm("ldh", "Blood lactate dehydrogenase increased", "U/L", rising(1.0), 1, False),
    LabTerm("lipase", "Lipase increased", "U/L", _pancreas, absolute=False),
    LabTerm("amylase", "Serum amylase increased", "U/L", _pancreas, absolute=False),
    LabTerm("aptt", "Activated partial thromboplastin time prolonged", "s", rising(1.0, 1.5, 2.5), 3, False),
    LabTerm("inr", "INR increased", "1", _inr, 3),
    LabTerm("haptoglobin", "Haptoglobin decreased", "g/L", _lowest_only, 1, False),
    LabTerm("albumin", "Hypoalbuminemia", "g/L", falling(30, 20), 3),
    LabTerm("sodium_low", "Hyponatremia", "mmol/L", _sodium_low),
    LabTerm("sodium_high", "Hypernatremia", "mmol/L", climbing((150, 2), (155, 3), (160, 4))),
    LabTerm("potassium_low", "Hypokalemia", "mmol/L", _potassium_low),
    LabTerm("potassium_high", "Hyperkalemia", "mmol/L", climbing((5.5, 2), (6.0, 3), (7.0, 4))),
    LabTerm("calcium_low", "Hypocalcemia (corrected)", "mmol/L", falling(2.0, 1.75, 1.5)),
    LabTerm("calcium_high", "Hypercalcemia (corrected)", "mmol/L", climbing((2.9, 2), (3.1, 3), (3.4, 4))),
    LabTerm("ionized_calcium_low", "Hypocalcemia (ionized)", "mmol/L", falling(1.0, 0.9, 0.8)),
    LabTerm("ionized_calcium_high", "Hypercalcemia (ionized)", "mmol/L", climbing((1.5, 2), (1.6, 3), (1.8, 4))),
    LabTerm("magnesium_low", "Hypomagnesemia", "mmol/L", falling(0.5, 0.4, 0.3)),
    LabTerm("magnesium_high", "Hypermagnesemia", "mmol/L", climbing((1.23, 3), (3.3, 4))),
    LabTerm("glucose_low", "Hypoglycemia", "mmol/L", falling(3.0, 2.2, 1.7)),
    LabTerm("urate_high", "Hyperuricemia", "umol/L", _urate, 3, False),
    LabTerm("cholesterol", "Cholesterol high", "mmol/L", climbing((7.75, 2), (10.34, 3), (12.92, 4))),
    LabTerm(
        "triglycerides", "Hypertriglyceridemia", "mmol/L", above_amounts((1.71, 1), (3.42, 2), (5.7, 3), (11.4, 4))
    ),
    LabTerm("hemoglobin_high", "Hemoglobin increased", "g/dL", _hemoglobin_high, 3),
    LabTerm("lymphocytes_high", "Lymphocyte count increased", "10^9/L", above_amounts((4, 2), (20, 3)), 3),
    LabTerm("leukocytosis", "Leukocytosis", "10^9/L", above_amounts((100, 3)), 3),
    LabTerm("eosinophils", "Eosinophilia", "10^9/L", _eosinophils, 1, False),
    LabTerm("egfr", "Chronic kidney disease", "mL/min/1.73m2", falling(60, 30, 15)),
    LabTerm("proteinuria", "Proteinuria", "g/24h", _proteinuria, 3),
)

NOT_GRADED: Final[dict[str, str]] = {
    "crp": "C-reactive protein",
    "ferritin": "ferritin; see iec-hs for the alert",
    "igg": "immunoglobulin G; see hypogammaglobulinemia",
    "c3": "complement C3",
    "c4": "complement C4",
    "dsdna": "anti-dsDNA",
}
"""What lupus cell-therapy laboratories measure and CTCAE v5 has no laboratory term for."""
