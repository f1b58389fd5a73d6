"""What a dose-optimization design is: a rule on the four counts per level, asked one trial or many at a time.

`moves` and `choices` do the arithmetic for many states at once, so that the exact walk and the simulation ask the very
rule that the committee page asks; `rule` adds the sentence for the minutes.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from remit.designs.decide import Action, Decision
from remit.designs.phase_one_two.outcomes import EffToxOutcomes
from remit.errors import InputError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


class Counts(NamedTuple):
    """Many states at once; each of shape (states, levels).

    treated, toxic, responded   subjects, with a toxicity, with a response
    both                        with both; zeros where the design needs the margins alone
    """

    treated: Integers
    toxic: Integers
    responded: Integers
    both: Integers


class EffToxDesign(Protocol):
    """A design whose decision depends on counts of responses and toxicities."""

    @property
    def key(self) -> str:
        """Its name in `EFFTOX_DESIGNS`."""

    @property
    def levels(self) -> int:
        """Number of levels."""

    @property
    def start(self) -> int:
        """Level of the first cohort."""

    @property
    def cohort(self) -> int:
        """Subjects a cohort."""

    @property
    def cohorts(self) -> int:
        """Cohorts at most."""

    @property
    def margins_suffice(self) -> bool:
        """Whether the decision never asks how many subjects had both a response and a toxicity."""

    def moves(self, counts: Counts, level: Integers) -> Integers:
        """Next level per state, 0 to stop; `level` is the current one. Not asked once all cohorts are treated."""

    def choices(self, counts: Counts) -> Integers:
        """Recommended level per final state, 0 for none."""

    def rule(self, seen: EffToxOutcomes) -> Decision:
        """The design's decision."""

    def select(self, seen: EffToxOutcomes) -> int | None:
        """The level recommended if the trial ends with these outcomes; None when none can be."""


def decide_efftox(design: EffToxDesign, seen: EffToxOutcomes) -> Decision:
    """The next level, or the end of the trial, and why.

    raises    InputError when the outcomes have another number of levels than the design
    """
    if seen.levels != design.levels:
        raise InputError(f"outcomes: {seen.levels} levels, but the design has {design.levels}.")
    return design.rule(seen)


def counts_of(seen: EffToxOutcomes) -> Counts:
    """One state, as `moves` and `choices` read it."""
    rows = (seen.treated, seen.toxicities, seen.responses, seen.both)
    return Counts(*(np.array([row], dtype=np.int64) for row in rows))


def go(seen: EffToxOutcomes, level: int, subjects: int, reason: str) -> Decision:
    """The decision to treat the next cohort at a level, named by what it means for the trial."""
    action: Action = "escalate" if level > seen.level else "de-escalate" if level < seen.level else "stay"
    return Decision(level, "start" if seen.total == 0 else action, reason[0].upper() + reason[1:], subjects)


def told(seen: EffToxOutcomes) -> str:
    """How the minutes speak of the current level: `1 toxicity and 2 responses in 3 subjects at level 2`."""
    at = seen.level - 1
    n, t, e = seen.treated[at], seen.toxicities[at], seen.responses[at]
    words = (
        f"{t or 'no'} {'toxicity' if t == 1 else 'toxicities'}",
        f"{e or 'no'} {'response' if e == 1 else 'responses'}",
        f"{n} {'subject' if n == 1 else 'subjects'}",
    )
    return f"{words[0]} and {words[1]} in {words[2]} at level {seen.level}"
