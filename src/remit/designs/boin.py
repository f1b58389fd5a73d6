"""BOIN, the Bayesian optimal interval design: compare the DLT rate at the level with two fixed boundaries.

Sources: Liu & Yuan 2015, JRSS-C 64:507 (erratum 2022, 71:491); Yan et al. 2020, J Stat Softw 94(13). Ties, the
capping of the table, titration and early stopping follow the R package BOIN 2.7.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from remit.designs import ladder, parameters
from remit.designs.decide import Decision, Guard
from remit.designs.ladder import DOWN, STAY, UP, Course, Ladder
from remit.designs.outcomes import Outcomes
from remit.errors import InputError

TIE = 1e-12


@dataclass(frozen=True)
class Boin:
    """The design.

    levels, target       number of levels; true DLT rate sought
    cohort, cohorts      subjects a cohort, cohorts at most
    low_rate, high_rate  rates worth telling from the target; default 0.6 and 1.4 times the target
    certainty            posterior probability of exceeding the target that eliminates a level (from 3 subjects)
    early_stop           subjects at a level after which a decision to stay ends the trial
    plain_early_stop     end the trial there whatever the decision
    titration            single subjects upwards until the first DLT, then fill that cohort
    extra_safe, offset   stop at the lowest level already at certainty - offset
    bound_mtd            never recommend a level whose estimate is above the de-escalation boundary
    """

    key: ClassVar[str] = "boin"

    levels: int
    target: float
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    low_rate: float | None = None
    high_rate: float | None = None
    certainty: float = 0.95
    least_to_eliminate: int = 3
    early_stop: int | None = None
    plain_early_stop: bool = False
    titration: bool = False
    extra_safe: bool = False
    offset: float = 0.05
    bound_mtd: bool = False
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.elimination(self.target, self.certainty, self.least_to_eliminate)
        parameters.number("offset", self.offset)
        if not 0 <= self.offset < self.certainty:
            raise InputError(f"offset: must be 0 or more and below certainty, {self.certainty:g}; got {self.offset:g}.")
        low, high = self._rates
        parameters.probability("low_rate", low)
        if self.high_rate is None and high >= 1:
            raise InputError(
                f"target: at {self.target:g} the default high_rate, 1.4 times the target, is {high:g} and not below 1; "
                "give high_rate, or a lower target."
            )
        parameters.probability("high_rate", high)
        parameters.either_side("low_rate, high_rate", low, self.target, high)
        _ = self.course

    @property
    def _rates(self) -> tuple[float, float]:
        low = 0.6 * self.target if self.low_rate is None else self.low_rate
        high = 1.4 * self.target if self.high_rate is None else self.high_rate
        return low, high

    @property
    def bounds(self) -> tuple[float, float]:
        """The two boundaries: escalate at or below the first, de-escalate at or above the second."""
        return boundaries(self.target, *self._rates)

    @property
    def course(self) -> Course:
        """How the trial runs around the table."""
        return Course(
            levels=self.levels,
            cohort=self.cohort,
            cohorts=self.cohorts,
            target=self.target,
            start=self.start,
            early_stop=self.early_stop,
            plain_early_stop=self.plain_early_stop,
            titration=self.titration,
            bound=self.bounds[1] if self.bound_mtd else None,
        )

    @property
    def ladder(self) -> Ladder:
        """The decision table."""
        unsafe_above = self.certainty - self.offset if self.extra_safe else None
        return _table(
            self.course.subjects,
            self.target,
            *self._rates,
            self.certainty,
            self.least_to_eliminate,
            unsafe_above,
        )

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the table."""
        return ladder.rule(self.ladder, self.course, seen)

    def select(self, seen: Outcomes) -> int | None:
        """The treated level, not eliminated, whose isotonic estimate is closest to the target."""
        return ladder.select(self.ladder, self.course, seen)


def boundaries(target: float, low_rate: float, high_rate: float) -> tuple[float, float]:
    """Escalation and de-escalation boundary: the rates at which two neighboring hypotheses are equally likely."""
    escalate = math.log((1 - low_rate) / (1 - target)) / math.log(target * (1 - low_rate) / (low_rate * (1 - target)))
    de_escalate = math.log((1 - target) / (1 - high_rate)) / math.log(
        high_rate * (1 - target) / (target * (1 - high_rate))
    )
    return escalate, de_escalate


@lru_cache(maxsize=256)
def _table(
    most: int,
    target: float,
    low_rate: float,
    high_rate: float,
    certainty: float,
    least: int,
    unsafe_above: float | None,
) -> Ladder:
    escalate, de_escalate = boundaries(target, low_rate, high_rate)

    def action(n: int, y: int) -> int:
        if y <= math.floor(escalate * n):
            return UP
        limit = de_escalate * n
        # At an exact tie the package de-escalates from the next count on, although the paper writes "at or above".
        first = round(limit) + 1 if abs(limit - round(limit)) < TIE else math.ceil(limit)
        return DOWN if y >= first else STAY

    words = (
        f"the rate is at or below {escalate:.4g}",
        f"the rate is between {escalate:.4g} and {de_escalate:.4g}",
        f"the rate is at or above {de_escalate:.4g}",
    )
    return ladder.table(most, action, target, certainty, least, words, unsafe_above)
