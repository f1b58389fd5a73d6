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
LEAST = 4
"""Steps of a difference of shares that are drawn on either side of none."""


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
    ends     what to write at both ends of the axis; empty where every bar is one whole number
    trials   all of them; known: those with a value
    """

    id: str
    bars: tuple[Bar, ...]
    ends: tuple[str, str]
    trials: int
    known: int


def distribution(id: str, values: Sequence[float], trials: int, *, difference: bool = False) -> Distribution:
    """The bars of the values that exist: one per whole number of a count, one per 5 % of a share, else about 16.

    values       of the trials that have one
    difference   the values are differences of two numbers of this id
    """
    found = np.asarray(values, dtype=float)
    if not len(found):
        return Distribution(id, (), ("", ""), trials, 0)
    low, high = float(found.min()), float(found.max())
    if is_share(id):
        # a share of few is often 0 or 1: bars stand around multiples of 5 %, so that both ends have their own
        unit = "points" if difference else "%"
        start, end = 0, 20
        if difference:
            start, end = min(math.floor(low / SHARE_STEP), -LEAST), max(math.ceil(high / SHARE_STEP), LEAST)
        bars = _around(found, SHARE_STEP, start, end, lambda at: f"{_percent(at)} {unit}, give or take 2.5")
        ends = (f"{_percent(start * SHARE_STEP)} {unit}", f"{_percent(end * SHARE_STEP)} {unit}")
        return Distribution(id, bars, ends, trials, len(found))
    if bool(np.all(np.abs(found - np.round(found)) <= EXACTLY)) and high - low <= MOST_COUNTS:
        whole = _around(found, 1.0, round(low), round(high), lambda at: f"{at:.0f}")
        return Distribution(id, whole, ("", ""), trials, len(found))
    bars = _bins(found, low, high)
    return Distribution(id, bars, (plain(bars[0].low), plain(bars[-1].high)), trials, len(found))


def _percent(share: float) -> int:
    return math.floor(100 * share + 0.5)


def _bins(values: Array, low: float, high: float) -> tuple[Bar, ...]:
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


def _around(values: Array, step: float, first: int, last: int, label: Callable[[float], str]) -> tuple[Bar, ...]:
    """A bar around every multiple of `step` from `first` to `last`."""
    number = last - first + 1
    place = np.clip(np.floor(values / step + 0.5 + EXACTLY).astype(int) - first, 0, number - 1)
    counts = np.bincount(place, minlength=number)
    centers = [(first + k) * step for k in range(number)]
    return tuple(
        Bar(at - step / 2, at + step / 2, label(at), int(trials)) for at, trials in zip(centers, counts, strict=True)
    )


def _step(about: float) -> float:
    """1, 2 or 5 times a power of ten, not below `about`."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= about * (1 - EXACTLY))
