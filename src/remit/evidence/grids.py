"""The grid that each variable lives on in the constraint model.

Whole-numbered variables live on whole numbers, months on whole days (or on half months where they are exact), and
anything else on a tenth of its last printed digit. A grid of the last kind is no fact about the patients, so every
limit on it is taken with both ends: rounding true values to the grid then never makes a true document impossible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Final

from remit.errors import InputError
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP
from remit.evidence.laws import RANGES, is_whole
from remit.evidence.printed import Number, Span, is_months, places, read
from remit.evidence.where import parse

MONTH_DAYS: Final = Fraction(487, 16)  # 30.4375
_MOST_MONTHS: Final = 1200
_MOST_DECIMALS: Final = 6
_WIDEST: Final = 10**15


@dataclass(frozen=True)
class Grid:
    """Values are whole multiples of `step` from low to high (in steps); `real` when patients' values need not be."""

    step: Fraction
    low: int
    high: int
    real: bool
    bounded: bool

    def at_least(self, value: Fraction, open_end: bool) -> int:
        """The first multiple that is at least (or, with an open end, above) the value."""
        steps = ceil(value / self.step)
        return steps + 1 if open_end and not self.real and steps * self.step == value else steps

    def at_most(self, value: Fraction, open_end: bool) -> int:
        """The last multiple that is at most (or, with an open end, below) the value."""
        steps = floor(value / self.step)
        return steps - 1 if open_end and not self.real and steps * self.step == value else steps

    def limits(self, span: Span) -> tuple[int, int]:
        """The first and last multiple inside a span; first above last when there is none."""
        first = self.low if span.low is None else self.at_least(span.low, span.low_open)
        last = self.high if span.high is None else self.at_most(span.high, span.high_open)
        return max(first, self.low), min(last, self.high)


def grids(claims: Claims, widen: int = 1) -> dict[str, Grid]:
    """The grid of every variable that the document speaks of.

    widen   makes the ends of unbounded variables so many times as far: a range that then moves has no end of its own
    """
    numbers: dict[str, list[Number]] = {}
    whole: set[str] = set()
    for variable, number in _figures(claims):
        numbers.setdefault(variable, []).append(number)
    for statement in claims.statements:
        whole.update(statement.whole())
        for variable, _ in statement.figures():
            numbers.setdefault(variable, [])
        own = getattr(statement, "variable", None)
        if own is not None:
            numbers.setdefault(own, [])
    kinds = {statement.kind for statement in claims.statements}
    if {"order", "time"} <= kinds:
        # Gates and a window of days bind each other also where no follow-up is printed.
        numbers.setdefault(FOLLOW_UP, [])
    return {name: _grid(name, found, name in whole or is_whole(name), claims, widen) for name, found in numbers.items()}


def _figures(claims: Claims) -> Iterator[tuple[str, Number]]:
    events = claims.events()
    for statement in claims.statements:
        yield from statement.figures()
    for text in claims.conditions():
        for part, _ in parse(text):
            if part.op and part.number is not None and part.name not in events:
                yield part.name, str(part.number) if part.number.denominator == 1 else float(part.number)


def _grid(name: str, numbers: list[Number], whole: bool, claims: Claims, widen: int) -> Grid:
    if is_months(name):
        exact = claims.assumptions.months == "exact"
        step = Fraction(1, 2) if exact else 1 / MONTH_DAYS
        return Grid(step, 0, floor(_MOST_MONTHS * widen / step), real=False, bounded=False)
    largest = max((abs(read(number).value) for number in numbers), default=Fraction(100)) + 1
    step, real = Fraction(1), False
    if not whole:
        decimals = min(_MOST_DECIMALS, max((places(read(number)) for number in numbers), default=1))
        step, real = Fraction(1, 10 ** (decimals + 1)), True
    low, high = RANGES.get(name.lower(), (None, None)) if claims.assumptions.instrument_laws else (None, None)
    # Wide enough that one far value can balance all the others.
    wide = (claims.n + 2) * largest * 2 * widen
    if wide / step > _WIDEST:
        raise InputError(
            f"{name}: numbers this large with this many decimals cannot be checked; write them in another unit."
        )
    return Grid(
        step,
        ceil((-wide if low is None else low) / step),
        floor((wide if high is None else high) / step),
        real,
        bounded=low is not None and high is not None,
    )


def above(value: Fraction, open_end: bool) -> int:
    """The first whole number at or (with an open end) above a value."""
    low = ceil(value)
    return low + 1 if open_end and low == value else low


def below(value: Fraction, open_end: bool) -> int:
    """The last whole number at or (with an open end) below a value."""
    high = floor(value)
    return high - 1 if open_end and high == value else high
