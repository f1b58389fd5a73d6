"""Hypogammaglobulinemia: low immunoglobulin G after B-cell depletion, and its recovery without replacement.

CTCAE has no laboratory term for it. Below the laboratory's limit is low; below 4 g/L (400 mg/dL) replacement is usually
considered. An infusion of immunoglobulin lifts the value: within 28 days of one a normal value proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, Truth, is_at_least, is_below

CITATION: Final = Citation(
    "remit",
    2026,
    "project decision",
    note="Bands and the 28 days are a working default; no consensus was found in print.",
)

BANDS: Final = ("normal", "low", "severe")
MASKED_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Level:
    """Band of one value (None unknown), with its reasons."""

    band: str | None
    because: tuple[str, ...]


def level(igg_g_l: float | None, lln_g_l: float | None, days_since_ivig: float | None, ivig: Truth = False) -> Level:
    """Band of a value.

    days_since_ivig   since the last immunoglobulin; read while `ivig` is true
    ivig              whether any was ever given; None leaves a normal value unknown
    """
    if igg_g_l is None:
        return Level(None, ("unknown: immunoglobulin G",))
    if is_below(igg_g_l, 4.0):
        return Level("severe", ("below 4 g/L",))
    low = is_below(igg_g_l, lln_g_l)
    if low is None:
        return Level(None, ("unknown: lower limit of normal",))
    if low:
        return Level("low", ("below the lower limit",))
    masked: Truth = False if ivig is False else (None if ivig is None else is_below(days_since_ivig, MASKED_DAYS))
    if masked is None:
        return Level(None, ("unknown: immunoglobulin given, or when",))
    if masked:
        return Level(None, ("unknown: normal within 28 days of immunoglobulin",))
    return Level("normal", ("at or above the lower limit",))


def recovered(samples: Iterable[tuple[float, float]], lln_g_l: float | None, ivig_days: Iterable[float]) -> Answer:
    """Whether the last sample is normal and no immunoglobulin was given in the 28 days before it.

    samples   (day, g/L)
    """
    ordered = sorted(samples)
    if not ordered:
        return Answer(None, ("unknown: no sample",))
    day, value = ordered[-1]
    normal = is_at_least(value, lln_g_l)
    if normal is None:
        return Answer(None, ("unknown: lower limit of normal",))
    if not normal:
        return Answer(False, ("not: at or above the lower limit",))
    recent = [given for given in ivig_days if 0 <= day - given < MASKED_DAYS]
    if recent:
        return Answer(False, ("not: 28 days without immunoglobulin",))
    return Answer(True, (f"normal on day {day:g} without immunoglobulin for 28 days",))
