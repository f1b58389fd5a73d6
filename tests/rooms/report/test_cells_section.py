"""The section about cells on the seed trial: figures and tables say what the results say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from remit import derive
from remit.analysis.activity import activity
from remit.analysis.b_cell_recovery import b_cell_recovery
from remit.analysis.b_cells import b_cells
from remit.analysis.donors import donors
from remit.analysis.exposure import exposure
from remit.analysis.exposure_response import exposure_response
from remit.analysis.immunogenicity import immunogenicity
from remit.analysis.interval_censored import interval_censored
from remit.analysis.kinetics import kinetics
from remit.analysis.result import Result
from remit.analysis.study import Study
from remit.analysis.vaccines import vaccines
from remit.derive.adpp import adpp
from remit.derive.known import known_by
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.report.material import Material
from remit.report.sections.cells import CELLS
from remit.report.shelf import Shelf
from rooms.report import sample

TRIAL = Path(__file__).parents[3] / "examples" / "kn5501-sle"


@cache
def seed() -> tuple[Any, dict[str, pl.DataFrame], tuple[Result, ...]]:
    protocol = read_protocol(TRIAL / "protocol.yaml")
    records, _ = read_records(TRIAL / "records")
    cut = protocol.last_cut()
    assert cut is not None
    tables = dict(derive.all(protocol, records, cut))
    tables["adpp"] = adpp(protocol, known_by(records, cut), tables["adsl"], tables["adex"])
    study = Study(protocol, tables)
    makers = (
        exposure, b_cells, b_cell_recovery, kinetics, donors, vaccines, immunogenicity, activity, exposure_response,
        interval_censored,
    )  # fmt: skip
    return protocol, tables, tuple(result for make in makers for result in make(study))


def contents(*left_out: str) -> Any:
    protocol, tables, results = seed()
    kept = [r for r in results if not r.id.startswith(left_out)] if left_out else list(results)
    stamp = sample.stamp(sample.derived())
    return CELLS.contents(Material(protocol, tables, Shelf(kept), (), stamp))


def layers(spec: Any) -> Iterator[Any]:
    return iter(spec["layer"])


def test_the_figure_draws_the_shares_of_the_results_and_every_subject_once() -> None:
    _, tables, results = seed()
    figure = contents()["response"]
    shares, _, _, dots, words, _ = (layer["data"]["values"] for layer in layers(figure.spec))

    by_id = {r.id: r for r in results}
    ids = {
        f"exposure-response/{endpoint}/{level}/proportion"
        for endpoint in ("doris-2021", "lldas")
        for level in ("dl1", "dl2", "dl3", "dl4")
    }
    drawn = {(row["share"], row["low"], row["high"], row["text"]) for row in shares}
    made = {
        (by_id[id].value, by_id[id].interval.low, by_id[id].interval.high, by_id[id].text)  # type: ignore[union-attr]
        for id in ids
    }
    assert drawn == made
    assert [word["t"] for word in words] == ["DORIS 2021", "LLDAS"]
    assert len(dots) == 2 * 20
    judged = tables["adeff"].filter(
        (pl.col("ENDPOINT") == "lldas") & (pl.col("VARIANT") == "default") & (pl.col("TIMEPOINT") == "last")
        & (pl.col("GROUP") == "all") & (pl.col("IN") == "Y")
    )  # fmt: skip
    answers = dict(judged.select("USUBJID", "ANSWER").iter_rows())
    second = [dot for dot in dots if dot["x"] > 5]
    assert {dot["USUBJID"]: dot["ANSWER"] for dot in second} == answers
    assert len({(dot["x"], dot["y"]) for dot in dots}) == len(dots)


def test_what_the_figure_cannot_say_stands_beside_it() -> None:
    said = contents()["cannot_say"]

    assert "does not show an effect of the dose level" in said
    assert "at random" in said
    assert "Nothing here is adjusted or tested." in said


def test_every_table_of_the_seed_is_there() -> None:
    made = {table.key: table for _, table in contents()["folded"]}

    assert list(made) == [
        "b-cell-recovery", "b-cell-subsets", "serology", "vaccines", "immunogenicity", "immunogenicity-subjects",
        "kinetics", "kinetics-infusions", "kinetics-conventions", "kinetics-covariates", "exposure-response",
    ]  # fmt: skip
    assert {len(row.cells) for table in made.values() for row in table.rows} >= {1 + 4, 3, 6}
    for table in made.values():
        assert {len(row.cells) for row in table.rows} == {len(table.head)}, table.key
    copies = made["kinetics-infusions"].rows[: [row.kind for row in made["kinetics-infusions"].rows].index("group", 1)]
    infusion = {str(row.head): [str(cell.content) for cell in row.cells] for row in copies}
    assert "adjusted R²" in infusion
    assert "infusion-1/half-life-days/median" in infusion["Half-life, days"][0]
    assert "–" in infusion["Half-life, days"][1]


def test_without_results_there_are_no_tables_and_no_comparison() -> None:
    bare = contents(
        "kinetics/", "exposure-response/", "b-cells/", "activity/", "time-to/", "donors/", "vaccine/", "immunogenicity/"
    )

    assert bare["response"] is None
    assert bare["folded"] == []


def test_each_analyte_has_its_panel_its_unit_and_its_points() -> None:
    _, tables, _ = seed()
    figure = contents()["kinetics"]

    panels = figure.spec["vconcat"]
    axes = [
        next(x for x in p["layer"] if x["mark"].get("type") == "line")["encoding"]["y"]["axis"]["title"] for p in panels
    ]
    assert axes == ["CAR transgene copies, copies/µg", "CAR-positive cells, cells/µL"]
    for panel, code in zip(panels, ("CARCOPY", "CARCE"), strict=True):
        line = next(layer for layer in panel["layer"] if layer["mark"].get("type") == "line")
        drawn = {(p["USUBJID"], p["APROTDY"], p["shown"]) for p in line["data"]["values"]}
        rows = tables["adlb"].filter(pl.col("PARAMCD") == code)
        shown = pl.when(pl.col("BLQFL") == "Y").then("LLOQ").otherwise("AVAL")
        assert drawn == set(rows.select("USUBJID", "APROTDY", shown.alias("at")).iter_rows())
    assert "takes it as 0 before and after" in str(figure.key_line)


def test_an_analyte_in_two_units_is_not_drawn_and_the_page_says_why() -> None:
    protocol, tables, results = seed()
    mixed = pl.when(pl.col("PARAMCD") == "CARCE").then(
        pl.when(pl.col("USUBJID") == "CH01-001").then(pl.lit("cells/L")).otherwise("AVALU")
    ).otherwise("AVALU")  # fmt: skip
    spoilt = {**tables, "adlb": tables["adlb"].with_columns(mixed.alias("AVALU"))}
    study = Study(protocol, spoilt)
    made = [r for r in results if not r.id.startswith("kinetics/")] + list(kinetics(study))
    shown = CELLS.contents(Material(protocol, spoilt, Shelf(made), (), sample.stamp(sample.derived())))

    assert "vconcat" not in shown["kinetics"].spec
    assert "CAR-positive cells is not drawn: it was recorded in cells/L and cells/uL." in str(
        shown["kinetics"].key_line
    )


def test_donors_carry_the_warning_that_they_follow_the_levels() -> None:
    made = {table.key: table for _, table in contents()["folded"]}
    table = made["kinetics-covariates"]

    assert "Donor D3 went to DL4 only" in str(table.foot)
    assert 'data-id="donors/donor/at-one-level/total"' in str(table.foot)
    assert [str(h) for h in table.head][-4:] == ["DORIS 2021", "interval", "LLDAS", "interval"]
    assert len([row for row in table.rows if row.kind == "sub"]) == 3 + 5


def test_what_was_not_tested_is_said_in_the_table_of_antibodies() -> None:
    made = {table.key: table for _, table in contents()["folded"]}
    rows = {str(row.head): [str(cell.content) for cell in row.cells] for row in made["immunogenicity"].rows[:8]}

    assert "19/20" in rows["Tested after the first infusion"][0]
    assert "2/19" in rows["Treatment-emergent"][0]
    assert "in no denominator" in str(made["immunogenicity"].foot)
    subjects = {(str(row.head), str(row.cells[0].content)): row for row in made["immunogenicity-subjects"].rows}
    assert str(subjects["CH01-017", "Donor-specific HLA antibody"].cells[-1].content).startswith("unknown")
    assert len(subjects) == 7


def test_what_a_trial_of_cells_did_not_collect_is_named() -> None:
    protocol, tables, _ = seed()
    bare = {name: frame for name, frame in tables.items() if name in ("adsl", "adex")}
    bare["adex"] = bare["adex"].with_columns(DONOR=pl.lit(None, pl.String), EXLOT=pl.lit(None, pl.String))
    study = Study(protocol, bare)
    made = [r for make in (kinetics, donors, vaccines, immunogenicity) for r in make(study)]
    shown = CELLS.contents(Material(protocol, bare, Shelf(made), (), sample.stamp(sample.derived())))

    (folded,) = [table for _, table in shown["folded"]]
    assert folded.key == "cells-not-collected"
    assert len(folded.rows) == 5
    assert all("not collected" in str(row.cells[0].content) for row in folded.rows)
    assert shown["kinetics"] is None
