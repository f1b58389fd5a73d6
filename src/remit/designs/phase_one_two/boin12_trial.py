"""BOIN12, a whole trial: toxicity alone says when to go down, the trade with response where to go otherwise.

After a cohort at level d, with the toxicity rate there against BOIN's two boundaries:

    at or above the upper one                          the nearest level below that is open
    between them, with `enough` subjects at d          the more desirable of d - 1 and d
    otherwise                                          the most desirable of d - 1, d and d + 1

and, if `explore`, d + 1 while it is untried, d has `explore_after` subjects and its rate is below the upper boundary.
The recommended level is, among the treated and open levels up to the MTD of the isotonic toxicity rates, the one with
the highest posterior mean utility: not the most desirable one, which is another level now and then.

Source: Lin et al. 2020, JCO Precis Oncol 4:1393, with the exploration rule of its supplement [page recalled]. Ties are
those of the R package escalation 0.2.3: the higher level of three, the lower of two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np

from remit.designs import isotonic, parameters
from remit.designs.boin import boundaries
from remit.designs.boin12 import Rank, Tradeoff, rank_table
from remit.designs.decide import Decision, stop
from remit.designs.phase_one_two import worth
from remit.designs.phase_one_two.design import Booleans, Counts, Floats, Integers, counts_of, go, told
from remit.designs.phase_one_two.outcomes import EffToxOutcomes
from remit.errors import InputError


@dataclass(frozen=True)
class Boin12:
    """The design.

    levels                number of levels
    toxicity, response    highest acceptable toxicity rate, lowest acceptable response rate
    utilities             of response alone, neither, both, toxicity alone
    cohort, cohorts       subjects a cohort, cohorts at most
    enough                subjects at a level from which a rate between the boundaries no longer goes up
    explore               open the next level once `explore_after` subjects are treated at one that is not too toxic
    early_stop            subjects at a level after which a decision to stay ends the trial; None for never
    certain_toxic         a level, and all above it, is closed when Pr(toxicity rate > its limit) reaches this
    certain_futile        a level is closed when Pr(response rate < its limit) reaches this
    low_rate, high_rate   toxicity rates worth telling from the limit; default 0.6 and 1.4 times the limit
    """

    key: ClassVar[str] = "boin12"

    levels: int
    toxicity: float
    response: float
    utilities: tuple[float, ...] = (100.0, 40.0, 60.0, 0.0)
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    enough: int = 6
    explore: bool = True
    explore_after: int = 9
    early_stop: int | None = None
    certain_toxic: float = 0.95
    certain_futile: float = 0.90
    low_rate: float | None = None
    high_rate: float | None = None

    def __post_init__(self) -> None:
        parameters.trial(self.levels, self.cohort, self.cohorts, self.start)
        for name in ("enough", "explore_after"):
            parameters.count(name, getattr(self, name), 1)
        if self.early_stop is not None:
            parameters.count("early_stop", self.early_stop, 1)
        _ = self.tradeoff
        _ = self.bounds

    @property
    def tradeoff(self) -> Tradeoff:
        """What is wanted, as the rank table is made from it."""
        return wanted(self.toxicity, self.response, self.utilities, self.certain_toxic, self.certain_futile)

    @property
    def bounds(self) -> tuple[float, float]:
        """The two boundaries for the toxicity rate."""
        return toxicity_bounds(self.toxicity, self.low_rate, self.high_rate)

    @property
    def margins_suffice(self) -> bool:
        """Whether counts of responses and toxicities are enough: u1 + u4 = u2 + u3."""
        return worth.margins_suffice(self.tradeoff)

    @property
    def ranks(self) -> list[Rank]:
        """The rank table the committee reads, for whole cohorts; refused where the margins are not enough."""
        return rank_table(self.tradeoff, [self.cohort * k for k in range(self.cohorts + 1)])

    def moves(self, counts: Counts, level: Integers) -> Integers:
        """Next level per state, 0 to stop."""
        low, high = self.bounds
        states, place = np.arange(len(level)), level - 1
        n, t = counts.treated[states, place], counts.toxic[states, place]
        rate = t / np.maximum(n, 1)
        open_ = self._open(counts)
        value = worth.desirability(self.tradeoff, counts)
        distance = np.arange(1, self.levels + 1) - level[:, None]

        three = worth.first_best(value, open_ & (np.abs(distance) <= 1), upper=True)
        two = worth.first_best(value, open_ & (distance <= 0) & (distance >= -1))
        below = worth.first_best(np.arange(self.levels) * np.ones_like(value), open_ & (distance < 0))
        # At the lowest level there is nothing below: one that is open is treated again.
        below = np.where((level == 1) & open_[:, 0], 1, below)
        moved = np.where(rate >= high, below, np.where((rate > low) & (n >= self.enough), two, three))
        if self.explore:
            above = np.minimum(level, self.levels - 1)
            untried = (level < self.levels) & (counts.treated[states, above] == 0) & open_[states, above]
            moved = np.where(untried & (n >= self.explore_after) & (rate < high), level + 1, moved)
        if self.early_stop is not None:
            moved = np.where((moved == level) & (n >= self.early_stop), 0, moved)
        return moved

    def choices(self, counts: Counts) -> Integers:
        """Recommended level per final state, 0 for none."""
        return best_utility(self.tradeoff, counts)

    def rule(self, seen: EffToxOutcomes) -> Decision:
        """The next level by the rank of its desirability."""
        left = self.cohort * self.cohorts - seen.total
        if seen.total == 0:
            return go(seen, seen.level, min(self.cohort, left), f"The trial starts at level {seen.level}.")
        if left <= 0:
            return stop(f"All {self.cohort * self.cohorts} planned subjects are treated.")
        counts = counts_of(seen)
        level = int(self.moves(counts, np.array([seen.level]))[0])
        why = f"{told(seen)}: {self._why(seen, counts, level)}"
        return go(seen, level, min(self.cohort, left), f"{why}.") if level else stop(f"{why}; the trial ends.")

    def select(self, seen: EffToxOutcomes) -> int | None:
        """The treated, open level up to the MTD with the highest posterior mean utility."""
        return int(self.choices(counts_of(seen))[0]) or None

    def _open(self, counts: Counts) -> Booleans:
        return ~worth.too_toxic(self.tradeoff, counts) & ~worth.futile(self.tradeoff, counts)

    def _why(self, seen: EffToxOutcomes, counts: Counts, level: int) -> str:
        low, high = self.bounds
        n = seen.treated[seen.level - 1]
        rate = seen.toxicities[seen.level - 1] / n if n else 0.0
        open_ = self._open(counts)[0]
        value = worth.desirability(self.tradeoff, counts)[0]
        onward = replace(self, early_stop=None).moves(counts, np.array([seen.level]))
        if level == 0 and onward[0]:
            return f"the decision is to stay, and {self.early_stop} subjects at a level are enough"
        if rate >= high:
            told_ = f"the toxicity rate is at or above {high:.4g}"
            return f"{told_}, and no level below is open" if level == 0 else f"{told_}; go to level {level}"
        if self._explores(seen, open_, n, rate, high):
            return f"{n} subjects and a toxicity rate below {high:.4g} open the untried level {level}"
        if level == 0:
            return "no level within reach is open"
        reach = [seen.level - 1, seen.level]
        if not (rate > low and n >= self.enough):
            reach.append(seen.level + 1)
        shown = ", ".join(
            f"{value[one - 1]:.3f} at level {one}" if open_[one - 1] else f"level {one} closed"
            for one in reach
            if 1 <= one <= self.levels
        )
        return f"desirability {shown}; go to level {level}"

    def _explores(self, seen: EffToxOutcomes, open_: Booleans, n: int, rate: float, high: float) -> bool:
        up = seen.level < self.levels and seen.treated[seen.level] == 0 and bool(open_[seen.level])
        return self.explore and up and n >= self.explore_after and rate < high


def wanted(
    toxicity: float, response: float, utilities: tuple[float, ...], certain_toxic: float, certain_futile: float
) -> Tradeoff:
    """The trade-off, checked; InputError unless there are four utilities in order."""
    if len(utilities) != 4:
        raise InputError(
            f"utilities: must be four: response alone, neither, both, toxicity alone; got {len(utilities)}."
        )
    u1, u2, u3, u4 = utilities
    return Tradeoff(toxicity, response, (u1, u2, u3, u4), certain_toxic, certain_futile)


@lru_cache(maxsize=256)
def toxicity_bounds(limit: float, low_rate: float | None, high_rate: float | None) -> tuple[float, float]:
    """BOIN's two boundaries; InputError unless the two rates lie on either side of the limit."""
    low = 0.6 * limit if low_rate is None else low_rate
    high = 1.4 * limit if high_rate is None else high_rate
    parameters.probability("low_rate", low)
    parameters.probability("high_rate", high)
    if not low < limit < high:
        raise InputError(
            f"low_rate, high_rate: must lie on either side of the limit {limit:g}; got {low:g} and {high:g}."
        )
    return boundaries(limit, low, high)


def best_utility(tradeoff: Tradeoff, counts: Counts, value: Floats | None = None) -> Integers:
    """The level recommended at the end, per state; 0 for none.

    value    what to maximize, shape (states, levels); by default the posterior mean utility
    """
    toxic = worth.too_toxic(tradeoff, counts)
    tried = counts.treated > 0
    fitted = isotonic.estimates(counts.treated.T, counts.toxic.T)
    mtd = isotonic.closest(fitted, (tried & ~toxic).T, tradeoff.toxicity)
    reach = np.arange(1, counts.treated.shape[1] + 1) <= mtd[:, None]
    allowed = tried & reach & ~toxic & ~worth.futile(tradeoff, counts)
    return worth.first_best(worth.mean_utility(tradeoff, counts) if value is None else value, allowed)
