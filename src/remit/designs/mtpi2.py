"""mTPI-2: mTPI with the outer intervals cut into pieces as wide as the target interval.

Source: Guo et al. 2017, Contemp Clin Trials 58:23. The pieces are the keys of the keyboard design; the two tables
are equal wherever they were compared (target 0.30, half-widths 0.05, 1 to 12 subjects).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from remit.designs.interval import IntervalDesign
from remit.designs.keyboard import strongest


@dataclass(frozen=True)
class Mtpi2(IntervalDesign):
    """The design: the sub-interval with the largest unit probability mass decides."""

    key: ClassVar[str] = "mtpi2"

    @staticmethod
    def action(subjects: int, dlts: int, target: float, interval: tuple[float, float]) -> int:
        """+1, 0 or -1 before elimination."""
        return strongest(subjects, dlts, interval)

    @staticmethod
    def words(low: float, high: float) -> tuple[str, str, str]:
        """What the minutes say when the level asks to escalate, stay, de-escalate."""
        return (
            f"the heaviest sub-interval lies below {low:.4g}",
            f"the heaviest sub-interval is the target {low:.4g} to {high:.4g}",
            f"the heaviest sub-interval lies above {high:.4g}",
        )
