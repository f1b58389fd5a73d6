"""The calendar of a trial: how subjects arrive, how long each is watched and when a DLT comes, and what must wait for
what.

A day counts from the opening of the trial. A subject is *enrolled* when a place is given (and the cells are ordered),
*treated* on the first infusion, and *resolved* when the design knows the outcome: on the day of a DLT, at the end of
the window, or when the subject is lost.

Sources: Yuan et al. 2018, Clin Cancer Res 24:4921 [volume and page recalled, unverified], for onset by a Weibull
curve with a given share in the later half of the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from remit.designs import parameters
from remit.errors import InputError

MONTH_DAYS: Final = 30.4375
ACCRUALS: Final = ("poisson", "fixed", "uniform")
CLOSED: Final = ("wait", "pause", "leave")
ANCHORS: Final = ("first-infusion", "last-infusion", "each-infusion")
ONSETS: Final = ("uniform", "weibull", "late")
MOST_PER_MONTH: Final = 10_000.0
MOST_DAYS: Final = 3_652.5


@dataclass(frozen=True)
class Calendar:
    """Arrivals, windows and delays.

    window_days            DLT window; 0 where a DLT is known at once
    per_month              mean arrivals per month of 30.4375 days
    accrual                poisson: exponential gaps; fixed: equal gaps; uniform: gaps between 0 and twice the mean
    while_closed           who arrives while no place is open: wait (in line, others arrive behind), pause (waits, and
                           nobody else is screened until then), leave (is lost to the trial)
    infusion_days          days of the infusions, the first on 0
    anchor                 the clock of the window: first-infusion, last-infusion, or each-infusion (each has a window
                           of its own, DLTs are shared out equally, follow-up is the mean over the windows)
    onset                  when in the window a DLT comes: uniform; weibull, with `late_share` of the DLTs in its second
                           half and a curve that depends on the true rate; late: uniform in each half of the window
    late_share             share of the DLTs that come in the second half of the window; read by weibull and late
    stagger_first_days     least days from the first to the second subject ever treated at a level
    stagger_subjects_days  least days from one subject to the next
    stagger_cohorts_days   least days from the last subject of a cohort to the first of the next
    manufacturing_days     from enrollment to the release of the cells, on which the first infusion is given
    manufacturing_failure  probability that no cells are released; known on the day of release, then replaced
    not_evaluable          probability that a subject leaves during the window, at any time of it alike; one who has had
                           no DLT by then is taken out of the counts and replaced
    """

    window_days: float
    per_month: float
    accrual: str = "poisson"
    while_closed: str = "wait"
    infusion_days: tuple[float, ...] = (0.0,)
    anchor: str = "last-infusion"
    onset: str = "uniform"
    late_share: float = 0.5
    stagger_first_days: float = 0.0
    stagger_subjects_days: float = 0.0
    stagger_cohorts_days: float = 0.0
    manufacturing_days: float = 0.0
    manufacturing_failure: float = 0.0
    not_evaluable: float = 0.0

    def __post_init__(self) -> None:
        rate = parameters.number("per_month", self.per_month)
        if not 0 < rate <= MOST_PER_MONTH:
            raise InputError(f"per_month: must be above 0 and at most {MOST_PER_MONTH:g}; got {rate:g}.")
        for name, value in (
            ("window_days", self.window_days),
            ("stagger_first_days", self.stagger_first_days),
            ("stagger_subjects_days", self.stagger_subjects_days),
            ("stagger_cohorts_days", self.stagger_cohorts_days),
            ("manufacturing_days", self.manufacturing_days),
        ):
            _days(name, value)
        parameters.word("accrual", self.accrual, ACCRUALS)
        parameters.word("while_closed", self.while_closed, CLOSED)
        parameters.word("anchor", self.anchor, ANCHORS)
        parameters.word("onset", self.onset, ONSETS)
        parameters.probability("late_share", self.late_share)
        for name, value in (
            ("manufacturing_failure", self.manufacturing_failure),
            ("not_evaluable", self.not_evaluable),
        ):
            if not 0 <= parameters.number(name, value) < 1:
                raise InputError(f"{name}: must be a probability from 0 to below 1; got {value:g}.")
        days = [_days("infusion_days", day) for day in self.infusion_days]
        if not days or days[0] != 0 or any(later <= earlier for earlier, later in pairwise(days)):
            raise InputError("infusion_days: must start with 0 and rise.")

    @property
    def gap_days(self) -> float:
        """Mean days between two arrivals."""
        return MONTH_DAYS / self.per_month

    @property
    def watched_days(self) -> float:
        """Days from the first infusion to the end of the last window."""
        return self.window_days + (0.0 if self.anchor == "first-infusion" else self.infusion_days[-1])


def calendar_of(given: Mapping[str, object]) -> Calendar:
    """A calendar from the fields a document gives; an absent one takes its default.

    raises   InputError, one sentence: a name that is unknown or missing, or a value that is not allowed
    """
    return parameters.made(Calendar, "calendar", given)


def _days(name: str, value: float) -> float:
    if not 0 <= parameters.number(name, value) <= MOST_DAYS:
        raise InputError(f"{name}: must be between 0 and {MOST_DAYS:g} days; got {value:g}.")
    return value
