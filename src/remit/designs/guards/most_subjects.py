"""The trial never treats more than a fixed number of subjects."""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.decide import Decision, stop
from remit.designs.outcomes import Outcomes


@dataclass(frozen=True)
class MostSubjects:
    """Stop at a total; the last cohort is cut to what is left."""

    subjects: int

    def __post_init__(self) -> None:
        parameters.count("most-subjects", self.subjects, 1)

    def __call__(self, seen: Outcomes, decision: Decision) -> Decision:
        """The decision, with a smaller cohort or none."""
        left = self.subjects - seen.total
        if decision.level is None or decision.subjects <= left:
            return decision
        if left <= 0:
            return stop(f"{decision.reason} Guard most-subjects: all {self.subjects} are treated, so the trial ends.")
        why = f"Guard most-subjects: only {left} of {self.subjects} are left."
        return Decision(decision.level, decision.action, f"{decision.reason} {why}", left)
