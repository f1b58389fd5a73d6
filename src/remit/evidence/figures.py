"""How far a statistic of seen patients is from its span: 0 inside, outside roughly in patients who are in the way."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remit.evidence.printed import Readings, Span
from remit.evidence.rank import quartile_ranks
from remit.evidence.tables import NO_END, Flags, Whole, limits

Distance = NDArray[np.float64]
FAR: Final = 4.0
"""A value far from its span weighs as much as this many patients, so that no one number rules the walk."""


def statistic(
    name: str, span: Span, step: Fraction, value: Whole, members: Flags, ordered: Whole, size: Whole
) -> Distance:
    """(tables,) how far a statistic is from its span.

    value, members    (tables, patients) the variable in grid steps, and who counts
    ordered, size     the members' values in rising order, others behind them; how many they are
    """
    if name in ("mean", "sd"):
        return _moment(name, span, step, value, members, size)
    row, last = np.arange(len(ordered)), np.maximum(size - 1, 0)
    low, high = limits(span, step)
    width = _width(low, high)
    if name in ("min", "max"):
        one = ordered[:, 0] if name == "min" else ordered[row, last]
        # whoever lies beyond the extreme is in the way, and somebody must attain it
        inside = np.where(members, (value < low) if name == "min" else (value > high), False).sum(axis=1)
        off = np.where((one < low) | (one > high), _off(one, low, high, width), 0.0)
        return np.asarray(inside + off, dtype=np.float64)
    if name == "median":
        both = ordered[row, last // 2] + ordered[row, np.minimum(size // 2, last)]
        low, high = limits(span, step, 2)
        return _off(both, low, high, 2 * width)
    ranks = _ranks(name, members.shape[1])[size]
    lower = ordered[row, np.minimum(ranks[:, 0] - 1, last)]
    upper = ordered[row, np.minimum(ranks[:, 1] - 1, last)]
    return _off(lower, -NO_END, high, width) + _off(upper, low, NO_END, width)


def _moment(name: str, span: Span, step: Fraction, value: Whole, members: Flags, size: Whole) -> Distance:
    most = members.shape[1]
    if name == "mean":
        sums = np.where(members, value, 0).sum(axis=1)
        ends = _sums(span, step, most)[size]
        return _off(sums, ends[:, 0], ends[:, 1], np.maximum(size, 1))
    center = int(np.median(value)) if value.size else 0
    moved = np.where(members, value - center, 0)
    spread = size * (moved**2).sum(axis=1) - moved.sum(axis=1) ** 2
    least, greatest = (ends[size] for ends in _squares(span, step, most))
    # on the scale of the SD itself, so that a squared distance does not drown everything else
    factor = np.maximum(size * (size - 1), 1)
    root, low, high = (np.sqrt(np.maximum(one, 0) / factor) for one in (spread, least, greatest))
    gap = np.maximum(np.maximum(low - root, root - high), 0)
    off = (spread < least) | (spread > greatest)
    return np.where(off, np.minimum(0.5 + gap / max(_width_of(span, step), 1.0), FAR), 0.0)


@lru_cache(maxsize=1024)
def span_of(reading: Readings, variable: str, number: int | float | str) -> Span:
    """The span of a printed number of a variable, remembered: a walk asks at every step."""
    return reading.span(variable, number)


@lru_cache(maxsize=256)
def _squares(span: Span, step: Fraction, most: int) -> tuple[Whole, Whole]:
    """n (n − 1) SD² at the ends of the SD's span, for every n up to `most`."""
    low = None if span.low is None or span.low < 0 else span.low / step
    high = None if span.high is None else span.high / step
    factors = [n * (n - 1) for n in range(most + 1)]
    least = [0 if low is None else _up(f * low**2, span.low_open) for f in factors]
    greatest = [NO_END if high is None else _down(f * high**2, span.high_open) for f in factors]
    return np.array(least, dtype=np.int64), np.array(greatest, dtype=np.int64)


@lru_cache(maxsize=256)
def _sums(span: Span, step: Fraction, most: int) -> Whole:
    """(sizes, 2) first and last sum whose mean lies in a span, for every size up to `most`."""
    return np.array([limits(span, step, n) for n in range(most + 1)], dtype=np.int64)


@lru_cache(maxsize=64)
def _ranks(which: str, most: int) -> Whole:
    """(sizes, 2) the ranks between which every usual definition puts a quartile."""
    return np.array([quartile_ranks(n, which) if n else (1, 1) for n in range(most + 1)], dtype=np.int64)


def _up(value: Fraction, is_open: bool) -> int:
    return floor(value) + 1 if is_open else ceil(value)


def _down(value: Fraction, is_open: bool) -> int:
    return ceil(value) - 1 if is_open else floor(value)


def _width_of(span: Span, step: Fraction) -> float:
    return 1.0 if span.low is None or span.high is None else float((span.high - span.low) / step)


def _width(low: int, high: int) -> int:
    return 1 if low == -NO_END or high == NO_END else max(high - low, 1)


def _off(value: Whole, low: Any, high: Any, width: Any) -> Distance:
    """0 inside; outside half a patient and more by the span's width."""
    gap = np.maximum(np.maximum(low - value, value - high), 0)
    return np.where(gap > 0, np.minimum(0.5 + gap / np.maximum(width, 1), FAR), 0.0)
