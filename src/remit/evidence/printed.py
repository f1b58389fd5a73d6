"""Printed numbers and what they leave open: the values that print as this text.

A number in quotes carries its decimals: "31.30" stands for everything that rounds to 31.30. A number without quotes
is exact. "<0.001" and "> 9" are bounds. All arithmetic is on fractions, so that no float tips an end.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator

Reading = Literal["rounded", "truncated", "either", "exact"]

_TEXT = re.compile(r"\s*(<=|>=|<|>|≤|≥)?\s*([-−]?[0-9]+(?:\.([0-9]+))?)\s*%?\s*")
LARGEST = 1_000_000_000
_SENSE = {"≤": "<=", "≥": ">="}


def _is_printed(value: int | float | str) -> int | float | str:
    if isinstance(value, str) and (_TEXT.fullmatch(value) is None or len(value) > 40):
        raise ValueError(f'"{value[:40]}" is not a printed number; write it as "31.30", with "<" or ">" before a bound')
    size = abs(read(value).value) if not isinstance(value, bool) else 0
    if size > LARGEST:
        raise ValueError(f"numbers up to {LARGEST:,} are checked; write larger ones in another unit")
    return value


Number = Annotated[int | float | str, AfterValidator(_is_printed)]


class Printed(NamedTuple):
    """A number as printed: its value, its decimals (None: exact), and "<", "<=", ">" or ">=" before a bound."""

    value: Fraction
    decimals: int | None
    sense: str

    def __str__(self) -> str:
        shown = f"{float(self.value):.{self.decimals}f}" if self.decimals is not None else f"{float(self.value):g}"
        return f"{self.sense} {shown}".strip()


class Span(NamedTuple):
    """Values from low to high (None: without end); an open end is not reached."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether the value lies inside."""
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below


class Readings(NamedTuple):
    """How the numbers of a document are read: those of variables in months, and all others."""

    numbers: Reading
    months: Reading

    def shown(self, variable: str, number: int | float | str) -> Printed:
        """A number of a variable as printed; in months an unquoted number carries its decimals too."""
        return in_months(read(number)) if is_months(variable) else read(number)

    def span(self, variable: str, number: int | float | str) -> Span:
        """The values of a variable that print as this number."""
        return span(self.shown(variable, number), self.months if is_months(variable) else self.numbers)


def base_reading(assumed: Literal["either", "rounded", "truncated"]) -> Literal["rounded", "truncated"]:
    """How numbers are read first: rounded, unless the document assumes that they were cut off."""
    return "truncated" if assumed == "truncated" else "rounded"


def is_months(variable: str) -> bool:
    """Whether a variable is counted in months, by its name."""
    return variable.endswith("months")


def read(number: int | float | str) -> Printed:
    """A number of the document, as written there."""
    if not isinstance(number, str):
        return Printed(Fraction(repr(number)), None, "")
    match = _TEXT.fullmatch(number)
    if match is None:
        raise ValueError("not a printed number")
    sense, digits, decimals = match.groups()
    return Printed(Fraction(digits.replace("−", "-")), len(decimals or ""), _SENSE.get(sense or "", sense or ""))


def in_months(printed: Printed) -> Printed:
    """The same number of a variable in months, where an unquoted number carries its decimals too."""
    if printed.decimals is not None:
        return printed
    return printed._replace(decimals=places(printed))


def places(printed: Printed) -> int:
    """How many decimals it takes to write the number."""
    if printed.decimals is not None:
        return printed.decimals
    decimals, value = 0, printed.value
    while value.denominator != 1 and decimals < 18:
        value, decimals = value * 10, decimals + 1
    return decimals


def span(printed: Printed, reading: Reading) -> Span:
    """Every value that prints as this number.

    Rounded takes in both ends, because half up and half even print them differently. Truncated drops digits towards
    zero. Either is the union of the two.
    """
    value = printed.value
    if printed.sense:
        below = printed.sense.startswith("<")
        is_open = not printed.sense.endswith("=")
        return Span(None, value, False, is_open) if below else Span(value, None, is_open, False)
    if printed.decimals is None or reading == "exact":
        return Span(value, value)
    unit = Fraction(1, 10**printed.decimals)
    rounded = Span(value - unit / 2, value + unit / 2)
    if reading == "rounded":
        return rounded
    low, high = (value if value > 0 else value - unit), (value if value < 0 else value + unit)
    cut = Span(low, high, value <= 0, value >= 0)
    if reading == "truncated":
        return cut
    return Span(
        min(rounded.low or low, low) if rounded.low is not None else low,
        max(rounded.high, high) if rounded.high is not None else high,
        low < value - unit / 2,
        high > value + unit / 2,
    )
