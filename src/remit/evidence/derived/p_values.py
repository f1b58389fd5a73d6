"""P-values of two groups from what is printed about them, by every usual test.

Counts give one value a test. Means and SDs are printed rounded, so a test gives a range; its ends are taken over all
values that print so, with the degrees of freedom at their extremes, so that the true value never lies outside.

Fisher's exact test has two two-sided forms in use: all tables at most as likely as the one seen (R, SAS), and twice the
smaller tail. Sources: Fisher 1935, J R Stat Soc 98:39; Yates 1934, Suppl J R Stat Soc 1:217; Campbell 2007, Stat Med
26:3661 (N − 1 chi-square); Lancaster 1961, JASA 56:223 (mid-p); Welch 1947, Biometrika 34:28
[volumes and pages recalled, not looked up].
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from scipy.special import erfc, stdtr

Ends = tuple[float, float]

SLACK: Final = 1e-9
"""What floats may be off."""

OF_COUNTS: Final[dict[str, tuple[str, ...]]] = {
    "fisher": ("Fisher's exact", "Fisher's exact (twice the smaller tail)", "Fisher's exact (mid-p)"),
    "chi-square": ("chi-square", "chi-square with continuity correction", "N − 1 chi-square"),
    "chi-square-uncorrected": ("chi-square",),
    "chi-square-corrected": ("chi-square with continuity correction",),
    "z": ("chi-square", "z (unpooled)"),
}
"""A test as a document names it → the forms of it that are in use."""

OF_MEANS: Final[dict[str, tuple[str, ...]]] = {
    "t": ("t (equal variances)", "Welch's t"),
    "student": ("t (equal variances)",),
    "welch": ("Welch's t",),
    "z": ("z of means",),
}

NEEDS_PATIENTS: Final[dict[str, str]] = {
    "log-rank": "the times of every patient",
    "cox": "the times of every patient",
    "paired-t": "the pairs, or the SD of the differences",
    "wilcoxon": "the values of every patient",
    "mann-whitney": "the values of every patient",
    "mcnemar": "the pairs",
    "mixed-model": "the values of every patient at every visit",
    "other": "to know which test it was",
}
"""Tests that no count, mean or SD recomputes, and what they need."""


class Moments(NamedTuple):
    """A group's mean and SD: the ends of what prints so."""

    n: int
    mean: tuple[Fraction, Fraction]
    sd: tuple[Fraction, Fraction]


def of_counts(first: tuple[int, int], second: tuple[int, int]) -> dict[str, Ends]:
    """P-values of two proportions, each (count, n), by test; both ends of each are equal."""
    (a, n), (b, m) = first, second
    found: dict[str, float] = {}
    if n and m:
        found |= _fisher(a, n, b, m)
        if 0 < a + b < n + m:
            found |= _chi_squares(a, n, b, m)
    return {name: (p, p) for name, p in found.items()}


def of_means(first: Moments, second: Moments) -> dict[str, Ends]:
    """P-values of two means by test; none where a group has fewer than two patients or no spread."""
    if min(first.n, second.n) < 2 or first.sd[1] == 0 == second.sd[1]:
        return {}
    gaps = [abs(x - y) for x in first.mean for y in second.mean]
    crossing = first.mean[0] <= second.mean[1] and second.mean[0] <= first.mean[1]
    gap = (0.0 if crossing else float(min(gaps)), float(max(gaps)))
    found: dict[str, Ends] = {}
    for name, errors, freedom in standard_errors(first, second):
        t = (_ratio(gap[0], errors[1]), _ratio(gap[1], errors[0]))
        two = (_tail(t[1], freedom[1]), _tail(t[0], freedom[0]))
        found[name] = two
        found[f"{name}, one-sided"] = (two[0] / 2, two[1] / 2)
    return found


