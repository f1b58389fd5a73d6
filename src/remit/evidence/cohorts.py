"""Cohorts drawn from a claims document: patients, invented, who meet every printed number at once.

Uniform means: every table of numbered patients on the grids of the document that keeps all statements is as likely as
every other. Parts of a document that have nothing to do with each other are drawn apart and laid side by side in random
order. A part with few multisets of patients is counted out and drawn exactly (`exactly`); any other by a Markov chain
(`walk`), and the draws say which.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from remit.errors import InputError, NotDerivable
from remit.evidence import exactly
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP, Part, parts
from remit.evidence.grids import MONTH_DAYS, Grid, grids
from remit.evidence.kinds import Partition
from remit.evidence.layout import Layout, layout, starts
from remit.evidence.solver import Budget
from remit.evidence.tables import CUT, Column, Tables
from remit.evidence.verdicts import check
from remit.evidence.walk import Pace, Walk
from remit.streams import stream

Progress = Callable[[str], None]


@dataclass(frozen=True)
class How:
    """How one part of the document was drawn.

    statements   ids of the part
    columns      events and variables of the part
    tables       how many tables of numbered patients fit, where they were counted; the draw is then exactly uniform
    pace         of the chain, where the part was walked
    """

    statements: tuple[str, ...]
    columns: tuple[str, ...]
    tables: int | None
    pace: Pace | None

    def words(self) -> str:
        """The sentence that belongs beside any number from these draws."""
        about = ", ".join(self.columns)
        if self.tables is not None:
            return f"{about}: exactly uniform over the {self.tables:.4g} tables that fit, which were counted."
        assert self.pace is not None
        pace = self.pace
        times = pace.visits / max(pace.memory, 1.0)
        sure = "" if pace.settled else " The pilot was too short to show that this is enough: take it with care."
        return (
            f"{about}: each draw is the end of its own Markov chain of {pace.visits:,} visits to tables that fit, "
            f"{times:.0f} times the longest autocorrelation time ({pace.memory:,.0f}); chains from different starts "
            f"differ by a factor of {pace.apart:.2f} (1 is not at all).{sure}"
        )


@dataclass(frozen=True)
class Cohorts:
    """Drawn cohorts, draws × patients.

    tables   every column as the evidence room sees it: flags, codes of partitions, numbers in steps of their grid
    cut      day of the cut per draw where the document has dates, else None
    loose    ids of statements that hold only if their numbers were cut off, not rounded
    """

    claims: Claims
    tables: Tables
    how: tuple[How, ...]
    loose: frozenset[str]
    seed: int
    first: int = 1

    @property
    def draws(self) -> int:
        """How many."""
        return self.tables.shape[0]

    @property
    def cut(self) -> tuple[datetime.date, ...] | None:
        """The day of the cut of each draw, where the document has dates."""
        column = self.tables.columns.get(CUT)
        if column is None:
            return None
        days = np.asarray(column, dtype=np.int64) // self.tables.parts_of_a_day
        return tuple(datetime.date.fromordinal(int(day)) for day in days)

    def values(self, name: str) -> NDArray[np.float64]:
        """(draws, patients) a variable in its own unit."""
        return np.asarray(self.tables.number(name) * float(self.tables.grids[name].step))

    def frame(self) -> pl.DataFrame:
        """One row per draw and patient: draw and patient from 1, then partitions in words, events, variables."""
        draws, n = self.tables.shape
        columns: list[pl.Series] = [
            pl.Series("draw", np.repeat(np.arange(self.first, self.first + draws), n)),
            pl.Series("patient", np.tile(np.arange(1, n + 1), draws)),
        ]
        parts_of: dict[str, dict[int, str]] = {}
        for part, (home, code) in self.tables.codes.items():
            parts_of.setdefault(home, {})[code] = part
        for name, column in self.tables.columns.items():
            if name.startswith("\x00") and not name.startswith("\x00in "):
                continue
            shown = name.removeprefix("\x00")
            flat = np.asarray(column).ravel()
            if name in parts_of:
                words = parts_of[name]
                columns.append(pl.Series(shown, [words[int(code)] for code in flat]))
            elif name in self.tables.grids:
                columns.append(pl.Series(shown, np.round(self.values(name).ravel(), 6)))
            else:
                columns.append(pl.Series(shown, flat.astype(np.bool_)))
        return pl.DataFrame(columns)

    def follow_up_days(self) -> NDArray[np.int64] | None:
        """(draws, patients) whole days from first infusion to the cut; None where the document has no follow-up."""
        if FOLLOW_UP not in self.tables.columns:
            return None
        steps = self.tables.number(FOLLOW_UP) * self.tables.grids[FOLLOW_UP].step.numerator
        return np.rint(steps / self.tables.grids[FOLLOW_UP].step.denominator * float(MONTH_DAYS)).astype(np.int64)


def draw(
    claims: Claims,
    n: int,
    seed: int = 1,
    *,
    first: int = 1,
    limit: float = 300.0,
    cut: datetime.date | None = None,
    progress: Progress = lambda _: None,
    most_counted: int = exactly.MOST,
) -> Cohorts:
    """Cohorts of patients that meet every statement, uniformly drawn.

    n             how many
    first         number of the first: a draw depends on document, seed and its number only
    limit         seconds of solving and walking; what is not done by then is an error, never a guess
    cut           the day of the cut, where the document has dates and the day is known from elsewhere
    most_counted  parts with at most so many multisets of patients are drawn exactly; 0 walks all of them
    raises        NotDerivable: the statements cannot all be true (it names a smallest conflict), or time ran out;
                  InputError: a variable that nothing limits
    """
    if n < 1:
        raise InputError(f"--draws {n} is not possible. Give 1 or more.")
    until = time.monotonic() + limit
    loose = _possible(claims, limit, progress)
    drawing = _Drawing(claims, range(first, first + n), seed, limit, until, cut, progress, most_counted, loose)
    return drawing.all()


@dataclass(frozen=True)
class _Drawing:
    claims: Claims
    numbers: range
    seed: int
    limit: float
    until: float
    cut: datetime.date | None
    progress: Progress
    most_counted: int
    loose: frozenset[str]

    def all(self) -> Cohorts:
        own, wider = grids(self.claims), grids(self.claims, 2)
        columns: dict[str, Column] = {}
        codes: dict[str, tuple[str, int]] = {}
        how: list[How] = []
        found = parts(self.claims, self.claims.statements)
        for place, part in enumerate(found):
            self.progress(f"part {place + 1} of {len(found)}: {', '.join(s.id for s in part.statements)[:60]}")
            one, made, said = self._part(part, own, wider, f"part {place}")
            if one is None:
                continue
            mixed = self._mixed(made, f"part {place}")
            columns |= mixed
            codes |= one.codes
            how.append(said)
        if not columns:
            raise InputError("statements: the document says nothing about patients, so there is nothing to draw.")
        tables = Tables(self.claims, own, columns, codes)
        return Cohorts(self.claims, tables, tuple(how), self.loose, self.seed, self.numbers.start)

    def _part(
        self, part: Part, own: Mapping[str, Grid], wider: Mapping[str, Grid], place: str
    ) -> tuple[Layout | None, Mapping[str, Column], How]:
        ids = tuple(s.id for s in part.statements)
        budget = Budget(max(0.0, self.until - time.monotonic()), given=self.limit)
        if not (part.names & (self.claims.events() | set(own))) and not part.groups:
            return None, {}, How(ids, (), None, None)
        day = None if self.cut is None else self.cut.toordinal()
        made = layout(self.claims, own, wider, part, self.loose, budget, day)
        names = tuple(name.removeprefix("\x00") for name in made.boxes)
        if not made.boxes:
            return None, {}, How(ids, (), None, None)
        count = exactly.count_of(made) if self.most_counted else None
        if count is not None and count <= self.most_counted:
            counted = exactly.Counted(made)
            if not counted.tables:
                raise NotDerivable(f"{', '.join(ids)}: no cohort of values on the document's grids keeps every number.")
            return made, counted.draw(self.seed, place, self.numbers), How(ids, names, counted.tables, None)
        walk = Walk(made, starts(made, budget, self.seed), self.seed, place)
        try:
            pace = walk.pace(self.progress, self._late)
            self.progress(f"walking to {len(self.numbers)} cohorts: {', '.join(names)}")
            return made, walk.draw(pace, self.numbers, self._late), How(ids, names, None, pace)
        except NotDerivable as problem:
            why = "was found" if str(problem) == "lost" else f"was drawn in {self.limit:g} s; give --limit more seconds"
            raise NotDerivable(f"{', '.join(ids)}: no cohort that keeps every number {why}.") from None

    def _mixed(self, made: Mapping[str, Column], place: str) -> dict[str, Column]:
        """The patients of each draw in random order, so that parts lie side by side by chance alone."""
        found = {name: column.copy() for name, column in made.items()}
        for row, number in enumerate(self.numbers):
            order = stream(self.seed, "claims", "order", place, number).permutation(self.claims.n)
            for column in found.values():
                if column.ndim == 2:
                    column[row] = column[row][order]
        return found

    def _late(self) -> bool:
        return time.monotonic() > self.until


def _possible(claims: Claims, limit: float, progress: Progress) -> frozenset[str]:
    """Ids of the statements that have to be read as cut off.

    raises   NotDerivable when the statements cannot all be true, or that was not decided in time
    """
    # what no statement adds needs no range: questions are asked apart
    checked = check(claims, limit, progress)
    if checked.verdict == "impossible":
        ids = ", ".join(checked.conflict)
        raise NotDerivable(f"There is no such cohort: {ids} cannot hold together. {checked.why}".strip())
    if checked.verdict == "undecided":
        raise NotDerivable(
            f"Whether there is any such cohort is not decided in {limit:g} s; give --limit more seconds."
        )
    return frozenset(checked.truncated)


def partitions(claims: Claims) -> Sequence[Partition]:
    """Partitions of everyone, as statements."""
    return [one for one in claims.statements if isinstance(one, Partition) and one.of == "all"]


def slice_of(cohorts: Cohorts, start: int, end: int) -> Cohorts:
    """The draws from one place up to another, which keep their numbers."""
    kept = {name: column[start:end] for name, column in cohorts.tables.columns.items()}
    return replace(cohorts, tables=replace(cohorts.tables, columns=kept), first=cohorts.first + start)
