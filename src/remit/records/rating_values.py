"""What a row of a rating form is worth: the points or the yes of an item, a typed total, the answer to a question.

A value that its scale does not have, or a result that contradicts the collected one, is unknown; the checks of
`records.checks.ratings` report it.
"""

from __future__ import annotations

from remit.criteria import TOLERANCE
from remit.records.rating_codes import Item

_TRUTH = {"PRESENT": True, "Y": True, "YES": True, "ABSENT": False, "N": False, "NO": False}


def number(collected: str | None, standard: float | None) -> float | None:
    """The standardized number, else the collected one; None where there is none, or where the two disagree."""
    try:
        typed = None if collected is None else float(collected.strip())
    except ValueError:
        typed = None
    if standard is None:
        return typed
    return standard if typed is None or abs(typed - standard) <= TOLERANCE else None


def truth(collected: str | None, standard: str | None) -> bool | None:
    """The answer to a yes-no or presence question, from the collected or the standardized word."""
    for word in (collected, standard):
        if word is not None and word.strip().upper() in _TRUTH:
            return _TRUTH[word.strip().upper()]
    return None


def on_scale(value: float, high: float, among: tuple[float, ...] = ()) -> bool:
    """Whether points are a whole number from 0 to the most there are, or one of those that there are."""
    return 0 <= value <= high and (value in among if among else value == int(value))


def worth(item: Item, collected: str | None, word: str | None, standard: float | None) -> float | None:
    """The value of an item by its kind: presence and yes-no are 1 and 0; None is unknown."""
    if item.kind in ("presence", "yes-no"):
        said = truth(collected, word)
        return None if said is None else float(said)
    value = number(collected, standard)
    if value is None or (item.kind == "number" and not 0 <= value <= item.high):
        return None
    return value if item.kind == "number" or on_scale(value, item.high, item.among) else None
