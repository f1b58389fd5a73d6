"""However the records are edited, every number that moves is explained, and the explanation gives its new value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from remit import analysis, derive
from remit.evidence.cuts import Cut, explain
from remit.records import Records
from rooms.evidence import few

COLUMNS = {
    "RS": ("RSSTRESN", "RSORRES", "RSDTC"),
    "LB": ("LBSTRESN", "LBDTC"),
    "CP": ("CPSTRESN", "CPDTC"),
    "PC": ("PCSTRESN",),
    "EX": ("EXDOSE",),
    "CM": ("CMDOSE", "CMSTDTC"),
    "SV": ("SVSTDTC",),
    "DM": ("ACTARMCD", "AGE"),
    "AE": ("AETOXGR", "AESTDTC"),
    "DS": ("DSSTDTC",),
    "VS": ("VSSTRESN",),
}


# (table, place of the row, column or None to remove it, place of the value among those of the column)
Edit = tuple[str, int, str | None, int]
PLACES = st.integers(0, 10_000)


@st.composite
def an_edit(draw: st.DrawFn) -> Edit:
    name = draw(st.sampled_from(sorted(COLUMNS)))
    # without its DM record a subject is nobody, and days before the first infusion are another test's
    removed = name not in ("DM", "EX") and draw(st.booleans())
    return name, draw(PLACES), None if removed else draw(st.sampled_from(COLUMNS[name])), draw(PLACES)


def edited(edits: Sequence[Edit]) -> Records:
    """The four subjects' records with these edits."""
    given = few.records()
    for name, place, column, value in edits:
        frame = given.tables[name]
        if frame.is_empty():
            continue
        record = frame["record_id"][place % frame.height]
        if column is None:
            given = few.without(given, record)
            continue
        values = frame[column].drop_nulls().unique().sort().to_list()
        given = few.changed(given, record, column, values[value % len(values)]) if values else given
    return given


def numbers(records: Records, cutoff: date) -> Mapping[str, tuple[Any, ...]]:
    """Every number of a trial, derived and analyzed from the start."""
    results = analysis.all(few.protocol(), derive.all(few.protocol(), records, cutoff))
    return {r.id: (r.text, r.n, r.denominator, r.value, r.interval) for r in results}


def applied(before: Records, after: Records, ids: frozenset[str]) -> Records:
    """The earlier records in which some are as in the later: row by row, without the code under test."""
    tables = {}
    for name, frame in before.tables.items():
        rows = [row for row in frame.to_dicts() if row["record_id"] not in ids]
        rows += [row for row in after.tables[name].to_dicts() if row["record_id"] in ids]
        tables[name] = pl.DataFrame(rows, schema=frame.schema)
    return replace(before, tables=tables)


@settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(st.lists(an_edit(), min_size=1, max_size=4), st.booleans())
def test_every_moved_number_is_explained_by_edits_that_give_it(edits: list[Edit], back: bool) -> None:
    later = edited(edits)
    before, after = (later, few.records()) if back else (few.records(), later)

    explained = explain(few.cut("A", before), few.cut("B", after))

    old, new = numbers(before, few.CUTOFF), numbers(after, few.CUTOFF)
    assert {one.id for one in explained.moved} == {id for id in {**old, **new} if old.get(id) != new.get(id)}
    assert explained.unexplained == ()
    assert all(one.records and one.how == "alone" and one.minimal for one in explained.moved)
    for ids in sorted({one.records for one in explained.moved}, key=sorted)[:3]:
        made = numbers(applied(before, after, ids), few.CUTOFF)
        moved = [one.id for one in explained.moved if one.records == ids]
        assert {id: made.get(id) for id in moved} == {id: new.get(id) for id in moved}


@pytest.mark.parametrize(("first", "second"), [("2024-06-03", "2024-06-24")])
def test_between_two_cutoffs_every_moved_number_is_explained(first: str, second: str) -> None:
    cuts = [Cut(day, few.protocol(), few.records(), date.fromisoformat(day)) for day in (first, second)]

    # time for nothing: all proofs are of numbers together
    explained = explain(*cuts, enough=lambda: True)

    old, new = (numbers(few.records(), cut.cutoff) for cut in cuts)
    assert {one.id for one in explained.moved} == {id for id in {**old, **new} if old.get(id) != new.get(id)}
    assert explained.unexplained == ()
    assert all(one.records or one.cutoff for one in explained.moved)
    assert {change.origin for change in explained.changes.values()} == {"cutoff"}
