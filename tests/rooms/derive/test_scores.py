"""Scores and states from the records of a day: what belongs together, what stands when answers differ, what is open."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from remit.derive.assessments import assessments
from remit.instruments.sledai_2k import CODES
from rooms.derive.small import day, derived, infusions, only, rated, records, seed_protocol, steroid

STEROID = {"CM": [steroid(5, "2023-01-01")]}


def test_one_day_is_one_assessment_whatever_visit_its_rows_name() -> None:
    rows = rated(84)
    mixed = [{**row, "VISITNUM": 14 if n % 2 else None} for n, row in enumerate(rows)]

    tables = derived(records(RS=[*rated(-8), *mixed], **STEROID))

    assert only(tables["adrs"], PARAMCD="DORIS", VARIANT="doris_2021", APROTDY=84)["AVALC"] == "Y"
    assert only(tables["adrs"], PARAMCD="SLEDAI", APROTDY=84)["AVAL"] == 0


def test_of_two_answers_on_one_day_the_later_known_one_stands() -> None:
    morning = rated(84, ["arthritis"], pga=2.0, RSDTC=f"{day(84)}T08:00")
    evening = rated(84, [], missing=["rash"], pga=None, RSDTC=f"{day(84)}T18:00")

    (one,) = assessments(records(RS=[*evening, *morning]))["S1"]

    assert (one.active, one.missing, one.pga) == (frozenset(), frozenset(), 2.0)
    assert len(one.evidence["sledai"]) == 48


def test_rows_without_a_date_are_scored_and_answer_no_visit() -> None:
    tables = derived(records(RS=[*rated(-8), *rated(None, VISITNUM=14), *rated(28)], **STEROID))

    rows = tables["adrs"].filter((pl.col("PARAMCD") == "LLDAS") & (pl.col("VARIANT") == "default"))
    # nobody knows what came before it, nor the dose on its day
    assert rows.filter(pl.col("ADT").is_null()).select("AVALC", "AVISIT", "LASTFL").rows() == [(None, None, None)]
    assert only(tables["adrs"], PARAMCD="SLEDAI", LASTFL="Y")["APROTDY"] == 28


@pytest.mark.parametrize(
    ("cells", "score"),
    [
        ({"RSORRES": "1.5", "RSSTRESN": 1.5, "RSORRESU": "0-3"}, 1.5),
        ({"RSORRES": "5", "RSSTRESN": 1.5, "RSORRESU": "0-10"}, 1.5),
        ({"RSORRES": "50", "RSORRESU": "0-100mm"}, 1.5),
        ({"RSORRES": "1.5"}, None),
        ({"RSORRES": "1.5", "RSORRESU": "cm"}, None),
        ({"RSORRES": "2.5", "RSSTRESN": 2.5, "RSORRESU": "0-10"}, None),
        ({"RSORRES": "7", "RSSTRESN": 2.1, "RSORRESU": "0-10"}, 2.1),
        ({"RSSTRESN": 2.1}, 2.1),
        ({"RSSTAT": "NOT DONE"}, None),
    ],
    ids=[
        "0 to 3", "0 to 10, converted", "millimeters", "no scale", "no such scale", "copied and not converted",
        "converted and rounded", "standard only", "not done",
    ],
)  # fmt: skip
def test_global_assessment_on_its_scale(cells: dict[str, Any], score: float | None) -> None:
    given = records(RS=[{"RSCAT": "PGA LUPUS", "RSTESTCD": "PGAL0101", "RSDTC": day(28), **cells}])

    assert only(derived(given)["adrs"], PARAMCD="PGA")["AVAL"] == score


def test_a_visit_at_which_nothing_was_assessed_is_not_the_previous_one() -> None:
    def new_activity(between: list[Any]) -> Any:
        rows = [*rated(28, ["arthritis"]), *between, *rated(168, ["arthritis"])]
        return only(derived(records(RS=rows, **STEROID))["adrs"], PARAMCD="LLDAS2", APROTDY=168)["AVALC"]

    assert new_activity(rated(84, missing=CODES, pga=None)) == "Y"
    assert new_activity(rated(84, missing=["arthritis"])) is None
    assert new_activity(rated(84)) == "N"


def test_activity_is_proven_by_the_items_that_are_known() -> None:
    rows = [*rated(-8), *rated(84, ["arthritis"], missing=["rash"])]

    tables = derived(records(RS=rows, **STEROID))

    at = tables["adrs"].filter(pl.col("APROTDY") == 84)
    assert only(at, PARAMCD="SLEDAI")["AVAL"] is None
    assert (only(at, PARAMCD="SLEDMIN")["AVAL"], only(at, PARAMCD="SLEDMAX")["AVAL"]) == (4, 6)
    assert only(at, PARAMCD="DORIS", VARIANT="doris_2021")["AVALC"] == "N"


@pytest.mark.parametrize(("on", "answer"), [(42, "N"), (43, "Y")])
def test_the_cells_are_a_current_drug_for_28_days_after_the_last_infusion(on: int, answer: str) -> None:
    tables = derived(records(RS=[*rated(-8), *rated(on)], **STEROID))

    row = only(tables["adrs"], PARAMCD="LLDAS", VARIANT="default", APROTDY=on)
    assert row["AVALC"] == answer
    assert "EX/S1/6" in row["sources"]


def test_an_infusion_on_an_unknown_day_is_not_no_infusion() -> None:
    undated = [*infusions([0, 7]), *infusions([14], EXSTDTC=None, EXENDTC=None)]

    tables = derived(records(EX=undated, RS=[*rated(-8), *rated(84)], **STEROID))

    rows = tables["adrs"].filter((pl.col("PARAMCD") == "LLDAS") & (pl.col("VARIANT") == "default"))
    assert set(rows["AVALC"]) == {None}


def test_endpoints_that_share_a_parameter_share_its_rows() -> None:
    seed = seed_protocol()
    again = seed.endpoint("lldas").model_copy(update={"key": "lldas-later", "timepoints": ("week-52",)})
    protocol = seed.model_copy(update={"endpoints": (*seed.endpoints, again)})
    given = records(RS=[*rated(-8), *rated(84)], **STEROID)

    one, two = derived(given), derived(given, protocol=protocol)

    assert two["adrs"].equals(one["adrs"])
    assert two["adtte"].equals(one["adtte"])
    assert two["adeff"].filter(pl.col("ENDPOINT") != "lldas-later").equals(one["adeff"])
    assert only(two["adeff"], ENDPOINT="lldas-later", TIMEPOINT="ever", DEFVFL="Y", GROUP="all")["ANSWER"] == "Y"


@pytest.mark.parametrize(("before", "answer"), [("E", "N"), ("B", "Y"), (None, None)])
def test_a_bilag_system_that_nobody_graded_before_is_not_a_quiet_one(before: str | None, answer: str | None) -> None:
    def letters(on: int, renal: str | None) -> list[Any]:
        given = {"BILGREN": renal, "BILGMSK": "C"}
        return [{"RSCAT": "BILAG-2004", "RSTESTCD": k, "RSORRES": v, "RSDTC": day(on)} for k, v in given.items() if v]

    rows = [*rated(84), *letters(84, before), *rated(168), *letters(168, "B")]
    # the seven systems that nobody graded at either visit leave the question open on their own
    whole = [{"RSCAT": "BILAG-2004", "RSTESTCD": code, "RSORRES": "E", "RSDTC": day(on)} for on in (84, 168)
             for code in ("BILGCON", "BILGMUC", "BILGNPS", "BILGCAR", "BILGGI", "BILGOPH", "BILGHAE")]  # fmt: skip

    tables = derived(records(RS=[*rows, *whole], **STEROID))

    assert only(tables["adrs"], PARAMCD="LLDAS2", APROTDY=168)["AVALC"] == answer
