"""T-ICAHT: low platelets after immune effector cells, early (days 0-30) and late (days 31-100), from days below limits.

The printed table uses "below"; the code published with it uses "at or below" and joins longer gaps. We use the table.
"""

from __future__ import annotations

from typing import Final

from remit.citations import Citation
from remit.instruments.grade import Grade, bounded

CITATION: Final = Citation(
    "American Society of Hematology", 2025, "T-ICAHT table, view-large 12809257",
    note="Printed table and published code differ in operators and joining; counts of days are taken as given.",
)  # fmt: skip


def _by_days(days_20: float, one_if: bool, two_if: bool) -> int:
    if days_20 >= 14:
        return 4
    if days_20 >= 1:
        return 3
    return 2 if two_if else (1 if one_if else 0)


def early(days_below_50: float | None, days_below_20: float | None) -> Grade:
    """Below 50: 1-6 days grade 1, 7 or more grade 2; below 20: 1-13 days grade 3, 14 or more grade 4."""
    low_50, high_50 = (0.0, 31.0) if days_below_50 is None else (days_below_50, days_below_50)
    low_20, high_20 = (0.0, min(31.0, high_50)) if days_below_20 is None else (days_below_20, days_below_20)
    return _range(
        _by_days(low_20, low_50 >= 1, low_50 >= 7), _by_days(high_20, high_50 >= 1, high_50 >= 7), days_below_20
    )


def late(days_below_100: float | None, days_below_50: float | None, days_below_20: float | None) -> Grade:
    """Below 100: grade 1; below 50: grade 2; below 20: 1-13 days grade 3, 14 or more grade 4."""
    low = [0.0 if days is None else days for days in (days_below_100, days_below_50, days_below_20)]
    high = [70.0 if days is None else days for days in (days_below_100, days_below_50, days_below_20)]
    return _range(
        _by_days(low[2], low[0] >= 1, low[1] >= 1), _by_days(high[2], high[0] >= 1, high[1] >= 1), days_below_20
    )


def _range(low: int, high: int, days_below_20: float | None) -> Grade:
    if low != high:
        return bounded(low, high, ("unknown: days below a limit",))
    said = "days below 20" if low >= 3 and days_below_20 is not None else "days below the limit"
    return Grade(low, low, low, (said,) if low else ("no low day",))
