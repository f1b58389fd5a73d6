"""A number over many virtual trials as bars, few enough to draw and to send: never the trials themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from remit.virtual.spread import EXACTLY, is_share, plain

Array = npt.NDArray[np.float64]

MOST_COUNTS = 40
"""Whole numbers that span more than this are drawn in bins."""
BINS = 16
SHARE_STEP = 0.05


@dataclass(frozen=True)
class Bar:
    """Trials whose value lies in [low, high]; `label` says so in words."""

    low: float
    high: float
    label: str
    trials: int


@dataclass(frozen=True)
class Distribution:
    """One id over trials.

    bars     side by side, lowest first, those without a trial too; empty when no trial has a value
    trials   all of them; known: those with a value
    """

    id: str
    bars: tuple[Bar, ...]
    trials: int
    known: int


def distribution(id: str, values: Sequence[float], trials: int) -> Distribution:
    """The bars of the values that exist: one per whole number of a count, one per 5 % of a share, else about 16.

    values   of the trials that have one
    """
    found = np.asarray(values, dtype=float)
    return Distribution(id, _bars(id, found) if len(found) else (), trials, len(found))


def _bars(id: str, values: Array) -> tuple[Bar, ...]:
    low, high = float(values.min()), float(values.max())
    if is_share(id):
        # a share of few is often 0 or 1: bars stand around multiples of 5 %, so that both ends have their own
        start, end = (0.0, 1.0) if low >= 0 else (-1.0, 1.0)
        return _around(values, SHARE_STEP, start, end, lambda at: f"{math.floor(100 * at + 0.5):d} %, give or take 2.5")
    whole = bool(np.all(np.abs(values - np.round(values)) <= EXACTLY))
    if whole and high - low <= MOST_COUNTS:
        return _around(values, 1.0, low, high, lambda at: f"{at:.0f}")
    step = _step((high - low) / BINS) if high > low else _step(max(abs(high), 1.0) / BINS)
    start = math.floor(low / step)
    number = math.floor(high / step) - start + 1
    place = np.minimum(np.floor(values / step).astype(int) - start, number - 1)
    counts = np.bincount(place, minlength=number)
    edges = [(start + k) * step for k in range(number + 1)]
    return tuple(
        Bar(edges[k], edges[k + 1], f"{plain(edges[k])} to {plain(edges[k + 1])}", int(counts[k]))
        for k in range(number)
    )


def _around(values: Array, step: float, low: float, high: float, label: Callable[[float], str]) -> tuple[Bar, ...]:
    start, number = round(low / step), round((high - low) / step) + 1
    counts = np.bincount(np.floor(values / step + 0.5 + EXACTLY).astype(int) - start, minlength=number)
    centers = [(start + k) * step for k in range(number)]
    return tuple(
        Bar(at - step / 2, at + step / 2, label(at), int(trials)) for at, trials in zip(centers, counts, strict=True)
    )


def _step(about: float) -> float:
    """1, 2 or 5 times a power of ten, not below `about`."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= about * (1 - EXACTLY))
