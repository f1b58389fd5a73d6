"""After a Simon two-stage trial: an unbiased rate, a p-value and limits that know there was a first look.

Sources: Jung & Kim 2004, Stat Med 23:881, for the unbiased estimate and its order of results; Koyama & Chen 2008,
Stat Med 27:3145, for the p-value [pages recalled, unverified]. Agrees with the R package clinfun 1.1.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.response import binomial
from remit.errors import InputError


@dataclass(frozen=True)
class Inference:
    """The result.

    estimate     uniformly minimum-variance unbiased estimate of the response rate
    p_value      probability under the null rate of a result at least as high
    low, high    each a one-sided limit at level alpha, so that both together hold 1 - 2 alpha
    high_by_p_value   the rate at which the p-value is 1 - alpha, which clinfun prints as the upper limit; it leaves
                 out the observed result itself and is therefore below `high`, which keeps the level
    """

    estimate: float
    p_value: float
    low: float
    high: float
    high_by_p_value: float


def inference(r1: int, n1: int, n: int, responders: int, p0: float, alpha: float = 0.05) -> Inference:
    """Inference for a finished two-stage trial.

    r1, n1, n     the design: stopped after n1 subjects when r1 or fewer responded, else n subjects
    responders    in all; r1 or fewer means that the trial stopped after the first stage
    raises        InputError: not a two-stage design, more responders than subjects
    """
    n1 = parameters.count("n1", n1, 1)
    r1 = parameters.count("r1", r1, 0, n1 - 1)
    n = parameters.count("n", n, n1 + 1)
    x = parameters.count("x", responders, 0, n)
    parameters.probability("p0", p0)
    parameters.probability("alpha", alpha)
    if alpha >= 0.5:
        raise InputError(f"alpha: must be below 0.5; got {alpha:g}.")

    def at_least(rate: float) -> float:
        return _at_least(r1, n1, n, x, rate)

    def at_most(rate: float) -> float:
        return 1 - _at_least(r1, n1, n, x + 1, rate)

    low = 0.0 if x == 0 else _root(at_least, alpha)
    high = 1.0 if x == n else _root(lambda rate: 1 - at_most(rate), 1 - alpha)
    by_p_value = 1.0 if x == 0 else _root(at_least, 1 - alpha)
    return Inference(_unbiased(r1, n1, n, x), at_least(p0), low, high, by_p_value)


def _unbiased(r1: int, n1: int, n: int, x: int) -> float:
    if x <= r1:
        return x / n1
    n2 = n - n1
    first = range(max(r1 + 1, x - n2), min(x, n1) + 1)
    above = sum(math.comb(n1 - 1, k - 1) * math.comb(n2, x - k) for k in first)
    return above / sum(math.comb(n1, k) * math.comb(n2, x - k) for k in first)


def _at_least(r1: int, n1: int, n: int, x: int, rate: float) -> float:
    """Probability of x or more responders, where r1 or fewer end the trial after the first stage."""
    first = binomial.density(n1, rate)
    if x <= r1:
        return float(first[x:].sum())
    second = binomial.density(n - n1, rate)
    return float(sum(first[k] * second[max(x - k, 0) :].sum() for k in range(r1 + 1, n1 + 1)))


def _root(rising: Callable[[float], float], value: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return (low + high) / 2
