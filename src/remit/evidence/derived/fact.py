"""A fact that follows from a document without being printed in it."""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """One number or one range, with the sentence that says why. Percents are in percent, follow-up in months."""

    id: str
    value: float | str | None
    range: tuple[float, float] | None
    why: str


def number(id_: str, value: float, why: str) -> Fact:
    """A fact that is one number."""
    return Fact(id_, round(value, 6), None, why)


def reaches(id_: str, low: float, high: float, why: str) -> Fact:
    """A fact that is a range."""
    return Fact(id_, None, (round(low, 6), round(high, 6)), why)


def words(id_: str, value: str, why: str) -> Fact:
    """A fact that is a word."""
    return Fact(id_, value, None, why)
