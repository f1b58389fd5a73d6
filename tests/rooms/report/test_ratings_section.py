"""Skin, joints, damage and flares on the seed trial: figure, tables and facts say what the results say."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from remit import analysis, derive
from remit.analysis.disposition import disposition
from remit.analysis.exposure import exposure
from remit.analysis.ratings import ratings as analyzed
from remit.analysis.result import Result
from remit.analysis.study import Study
from remit.analysis.time_to_event import time_to_event
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.report.material import Material
from remit.report.sections.ratings import ratings
from remit.report.sections.who import baseline
from remit.report.shelf import Shelf
from remit.report.tables import Table
from rooms.report import sample

TRIAL = Path(__file__).parents[3] / "examples" / "kn5501-sle"
MAKERS = (disposition, exposure, analyzed, time_to_event)


@cache
def seed() -> tuple[Any, dict[str, pl.DataFrame], tuple[Result, ...]]:
    protocol = read_protocol(TRIAL / "protocol.yaml")
    records, _ = read_records(TRIAL / "records")
    cut = protocol.last_cut()
    assert cut is not None
    tables = dict(derive.all(protocol, records, cut))
    study = Study(protocol, tables)
    made = [one for make in MAKERS for one in make(study)]
    return protocol, tables, tuple(replace(one, sources=study.index.records(one.behind)) for one in made)


def material(*left_out: str) -> Material:
    protocol, tables, results = seed()
    kept = [one for one in results if not left_out or not one.id.startswith(left_out)]
    return Material(protocol, tables, Shelf(kept), (), sample.stamp(sample.derived()))


def results() -> dict[str, Result]:
    return {one.id: one for one in seed()[2]}


def plain(content: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", str(content))).strip()


def row(table: Table | None, head: str) -> list[str]:
    assert table is not None
    return next([plain(cell.content) for cell in one.cells] for one in table.rows if plain(one.head) == head)


def test_every_number_of_the_tables_is_a_result_with_rows_behind_it() -> None:
    said = ratings(material())
    assert said is not None
    cells = [cell for name in ("medians", "shares", "flares") for one in said[name].rows for cell in one.cells]
    ids = {id for cell in cells for id in re.findall(r'data-id="([^"]+)"', str(cell.content))}

    assert len(ids) > 100
    assert all(results()[id].behind and results()[id].sources > 0 for id in ids)


def test_the_rows_read_as_the_results_print() -> None:
    said = ratings(material())
    assert said is not None

    assert row(said["shares"], "CLASI activity halved, of 10 or more")[1] == "11/11 (100.0 %)"
    assert row(said["medians"], "CLASI activity (0–70)")[0] == "10 (0–21) n 20"
    assert row(said["flares"], "Any flare (SELENA index)") == ["1/18 (5.6 %)", "0.1–27.3"]
    assert [label for label, _ in said["facts"]][1] == "Flares per subject and year"


def test_the_figure_names_its_subjects_and_draws_only_what_was_rated() -> None:
    said = ratings(material())
    assert said is not None
    figure = said["figure"]
    hovered = [one for layer in figure.spec["layer"] for one in layer["data"]["values"] if one.get("what")]
    scored = seed()[1]["adrs"].filter(
        pl.col("PARAMCD").is_in(["CLASIA", "TJC28", "SJC28", "SLEDAS"]) & pl.col("AVAL").is_not_null()
    )

    assert len(hovered) == scored.height
    assert {one["what"] for one in hovered} == set(scored["USUBJID"])
    assert figure.still.count("<rect") == scored.height
    assert "activity/clasi-activity/last/median" in re.findall(r'data-id="([^"]+)"', str(figure.title))


def test_a_trial_without_forms_has_no_such_part() -> None:
    keep = ("disposition", "exposure")
    protocol, tables, every = seed()
    shelf = Shelf(one for one in every if one.id.startswith(keep))

    assert ratings(Material(protocol, tables, shelf, (), sample.stamp(sample.derived()))) is None


def test_who_shows_classification_and_damage() -> None:
    table = baseline(material())

    assert row(table, "Lupus by EULAR/ACR 2019")[0] == "19/19 (100.0 %)"
    assert row(table, "Lupus by ACR 1997")[0] == "20/20 (100.0 %)"
    assert row(table, "Damage index (SLICC/ACR) median (range)")[0] == "0 (0–1)"
    assert results()["baseline/eular-acr-2019/count"].note == "unknown in 1"


@pytest.mark.parametrize(
    ("id", "record"),
    [
        ("activity/clasi-50/week-12/proportion", "RS/CH01-002/"),
        ("activity/sle-das/week-4/median", "LB/CH01-001/"),
        ("flares/any/count", "VS/CH01-001/"),
        ("baseline/eular-acr-2019/count", "RS/CH01-009/"),
        ("time-to/flare/events", "CM/CH01-001/"),
    ],
)
def test_a_number_traces_to_the_records_of_its_form(id: str, record: str) -> None:
    found = analysis.trace(results()[id], seed()[1])

    assert found.record_ids
    assert any(one.startswith(record) for one in found.record_ids)
    assert len(found.record_ids) == results()[id].sources


def sheets_since_treatment() -> dict[str, list[tuple[int, str | None]]]:
    """Subject -> day and kind of every sheet of flares after the first infusion, in order."""
    rows = seed()[1]["adrs"].filter((pl.col("PARAMCD") == "SFI") & (pl.col("APROTDY") > 0))
    found: dict[str, list[tuple[int, str | None]]] = {}
    for who, day, kind in rows.select("USUBJID", "APROTDY", "AVALC").sort("USUBJID", "APROTDY").iter_rows():
        found.setdefault(who, []).append((day, kind))
    return found


def test_flares_per_year_divide_by_the_stretches_that_end_in_a_known_visit() -> None:
    days = 0
    for visits in sheets_since_treatment().values():
        for (before, _), (day, kind) in zip([(0, None), *visits], visits, strict=False):
            days += day - before if kind is not None else 0

    assert results()["flares/all/per-year"].value == pytest.approx(1 / (days / 365.25))


def test_who_had_no_flare_and_is_unknown_at_a_visit_is_not_evaluable() -> None:
    kinds = {who: [kind for _, kind in visits] for who, visits in sheets_since_treatment().items()}
    open_ones = [who for who, found in kinds.items() if None in found and not {"mild_moderate", "severe"} & {*found}]

    result = results()["flares/any/count"]

    assert (result.n, result.denominator) == (1, len(kinds) - len(open_ones)) == (1, 18)
    assert result.note == f"unknown at some visit in {len(open_ones)}"


@pytest.mark.parametrize("id", ["flares/any/count", "flares/any/dl4/count", "flares/all/flares"])
def test_only_sheets_after_the_first_infusion_are_behind_a_flare(id: str) -> None:
    before = pl.lit("2020-01-01").str.to_date()
    early = seed()[1]["adrs"].filter((pl.col("PARAMCD") == "SFI") & (pl.col("APROTDY") > 0))
    # a flare of everybody before treatment, which no number counts
    early = early.with_columns(
        pl.lit("severe").alias("AVALC"), pl.lit(2.0).alias("AVAL"), before.alias("ADT"),
        (-pl.col("APROTDY")).alias("APROTDY"), pl.lit(["RS/EARLY/1"]).alias("sources"),
    )  # fmt: skip
    tables = {**seed()[1], "adrs": pl.concat([seed()[1]["adrs"], early])}

    with_early = next(one for one in analyzed(Study(seed()[0], tables)) if one.id == id)

    assert with_early.value == results()[id].value
    assert analysis.trace(with_early, tables).record_ids == analysis.trace(results()[id], seed()[1]).record_ids


def test_a_rate_of_flares_rests_on_known_visits_only() -> None:
    counted, population = analysis.trace(results()["flares/all/per-year"], seed()[1]).parts
    known = [kind for visits in sheets_since_treatment().values() for _, kind in visits if kind is not None]

    assert (counted.rows.height, population.rows.height) == (1, len(known))


def test_a_remission_by_sle_das_says_that_it_asks_for_no_dose() -> None:
    notes = {id: one.note for id, one in results().items() if id.startswith("activity/sle-das-category/")}

    said = {id for id, note in notes.items() if note.startswith("by score alone, whatever the prednisone dose")}
    assert said == {id for id in notes if "/remission/" in id} != set()
