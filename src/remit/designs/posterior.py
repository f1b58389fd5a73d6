"""Tail of the beta posterior that the interval designs share: how sure are we that a level is too toxic?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

TIE = 1e-12


@lru_cache(maxsize=20_000)
def exceeds(dlts: int, subjects: int, rate: float, alpha: float = 1.0, beta: float = 1.0) -> float:
    """Posterior probability that the true DLT rate exceeds `rate`, under a Beta(alpha, beta) prior.

    Whole-number priors use the equal binomial sum, which needs no special function; others the incomplete beta.
    """
    if alpha == int(alpha) and beta == int(beta) and alpha >= 1 and beta >= 1:
        a, b = int(alpha) + dlts, int(beta) + subjects - dlts
        trials = a + b - 1
        return math.fsum(math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(a))
    from scipy.special import betaincc

    return float(betaincc(alpha + dlts, beta + subjects - dlts, rate))


def mass(dlts: int, subjects: int, low: float, high: float, alpha: float = 1.0, beta: float = 1.0) -> float:
    """Posterior probability that the true DLT rate lies between two rates."""
    below = 1.0 if low <= 0 else exceeds(dlts, subjects, low, alpha, beta)
    above = 0.0 if high >= 1 else exceeds(dlts, subjects, high, alpha, beta)
    return max(below - above, 0.0)


def heaviest(weighed: Iterable[tuple[float, int]]) -> int:
    """The move of the heaviest interval; of equal ones, the highest, whatever rounding made of their weights.

    weighed   weight and move, from the lowest interval to the highest
    """
    best, side = -1.0, 0
    for weight, move in weighed:
        if weight >= best - TIE:
            best, side = weight, move
    return side
