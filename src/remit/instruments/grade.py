"""A toxicity grade with its reasons, exact or bounded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade, or its attainable range when something that could change it is unknown.

    grade      the grade; None while low and high differ
    low, high  the grades between which it must lie
    because    what decided, or what is unknown
    """

    grade: int | None
    low: int
    high: int
    because: tuple[str, ...] = ()


def bounded(low: int, high: int, because: tuple[str, ...]) -> Grade:
    """The grade when both bounds agree, else unknown with its range."""
    if low == high:
        return Grade(low, low, high, because)
    return Grade(None, low, high, because)


def worst_column(columns: tuple[tuple[str, int | None, int], ...]) -> Grade:
    """The most severe of several columns.

    columns  (sentence, grade or None when unknown, the highest grade that the column can give)
    """
    low = max((grade for _, grade, _ in columns if grade is not None), default=0)
    ceilings = [ceiling for _, grade, ceiling in columns if grade is None]
    high = max([low, *ceilings])
    if high > low:
        open_columns = tuple(
            f"unknown: {sentence}" for sentence, grade, ceiling in columns if grade is None and ceiling > low
        )
        return Grade(None, low, high, open_columns)
    reasons = tuple(sentence for sentence, grade, _ in columns if grade == low and low > 0)
    return Grade(low, low, low, reasons or ("nothing present",))
