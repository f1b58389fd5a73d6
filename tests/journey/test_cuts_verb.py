"""`remit cuts` as people and programs call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from journey.conftest import ROOT
from remit.cli.app import run
from rooms.evidence import few

SEED = ROOT / "examples" / "kn5501-sle"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run(["cuts", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Four subjects of the seed, and the same with one grade corrected and one visit gone."""
    folder = tmp_path_factory.mktemp("cuts")
    later = few.without(few.changed(few.records(), "AE/CH01-012/1", "AETOXGR", "3"), "SV/CH01-001/3")
    return few.trial_folder(folder / "a"), few.trial_folder(folder / "b", later)


def test_every_number_between_two_cutoffs_of_the_seed_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = answer(capsys, "diff", f"{SEED}@2023-11-01", f"{SEED}@2023-12-15", "--limit", "0")

    assert code == 0
    assert (said["contract"], said["unexplained"]) == ("cuts/1", [])
    assert len(said["moved"]) > 1000
    known = {record["record"] for record in said["records"]}
    for one in said["moved"]:
        cause = said["explanations"][one["explanation"]]
        assert cause["subjects"] or cause["records"] or cause["cutoff"]
        assert set(cause["records"]) <= known
    assert {record["origin"] for record in said["records"]} == {"cutoff"}
    assert said["moved"][0]["id"] == "disposition/infused/count"
    assert (said["moved"][0]["before"]["text"], said["moved"][0]["after"]["text"]) == ("2", "4")


def test_two_folders_give_the_numbers_and_the_records_that_moved_them(
    capsys: pytest.CaptureFixture[str], trials: tuple[Path, Path]
) -> None:
    code, said = answer(capsys, "diff", *map(str, trials))

    assert code == 0
    assert {(r["record"], r["kind"], *r["columns"]) for r in said["records"]} == {
        ("AE/CH01-012/1", "changed", "AETOXGR"),
        ("SV/CH01-001/3", "removed"),
    }
    moved = {one["id"]: one for one in said["moved"]}
    assert moved["safety/crs/grade-3/count"]["because"] == "AE/CH01-012/1 changed (AETOXGR)"
    assert {e["proof"] for e in said["explanations"]} == {"alone"}
    assert said["decisions"]["after"][0]["action"] == "wait"


def test_people_read_numbers_causes_and_the_decision_and_get_a_page(
    capsys: pytest.CaptureFixture[str], trials: tuple[Path, Path], tmp_path: Path
) -> None:
    page = tmp_path / "out" / "cuts.html"

    code = run(["cuts", "diff", *map(str, trials), "--html", str(page)])

    said = capsys.readouterr().out
    assert code == 0
    assert "nothing is left over." in said
    assert "Proven by running the trial again:" in said
    assert "Dose decision (titration-3+3-expansion)" in said
    text = page.read_text("utf-8")
    assert "safety/crs/grade-3/count" in text
    assert "AE/CH01-012/1 changed (AETOXGR)" in text
    assert "INVENTED DATA" in text
    assert "<script" not in text
    assert "://" not in text


def test_folders_of_records_take_the_protocol_of_a_trial(
    capsys: pytest.CaptureFixture[str], trials: tuple[Path, Path]
) -> None:
    folders = [str(folder / "records") for folder in trials]

    code, said = answer(capsys, "diff", *folders, "--trial", str(trials[0]))

    assert code == 0
    assert {record["record"] for record in said["records"]} == {"AE/CH01-012/1", "SV/CH01-001/3"}


def test_a_report_that_another_version_printed_is_told_apart(
    capsys: pytest.CaptureFixture[str], trials: tuple[Path, Path], tmp_path: Path
) -> None:
    now = tmp_path / "now"
    run(["report", str(trials[0]), "--out", str(now)])
    old = tmp_path / "old"
    shutil.copytree(now, old)
    results = json.loads((old / "results.json").read_text("utf-8"))
    row = next(row for row in results["results"] if row["id"] == "disposition/infused/count")
    row["value"], row["text"] = 5, "5"
    (old / "results.json").write_text(json.dumps(results), "utf-8")
    capsys.readouterr()

    code, said = answer(capsys, "diff", str(old), str(now), "--trial", str(trials[0]))

    assert code == 0
    ((moved),) = said["moved"]
    assert (moved["id"], moved["because"]) == ("disposition/infused/count", "another version of remit")
    assert (moved["before"]["text"], moved["after"]["text"]) == ("5", "4")


def test_what_if_answers_without_touching_a_file(capsys: pytest.CaptureFixture[str], trials: tuple[Path, Path]) -> None:
    before = {path: path.read_bytes() for path in trials[0].rglob("*") if path.is_file()}

    code, said = answer(capsys, "what-if", str(trials[0]), "--set", "AE/CH01-012/1 AETOXGR=3")

    assert code == 0
    moved = {one["id"]: (one["before"], one["after"]) for one in said["moved"]}
    old, new = moved["safety/crs/grade-3/count"]
    assert (old["n"], new["n"], new["denominator"]) == (0, 1, 4)
    assert said["decisions"][0]["moved"] is True
    assert said["decisions"][0]["after"]["action"] == "wait"
    assert {path: path.read_bytes() for path in trials[0].rglob("*") if path.is_file()} == before


def test_people_read_what_moves_and_the_decision_before_and_after(
    capsys: pytest.CaptureFixture[str], trials: tuple[Path, Path]
) -> None:
    code = run(["cuts", "what-if", str(trials[0]), "--drop", "AE/CH01-012/1"])

    said = capsys.readouterr().out
    assert code == 0
    assert "numbers move (cutoff 2024-10-01)." in said
    assert "safety/crs/any/proportion" in said
    assert "Dose decision (titration-3+3-expansion): stays." in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["diff", "{a}@2024-13-01", "{b}"], "is not a date"),
        (["diff", "{a}/nowhere", "{b}"], "is not a folder"),
        (["diff", "{a}/records", "{b}"], "--trial TRIAL"),
        (["diff", "{a}/amendments", "{b}"], "so it is no cut"),
        (["diff", "{a}", str(ROOT / "examples" / "kn5501-sad-mad")], "There is no folder of records"),
        (["diff", "{a}", "{b}", "--html", "{a}"], "is a folder"),
        (["what-if", "{a}"], "Nothing is to be different"),
        (["what-if", "{a}", "--set", "AE/CH01-012/1"], "Write 'RECORD COLUMN=VALUE'"),
        (["what-if", "{a}", "--set", "AE/CH01-012/1 AETOXGRR=3"], 'Did you mean "AETOXGR"?'),
        (["what-if", "{a}", "--drop", "AE/CH01-012/11"], 'Did you mean "AE/CH01-012/1"?'),
        (["what-if", "{a}", "--drop", "AE/CH01-012/1", "--cutoff", "soon"], "is not a date"),
    ],
)
def test_wrong_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], trials: tuple[Path, Path], arguments: list[str], says: str
) -> None:
    code = run(["cuts", *(text.format(a=trials[0], b=trials[1]) for text in arguments)])

    message = capsys.readouterr().err.strip()
    assert code == 2
    assert says in message
    assert len(message.splitlines()) == 1
