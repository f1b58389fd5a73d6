"""The courses of several cohorts as one course, in the order of the subjects' names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from remit.virtual.course import Course, Events, Whole
from remit.virtual.observe.sheet import usubjid

_SHARED = ("conditioning_day",)
"""The same for all subjects of a protocol."""


def gathered(parts: Sequence[Course]) -> Course:
    """One course of everybody; records that are written from it come in the order of their keys."""
    trial, subject = (np.concatenate([getattr(part.enrolled, name) for part in parts]) for name in ("trial", "subject"))
    order = usubjid(trial, subject).arg_sort().to_numpy().astype(np.int64)
    found: dict[str, Any] = {
        one.name: _events(parts, order) if one.name == "events" else _joined(parts, one.name, order)
        for one in fields(Course)
    }
    return Course(**found)


def _joined(parts: Sequence[Any], name: str, order: Whole) -> Any:
    """A field of all parts; arrays have one row per subject, and what is no array is the same for all."""
    values = [getattr(part, name) for part in parts]
    first: Any = values[0]
    if is_dataclass(first) and not isinstance(first, type):
        joined: dict[str, Any] = {one.name: _joined(values, one.name, order) for one in fields(first)}
        return replace(first, **joined)
    if name in _SHARED or not isinstance(first, np.ndarray):
        return first
    return np.concatenate(values)[order]


def _events(parts: Sequence[Course], order: Whole) -> Events:
    """Events with the new rows of their subjects; those of a subject stay in their order."""
    begin = np.cumsum([0, *(len(part.end_day) for part in parts)])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    columns = {name: np.concatenate([getattr(part.events, name) for part in parts]) for name in vars(parts[0].events)}
    shift = np.repeat(begin[:-1], [len(part.events.row) for part in parts])
    columns["row"] = place[columns["row"] + shift]
    kept = np.argsort(columns["row"], kind="stable")
    return Events(**{name: values[kept] for name, values in columns.items()})
