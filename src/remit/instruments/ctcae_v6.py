"""CTCAE version 6.0 (2025) where it moves a laboratory cut-off that matters here; never mix versions within a trial.

The same neutrophil count of 0.4 is grade 4 in version 5 and grade 3 in version 6. "Platelet count decreased" became
"Thrombocytopenia". An abnormal liver baseline is graded by smaller multiples. Only the terms listed were read.
"""

from __future__ import annotations

from typing import Final

from remit.citations import Citation
from remit.criteria import all_of, is_above, is_below
from remit.instruments.ctcae_bands import LabTerm, Reference, against_baseline, exact, falling, multiples, rising
from remit.instruments.grade import Grade, bounded

CITATION: Final = Citation(
    "National Cancer Institute", 2025, "Common Terminology Criteria for Adverse Events v6.0",
    note="Cut-offs compared with the v6 table of the admiral package; only terms that were read are here.",
)  # fmt: skip


def _neutrophils(value: float, reference: Reference) -> Grade:
    """Below 1.5, 1.0, 0.5 and 0.1; the laboratory's own limit plays no part any more."""
    grade = sum(1 for cut in (1.5, 1.0, 0.5, 0.1) if is_below(value, cut))
    return exact(grade, f"below {(1.5, 1.0, 0.5, 0.1)[grade - 1]:g}" if grade else "not low")


def _creatinine(value: float, reference: Reference) -> Grade:
    """Multiples of the upper limit; of the baseline only where that was below the lower limit."""
    if reference.uln is None:
        return Grade(None, 0, 4, ("unknown: upper limit of normal",))
    by_limit = multiples(value, reference.uln, (1.0, 1.5, 3.0, 6.0), "upper limit")
    low_before = is_below(reference.baseline, reference.lln)
    if reference.baseline is None or low_before is False:
        return by_limit
    steps = sum(1 for cut in (1.5, 3.0) if is_above(value, cut * reference.baseline))
    by_baseline = steps + 1 if steps else 0
    high = max(by_limit.low, by_baseline)
    if low_before is None:
        return bounded(
            by_limit.low, high, by_limit.because + ("unknown: lower limit of normal",) * (high > by_limit.low)
        )
    return exact(high, "against a low baseline") if by_baseline > by_limit.low else by_limit


def _alp(value: float, reference: Reference) -> Grade:
    high = all_of((is_above(value, reference.uln), is_above(value, reference.baseline)))
    if high is None:
        return bounded(0, 1, ("unknown: upper limit of normal or baseline",))
    return exact(1, "above limit and baseline") if high else exact(0, "not high")


_TRANSAMINASE: Final = against_baseline((1.0, 3.0, 5.0, 20.0), (1.0, 1.5, 2.0, 4.0), inclusive=True)
_BILIRUBIN: Final = against_baseline((1.0, 1.5, 3.0, 10.0), (1.0, 1.5, 2.5, 10.0), inclusive=True)

LAB_TERMS: Final[dict[str, LabTerm]] = {
    term.key: term
    for term in (
        LabTerm("neutrophils", "Neutrophil count decreased", "10^9/L", _neutrophils),
        LabTerm("platelets", "Thrombocytopenia", "10^9/L", falling(75, 50, 10)),
        LabTerm("cd4", "CD4 lymphocytes decreased", "10^9/L", falling(0.5, 0.2, 0.05)),
        LabTerm("anemia", "Anemia", "g/dL", falling(10.0, 8.0), 3),
        LabTerm("alt", "Alanine aminotransferase increased", "U/L", _TRANSAMINASE, absolute=False),
        LabTerm("ast", "Aspartate aminotransferase increased", "U/L", _TRANSAMINASE, absolute=False),
        LabTerm("alp", "Alkaline phosphatase increased", "U/L", _alp, 1, absolute=False),
        LabTerm("bilirubin", "Blood bilirubin increased", "mg/dL", _BILIRUBIN, absolute=False),
        LabTerm("creatinine", "Creatinine increased", "umol/L", _creatinine, absolute=False),
        LabTerm("ldh", "Blood lactate dehydrogenase increased", "U/L", rising(1.0), 1, absolute=False),
    )
}


def lab(term: str, value: float | None, reference: Reference) -> Grade:
    """Grade of a laboratory value by version 6, with its reasons."""
    if value is None:
        return Grade(None, 0, LAB_TERMS[term].most, ("unknown: value",))
    return LAB_TERMS[term].rule(value, reference)
