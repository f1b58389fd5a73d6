"""Columns made at once: lists keep their place and order, unions are sorted without repeats, grades step one way."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.derive.adlb import stepwise
from remit.derive.frames import framed, listed, unions
from remit.instruments import ctcae

TEXTS = st.lists(st.sampled_from(["AE/S1/1", "LB/S1/10", "LB/S1/9", "RS/S1/2"]), max_size=5)
LIMITS = st.none() | st.floats(0.1, 300)
SOME = settings(max_examples=60, deadline=None)


@SOME
@given(st.lists(TEXTS, max_size=8))
def test_a_column_of_lists_holds_the_lists_it_was_made_of(rows: list[list[str]]) -> None:
    column = listed(rows)

    assert column.to_list() == rows
    assert column.dtype == pl.List(pl.String)


@SOME
@given(st.lists(TEXTS, min_size=1, max_size=5), st.data())
def test_a_union_is_sorted_and_has_no_repeats(sources: list[list[str]], data: st.DataObject) -> None:
    rests = data.draw(st.lists(st.lists(st.integers(0, len(sources) - 1), max_size=4), max_size=6))

    found = unions(rests, listed(sources)).to_list()

    assert found == [sorted({record for number in numbers for record in sources[number]}) for numbers in rests]


@pytest.mark.parametrize("rows", [[], [{"WHO": "S1", "WHY": ["b", "a"], "N": 2}, {"WHO": None, "WHY": [], "N": None}]])
def test_a_frame_has_the_rows_and_the_types_asked_for(rows: list[dict[str, object]]) -> None:
    schema = pl.Schema({"WHO": pl.String(), "WHY": pl.List(pl.String), "N": pl.Int64()})

    found = framed(rows, schema)

    assert found.to_dicts() == rows
    assert found.schema == schema


@SOME
@given(
    st.sampled_from(sorted(ctcae.LAB_TERMS)), st.lists(st.floats(0, 1000), min_size=1, max_size=25),
    LIMITS, LIMITS, LIMITS,
)  # fmt: skip
def test_grades_found_by_steps_are_those_of_every_value(
    term: str, values: list[float], low: float | None, high: float | None, base: float | None
) -> None:
    def grade(value: float) -> int | None:
        return ctcae.grade_lab(term, value, low, high, base)

    ascending = sorted(values)

    assert stepwise(ascending, grade) == [grade(value) for value in ascending]
