"""How much of the observed time a subject spent in a state, such as LLDAS-50: in LLDAS for half of it or more.

A visit's state holds until the next visit. Time after a visit whose state is unknown is unknown, not "out": it gives a
range, and the answer stays open while the range straddles the half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, Truth, is_above, is_at_least, single

CITATION: Final = Citation(
    "remit", 2026, "project decision",
    note="A Japanese cohort contrasts less and more than half of the time; the name LLDAS-50 is recalled, unverified.",
)  # fmt: skip

VARIANTS: Final = ("half_or_more", "more_than_half")


@dataclass(frozen=True, slots=True)
class Share:
    """Days observed and days in the state; the share of time as (at least, at most)."""

    days_observed: float
    days_in_state: float
    low: float | None
    high: float | None
    met: Answer


def share(visits: Sequence[tuple[float, Truth]], last_day: float | None = None, variant: str = "half_or_more") -> Share:
    """Time in a state.

    visits     (day, in the state or not, None unknown), any order
    last_day   end of observation; None: the last visit, whose own state then has no duration
    """
    ordered = sorted(visits, key=lambda visit: visit[0])
    if last_day is not None and ordered:
        ordered.append((max(last_day, ordered[-1][0]), None))
    inside = unclear = total = 0.0
    for (day, state), (after, _) in pairwise(ordered):
        total += after - day
        inside += (after - day) if state else 0.0
        unclear += (after - day) if state is None else 0.0
    if total <= 0:
        return Share(0.0, 0.0, None, None, Answer(None, ("unknown: no time observed",)))
    low, high = inside / total, (inside + unclear) / total
    reached = is_at_least if variant == "half_or_more" else is_above
    certain, possible = reached(low, 0.5), reached(high, 0.5)
    met = certain if certain == possible else None
    sentence = "at least half of the time" if variant == "half_or_more" else "more than half of the time"
    return Share(total, inside, low, high, single(met, sentence, f"{inside:g} of {total:g} days"))


def longest(visits: Sequence[tuple[float, Truth]]) -> float | None:
    """Days from the first to the last visit of the longest unbroken run in the state; None without a visit.

    A visit with an unknown state ends a run: this is the shortest reading.
    """
    if not visits:
        return None
    best, start = 0.0, None
    for day, state in sorted(visits, key=lambda visit: visit[0]):
        if not state:
            start = None
            continue
        start = day if start is None else start
        best = max(best, day - start)
    return best
