"""mTPI, the modified toxicity probability interval design: act on the interval with the largest unit mass.

Source: Ji et al. 2010, Clin Trials 7:653.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from remit.designs.interval import IntervalDesign
from remit.designs.ladder import DOWN, STAY, UP
from remit.designs.posterior import mass


@dataclass(frozen=True)
class Mtpi(IntervalDesign):
    """The design: three intervals, below, on and above target; posterior mass divided by length decides."""

    key: ClassVar[str] = "mtpi"

    @staticmethod
    def action(subjects: int, dlts: int, target: float, interval: tuple[float, float]) -> int:
        """+1, 0 or -1 before elimination."""
        low, high = interval
        edges = ((0.0, low, UP), (low, high, STAY), (high, 1.0, DOWN))
        units = [(mass(dlts, subjects, a, b) / (b - a), move) for a, b, move in edges if b > a]
        return max(units)[1]

    @staticmethod
    def words(low: float, high: float) -> tuple[str, str, str]:
        """What the minutes say when the level asks to escalate, stay, de-escalate."""
        return (
            f"per unit of length the posterior is heaviest below {low:.4g}",
            f"per unit of length the posterior is heaviest between {low:.4g} and {high:.4g}",
            f"per unit of length the posterior is heaviest above {high:.4g}",
        )
