"""The slow, general way through a design: ask `decide` at every state, remember equal states once.

Any design and any guards go through here; `ladder_walk` and `count_walk` are quicker for the designs they know and
agree with this one (tests/property).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np

from remit.designs import size
from remit.designs.chain import Chain
from remit.designs.decide import Decision, Design, decide
from remit.designs.outcomes import Cohort, Outcomes, nobody_yet

Key = TypeVar("Key")


@runtime_checkable
class Branching(Protocol):
    """A design that sees more of a cohort than its DLTs."""

    def begin(self) -> Outcomes:
        """The outcomes before the first subject."""

    def branches(self, seen: Outcomes, decision: Decision) -> Iterable[tuple[int, Outcomes]]:
        """Each way the next cohort can turn out: number of orders, outcomes afterwards."""

    def singles(self, seen: Outcomes) -> tuple[int, ...]:
        """The columns of `Chain.singles`."""


def walk(design: Design) -> Chain:
    """Every final state of a design, its guards included."""
    graded = design if isinstance(design, Branching) else None
    first = graded.begin() if graded else nobody_yet(design.levels, design.start)
    # By number of subjects: then a state is complete before it is left, whatever the sizes of the cohorts were.
    waiting: dict[int, dict[tuple[Outcomes, Decision], list[float]]] = defaultdict(dict)
    final: dict[tuple[tuple[int, ...], tuple[int, ...], int, tuple[int, ...]], list[float]] = {}
    seen_states, planned = 0, size.planned(design)

    def arrive(seen: Outcomes, ways: float, cohorts: float) -> None:
        decision = decide(design, seen)
        if decision.level is None:
            chosen = design.select(seen) or 0
            columns = graded.singles(seen) if graded else ()
            _add(final, (seen.treated, seen.dlts, chosen, columns), ways, cohorts)
        else:
            plain = Decision(decision.level, "stay", "", decision.subjects)
            _add(waiting[seen.total], (seen.merged(), plain), ways, cohorts)

    arrive(first, 1.0, 0.0)
    dear = getattr(design, "most_judged", size.MOST_STATES)
    growth = None if planned is None else size.growth(planned, min(dear, size.MOST_STATES))
    while waiting:
        done = min(waiting)
        for (seen, decision), (ways, cohorts) in waiting.pop(done).items():
            seen_states += 1
            size.states(seen_states, planned is not None)
            for orders, after in graded.branches(seen, decision) if graded else branches(seen, decision):
                arrive(after, ways * orders, (cohorts + ways) * orders)
        if growth is not None and done:
            growth.reached(done, seen_states)
    keys = list(final)
    paths, weighted = np.array(list(final.values())).T
    treated = np.array([key[0] for key in keys])
    return Chain(
        planned=int(treated.sum(axis=1).max()),
        treated=treated,
        dlts=np.array([key[1] for key in keys]),
        paths=paths,
        cohorts=weighted / paths,
        selected=np.array([key[2] for key in keys]),
        singles=np.array([key[3] for key in keys]) if graded else None,
    )


def branches(seen: Outcomes, decision: Decision) -> Iterable[tuple[int, Outcomes]]:
    """Each number of DLTs that the next cohort can have, with the number of orders in which it can come about."""
    assert decision.level is not None
    for dlts in range(decision.subjects + 1):
        yield math.comb(decision.subjects, dlts), seen.after(Cohort(decision.level, decision.subjects, dlts))


def _add(where: dict[Key, list[float]], key: Key, ways: float, cohorts: float) -> None:
    held = where.setdefault(key, [0.0, 0.0])
    held[0] += ways
    held[1] += cohorts
