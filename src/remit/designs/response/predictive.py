"""Predictive probability: how likely is it that the trial, run to its end, will call the treatment effective?

Source: Lee & Liu 2008, Clin Trials 5:93. Numbers agree with the R package ph2bayes 0.0.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from remit.designs import parameters
from remit.designs.posterior import exceeds


@dataclass(frozen=True)
class Success:
    """What the end of the trial is judged by: Pr(rate > p0 | all data) > certainty, under a Beta(alpha, beta) prior.

    most          subjects at the end
    p0            rate to exceed
    certainty     posterior probability that is called success
    alpha, beta   prior
    """

    most: int
    p0: float
    certainty: float
    alpha: float = 1.0
    beta: float = 1.0

    def __post_init__(self) -> None:
        parameters.count("nmax", self.most, 1)
        parameters.probability("p0", self.p0)
        parameters.probability("theta_t", self.certainty)
        for name, value in (("prior_alpha", self.alpha), ("prior_beta", self.beta)):
            parameters.positive(name, value)

    @property
    def needed(self) -> int:
        """Fewest responders at the end that are a success; one more than there are subjects when none is."""
        return _needed(self)


def predictive(success: Success, responders: int, n: int) -> float:
    """Probability of success at the end, given so many responders in n subjects.

    raises    InputError: more responders than subjects, or more subjects than the end has
    """
    n = parameters.count("n", n, 0, success.most)
    y = parameters.count("responses", responders, 0, n)
    left = success.most - n
    a, b = success.alpha + y, success.beta + n - y
    need = success.needed - y
    return min(math.fsum(_beta_binomial(x, left, a, b) for x in range(max(need, 0), left + 1)), 1.0)


def futility_bounds(success: Success, below: float) -> list[int | None]:
    """For 1, 2, … subjects the largest number of responders whose predictive probability is below a limit."""
    return [
        max((y for y in range(n + 1) if predictive(success, y, n) < below), default=None)
        for n in range(1, success.most + 1)
    ]


def superiority_bounds(success: Success, above: float) -> list[int | None]:
    """For 1, 2, … subjects the smallest number of responders whose predictive probability is above a limit."""
    return [
        min((y for y in range(n + 1) if predictive(success, y, n) > above), default=None)
        for n in range(1, success.most + 1)
    ]


@lru_cache(maxsize=256)
def _needed(success: Success) -> int:
    for y in range(success.most + 1):
        if exceeds(y, success.most, success.p0, success.alpha, success.beta) > success.certainty:
            return y
    return success.most + 1


def _beta_binomial(x: int, n: int, a: float, b: float) -> float:
    def log_beta(u: float, v: float) -> float:
        return math.lgamma(u) + math.lgamma(v) - math.lgamma(u + v)

    return math.comb(n, x) * math.exp(log_beta(x + a, n - x + b) - log_beta(a, b))
