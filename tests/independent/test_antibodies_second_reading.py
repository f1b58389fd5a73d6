"""Antibodies again: every world that the tests allow is judged in full, and an answer is known where all agree.

Then the seed's records are counted by hand, from the CSV files alone.
"""

from __future__ import annotations

import csv
import itertools
import math
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.instruments.antibodies import Assay, emergence

TRIAL = Path(__file__).parents[2] / "examples" / "kn5501-sle"
TITERS = (5.0, 10.0, 20.0, 39.0, 40.0, 80.0, 160.0, 5000.0, 1e9)
# a complete test: None is negative, a number the titer
World = tuple[float | None, tuple[float | None, ...]]


def possible(test: Assay | None) -> list[float | None]:
    """What a complete test could have said."""
    if test is None or test.positive is None:
        return [None, *TITERS]
    if not test.positive:
        return [None]
    if test.low is None or test.high is None:
        return list(TITERS)
    return sorted({one for one in (*TITERS, test.low) if test.low <= one <= test.high})


def judged(before: float | None, after: tuple[float | None, ...], fold: float) -> str:
    """The definition, where everything is known."""
    there = [one for one in after if one is not None]
    if before is None:
        return "induced" if there else "none"
    return "boosted" if any(one >= fold * before for one in there) else "none"


amounts = st.sampled_from([(None, None), (10.0, 10.0), (20.0, 20.0), (39.0, 39.0), (40.0, 40.0), (160.0, math.inf)])
one_test = st.one_of(
    st.just(Assay(None)), st.just(Assay(False)), amounts.map(lambda bounds: Assay(True, bounds[0], bounds[1]))
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.one_of(st.none(), one_test), st.lists(one_test, max_size=3), st.sampled_from([2.0, 4.0]))
def test_an_answer_is_known_where_every_possible_world_agrees(
    before: Assay | None, after: list[Assay], fold: float
) -> None:
    worlds = {
        judged(base, later, fold)
        for base in possible(before)
        for later in itertools.product(*(possible(test) for test in after))
    }
    # who was not tested afterwards could be anything
    expected = next(iter(worlds)) if len(worlds) == 1 and after else None

    assert emergence(before, after, fold).kind == expected


def rows(name: str) -> list[dict[str, str]]:
    with (TRIAL / "records" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def after_cells() -> dict[str, str]:
    first: dict[str, str] = {}
    for row in rows("ex"):
        if row["EXTRT"] == "KN5501":
            day = row["EXSTDTC"][:10]
            first[row["USUBJID"]] = min(day, first.get(row["USUBJID"], day))
    return first


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[int | None, int | None]]:
    from remit import analysis, derive
    from remit.exchange.folder import read_records
    from remit.exchange.protocol_yaml import read_protocol

    protocol = read_protocol(TRIAL / "protocol.yaml")
    cut = protocol.last_cut()
    assert cut is not None
    made = analysis.all(protocol, derive.all(protocol, read_records(TRIAL / "records")[0], cut))
    return {result.id: (result.n, result.denominator) for result in made}


@pytest.mark.parametrize(("code", "key"), [("ADA_BAB", "anti-car"), ("ALAB", "donor-specific-hla")])
def test_treatment_emergent_antibodies_are_those_counted_by_hand(
    code: str, key: str, results: dict[str, tuple[int | None, int | None]]
) -> None:
    start = after_cells()
    found: dict[str, dict[str, dict[str, float | bool]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows("is"):
        if row["ISTESTCD"] == code and row["ISSTAT"] != "NOT DONE":
            day = found[row["USUBJID"]][row["ISDTC"]]
            if row["ISSTRESN"]:
                day["titer"] = float(row["ISSTRESN"])
            else:
                day["positive"] = row["ISSTRESC"] == "POSITIVE"
    induced, boosted, known = 0, 0, 0
    for subject, days in found.items():
        earlier = [tests for day, tests in sorted(days.items()) if day < start[subject]]
        later = [tests for day, tests in days.items() if day > start[subject]]
        there = [tests["titer"] for tests in later if tests["positive"]]
        if not later or (there and not earlier):
            continue
        known += 1
        if there and not earlier[-1]["positive"]:
            induced += 1
        elif there and max(there) >= 4 * earlier[-1]["titer"]:
            boosted += 1

    assert results[f"immunogenicity/{key}/induced/count"] == (induced, known)
    assert results[f"immunogenicity/{key}/boosted/count"] == (boosted, known)
    assert results[f"immunogenicity/{key}/emergent/count"] == (induced + boosted, known)
    assert induced
    assert boosted
    assert known == 19


@pytest.mark.parametrize(
    ("agent", "key", "least"), [("TETANUS TOXOID", "tetanus", 0.1), ("MEASLES VIRUS", "measles", 120)]
)
def test_who_is_still_protected_is_counted_by_hand(
    agent: str, key: str, least: float, results: dict[str, tuple[int | None, int | None]]
) -> None:
    start = after_cells()
    courses: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in rows("is"):
        if row["ISBDAGNT"] == agent:
            courses[row["USUBJID"]].append((row["ISDTC"], float(row["ISSTRESN"])))
    still, asked, baseline = 0, 0, 0
    for subject, course in courses.items():
        earlier = [value for day, value in sorted(course) if day < start[subject]]
        later = [value for day, value in sorted(course) if day > start[subject]]
        baseline += earlier[-1] >= least
        if later and earlier[-1] >= least:
            asked += 1
            still += later[-1] >= least

    assert results[f"vaccine/{key}/still-protective/count"] == (still, asked)
    assert results[f"vaccine/{key}/protective/baseline/count"] == (baseline, len(courses))
