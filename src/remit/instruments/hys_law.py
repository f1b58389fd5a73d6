"""Hy's law flags: liver injury with jaundice and no obstruction, from peak values and their limits.

A flag asks for a causality assessment; it is not a diagnosis. Printed as "three-fold or greater" and as "above three
times": both readings are variants. The ratio R tells hepatocellular (5 or more) from cholestatic (2 or less) injury.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, Truth, all_of, any_of, is_above, is_at_least, is_at_most, is_below

CITATION: Final = Citation(
    "US Food and Drug Administration", 2009, "Guidance: Drug-Induced Liver Injury, Premarketing Clinical Evaluation",
    checked=False,
    note="Thresholds recalled, unverified. Baseline disease and Gilbert's syndrome need a person's judgment.",
)  # fmt: skip

VARIANTS: Final = ("fda_2009", "above_3")


@dataclass(frozen=True, slots=True)
class LiverPeaks:
    """Highest values of one episode as multiples of their upper limits; None is unknown."""

    alt: float | None
    ast: float | None
    bilirubin: float | None
    alp: float | None


def judge(peaks: LiverPeaks, variant: str = "fda_2009") -> Answer:
    """ALT or AST 3 × or more, bilirubin above 2 ×, alkaline phosphatase below 2 × the limit."""
    reached = is_at_least if variant == "fda_2009" else is_above
    sign = "≥" if variant == "fda_2009" else ">"
    lines = {
        f"ALT or AST {sign} 3 × upper limit": any_of((reached(peaks.alt, 3), reached(peaks.ast, 3))),
        "bilirubin > 2 × upper limit": is_above(peaks.bilirubin, 2),
        "alkaline phosphatase < 2 × upper limit": is_below(peaks.alp, 2),
    }
    met = all_of(lines.values())
    if met:
        return Answer(True, tuple(lines), tuple(lines.values()))
    said = [f"not: {name}" for name, truth in lines.items() if truth is False]
    said += [f"unknown: {name}" for name, truth in lines.items() if truth is None]
    return Answer(met, tuple(said), tuple(lines.values()))


def quadrant(peaks: LiverPeaks) -> str | None:
    """The eDISH quadrant: normal, temple (enzyme only), cholestasis (bilirubin only), hys_law (both)."""
    enzyme: Truth = any_of((is_at_least(peaks.alt, 3), is_at_least(peaks.ast, 3)))
    jaundice = is_above(peaks.bilirubin, 2)
    if enzyme is None or jaundice is None:
        return None
    if enzyme:
        return "hys_law" if jaundice else "temple"
    return "cholestasis" if jaundice else "normal"


def r_value(peaks: LiverPeaks) -> float | None:
    """ALT over alkaline phosphatase, each as a multiple of its limit."""
    return None if peaks.alt is None or not peaks.alp else peaks.alt / peaks.alp


def pattern(ratio: float | None) -> str | None:
    """hepatocellular from 5, cholestatic up to 2, mixed between."""
    if ratio is None:
        return None
    if is_at_least(ratio, 5):
        return "hepatocellular"
    return "cholestatic" if is_at_most(ratio, 2) else "mixed"
