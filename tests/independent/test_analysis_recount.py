"""Every number of the small trial and of the seed trial again, by slow loops over plain rows.

The recount shares nothing with the analysis but the derived tables: rows are dicts, filters are `if`, records are sets.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from remit import analysis, derive
from remit.analysis import Result
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.protocol import Protocol
from rooms.analysis import small_trial as small

SEED = Path(__file__).parents[2] / "examples" / "kn5501-sle"
Rows = list[dict[str, Any]]


class Case:
    """A trial: protocol, rows by table, results by id."""

    def __init__(self, protocol: Protocol, tables: Mapping[str, pl.DataFrame]) -> None:
        self.protocol, self.tables = protocol, tables
        self.rows: dict[str, Rows] = {name: frame.to_dicts() for name, frame in tables.items()}
        self.results = {r.id: r for r in analysis.all(protocol, tables)}
        # Loops over every row are slow: of the seed trial's thousands of results every ninth is counted again.
        self.some = list(self.results.values())[:: 1 if len(self.results) < 1000 else 9]
        self.infused = [r for r in self.rows["adsl"] if r["SAFFL"] == "Y"]


@cache
def case(name: str) -> Case:
    if name == "small":
        return Case(small.protocol(), small.tables())
    protocol = read_protocol(SEED / "protocol.yaml")
    records, _ = read_records(SEED / "records")
    cut = protocol.last_cut()
    assert cut is not None
    return Case(protocol, derive.all(protocol, records, cut))


trials = pytest.mark.parametrize("name", ["small", "seed"])


def holds(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, tuple):
        return any(holds(value, one) for one in wanted)
    if isinstance(value, list):
        return wanted in value
    return value is None if wanted is None else value == wanted


def chosen(trial: Case, result: Result, role: str) -> Rows:
    return [
        row
        for s in result.behind
        if s.role == role
        for row in trial.rows[s.table]
        if all(holds(row[column], wanted) for column, wanted in s.where)
    ]


@trials
def test_sources_are_the_distinct_records_of_the_rows_behind(name: str) -> None:
    trial = case(name)

    for result in trial.some:
        rows = chosen(trial, result, "counted") + chosen(trial, result, "population")
        assert result.behind, result.id
        assert len({record for row in rows for record in row["sources"]}) == result.sources, result.id


@trials
def test_the_subjects_behind_a_count_are_as_many_as_it_says(name: str) -> None:
    trial = case(name)
    counts = [r for r in trial.some if r.statistic in ("count", "proportion") and r.n is not None]

    assert counts
    for result in counts:
        assert len({row["USUBJID"] for row in chosen(trial, result, "counted")}) == result.n, result.id
        if result.denominator is not None:
            people = {row["USUBJID"] for row in chosen(trial, result, "population")}
            assert len(people) == result.denominator, result.id


@trials
def test_the_subjects_behind_a_median_are_as_many_as_it_says(name: str) -> None:
    trial = case(name)
    medians = [r for r in trial.some if r.id.endswith("/median") and r.n]

    assert medians
    for result in medians:
        if result.analysis not in ("time-to", "durability"):
            assert len({row["USUBJID"] for row in chosen(trial, result, "counted")}) == result.n, result.id


@trials
def test_a_value_is_a_number_or_null_with_a_reason(name: str) -> None:
    for result in case(name).results.values():
        if result.value is None:
            assert result.note, result.id
        else:
            assert math.isfinite(result.value), result.id
            assert result.text, result.id


@trials
def test_states_in_a_group_again(name: str) -> None:
    trial = case(name)

    for endpoint in trial.protocol.endpoints:
        if endpoint.kind not in ("state", "response"):
            continue
        for group in endpoint.groups:
            mine = [
                row["ANSWER"]
                for row in trial.rows["adeff"]
                if row["ENDPOINT"] == endpoint.key and row["DEFVFL"] == "Y" and row["TIMEPOINT"] == "last"
                and row["GROUP"] == group and row["IN"] == "Y"
            ]  # fmt: skip
            found = trial.results[f"efficacy/{endpoint.key}/{group}/proportion"]
            assert (found.n, found.denominator) == (mine.count("Y"), mine.count("Y") + mine.count("N"))
            assert found.value == pytest.approx(mine.count("Y") / (len(mine) - mine.count(None)))
            assert trial.results[f"efficacy/{endpoint.key}/{group}/not-evaluable"].n == mine.count(None)


@trials
def test_worst_grades_again(name: str) -> None:
    trial = case(name)
    worst: dict[tuple[str, str], int] = {}
    for row in trial.rows["adae"]:
        if row["TRTEMFL"] == "Y" and row["SAFFL"] == "Y":
            key = (row["USUBJID"], row["TERM"].lower())
            worst[key] = max(worst.get(key, 0), row["AETOXGRN"] or 0)

    terms = {term for _, term in worst}
    assert terms
    for term in terms:
        stem = f"safety/teae/term/{term.replace(' ', '-')}"
        grades = [grade for (_, t), grade in worst.items() if t == term]
        assert trial.results[f"{stem}/all/count"].n == len(grades)
        for grade in range(1, 6):
            shown = trial.results.get(f"{stem}/grade-{grade}/all/count")
            assert (shown.n if shown else 0) == grades.count(grade)


@trials
def test_baseline_and_follow_up_again(name: str) -> None:
    trial = case(name)

    for id, column in (("baseline/age-years", "AGE"), ("baseline/sledai-2k", "SLEDBL"), ("follow-up/months", "FUPMON")):
        for level in (None, *(v.key for v in trial.protocol.levels)):
            values = [row[column] for row in trial.infused if row[column] is not None and level in (None, row["LEVEL"])]
            stem = f"{id}/{level}" if level else id
            assert trial.results[f"{stem}/median"].value == pytest.approx(statistics.median(values))
            assert trial.results[f"{stem}/min"].value == pytest.approx(min(values))
            assert trial.results[f"{stem}/mean"].value == pytest.approx(statistics.mean(values))


def courses(trial: Case) -> Iterator[tuple[str, str, list[float]]]:
    for key, code in (("prednisone-mg", "PREDEQ"), ("sledai-2k", "SLEDAI"), ("pga", "PGA")):
        for visit in trial.protocol.visits:
            values = [
                row["AVAL"]
                for row in trial.rows["adrs"]
                if row["PARAMCD"] == code and row["SAFFL"] == "Y" and row["AVISIT"] == visit.key
                and row["ANL01FL"] == "Y" and row["APROTDY"] > 0 and row["AVAL"] is not None
            ]  # fmt: skip
            if values:
                yield key, visit.key, values


@trials
def test_courses_again(name: str) -> None:
    trial = case(name)
    again = list(courses(trial))

    assert again
    for key, visit, values in again:
        stem = f"activity/{key}/{visit}"
        assert trial.results[f"{stem}/n"].value == len(values)
        assert trial.results[f"{stem}/median"].value == pytest.approx(statistics.median(values))


@trials
def test_curves_agree_with_lifelines(name: str) -> None:
    from lifelines import KaplanMeierFitter

    trial = case(name)
    compared = 0
    for key, code in (("first-doris", "TTDORIS"), ("first-lldas", "TTLLDAS"), ("b-cell-return", "TTBREC")):
        rows = [row for row in trial.rows["adtte"] if row["PARAMCD"] == code]
        if not rows:
            continue
        oracle = KaplanMeierFitter().fit([r["AVALMON"] for r in rows], [r["CNSR"] == 0 for r in rows])
        curve = oracle.survival_function_["KM_estimate"].to_dict()
        steps = [r for i, r in trial.results.items() if i.startswith(f"time-to/{key}/curve/")]
        assert [r.value for r in steps] == pytest.approx(list(curve.values()))
        compared += 1

    assert compared


def test_the_seed_trial_gives_the_numbers_of_its_abstract() -> None:
    # ACR 2024 abstract L17: 20 infused (1, 1, 5, 13), two CRS of grade 1, no infection, median follow-up 5 months
    # (1 to 12), DORIS in 4 and LLDAS in 6 of the 8 followed more than 6 months, B cells back in 2 to 3 months
    found = case("seed").results

    assert found["disposition/infused/count"].value == 20
    assert [found[f"exposure/dl{n}/count"].value for n in (1, 2, 3, 4)] == [1, 1, 5, 13]
    assert [found[f"follow-up/months/{k}"].text for k in ("median", "min", "max")] == ["5", "1", "12"]
    assert [found[f"b-cells/reconstitution-months/{k}"].text for k in ("min", "max")] == ["2", "3"]
    assert [found[f"safety/{k}/count"].value for k in ("crs/grade-1", "crs/grade-2-or-more", "infection")] == [2, 0, 0]
    assert found["efficacy/over-6-months/count"].value == 8
    doris, lldas = (found[f"efficacy/{e}/over-6-months/proportion"] for e in ("doris-2021", "lldas"))
    assert (doris.value, doris.n, doris.denominator, doris.text) == (0.5, 4, 8, "4/8 (50.0 %; 95 % CI 15.7–84.3)")
    assert (lldas.value, lldas.n, lldas.denominator, lldas.text) == (0.75, 6, 8, "6/8 (75.0 %; 95 % CI 34.9–96.8)")


def test_the_trace_of_any_seed_number_finds_its_records() -> None:
    trial = case("seed")
    known = {record for frame in trial.tables.values() for ids in frame["sources"].to_list() for record in ids}

    for result in trial.some[::3]:
        found = analysis.trace(result, trial.tables)
        assert len(found.record_ids) == result.sources
        assert set(found.record_ids) <= known
