"""CTCAE version 5.0: laboratory values and the few clinical terms that can be graded from recorded facts.

The lower edge of a falling band and the upper edge of a rising one belong to the milder grade: neutrophils of exactly
1.5 are grade 1, an ALT of exactly 3 times the limit too. Version 6 (2025) moves the cut-offs for neutrophils, platelets
and liver; never mix versions within a trial.
"""

from __future__ import annotations

from typing import Final

from remit.citations import Citation
from remit.criteria import is_above, is_at_least, is_below
from remit.instruments.ctcae_bands import LabTerm, Reference, against_baseline, exact, falling, multiples, rising
from remit.instruments.ctcae_chemistry import CHEMISTRY_TERMS, NOT_GRADED
from remit.instruments.grade import Grade, bounded

__all__ = [
    "CITATION", "INFECTION_TREATMENT", "LAB_TERMS", "NOT_GRADED", "LabTerm", "Reference", "by_limit_only",
    "febrile_neutropenia", "fever", "grade_lab", "infection", "lab",
]  # fmt: skip

CITATION: Final = Citation(
    "National Cancer Institute", 2017, "Common Terminology Criteria for Adverse Events v5.0",
    note=(
        "Laboratory cut-offs compared with the v5 table of the admiral package. A liver value is graded against an "
        "abnormal baseline where there is one; with an unknown baseline it is graded by the upper limit."
    ),
)  # fmt: skip


def _creatinine(value: float, reference: Reference) -> Grade:
    """The worse of two scales: above 1, 1.5, 3, 6 × upper limit, and above 1.5, 3 × baseline (grades 2 and 3)."""
    by_baseline = 0
    flags: tuple[str, ...] = ()
    if reference.baseline is None:
        flags = ("flag: baseline unknown",)
    elif is_above(value, 3.0 * reference.baseline):
        by_baseline = 3
    elif is_above(value, 1.5 * reference.baseline):
        by_baseline = 2
    if reference.uln is None:
        return bounded(by_baseline, 4, ("unknown: upper limit of normal", *flags))
    by_limit = multiples(value, reference.uln, (1.0, 1.5, 3.0, 6.0), "upper limit")
    if by_baseline > by_limit.low:
        return Grade(by_baseline, by_baseline, by_baseline, (f"above {1.5 * (by_baseline - 1):g} × baseline",))
    return Grade(by_limit.low, by_limit.low, by_limit.low, (*by_limit.because, *flags))


def _fibrinogen(value: float, reference: Reference) -> Grade:
    """Below 1, 0.75, 0.5, 0.25 × lower limit; when low, also fallen from baseline by 25, 50, 75 %; below 0.5 g/L 4."""
    if is_below(value, 0.5):
        return exact(4, "below 0.5 g/L")
    if reference.lln is None:
        return Grade(None, 0, 4, ("unknown: lower limit of normal",))
    by_limit = sum(1 for share in (1.0, 0.75, 0.5, 0.25) if is_below(value, share * reference.lln))
    if not by_limit:
        # the standard grades a fall only "if abnormal": an acute-phase value that comes down to normal is none
        return exact(0, "not low")
    if not reference.baseline:
        return exact(by_limit, "below the lower limit", "flag: baseline unknown")
    fallen = (reference.baseline - value) / reference.baseline
    steps = sum(1 for share in (0.25, 0.50, 0.75) if is_at_least(fallen, share))
    by_fall = steps + 1 if steps else 0
    if by_fall > by_limit:
        return exact(by_fall, "low, and fallen from baseline")
    return exact(by_limit, "below the lower limit")


_TRANSAMINASE: Final = against_baseline((1.0, 3.0, 5.0, 20.0), (1.5, 3.0, 5.0, 20.0), inclusive=True)

