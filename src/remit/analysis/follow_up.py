"""Follow-up from the first infusion: to the last contact, to the cut, by the reversed Kaplan-Meier curve, and in all.

The plain median mixes short follow-up with late entry; the reversed curve does not (Schemper & Smith 1996).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.analysis.numbers import SPREAD, Heading, absent, measure, spread
from remit.analysis.result import Interval, Result, Selection
from remit.analysis.study import INFUSED, Column, Study
from remit.stats import fixed, reverse_kaplan_meier


def follow_up(study: Study) -> Iterator[Result]:
    """Months of the subjects infused, all and by level."""
    if study.infused.height == 0:
        return
    rules = study.protocol.rules
    to_contact = rules.follow_up_to == "last-contact"
    until = "last contact" if to_contact else "data cut"
    for key, source, title in (
        ("months", "FUPMON" if to_contact else "FUPCMON", f"Follow-up to the {until}, months"),
        ("to-cut-months", "FUPCMON", "Follow-up to the data cut, months"),
    ):
        for column in study.columns:
            mine = _at(study.infused, column)
            known = mine.drop_nulls(source)["USUBJID"].to_list()
            counted = study.only("counted", "adsl", (*INFUSED, *column.where), known, (source, "value"))
            about = _heading(study, key, title, column, counted)
            yield from spread(about, mine[source].to_list(), "months", rules, SPREAD)
    for column in study.columns:
        yield _reversed(study, column)
        yield _in_all(study, column, "FUPMON" if to_contact else "FUPCMON")


def _at(frame: pl.DataFrame, column: Column) -> pl.DataFrame:
    return frame if column.key == "all" else frame.filter(pl.col("LEVEL") == column.key)


def _heading(study: Study, key: str, title: str, column: Column, counted: Selection) -> Heading:
    behind = (counted, study.everyone(column))
    return Heading(f"follow-up/{key}{column.suffix}", f"{title}{column.name}", study.safety_set, column.key, behind)


def _reversed(study: Study, column: Column) -> Result:
    title = "Follow-up by the reversed Kaplan-Meier curve, months, median"
    where = (("PARAMCD", "FUP"), *INFUSED, *column.where)
    about = _heading(study, "reverse-kaplan-meier-months", title, column, Selection("counted", "adtte", where))
    rows = _at(study.table("adtte").filter(pl.col("PARAMCD") == "FUP"), column) if study.has("adtte") else None
    if rows is None or rows.height == 0:
        return absent(about, "median", "no follow-up after the first infusion")
    rules = study.protocol.rules
    events = [int(c == 0) for c in rows["CNSR"].to_list()]
    median = reverse_kaplan_meier(rows["AVALMON"].to_list(), events, level=rules.interval_level).median
    method = "Kaplan-Meier, events and censoring exchanged"
    if median.time is None:
        return measure(replace(about, note="not reached"), "median", None, rows.height, "not reached", method)
    made = measure(about, "median", median.time, rows.height, fixed(median.time, 1, rules.rounding), method)
    interval = Interval(rules.interval_level, median.low, median.high, "log-log")
    return replace(made, interval=interval)


def _in_all(study: Study, column: Column, source: str) -> Result:
    known = _at(study.infused, column).drop_nulls(source)
    names = known["USUBJID"].to_list()
    counted = study.only("counted", "adsl", (*INFUSED, *column.where), names, (source, "value"))
    about = _heading(study, "person-months", "Person-months of follow-up", column, counted)
    value = math.fsum(known[source].to_list())
    return measure(about, "total", value, known.height, fixed(value, 1, study.protocol.rules.rounding), "sum")
