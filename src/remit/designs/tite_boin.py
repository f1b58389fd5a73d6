"""TITE-BOIN: BOIN while some subjects are still in their DLT window, by effective sample size.

A pending subject counts for the share of the window it has completed: rate = DLTs / (complete + pending follow-up in
windows). Elimination looks at everybody. With too many pending the decision waits.

Source: Lin & Yuan 2020, Biostatistics 21:807 [pages recalled, unverified]; order of the questions as in the R package
TITEgBOIN 0.4.0.
"""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.boin import Boin
from remit.designs.decide import Decision, counted, go, stop
from remit.designs.outcomes import Outcomes
from remit.designs.posterior import exceeds
from remit.errors import InputError


@dataclass(frozen=True)
class TiteOutcomes:
    """Outcomes with open windows.

    seen       treated and DLTs per level, pending subjects among the treated
    pending    subjects per level without a DLT whose window is open
    followup   their follow-up added up per level, in the unit of the window
    """

    seen: Outcomes
    pending: tuple[int, ...]
    followup: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.pending) != self.seen.levels or len(self.followup) != self.seen.levels:
            raise InputError("pending and followup: must have one entry per level.")
        for level, (n, y) in enumerate(zip(self.seen.treated, self.seen.dlts, strict=True), start=1):
            parameters.count(f"pending, level {level}", self.pending[level - 1], 0, n - y)
            if parameters.number(f"followup, level {level}", self.followup[level - 1]) < 0:
                raise InputError(f"followup, level {level}: must not be negative.")


@dataclass(frozen=True)
class TiteBoin:
    """The design: a BOIN, its DLT window, and the largest share of pending subjects at a level that still decides."""

    boin: Boin
    window: float
    most_pending: float = 0.5

    def __post_init__(self) -> None:
        if parameters.number("window", self.window) <= 0:
            raise InputError(f"window: must be above 0; got {self.window:g}.")
        if not 0 <= parameters.number("most_pending", self.most_pending) <= 1:
            raise InputError("most_pending: must be between 0 and 1.")

    def closed(self, seen: Outcomes) -> int | None:
        """The lowest eliminated level, or None; all above it are eliminated too."""
        boin = self.boin
        for level, (n, y) in enumerate(zip(seen.treated, seen.dlts, strict=True), start=1):
            if n >= boin.least_to_eliminate and exceeds(y, n, boin.target) > boin.certainty:
                return level
        return None

    def rule(self, now: TiteOutcomes) -> tuple[Decision, bool]:
        """The decision, and whether it is to wait (then the level is the current one and nobody is added)."""
        seen, boin = now.seen, self.boin
        level, (n, y) = seen.level, seen.here
        closed = self.closed(seen)
        here = counted(n, y, level)
        if closed is not None and closed <= level:
            why = f"{counted(*seen.at(closed), closed)}: the level is too toxic and closed with all above it"
            if closed == 1:
                return stop(f"{why}; no level is left."), False
            return go(seen, closed - 1, boin.cohort, f"{why}; go to level {closed - 1}."), False
        pending, followed = now.pending[level - 1], now.followup[level - 1] / self.window
        if pending > self.most_pending * n:
            return go(seen, level, 0, f"{here}, {pending} pending: wait until more windows are complete."), True
        effective = n - pending + followed
        if effective <= 0:
            return go(seen, level, boin.cohort, f"{here}: treat the first cohort."), False
        rate = y / effective
        escalate, de_escalate = boin.bounds
        why = f"{here}, {pending} pending: the rate is {rate:.4g}"
        if rate <= escalate and level < boin.levels and closed != level + 1:
            return go(seen, level + 1, boin.cohort, f"{why}, at or below {escalate:.4g}; go up."), False
        if rate >= de_escalate and level > 1:
            return go(seen, level - 1, boin.cohort, f"{why}, at or above {de_escalate:.4g}; go down."), False
        return go(seen, level, boin.cohort, f"{why}; stay."), False
