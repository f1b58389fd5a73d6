"""Designs in calendar time: whole trials simulated day by day, with arrivals, open windows, staggering and delays.

    calendar = Calendar(window_days=28, per_month=2)
    design = build("tite-boin", {"levels": 5, "target": 0.3, "cohort": 3, "cohorts": 10})
    found = simulate(design, calendar, Truth((0.05, 0.15, 0.30, 0.45, 0.60)), trials=10_000, seed=1)
    found.selected, found.none_selected, found.duration_days

build(key, given) -> CalendarDesign      key of `DESIGNS`: "tite-boin", "tite-crm", "rolling-six", "bf-boin", and for
                                         comparison "boin" and "3+3", which wait for complete windows; `given` is
                                         flat, as a protocol's `parameters`, with levels, start, cohort and target
calendar_of(given) -> Calendar           from the mapping below `calendar:`; same names as the fields of `Calendar`
simulate(design, calendar, truth, trials, seed, report=None) -> Simulated
                                         truth: Truth(rates, responses=None, over=None); responses only for "bf-boin";
                                         report(done, trials) is called after each block of trials
course(design, calendar, truth, trial, seed) -> Course
                                         one of these trials, subject by subject

Every error is an InputError with one sentence. numba is imported by `simulate` and `course` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.designs import parameters
from remit.designs.boin import Boin
from remit.designs.calendar.backfill import BackfillBoin
from remit.designs.calendar.course import Course, Subject
from remit.designs.calendar.rolling_six import RollingSix
from remit.designs.calendar.simulate import course, simulate
from remit.designs.calendar.simulated import QUANTILES, Simulated
from remit.designs.calendar.timing import Calendar, calendar_of
from remit.designs.calendar.tite_boin import TimedBoin
from remit.designs.calendar.tite_crm import TimedCrm
from remit.designs.calendar.translation import CalendarDesign
from remit.designs.calendar.truth import Truth
from remit.designs.three_plus_three import ThreePlusThree
from remit.errors import InputError, nearest

__all__ = [
    "DESIGNS",
    "QUANTILES",
    "BackfillBoin",
    "Calendar",
    "CalendarDesign",
    "Course",
    "RollingSix",
    "Simulated",
    "Subject",
    "TimedBoin",
    "TimedCrm",
    "Truth",
    "build",
    "calendar_of",
    "course",
    "simulate",
]

DESIGNS: Final[dict[str, type[CalendarDesign]]] = {
    "tite-boin": TimedBoin,
    "tite-crm": TimedCrm,
    "rolling-six": RollingSix,
    "bf-boin": BackfillBoin,
    "boin": Boin,
    "3+3": ThreePlusThree,
}
"""Key → the design."""


def build(key: str, given: Mapping[str, object]) -> CalendarDesign:
    """A design from its key and parameters.

    raises   InputError, one sentence: an unknown name, a parameter that is missing, unknown or not allowed
    """
    if key not in DESIGNS:
        raise InputError(
            f'"{key}" is not a design in calendar time.{nearest(key, DESIGNS)} Designs: {", ".join(DESIGNS)}.'
        )
    return parameters.made(DESIGNS[key], key, given)
