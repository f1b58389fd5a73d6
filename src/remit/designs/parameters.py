"""Checks of design parameters, each with one sentence that says what is allowed, and the reader that turns a
protocol's `parameters` into a design's own fields.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from itertools import pairwise
from typing import Any, TypeVar, get_type_hints

from remit.errors import InputError, nearest

Made = TypeVar("Made")


def number(name: str, value: object) -> float:
    """A finite number; a yes/no, a text or NaN is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name}: must be a number.")
    if not math.isfinite(value):
        raise InputError(f"{name}: must be a finite number, not {value}.")
    return float(value)


def probability(name: str, value: object) -> float:
    """A number strictly between 0 and 1."""
    share = number(name, value)
    if not 0 < share < 1:
        raise InputError(f"{name}: must be between 0 and 1, both excluded; got {share:g}.")
    return share


def count(name: str, value: object, least: int = 0, most: int | None = None) -> int:
    """A whole number within limits."""
    whole = number(name, value)
    if whole != int(whole):
        raise InputError(f"{name}: must be a whole number; got {whole:g}.")
    if whole < least or (most is not None and whole > most):
        allowed = f"{least} or more" if most is None else f"{least} to {most}"
        raise InputError(f"{name}: must be {allowed}; got {int(whole)}.")
    return int(whole)


def yes_no(name: str, value: object) -> bool:
    """True or false; protocols also write 1 and 0."""
    if value in (True, False):
        return bool(value)
    raise InputError(f"{name}: must be true or false.")


def word(name: str, value: object, allowed: Sequence[str]) -> str:
    """One of the allowed words."""
    if isinstance(value, str) and value in allowed:
        return value
    near = nearest(value, allowed) if isinstance(value, str) else ""
    raise InputError(f"{name}: allowed are {', '.join(allowed)}.{near}")


def positive(name: str, value: object) -> float:
    """A number above 0."""
    above = number(name, value)
    if above <= 0:
        raise InputError(f"{name}: must be above 0; got {above:g}.")
    return above


def rising(values: Sequence[float]) -> bool:
    """Whether each value is larger than the one before it."""
    return all(earlier < later for earlier, later in pairwise(values))


def per_level(name: str, thing: str, values: Sequence[object], levels: int) -> None:
    """One value for each level."""
    if len(values) != levels:
        raise InputError(f"{name}: must have one {thing} for each of the {levels} levels; got {len(values)}.")


def either_side(names: str, low: float, target: float, high: float) -> None:
    """Two rates with the target between them."""
    if not low < target < high:
        raise InputError(f"{names}: must lie on either side of the target {target:g}; got {low:g} and {high:g}.")


def worth_finding(design: str, null: object, good: object) -> tuple[float, float]:
    """The rate that is not worth having and the rate that is: p1 above p0."""
    p0, p1 = probability("p0", null), probability("p1", good)
    if not p0 < p1:
        raise InputError(f"{design} needs p1 > p0; got p0={p0:g}, p1={p1:g}. Swap them, or lower p0.")
    return p0, p1


def trial(levels: object, cohort: object, cohorts: object, start: object) -> None:
    """The size of a trial in cohorts, and where it starts."""
    known = count("levels", levels, 1)
    count("cohort", cohort, 1)
    count("cohorts", cohorts, 1)
    start_level(start, known)


def elimination(target: object, certainty: object, least: object) -> None:
    """When a level is closed: Pr(rate > target) > certainty, from so many subjects on."""
    probability("target", target)
    probability("certainty", certainty)
    count("least_to_eliminate", least, 1)


def rates(name: str, values: object, levels: int | None = None, rising: bool = False) -> tuple[float, ...]:
    """True rates, one per level, each in [0, 1]; `rising` also demands that none falls."""
    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__iter__"):
        raise InputError(f"{name}: must be a list of rates, one per level.")
    given = tuple(number(f"{name}, entry {place}", value) for place, value in enumerate(values, start=1))
    if not given:
        raise InputError(f"{name}: must have at least one rate.")
    if levels is not None:
        per_level(name, "rate", given, levels)
    for place, rate in enumerate(given, start=1):
        if not 0 <= rate <= 1:
            raise InputError(f"{name}: every rate must be between 0 and 1; entry {place} is {rate:g}.")
    if rising and any(later < earlier for earlier, later in pairwise(given)):
        raise InputError(f"{name}: rates must not fall from one level to the next.")
    return given


def start_level(start: object, levels: int) -> int:
    """The first level, which must exist."""
    first = count("start", start, 1)
    if first > levels:
        raise InputError(f"start: must be one of the levels 1 to {levels}; got {first}.")
    return first


def made(kind: type[Made], key: str, given: Mapping[str, object], guards: tuple[object, ...] = ()) -> Made:
    """An instance of a design, guard or rule from named parameters.

    kind      a frozen dataclass that checks its own fields
    key       its name in the registry, for the message
    given     parameter name → value; lists, and text with numbers in it, become tuples; an absent one takes its default
    guards    for the field of that name, where there are any
    raises    InputError: an unknown or missing name, or what the dataclass itself refuses
    """
    known = {field.name: field for field in fields(kind) if field.init}  # type: ignore[arg-type]
    for name in given:
        if name not in known or name == "guards":
            allowed = [name for name in known if name != "guards"]
            near = nearest(name, allowed)
            raise InputError(f"{key}: {name} is not a parameter.{near} Allowed: {', '.join(allowed)}.")
    for name, field in known.items():
        if name not in given and field.default is MISSING and field.default_factory is MISSING:
            raise InputError(f"{key}: {name} is missing.")
        if field.default == () and name in given and given[name] in ([], (), ""):
            raise InputError(f"{key}: {name}: the list is empty; give its numbers, or leave the parameter out.")
    hints = get_type_hints(kind)
    values: dict[str, Any] = {name: _coerced(f"{key}: {name}", value, hints[name]) for name, value in given.items()}
    if guards:
        values["guards"] = guards
    return kind(**values)


def _coerced(name: str, value: object, hint: object) -> object:
    text = str(hint)
    if value is None:
        if "None" in text:
            return None
        raise InputError(f"{name}: must be given.")
    if text.startswith("tuple[float"):
        return tuple(number(name, one) for one in _listed(name, value))
    if text.startswith("tuple"):
        return value if isinstance(value, str) else _tupled(value)
    if hint is bool:
        return yes_no(name, value)
    if hint is int or text == "int | None":
        return count(name, value, -(10**9))
    if hint is float or text == "float | None":
        return number(name, value)
    return value


def _listed(name: str, value: object) -> list[object]:
    """A list as it stands, or the numbers in a text: a protocol's parameters hold no lists."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str):
        try:
            return [float(one) for one in value.replace(",", " ").split()]
        except ValueError:
            raise InputError(f"{name}: must be numbers with spaces between them.") from None
    raise InputError(f"{name}: must be a list of numbers.")


def _tupled(value: object) -> object:
    return tuple(_tupled(one) for one in value) if isinstance(value, list | tuple) else value
