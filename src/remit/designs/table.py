"""A decision table brought along: any design that reads one level at a time, written down as letters.

The letters are those of published tables: E escalate, S stay, D de-escalate, DU de-escalate and never return.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from remit.designs import ladder, parameters
from remit.designs.decide import Decision, Guard
from remit.designs.ladder import DOWN, STAY, UP, Course, Ladder
from remit.designs.outcomes import Outcomes
from remit.errors import InputError

LETTERS = {"E": (UP, False), "S": (STAY, False), "D": (DOWN, False), "DU": (DOWN, True), "U": (DOWN, True)}


@dataclass(frozen=True)
class TableDesign:
    """The design.

    levels, target   number of levels; true DLT rate sought, which the recommended level is closest to
    rows             one per number of subjects: (3, "E S D DU") says what 0, 1, 2 and 3 DLTs in 3 subjects do; in a
                     protocol one text, "3: E S D DU; 6: E E S D DU DU DU"
    cohort, cohorts  subjects a cohort, cohorts at most
    early_stop       end the trial once a level has this many subjects
    """

    key: ClassVar[str] = "table"

    levels: int
    target: float
    rows: tuple[tuple[int, str], ...] | str
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    early_stop: int | None = None
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.probability("target", self.target)
        listed = [_row(row)[0] for row in self.listed]
        if not listed:
            raise InputError('rows: must list pairs of a number of subjects and letters, like [3, "E S D DU"].')
        last = min(self.course.subjects, self.early_stop or self.course.subjects)
        for n in range(self.cohort, last, self.cohort):
            if n not in listed:
                raise InputError(f"rows: no row for {n} subjects; the trial can reach every multiple of {self.cohort}.")

    @property
    def listed(self) -> tuple[tuple[int, str], ...]:
        """The rows as pairs."""
        if not isinstance(self.rows, tuple | str):
            raise InputError('rows: must list pairs of a number of subjects and letters, like [3, "E S D DU"].')
        return _read(self.rows) if isinstance(self.rows, str) else self.rows

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
            plain_early_stop=self.early_stop is not None,
        )

    @property
    def ladder(self) -> Ladder:
        """The decision table."""
        return _ladder(self.listed, self.course.subjects)

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the table."""
        n = seen.here[0]
        last = self.early_stop or self.course.subjects
        if 0 < n < last and seen.total < self.course.subjects and n not in dict(self.listed):
            raise InputError(f"rows: no row for {n} subjects.")
        return ladder.rule(self.ladder, self.course, seen)

    def select(self, seen: Outcomes) -> int | None:
        """The treated level, not eliminated, whose isotonic estimate is closest to the target."""
        return ladder.select(self.ladder, self.course, seen)


def _read(text: str) -> tuple[tuple[int, str], ...]:
    rows = []
    for part in text.split(";"):
        n, colon, letters = part.partition(":")
        if not colon or not n.strip().isdecimal():
            raise InputError('rows: write them as "3: E S D DU; 6: E E S D DU DU DU".')
        rows.append((int(n), letters.strip()))
    return tuple(rows)


def _row(row: tuple[int, str]) -> tuple[int, list[tuple[int, bool]]]:
    if not isinstance(row, tuple) or len(row) != 2 or not isinstance(row[1], str):
        raise InputError('rows: each must be a number of subjects and letters, like [3, "E S D DU"].')
    n = parameters.count("rows", row[0], 1)
    letters = row[1].split()
    if len(letters) != n + 1:
        raise InputError(f"rows: {n} subjects need {n + 1} letters, for 0 to {n} DLTs; got {len(letters)}.")
    return n, [LETTERS[parameters.word(f"rows, {n} subjects", letter, tuple(LETTERS))] for letter in letters]


@lru_cache(maxsize=64)
def _ladder(rows: tuple[tuple[int, str], ...], most: int) -> Ladder:
    listed = dict(_row(row) for row in rows)
    full = [listed.get(n, [(STAY, False)] * (n + 1)) for n in range(most + 1)]
    return Ladder(
        move=tuple(tuple(move for move, _ in row) for row in full),
        eliminated=tuple(tuple(closed for _, closed in row) for row in full),
        unsafe=tuple((False,) * len(row) for row in full),
        words=("the table says escalate", "the table says stay", "the table says de-escalate"),
    )
