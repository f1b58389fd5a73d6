"""A design solved exactly: its finite Markov chain walked once, each scenario afterwards one weighted sum.

chain = exact(build("boin", {"levels": 5, "target": 0.3}))
chain.under((0.05, 0.15, 0.30, 0.45, 0.60)).selected
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from remit.designs import count_walk, ladder_walk, size, walk
from remit.designs.chain import Chain
from remit.designs.decide import Design
from remit.designs.guards.no_skipping import NoSkipping
from remit.designs.ladder import Course, Ladder

RUNGS = 3  # levels above the first of the ladder from which the size of a longer one is told


@runtime_checkable
class OneLevelAtATime(Protocol):
    """A design that is a decision table and a course."""

    @property
    def ladder(self) -> Ladder:
        """The decision table."""

    @property
    def course(self) -> Course:
        """How the trial runs around it."""


@runtime_checkable
class Shortened(Protocol):
    """A rule without a planned number of subjects, whose ladder can be cut."""

    @property
    def start(self) -> int:
        """First level."""

    def shortened(self, levels: int) -> Design:
        """The same rule over so many levels, from the lowest one."""


def exact(design: Design) -> Chain:
    """Every way the trial can end.

    returns   the chain; `chain.under(rates)` are the operating characteristics, exact for those rates
    raises    InputError: more subjects or states than are solved in reasonable time
    """
    planned = size.planned(design)
    # A ladder moves one level at a time, so no-skipping changes nothing and need not slow it down.
    unguarded = all(isinstance(guard, NoSkipping) for guard in design.guards)
    if planned is not None:
        size.subjects(planned)
    elif unguarded and isinstance(design, Shortened) and design.levels - design.start > RUNGS + 4:
        # States grow as m 2^m with the m levels above the first one, so a short ladder tells of a long one.
        final = len(walk.walk(design.shortened(RUNGS + 1)).paths)
        above = design.levels - design.start
        size.states(final * above * 2**above // (RUNGS * 2**RUNGS) // 2, False)
    if unguarded and isinstance(design, OneLevelAtATime) and ladder_walk.fits(design.course):
        return ladder_walk.walk(design.ladder, design.course)
    if not design.guards and isinstance(design, count_walk.CountRule) and count_walk.fits(design):
        return count_walk.walk(design)
    return walk.walk(design)
