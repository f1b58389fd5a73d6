"""The trial ends once enough subjects were treated at one level."""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.decide import Decision, stop
from remit.designs.outcomes import Outcomes


@dataclass(frozen=True)
class StopAtLevel:
    """Stop when the next cohort would go to a level that already has this many subjects."""

    subjects: int

    def __post_init__(self) -> None:
        parameters.count("stop-at-level", self.subjects, 1)

    def __call__(self, seen: Outcomes, decision: Decision) -> Decision:
        """The decision, or stop."""
        if decision.level is None or seen.at(decision.level)[0] < self.subjects:
            return decision
        n = seen.at(decision.level)[0]
        return stop(
            f"{decision.reason} Guard stop-at-level: level {decision.level} already has {n} subjects"
            f" ({self.subjects} are enough), so the trial ends."
        )
