"""One mistake in the document, said in one sentence: where, what is wrong, what is allowed, the nearest valid word."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from remit.errors import ProtocolError, nearest
from remit.protocol.places import Path, Places, children, spoken


class Problem(NamedTuple):
    """What is wrong at a path of the document."""

    path: Path
    what: str


def complain(problem: Problem, data: Any, places: Places) -> ProtocolError:
    """The exception for a problem: `protocol.yaml line 41 › escalation › desing: not a field. …`."""
    place = places.find(problem.path)
    where = " › ".join(part for part in (str(place) if place else "protocol", spoken(data, problem.path)) if part)
    return ProtocolError(f"{where}: {problem.what}")


def problems_of(error: ValidationError, model: type[BaseModel], data: Any) -> list[Problem]:
    """What a failed validation found, most telling first: a misspelt field before the field that is then missing."""
    order = {"extra_forbidden": 0, "missing": 2}
    details = sorted(error.errors(include_url=False), key=lambda detail: order.get(detail["type"], 1))
    return [_problem(detail, model, data) for detail in details]


def listed(words: Any) -> str:
    """Words for a message, at most thirty of them."""
    texts = [str(word) for word in words]
    return ", ".join(texts[:30]) + (", …" if len(texts) > 30 else "")


def _problem(detail: ErrorDetails, model: type[BaseModel], data: Any) -> Problem:
    kind = detail["type"]
    path = _real(detail["loc"], data, new_last=kind == "missing")
    if kind == "extra_forbidden":
        owner = _model_at(model, path[:-1])
        fields = list(owner.model_fields) if owner else []
        word = str(path[-1])
        return Problem(path, f"not a field.{nearest(word, fields)} Fields: {listed(fields)}.")
    return Problem(path, _what(detail, _annotation_at(model, path)))


def _what(detail: ErrorDetails, annotation: Any) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    allowed = _words(annotation)
    if kind == "missing":
        hint = f" Allowed: {listed(allowed)}." if allowed else ""
        return f"missing, and it has no default.{hint}"
    if allowed and not isinstance(value, Mapping | list | tuple):
        return f"{shown(value)} is not one of its words.{nearest(str(value), allowed)} Allowed: {listed(allowed)}."
    if kind == "string_pattern_mismatch" and str(context.get("pattern", "")).startswith("^[a-z"):
        return f'{shown(value)} is not a key. A key is lower-case letters, digits and hyphens, like "week-24".'
    if kind == "string_pattern_mismatch":
        return f'{shown(value)} is not a code. A code is up to eight capital letters, digits or "_", like "LBSTRESN".'
    if kind == "value_error":
        return f"{context.get('error', detail['msg'])}."
    if kind in ("too_short", "string_too_short"):
        return "empty, but something must be here."
    if kind == "too_long":
        return f"too many values: {context.get('actual_length')} where {context.get('max_length')} are allowed."
    if kind.startswith("date"):
        return f"{shown(value)} is not a date. Write the day as 2024-10-01."
    for start, wanted in _WANTED.items():
        if kind.startswith(start) and value is None:
            return f"empty, but {wanted} is wanted."
        if kind.startswith(start):
            quotes = " Put it in quotes to make it text." if wanted == "text" and _is_scalar(value) else ""
            return f"{shown(value)} is {_kind(value)}, but {wanted} is wanted.{quotes}"
    return f"{shown(value)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}."


_WANTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple": "a list",
    "list": "a list",
    "dict": "a mapping of fields",
    "model": "a mapping of fields",
}


def shown(value: Any) -> str:
    """A value of the document for a message: words in quotes, long ones cut."""
    if isinstance(value, str):
        return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return "this" if isinstance(value, Mapping | list | tuple) else str(value)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a mapping of fields" if isinstance(value, Mapping) else "a list"


def _is_scalar(value: Any) -> bool:
    return isinstance(value, bool | int | float)


def _real(location: tuple[int | str, ...], data: Any, *, new_last: bool) -> Path:
    """The location without the names of union members, which the validator mixes into it."""
    path: list[str | int] = []
    for position, step in enumerate(location):
        inside = dict(children(data))
        if step in inside:
            path.append(step)
            data = inside[step]
        elif new_last and position == len(location) - 1:
            path.append(step)
    return tuple(path)


def _annotation_at(model: type[BaseModel], path: Path) -> Any:
    annotation: Any = model
    for step in path:
        annotation = _bare(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            info = annotation.model_fields.get(str(step))
            annotation = info.annotation if info else None
        elif get_origin(annotation) is tuple:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
        else:
            return None
    return _bare(annotation)


def _bare(annotation: Any) -> Any:
    """The annotation without Annotated and without "or None"."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            members = [member for member in get_args(annotation) if member is not type(None)]
            if len(members) != 1:
                return annotation
            annotation = members[0]
        else:
            return annotation


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    annotation = _annotation_at(model, path)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _words(annotation: Any) -> list[str]:
    return [str(word) for word in get_args(annotation)] if get_origin(annotation) is Literal else []
