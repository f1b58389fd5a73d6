"""i3+3: compare the rate with an interval, and ask whether one DLT fewer would have been below it.

Source: Liu, Wang & Ji 2020, J Biopharm Stat 30:294 [rule and reference recalled, unverified].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from remit.designs.interval import IntervalDesign
from remit.designs.ladder import DOWN, STAY, UP

EDGE = 1e-12  # a rate on an edge of the interval is inside, however 0.3 - 0.05 is stored


@dataclass(frozen=True)
class I3plus3(IntervalDesign):
    """The design: no posterior decides, only rates (elimination is the usual posterior rule)."""

    key: ClassVar[str] = "i3+3"

    @staticmethod
    def action(subjects: int, dlts: int, target: float, interval: tuple[float, float]) -> int:
        """+1, 0 or -1 before elimination."""
        low, high = interval
        if dlts < low * subjects - EDGE:
            return UP
        if dlts <= high * subjects + EDGE:
            return STAY
        return STAY if dlts - 1 < low * subjects - EDGE else DOWN

    @staticmethod
    def words(low: float, high: float) -> tuple[str, str, str]:
        """What the minutes say when the level asks to escalate, stay, de-escalate."""
        return (
            f"the rate is below {low:.4g}",
            f"the rate is between {low:.4g} and {high:.4g}, or would be below with one DLT fewer",
            f"the rate is above {high:.4g}, and with one DLT fewer not below {low:.4g}",
        )