LAB_TERMS: Final[dict[str, LabTerm]] = {
    term.key: term
    for term in (
        LabTerm("neutrophils", "Neutrophil count decreased", "10^9/L", falling(1.5, 1.0, 0.5)),
        LabTerm("platelets", "Platelet count decreased", "10^9/L", falling(75, 50, 25)),
        LabTerm("lymphocytes", "Lymphocyte count decreased", "10^9/L", falling(0.8, 0.5, 0.2)),
        LabTerm("leukocytes", "White blood cell decreased", "10^9/L", falling(3.0, 2.0, 1.0)),
        LabTerm("cd4", "CD4 lymphocytes decreased", "10^9/L", falling(0.5, 0.2, 0.05)),
        LabTerm("anemia", "Anemia", "g/dL", falling(10.0, 8.0), 3),
        LabTerm("alt", "Alanine aminotransferase increased", "U/L", _TRANSAMINASE, absolute=False),
        LabTerm("ast", "Aspartate aminotransferase increased", "U/L", _TRANSAMINASE, absolute=False),
        LabTerm(
            "bilirubin",
            "Blood bilirubin increased",
            "mg/dL",
            against_baseline((1.0, 1.5, 3.0, 10.0), (1.0, 1.5, 3.0, 10.0), inclusive=False),
            absolute=False,
        ),
        LabTerm("creatinine", "Creatinine increased", "umol/L", _creatinine, absolute=False),
        LabTerm("ck", "CPK increased", "U/L", rising(1.0, 2.5, 5.0, 10.0), absolute=False),
        LabTerm("fibrinogen", "Fibrinogen decreased", "g/L", _fibrinogen),
        *CHEMISTRY_TERMS,
    )
}
"""Ratios to a limit need no unit as long as value, limits and baseline share one; terms with an amount among their
cut-offs (`absolute`) need the unit given."""


def lab(term: str, value: float | None, reference: Reference) -> Grade:
    """Grade of a laboratory value with its reasons and flags; anemia ends at 3 (4 is a clinical judgment)."""
    if value is None:
        return Grade(None, 0, LAB_TERMS[term].most, ("unknown: value",))
    return LAB_TERMS[term].rule(value, reference)


_LIMIT_ONLY: Final = {
    "alt": rising(1.0, 3.0, 5.0, 20.0),
    "ast": rising(1.0, 3.0, 5.0, 20.0),
    "bilirubin": rising(1.0, 1.5, 3.0, 10.0),
}


def by_limit_only(term: str, value: float, reference: Reference) -> Grade:
    """Grade of alt, ast or bilirubin by the upper limit, whatever the baseline: a sensitivity reading."""
    return _LIMIT_ONLY[term](value, reference)


def grade_lab(
    term: str,
    value: float | None,
    lln: float | None = None,
    uln: float | None = None,
    baseline: float | None = None,
) -> int | None:
    """Grade 0-4 of a laboratory value; None when it cannot be told.

    term                  a key of LAB_TERMS
    lln, uln, baseline    in the unit of the value; leave baseline out to grade by the limits only
    """
    return lab(term, value, Reference(lln, uln, baseline)).grade


INFECTION_TREATMENT: Final[dict[str, int]] = {
    "local": 1,
    "oral_antibiotic": 2,
    "iv_antibiotic": 3,
    "urgent_intervention": 4,
}


def infection(treatment: str | None) -> Grade:
    """Most infection terms: local 1, oral treatment 2, intravenous 3, life-threatening 4 (death, 5, is an outcome)."""
    if treatment is None:
        return Grade(None, 1, 4, ("unknown: treatment",))
    grade = INFECTION_TREATMENT[treatment]
    return Grade(grade, grade, grade, (f"treatment: {treatment.replace('_', ' ')}",))


def fever(celsius: float | None, hours: float | None) -> Grade:
    """38.0-39.0 is 1, to 40.0 is 2, above 40.0 is 3 for up to 24 hours and 4 beyond."""
    if celsius is None:
        return Grade(None, 0, 4, ("unknown: temperature",))
    if is_above(celsius, 40.0):
        longer = is_above(hours, 24)
        if longer is None:
            return Grade(None, 3, 4, ("unknown: hours above 40 °C",))
        return Grade(4, 4, 4, ("above 40 °C for more than 24 h",)) if longer else Grade(3, 3, 3, ("above 40 °C",))
    if is_above(celsius, 39.0):
        return Grade(2, 2, 2, ("above 39 °C",))
    return Grade(1, 1, 1, ("38 °C or more",)) if is_at_least(celsius, 38.0) else Grade(0, 0, 0, ("below 38 °C",))


def febrile_neutropenia(
    anc_e9_l: float | None, single_celsius: float | None, sustained_celsius: float | None = None
) -> Grade:
    """Grade 3: neutrophils below 1.0 with one reading above 38.3 °C, or 38.0 °C or more for over an hour; else 0.

    sustained_celsius   the lowest reading over more than an hour; None: none was taken
    """
    low = is_below(anc_e9_l, 1.0)
    hot = is_above(single_celsius, 38.3)
    if sustained_celsius is not None and is_at_least(sustained_celsius, 38.0):
        hot = True
    if low and hot:
        return Grade(3, 3, 3, ("neutrophils < 1 ×10⁹/L with fever",))
    if low is False or hot is False:
        return Grade(0, 0, 0, ("not: neutrophils < 1 ×10⁹/L with fever",))
    return Grade(None, 0, 3, ("unknown: neutrophils < 1 ×10⁹/L with fever",))
