"""Time to first remission, low activity and B-cell return, and how long states last: Kaplan-Meier in months.

Every step of a curve is a result: its value is the share still without the event, and its note holds `time`, `at_risk`,
`events` and `censored` as JSON for the figure. What happens between two visits is only known to lie between them;
`interval_censored` uses both ends.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, absent, measure, plain_count, share_count, spread
from remit.analysis.result import Interval, Result, Selection
from remit.analysis.study import INFUSED, Column, Study
from remit.stats import fixed, kaplan_meier, numbers_at_risk, percent
from remit.stats.survival import Band

METHOD = "Kaplan-Meier"
BAND: Band = "log-log"
AT_RISK_EVERY = 3
NOT_REACHED = "not reached"
QUARTILES = (("q1", 0.25, "first quartile"), ("median", 0.5, "median"), ("q3", 0.75, "third quartile"))


@dataclass(frozen=True)
class Clock:
    """A parameter of ADTTE: its code, what ids call it, its title, and the segment its results stand under."""

    paramcd: str
    key: str
    title: str
    room: str = "time-to"

    @property
    def stem(self) -> str:
        """Id without the statistic."""
        return f"{self.room}/{self.key}"


def time_to_event(study: Study) -> Iterator[Result]:
    """Times to every state endpoint and to B-cell depletion and return, then durations."""
    if study.infused.height == 0:
        return
    for clock in clocks(study):
        rows = rows_of(study, clock)
        if rows.height == 0:
            if clock.room == "time-to":
                everyone = (study.everyone(study.columns[0]),)
                yield absent(Heading(clock.stem, clock.title, study.safety_set, behind=everyone), "median")
            else:
                yield _nobody_yet(study, clock)
            continue
        yield from _clock(study, clock, rows)


def clocks(study: Study) -> Iterator[Clock]:
    """The clocks of a protocol: times to each state, to B-cell depletion and return, and to a flare where flares were
    rated; then durations of states.
    """
    states = [e for e in study.protocol.headline if e.kind == "state" and e.paramcd]
    for state in states:
        yield Clock(f"TT{state.paramcd}", f"first-{state.paramcd.lower()}", f"Time to first {state.label}")
    if study.protocol.b_cells is not None:
        yield Clock("TTBDEP", "b-cell-depletion", "Time to B-cell depletion")
        yield Clock("TTBREC", "b-cell-return", "Time to B-cell return")
    flare = Clock("TTFLARE", "flare", "Time to first flare")
    if rows_of(study, flare).height:
        yield flare
    for state in states:
        yield Clock(f"{state.paramcd}DUR", state.paramcd.lower(), f"Duration of {state.label}", "durability")


def rows_of(study: Study, clock: Clock, column: Column | None = None) -> pl.DataFrame:
    """The rows of a clock, of everyone infused or of one column."""
    frame = study.table("adtte")
    if frame.height == 0:
        return frame
    mine = frame.filter((pl.col("PARAMCD") == clock.paramcd) & (pl.col("SAFFL") == "Y"))
    return mine if column is None or column.key == "all" else mine.filter(pl.col("LEVEL") == column.key)


def where_of(clock: Clock, column: Column) -> Where:
    """The filter that selects them."""
    return (("PARAMCD", clock.paramcd), *INFUSED, *column.where)


def _nobody_yet(study: Study, clock: Clock) -> Result:
    title = f"{clock.title}: subjects"
    about = Heading(f"{clock.stem}/started", title, study.safety_set, behind=(study.everyone(study.columns[0]),))
    return plain_count(about, 0, study.infused.height)


def _clock(study: Study, clock: Clock, every: pl.DataFrame) -> Iterator[Result]:
    lasting = clock.room == "durability"
    for column in study.columns[:1] if lasting else study.columns:
        rows = every if column.key == "all" else every.filter(pl.col("LEVEL") == column.key)
        if rows.height == 0:
            continue
        where = where_of(clock, column)
        behind = (Selection("counted", "adtte", (*where, ("CNSR", 0))), Selection("population", "adtte", where))
        title = f"{clock.title}{column.name}"
        about = Heading(f"{clock.stem}{column.suffix}", title, study.safety_set, column.key, behind)
        yield from _summary(study, about, rows)
        if not lasting:
            yield from _observed(study, clock, column, about, rows)
        if column.key == "all":
            yield from _curve(study, about, rows, where)
            if lasting:
                yield _longest(about, rows, where)
            else:
                yield from _at_risk(study, about, rows, where)


def _summary(study: Study, about: Heading, rows: pl.DataFrame) -> Iterator[Result]:
    rules = study.protocol.rules
    happened = rows.filter(pl.col("CNSR") == 0)
    events = share_count(replace(about, title=f"{about.title}, events"), happened.height, rows.height, rules)
    yield replace(events, id=f"{about.stem}/events", statistic="events", text=f"{happened.height}/{rows.height}")
    subjects = replace(about, title=f"{about.title}, subjects", behind=(replace(about.behind[1], role="counted"),))
    yield replace(plain_count(subjects, rows.height), id=f"{about.stem}/n", statistic="n")
    observed = [int(c == 0) for c in rows["CNSR"].to_list()]
    curve = kaplan_meier(rows["AVALMON"].to_list(), observed, BAND, rules.interval_level)
    for statistic, part, words in QUARTILES:
        found = curve.quantile(part)
        here = replace(about, title=f"{about.title}, months, {words}")
        ends = [NOT_REACHED if v is None else fixed(v, 1, rules.rounding) for v in (found.low, found.high)]
        interval = Interval(rules.interval_level, found.low, found.high, BAND)
        level = f"{100 * rules.interval_level:g} % CI"
        if found.time is None:
            yield measure(replace(here, note=NOT_REACHED), statistic, None, rows.height, NOT_REACHED, METHOD)
            continue
        text = f"{fixed(found.time, 1, rules.rounding)} ({level} {ends[0]}–{ends[1]})"
        yield replace(measure(here, statistic, found.time, rows.height, text, METHOD), interval=interval)


def _observed(study: Study, clock: Clock, column: Column, about: Heading, rows: pl.DataFrame) -> Iterator[Result]:
    here = replace(
        about,
        stem=f"{clock.stem}/observed{column.suffix}",
        title=f"{clock.title}, months, of those observed{column.name}",
        note="subjects with the event only",
        behind=(replace(about.behind[0], carries=("AVALMON", "value")), about.behind[1]),
    )
    months = rows.filter(pl.col("CNSR") == 0)["AVALMON"].to_list()
    yield from spread(here, months, "months", study.protocol.rules, RANGE)


def _curve(study: Study, about: Heading, rows: pl.DataFrame, where: Where) -> Iterator[Result]:
    rules = study.protocol.rules
    events = [int(c == 0) for c in rows["CNSR"].to_list()]
    curve = kaplan_meier(rows["AVALMON"].to_list(), events, BAND, rules.interval_level)
    days: dict[float, set[int]] = {}
    for months, day, event in zip(rows["AVALMON"].to_list(), rows["AVAL"].to_list(), events):
        if event:
            days.setdefault(months, set()).add(day)
    population = Selection("population", "adtte", where)
    steps = [(0.0, rows.height, 0, 0, 1.0, None, None)] if not curve.time or curve.time[0] > 0 else []
    steps += list(zip(curve.time, curve.at_risk, curve.events, curve.censored, curve.survival, curve.low, curve.high))
    for k, (time, at_risk, happened, censored, survival, low, high) in enumerate(steps):
        counted = Selection("counted", "adtte", (*where, ("CNSR", 0), ("AVAL", tuple(sorted(days.get(time, ()))))))
        note = json.dumps({"time": time, "at_risk": at_risk, "events": happened, "censored": censored})
        here = replace(
            about,
            stem=f"{about.stem}/curve",
            note=note,
            behind=(counted, population),
            title=f"{about.title}, share without it at {fixed(time, 1, rules.rounding)} months",
        )
        made = measure(here, str(k), survival, at_risk, f"{percent(survival, 1, rules.rounding)} %", METHOD)
        known = None if low is None and high is None else Interval(rules.interval_level, low, high, BAND)
        yield replace(made, statistic="survival", interval=known)


def _at_risk(study: Study, about: Heading, rows: pl.DataFrame, where: Where) -> Iterator[Result]:
    times = rows["AVALMON"].to_list()
    marks = range(0, math.floor(max(times)) + 1, AT_RISK_EVERY)
    for mark, number in zip(marks, numbers_at_risk(times, [float(m) for m in marks])):
        who = rows.filter(pl.col("AVALMON") >= mark)["USUBJID"].to_list()
        behind = (study.only("counted", "adtte", where, who), Selection("population", "adtte", where))
        title = f"{about.title}, still followed without it at {mark} months"
        here = replace(about, stem=f"{about.stem}/at-risk", title=title, behind=behind)
        yield replace(measure(here, str(mark), float(number), number, str(number), "count"), statistic="number at risk")


def _longest(about: Heading, rows: pl.DataFrame, where: Where) -> Result:
    """The longest time in the state so far, in days between first and last visit known to meet it or to its loss."""
    days = rows["AVAL"].max()
    assert isinstance(days, int)
    longest = rows.filter(pl.col("AVAL") == days)
    lasting = (longest["CNSR"] != 0).any()
    here = replace(
        about,
        stem=f"{about.stem}/longest-days",
        title=f"{about.title.replace('Duration', 'Longest duration')} so far, days",
        behind=(Selection("counted", "adtte", (*where, ("AVAL", days))), Selection("population", "adtte", where)),
        note="ongoing" if lasting else "ended",
    )
    return measure(here, "value", float(days - 1), longest.height, str(days - 1), "max")