def standard_errors(first: Moments, second: Moments) -> Iterator[tuple[str, Ends, Ends]]:
    """Test, standard error of the difference from least to most, degrees of freedom from least to most."""
    n, m = first.n, second.n
    spreads = [(float(first.sd[k]) ** 2, float(second.sd[k]) ** 2) for k in (0, 1)]
    pooled = [math.sqrt(((n - 1) * x + (m - 1) * y) / (n + m - 2) * (1 / n + 1 / m)) for x, y in spreads]
    yield "t (equal variances)", (pooled[0], pooled[1]), (n + m - 2.0, n + m - 2.0)
    apart = [math.sqrt(x / n + y / m) for x, y in spreads]
    yield "Welch's t", (apart[0], apart[1]), _freedom(first, second)
    yield "z of means", (apart[0], apart[1]), (math.inf, math.inf)


def _fisher(a: int, n: int, b: int, m: int) -> dict[str, float]:
    total = a + b
    ways = {k: math.comb(n, k) * math.comb(m, total - k) for k in range(max(0, total - m), min(n, total) + 1)}
    every, seen = sum(ways.values()), ways[a]
    lower = sum(w for k, w in ways.items() if k <= a)
    upper = sum(w for k, w in ways.items() if k >= a)
    # As likely as the one seen: whole numbers, so no tolerance is needed to recognize a tie.
    likely = sum(w for w in ways.values() if w <= seen)
    smaller = min(lower, upper)
    return {
        "Fisher's exact": float(Fraction(likely, every)),
        "Fisher's exact (twice the smaller tail)": min(1.0, float(Fraction(2 * smaller, every))),
        "Fisher's exact (mid-p)": min(1.0, float(Fraction(2 * smaller - seen, every))),
        "Fisher's exact, one-sided": float(Fraction(smaller, every)),
    }


def _chi_squares(a: int, n: int, b: int, m: int) -> dict[str, float]:
    total, everyone = a + b, n + m
    cross = abs(a * (m - b) - b * (n - a))
    scale = n * m * total * (everyone - total)
    plain = everyone * cross**2 / scale
    corrected = everyone * max(0.0, cross - everyone / 2) ** 2 / scale
    found = {
        "chi-square": _chi_tail(plain),
        "chi-square with continuity correction": _chi_tail(corrected),
        "N − 1 chi-square": _chi_tail(plain * (everyone - 1) / everyone),
    }
    spread = a * (n - a) / n**3 + b * (m - b) / m**3
    if spread:
        found["z (unpooled)"] = _chi_tail((a / n - b / m) ** 2 / spread)
    return found | {f"{name}, one-sided": p / 2 for name, p in found.items()}


def _freedom(first: Moments, second: Moments) -> Ends:
    """Welch's degrees of freedom over all SDs: one hump in the ratio of the variances, its top at n + m − 2."""
    n, m = first.n, second.n

    def at(ratio: float) -> float:
        if math.isinf(ratio):
            return n - 1.0
        return (ratio + 1) ** 2 / (ratio**2 / (n - 1) + 1 / (m - 1))

    def ratio(x: Fraction, y: Fraction) -> float:
        return _ratio(float(x) ** 2 / n, float(y) ** 2 / m)

    low, high = ratio(first.sd[0], second.sd[1]), ratio(first.sd[1], second.sd[0])
    ends = (at(low), at(high))
    top = (n - 1) / (m - 1)
    return min(ends), float(n + m - 2) if low <= top <= high else max(ends)


def _ratio(above: float, below: float) -> float:
    return above / below if below else (math.inf if above else 0.0)


def _chi_tail(value: float) -> float:
    return float(erfc(math.sqrt(value / 2)))


def _tail(t: float, freedom: float) -> float:
    """Two-sided tail of Student's t; of the normal distribution with infinite degrees of freedom."""
    if math.isinf(t):
        return 0.0
    return float(erfc(t / math.sqrt(2))) if math.isinf(freedom) else float(2 * stdtr(freedom, -t))
