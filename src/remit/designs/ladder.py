"""Designs that read one level at a time: a decision table by (subjects, DLTs), and the course of the trial.

BOIN, keyboard, mTPI, mTPI-2, i3+3 and any table brought along differ in the table alone; moving, eliminating,
stopping and choosing the recommended level are the same for all and stand here once.

Order of the questions after a cohort, as in the R packages BOIN and Keyboard: all subjects treated? level
eliminated? lowest level unsafe? enough subjects where the decision is to stay? else move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from remit.designs import isotonic, parameters, size
from remit.designs.decide import Decision, counted, go, stop
from remit.designs.outcomes import Outcomes
from remit.designs.posterior import exceeds
from remit.errors import InputError

UP, STAY, DOWN = 1, 0, -1
BLOCK = 4096  # states whose arrays stay in the cache


@dataclass(frozen=True)
class Ladder:
    """A decision table.

    move        move[n][y] is +1, 0 or -1 for n subjects with y DLTs at the level
    eliminated  eliminated[n][y]: the level, and all above it, are closed for good
    unsafe      unsafe[n][y]: at the lowest level, stop the trial
    words       what the minutes say of a level that asks to escalate, stay, de-escalate
    """

    move: tuple[tuple[int, ...], ...]
    eliminated: tuple[tuple[bool, ...], ...]
    unsafe: tuple[tuple[bool, ...], ...]
    words: tuple[str, str, str]

    @property
    def most(self) -> int:
        """Largest number of subjects at a level that the table covers."""
        return len(self.move) - 1

    def escalate_at_most(self, subjects: int) -> int | None:
        """Largest number of DLTs that still escalates; None when none does."""
        return max((y for y, move in enumerate(self.move[subjects]) if move == UP), default=None)

    def de_escalate_at_least(self, subjects: int) -> int | None:
        """Smallest number of DLTs that de-escalates; None when none does."""
        return min((y for y, move in enumerate(self.move[subjects]) if move == DOWN), default=None)

    def eliminate_at_least(self, subjects: int) -> int | None:
        """Smallest number of DLTs that closes the level; None when none does."""
        return min((y for y, closed in enumerate(self.eliminated[subjects]) if closed), default=None)


@dataclass(frozen=True)
class Course:
    """How the trial runs around the table.

    levels, start     number of levels, and the first one
    cohort, cohorts   subjects a cohort, and the largest number of cohorts
    target            true DLT rate sought
    early_stop        subjects at a level after which a decision to stay ends the trial; None for never
    plain_early_stop  end whatever the decision is once `early_stop` is reached
    titration         single subjects upwards until the first DLT
    bound             choose no level whose estimate is above this; None for no bound
    """

    levels: int
    cohort: int
    cohorts: int
    target: float
    start: int = 1
    early_stop: int | None = None
    plain_early_stop: bool = False
    titration: bool = False
    bound: float | None = None

    def __post_init__(self) -> None:
        parameters.trial(self.levels, self.cohort, self.cohorts, self.start)
        parameters.probability("target", self.target)
        if self.early_stop is not None:
            parameters.count("early_stop", self.early_stop, 1)

    @property
    def subjects(self) -> int:
        """Planned subjects."""
        return self.cohort * self.cohorts

    @property
    def first(self) -> int:
        """Size of the first cohort."""
        return 1 if self.titration else self.cohort


def table(
    most: int,
    action: Callable[[int, int], int],
    target: float,
    certainty: float,
    least: int,
    words: tuple[str, str, str],
    unsafe_above: float | None = None,
) -> Ladder:
    """The ladder of a rule, with the usual elimination: Pr(rate > target) > certainty under a Beta(1, 1) prior.

    most          largest number of subjects at one level
    action        (subjects, DLTs) → +1, 0, -1
    least         fewest subjects at which a level can be eliminated
    unsafe_above  Pr(rate > target) at the lowest level above which the trial stops; None for no such rule
    raises        InputError: more subjects than a table is made for
    """
    size.subjects(most)
    grid = range(1, most + 1)
    doubt = {(n, y): exceeds(y, n, target) for n in grid for y in range(n + 1)}
    closed = {cell: cell[0] >= least and share > certainty for cell, share in doubt.items()}
    unsafe = {cell: unsafe_above is not None and cell[0] >= 3 and share > unsafe_above for cell, share in doubt.items()}

    def rows(cell: Callable[[int, int], int]) -> tuple[tuple[int, ...], ...]:
        return ((0,), *(tuple(cell(n, y) for y in range(n + 1)) for n in grid))

    return Ladder(
        move=rows(lambda n, y: DOWN if closed[n, y] else action(n, y)),
        eliminated=tuple(tuple(bool(one) for one in row) for row in rows(lambda n, y: closed[n, y])),
        unsafe=tuple(tuple(bool(one) for one in row) for row in rows(lambda n, y: unsafe[n, y])),
        words=words,
    )


def rule(ladder: Ladder, course: Course, seen: Outcomes) -> Decision:
    """The decision of a ladder design, without guards."""
    left = course.subjects - seen.total
    if seen.total == 0:
        return go(seen, seen.level, min(course.first, left), f"The trial starts at level {seen.level}.")
    level, (n, y) = seen.level, seen.here
    if n > ladder.most:
        raise InputError(f"treated: level {level} has {n} subjects, but the design plans at most {ladder.most}.")
    here = counted(n, y, level)
    if left <= 0:
        return stop(f"All {course.subjects} planned subjects are treated.")
    if course.titration and n == 1 and course.cohort > 1:
        if y == 0 and level < course.levels:
            return go(seen, level + 1, 1, f"Single-subject titration goes on after {here}.")
        fill = min(course.cohort - 1, left)
        return go(seen, level, fill, f"Titration ends after {here}; the cohort is filled to {course.cohort}.")
    closed = _first_closed(ladder, seen)
    if closed is not None and closed <= level:
        why = f"{counted(*seen.at(closed), closed)}: the level is too toxic and closed with all above it"
        if closed == 1:
            return stop(f"{why}; no level is left.")
        return go(seen, closed - 1, min(course.cohort, left), f"{why}; go to level {closed - 1}.")
    if level == 1 and ladder.unsafe[n][y]:
        return stop(f"{here}: the lowest level is not safe enough to go on.")
    move = ladder.move[n][y]
    why = f"{here}: {ladder.words[1 - move]}"
    if move == UP and level == course.levels:
        move, why = STAY, f"{why}, but this is the top level"
    elif move == UP and closed == level + 1:
        move, why = STAY, f"{why}, but level {closed} is closed"
    elif move == DOWN and level == 1:
        move, why = STAY, f"{why}, but this is the lowest level"
    if course.early_stop is not None and n >= course.early_stop and (move == STAY or course.plain_early_stop):
        return stop(f"{why}; with {course.early_stop} or more subjects here the trial ends.")
    there = ("stay at", "escalate to", "de-escalate to")[move]
    return go(seen, level + move, min(course.cohort, left), f"{why}; {there} level {level + move}.")


def select(ladder: Ladder, course: Course, seen: Outcomes) -> int | None:
    """The recommended level, or None."""
    if max(seen.treated) > ladder.most:
        raise InputError(f"treated: a level has {max(seen.treated)} subjects, but the design plans {ladder.most}.")
    treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
    return int(selections(ladder, course, treated, dlts)[0]) or None


def selections(
    ladder: Ladder, course: Course, treated: NDArray[np.int64], dlts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The recommended level of many final states at once; 0 for none.

    treated, dlts   shape (states, levels)
    """
    chosen = np.empty(len(treated), dtype=np.int64)
    for at in range(0, len(treated), BLOCK):
        some = slice(at, at + BLOCK)
        chosen[some] = _chosen(ladder, course, treated[some].T, dlts[some].T)
    return chosen


