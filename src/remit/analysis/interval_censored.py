"""Times to events that are only known to lie between two visits: bounds of the median by Turnbull's estimate (1976)."""

from __future__ import annotations

from collections.abc import Iterator

from remit.analysis.numbers import Heading, measure
from remit.analysis.result import Result, Selection
from remit.analysis.study import Study
from remit.analysis.time_to_event import NOT_REACHED, Clock, clocks, rows_of, where_of
from remit.stats import fixed, turnbull


def interval_censored(study: Study) -> Iterator[Result]:
    """The lowest and highest median that agrees with the two visits around each event, in months."""
    if study.infused.height == 0:
        return
    for clock in clocks(study):
        if clock.room == "time-to":
            yield from _median(study, clock)


def _median(study: Study, clock: Clock) -> Iterator[Result]:
    rows = rows_of(study, clock)
    known = rows.drop_nulls("ADTLO") if rows.height else rows
    if known.height == 0:
        return
    where = where_of(clock, study.columns[0])
    month = study.protocol.rules.month_days
    estimate = turnbull([float(v) for v in known["ADTLO"].to_list()], [_whole(v) for v in known["ADTHI"].to_list()])
    found = estimate.median()
    here = Heading(
        f"{clock.stem}/turnbull",
        f"{clock.title}, months, median of interval-censored times",
        study.safety_set,
        behind=(
            study.only("counted", "adtte", where, known["USUBJID"].to_list()),
            Selection("population", "adtte", where),
        ),
    )
    for statistic, days in (("median-low", found and found[0]), ("median-high", found and found[1])):
        if days is None:
            about = Heading(here.stem, here.title, here.population, behind=here.behind, note=NOT_REACHED)
            yield measure(about, statistic, None, known.height, NOT_REACHED, "Turnbull")
        else:
            text = fixed(days / month, 1, study.protocol.rules.rounding)
            yield measure(here, statistic, days / month, known.height, text, "Turnbull")


def _whole(value: int | None) -> float | None:
    return None if value is None else float(value)
