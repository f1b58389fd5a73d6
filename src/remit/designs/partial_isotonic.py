"""Isotonic DLT rates on a partial order: the weighted least-squares rates that contradict nothing known.

For a cell the fit is the largest, over the upper sets that hold it, of the smallest, over the lower sets that hold
it, of the mean rate in what both share. Pseudo-counts and weights are those of `isotonic`.

Source: Robertson, Wright & Dykstra 1988, Order Restricted Statistical Inference, ch. 1 [page recalled, unverified].
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from remit.designs.isotonic import PSEUDO
from remit.designs.partial_order import PartialOrder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ROOM = 2_000_000  # numbers held at once
LIGHT = 1e-200  # weight of an untreated cell: too little to move a mean it enters
TIE = 9  # digits


def fit(order: PartialOrder, treated: Integers, dlts: Integers) -> Floats:
    """Isotonic rates, shape (states, cells); where nobody was treated the number means nothing."""
    shared, held = _sets(order)
    out = np.empty(treated.shape)
    block = max(1, ROOM // shared.shape[1])
    for at in range(0, len(treated), block):
        y = dlts[at : at + block] + PSEUDO
        n = treated[at : at + block] + 2 * PSEUDO
        weight = np.where(treated[at : at + block] > 0, n * n * (n + 1) / (y * (n - y)), LIGHT)
        means = ((weight * y / n) @ shared) / (weight @ shared)
        for cell, pairs in enumerate(held):
            out[at : at + block, cell] = means[:, pairs].min(axis=2).max(axis=1)
    return out


def closest(fitted: Floats, allowed: NDArray[np.bool_], treated: Integers, target: float) -> Integers:
    """The allowed cell whose rate is closest to the target, from 1; 0 where none is allowed.

    Of equally close cells the one with more subjects, then the one with the smaller number.
    """
    distance = np.where(allowed, np.round(np.abs(fitted - target), TIE), np.inf)
    near = allowed & (distance == distance.min(axis=1, keepdims=True))
    out: Integers = np.where(allowed.any(axis=1), 1 + np.argmax(np.where(near, treated, -1), axis=1), 0)
    return out


@lru_cache(maxsize=16)
def _sets(order: PartialOrder) -> tuple[Floats, tuple[Integers, ...]]:
    """What each pair of an upper and a lower set shares, shape (cells, pairs), everything where that is nothing; and
    per cell the numbers of the pairs that both hold it, shape (upper sets, lower sets)."""
    upper = order.upper_sets
    lower = np.vstack([~upper[~upper.all(axis=1)], np.ones(order.cells, dtype=bool)])
    both = upper[:, None, :] & lower[None, :, :]
    shared = np.where(both.any(axis=2)[:, :, None], both, True).reshape(-1, order.cells).T
    number = np.arange(shared.shape[1]).reshape(len(upper), len(lower))
    held = tuple(number[np.ix_(upper[:, cell], lower[:, cell])] for cell in range(order.cells))
    return shared.astype(np.float64), held
