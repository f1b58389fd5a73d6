"""Baseline of the subjects infused: age, disease, activity, steroid dose, serology; all and by level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import Heading, absent, share_count, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study, by_slug, wanted

MEASURES = (
    ("age-years", "AGE", "Age, years", "age-years"),
    ("disease-duration-years", "DISDUR", "Disease duration, years", "years"),
    ("weight-kg", "WEIGHT", "Weight, kg", "kg"),
    ("bsa-m2", "BSA", "Body surface, m²", "m2"),
    ("sledai-2k", "SLEDBL", "SLEDAI-2K", "score"),
    ("pga", "PGABL", "Physician global assessment (0 to 3)", "pga"),
    ("prednisone-mg", "PREDBL", "Prednisone equivalent, mg/d", "mg-per-day"),
)
# Absent without a word where the protocol rates no disease activity.
ACTIVITY = {"SLEDBL", "PGABL", "PREDBL", "DSDNABL", "LOWCBL"}
YES_NO = (("dsdna-raised", "DSDNABL", "Anti-dsDNA above normal"), ("complement-low", "LOWCBL", "C3 or C4 below normal"))


def baseline(study: Study) -> Iterator[Result]:
    """Spread of every measure and counts of every category; a measure that nobody has is one null row."""
    if study.infused.height == 0:
        return
    for key, source, title, quantity in MEASURES:
        yield from _measure(study, key, source, title, quantity)
    yield from _categories(study, "sex", "SEX")
    yield from _categories(study, "race", "RACE")
    for key, source, title in YES_NO:
        yield from _yes_no(study, key, source, title)


def _heading(study: Study, key: str, title: str, column: Column, behind: tuple[Selection, ...]) -> Heading:
    return Heading(f"baseline/{key}{column.suffix}", f"{title}{column.name}", study.safety_set, column.key, behind)


def _measure(study: Study, key: str, source: str, title: str, quantity: str) -> Iterator[Result]:
    people = study.infused
    if source not in people.columns or people[source].drop_nulls().is_empty():
        if study.rates_activity or source not in ACTIVITY:
            everyone = study.everyone(study.columns[0])
            yield absent(_heading(study, key, title, study.columns[0], (everyone,)), "median")
        return
    for column in study.columns:
        mine = people if column.key == "all" else people.filter(pl.col("LEVEL") == column.key)
        known = mine.drop_nulls(source)["USUBJID"].to_list()
        counted = study.only("counted", "adsl", (*INFUSED, *column.where), known, (source, "value"))
        about = _heading(study, key, title, column, (counted, study.everyone(column)))
        yield from spread(about, mine[source].to_list(), quantity, study.protocol.rules)


def _categories(study: Study, key: str, source: str) -> Iterator[Result]:
    words = {"F": "Women", "M": "Men"}
    for name, spellings in by_slug(study.infused[source].to_list()):
        shown = spellings[0] or f"{key} unknown"
        title = words.get(shown, shown.capitalize())
        for column in study.columns:
            base: Where = (*INFUSED, *column.where)
            counted = Selection("counted", "adsl", (*base, (source, wanted(spellings))))
            about = _heading(study, f"{key}/{name}", title, column, (counted, study.everyone(column)))
            yield share_count(about, len(study.index.rows("adsl", counted.where)), column.n, study.protocol.rules)


def _yes_no(study: Study, key: str, source: str, title: str) -> Iterator[Result]:
    """A flag with a third value: subjects in whom it is not known are left out of the denominator and named."""
    people = study.infused
    if source not in people.columns or people[source].drop_nulls().is_empty():
        if study.rates_activity:
            everyone = study.everyone(study.columns[0])
            yield absent(_heading(study, key, title, study.columns[0], (everyone,)), "count")
        return
    for column in study.columns:
        base: Where = (*INFUSED, *column.where)
        counted = Selection("counted", "adsl", (*base, (source, "Y")))
        population = Selection("population", "adsl", (*base, (source, ("Y", "N"))))
        x, n = (len(study.index.rows("adsl", s.where)) for s in (counted, population))
        about = _heading(study, key, title, column, (counted, population))
        if n < column.n:
            about = replace(about, note=f"unknown in {column.n - n}")
        yield share_count(about, x, n, study.protocol.rules)
