"""Keyboard: cut the rates into keys as wide as the target key and act on the strongest one.

Source: Yan, Mandrekar & Yuan 2017, Clin Cancer Res 23:3994 [volume and page recalled, unverified]. Short keys at the
ends are rescaled by full width over own width, and ties go to the highest key, as in the R package Keyboard 0.1.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from remit.designs.interval import IntervalDesign
from remit.designs.ladder import DOWN, STAY, UP
from remit.designs.posterior import heaviest, mass

SLIVER = 1e-9  # a shorter key is rounding, not a key


@dataclass(frozen=True)
class Keyboard(IntervalDesign):
    """The design: the posterior mass of each key, per unit of length, decides."""

    key: ClassVar[str] = "keyboard"

    @staticmethod
    def action(subjects: int, dlts: int, target: float, interval: tuple[float, float]) -> int:
        """+1, 0 or -1 before elimination."""
        return strongest(subjects, dlts, interval)

    @staticmethod
    def words(low: float, high: float) -> tuple[str, str, str]:
        """What the minutes say when the level asks to escalate, stay, de-escalate."""
        return (
            f"the strongest key lies below the target key {low:.4g} to {high:.4g}",
            f"the strongest key is the target key {low:.4g} to {high:.4g}",
            f"the strongest key lies above the target key {low:.4g} to {high:.4g}",
        )


def strongest(subjects: int, dlts: int, interval: tuple[float, float]) -> int:
    """Where the heaviest key lies: +1 below the target key (escalate), 0 on it, -1 above it."""
    return heaviest((mass(dlts, subjects, low, high) / (high - low), move) for low, high, move in keys(interval))


def keys(interval: tuple[float, float]) -> list[tuple[float, float, int]]:
    """All keys from the lowest to the highest: from, to, and the move it stands for."""
    low, high = interval
    width = high - low
    below, above = [], []
    edge = low
    while edge > SLIVER:
        below.append((max(edge - width, 0.0), edge, UP))
        edge -= width
    edge = high
    while edge < 1 - SLIVER:
        above.append((edge, min(edge + width, 1.0), DOWN))
        edge += width
    return [*reversed(below), (low, high, STAY), *above]
