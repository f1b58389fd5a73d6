"""A trial in parts from `remit simulate` to check, report and the committee's decision, on one set of records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remit.cli.app import run

TRIAL = Path(__file__).parents[2] / "examples" / "kn5501-sad-mad"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("parts") / "out"
    assert run(["simulate", str(TRIAL), "--seed", "7", "--out", str(made)]) == 0
    return made


def test_the_decisions_are_those_of_the_committee_on_that_day(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["simulate", str(TRIAL), "--seed", "7", "--out", str(tmp_path / "out"), "--json"]) == 0
    decisions = json.loads(capsys.readouterr().out)["decisions"]
    parts = [one["part"] for one in decisions]

    for one in [decisions[3], decisions[parts.index("mad") - 1], *decisions[parts.index("mad") + 1 :]]:
        asked = ["--part", one["part"], "--as-of", one["date"], "--json"]
        run(["decide", str(TRIAL), "--data", str(folder), *asked])
        made = json.loads(capsys.readouterr().out)
        assert (made["part"], made["action"], made["level"], made["subjects"], made["reason"]) == (
            one["part"], one["action"], one["level"], one["subjects"], one["reason"],
        )  # fmt: skip
    assert parts.count("mad") >= 4


def test_the_records_hold_no_error_and_the_report_is_made(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(TRIAL), "--data", str(folder)]) == 0
    assert "no findings" in capsys.readouterr().out
    assert run(["report", str(TRIAL), "--data", str(folder), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "MAD 1" in page
    assert "come on top" in page


def test_many_trials_in_parts_become_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", str(TRIAL), "--trials", "4", "--out", str(tmp_path / "out"), "--json"]) == 0
    rows = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["results"]
    by_id = {row["id"]: row for row in rows}

    assert by_id["simulation/likely/trial/sad/opened/proportion/median"]["value"] == 1
    assert "simulation/likely/trial/mad/recommended-level/median" in by_id
    assert "simulation/likely/ended/not-opened/proportion" in by_id
    assert "come on top" in (tmp_path / "out" / "simulation.html").read_text("utf-8")
