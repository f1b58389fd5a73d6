"""BILAG-2004: nine organ systems, each A (most active) to E (never affected); letters to numbers, items to letters.

The numbers are Yee 2010. The rules from items to letters are the 2009/2010 revision as recalled; no stored page shows
them, and a clinician has to sign them against the paper before a trial relies on them. Items are scored 0 not present,
1 improving, 2 same, 3 worse, 4 new. Laboratory bands are half-open intervals: hemoglobin 8.95 is B (8 to < 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, is_above
from remit.instruments.bilag_items import (
    ITEMS,
    MEASURES,
    SCORED,
    SYSTEMS,
    VARIANT_NOTE,
    YES_NO,
    Worst,
    rank,
)  # fmt: skip

__all__ = [
    "CITATION", "CODINGS", "ITEMS", "LETTERS", "MEASURES", "SCORED", "SYSTEMS", "YES_NO", "Letter", "NumericScore",
    "grade_system", "numeric", "pyrexia",
]  # fmt: skip

CITATION: Final = Citation(
    "Isenberg DA et al.; Yee C-S et al.", 2010, "Rheumatology 44:902-6 and 49:1665-9",
    "10.1093/rheumatology/keq026", note=VARIANT_NOTE,
)  # fmt: skip

LETTERS: Final = ("A", "B", "C", "D", "E")

CODINGS: Final[dict[str, dict[str, int]]] = {
    "numeric": {"A": 12, "B": 8, "C": 1, "D": 0, "E": 0},
    "numeric_12_5_1": {"A": 12, "B": 5, "C": 1, "D": 0, "E": 0},
    "numeric_9_3_1": {"A": 9, "B": 3, "C": 1, "D": 0, "E": 0},
}


@dataclass(frozen=True, slots=True)
class NumericScore:
    """Sum over the systems, or its range while a letter is unknown."""

    score: int | None
    low: int
    high: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Grade of one system; None while best and worst attainable letters differ."""

    grade: str | None
    best: str
    worst: str
    because: tuple[str, ...]


def numeric(letters: Sequence[str | None], coding: str = "numeric") -> NumericScore:
    """Add up the letters (at most nine).

    coding   numeric 12-8-1 (Yee 2010), numeric_12_5_1 or numeric_9_3_1 (earlier)
    """
    points = CODINGS[coding]
    low = sum(points[letter] for letter in letters if letter is not None)
    unknown = sum(1 for letter in letters if letter is None)
    high = low + unknown * points["A"]
    counted = [f"{letter} {letters.count(letter)}×{points[letter]}" for letter in "ABC" if letter in letters]
    because = tuple(counted) + (("unknown: a letter is missing",) if unknown else ())
    return NumericScore(None if unknown else low, low, high, because or ("no active system",))


def grade_system(system: str, items: Mapping[str, float | bool | None], ever_active: Truth) -> Letter:
    """Letter of one system from its items.

    system       a key of SYSTEMS
    items        item -> score or laboratory value; not listed is not present (a laboratory value: normal),
                 None is not done
    ever_active  whether the system was ever A-D before; decides between D and E
    """
    best = rank(system, items, Worst.LEAST)
    worst = rank(system, items, Worst.MOST)
    quiet = {True: "D", False: "E", None: None}[ever_active]
    low = "ABC"[best] if best < 3 else quiet
    high = "ABC"[worst] if worst < 3 else quiet
    not_done = tuple(f"unknown: {item}" for item, value in items.items() if value is None)
    if low == high and low is not None:
        return Letter(low, low, low, (f"{system} {low}",))
    if low is None and high is None:
        return Letter(None, "E", "D", ("unknown: whether the system was ever active",))
    return Letter(None, low or "E", high or "D", not_done or ("unknown: whether the system was ever active",))


def pyrexia(celsius: float | None) -> Truth:
    """The BILAG item counts from above 37.5 °C (SLEDAI fever: above 38.0 °C)."""
    return is_above(celsius, 37.5)
