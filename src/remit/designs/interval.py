"""What keyboard, mTPI, mTPI-2 and i3+3 share: a target interval, and a decision table made from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from remit.designs import ladder, parameters
from remit.designs.decide import Decision, Guard
from remit.designs.ladder import Course, Ladder
from remit.designs.outcomes import Outcomes
from remit.errors import InputError

Action = Callable[[int, int], int]


@dataclass(frozen=True)
class IntervalDesign(ABC):
    """A design with a target interval from target - below to target + above.

    levels, target      number of levels; true DLT rate sought
    below, above        half-widths of the interval that counts as on target
    cohort, cohorts     subjects a cohort, cohorts at most
    certainty           posterior probability of exceeding the target that eliminates a level
    least_to_eliminate  fewest subjects at which a level can be eliminated
    early_stop          subjects at a level after which a decision to stay ends the trial
    """

    key: ClassVar[str]

    levels: int
    target: float
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    below: float = 0.05
    above: float = 0.05
    certainty: float = 0.95
    least_to_eliminate: int = 3
    early_stop: int | None = None
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.elimination(self.target, self.certainty, self.least_to_eliminate)
        parameters.positive("below", self.below)
        parameters.positive("above", self.above)
        low, high = self.interval
        if low < 0 or high > 1:
            raise InputError(f"below, above: the interval {low:g} to {high:g} must lie between 0 and 1.")
        _ = self.course

    @property
    def interval(self) -> tuple[float, float]:
        """The rates that count as on target."""
        return self.target - self.below, self.target + self.above

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
        )

    @property
    def ladder(self) -> Ladder:
        """The decision table."""
        return _table(
            type(self).action,
            self.words(*self.interval),
            self.course.subjects,
            self.target,
            self.interval,
            self.certainty,
            self.least_to_eliminate,
        )

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the table."""
        return ladder.rule(self.ladder, self.course, seen)

    def select(self, seen: Outcomes) -> int | None:
        """The treated level, not eliminated, whose isotonic estimate is closest to the target."""
        return ladder.select(self.ladder, self.course, seen)

    @staticmethod
    @abstractmethod
    def action(subjects: int, dlts: int, target: float, interval: tuple[float, float]) -> int:
        """+1, 0 or -1 before elimination."""

    @staticmethod
    @abstractmethod
    def words(low: float, high: float) -> tuple[str, str, str]:
        """What the minutes say when the level asks to escalate, stay, de-escalate."""


@lru_cache(maxsize=256)
def _table(
    action: Callable[[int, int, float, tuple[float, float]], int],
    words: tuple[str, str, str],
    most: int,
    target: float,
    interval: tuple[float, float],
    certainty: float,
    least: int,
) -> Ladder:
    return ladder.table(most, lambda n, y: action(n, y, target, interval), target, certainty, least, words)
