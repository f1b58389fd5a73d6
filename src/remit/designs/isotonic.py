"""The recommended level of an interval design: isotonic estimates, and the one closest to the target.

The estimates are weighted pool-adjacent-violators means, written as the equal max-min of block means so that
thousands of final states are done at once.

Sources: Liu & Yuan 2015, JRSS-C 64:507; the pseudo-counts, weights and tie-break are those of the R package BOIN
2.7.2 (`select.mtd`), which other choices do not reproduce.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PSEUDO = 0.05
JITTER = 1e-10


def estimates(treated: NDArray[np.int64], dlts: NDArray[np.int64]) -> Floats:
    """Isotonic DLT rates per level, with 0.05 DLTs and 0.05 others added to each level that was treated.

    treated, dlts    shape (levels, states)
    returns          the same shape; where nobody was treated the number means nothing
    """
    return fit(treated * (treated + 1) // 2 + dlts, int(treated.max(initial=0)))


def fit(cell: NDArray[np.int64], most: int) -> Floats:
    """`estimates` where n subjects with y DLTs are given as n (n + 1) / 2 + y, with at most `most` subjects."""
    weight, weighted = _weights(most)
    return _pooled(weighted[cell], weight[cell])


def closest(
    fitted: Floats,
    allowed: NDArray[np.bool_],
    target: float,
    highest: float | None = None,
) -> NDArray[np.int64]:
    """The level whose estimate is closest to the target; on a tie the higher level below it, the lower above it.

    fitted      shape (levels, states), from `estimates`
    allowed     levels that may be chosen: treated and not eliminated
    highest     no level with a larger estimate is chosen; None for no such bound
    returns     level from 1 per state; 0 where no level may be chosen
    """
    states = fitted.shape[1]
    best, chosen, rank = np.full(states, np.inf), np.zeros(states, dtype=np.int64), np.zeros(states)
    for place in range(fitted.shape[0]):
        rank = rank + allowed[place]
        raised = fitted[place] + JITTER * rank
        distance = np.abs(raised - target)
        better = allowed[place] & (distance < best)
        if highest is not None:
            better &= raised <= highest
        np.putmask(best, better, distance)
        chosen[better] = place + 1
    return chosen


@lru_cache(maxsize=32)
def _weights(most: int) -> tuple[Floats, Floats]:
    """Weight, and weight times rate, of a level with n subjects and y DLTs; entry n (n + 1) / 2 + y."""
    subjects = np.repeat(np.arange(most + 1), np.arange(1, most + 2))
    y = np.arange(len(subjects)) - subjects * (subjects + 1) // 2 + PSEUDO
    n = subjects + 2 * PSEUDO
    # The weight is one over the variance of a Beta(y, n - y): with n itself, pooled levels come out differently.
    weight = n * n * (n + 1) / (y * (n - y))
    # An untreated level weighs too little to move any mean it enters, and is a number where it stands alone.
    weight[0] = 1e-200
    return weight, weight * y / n


def _pooled(weighted: Floats, weight: Floats) -> Floats:
    """max over j <= i of min over k >= i of the weighted mean of levels j..k."""
    levels, states = weight.shape
    fitted = np.full((levels, states), -np.inf)
    for j in range(levels):
        # Loops over levels, not numpy's accumulate: down the first axis that is several times slower.
        top, bottom = weighted[j].copy(), weight[j].copy()
        means = [top / bottom]
        for k in range(j + 1, levels):
            top += weighted[k]
            bottom += weight[k]
            means.append(top / bottom)
        least = means[-1]
        for i in range(levels - 1, j - 1, -1):
            np.minimum(least, means[i - j], out=least)
            np.maximum(fitted[i], least, out=fitted[i])
    return fitted
