"""Fludarabine and the kidney: the starting dose that a label gives for a creatinine clearance, and who disagrees.

The current US label of the infusion steps down at 80, 50 and 30 mL/min; older and oral labels take off 20 % between 30
and 70. This is a warning with the label named: it never changes a dose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import is_at_least, is_below

CITATION: Final = Citation(
    "Fludarabine phosphate, US prescribing information", 2023, "injection; oral tablets",
    note="Read in label copies. Clearance by Cockcroft and Gault 1976 [formula recalled, unverified].",
)  # fmt: skip

VARIANTS: Final = ("injection_label", "older_label")
FULL_MG_M2: Final = 25.0


@dataclass(frozen=True, slots=True)
class Advice:
    """Share of the full dose that the label gives (0: do not give; None: unknown), and the label's words."""

    share: float | None
    because: tuple[str, ...]


def clearance(
    age_years: float | None, kg: float | None, creatinine_mg_dl: float | None, female: bool | None
) -> float | None:
    """Cockcroft-Gault creatinine clearance, mL/min; None when a value is unknown."""
    if age_years is None or kg is None or creatinine_mg_dl is None or female is None:
        return None
    return (140 - age_years) * kg / (72 * creatinine_mg_dl) * (0.85 if female else 1.0)


def advice(ml_min: float | None, variant: str = "injection_label") -> Advice:
    """What the label says at a clearance."""
    if ml_min is None:
        return Advice(None, ("unknown: creatinine clearance",))
    if is_below(ml_min, 30):
        return Advice(0.0, (f"{variant}: below 30 mL/min, do not give",))
    if variant == "older_label":
        if is_at_least(ml_min, 70):
            return Advice(1.0, ("older label: full dose",))
        return Advice(0.8, ("older label: 30-70 mL/min, 20 % less",))
    if is_at_least(ml_min, 80):
        return Advice(1.0, ("injection label: full dose, 25 mg/m²",))
    if is_at_least(ml_min, 50):
        return Advice(0.8, ("injection label: 50-79 mL/min, 20 mg/m²",))
    return Advice(0.6, ("injection label: 30-49 mL/min, 15 mg/m²",))
