"""Numbers as they are printed: how many decimals a quantity has, and the text of a proportion with its interval.

Rounding happens here and nowhere before. A quantity prints its order statistics as its source prints the data
(follow-up in whole months), and a mean with one decimal more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from remit.analysis.result import Interval
from remit.protocol import Rules
from remit.stats import fixed, interval, percent, upper_bound
from remit.stats.rounding import Rule

METHODS = {
    "clopper-pearson": "Clopper-Pearson",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys",
    "mid-p": "mid-P",
    "blaker": "Blaker",
}


@dataclass(frozen=True)
class Quantity:
    """How a quantity is printed.

    decimals   of a single value and of the order statistics
    half       order statistics may show one decimal more when they fall between two values of a coarse scale (8.5)
    """

    decimals: int
    half: bool = False


QUANTITIES: dict[str, Quantity] = {
    "age-years": Quantity(0, half=True),
    "years": Quantity(0),
    "months": Quantity(0),
    "days": Quantity(0, half=True),
    "score": Quantity(0, half=True),
    "sle-das": Quantity(2),
    "pga": Quantity(1, half=True),
    "mg-per-day": Quantity(1, half=True),
    "mg": Quantity(0),
    "kg": Quantity(1),
    "dose": Quantity(1, half=True),
    "m2": Quantity(2),
    "percent": Quantity(1, half=True),
    "cells": Quantity(2, half=True),
    "gram-per-liter": Quantity(2),
    "antibody": Quantity(0, half=True),
    "per-microliter": Quantity(0, half=True),
    "copies": Quantity(0),
    "cells-per-microliter": Quantity(1),
    "titer": Quantity(0, half=True),
    "concentration": Quantity(2),
    "count": Quantity(0, half=True),
}


def number(value: float, quantity: str, statistic: str, rules: Rules) -> str:
    """One statistic of a quantity as printed: `5`, `8.5`, mean `5.4`."""
    style = QUANTITIES[quantity]
    if statistic in ("mean", "sd"):
        return fixed(value, style.decimals + 1, rules.rounding)
    if not style.half:
        return fixed(value, style.decimals, rules.rounding)
    text = fixed(value, style.decimals + 1, rules.rounding)
    return text.rstrip("0").rstrip(".") if "." in text else text


def limits(x: int, n: int, rules: Rules) -> Interval:
    """The protocol's two-sided interval for x of n; n >= 1."""
    low, high = _limits(rules.interval, x, n, rules.interval_level)
    return Interval(rules.interval_level, low, high, rules.interval)


def proportion(x: int, n: int, rules: Rules) -> str:
    """`4/8 (50.0 %; 95 % CI 15.7–84.3)`; n >= 1."""
    return _proportion(x, n, rules.interval, rules.interval_level, rules.rounding == "half-up")


def none_seen(x: int, n: int, rules: Rules) -> str:
    """For a count of zero, what it still allows; empty for any other count."""
    return _none_seen(n, rules.rounding == "half-up") if x == 0 and n > 0 else ""


@lru_cache(maxsize=4096)
def _limits(method: str, x: int, n: int, level: float) -> tuple[float, float]:
    return interval(method, x, n, level)


@lru_cache(maxsize=4096)
def _proportion(x: int, n: int, method: str, level: float, half_up: bool) -> str:
    low, high = _limits(method, x, n, level)
    rule: Rule = "half-up" if half_up else "half-even"
    shown = [percent(value, 1, rule) for value in (x / n, low, high)]
    return f"{x}/{n} ({shown[0]} %; {100 * level:g} % CI {shown[1]}–{shown[2]})"


@lru_cache(maxsize=512)
def _none_seen(n: int, half_up: bool) -> str:
    bound = percent(upper_bound(0, n), 1, "half-up" if half_up else "half-even")
    return f"none seen; one-sided 95 % upper bound {bound} %"
