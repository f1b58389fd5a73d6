"""A fact in doubt that the investigator confirms, with a reason, no longer holds up the dose decision: it is noted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from journey.conftest import ROOT
from remit.cli.app import run

SEED = ROOT / "examples" / "kn5501-sle"
NOW = "2024-10-01"
REASON = "the bag was damaged; counted twice after thawing"


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A copy of the seed trial, to be spoilt."""
    shutil.copy(SEED / "protocol.yaml", tmp_path)
    shutil.copytree(SEED / "records", tmp_path / "records")
    return tmp_path


@pytest.fixture
def decide(seed: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def ask() -> tuple[int, dict[str, Any]]:
        code = run(["decide", str(seed), "--as-of", NOW, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return ask


def underdosed(trial: Path) -> str:
    """Half the dose in one infusion of CH01-003; returns its sequence number."""
    path = trial / "records" / "ex.csv"
    rows = path.read_text("utf-8").splitlines()
    heads = rows[0].split(",")
    place = next(n for n, row in enumerate(rows) if ",CH01-003," in row and ",KN5501," in row.split("CH01-003")[1])
    rows[place] = rows[place].replace(",3.0,", ",1.6,", 1)
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return rows[place].split(",")[heads.index("EXSEQ")]


def add(trial: Path, row: str) -> None:
    path = trial / "records" / f"supp{row.split(',')[1].lower()}.csv"
    path.write_text(path.read_text("utf-8").rstrip("\n") + f"\n{row}\n", "utf-8")


def test_a_true_underdose_is_noted_and_the_decision_made(
    seed: Path, decide: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    _, sound = decide()
    number = underdosed(seed)
    assert decide()[1]["action"] == "wait"

    add(seed, f"KN5501-SLE,EX,CH01-003,EXSEQ,{number},DOSECONF,Dose Confirmed,{REASON},CRF,INVESTIGATOR")
    code, said = decide()

    assert (code, said["action"], said["level"]) == (0, sound["action"], sound["level"])
    assert said["open_queries"] == []
    assert [(one["record"], one["rule"]) for one in said["noted"]] == [(f"EX/CH01-003/{number}", "EX-OTHER-DOSE")]
    assert REASON in said["noted"][0]["what"]
    run(["decide", str(seed), "--as-of", NOW])
    assert f"Noted, EX/CH01-003/{number}: The dose is 1.6" in capsys.readouterr().out
    run(["check", str(seed), "--json"])
    found = [one for one in json.loads(capsys.readouterr().out) if one["rule"] == "EX-OTHER-DOSE"]
    assert [one["severity"] for one in found] == ["note"]


def test_a_reasoned_dlt_outside_the_definition_is_noted_and_counted(seed: Path, decide: Any) -> None:
    path = seed / "records" / "suppae.csv"
    no, yes = (f"CH01-007,AESEQ,1,AEDLT,Dose-Limiting Toxicity,{answer}" for answer in "NY")
    path.write_text(path.read_text("utf-8").replace(no, yes), "utf-8")
    assert decide()[1]["action"] == "wait"

    add(seed, "KN5501-SLE,AE,CH01-007,AESEQ,1,DLTCONF,DLT Confirmed,fever needed intensive care,CRF,INVESTIGATOR")
    _, said = decide()

    assert said["action"] != "wait"
    assert said["open_queries"] == []
    assert [one["rule"] for one in said["noted"]] == ["AE-BEYOND-DLT"]


@pytest.mark.parametrize(
    ("reason", "evaluator", "why"),
    [
        ("Y", "INVESTIGATOR", "gives no reason"),
        ("", "INVESTIGATOR", "gives no reason"),
        (REASON, "SPONSOR", "not the investigator's"),
        (REASON, "", "not the investigator's"),
    ],
)
def test_a_yes_without_a_reason_or_by_somebody_else_confirms_nothing(
    seed: Path, decide: Any, reason: str, evaluator: str, why: str
) -> None:
    number = underdosed(seed)
    add(seed, f"KN5501-SLE,EX,CH01-003,EXSEQ,{number},DOSECONF,Dose Confirmed,{reason},CRF,{evaluator}")

    code, said = decide()

    assert (code, said["action"], said["noted"]) == (1, "wait", [])
    assert why in said["open_queries"][0]["what"]


def test_a_confirmation_of_another_record_confirms_nothing(seed: Path, decide: Any) -> None:
    number = underdosed(seed)
    other = str(int(number) + 1)
    add(seed, f"KN5501-SLE,EX,CH01-003,EXSEQ,{other},DOSECONF,Dose Confirmed,{REASON},CRF,INVESTIGATOR")

    assert decide()[1]["action"] == "wait"


def test_nothing_is_noted_where_nothing_is_confirmed(decide: Any) -> None:
    assert decide()[1]["noted"] == []
