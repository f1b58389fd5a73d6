"""One `decide` for the committee page, the exact engine, the simulator and the replay of a finished trial.

A design is a rule and guards. The rule reads the counts and decides; each guard, in the order written in the
protocol, may overrule; every decision carries the sentence for the minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from remit.designs.outcomes import Outcomes
from remit.errors import InputError

Action = Literal["start", "escalate", "stay", "de-escalate", "stop"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens next, and why.

    level      level of the next cohort; None when the trial stops
    action     start, escalate, stay, de-escalate or stop
    reason     a sentence for the minutes
    subjects   size of the next cohort; 0 when the trial stops
    """

    level: int | None
    action: Action
    reason: str
    subjects: int


@runtime_checkable
class Guard(Protocol):
    """A rule beside the design. It sees the outcomes and the decision so far and returns it or another one."""

    def __call__(self, seen: Outcomes, decision: Decision) -> Decision:
        """The decision after this guard; a changed one has a reason of its own."""


class Design(Protocol):
    """A design whose decision depends on counts alone."""

    @property
    def key(self) -> str:
        """Its name in `DESIGNS`."""

    @property
    def levels(self) -> int:
        """Number of levels."""

    @property
    def start(self) -> int:
        """Level of the first cohort."""

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Guards, in the order in which they are asked."""

    def rule(self, seen: Outcomes) -> Decision:
        """The design's own decision."""

    def select(self, seen: Outcomes) -> int | None:
        """The level recommended if the trial ends with these outcomes; None when none can be."""


def decide(design: Design, seen: Outcomes) -> Decision:
    """The next level, or the end of the trial, and why.

    raises    InputError when the outcomes have another number of levels than the design
    """
    if seen.levels != design.levels:
        raise InputError(f"outcomes: {seen.levels} levels, but the design has {design.levels}.")
    decision = design.rule(seen)
    for guard in design.guards:
        decision = guard(seen, decision)
    return decision


def go(seen: Outcomes, level: int, subjects: int, reason: str) -> Decision:
    """The decision to treat the next cohort at a level, named by what it means for the trial."""
    reason = reason[0].upper() + reason[1:]
    if seen.total == 0:
        return Decision(level, "start", reason, subjects)
    action: Action = "escalate" if level > seen.level else "de-escalate" if level < seen.level else "stay"
    return Decision(level, action, reason, subjects)


def stop(reason: str) -> Decision:
    """The decision to treat nobody else."""
    return Decision(None, "stop", reason[0].upper() + reason[1:], 0)


def counted(subjects: int, dlts: int, level: int) -> str:
    """How the minutes speak of a level: `1 DLT in 3 subjects at level 2`."""
    of_all = "subject" if subjects == 1 else "subjects"
    return f"{dlts or 'no'} {'DLT' if dlts == 1 else 'DLTs'} in {subjects} {of_all} at level {level}"
