"""Courses of disease activity, steroid dose and serology: value and change from baseline, by visit and last.

A visit takes the one row that represents it (ANL01FL). Subjects without a known value are left out, and the note says
how many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import ORDER, RANGE, Heading, absent, share, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study

BASELINE = "baseline"


@dataclass(frozen=True)
class Course:
    """One measure over time: its key in ids, table and parameter, title and how it is printed."""

    key: str
    table: str
    paramcd: str
    title: str
    quantity: str


COURSES: tuple[Course, ...] = (
    Course("sledai-2k", "adrs", "SLEDAI", "SLEDAI-2K", "score"),
    Course("csledai", "adrs", "CSLEDAI", "Clinical SLEDAI-2K", "score"),
    Course("pga", "adrs", "PGA", "Physician global assessment (0 to 3)", "pga"),
    Course("prednisone-mg", "adrs", "PREDEQ", "Prednisone equivalent, mg/d", "mg-per-day"),
    Course("c3", "adlb", "C3", "Complement C3", "gram-per-liter"),
    Course("c4", "adlb", "C4", "Complement C4", "gram-per-liter"),
    Course("dsdna", "adlb", "DSDNA", "Anti-dsDNA", "antibody"),
    Course("upcr", "adlb", "PROTCRT", "Urine protein to creatinine ratio", "gram-per-liter"),
    Course("igg", "adlb", "IGG", "Immunoglobulin G", "gram-per-liter"),
    Course("iga", "adlb", "IGA", "Immunoglobulin A", "gram-per-liter"),
    Course("igm", "adlb", "IGM", "Immunoglobulin M", "gram-per-liter"),
)
# Laboratory measures that not every trial of disease activity takes: no row says that they were not collected, and
# there are none by level.
IF_MEASURED = ("upcr", "igg", "iga", "igm")
# Daily doses that remission and low disease activity ask for, beside none at all.
STEROID_LIMITS = (
    (0.0, "steroid-free", "No glucocorticoid"),
    (5.0, "at-most-5-mg", "Prednisone equivalent 5 mg/d or less"),
)


def activity(study: Study) -> Iterator[Result]:
    """Courses, then the share of subjects off glucocorticoids or on little. Only parameters that were derived."""
    if study.infused.height == 0:
        return
    for course in COURSES:
        expected = study.rates_activity and course.key not in IF_MEASURED
        if expected or rows_of(study, course) is not None:
            yield from _course(study, course)
    yield from _steroid(study)


def rows_of(study: Study, course: Course) -> pl.DataFrame | None:
    """Rows of the measure in the subjects infused; None when it was not derived at all."""
    frame = study.table(course.table)
    if frame.height == 0:
        return None
    mine = frame.filter((pl.col("PARAMCD") == course.paramcd) & (pl.col("SAFFL") == "Y"))
    return mine if mine.height else None


def _units(rows: pl.DataFrame) -> list[str]:
    return sorted(rows["AVALU"].drop_nulls().unique().to_list()) if "AVALU" in rows.columns else []


def times(study: Study, course: Course, rows: pl.DataFrame) -> Iterator[tuple[str, str, Where, pl.DataFrame]]:
    """(key, words, filter, rows) of baseline, each visit after it that has a row, and the last assessment."""
    stem: Where = (("PARAMCD", course.paramcd), *INFUSED)
    yield BASELINE, "at baseline", (*stem, ("ABLFL", "Y")), rows.filter(pl.col("ABLFL") == "Y")
    chosen = rows.filter((pl.col("ANL01FL") == "Y") & (pl.col("APROTDY") > 0))
    by_visit = {key: part for (key,), part in chosen.group_by("AVISIT", maintain_order=True)}
    for visit in study.protocol.visits:
        if visit.key in by_visit and (visit.day is None or visit.day > 0):
            where = (*stem, ("AVISIT", visit.key), ("ANL01FL", "Y"))
            yield visit.key, f"at {visit.label.lower()}", where, by_visit[visit.key]
    if "LASTFL" in rows.columns:
        last = rows.filter(pl.col("LASTFL") == "Y")
        if last.height:
            yield "last", "at the last assessment", (*stem, ("LASTFL", "Y")), last


def _course(study: Study, course: Course) -> Iterator[Result]:
    rows = rows_of(study, course)
    nothing = Heading(
        f"activity/{course.key}/{BASELINE}",
        f"{course.title} at baseline",
        study.safety_set,
        behind=(study.everyone(study.columns[0]),),
    )
    if rows is None or rows["AVAL"].drop_nulls().is_empty():
        yield absent(nothing, "median")
        return
    units = _units(rows)
    if len(units) > 1:
        yield absent(nothing, "median", f"recorded in {len(units)} units")
        return
    name = ", ".join([course.title, *units])
    for key, words, where, here in times(study, course, rows):
        values = [here[part].to_list() for part in ("LEVEL", "USUBJID", "AVAL", "CHG")]
        for column in study.columns[:1] if course.key in IF_MEASURED else study.columns:
            mine = [one for one in zip(*values, strict=True) if column.key in ("all", one[0])]
            if not mine and column.key != "all":
                continue
            at = (where, mine, column)
            stem = f"activity/{course.key}/{key}{column.suffix}"
            yield from _spread(study, course, stem, f"{name}, {words}", at, ("AVAL", 2))
            if key != BASELINE:
                stem = f"activity/{course.key}-change/{key}{column.suffix}"
                yield from _spread(study, course, stem, f"{name}, change from baseline {words}", at, ("CHG", 3))


def _spread(
    study: Study,
    course: Course,
    stem: str,
    title: str,
    at: tuple[Where, Sequence[tuple[Any, ...]], Column],
    source: tuple[str, int],
) -> Iterator[Result]:
    """source   the column that is spread, and its place in the rows: level, subject, value, change."""
    where, mine, column = at
    name, place = source
    statistics = ORDER if column.key == "all" else RANGE
    known = [one[1] for one in mine if one[place] is not None]
    counted = study.only("counted", course.table, (*where, *column.where), known, (name, "value"))
    population = Selection("population", course.table, (*where, *column.where))
    about = Heading(stem, f"{title}{column.name}", study.safety_set, column.key, (counted, population))
    yield from spread(about, [one[place] for one in mine], course.quantity, study.protocol.rules, statistics)


def _steroid(study: Study) -> Iterator[Result]:
    course = next(c for c in COURSES if c.paramcd == "PREDEQ")
    rows = rows_of(study, course)
    if rows is None and not study.rates_activity:
        return
    if rows is None or rows["AVAL"].drop_nulls().is_empty():
        everyone = (study.everyone(study.columns[0]),)
        title = "No glucocorticoid at the last assessment"
        yield absent(Heading("steroid/steroid-free/last", title, study.safety_set, behind=everyone), "proportion")
        return
    for limit, key, title in STEROID_LIMITS:
        for time, words, where, here in times(study, course, rows):
            known = here.drop_nulls("AVAL")
            population = study.only("population", "adrs", where, known["USUBJID"].to_list())
            low = tuple(sorted({v for v in known["AVAL"].to_list() if v <= limit}))
            counted = Selection("counted", "adrs", (*where, ("AVAL", low)))
            x = len(study.index.subjects("adrs", counted.where))
            missing = here.height - known.height
            about = Heading(
                f"steroid/{key}/{time}",
                f"{title} {words}",
                study.safety_set,
                behind=(counted, population),
                note=f"dose unknown in {missing}" if missing else "",
            )
            yield from share(about, x, known.height, study.protocol.rules)
