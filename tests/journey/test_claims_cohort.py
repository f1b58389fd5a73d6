"""`remit claims cohort`: cohorts drawn from the seed abstract, as records that check and report take."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.conftest import ROOT
from remit.exchange.published_yaml import read_published
from remit.virtual import against

SEED = ROOT / "examples" / "kn5501-sle"
CLAIMS = ROOT / "examples" / "claims" / "l17.yaml"
DRAWS = 3


@dataclass(frozen=True)
class Drawn:
    """What the verb printed, and where it wrote."""

    answer: dict[str, Any]
    folder: Path


def remit(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "remit"), *arguments], capture_output=True, text=True, timeout=400
    )


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    folder = tmp_path_factory.mktemp("drawn")
    done = remit(
        "claims", "cohort", str(CLAIMS), "--trial", str(SEED), "--draws", str(DRAWS), "--seed", "1",
        "--ask", "lldas at DL4", "--ask", "crs in over-6-months", "--out", str(folder), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Drawn(json.loads(done.stdout), folder)


def folders(drawn: Drawn) -> list[Path]:
    found = sorted(drawn.folder.glob("draw-*"))
    assert [path.name for path in found] == [f"draw-{n:04d}" for n in drawn.answer["records"]["kept"]]
    assert len(found) == DRAWS
    return found


def test_the_records_pass_the_check_without_an_error(drawn: Drawn) -> None:
    for folder in folders(drawn):
        done = remit("check", str(SEED), "--data", str(folder), "--json")

        assert [one for one in json.loads(done.stdout) if one["severity"] == "error"] == []
        assert done.returncode == 0


def test_the_report_of_every_draw_prints_every_published_number(drawn: Drawn, tmp_path: Path) -> None:
    published = read_published(SEED)
    assert published is not None
    printed = published.printed()
    for folder in folders(drawn):
        done = remit("report", str(SEED), "--data", str(folder), "--out", str(tmp_path / folder.name))
        assert done.returncode == 0, done.stderr

        results = json.loads((tmp_path / folder.name / "results.json").read_text("utf-8"))["results"]
        table = pl.DataFrame([{"trial": 1, "id": one["id"], "value": one["value"]} for one in results])
        rows = against(table.lazy(), printed)
        assert rows.filter(pl.col("exactly") == 0)["id"].to_list() == []
        # nothing happened, so that no row is printed: that is the 0
        missing = set(printed) - set(rows["id"].to_list())
        assert all(printed[id].value == 0 for id in missing), missing


def test_no_draw_hides_that_it_is_invented(drawn: Drawn) -> None:
    for folder in folders(drawn):
        assert (folder / "NOTICE.txt").read_text("utf-8").startswith("INVENTED DATA")


def test_the_facts_of_the_draws_are_in_the_records(drawn: Drawn) -> None:
    facts = pl.read_csv(drawn.folder / "draws.csv")
    assert facts.group_by("draw").len()["len"].to_list() == [20] * DRAWS
    for folder, number in zip(folders(drawn), drawn.answer["records"]["kept"], strict=True):
        own = facts.filter(pl.col("draw") == number)
        dm, ex = (pl.read_csv(folder / f"{name}.csv", infer_schema_length=None) for name in ("dm", "ex"))

        assert sorted(dm["ARMCD"].to_list()) == sorted(own["levels"].to_list())
        first = ex.filter(pl.col("EXCAT") == "CELL THERAPY").group_by("USUBJID").agg(pl.col("EXSTDTC").min())
        days = (pl.date(2024, 10, 1) - pl.col("EXSTDTC").str.slice(0, 10).str.to_date()).dt.total_days()
        followed = sorted(first.select(days.alias("days"))["days"].to_list())
        assert followed == sorted((own["follow_up_months"] * 30.4375).round().cast(pl.Int64).to_list())
        fevers = pl.read_csv(folder / "ae.csv").filter(pl.col("AEDECOD") == "Cytokine release syndrome")
        assert fevers["USUBJID"].n_unique() == own["crs"].sum() == 2


def test_what_is_not_printed_has_its_range_over_draws_and_in_all(drawn: Drawn) -> None:
    level, fever = drawn.answer["asked"]
    assert level["possible"] == [0, 13]
    assert level["open"]
    assert 0 <= level["min"] <= level["median"] <= level["max"] <= 13
    assert fever["possible"] == [0, 2]

    spread = {one["id"]: one for one in drawn.answer["spread"]}
    responders = spread["efficacy/doris-2021/over-6-months/proportion"]
    assert (responders["min"], responders["max"], responders["known"]) == (0.5, 0.5, DRAWS)
    # the abstract prints no age: every draw has its own
    assert spread["baseline/age-years/median"]["min"] < spread["baseline/age-years/median"]["max"]


def test_the_same_seed_draws_the_same_bytes(drawn: Drawn, tmp_path: Path) -> None:
    done = remit("claims", "cohort", str(CLAIMS), "--trial", str(SEED), "--draws", str(DRAWS), "--seed", "1",
                 "--out", str(tmp_path), "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr

    files = sorted(path.relative_to(drawn.folder) for path in drawn.folder.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    for path in files:
        assert (drawn.folder / path).read_bytes() == (tmp_path / path).read_bytes(), path


def test_parts_that_are_not_the_levels_of_the_protocol_are_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "claims.yaml"
    file.write_text(CLAIMS.read_text("utf-8").replace("DL3: 5", "DL-3: 5"), "utf-8")

    done = remit("claims", "cohort", str(file), "--trial", str(SEED))

    assert done.returncode == 2
    assert '"DL-3" is not a level of the protocol. Did you mean "DL3"? Levels: DL1, DL2, DL3, DL4.' in done.stderr


def test_numbers_that_cannot_be_true_together_exit_1_with_their_names(tmp_path: Path) -> None:
    file = tmp_path / "claims.yaml"
    file.write_text(CLAIMS.read_text("utf-8").replace("DL4: 13", "DL4: 12"), "utf-8")

    done = remit("claims", "cohort", str(file), "--draws", "1")

    assert done.returncode == 1
    assert "levels cannot hold together" in done.stderr or "There is no such cohort: levels" in done.stderr


def test_a_word_that_is_not_the_documents_exits_2_with_the_nearest() -> None:
    done = remit("claims", "cohort", str(CLAIMS), "--draws", "1", "--ask", "ldas at DL4")

    assert done.returncode == 2
    assert 'Did you mean "lldas"?' in done.stderr
