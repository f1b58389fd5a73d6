"""Estimated glomerular filtration rate from creatinine, age and sex, for a laboratory that reports creatinine only.

The 2021 equation of the CKD Epidemiology Collaboration, which has no term for race. For adults; below 18 years another
equation holds, so the answer is unknown there.
"""

from __future__ import annotations

from typing import Final

from remit.citations import Citation
from remit.criteria import Truth

CITATION: Final = Citation(
    "Inker LA et al.", 2021, "N Engl J Med 385:1737-49", "10.1056/NEJMoa2102953", checked=False,
    note="Coefficients recalled, unverified: 142, 0.7 or 0.9 mg/dL, -0.241 or -0.302, -1.200, 0.9938, 1.012.",
)  # fmt: skip

ADULT: Final = 18
UMOL_L_IN_ONE_MG_DL: Final = 88.4


def ckd_epi_2021(creatinine_umol_l: float | None, age_years: float | None, female: Truth) -> float | None:
    """mL/min/1.73 m²; None when anything is unknown, when there is no creatinine, and below 18 years."""
    if creatinine_umol_l is None or age_years is None or female is None or creatinine_umol_l <= 0 or age_years < ADULT:
        return None
    knee, power = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = creatinine_umol_l / UMOL_L_IN_ONE_MG_DL / knee
    rate = 142 * min(ratio, 1.0) ** power * max(ratio, 1.0) ** -1.2 * 0.9938**age_years
    return float(rate * 1.012 if female else rate)
