"""The product against a second, slower program written from the written definitions alone.

The second program never saw the first. Every key of every instrument is put just below, at and just above each printed
boundary, to null and out of the input, one and two keys at a time, and then all keys at random.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from independent.instruments import bilag, toxicity
from independent.instruments.case import Case, Rule
from independent.instruments.cases import REFERENCE
from independent.instruments.worlds import OpenText
from remit import instruments

ABSENT = object()
EACH = [pytest.param(*row, id=f"{row[0]}-{row[1]}-{at}") for at, row in enumerate(REFERENCE)]


def put(start: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**start, **changes}.items() if value is not ABSENT}


def inputs(case: Case) -> Iterator[dict[str, Any]]:
    """Each start as it stands, with one key changed, and (from the first ones) with two."""
    values = {key: [*tried, None, ABSENT] for key, tried in case.tried.items()}
    for at, start in enumerate(case.starts):
        yield dict(start)
        for key, tried in values.items():
            yield from (put(dict(start), {key: value}) for value in tried)
        if at < case.paired:
            for first, second in itertools.combinations(values, 2):
                for a, b in itertools.product(values[first], values[second]):
                    yield put(dict(start), {first: a, second: b})


def same(got: Any, expected: Any) -> bool:
    if isinstance(got, bool) or isinstance(expected, bool):
        return got is expected
    if isinstance(got, int | float) and isinstance(expected, int | float):
        return abs(got - expected) <= 1e-9 * max(1, abs(expected))
    return bool(got == expected)


def disagreement(name: str, variant: str, rule: Rule, payload: dict[str, Any]) -> str | None:
    """One line naming the keys that differ; None when all agree or the text leaves the answer open."""
    try:
        expected = rule(payload)
    except OpenText:
        return None
    got = instruments.call(name, variant, payload)
    assert got["because"], "an answer always says why"
    wrong = {key: (got.get(key), value) for key, value in expected.items() if not same(got.get(key), value)}
    return f"{json.dumps(payload)} (got, expected): {wrong}" if wrong else None


@pytest.mark.parametrize(("name", "variant", "case"), EACH)
def test_both_programs_agree_around_every_boundary(name: str, variant: str, case: Case) -> None:
    unique = {json.dumps(payload, sort_keys=True): payload for payload in inputs(case)}

    found = [disagreement(name, variant, case.rule, payload) for payload in unique.values()]

    assert [line for line in found if line] == []


def any_of(tried: Any) -> st.SearchStrategy[Any]:
    """One of the listed values, for numbers also anything between the lowest and the highest of them."""
    values = list(tried)
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    choice = st.sampled_from([*values, None, ABSENT])
    if len(numbers) != len(values) or any(isinstance(value, float) for value in numbers) is False:
        return choice
    low, high = math.ceil(100 * min(numbers)), math.floor(100 * max(numbers))
    return choice | st.integers(low, high).map(lambda hundredths: hundredths / 100)


@pytest.mark.parametrize(("name", "variant", "case"), EACH)
@settings(max_examples=25, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_both_programs_agree_on_any_mixture(name: str, variant: str, case: Case, data: st.DataObject) -> None:
    start = dict(data.draw(st.sampled_from(list(case.starts))))
    changes = {key: data.draw(any_of(tried), label=key) for key, tried in case.tried.items()}

    assert disagreement(name, variant, case.rule, put(start, changes)) is None


ANC_VALUE = st.sampled_from([None, 40, 100, 101, 400, 500, 501, 700, 2000])
ANC_SERIES = st.lists(st.tuples(ANC_VALUE, st.integers(1, 9)), min_size=4, max_size=12).map(
    lambda runs: list(itertools.chain.from_iterable([value] * length for value, length in runs))[:31]
)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(values=ANC_SERIES)
def test_neutrophil_series_get_the_same_grade(values: list[int | None]) -> None:
    payload = {"anc_per_ul_by_day": {str(day): value for day, value in enumerate(values) if value is not None}}

    assert disagreement("icaht", "early_cumulative", toxicity.icaht_early(longest=False), payload) is None
    assert disagreement("icaht", "early_longest_run", toxicity.icaht_early(longest=True), payload) is None


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(counts=st.lists(st.sampled_from([1, 9, 9.9, 10, 10.1, 50]), min_size=1, max_size=8))
def test_b_cell_series_get_the_same_dates(counts: list[float]) -> None:
    payload = {"cd19_per_ul": [[0, 200], *([28 * at, count] for at, count in enumerate(counts, 1))]}

    assert disagreement("b-cells", "default", toxicity.b_cells, payload) is None


SCORE = st.sampled_from([0, 0, 0, 1, 2, 3, 4])


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(data=st.data(), system=st.sampled_from(["constitutional", *bilag.COLUMNS]), ever=st.booleans())
def test_bilag_items_get_the_same_letter(data: st.DataObject, system: str, ever: bool) -> None:
    items = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(bilag.NORMAL[system], SCORE)))
    payload = {"system": system, "items": items, "ever_active": ever}

    assert disagreement("bilag-2004", "grade", bilag.grade, payload) is None


def test_the_second_program_covers_every_variant_but_the_intervals() -> None:
    covered = {(name, variant) for name, variant, _ in REFERENCE}

    assert {(row["name"], row["variant"]) for row in instruments.listing()} - covered == {
        ("interval", row["variant"]) for row in instruments.listing() if row["name"] == "interval"
    }


def test_the_second_program_gives_the_answers_of_the_printed_table() -> None:
    rules: dict[tuple[str, str], Rule] = {}
    for name, variant, case in REFERENCE:
        rules.setdefault((name, variant), case.rule)
    table = Path(__file__).parents[2] / "spec" / "vectors" / "vectors.csv"
    wrong = []

    for row in csv.DictReader(table.read_text("utf-8").splitlines()):
        answer = rules[row["instrument"], row["variant"]](json.loads(row["input"]))
        expected = json.loads(row["expected"])
        rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in answer.items()}
        if rounded != expected:
            wrong.append((row["story"], rounded, expected))

    assert wrong == []
