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
from remit.analysis.exposure import exposure
from remit.analysis.exposure_response import exposure_response
from remit.analysis.interval_censored import interval_censored
from remit.analysis.kinetics import kinetics
from remit.analysis.result import Result
from remit.analysis.study import Study
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
    makers = (exposure, b_cells, b_cell_recovery, kinetics, activity, exposure_response, interval_censored)
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
        "b-cell-recovery", "serology", "kinetics", "kinetics-infusions", "kinetics-conventions", "kinetics-covariates",
        "exposure-response",
    ]  # fmt: skip
    assert {len(row.cells) for table in made.values() for row in table.rows} >= {1 + 4, 3, 6}
    for table in made.values():
        assert {len(row.cells) for row in table.rows} == {len(table.head)}, table.key
    infusion = {str(row.head): [str(cell.content) for cell in row.cells] for row in made["kinetics-infusions"].rows}
    assert "adjusted R²" in infusion
    assert "infusion-1/half-life-days/median" in infusion["Half-life, days"][0]
    assert "–" in infusion["Half-life, days"][1]


def test_without_results_there_are_no_tables_and_no_comparison() -> None:
    bare = contents("kinetics/", "exposure-response/", "b-cells/", "activity/", "time-to/")

    assert bare["response"] is None
    assert bare["folded"] == []
