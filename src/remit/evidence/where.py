"""Conditions on a patient: `follow_up_months > 6 and not crs`. Parsed into comparisons; nothing is ever evaluated.

A part is an event (`doris`), its opposite (`not doris`), a variable against a number (`sledai <= 4`), or a partition
against one of its parts (`levels = DL4`). Parts are joined by `and`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, NamedTuple

_PART: Final = re.compile(
    r"(?P<not>not\s+)?(?P<name>[^\W\d][\w .,/+%-]*?)\s*(?:(?P<op><=|>=|==|!=|=|<|>|≤|≥|≠)\s*(?P<value>[^<>=!≤≥≠]+))?"
)
_NUMBER: Final = re.compile(r"[-−]?[0-9]+(\.[0-9]+)?")
_SAME: Final = {"≤": "<=", "≥": ">=", "≠": "!=", "==": "="}
OPPOSITE: Final = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}
_LONGEST = 400


class Comparison(NamedTuple):
    """One part: an event (op ""), a variable against a number, or a partition against a word."""

    name: str
    op: str
    number: Fraction | None
    word: str | None

    def __str__(self) -> str:
        if not self.op:
            return self.name
        value = self.word if self.number is None else f"{float(self.number):g}"
        return f"{self.name} {self.op} {value}"


Condition = tuple[tuple[Comparison, bool], ...]


def parse(text: str) -> Condition:
    """The parts of a condition, each with whether it must hold (False after `not`).

    raises   ValueError that quotes the part which is none of the allowed forms
    """
    if len(text) > _LONGEST:
        raise ValueError(f"a condition of {len(text)} characters is too long; at most {_LONGEST} are read")
    return tuple(_part(part.strip()) for part in re.split(r"\s+and\s+", text.strip()))


def compares(op: str, value: Fraction, number: Fraction) -> bool:
    """Whether a value stands so to a number."""
    return {
        "<": value < number, "<=": value <= number, ">": value > number,
        ">=": value >= number, "=": value == number, "!=": value != number,
    }[op]  # fmt: skip


def is_condition(text: str) -> str:
    """The text itself, for a field that holds a condition; ValueError where it is none."""
    parse(text)
    return text


def _part(text: str) -> tuple[Comparison, bool]:
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text[:60]}" is not a condition; write "variable op number", like "follow_up_months > 6"')
    positive = match["not"] is None
    if match["op"] is None:
        return Comparison(match["name"].strip(), "", None, None), positive
    op, value = _SAME.get(match["op"], match["op"]), match["value"].strip()
    if _NUMBER.fullmatch(value):
        return Comparison(match["name"].strip(), op, Fraction(value.replace("−", "-")), None), positive
    if op not in ("=", "!=") or not re.fullmatch(r"[\w][\w .-]*", value):
        raise ValueError(f'"{value[:40]}" is not a number in "{text[:60]}"; write "variable op number"')
    return Comparison(match["name"].strip(), op, None, value), positive
