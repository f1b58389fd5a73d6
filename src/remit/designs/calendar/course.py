"""One simulated trial, subject by subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.designs.calendar.scene import Log, Tally

OUTCOMES: Final = ("no DLT", "DLT", "not evaluable", "no cells")


@dataclass(frozen=True)
class Subject:
    """A subject; days count from the opening of the trial.

    candidate      place among all who arrived, from 1
    level          level assigned
    cohort         number of the cohort, from 1; None when backfilled. In a rolling six: of the stay at a level
    enrolled_day   a place was given
    treated_day    first infusion; None when no cells were released
    resolved_day   the outcome was known
    outcome        one of OUTCOMES
    """

    candidate: int
    level: int
    cohort: int | None
    enrolled_day: float
    treated_day: float | None
    resolved_day: float
    outcome: str


@dataclass(frozen=True)
class Course:
    """A trial.

    subjects       in the order of enrollment
    level          recommended; None for none
    closed         the lowest level shut for good; None for none
    turned_away    arrivals lost
    days           until the last outcome was known
    """

    subjects: tuple[Subject, ...]
    level: int | None
    closed: int | None
    turned_away: int
    days: float


def course_of(tally: Tally, log: Log, level: int | None) -> Course:
    """The course of the one trial in a tally."""
    subjects = tuple(
        Subject(
            candidate + 1,
            at,
            cohort or None,
            enrolled,
            None if outcome == OUTCOMES.index("no cells") else treated,
            resolved,
            OUTCOMES[outcome],
        )
        for candidate, at, cohort, outcome, enrolled, treated, resolved in zip(
            *(column[: tally.enrolled[0]].tolist() for column in log), strict=True
        )
    )
    closed = int(tally.closed[0])
    return Course(
        subjects,
        level,
        closed if closed <= tally.treated.shape[1] else None,
        int(tally.turned_away[0]),
        float(tally.days[0]),
    )
