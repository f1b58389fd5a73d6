"""Confidence limits for a proportion: x of n subjects.

Seven methods behind one function, `interval`; exact (Clopper-Pearson) is the default of this project because
its coverage is never below the stated level, also with four subjects. Only `scipy.special` is used: importing
`scipy.stats` takes three times as long.

Sources: Brown, Cai & DasGupta 2001, Statistical Science 16:101 (comparison; Wilson, Agresti-Coull, Jeffreys
with its ends set to 0 and 1); the sources of the single methods stand in their docstrings.
Volumes and pages are recalled, not looked up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from scipy.special import betainc, betaincc, betainccinv, betaincinv, ndtri

from remit.errors import nearest

Limits = tuple[float, float]


def interval(method: str, x: int, n: int, level: float = 0.95) -> Limits:
    """Two-sided confidence limits for the proportion x / n.

    method     a key of `INTERVALS`; `clopper_pearson` and `clopper-pearson` are the same
    x, n       counts, 0 <= x <= n, n >= 1
    level      coverage, 0 < level < 1
    returns    (low, high). Inside [0, 1] for every method but wald and agresti-coull, whose formulas can
               leave it and are not cut off here
    raises     ValueError for a method that is not in `INTERVALS`, counts that cannot be counts, or a level
               outside (0, 1)
    """
    key = method.replace("_", "-")
    if key not in INTERVALS:
        close, allowed = nearest(key, INTERVALS), ", ".join(INTERVALS)
        raise ValueError(f'"{method}" is not an interval method.{close} Methods: {allowed}.')
    return INTERVALS[key](x, n, level)


def clopper_pearson(x: int, n: int, level: float = 0.95) -> Limits:
    """Exact limits: each tail holds at most (1 − level) / 2. Low is 0 when x = 0, high is 1 when x = n.

    source: Clopper & Pearson 1934, Biometrika 26:404
    """
    tail = _half_tail(x, n, level)
    return _exact_low(x, n, tail), _exact_high(x, n, tail)


def upper_bound(x: int, n: int, level: float = 0.95) -> float:
    """Exact one-sided upper bound: all of 1 − level is in one tail. About 3 / n when x = 0, level 0.95."""
    _half_tail(x, n, level)
    return _exact_high(x, n, 1 - level)


def lower_bound(x: int, n: int, level: float = 0.95) -> float:
    """Exact one-sided lower bound; 0 when x = 0."""
    _half_tail(x, n, level)
    return _exact_low(x, n, 1 - level)


def wilson(x: int, n: int, level: float = 0.95) -> Limits:
    """Score limits without continuity correction. Low is exactly 0 when x = 0, high exactly 1 when x = n.

    source: Wilson 1927, Journal of the American Statistical Association 22:209
    """
    z = -float(ndtri(_half_tail(x, n, level)))
    share = x / n
    middle = (x + z * z / 2) / (n + z * z)
    reach = z * math.sqrt(n) / (n + z * z) * math.sqrt(share * (1 - share) + z * z / (4 * n))
    return (0.0 if x == 0 else middle - reach), (1.0 if x == n else middle + reach)


def agresti_coull(x: int, n: int, level: float = 0.95) -> Limits:
    """Wald's formula around Wilson's center, z² / 2 pseudo-subjects on either side; can leave [0, 1].

    source: Agresti & Coull 1998, The American Statistician 52:119
    """
    z = -float(ndtri(_half_tail(x, n, level)))
    middle = (x + z * z / 2) / (n + z * z)
    reach = z * math.sqrt(middle * (1 - middle) / (n + z * z))
    return middle - reach, middle + reach


def wald(x: int, n: int, level: float = 0.95) -> Limits:
    """x / n ± z standard errors, for comparison with papers that print it.

    It has no width when x = 0 or x = n, can leave [0, 1], and covers far less than it says in small samples.
    """
    z = -float(ndtri(_half_tail(x, n, level)))
    share = x / n
    reach = z * math.sqrt(share * (1 - share) / n)
    return share - reach, share + reach


def jeffreys(x: int, n: int, level: float = 0.95) -> Limits:
    """Equal-tailed quantiles of Beta(x + 1/2, n − x + 1/2), low set to 0 when x = 0 and high to 1 when x = n.

    source: Brown, Cai & DasGupta 2001, Statistical Science 16:101
    """
    tail = _half_tail(x, n, level)
    low = 0.0 if x == 0 else float(betaincinv(x + 0.5, n - x + 0.5, tail))
    high = 1.0 if x == n else float(betainccinv(x + 0.5, n - x + 0.5, tail))
    return low, high


def mid_p(x: int, n: int, level: float = 0.95) -> Limits:
    """As Clopper-Pearson, but only half of the probability of x itself counts to the tail: shorter, coverage
    near level.

    source: Lancaster 1961, Journal of the American Statistical Association 56:223
    """
    tail = _half_tail(x, n, level)
    return _mid_p_low(x, n, tail), 1 - _mid_p_low(n - x, n, tail)


def blaker(x: int, n: int, level: float = 0.95) -> Limits:
    """Exact limits that never reach outside Clopper-Pearson's.

    A p is kept when the outcomes at least as extreme as x, counted over both tails, have a probability above
    1 − level. The kept values can have gaps; the limits are the ends of all of them. Found exactly, not on a
    grid: see `_blaker_low`.

    source: Blaker 2000, Canadian Journal of Statistics 28:783; on gaps, Klaschka 2010 (package BlakerCI)
    """
    alpha = 2 * _half_tail(x, n, level)
    return _blaker_low(x, n, alpha), 1 - _blaker_low(n - x, n, alpha)


INTERVALS: Final[dict[str, Callable[[int, int, float], Limits]]] = {
    "clopper-pearson": clopper_pearson,
    "wilson": wilson,
    "jeffreys": jeffreys,
    "mid-p": mid_p,
    "blaker": blaker,
    "agresti-coull": agresti_coull,
    "wald": wald,
}
"""Every two-sided method by the word a protocol uses for it; the first is the default."""


def _half_tail(x: int, n: int, level: float) -> float:
    if n < 1 or not 0 <= x <= n:
        raise ValueError("A proportion needs counts with 0 <= x <= n and n >= 1.")
    if not 0 < level < 1:
        raise ValueError("A confidence level lies between 0 and 1, both excluded (0.95, not 95).")
    return (1 - level) / 2


def _at_least(x: int, n: int, p: float) -> float:
    return 1.0 if x <= 0 else float(betainc(x, n - x + 1, p))


def _at_most(x: int, n: int, p: float) -> float:
    if x < 0:
        return 0.0
    return 1.0 if x >= n else float(betaincc(x + 1, n - x, p))


def _exact_low(x: int, n: int, tail: float) -> float:
    if x == 0:
        return 0.0
    return float(tail ** (1 / n)) if x == n else float(betaincinv(x, n - x + 1, tail))


def _exact_high(x: int, n: int, tail: float) -> float:
    if x == n:
        return 1.0
    return -math.expm1(math.log(tail) / n) if x == 0 else float(betainccinv(x + 1, n - x, tail))


def _mid_p_low(x: int, n: int, tail: float) -> float:
    if x == 0:
        return 0.0
    if x == n:
        return float((2 * tail) ** (1 / n))
    return _first_above(lambda p: (_at_least(x, n, p) + _at_least(x + 1, n, p)) / 2 - tail, 0.0, 1.0)


def _blaker_low(x: int, n: int, alpha: float) -> float:
    """The smallest p that is kept.

    Below x / n the probability of "at least as extreme" is P(X >= x) + P(X <= k), where k is the largest with
    P(X <= k) <= P(X >= x); k steps up as p grows. At a step the two terms are equal, so there the sum is
    2 P(X >= x), which is at least alpha from Clopper-Pearson's limit on. Hence the answer is the first step
    past that limit, or the crossing before it, of which there is at most one: between steps the sum is
    1 − P(k < X < x), which falls and then rises.
    """
    if x == 0:
        return 0.0
    start = _exact_low(x, n, alpha / 2)
    below, above = -1, x - 1
    while below < above:
        middle = (below + above + 1) // 2
        if _at_most(middle, n, start) <= alpha / 2:
            below = middle
        else:
            above = middle - 1
    k = below
    step = _first_above(lambda p: _at_least(x, n, p) - _at_most(k + 1, n, p), start, 1.0)
    if _at_least(x, n, step) + _at_most(k, n, step) <= alpha:
        return step
    return _first_above(lambda p: _at_least(x, n, p) + _at_most(k, n, p) - alpha, start, step)


def _first_above(curve: Callable[[float], float], low: float, high: float) -> float:
    """Where `curve`, below 0 at low and above it at high with one crossing, reaches 0, to the last bit."""
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return high
        if curve(middle) < 0:
            low = middle
        else:
            high = middle
