"""`remit check` looks at the design that the protocol declares, also before there are records."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from journey.conftest import ROOT
from remit.cli.app import run

EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize("trial", ["kn5501-sad-mad", "kn5601-paediatric"])
def test_a_protocol_alone_is_checked(trial: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["check", str(EXAMPLES / trial)])

    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    assert "no records yet: protocol checked" in said.out


def test_a_new_folder_is_checked_alone_and_json_stays_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["new", str(tmp_path / "trial")])
    capsys.readouterr()

    assert run(["check", str(tmp_path / "trial")]) == 0
    assert "no records yet: protocol checked" in capsys.readouterr().out
    assert run(["check", str(EXAMPLES / "kn5501-sad-mad"), "--json"]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == "[]"
    assert "protocol checked" in said.err


def test_records_that_were_asked_for_must_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["check", str(EXAMPLES / "kn5501-sad-mad"), "--data", str(tmp_path / "nowhere")])

    assert code == 2
    assert "nowhere" in capsys.readouterr().err


SEED, PARTS = "kn5501-sle", "kn5501-sad-mad"
TITRATION = "design: titration-3+3-expansion"


@pytest.mark.parametrize(
    ("trial", "old", "new", "path", "says"),
    [
        (SEED, "trigger_grade: 2", "trigger_grade: 9", "escalation › parameters › trigger_grade", "1 to 5; got 9"),
        (SEED, "trigger_grade: 2", "triger_grade: 2", "parameters › triger_grade", 'Did you mean "trigger_grade"'),
        (SEED, "trigger_grade: 2", "trigger_grade: maybe", "parameters › trigger_grade", "must be a number"),
        (SEED, "trigger_count: 1", "trigger_count: .nan", "escalation › parameters › trigger_count", "number"),
        (SEED, "through_level: 2", "through_level: 5", "parameters › titration_through_level", "0 to 4; got 5"),
        (SEED, "no-skipping: 1", "no-skipping: 0", "escalation › guards › no-skipping", "1 or more"),
        (SEED, "no-skipping: 1", "no-skiping: 1", "escalation › guards", 'Did you mean "no-skipping"'),
        (SEED, "no-skipping: 1", "stop-if-too-toxic: 95", "guards › stop-if-too-toxic", "needs the target"),
        (SEED, "  cohort: 3\n", "  cohort: 4\n", "escalation › cohort", "3 subjects at a time; got 4"),
        (SEED, "  start: 1\n", "  start: 5\n", "escalation › start", "Levels: 1, 2, 3, 4"),
        (SEED, "  cohort: 3\n", "  cohort: 3\n  target: 0.3\n", "escalation › target", "not a parameter of titration"),
        (SEED, TITRATION, "design: boin", "parameters › titration_through_level", "not a parameter of boin"),
        (PARTS, "{design: 3+3, start: 1,", "{design: boin, start: 1,", "sad › escalation › parameters", "target"),
        (PARTS, "start: 7, cohort: 3", "start: 1, cohort: 3", "parts › mad › escalation › start", "Levels: 7, 8, 9"),
        (PARTS, "start: 7, cohort: 3", "start: 7, cohort: 5", "parts › mad › escalation › cohort", "3 subjects"),
        (PARTS, "start: 7, cohort: 3, guards: {no-skipping: 1}", "start: 7, guards: {most-subjects: 0}",
         "parts › mad › escalation › guards › most-subjects", "1 or more"),
        (PARTS, "dose_unit: 10^9 cells", "dose_unit: 10^6 cells", "levels › sad-1 › dose › unit", "10^6 cells"),
        (SEED, "amount: 3.0, unit: 10^9 cells", "amount: 3.0, unit: 10^8 cells", "dl3 › dose › unit", "one unit"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_built_is_one_sentence_with_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], trial: str, old: str, new: str, path: str, says: str
) -> None:
    text = (EXAMPLES / trial / "protocol.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "protocol.yaml").write_text(text.replace(old, new, 1), "utf-8")
    if trial == SEED:
        shutil.copytree(EXAMPLES / SEED / "records", tmp_path / "records")

    for verb in ("check", "decide"):
        code = run([verb, str(tmp_path)])

        said = capsys.readouterr()
        assert (code, said.out) == (2, "")
        assert len(said.err.strip().splitlines()) == 1
        assert said.err.startswith("protocol.yaml")
        assert path in said.err
        assert says in said.err


@pytest.mark.parametrize(
    ("cutoff", "says"),
    [
        ("2023-01-01", "No subject had entered the trial by 2023-01-01"),
        ("2023-10-01", "Nobody had been treated by 2023-10-01"),
    ],
)
def test_a_report_before_the_first_infusion_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cutoff: str, says: str
) -> None:
    code = run(["report", str(EXAMPLES / SEED), "--cutoff", cutoff, "--out", str(tmp_path)])

    assert code == 0
    assert says in capsys.readouterr().err
    assert says in (tmp_path / "report.html").read_text("utf-8")
    assert says in (tmp_path / "abstract.md").read_text("utf-8")
