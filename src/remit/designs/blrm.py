"""BLRM with escalation under overdose control (EWOC): a two-parameter logistic curve, and a ceiling on the chance that
the next level is too toxic.

Among the levels whose probability of an excessive rate is below the ceiling, the one most probably in the target
interval is next; no untried level is skipped. The trial stops when no level is left, or when enough subjects at a
level that is probably on target agree.

Source: Neuenschwander, Branson & Gsponer 2008, Stat Med 27:2420; Babb, Rogatko & Zacks 1998, Stat Med 17:1103, for
EWOC [pages recalled, unverified].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.designs.blrm_posterior import Model, rule
from remit.designs.decide import Decision, Guard, counted, go, stop
from remit.designs.outcomes import Outcomes
from remit.errors import InputError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
SLOPES, PER_PIECE, WIDEST, REACH = 41, 5, 0.9, 5.0
CHUNK = 2_000


@dataclass(frozen=True)
class Blrm:
    """The design.

    doses, reference       dose per level, and the dose at which alpha is the logit of the rate; same unit
    prior_mean, prior_sd   of alpha and lambda, with `correlation` between them
    under, over            rates where the target interval begins and ends
    overdose               EWOC: a level is open while its probability of a rate above `over` is below this
    largest_step           largest factor between the current dose and the next; None for no limit
    enough, sure, least    stop with `enough` subjects at the next level, its probability of being on target above
                           `sure`, and `least` subjects altogether; enough None: never
    cohort, cohorts        subjects a cohort, cohorts at most
    """

    key: ClassVar[str] = "blrm"
    most_judged: ClassVar[int] = 50_000  # two parameters: each count takes a hundred times as long as with one

    levels: int
    doses: tuple[float, ...]
    reference: float
    prior_mean: tuple[float, ...] = (-0.85, 1.0)
    prior_sd: tuple[float, ...] = (1.0, 1.0)
    correlation: float = 0.0
    under: float = 0.16
    over: float = 0.33
    overdose: float = 0.25
    largest_step: float | None = None
    enough: int | None = None
    sure: float = 0.5
    least: int = 0
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.trial(self.levels, self.cohort, self.cohorts, self.start)
        parameters.per_level("doses", "dose", self.doses, self.levels)
        _ = self.model
        parameters.probability("overdose", self.overdose)
        parameters.probability("sure", self.sure)
        parameters.count("least", self.least)
        if self.enough is not None:
            parameters.count("enough", self.enough, 1)
        if self.largest_step is not None and parameters.number("largest_step", self.largest_step) <= 1:
            raise InputError(f"largest_step: must be above 1; got {self.largest_step:g}.")

    @property
    def model(self) -> Model:
        """Doses and prior."""
        mean, sd = self.prior_mean, self.prior_sd
        for name, pair in (("prior_mean", mean), ("prior_sd", sd)):
            if len(pair) != 2:
                raise InputError(f"{name}: must be two numbers, for alpha and lambda; got {len(pair)}.")
        under, over = parameters.probability("under", self.under), parameters.probability("over", self.over)
        if under >= over:
            raise InputError(f"under: must be below over, {over:g}; got {under:g}.")
        return Model(self.doses, self.reference, (mean[0], mean[1]), (sd[0], sd[1]), self.correlation, (under, over))

    def judge(self, treated: Integers, dlts: Integers) -> Floats:
        """Probability of being on target, then of being above it, per level; one row per state."""
        nodes = rule(self.model, SLOPES, PER_PIECE, WIDEST, REACH)
        edges = np.hstack([nodes.under, nodes.over])
        parts = []
        for at in range(0, len(treated), CHUNK):
            y = dlts[at : at + CHUNK].astype(float)
            parts.append(nodes.heights(y, treated[at : at + CHUNK] - y) @ edges)
        under, over = np.hsplit(np.concatenate(parts), 2)
        return np.hstack([1 - under - over, over])

    def moves(self, judged: Floats, treated: Integers, level: Integers, latest: tuple[Integers, Integers]) -> Integers:
        """Next level per state, 0 to stop."""
        place = np.arange(1, self.levels + 1)
        reach = np.minimum(self._highest(treated) + 1, self.levels)[:, None]
        open_ = self._open(judged) & (place <= reach)
        if self.largest_step is not None:
            doses = np.array(self.doses)
            open_ &= doses <= doses[level - 1][:, None] * self.largest_step * (1 + 1e-12)
        onward = self._best(judged, open_)
        if self.enough is None:
            return onward
        at = np.maximum(onward - 1, 0)
        row = np.arange(len(onward))
        settled = (treated[row, at] >= self.enough) & (judged[row, at] > self.sure)
        return np.where(settled & (treated.sum(axis=1) >= self.least), 0, onward)

    def choices(self, judged: Floats, treated: Integers) -> Integers:
        """Recommended level per final state: of the open levels that were treated, the one most probably on target."""
        return self._best(judged, self._open(judged) & (treated > 0))

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the posterior interval probabilities."""
        left = self.cohort * self.cohorts - seen.total
        if seen.total == 0:
            return go(seen, seen.level, min(self.cohort, left), f"The trial starts at level {seen.level}.")
        here = counted(*seen.here, seen.level)
        if left <= 0:
            return stop(f"All {self.cohort * self.cohorts} planned subjects are treated.")
        treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
        judged = self.judge(treated, dlts)
        n, y = seen.here
        level = int(self.moves(judged, treated, np.array([seen.level]), (np.array([n]), np.array([y])))[0])
        if level == 0 and not self._open(judged).any():
            return stop(f"{here}: every level exceeds {self.over:g} with probability {self.overdose:g} or more.")
        if level == 0:
            chosen = int(self.choices(judged, treated)[0])
            on = judged[0, chosen - 1]
            return stop(f"{here}: level {chosen} is on target with probability {on:.3f}; that is enough.")
        on, over = judged[0, level - 1], judged[0, self.levels + level - 1]
        why = f"level {level} is on target with probability {on:.3f} and too toxic with probability {over:.3f}"
        return go(seen, level, min(self.cohort, left), f"{here}: {why}, the best of the levels open.")

    def select(self, seen: Outcomes) -> int | None:
        """The open level, treated, most probably on target."""
        if seen.total == 0:
            return None
        treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
        return int(self.choices(self.judge(treated, dlts), treated)[0]) or None

    def _open(self, judged: Floats) -> NDArray[np.bool_]:
        return judged[:, self.levels :] < self.overdose

    def _best(self, judged: Floats, open_: NDArray[np.bool_]) -> Integers:
        on = np.where(open_, judged[:, : self.levels], -1.0)
        best = np.argmax(on, axis=1)
        return np.where(open_.any(axis=1), best + 1, 0)

    def _highest(self, treated: Integers) -> Integers:
        highest: Integers = self.levels - np.argmax(treated[:, ::-1] > 0, axis=1)
        return highest
