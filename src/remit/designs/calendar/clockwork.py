"""The clock of one subject, compiled: arrival, release of the cells, first infusion, DLT or end of the window."""

from __future__ import annotations

import math

from remit.designs.calendar.machine import compiled
from remit.designs.calendar.scene import DLT, LEFT, NEARLY_ONE, NOTHING, Clock, Floats

POISSON, FIXED = 0, 1
FROM_FIRST, FROM_LAST = 0, 1
UNIFORM, WEIBULL = 0, 1


@compiled
def followed(clock: Clock, infusions: Floats, days: float) -> float:
    """Share of the window completed so many days after the first infusion."""
    if clock.window <= 0:
        return 0.0
    if clock.anchor == FROM_FIRST:
        return min(max(days / clock.window, 0.0), 1.0)
    if clock.anchor == FROM_LAST:
        days -= infusions[-1]
        return min(max(days / clock.window, 0.0), 1.0)
    share = 0.0
    for day in infusions:
        share += min(max((days - day) / clock.window, 0.0), 1.0)
    return share / len(infusions)


@compiled
def dlt_day(clock: Clock, infusions: Floats, rate: float, log_clear: float, one_over_shape: float, u: float) -> float:
    """Days from the first infusion to the DLT of a subject who has one; for a Weibull onset see `World`."""
    start = 0.0
    if clock.anchor == FROM_LAST:
        start = infusions[-1]
    elif clock.anchor != FROM_FIRST:
        scaled = u * len(infusions)
        which = min(int(scaled), len(infusions) - 1)
        start, u = infusions[which], scaled - which
    if clock.onset == WEIBULL:
        u = (math.log1p(-u * min(rate, NEARLY_ONE)) / log_clear) ** one_over_shape
    elif clock.onset != UNIFORM:
        early = 1 - clock.late
        u = 0.5 * u / early if u < early else 0.5 + 0.5 * (u - early) / clock.late
    return start + u * clock.window


@compiled
def arrival_gap(clock: Clock, u: float) -> float:
    """Days between two arrivals."""
    if clock.accrual == POISSON:
        return -clock.gap * math.log1p(-u)
    return clock.gap if clock.accrual == FIXED else 2 * clock.gap * u


@compiled
def course(
    clock: Clock, released: float, earliest: float, toxic_after: float, leaving: float
) -> tuple[float, float, int]:
    """First infusion, day on which the outcome is known, and outcome, of a subject whose cells are released.

    earliest      the day before which staggering allows no first infusion
    toxic_after   days to the DLT; infinite without one
    leaving       uniform number; below its limit it says that the subject leaves, and when
    """
    treated = max(released, earliest)
    after, outcome = clock.watched, NOTHING
    if toxic_after < math.inf:
        after, outcome = toxic_after, DLT
    if leaving < clock.not_evaluable:
        leaves = leaving / clock.not_evaluable * clock.watched
        if leaves < after:
            after, outcome = leaves, LEFT
    return treated, treated + after, outcome
