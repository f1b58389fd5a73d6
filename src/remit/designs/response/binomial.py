"""Binomial probabilities for whole tables at once, without scipy."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@lru_cache(maxsize=128)
def table(most: int, rate: float) -> Floats:
    """P(X = x) for X ~ Binomial(n, rate); row n, column x, shape (most + 1, most + 1)."""
    out = np.zeros((most + 1, most + 1))
    out[0, 0] = 1.0
    for n in range(1, most + 1):
        out[n, : n + 1] = out[n - 1, : n + 1] * (1 - rate)
        out[n, 1 : n + 1] += out[n - 1, :n] * rate
    out.setflags(write=False)
    return out


def density(n: int, rate: float) -> Floats:
    """P(X = x) for x = 0 … n."""
    if rate in (0.0, 1.0):
        sure = np.zeros(n + 1)
        sure[n if rate else 0] = 1.0
        return sure
    logs = [math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1) for x in range(n + 1)]
    x = np.arange(n + 1)
    out: Floats = np.exp(np.array(logs) + x * math.log(rate) + (n - x) * math.log1p(-rate))
    return out


def above(n: int, limit: int, rate: float) -> float:
    """P(X > limit)."""
    return float(density(n, rate)[max(limit + 1, 0) :].sum()) if limit < n else 0.0
