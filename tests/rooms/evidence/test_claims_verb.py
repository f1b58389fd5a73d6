"""`remit claims` as a verb: exit codes and both forms of output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remit.cli.claims import claims
from remit.errors import InputError

EXAMPLES = Path(__file__).parents[3] / "examples" / "claims"


def call(*arguments: str) -> object:
    return claims(list(arguments), standalone_mode=False)


def test_a_possible_document_exits_0_and_prints_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    code = call("check", str(EXAMPLES / "l17.yaml"), "--json")

    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["contract"], answer["verdict"]) == (0, "claims/1", "possible")


def test_an_impossible_document_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    code = call("check", str(EXAMPLES / "review-79-of-47.yaml"))

    assert code == 1
    assert "79 of 47" in capsys.readouterr().out


def test_a_malformed_document_says_where(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("n: 3\nstatments: []\n", "utf-8")

    with pytest.raises(InputError, match=r"c\.yaml line 2 › statments: not a field"):
        call("check", str(file))


def test_two_reports_are_reconciled_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    code = call("reconcile", str(EXAMPLES / "l17.yaml"), str(EXAMPLES / "later-report.yaml"))

    assert code == 0
    assert "2 patients left (1 of them with crs)" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda f: f.stem)
def test_every_example_is_decided(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("check", str(file), "--json") in (0, 1)
    assert json.loads(capsys.readouterr().out)["verdict"] != "undecided"


def test_a_page_is_written_beside_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check, both = tmp_path / "check.html", tmp_path / "both.html"

    call("check", str(EXAMPLES / "l17.yaml"), "--html", str(check), "--json")
    call("reconcile", str(EXAMPLES / "l17.yaml"), str(EXAMPLES / "later-report.yaml"), "--html", str(both))

    assert check.read_text("utf-8").startswith("<!doctype html>")
    assert "2 patients left" in both.read_text("utf-8")
    assert capsys.readouterr().err == ""


def test_a_page_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        call("check", str(EXAMPLES / "review-79-of-47.yaml"), "--html", str(tmp_path / "none" / "x.html"))


def test_a_short_limit_is_told_and_no_guess_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = ", ".join(f"s{k}" for k in range(6))
    file = tmp_path / "c.yaml"
    lines = [
        f'  - {{kind: summary, variable: {name.strip()}_months, mean: "7.31", median: "7.1", min: 1, max: 30}}'
        for name in scores.split(",")
    ]
    file.write_text("\n".join(["n: 400", "statements:", *lines]) + "\n", "utf-8")

    code = call("check", str(file), "--limit", "0.1")

    told = " ".join(capsys.readouterr().out.split())
    assert code == 0
    assert "not decided in 0.1 s" in told
