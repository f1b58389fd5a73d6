"""U-BOIN: first BOIN until a level has enough subjects, then the level with the highest posterior mean utility.

Stage 1 is BOIN for a target a little below the toxicity limit. Stage 2 begins once a level has `first_stage` subjects:
while the highest level tried invites going up it is followed by the next one; otherwise the next cohort goes to the
tried and open level with the highest posterior mean utility ("pick the winner"; randomizing between levels is the
other published form). The trial ends when a level reaches `second_stage` subjects, or all are treated.

Source: Zhou, Lee & Yuan 2019, Stat Med 38:5299. The paper leaves ties open, and whether untried levels can win: here
the lowest level wins a tie and only tried ones can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from remit.designs import parameters
from remit.designs.boin import Boin
from remit.designs.boin12 import Tradeoff
from remit.designs.decide import Decision, stop
from remit.designs.ladder import Ladder
from remit.designs.phase_one_two import worth
from remit.designs.phase_one_two.boin12_trial import wanted
from remit.designs.phase_one_two.design import Booleans, Counts, Floats, Integers, counts_of, go, told
from remit.designs.phase_one_two.outcomes import EffToxOutcomes
from remit.errors import InputError


@dataclass(frozen=True)
class UBoin:
    """The design.

    levels                number of levels
    toxicity, response    highest acceptable toxicity rate, lowest acceptable response rate
    utilities             of response alone, neither, both, toxicity alone
    margin                the target of stage 1 lies so far below the toxicity limit
    prior                 prior subjects per outcome, the same for all four
    first_stage           subjects at one level that begin stage 2
    second_stage          subjects at one level that end the trial
    cohort, cohorts       subjects a cohort, cohorts at most
    certain_toxic         a level is closed when Pr(toxicity rate > its limit) reaches this; in stage 1 with all above
    certain_futile        a level is closed in stage 2 when Pr(response rate < its limit) reaches this
    """

    key: ClassVar[str] = "u-boin"

    levels: int
    toxicity: float
    response: float
    utilities: tuple[float, ...] = (100.0, 40.0, 60.0, 0.0)
    margin: float = 0.05
    prior: float = 0.25
    first_stage: int = 12
    second_stage: int = 24
    cohort: int = 3
    cohorts: int = 18
    start: int = 1
    certain_toxic: float = 0.95
    certain_futile: float = 0.90

    def __post_init__(self) -> None:
        parameters.trial(self.levels, self.cohort, self.cohorts, self.start)
        for name in ("first_stage", "second_stage"):
            parameters.count(name, getattr(self, name), 1)
        if parameters.number("prior", self.prior) <= 0:
            raise InputError(f"prior: must be above 0; got {self.prior:g}.")
        _ = self.tradeoff
        if not 0 <= parameters.number("margin", self.margin) < self.toxicity:
            raise InputError(f"margin: must be 0 or more and below the toxicity limit; got {self.margin:g}.")
        if self.second_stage <= self.first_stage:
            raise InputError(f"second_stage: must be above first_stage ({self.first_stage}); got {self.second_stage}.")
        _ = self.ladder

    @property
    def tradeoff(self) -> Tradeoff:
        """What is wanted; its beta prior is the margin of the Dirichlet prior."""
        plain = wanted(self.toxicity, self.response, self.utilities, self.certain_toxic, self.certain_futile)
        return Tradeoff(
            plain.toxicity,
            plain.response,
            plain.utilities,
            plain.certain_toxic,
            plain.certain_futile,
            2 * self.prior,
            2 * self.prior,
        )

    @property
    def ladder(self) -> Ladder:
        """BOIN's decision table for stage 1."""
        target = self.toxicity - self.margin
        return Boin(
            levels=1, target=target, cohort=self.cohort, cohorts=self.cohorts, certainty=self.certain_toxic
        ).ladder

    @property
    def margins_suffice(self) -> bool:
        """Whether counts of responses and toxicities are enough: u1 + u4 = u2 + u3."""
        return worth.margins_suffice(self.tradeoff)

    def utility(self, counts: Counts) -> Floats:
        """Posterior mean utility under the Dirichlet prior; shape (states, levels)."""
        u = self.tradeoff.utilities
        weight = 4 * self.prior
        total: Floats = u[3] * counts.treated + (u[0] - u[3]) * worth.worth(self.tradeoff, counts)
        mean: Floats = (self.prior * sum(u) + total) / (weight + counts.treated)
        return np.round(mean, 9)

    def moves(self, counts: Counts, level: Integers) -> Integers:
        """Next level per state, 0 to stop."""
        states = np.arange(len(level))
        toxic = self._too_toxic(counts)
        asked = self._asked(counts)
        here = asked[states, level - 1]
        first = level + here
        # Going up into a closed level is staying; going down, or from a closed level, is to the nearest open one below.
        highest_open = self.levels - toxic.sum(axis=1)
        first = np.clip(np.minimum(first, highest_open), np.minimum(1, highest_open), self.levels)

        highest = self.levels - np.argmax(counts.treated[:, ::-1] > 0, axis=1)
        invites = (asked[states, highest - 1] > 0) & (highest < highest_open)
        winner = worth.first_best(self.utility(counts), self._open(counts))
        second = np.where(invites, highest + 1, winner)

        most = counts.treated.max(axis=1)
        moved = np.where(most >= self.first_stage, second, first)
        return np.where((most >= self.second_stage) | (highest_open == 0), 0, moved)

    def choices(self, counts: Counts) -> Integers:
        """Recommended level per final state, 0 for none."""
        return worth.first_best(self.utility(counts), self._open(counts))

    def rule(self, seen: EffToxOutcomes) -> Decision:
        """The next level, by BOIN in stage 1 and by utility in stage 2."""
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
        """The tried and open level with the highest posterior mean utility."""
        return int(self.choices(counts_of(seen))[0]) or None

    def _asked(self, counts: Counts) -> Integers:
        return _squared(self.ladder.move)[counts.treated, counts.toxic]

    def _too_toxic(self, counts: Counts) -> Booleans:
        """Closed by stage 1's rule, from three subjects on and under its uniform prior, with all levels above."""
        plain = Tradeoff(self.toxicity, self.response, self.tradeoff.utilities, self.certain_toxic, self.certain_futile)
        counted = counts.treated * (counts.treated >= 3)
        return worth.too_toxic(plain, counts._replace(treated=counted, toxic=counts.toxic * (counted > 0)))

    def _open(self, counts: Counts) -> Booleans:
        """Tried, and open in stage 2."""
        tried = counts.treated > 0
        table = worth.closed_tables(self.tradeoff, int(counts.treated.max(initial=0)))[0]
        alone = table[counts.treated, counts.toxic]
        return tried & ~self._too_toxic(counts) & ~alone & ~worth.futile(self.tradeoff, counts)

    def _why(self, seen: EffToxOutcomes, counts: Counts, level: int) -> str:
        if self._too_toxic(counts).all():
            return "even level 1 is too toxic"
        most = max(seen.treated)
        if most >= self.second_stage:
            return f"{most} subjects at one level are enough"
        if most < self.first_stage:
            asked = ("stay", "escalate", "de-escalate")[int(self._asked(counts)[0, seen.level - 1])]
            return f"stage 1, BOIN says {asked}; go to level {level}"
        if level == 0:
            return "stage 2, and no level is both safe and effective enough"
        if seen.treated[level - 1] == 0:
            return f"stage 2, level {level - 1} is the highest tried and invites level {level}"
        return f"stage 2, level {level} has the highest mean utility, {self.utility(counts)[0, level - 1]:.1f}"


def _squared(rows: tuple[tuple[int, ...], ...]) -> Integers:
    out = np.zeros((len(rows), len(rows)), dtype=np.int64)
    for n, row in enumerate(rows):
        out[n, : n + 1] = row
    return out
