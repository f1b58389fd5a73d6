"""The trial ends when even the lowest level is probably too toxic."""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.decide import Decision, counted, stop
from remit.designs.outcomes import Outcomes
from remit.designs.posterior import exceeds


@dataclass(frozen=True)
class StopIfTooToxic:
    """Stop when the lowest level's rate exceeds the target with more than this certainty.

    percent   certainty in percent, 50 to 99; posterior probability under a Beta(1, 1) prior
    target    true DLT rate sought
    least     fewest subjects at the lowest level
    """

    percent: int
    target: float
    least: int = 3

    def __post_init__(self) -> None:
        parameters.count("stop-if-too-toxic", self.percent, 50, 99)
        parameters.probability("target", self.target)
        parameters.count("least", self.least, 1)

    def __call__(self, seen: Outcomes, decision: Decision) -> Decision:
        """The decision, or stop."""
        n, y = seen.at(1)
        if decision.level is None or n < self.least:
            return decision
        share = exceeds(y, n, self.target)
        if share <= self.percent / 100:
            return decision
        return stop(
            f"{decision.reason} Guard stop-if-too-toxic: after {counted(n, y, 1)} its rate exceeds {self.target:g}"
            f" with probability {share:.3f}, above {self.percent / 100:g}; the trial ends."
        )
