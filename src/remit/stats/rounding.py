"""Rounding of printed numbers, done on the decimal digits that a reader sees.

A float such as 0.285 is stored a little below what it prints as, so `round` gives 0.28 where a statistician
expects 0.29. Here the shortest decimal that names the float (its `repr`) is rounded instead. Half up, the
rule of SAS `ROUND` and of most tables, moves a half away from zero; half even is the IEEE and R rule.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Final, Literal

Rule = Literal["half-up", "half-even"]

_RULES: Final = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN}


def half_up(value: float, decimals: int = 0) -> float:
    """`value` at `decimals` places, a half away from zero: 0.125 is 0.13, 38.5 is 39, −2.5 is −3."""
    return float(_rounded(value, decimals, "half-up"))


def half_even(value: float, decimals: int = 0) -> float:
    """`value` at `decimals` places, a half to the even neighbor: 0.125 is 0.12, 38.5 is 38."""
    return float(_rounded(value, decimals, "half-even"))


def fixed(value: float, decimals: int = 0, rule: Rule = "half-up") -> str:
    """`value` as text with exactly `decimals` places; never "-0.0".

    raises    ValueError for infinity and not-a-number, which are no numbers to print
    """
    return f"{_rounded(value, decimals, rule):f}"


def percent(fraction: float, decimals: int = 1, rule: Rule = "half-up") -> str:
    """A fraction as percent, without the sign: 0.5 is "50.0".

    The decimal point is moved in the digits, so that no float product can tip a half.
    """
    return f"{_rounded(fraction, decimals, rule, shift=2):f}"


def _rounded(value: float, decimals: int, rule: Rule, shift: int = 0) -> Decimal:
    if not math.isfinite(value):
        raise ValueError("Only a finite number can be rounded; say in words why there is none.")
    with localcontext() as context:
        context.prec = 400  # the longest float in fixed notation has some 330 digits
        shown = Decimal(repr(value) if isinstance(value, int) else repr(float(value))).scaleb(shift)
        result = shown.quantize(Decimal(1).scaleb(-decimals), rounding=_RULES[rule])
        # Rounding to tens or hundreds leaves an exponent; printed in full it is a whole number again.
        result = result.quantize(Decimal(1)) if decimals < 0 else result
    return abs(result) if result == 0 else result
