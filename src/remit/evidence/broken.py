"""How far seen patients are from what a statement says: 0 when it holds, otherwise how many patients are in the way.

The counterpart of the kinds' `constrain`, for tables in which everything is known. Where print leaves a meaning open
the weakest is taken, as there; but a value on the grid is taken as it is, without slack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, Final

import numpy as np

from remit.errors import InputError
from remit.evidence.claims import Claims
from remit.evidence.figures import FAR, Distance, span_of, statistic
from remit.evidence.kinds import Statement
from remit.evidence.laws import LAWS, SEROLOGY
from remit.evidence.printed import Readings
from remit.evidence.tables import CUT, NO_END, Flags, Tables, Whole, compared, limits, steps

MOST_PATIENT_STATEMENTS: Final = 8


def broken(tables: Tables, statement: Statement, reading: Readings) -> Distance:
    """(tables,) how far each table is from a statement."""
    found = _KINDS[statement.kind](tables, statement, reading)
    return np.asarray(found, dtype=np.float64)


def group_broken(tables: Tables, name: str) -> Distance:
    """(tables,) how far a group is from its printed size."""
    group = tables.claims.group(name)
    members = tables.members(name)
    found = np.zeros(len(members))
    if group.count is not None:
        found = _apart(members.sum(axis=1), group.count, group.count)
    if not group.where and group.of != "all":
        found = found + (tables.event(f"\x00in {name}") & ~tables.members(group.of)).sum(axis=1)
    return found


def patients_broken(tables: Tables, statements: Sequence[Statement], reading: Readings) -> Distance:
    """(tables,) how many patient statements find no patient of their own, by Hall's theorem."""
    if len(statements) > MOST_PATIENT_STATEMENTS:
        raise InputError(
            f"statements: {len(statements)} of kind patient are too many to draw from; "
            f"give at most {MOST_PATIENT_STATEMENTS}."
        )
    fits = [_fits(tables, statement, reading) for statement in statements]
    found = np.zeros(tables.shape[0])
    for size in range(1, len(fits) + 1):
        for some in combinations(fits, size):
            reached = np.logical_or.reduce(some).sum(axis=1)
            found = np.maximum(found, size - reached)
    return found


def laws_broken(tables: Tables) -> Distance:
    """(tables,) how many patients are what the instruments forbid."""
    found = np.zeros(tables.shape[0])
    known = {name.lower(): name for name in sorted(tables.columns)}
    for law in LAWS:
        event, name = known.get(law.event), known.get(law.variable)
        if event is None or name is None or name not in tables.grids or event in tables.grids:
            continue
        grid, value = tables.grids[name], tables.number(name)
        if law.values is not None and grid.step == 1:
            fine = np.isin(value, law.values)
        else:
            most = law.most if law.most is not None else Fraction(max(law.values or (0,)))
            fine = compared(value, "<=", most / grid.step)
        found = found + (tables.event(event) & ~fine).sum(axis=1)
    total, clinical = known.get("sledai"), known.get("csledai")
    if total is not None and clinical is not None:
        found = found + (~np.isin(tables.number(total) - tables.number(clinical), SEROLOGY)).sum(axis=1)
    return found


def lawful(names: Sequence[str]) -> frozenset[str]:
    """The columns that a law ties to another one; empty when no law has both of its columns."""
    known = {name.lower(): name for name in names}
    pairs = [(law.event, law.variable) for law in LAWS] + [("sledai", "csledai")]
    return frozenset(known[name] for pair in pairs if set(pair) <= set(known) for name in pair)


def _partition(tables: Tables, statement: Any, reading: Readings) -> Distance:
    members = tables.subset(statement.of, statement.n, statement.id)
    events = {part: tables.event(part) for part in statement.parts}
    parts = np.sum([event.astype(np.int64) for event in events.values()], axis=0)
    found = (members & (parts != 1)).sum(axis=1).astype(np.float64)
    for part, count in statement.parts.items():
        if count is not None:
            found += _apart((members & events[part]).sum(axis=1), count, count)
    return np.asarray(found + _own(tables, statement, statement.n), dtype=np.float64)


def _count(tables: Tables, statement: Any, reading: Readings) -> Distance:
    return _holds_in(tables, statement.of, statement.event, statement.n, statement.count)


