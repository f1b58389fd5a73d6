"""A report about nobody says so first; one that lost subjects, or has some at no level, says that in its headline."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from remit.cli.app import run

SEED = Path(__file__).parents[2] / "examples" / "kn5501-sle"


def records(folder: Path, change: Callable[[str, str], str]) -> Path:
    """The seed's records with each file's text changed."""
    shutil.copytree(SEED / "records", folder / "records")
    for path in (folder / "records").glob("*.csv"):
        path.write_text(change(path.stem, path.read_text("utf-8")), "utf-8")
    return folder / "records"


def page(folder: Path, *options: str) -> str:
    run(["report", str(SEED), "--out", str(folder / "out"), *options])
    return (folder / "out" / "report.html").read_text("utf-8").partition('<section class="part"')[0]


def test_a_cutoff_before_anybody_came_is_said_first(tmp_path: Path) -> None:
    html = page(tmp_path, "--cutoff", "2019-01-01")
    abstract = (tmp_path / "out" / "abstract.md").read_text("utf-8")

    assert "No subject had entered the trial by 2019-01-01" in html.partition("<h1>")[0]
    assert "No subject had entered the trial by 2019-01-01" in abstract.partition("**Background.**")[0]
    assert "**Results.** No subject had been infused, so there are no results." in abstract
    assert "**Conclusions.** None yet." in abstract


def test_a_cutoff_before_the_first_infusion_is_said_first(tmp_path: Path) -> None:
    html = page(tmp_path, "--cutoff", "2023-10-01")

    assert re.search(
        "(Nobody had been treated|No subject had entered the trial) by 2023-10-01", html.partition("<h1>")[0]
    )


def test_records_without_a_subject_are_said_first(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    html = page(tmp_path, "--data", str(tmp_path / "none"))

    assert "The records name no subject" in html.partition("<h1>")[0]
    assert "The records name no subject" in (tmp_path / "out" / "abstract.md").read_text("utf-8")


def test_a_wrong_folder_of_records_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(SEED), "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2

    assert capsys.readouterr().err.strip().count("\n") == 0


def test_the_headline_counts_the_subjects_that_errors_left_out(tmp_path: Path) -> None:
    def without(stem: str, text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if "CH01-020" not in line) if stem == "dm" else text

    html = page(tmp_path, "--data", str(records(tmp_path, without)))

    assert "1 subject is left out because of data errors" in html


def test_a_subject_at_no_declared_level_is_said_where_levels_stand(tmp_path: Path) -> None:
    def elsewhere(stem: str, text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(line.replace("DL4", "DL9") if "CH01-020" in line else line for line in lines)

    html = page(tmp_path, "--data", str(records(tmp_path, lambda s, t: elsewhere(s, t) if s == "dm" else t)))
    whole = (tmp_path / "out" / "report.html").read_text("utf-8")

    assert "1 of the infused at no level that the protocol declares (CH01-020)" in html
    for table in ("t-baseline", "t-exposure"):
        assert "1 at no declared level" in whole.partition(f'id="{table}"')[2].partition("</thead>")[0]
    assert "Without CH01-020: at no declared level." in whole
