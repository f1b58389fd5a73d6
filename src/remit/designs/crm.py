"""CRM, the continual reassessment method: estimate one dose-toxicity curve from all levels, treat at its best level.

After each cohort the level closest to the target on the estimated curve is next, but at most one level up, and not up
at all after a cohort whose share of DLTs reaches the target (coherence). The final recommendation has no such limit.

Sources: O'Quigley, Pepe & Fisher 1990, Biometrics 46:33; Cheung 2005, Biometrics 61:863, for coherence [pages
recalled, unverified]; the form and the restrictions are those of the R package dfcrm 0.2.2.1 (`crmsim`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from remit.designs import crm_posterior, parameters
from remit.designs.decide import Decision, Guard, counted, go, stop
from remit.designs.outcomes import Outcomes
from remit.designs.skeleton import INTERCEPT, Curve, skeleton
from remit.errors import InputError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
METHODS = ("bayes", "likelihood")
EDGES = (-6.5, -2.5, 0.0, 2.5, 6.5)  # prior standard deviations
OUTER, INNER = 18, 24
CHUNK = 2_000  # rows that stay in the cache
SAFE = 500  # subjects whose likelihood no double underflows at its top


@dataclass(frozen=True)
class Crm:
    """The design.

    levels, target   number of levels; true DLT rate sought
    skeleton         prior guess of the rate per level; without one, by indifference interval of `halfwidth` around
                     the target, with level `guess` (by default the middle one) as the prior guess of the answer
    model, method    power or logistic; bayes or likelihood
    prior_sd         standard deviation of the parameter's normal prior
    restrict         at most one level up, and none after a cohort whose share of DLTs reaches the target
    stop_certainty   stop when the rate of level 1 exceeds the target with more than this probability; None for never
    cohort, cohorts  subjects a cohort, cohorts at most
    """

    key: ClassVar[str] = "crm"

    levels: int
    target: float
    skeleton: tuple[float, ...] = ()
    model: str = "power"
    method: str = "bayes"
    prior_sd: float = crm_posterior.PRIOR_SD
    intercept: float = INTERCEPT
    halfwidth: float = 0.05
    guess: int | None = None
    restrict: bool = True
    stop_certainty: float | None = None
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.trial(self.levels, self.cohort, self.cohorts, self.start)
        parameters.probability("target", self.target)
        parameters.word("method", self.method, METHODS)
        if self.stop_certainty is not None:
            parameters.probability("stop_certainty", self.stop_certainty)
            if self.method == "likelihood":
                raise InputError("stop_certainty: a likelihood CRM has no posterior to stop by; use bayes.")
        parameters.positive("prior_sd", self.prior_sd)
        parameters.per_level("skeleton", "guess", self.curve.skeleton, self.levels)

    @property
    def curve(self) -> Curve:
        """The dose-toxicity curve."""
        guesses = self.skeleton
        if not guesses:
            at = (self.levels + 1) // 2 if self.guess is None else parameters.count("guess", self.guess, 1, self.levels)
            guesses = skeleton(self.halfwidth, self.target, at, self.levels, self.model, self.intercept)
        return Curve(guesses, self.model, self.intercept)

    def judge(self, treated: Integers, dlts: Integers) -> Floats:
        """Recommended level, estimated b and probability that level 1 is too toxic, one row per state."""
        if self.method == "likelihood":
            b = crm_posterior.maximum(self.curve, dlts.astype(float), (treated - dlts).astype(float))
            level = crm_posterior.closest(self.curve, self.target, b)
            some, all_ = dlts.sum(axis=1) > 0, dlts.sum(axis=1) == treated.sum(axis=1)
            # 0 and -1 stand for "no DLT yet" and "nothing but DLTs": the likelihood has no maximum there.
            return np.stack([np.where(~some, 0, np.where(all_, -1, level)), b, np.zeros(len(b))], axis=1)
        nodes, base, toxic, clear, over = _grid(self.curve, self.target, self.prior_sd, self.stop_certainty is not None)
        summed = np.stack([base, base * nodes, base * over], axis=1)
        parts = []
        for at in range(0, len(treated), CHUNK):
            y = dlts[at : at + CHUNK].astype(float)
            n = treated[at : at + CHUNK].astype(float)
            height = y @ toxic
            height += (n - y) @ clear
            if self.cohort * self.cohorts > SAFE:
                height -= height.max(axis=1, keepdims=True)
            mass = np.exp(height, out=height) @ summed
            parts.append(mass[:, 1:] / mass[:, :1])
        b, unsafe = np.concatenate(parts).T
        return np.stack([crm_posterior.closest(self.curve, self.target, b), b, unsafe], axis=1)

    def moves(self, judged: Floats, treated: Integers, level: Integers, latest: tuple[Integers, Integers]) -> Integers:
        """Next level per state, 0 to stop."""
        wished = judged[:, 0].astype(np.int64)
        wished = np.where(wished == 0, level + 1, np.where(wished < 0, level - 1, wished))
        wished = np.clip(wished, 1, self.levels)
        if self.restrict:
            incoherent = latest[1] >= self.target * latest[0]
            wished = np.minimum(wished, np.where(incoherent, level, level + 1))
        if self.stop_certainty is None:
            return wished
        return np.where(judged[:, 2] > self.stop_certainty, 0, wished)

    def choices(self, judged: Floats, treated: Integers) -> Integers:
        """Recommended level per final state, 0 for none."""
        chosen = judged[:, 0].astype(np.int64)
        highest = self.levels - np.argmax(treated[:, ::-1] > 0, axis=1)
        # A likelihood without a maximum: no DLT at all, the highest level treated; nothing but DLTs, none.
        chosen = np.where(chosen == 0, highest, np.maximum(chosen, 0))
        if self.stop_certainty is None:
            return chosen
        return np.where(judged[:, 2] > self.stop_certainty, 0, chosen)

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the estimated curve.

        Where the latest cohort is not known, all subjects of the current level stand in for it.
        """
        left = self.cohort * self.cohorts - seen.total
        if seen.total == 0:
            return go(seen, seen.level, min(self.cohort, left), f"The trial starts at level {seen.level}.")
        here = counted(*seen.here, seen.level)
        if left <= 0:
            return stop(f"All {self.cohort * self.cohorts} planned subjects are treated.")
        treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
        judged = self.judge(treated, dlts)
        n, y = seen.last or seen.here
        level = int(self.moves(judged, treated, np.array([seen.level]), (np.array([n]), np.array([y])))[0])
        if level == 0:
            return stop(
                f"{here}: the rate of level 1 exceeds {self.target:g} with probability {judged[0, 2]:.3f},"
                f" above {self.stop_certainty:g}; the trial ends."
            )
        return go(seen, level, min(self.cohort, left), f"{here}: {self._why(judged[0], level)}.")

    def select(self, seen: Outcomes) -> int | None:
        """The level closest to the target on the estimated curve."""
        if seen.total == 0:
            return None
        treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
        return int(self.choices(self.judge(treated, dlts), treated)[0]) or None

    def _why(self, judged: Floats, level: int) -> str:
        wished, b = int(judged[0]), judged[1]
        if wished <= 0:
            what = "nobody has had a DLT" if wished == 0 else "everybody has had a DLT"
            return f"{what}, so the likelihood says nothing yet; go to level {level}"
        rate = float(self.curve.rates(np.array(b))[wished - 1])
        why = f"level {wished} with an estimated rate of {rate:.3f} is closest to {self.target:g}"
        return f"{why}; go to level {level}" + ("" if wished == level else ", no further in one step")


@lru_cache(maxsize=64)
def _grid(curve: Curve, target: float, prior_sd: float, split: bool) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Nodes in b, prior weights, log p and log(1 - p) of shape (levels, nodes), and where level 1 is too toxic.

    Gauss-Legendre panels; split: also where level 1 is on target, so that the probability beyond is exact too.
    """
    meet = curve.parameter(1, target) / prior_sd
    edges = sorted({*EDGES, meet} if split and -EDGES[-1] < meet < EDGES[-1] else {*EDGES})
    nodes, weights, over = [], [], []
    for low, high in pairwise(edges):
        x, w = np.polynomial.legendre.leggauss(OUTER if abs(low + high) > EDGES[-1] else INNER)
        nodes.append(prior_sd * ((low + high) / 2 + (high - low) / 2 * x))
        weights.append(w * (high - low) / 2)
        over.append(np.full(len(x), float(high <= meet)))
    b, weight = np.concatenate(nodes), np.concatenate(weights)
    toxic, clear = curve.logs(b)
    base = weight * np.exp(-b * b / (2 * prior_sd**2))
    return b, base, np.ascontiguousarray(toxic.T), np.ascontiguousarray(clear.T), np.concatenate(over)
