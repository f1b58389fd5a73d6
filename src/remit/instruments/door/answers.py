"""Typed answers as JSON values."""

from __future__ import annotations

from remit.criteria import Answer
from remit.instruments.grade import Grade


def state(key: str, answer: Answer) -> dict[str, object]:
    """A yes/no/unknown answer under its key."""
    return {key: answer.met, "because": list(answer.because)}


def grade(answer: Grade, key: str = "grade") -> dict[str, object]:
    """A grade, and its range while it is unknown."""
    out: dict[str, object] = {key: answer.grade, "because": list(answer.because)}
    if answer.grade is None:
        out |= {"min": answer.low, "max": answer.high}
    return out


def whole(value: float | None) -> float | int | None:
    """A number without a needless fraction."""
    return int(value) if value is not None and value == int(value) else value
