"""mTPI, the modified toxicity probability interval design: act on the interval with the largest unit mass.

Source: Ji et al. 2010, Clin Trials 7:653. Two intervals can weigh exactly the same (1 DLT in 2 at a target of 0.25 with
half-widths of 0.05); the paper does not say which then decides. Here it is the higher one, as among keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from remit.designs.interval import IntervalDesign
from remit.designs.ladder import DOWN, STAY, UP
from remit.designs.posterior import heaviest, mass


@dataclass(frozen=True)
class Mtpi(IntervalDesign):
    """The design: three intervals, below, on and above target; posterior mass divided by length decides."""

    key: ClassVar[str] = "mtpi"

    @staticmethod
    def action(subjects: int, dlts: int, target: float, interval: tuple[float, float]) -> int:
        """+1, 0 or -1 before elimination."""
        low, high = interval
        edges = ((0.0, low, UP), (low, high, STAY), (high, 1.0, DOWN))
        return heaviest((mass(dlts, subjects, a, b) / (b - a), move) for a, b, move in edges if b > a)

    @staticmethod
    def words(low: float, high: float) -> tuple[str, str, str]:
        """What the minutes say when the level asks to escalate, stay, de-escalate."""
        return (
            f"per unit of length the posterior is heaviest below {low:.4g}",
            f"per unit of length the posterior is heaviest between {low:.4g} and {high:.4g}",
            f"per unit of length the posterior is heaviest above {high:.4g}",
        )
