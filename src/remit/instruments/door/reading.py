"""Typed reading of one JSON payload: every value is checked, null or absent is unknown (None).

Messages name the key and what is allowed; a measured value is never repeated in them, a misspelt word is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from remit.errors import InputError, nearest
from remit.instruments.catalog import Payload

Range = tuple[float, float]

LARGEST = 1e15
"""No count, dose or concentration comes near it; beyond it sums and products would leave the range of a float."""

ANY: Range = (-math.inf, math.inf)
NOT_NEGATIVE: Range = (0.0, math.inf)


def as_number(
    value: object, key: str, allowed: Range = ANY, whole: bool = False, positive: bool = False
) -> float | None:
    """A finite number in a closed range; `positive` also refuses 0, `whole` refuses fractions."""
    if value is None:
        return None
    low, high = allowed
    size = ""
    # compared, not converted: a whole number may be larger than any float, and no comparison holds for NaN
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        if abs(value) > LARGEST:
            size = f" (at most {LARGEST:g} in size)"
        elif not (positive and value <= 0) and not (whole and value != math.floor(value)):
            return float(value)
    raise InputError(f'"{key}" must be {_described(allowed, whole, positive)}{size}, or null.')


def number(
    payload: Payload, key: str, allowed: Range = ANY, whole: bool = False, positive: bool = False
) -> float | None:
    """The number at a key."""
    return as_number(payload.get(key), key, allowed, whole, positive)


def count(payload: Payload, key: str, most: float = math.inf) -> int | None:
    """A whole number from 0."""
    value = number(payload, key, (0.0, most), whole=True)
    return None if value is None else int(value)


def as_truth(value: object, key: str) -> bool | None:
    """true or false."""
    if value is None or isinstance(value, bool):
        return value
    raise InputError(f'"{key}" must be true, false or null.')


def truth(payload: Payload, key: str) -> bool | None:
    """The yes/no at a key."""
    return as_truth(payload.get(key), key)


def as_word(value: object, key: str, allowed: Iterable[str]) -> str | None:
    """One of the allowed words."""
    if value is None:
        return None
    words = list(allowed)
    if not isinstance(value, str):
        raise InputError(f'"{key}" must be one of {", ".join(words)}, or null.')
    if value not in words:
        raise InputError(f'"{key}": "{value}" is not known.{nearest(value, words)} Allowed: {", ".join(words)}.')
    return value


def word(payload: Payload, key: str, allowed: Iterable[str]) -> str | None:
    """The word at a key."""
    return as_word(payload.get(key), key, allowed)


def text(payload: Payload, key: str) -> str | None:
    """Free text at a key."""
    value = payload.get(key)
    if value is None or isinstance(value, str):
        return value
    raise InputError(f'"{key}" must be a text or null.')


def items(payload: Payload, key: str) -> Sequence[object] | None:
    """The array at a key."""
    value = payload.get(key)
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return value
    raise InputError(f'"{key}" must be an array or null.')


def words(payload: Payload, key: str, allowed: Iterable[str]) -> frozenset[str] | None:
    """The array of allowed words at a key, as a set."""
    values = items(payload, key)
    if values is None:
        return None
    choices = list(allowed)
    found = set()
    for value in values:
        one = as_word(value, key, choices)
        if one is None:
            raise InputError(f'"{key}" must hold words only: {", ".join(choices)}.')
        found.add(one)
    return frozenset(found)


def findings(payload: Payload, key: str, allowed: Iterable[str]) -> frozenset[str]:
    """A list of findings: what is not listed is absent, so an absent list is empty."""
    return words(payload, key, allowed) or frozenset()


def mapping(payload: Payload, key: str) -> Mapping[str, object] | None:
    """The object at a key."""
    value = payload.get(key)
    if value is None:
        return None
    if isinstance(value, Mapping):
        return value
    raise InputError(f'"{key}" must be an object or null.')


def only(inner: Mapping[str, object], key: str, allowed: Iterable[str]) -> None:
    """Refuse a key of an inner object that nobody reads."""
    choices = list(allowed)
    for name in inner:
        if name not in choices:
            hint = nearest(str(name), choices)
            raise InputError(f'"{key}": "{name}" is not a key.{hint} Allowed: {", ".join(choices)}.')


def _described(allowed: Range, whole: bool, positive: bool) -> str:
    low, high = allowed
    kind = "a whole number" if whole else "a number"
    if positive:
        return f"{kind} above 0" + (f" up to {high:g}" if high < math.inf else "")
    if low > -math.inf and high < math.inf:
        return f"{kind} from {low:g} to {high:g}"
    if low > -math.inf:
        return f"{kind} of at least {low:g}"
    return kind if high == math.inf else f"{kind} of at most {high:g}"
