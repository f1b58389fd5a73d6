"""Descriptive statistics of one column: n, mean, standard deviation, median, quartiles, minimum, maximum.

Quartiles have many definitions and in a cohort of four they differ visibly. Default here is SAS definition 5
(the default of PROC UNIVARIATE and MEANS): the smallest value with at least a share p of the values at or
below it, and the mean of two neighbors where the share is met exactly. R's default, type 7, interpolates and
can be asked for.

Source: Hyndman & Fan 1996, The American Statistician 50:361 (SAS definition 5 is their type 2). Volume and
page are recalled, not looked up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

QuantileRule = Literal["sas-5", "r-7"]

# Shares such as 0.1 are not exact in binary: a product this near to a whole number is meant to be one.
EXACT: Final = 1e-9


@dataclass(frozen=True)
class Summary:
    """Statistics of the values that are known. `missing` counts the others; every field but n and missing is
    None when it has no value: all of them without a known value, `sd` with only one."""

    n: int
    missing: int
    mean: float | None
    sd: float | None
    median: float | None
    q1: float | None
    q3: float | None
    minimum: float | None
    maximum: float | None


def summary(values: Iterable[float | None], quantiles: QuantileRule = "sas-5") -> Summary:
    """Summarize one column.

    values       numbers; None and not-a-number are unknown: left out of the statistics and counted
    quantiles    the definition of q1, median and q3 (the median is the same in both)
    returns      unrounded; sd has n − 1 in its denominator
    """
    column = list(values)
    known = sorted(float(value) for value in column if value is not None and not math.isnan(value))
    n = len(known)
    if n == 0:
        return Summary(0, len(column), None, None, None, None, None, None, None)
    mean = math.fsum(known) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / (n - 1)) if n > 1 else None
    return Summary(
        n=n,
        missing=len(column) - n,
        mean=mean,
        sd=deviation,
        median=quantile(known, 0.5, quantiles),
        q1=quantile(known, 0.25, quantiles),
        q3=quantile(known, 0.75, quantiles),
        minimum=known[0],
        maximum=known[-1],
    )


def quantile(values: Iterable[float], share: float, rule: QuantileRule = "sas-5") -> float | None:
    """The value below which a share of the values lies.

    values     known numbers in any order
    share      0 <= share <= 1
    returns    None when there are no values
    raises     ValueError for a share outside [0, 1]
    """
    if not 0 <= share <= 1:
        raise ValueError("The share of a quantile lies between 0 and 1.")
    known = sorted(values)
    n = len(known)
    if n == 0:
        return None
    if rule == "r-7":
        place = (n - 1) * share
        below = math.floor(place + EXACT)
        above = min(below + 1, n - 1)
        return known[below] + max(place - below, 0.0) * (known[above] - known[below])
    place = n * share
    whole = round(place)
    if abs(place - whole) <= EXACT:
        below, above = max(whole - 1, 0), min(whole, n - 1)
        return (known[below] + known[above]) / 2
    return known[math.ceil(place) - 1]
