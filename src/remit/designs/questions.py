"""How a design reads a decoded JSON object: each reader names the key when the value is not what it holds.

A key that is needed and absent raises KeyError, which `calls.call` turns into an answer of nulls (unknown).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit.designs import parameters
from remit.errors import InputError

Question = Mapping[str, object]
Answer = dict[str, object]


def number(question: Question, key: str, default: float | None = None) -> float:
    """A finite number."""
    return parameters.number(key, question[key] if default is None else question.get(key, default))


def count(question: Question, key: str, default: int | None = None, least: int = 0, most: int | None = None) -> int:
    """A whole number within limits."""
    return parameters.count(key, question[key] if default is None else question.get(key, default), least, most)


def yes_no(question: Question, key: str, default: bool) -> bool:
    """True or false."""
    return parameters.yes_no(key, question.get(key, default))


def word(question: Question, key: str, allowed: Sequence[str], default: str | None = None) -> str:
    """One of the allowed words."""
    return parameters.word(key, question[key] if default is None else question.get(key, default), allowed)


def numbers(question: Question, key: str) -> tuple[float, ...]:
    """A list of finite numbers, not empty."""
    return tuple(parameters.number(f"{key}, entry {place}", one) for place, one in enumerate(_list(question, key), 1))


def counts(question: Question, key: str, least: int = 0, most: int | None = None) -> tuple[int, ...]:
    """A list of whole numbers, not empty."""
    return tuple(
        parameters.count(f"{key}, entry {place}", one, least, most) for place, one in enumerate(_list(question, key), 1)
    )


def same_length(question: Question, *keys: str) -> None:
    """Lists with one entry each per subject, or per level."""
    lengths = {key: len(_list(question, key)) for key in keys}
    if len(set(lengths.values())) > 1:
        raise InputError(f"{', '.join(keys)}: must be equally long; got {', '.join(map(str, lengths.values()))}.")


def _list(question: Question, key: str) -> list[object]:
    value = question[key]
    if not isinstance(value, list | tuple):
        raise InputError(f"{key}: must be a list.")
    if not value:
        raise InputError(f"{key}: must have at least one entry.")
    return list(value)
