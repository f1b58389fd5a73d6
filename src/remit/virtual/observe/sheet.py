"""The blank sheet every domain is written on: who, at which visit, on which day, under which record id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from remit.protocol import Protocol
from remit.records.table import Table
from remit.records.tables import TABLES
from remit.virtual.course import Course, Flags, Whole
from remit.virtual.numbers import Array, normals, uniforms
from remit.virtual.scenario import Scenario

DECLARED: dict[str, Table] = {table.name: table for table in TABLES}
SITE = "VT01"
NEVER = -9999
"""Stands for a protocol day that did not come: its date is empty."""
_TABLED = (-14_610, 36_525)
"""Days from 1930 to 2069, whose ISO text is kept in a table."""

Cells = pl.Series | NDArray[np.float64] | NDArray[np.int64] | str | float | int | None


@dataclass(frozen=True)
class Sheet:
    """One block of virtual subjects, ready to be written down.

    seed    of the observation's noise
    """

    protocol: Protocol
    scenario: Scenario
    seed: int
    course: Course

    @cached_property
    def subjects(self) -> pl.Series:
        """USUBJID per row of the course: trial and subject, which sort as they were enrolled."""
        enrolled = self.course.enrolled
        return usubjid(enrolled.trial, enrolled.subject)

    @cached_property
    def study(self) -> str:
        """STUDYID."""
        return self.protocol.id.upper()

    @cached_property
    def visit_names(self) -> pl.Series:
        """Label per visit of the protocol."""
        return pl.Series([visit.label for visit in self.protocol.visits])

    @cached_property
    def visit_numbers(self) -> Array:
        """VISITNUM per visit of the protocol."""
        return np.array([visit.number for visit in self.protocol.visits], dtype=float)

    def normals(self, purpose: str, shape: tuple[int, ...] = ()) -> Array:
        """(subjects, *shape) standard normal numbers for one purpose of the observation."""
        enrolled = self.course.enrolled
        return normals(self.seed, enrolled.trial, enrolled.subject, f"observe {purpose}", shape)

    def uniforms(self, purpose: str, shape: tuple[int, ...] = ()) -> Array:
        """(subjects, *shape) numbers in [0, 1) for one purpose of the observation."""
        enrolled = self.course.enrolled
        return uniforms(self.seed, enrolled.trial, enrolled.subject, f"observe {purpose}", shape)

    def visits(self, assessment: str) -> tuple[Whole, Whole]:
        """(row, visit) of every visit that took place and at which the protocol plans the assessment."""
        rows, visits = np.nonzero(self.held(assessment))
        return rows.astype(np.int64), visits.astype(np.int64)

    def held(self, assessment: str) -> Flags:
        """(subjects, visits) whether the visit took place and the protocol plans the assessment at it."""
        planned = np.array([assessment in visit.assessments for visit in self.protocol.visits], dtype=bool)
        return np.asarray(self.course.attended & planned[None, :])

    def all_visits(self) -> tuple[Whole, Whole]:
        """(row, visit) of every visit that took place."""
        rows, visits = np.nonzero(self.course.attended)
        return rows.astype(np.int64), visits.astype(np.int64)

    @cached_property
    def _day_zero(self) -> Whole:
        """Days since 1970-01-01 per row of the course."""
        return self.course.enrolled.day_zero.astype("datetime64[D]").astype(np.int64)

    def date(self, row: Whole, day: Whole) -> pl.Series:
        """ISO text of a protocol day; null where the day is NEVER."""
        days = self._day_zero[row] + day
        never = day == NEVER
        if not never.any():
            return iso(days)
        return iso(np.where(never, 0, days)).set(pl.Series(never), None)

    def timing(self, row: Whole, visit: Whole, date_column: str) -> dict[str, Cells]:
        """VISITNUM, VISIT, the date and the study day of rows written at a visit."""
        day = self.course.visit_day[row, visit]
        return {
            "VISITNUM": self.visit_numbers[visit],
            "VISIT": self.visit_names.gather(visit),
            date_column: self.date(row, day),
            date_column.removesuffix("TC") + "Y": study_day(day),
        }

    def write(self, name: str, row: Whole, cells: Mapping[str, Cells]) -> pl.DataFrame:
        """Rows of one table, numbered within the subject in the order given.

        row     which subject, per row
        cells   columns of the table; what is left out is empty
        """
        table = DECLARED[name]
        given: dict[str, Cells] = {"STUDYID": self.study, "USUBJID": self.subjects.gather(row), **cells}
        given.setdefault("RDOMAIN" if name.startswith("SUPP") else "DOMAIN", name.removeprefix("SUPP"))
        columns: list[pl.Series | pl.Expr] = []
        length = len(row)
        for column, declared in table.columns.items():
            columns.append(_column(column, given.get(column), declared.dtype, length))
        frame = pl.DataFrame(columns)
        if table.sequence is not None:
            numbers = pl.Series(table.sequence, _within(row), dtype=frame.schema[table.sequence])
            frame = frame.with_columns(numbers)
        return frame


def iso(days: Whole) -> pl.Series:
    """ISO text of days since 1970-01-01, from a table: making the text of a day costs more than looking it up."""
    first, last = _TABLED
    if len(days) and (days.min() < first or days.max() >= last):
        return _iso(days)
    return _table().gather(days - first)


@lru_cache(maxsize=1)
def _table() -> pl.Series:
    return _iso(np.arange(*_TABLED))


def _iso(days: Whole) -> pl.Series:
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date).cast(pl.String)


def _within(row: Whole) -> Whole:
    """Numbers from 1 within each subject, in the order given."""
    order = np.argsort(row, kind="stable")
    ordered = row[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    numbers = np.empty(len(row), dtype=np.int64)
    numbers[order] = np.arange(1, len(row) + 1) - np.repeat(begins, np.diff(begins, append=len(row)))
    return numbers


def usubjid(trial: Whole, subject: Whole) -> pl.Series:
    """The subject's name in the records: trial and number, in digits enough to sort by."""
    numbers = pl.DataFrame({"trial": trial, "subject": subject})
    text = pl.format(
        "T{}-{}", pl.col("trial").cast(pl.String).str.zfill(6), pl.col("subject").cast(pl.String).str.zfill(3)
    )
    return numbers.select(text.alias("USUBJID")).to_series()


def country(protocol: Protocol) -> str:
    """Country of the first site that the protocol names with one; CHN, where the first such trial ran, without."""
    return next((site.country for site in protocol.identification.sites if site.country), "CHN")


def either(flags: Flags, yes: str, no: str | None = None) -> pl.Series:
    """One text where the flag holds, another (or nothing) where it does not."""
    return pl.Series([no, yes], dtype=pl.String).gather(flags.astype(np.int64))


def study_day(day: Whole) -> Whole:
    """CDISC study day of a protocol day: the first infusion is day 1, and there is no day 0."""
    return np.where(day >= 0, day + 1, day)


def _column(name: str, cells: Cells, dtype: pl.DataType, length: int) -> pl.Series:
    if cells is None:
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, length)
    if isinstance(cells, str | float | int):
        return pl.Series(name, [cells], dtype=dtype).new_from_index(0, length)
    series = cells if isinstance(cells, pl.Series) else pl.Series(cells, nan_to_null=True)
    return series.cast(dtype).alias(name)