def _proportion(tables: Tables, statement: Any, reading: Readings) -> Distance:
    size, own = tables.claims.size(statement.of), statement.own_n
    whole = own if own is not None else size
    if statement.count is not None:
        found = _holds_in(tables, statement.of, statement.event, own, statement.count)
    elif statement.percent is None:
        found = np.zeros(tables.shape[0])
    elif whole is not None:
        members = tables.subset(statement.of, own, statement.id)
        having = (members & tables.condition(statement.event)).sum(axis=1)
        found = _nearest(having, statement.fitting(whole, reading.numbers)) + _own(tables, statement, own)
    else:
        members = tables.members(statement.of)
        size_is = members.sum(axis=1)
        having = (members & tables.condition(statement.event)).sum(axis=1)
        table = np.full((tables.claims.n + 1, tables.claims.n + 1), np.inf)
        for n in range(1, tables.claims.n + 1):
            allowed = [k for k in statement.fitting(n, reading.numbers) if k <= n]
            if allowed:
                table[n] = _nearest(np.arange(tables.claims.n + 1), allowed)
        # a group may also be one patient larger or smaller
        sizes = np.arange(tables.claims.n + 1)
        found = np.min(table[None, :, :] + np.abs(sizes[None, :, None] - sizes[:, None, None]), axis=1)[size_is, having]
    return found


def _holds_in(tables: Tables, of: str, event: str, n: int | None, count: int | None) -> Distance:
    members = tables.members(of)
    if count is None:
        return np.zeros(len(members))
    having = (members & tables.condition(event)).sum(axis=1)
    if n is None or n == tables.claims.size(of):
        return _apart(having, count, count)
    without = members.sum(axis=1) - having
    return _apart(having, count, NO_END) + _apart(without, n - count, NO_END)


def _implies(tables: Tables, statement: Any, reading: Readings) -> Distance:
    breaking = tables.members(statement.of) & tables.condition(statement.if_)
    for text in (statement.then, *statement.except_):
        breaking &= ~tables.condition(text)
    return np.asarray(breaking.sum(axis=1), dtype=np.float64)


def _patient(tables: Tables, statement: Any, reading: Readings) -> Distance:
    return patients_broken(tables, [statement], reading)


def _fits(tables: Tables, statement: Any, reading: Readings) -> Flags:
    fits = tables.members(statement.of)
    for name, value in statement.values.items():
        if isinstance(value, bool):
            fits = fits & (tables.condition(name) == value)
        else:
            low, high = limits(span_of(reading, name, value), tables.grids[name].step)
            fits = fits & (tables.number(name) >= low) & (tables.number(name) <= high)
    return fits


def _curve(tables: Tables, statement: Any, reading: Readings) -> Distance:
    members = tables.subset(statement.of, statement.n, statement.id)
    found = _own(tables, statement, statement.n)
    step = tables.grids[statement.variable].step
    for one in statement.at:
        if one.at_risk is not None:
            reached = compared(tables.number(statement.variable), ">=", steps(Fraction(repr(one.t)), step))
            found = found + _apart((members & reached).sum(axis=1), one.at_risk, one.at_risk)
    return found


def _time(tables: Tables, statement: Any, reading: Readings) -> Distance:
    found = np.zeros(tables.shape[0])
    if "follow_up_months" not in tables.columns:
        return found
    parts = tables.parts_of_a_day
    first, last = (None if day is None else day.toordinal() * parts for day in (statement.first, statement.last))
    if statement.of == "cut":
        cut = np.asarray(tables.columns[CUT], dtype=np.int64)
        return found + _beyond(cut, first, last, parts)
    infused = tables.infused()
    earliest, latest = infused.min(axis=1), infused.max(axis=1)
    days, attained = statement.days, statement.attained
    if statement.of == "enrolment" and not tables.claims.assumptions.infusion_equals_enrolment:
        last, days, attained = None, None, False
    for day in infused.T:
        found = found + _beyond(day, first, last, parts)
    if days is not None:
        found = found + _beyond(latest - earliest, None, days * parts, parts)
    if attained:
        found = found + (0 if first is None else _beyond(earliest, first, first, parts))
        found = found + (0 if last is None else _beyond(latest, last, last, parts))
        if days is not None and (first is None or last is None):
            found = found + _beyond(latest - earliest, days * parts, days * parts, parts)
    return found


def _beyond(value: Whole, low: int | None, high: int | None, parts: int) -> Distance:
    """0 inside; outside one patient's worth and a little more for every week."""
    off = np.maximum(0 if low is None else low - value, 0 if high is None else value - high)
    off = np.maximum(off, 0)
    return np.where(off > 0, np.minimum(1 + off / (7.0 * parts), FAR), 0.0)


