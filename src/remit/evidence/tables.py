"""Concrete cohorts: many tables of numbered patients at once, and what a condition or a group is in each of them.

The constraint model (`physics`) reasons about unseen patients; here the patients are seen, so every question has one
answer. Arrays are (tables, patients): flags are booleans, numbers whole multiples of their grid's step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.evidence.claims import Claims
from remit.evidence.grids import Grid
from remit.evidence.printed import Span
from remit.evidence.where import Comparison, Condition, parse

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Column = NDArray[np.bool_] | NDArray[np.int64]

CUT: Final = "\x00cut"
"""The day of the cut, one number a table, in the parts of a day of `calendar`."""
INFUSED: Final = "\x00infused"
"""First infusions as days of their own, where follow-up does not tell them."""
NO_END: Final = 2**62
DAY_PARTS, HALF_MONTH = 32, 487
"""Where months are exact a day is so many parts, of which a half month is a whole number."""


@dataclass
class Tables:
    """Tables that may change in place; what is worked out from a column is worked out each time it is asked.

    columns   by name of event or variable; a partition of everyone is one column of codes under its statement's id;
              a group without a condition, and the unknown members behind a statement's own `n`, are flags under
              `chosen(name)`
    codes     part → (column, code) for the parts that are codes of one column
    """

    claims: Claims
    grids: Mapping[str, Grid]
    columns: dict[str, Column]
    codes: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Tables and patients."""
        column = next(column for name, column in self.columns.items() if name != CUT)
        return column.shape[0], column.shape[1]

    def event(self, name: str) -> Flags:
        """Who has an event."""
        if name in self.codes:
            column, code = self.codes[name]
            return np.asarray(self.columns[column] == code)
        return np.asarray(self.columns[name], dtype=np.bool_)

    def number(self, name: str) -> Whole:
        """A variable in grid steps."""
        return np.asarray(self.columns[name], dtype=np.int64)

    def condition(self, text: str) -> Flags:
        """For whom a condition holds."""
        found: Flags | None = None
        for part, positive in parsed(text):
            one = self._part(part) if positive else ~self._part(part)
            found = one if found is None else found & one
        assert found is not None
        return found

    def members(self, name: str) -> Flags:
        """Who is in a group."""
        if name == "all":
            return np.ones(self.shape, dtype=np.bool_)
        group = self.claims.group(name)
        own = self.condition(group.where) if group.where else self.event(chosen(name))
        return own if group.of == "all" else own & self.members(group.of)

    def subset(self, of: str, n: int | None, statement: str) -> Flags:
        """The group of a statement, or those of it who are behind the statement's own `n`."""
        members = self.members(of)
        return members if n is None or n == self.claims.size(of) else members & self.event(chosen(statement))

    def infused(self) -> Whole:
        """Days of first infusion on the scale of `CUT`, in parts of a day."""
        if INFUSED in self.columns:
            return self.number(INFUSED)
        months = self.number("follow_up_months")
        step = HALF_MONTH if self.claims.assumptions.months == "exact" else 1
        end = self.columns.get(CUT)
        return (0 if end is None else np.asarray(end, dtype=np.int64)[:, None]) - step * months

    @property
    def parts_of_a_day(self) -> int:
        """Parts of a day on the scale of `CUT`."""
        return DAY_PARTS if self.claims.assumptions.months == "exact" else 1

    def _part(self, part: Comparison) -> Flags:
        if not part.op:
            return self.event(part.name)
        if part.word is not None:
            same = self.event(part.word)
            return same if part.op == "=" else ~same
        assert part.number is not None
        if part.name in self.grids and part.name in self.columns:
            return compared(self.number(part.name), part.op, steps(part.number, self.grids[part.name].step))
        return compared(self.event(part.name).astype(np.int64), part.op, part.number)


@lru_cache(maxsize=1024)
def parsed(text: str) -> Condition:
    """`parse`, remembered: a walk asks the same few conditions at every step."""
    return parse(text)


@lru_cache(maxsize=1024)
def steps(number: Fraction, step: Fraction) -> Fraction:
    """A number in steps of a grid."""
    return number / step


def chosen(name: str) -> str:
    """The column of who belongs to a group without a condition, or is counted in a statement's own `n`."""
    return f"\x00in {name}"


def compared(column: Whole, op: str, limit: Fraction) -> Flags:
    """Whole numbers against a fraction, exactly."""
    if op in ("=", "!="):
        same = column == int(limit) if limit.denominator == 1 else np.zeros(column.shape, dtype=np.bool_)
        return same if op == "=" else ~same
    if op in (">", ">="):
        return column >= (ceil(limit) if op == ">=" else floor(limit) + 1)
    return column <= (floor(limit) if op == "<=" else ceil(limit) - 1)


@lru_cache(maxsize=4096)
def limits(span: Span, step: Fraction, times: int = 1) -> tuple[int, int]:
    """The first and the last whole number whose share of `times` steps lies in a span, exactly."""
    low, high = -NO_END, NO_END
    if span.low is not None:
        end = span.low / step * times
        low = floor(end) + 1 if span.low_open else ceil(end)
    if span.high is not None:
        end = span.high / step * times
        high = ceil(end) - 1 if span.high_open else floor(end)
    return low, high
