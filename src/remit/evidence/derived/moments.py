"""What mean, SD, median and range of n values can be together, without a solver.

GRIM: the mean of n whole numbers is a multiple of 1/n. GRIMMER: so is the sum of their squares a whole number, of the
parity of the sum. The other limits hold for any values: an SD is at most what half of the values at either end gives
(Bhatia & Davis 2000, Am Math Mon 107:353), and at least what range and mean force.
Brown & Heathers 2017, Soc Psychol Personal Sci 8:363 (GRIM); Anaya 2016, PeerJ Preprints 4:e2400 (GRIMMER)
[recalled, not looked up].
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from remit.evidence.printed import Printed, Span


def moments_misfit(shown: Mapping[str, Printed], spans: Mapping[str, Span], n: int | None, whole: bool) -> str | None:
    """Why these statistics of n values cannot be; None where nothing here forbids them.

    shown, spans   mean, sd, median, q1, q3, min, max: each as printed, and the values that print so
    whole          whether the values are whole numbers
    """
    problem = _out_of_order(shown, spans)
    if problem is not None or not n:
        return problem
    if n == 1:
        return _single(shown, spans)
    if whole and "mean" in spans:
        problem = grim(shown["mean"], spans["mean"], n)
        if problem is None and "sd" in spans:
            problem = grimmer(shown, spans["mean"], spans["sd"], n)
        if problem is not None:
            return problem
    elif whole and "sd" in spans and not _some_sum(spans["sd"], n):
        return f"no {n} whole numbers have SD {shown['sd']}"
    return _mean_in_range(shown, spans, n) or _sd_in_range(shown, spans, n)


def sums(mean: Span, n: int) -> range:
    """The whole-number sums of n values that give such a mean."""
    assert mean.low is not None
    assert mean.high is not None
    low, high = math.ceil(mean.low * n), math.floor(mean.high * n)
    low += 1 if mean.low_open and Fraction(low, n) == mean.low else 0
    high -= 1 if mean.high_open and Fraction(high, n) == mean.high else 0
    return range(low, high + 1)


def grim(mean: Printed, allowed: Span, n: int) -> str | None:
    """Why n whole numbers cannot have this mean, or None."""
    if allowed.low is None or allowed.high is None or sums(allowed, n):
        return None
    below = Fraction(math.floor(mean.value * n), n)
    decimals = max(mean.decimals or 0, 2)
    return (
        f"the mean of {n} whole numbers is a multiple of 1/{n}: {float(below):.{decimals}f} or "
        f"{float(below + Fraction(1, n)):.{decimals}f}, not {mean}"
    )


def grimmer(shown: Mapping[str, Printed], mean: Span, sd: Span, n: int) -> str | None:
    """Why n whole numbers with this mean cannot have this SD, or None."""
    if None in (mean.low, mean.high, sd.low, sd.high):
        return None
    if any(True for total in sums(mean, n) for _ in squares(total, sd, n)):
        return None
    return f"no {n} whole numbers have mean {shown['mean']} and SD {shown['sd']}"


def _some_sum(sd: Span, n: int) -> bool:
    """Whether n whole numbers can have this SD. Shifting them all changes none, so that n sums stand for every sum."""
    return sd.low is None or sd.high is None or any(len(squares(total, sd, n)) for total in range(n))


def squares(total: int, sd: Span, n: int) -> range:
    """Sums of squares of n whole numbers with this sum whose SD lies in the span; parity is that of the sum."""
    assert sd.low is not None
    assert sd.high is not None
    low = max(Fraction(0), sd.low) ** 2 * (n - 1) + Fraction(total * total, n)
    high = sd.high**2 * (n - 1) + Fraction(total * total, n)
    # The smallest sum of squares: the values as equal as whole numbers can be.
    share, rest = divmod(total, n)
    least = (n - rest) * share**2 + rest * (share + 1) ** 2
    start = max(math.ceil(low), least)
    start += (start - total) % 2
    end = math.floor(high)
    if sd.high_open and Fraction(end) == high:
        end -= 1
    return range(start, end + 1, 2)


_ORDER = ("min", "q1", "median", "q3", "max")


def _out_of_order(shown: Mapping[str, Printed], spans: Mapping[str, Span]) -> str | None:
    names = [name for name in _ORDER if name in spans]
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            low, high = spans[first].low, spans[second].high
            if low is not None and high is not None and low > high:
                return f"{first} {shown[first]} is above {second} {shown[second]}"
    for name, at_least in (("min", True), ("max", False)):
        if name in spans and "mean" in spans:
            low, high = (spans[name].low, spans["mean"].high) if at_least else (spans["mean"].low, spans[name].high)
            if low is not None and high is not None and low > high:
                return f"mean {shown['mean']} is outside the range ({name} {shown[name]})"
    if "sd" in spans and spans["sd"].high is not None and spans["sd"].high < 0:
        return f"an SD is not negative: {shown['sd']}"
    return None


def _single(shown: Mapping[str, Printed], spans: Mapping[str, Span]) -> str | None:
    if "sd" in shown and spans["sd"].low is not None and spans["sd"].low > 0:
        return f"an SD of one value is not {shown['sd']}"
    if "min" in spans and "max" in spans:
        low, high = spans["max"].low, spans["min"].high
        if low is not None and high is not None and low > high:
            return f"one value with minimum {shown['min']} and maximum {shown['max']}"
    return None


def _mean_in_range(shown: Mapping[str, Printed], spans: Mapping[str, Span], n: int) -> str | None:
    """With one value at each end and half at or beyond the median, the mean has limits."""
    mean, low, high, median = (spans.get(name) for name in ("mean", "min", "max", "median"))
    if mean is None or low is None or high is None or None in (low.low, low.high, high.low, high.high):
        return None
    assert low.low is not None
    assert low.high is not None
    assert high.low is not None
    assert high.high is not None
    half = (n - 1) // 2  # values on either side of the middle one, or of the middle two
    middle = n - 2 * half
    if median is not None and median.low is not None and median.high is not None and n > 2:
        least = low.low * half + median.low * (n - half - 1) + high.low
        most = low.high + median.high * (n - half - 1) + high.high * half
        if middle == 2:
            # The middle two share their sum; the most extreme split is bounded by equal halves for the limits below.
            least, most = low.low * half + median.low * 2 + max(median.low, low.low) * (half - 1) + high.low, most
    else:
        least, most = low.low * (n - 1) + high.low, low.high + high.high * (n - 1)
    if mean.high is not None and mean.high * n < least:
        return f"mean {shown['mean']} is below {float(least / n):.4g}, the least that range and median allow"
    if mean.low is not None and mean.low * n > most:
        return f"mean {shown['mean']} is above {float(most / n):.4g}, the most that range and median allow"
    return None


def _sd_in_range(shown: Mapping[str, Printed], spans: Mapping[str, Span], n: int) -> str | None:
    sd, low, high, mean = (spans.get(name) for name in ("sd", "min", "max", "mean"))
    if sd is None or low is None or high is None or None in (low.low, low.high, high.low, high.high, sd.low, sd.high):
        return None
    assert low.low is not None
    assert low.high is not None
    assert high.low is not None
    assert high.high is not None
    assert sd.low is not None
    assert sd.high is not None
    width = high.high - low.low
    most = width * width * (n // 2) * (n - n // 2) / n  # half of the values at either end
    if mean is not None and mean.low is not None and mean.high is not None:
        # n (mean − min)(max − mean) is largest at the mean nearest to the middle of the range
        best = min(max((low.low + high.high) / 2, mean.low), mean.high)
        most = min(most, max(Fraction(0), (best - low.low) * (high.high - best)) * n)
    if sd.low > 0 and sd.low**2 * (n - 1) > most:
        return f"SD {shown['sd']} is above {math.sqrt(most / (n - 1)):.4g}, the most that the range allows"
    narrow = max(Fraction(0), high.low - low.high)
    least = narrow * narrow / 2  # one value at each end, the others between
    if sd.high**2 * (n - 1) < least:
        return f"SD {shown['sd']} is below {math.sqrt(least / (n - 1)):.4g}, the least that the range forces"
    return None
