"""No level is opened before the one below it has been treated."""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.decide import Decision, go
from remit.designs.outcomes import Outcomes


@dataclass(frozen=True)
class NoSkipping:
    """Go up at most `levels` levels above the highest one treated."""

    levels: int = 1

    def __post_init__(self) -> None:
        parameters.count("no-skipping", self.levels, 1)

    def __call__(self, seen: Outcomes, decision: Decision) -> Decision:
        """The decision, or the highest level within reach."""
        if decision.level is None or seen.total == 0:
            return decision
        highest = max(level for level, n in enumerate(seen.treated, start=1) if n)
        reach = highest + self.levels
        if decision.level <= reach:
            return decision
        why = f"Guard no-skipping: level {highest} is the highest treated; go to level {reach}, not {decision.level}."
        return go(seen, reach, decision.subjects, f"{decision.reason} {why}")