def _chosen(ladder: Ladder, course: Course, treated: NDArray[np.int64], dlts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The recommended level per state; counts of shape (levels, states)."""
    eliminated, unsafe = _flat(ladder)
    cell = np.ascontiguousarray(treated * (treated + 1) // 2 + dlts)
    shut = eliminated[cell]
    shut[0] |= unsafe[cell[0]]
    for level in range(1, len(shut)):
        shut[level] |= shut[level - 1]
    allowed = (cell > 0) & ~shut
    # Closed levels do not enter the fit: pooled with them, a lower level would look more toxic than it was.
    fitted = isotonic.fit(np.where(allowed, cell, 0), len(ladder.move) - 1)
    return isotonic.closest(fitted, allowed, course.target, course.bound)


@lru_cache(maxsize=64)
def _flat(ladder: Ladder) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Eliminated and unsafe as one array each: entry n (n + 1) / 2 + y is row n, column y."""
    eliminated, unsafe = (np.array([one for row in rows for one in row]) for rows in (ladder.eliminated, ladder.unsafe))
    return eliminated, unsafe


def _first_closed(ladder: Ladder, seen: Outcomes) -> int | None:
    for place, (n, y) in enumerate(zip(seen.treated, seen.dlts, strict=True), start=1):
        if ladder.eliminated[min(n, ladder.most)][min(y, ladder.most)]:
            return place
    return None
