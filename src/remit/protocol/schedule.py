"""When things happen: infusion schedules, visits with their windows, data cuts and planned analyses.

Protocol days throughout: the first infusion is day 0, days before it are negative.
"""

from __future__ import annotations

import datetime

from pydantic import Field

from remit.protocol.doc import Doc, Key, Text


class Schedule(Doc):
    """The protocol days of the infusions; `daily_through` repeats the first one every day up to that day."""

    key: Key
    label: Text
    days: tuple[int, ...] = Field(min_length=1)
    daily_through: int | None = None


class Visit(Doc):
    """One planned visit.

    number        value of VISITNUM
    day           planned protocol day, or None when it hangs on an event
    window        first and last protocol day that count as this visit, or None: taken by its number
    assessments   what is done, in the words of the protocol
    """

    key: Key
    label: Text
    number: float
    day: int | None = None
    window: tuple[int, int] | None = None
    assessments: tuple[Text, ...] = ()


class DataCut(Doc):
    """A planned data cut: what happened on or before `date` counts."""

    key: Key
    label: Text
    date: datetime.date


class PlannedAnalysis(Doc):
    """An analysis the protocol plans: at which cut, in which set, of which endpoints."""

    key: Key
    label: Text
    cut: Key | None = None
    population: Key | None = None
    endpoints: tuple[Key, ...] = ()
