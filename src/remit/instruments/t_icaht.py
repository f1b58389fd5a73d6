"""T-ICAHT: low platelets after immune effector cells, early (days 0-30) and late (days 31-100), from days below limits.

The printed table uses "below"; the code published with it uses "at or below" and joins longer gaps, and its late grades
1-3 need two such counts. We use the table; the code is the variant code_2024.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, is_at_least, is_at_most, is_below
from remit.instruments.grade import Grade, bounded
from remit.instruments.icaht import RECOVERY_DAYS, episodes, filled

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


CODE_JOINS: Final = 7
"""The published code joins low days separated by up to six better ones."""
LAST_LATE_DAY: Final = 100


def early_from_counts(by_day: Mapping[int, float | None], code_2024: bool = False) -> Grade:
    """Grade of days 0-30 from platelets ×10⁹/L by protocol day; gaps of up to seven days are filled in linearly."""
    series = filled(by_day)
    return _between(
        early(*(_days_low(series, cut, 1000.0, code_2024) for cut in (50, 20))),
        early(*(_days_low(series, cut, 0.0, code_2024) for cut in (50, 20))),
    )


def late_from_counts(by_day: Mapping[int, float | None], code_2024: bool = False) -> Grade:
    """Grade of days 31-100 from platelets ×10⁹/L by protocol day; a day without a count counts for nothing.

    code_2024   grades 1-3 need two counts at or below the limit
    """
    counts = sorted((day, value) for day, value in by_day.items() if value is not None and 31 <= day <= LAST_LATE_DAY)
    if not counts:
        return Grade(None, 0, 4, ("unknown: no platelet count after day 30",))
    below = is_at_most if code_2024 else is_below
    if code_2024 and sum(1 for _, value in counts if is_at_most(value, 100)) < 2:
        return Grade(0, 0, 0, ("fewer than two low counts",))
    series = filled(dict(by_day), 31, LAST_LATE_DAY)
    days = {}
    for cut in (100, 50, 20):
        days[cut] = _days_low(series, cut, 1000.0, code_2024)
        seen = sum(1 for _, value in counts if below(value, cut))
        if code_2024 and seen < 2:
            days[cut] = 0
    return late(days[100], days[50], days[20])


def recovery(by_day: Mapping[int, float | None], transfusion_days: Iterable[int]) -> Answer:
    """The first of three days in a row at 20 or more without a transfusion in the seven days before any of them."""
    given = set(transfusion_days)
    known = {day: value for day, value in by_day.items() if value is not None}
    if not known:
        return Answer(None, ("unknown: no platelet count",))
    for day in sorted(known):
        three = [known.get(day + step) for step in range(3)]
        clear = not any(day - 7 <= shot <= day + 2 for shot in given)
        if clear and all(is_at_least(value, 20) for value in three):
            return Answer(True, (f"recovered on day {day}",))
    if all(is_at_least(value, 20) for value in known.values()) and not given:
        return Answer(None, ("unknown: no three days in a row counted",))
    return Answer(False, ("not: three days in a row at 20 or more without transfusion",))


def _days_low(series: list[float | None], cut: float, unknown_as: float, code_2024: bool) -> int:
    below = is_at_most if code_2024 else is_below
    low = [bool(below(unknown_as if value is None else value, cut)) for value in series]
    return sum(episodes(low, CODE_JOINS if code_2024 else RECOVERY_DAYS))


def _between(best: Grade, worst: Grade) -> Grade:
    if best.low == worst.high:
        return best
    return bounded(best.low, worst.high, ("unknown: platelets on some days",))
