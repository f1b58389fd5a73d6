"""ICAHT: blood toxicity of immune effector cells from the neutrophil count, early (days 0-30) and late.

Thresholds are inclusive (500/µL counts), unlike CTCAE. Low days at most two days apart belong to one episode, because
recovery needs three days in a row above. The text speaks of cumulative days; the public graders take the longest
episode. Days without a count are filled in linearly over gaps of up to seven days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from remit.citations import Citation
from remit.criteria import is_at_most
from remit.instruments.grade import Grade, bounded

CITATION: Final = Citation(
    "Rejeski K et al.", 2023, "Blood 142:865-77", "10.1182/blood.2023020578",
    note="Cut-points as coded in public graders. Cumulative days after joining is our default.",
)  # fmt: skip

LAST_EARLY_DAY: Final = 30
RECOVERY_DAYS: Final = 3
LONGEST_GAP: Final = 7

Series = list[float | None]


def filled(by_day: Mapping[int, float | None], first: int = 0, last: int = LAST_EARLY_DAY) -> Series:
    """One value for each day from `first` to `last`; None where no count within the allowed gap says anything."""
    known = sorted((day, value) for day, value in by_day.items() if value is not None)
    series: Series = [None] * (last - first + 1)
    for day, value in known:
        if first <= day <= last:
            series[day - first] = value
    for (day, value), (next_day, next_value) in pairwise(known):
        if 1 < next_day - day <= LONGEST_GAP + 1:
            for between in range(max(day + 1, first), min(next_day, last + 1)):
                series[between - first] = value + (next_value - value) * (between - day) / (next_day - day)
    return series


def episodes(low: list[bool], joined_within: int = RECOVERY_DAYS) -> list[int]:
    """Length of each episode of low days; low days at most `joined_within` days apart belong to one episode."""
    lengths: list[int] = []
    start = end = -1
    for day, is_low in enumerate(low):
        if not is_low:
            continue
        if start >= 0 and day - end <= joined_within:
            end = day
        else:
            if start >= 0:
                lengths.append(end - start + 1)
            start = end = day
    if start >= 0:
        lengths.append(end - start + 1)
    return lengths


def _days(series: list[float], limit: float, longest: bool) -> int:
    lengths = episodes([bool(is_at_most(value, limit)) for value in series]) or [0]
    return max(lengths) if longest else sum(lengths)


def _grade(series: list[float], longest: bool) -> tuple[int, str]:
    days_500, days_100 = _days(series, 500, longest), _days(series, 100, longest)
    never_above = all(is_at_most(value, 500) for value in series[3:])
    said = f"{days_500} days at 500/µL or less, {days_100} at 100 or less"
    if never_above:
        return 4, "never above 500/µL"
    if days_100 >= 14:
        return 4, said
    if days_500 >= 14 or days_100 >= 7:
        return 3, said
    if days_500 >= 7:
        return 2, said
    return (1 if days_500 else 0), said


def early(by_day: Mapping[int, float | None], longest_run: bool = False) -> Grade:
    """Grade of days 0-30.

    by_day       protocol day -> neutrophils per µL
    longest_run  count the longest episode instead of all days in episodes
    returns      unknown when the days without a count could change the grade
    """
    series = filled(by_day)
    best, said = _grade([5000.0 if value is None else value for value in series], longest_run)
    worst, said_worst = _grade([0.0 if value is None else value for value in series], longest_run)
    if best == worst:
        return Grade(best, best, best, (said,))
    return bounded(best, worst, ("unknown: neutrophils on some days", said_worst))


def late(per_ul: Iterable[float | None], single_value: bool = False) -> Grade:
    """Grade after day 30 from the lowest of two counts or more.

    single_value   accept one count, as one public grader does
    """
    values = [value for value in per_ul if value is not None]
    if len(values) < (1 if single_value else 2):
        return Grade(None, 0, 4, ("unknown: fewer counts than needed after day 30",))
    lowest = min(values)
    grade = sum(1 for limit in (1500, 1000, 500, 100) if is_at_most(lowest, limit))
    return Grade(grade, grade, grade, ("lowest count after day 30",))


def per_ul(e9_l: float) -> float:
    """Neutrophils per µL from ×10⁹/L: 0.5 is 500."""
    return e9_l * 1000.0
