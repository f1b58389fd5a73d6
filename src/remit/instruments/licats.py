"""LICATS: a local, self-limited reaction after CAR T cells in an organ that lupus had affected before.

It raises SLEDAI without being a relapse; collect it as a flag and fix its handling beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, Truth, is_at_most, single
from remit.instruments.grade import Grade

CITATION: Final = Citation(
    "Hagen M et al.", 2025, "Lancet Rheumatol", "10.1016/S2665-9913(25)00091-8",
    note="Read in abstracts and summaries. One month of onset is taken as 30 days.",
)  # fmt: skip

RESOLUTIONS: Final = ("spontaneous", "outpatient_treatment")
HOSPITALISATIONS: Final = ("none", "new", "prolonged")


@dataclass(frozen=True, slots=True)
class LicatsEvent:
    """One reaction; None is unknown. Intensive care and hospital stay are none unless recorded."""

    resolution: str | None
    glucocorticoid_treatment: Truth
    hospitalisation: str = "none"
    icu: bool = False


def grade(event: LicatsEvent) -> Grade:
    """1 resolves by itself, 2 treated (glucocorticoid), 3 new or prolonged hospital stay, 4 intensive care."""
    if event.icu:
        return Grade(4, 4, 4, ("intensive care",))
    if event.hospitalisation != "none":
        return Grade(3, 3, 3, (f"{event.hospitalisation} hospital stay",))
    if event.glucocorticoid_treatment or event.resolution == "outpatient_treatment":
        return Grade(2, 2, 2, ("treated without hospital stay",))
    if event.resolution is None:
        return Grade(None, 1, 2, ("unknown: how it resolved",))
    return Grade(1, 1, 1, ("resolved by itself",))


def onset_class(day: float | None) -> str | None:
    """early up to day 14, intermediate up to day 30, late after; None when the day is unknown."""
    if day is None:
        return None
    if is_at_most(day, 14):
        return "early"
    return "intermediate" if is_at_most(day, 30) else "late"


def eligible(organ_affected_before: Truth) -> Answer:
    """By definition the organ was affected before treatment."""
    return single(organ_affected_before, "organ affected before treatment")
