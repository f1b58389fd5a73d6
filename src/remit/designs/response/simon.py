"""Simon's two-stage design: stop after the first stage when at most r1 respond, reject when more than r do.

Source: Simon 1989, Control Clin Trials 10:1. Admissible designs (lower convex hull of size and expected size): Jung et
al. 2004, Stat Med 23:561 [page recalled, unverified]. Numbers agree with the R package clinfun 1.1.5 (`ph2simon`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.designs.response import binomial
from remit.errors import InputError

Floats = NDArray[np.float64]
EDGE = 1e-12


@dataclass(frozen=True)
class TwoStage:
    """One design and its chances.

    r1, n1          stop after n1 subjects when r1 or fewer responded
    r, n            reject the null rate when more than r of n responded
    expected_n      mean number of subjects under the null rate
    stop_early      probability of stopping after the first stage under the null rate
    size, power     probability of rejecting under the null and the alternative rate
    """

    r1: int
    n1: int
    r: int
    n: int
    expected_n: float
    stop_early: float
    size: float
    power: float


@dataclass(frozen=True)
class Simon:
    """The designs that keep both error rates.

    optimal      smallest mean number of subjects under the null rate
    minimax      smallest number of subjects; among those the smallest mean
    admissible   on the lower convex hull of size against mean, smallest size first; includes both
    """

    optimal: TwoStage
    minimax: TwoStage
    admissible: tuple[TwoStage, ...]


def simon(p0: float, p1: float, alpha: float, beta: float, most: int = 100) -> Simon:
    """Search every two-stage design with at most `most` subjects.

    p0, p1        response rates of no interest and of interest, p0 < p1
    alpha, beta   probability of rejecting at p0, and of not rejecting at p1, at most
    raises        InputError: rates or errors not allowed, or no design small enough
    """
    low, high = parameters.worth_finding("Simon design", p0, p1)
    parameters.probability("alpha", alpha)
    parameters.probability("beta", beta)
    parameters.count("nmax", most, 2, 500)
    found = _search(low, high, alpha, beta, most)
    if not found:
        raise InputError(f"nmax: no design with at most {most} subjects keeps both error rates; allow more.")
    best = {n: min(group, key=lambda one: one.expected_n) for n, group in _by_size(found).items()}
    minimax = best[min(best)]
    optimal = min(best.values(), key=lambda one: (one.expected_n, one.n))
    return Simon(optimal, minimax, _hull([best[n] for n in sorted(best) if n <= optimal.n]))


def weights(found: Simon) -> tuple[tuple[float, float], ...]:
    """For which weights q each admissible design has the smallest q n + (1 - q) EN, as (from, to).

    q weighs the largest size, 1 - q the mean size under the null: minimax ends at 1, optimal begins at 0.

    returns   one interval per design of `found.admissible`, in that order; together they fill 0 to 1
    source    Jung et al. 2004, Stat Med 23:561 [page recalled, unverified]
    """
    edges = [1.0]
    for small, large in itertools.pairwise(found.admissible):
        saved = small.expected_n - large.expected_n
        edges.append(saved / (saved + large.n - small.n))
    edges.append(0.0)
    return tuple((low, high) for high, low in itertools.pairwise(edges))


@lru_cache(maxsize=64)
def _search(p0: float, p1: float, alpha: float, beta: float, most: int) -> tuple[TwoStage, ...]:
    null, alternative = binomial.table(most, p0), binomial.table(most, p1)
    # tail[m, k]: P(more than k - 1 of m respond), so tail[m, 0] is 1.
    tail0, tail1 = (
        np.hstack([one[:, ::-1].cumsum(axis=1)[:, ::-1], np.zeros((most + 1, 1))]) for one in (null, alternative)
    )
    early, lost = null.cumsum(axis=1), alternative.cumsum(axis=1)  # P(stopping | p0), P(stopping | p1) by n1 and r1
    found: list[TwoStage] = []
    least_mean = np.inf
    for n in range(2, most + 1):
        better = _of_size(n, null, alternative, tail0, tail1, early, lost, alpha, beta, least_mean)
        if better is not None:
            found.append(better)
            least_mean = min(least_mean, better.expected_n)
    return tuple(found)


def _of_size(
    n: int,
    null: Floats,
    alternative: Floats,
    tail0: Floats,
    tail1: Floats,
    early: Floats,
    lost: Floats,
    alpha: float,
    beta: float,
    least_mean: float,
) -> TwoStage | None:
    """The design of n subjects with the smallest mean, unless none beats the mean already found."""
    # A first stage only lowers the power, so that r cannot be above what a single stage allows.
    highest = int(np.count_nonzero(tail1[n, 1 : n + 1] >= 1 - beta - EDGE)) - 1
    if highest < 0:
        return None
    first = np.arange(1, n)
    width = min(highest + 1, n - 1)
    mean = n - (n - first)[:, None] * early[1:n, :width]
    allowed = (lost[1:n, :width] <= beta + EDGE) & (mean < least_mean) & (np.arange(width) < first[:, None])
    if not allowed.any():
        return None
    # With the highest r the size is smallest: where even that is too large no r will do.
    need = highest + 1 - np.arange(width)
    within = np.cumsum(null[1:n, :width] * tail0[n - first][:, need], axis=1)
    allowed &= tail0[n, highest + 1] - within <= alpha + EDGE
    rows, columns = np.nonzero(allowed)
    for at in np.argsort(mean[rows, columns], kind="stable"):
        n1, r1 = int(rows[at]) + 1, int(columns[at])
        got = _smallest_r(n, n1, r1, highest, null, alternative, tail0, tail1, alpha, beta)
        if got is not None:
            r, size, power = got
            return TwoStage(r1, n1, r, n, float(mean[n1 - 1, r1]), float(early[n1, r1]), size, power)
    return None


def _smallest_r(
    n: int,
    n1: int,
    r1: int,
    highest: int,
    null: Floats,
    alternative: Floats,
    tail0: Floats,
    tail1: Floats,
    alpha: float,
    beta: float,
) -> tuple[int, float, float] | None:
    """The smallest r that keeps the size, if it keeps the power as well."""
    rest = n - n1
    x = np.arange(r1 + 1, n1 + 1)
    r = np.arange(r1, highest + 1)
    need = np.clip(r[:, None] + 1 - x, 0, rest + 1)
    size = tail0[rest][need] @ null[n1, x]
    keeps = np.flatnonzero(size <= alpha + EDGE)
    if not len(keeps):
        return None
    k = int(keeps[0])
    power = float(tail1[rest][need[k]] @ alternative[n1, x])
    return (int(r[k]), float(size[k]), power) if power >= 1 - beta - EDGE else None


def _by_size(found: tuple[TwoStage, ...]) -> dict[int, list[TwoStage]]:
    groups: dict[int, list[TwoStage]] = {}
    for one in found:
        groups.setdefault(one.n, []).append(one)
    return groups


def _hull(designs: list[TwoStage]) -> tuple[TwoStage, ...]:
    kept: list[TwoStage] = []
    for one in designs:
        while len(kept) > 1 and _turns_up(kept[-2], kept[-1], one):
            kept.pop()
        kept.append(one)
    return tuple(kept)


def _turns_up(a: TwoStage, b: TwoStage, c: TwoStage) -> bool:
    return (b.n - a.n) * (c.expected_n - a.expected_n) <= (b.expected_n - a.expected_n) * (c.n - a.n)