def _order(tables: Tables, statement: Any, reading: Readings) -> Distance:
    found = np.zeros(tables.shape[0])
    if "follow_up_months" not in tables.columns:
        return found
    parts = tables.parts_of_a_day
    infused = tables.infused()
    for before, after in pairwise(statement.levels):
        opening = _opening(infused, tables.event(before), statement.cleared) + statement.dlt_window_days * parts
        early = tables.event(after) & (infused < opening[:, None])
        gap = np.where(early, opening[:, None] - infused, 0).max(axis=1)
        found = found + early.sum(axis=1) + np.minimum(gap / (28.0 * parts), FAR)
    return found


def _opening(infused: Whole, before: Flags, cleared: int | None) -> Whole:
    """(tables,) the day on which the last of those who must be cleared before was infused; long ago without any."""
    days = np.sort(np.where(before, infused, NO_END), axis=1)
    count = before.sum(axis=1)
    place = (count if cleared is None else np.minimum(count, cleared)) - 1
    found = days[np.arange(len(days)), np.maximum(place, 0)]
    return np.where(place >= 0, found, -NO_END)


def _summary(tables: Tables, statement: Any, reading: Readings) -> Distance:
    members = tables.subset(statement.of, statement.n, statement.id)
    found = _own(tables, statement, statement.n)
    if not statement.printed:
        return found
    value, size = tables.number(statement.variable), members.sum(axis=1)
    step = tables.grids[statement.variable].step
    found = found + (size == 0)
    ordered = np.sort(np.where(members, value, NO_END), axis=1)
    for name, number in statement.printed.items():
        span = span_of(reading, statement.variable, number)
        found = found + statistic(name, span, step, value, members, ordered, size)
    return np.asarray(found, dtype=np.float64)


def _own(tables: Tables, statement: Statement, n: int | None) -> Distance:
    """How far the unknown members behind a statement's own `n` are from being that many, all of the group."""
    of = statement.sets()[0]
    if n is None or n == tables.claims.size(of):
        return np.zeros(tables.shape[0])
    flag, members = tables.event(f"\x00in {statement.id}"), tables.members(of)
    outside = (flag & ~members).sum(axis=1)
    return np.asarray(_apart((flag & members).sum(axis=1), n, n) + outside, dtype=np.float64)


def _apart(count: Whole, low: int, high: int) -> Distance:
    return np.maximum(np.maximum(low - count, count - high), 0).astype(np.float64)


def _nearest(count: Whole, allowed: Sequence[int]) -> Distance:
    if not allowed:
        return np.full(len(count), np.inf)
    return np.asarray(np.abs(count[:, None] - np.array(allowed)[None, :]).min(axis=1), dtype=np.float64)


def _allocation(tables: Tables, statement: Any, reading: Readings) -> Distance:
    events = {level: tables.event(level) for level in statement.levels}
    levels = np.sum([event.astype(np.int64) for event in events.values()], axis=0)
    found = (levels > 1).sum(axis=1).astype(np.float64)
    for level, count in statement.levels.items():
        found += _apart(events[level].sum(axis=1), count, count)
    return np.asarray(found, dtype=np.float64)


def _comparison(tables: Tables, statement: Any, reading: Readings) -> Distance:
    found = np.zeros(tables.shape[0])
    for side in (statement.first, statement.second):
        if side.of is not None and side.count is not None and statement.event is not None:
            found += _holds_in(tables, side.of, statement.event, side.n, side.count)
    return found


def _nothing(tables: Tables, statement: Any, reading: Readings) -> Distance:
    return np.zeros(tables.shape[0])


_KINDS: Final[Mapping[str, Callable[[Tables, Any, Readings], Distance]]] = {
    "partition": _partition,
    "summary": _summary,
    "proportion": _proportion,
    "count": _count,
    "implies": _implies,
    "time": _time,
    "patient": _patient,
    "order": _order,
    "registered": _nothing,
    "curve": _curve,
    "comparison": _comparison,
    "allocation": _allocation,
}


def has_own_members(claims: Claims, statement: Statement) -> bool:
    """Whether a statement speaks of some unknown members of its group that have to be told apart."""
    if statement.kind in ("summary", "partition", "curve"):
        n = getattr(statement, "n", None)
    elif statement.kind == "proportion" and getattr(statement, "count", None) is None:
        n = getattr(statement, "own_n", None) if getattr(statement, "percent", None) is not None else None
    else:
        return False
    return n is not None and n != claims.size(statement.sets()[0])
