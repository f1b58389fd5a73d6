"""The design in the report of the seed trial: its rows, its section, and a trace that says that no record is behind."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from remit.cli.app import run

SEED = Path(__file__).parents[2] / "examples" / "kn5501-sle"
LEVELS = ("dl1", "dl2", "dl3", "dl4")


def test_every_scenario_has_its_chances_and_they_add_up(seed: Any) -> None:
    names = sorted(path.stem for path in (SEED / "scenarios").glob("*.yaml") if "dlt_rates" in path.read_text("utf-8"))

    assert names
    for name in names:
        shares = [seed.results[f"design/{name}/{level}/selected"]["value"] for level in LEVELS]
        assert sum(shares) + seed.results[f"design/{name}/none/selected"]["value"] == pytest.approx(1, abs=1e-9)
        row = seed.results[f"design/{name}/dl4/selected"]
        assert (row["basis"], row["sources"], row["behind"]) == ("scenario", 0, [])


def test_the_declared_rule_is_in_the_results(seed: Any) -> None:
    rows = seed.results

    assert rows["design/rule/pathway/next-level"]["text"] == "start at DL1 (+1)"
    assert rows["design/rule/pathway/dl1-0-of-1/next-level"]["text"] == "escalate to DL2 (+1)"
    assert rows["design/rule/pathway/dl1-0-of-1-event/next-level"]["text"] == "stay at DL1 (+2)"
    assert all(row["basis"] == "protocol" for id, row in rows.items() if id.startswith("design/rule/"))


def test_the_page_has_a_design_section_before_the_methods(seed: Any) -> None:
    html = (seed.folder / "report.html").read_text("utf-8")

    sections = re.findall(r'<section class="part" id="([^"]+)"', html)
    assert sections[-2:] == ["design", "methods"]
    part = html[html.index('id="design"') : html.index('id="methods"')]
    assert "Single-subject titration, then 3+3, then an expansion" in part
    assert 'data-figure="oc-design"' in part
    assert 'data-figure="pathway-design"' in part
    assert "<svg" in part


def test_a_trace_says_plainly_that_no_record_is_behind(seed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    id = next(id for id in seed.results if id.endswith("/dl4/selected") and id.startswith("design/"))

    assert run(["trace", str(SEED), id]) == 0
    said = capsys.readouterr().out
    assert "No record is behind this number" in said
    assert f"scenarios/{id.split('/')[1]}.yaml" in said

    assert run(["trace", str(SEED), "design/rule/pathway/next-level"]) == 0
    assert "rests on the protocol's `escalation` alone" in capsys.readouterr().out

    assert run(["trace", str(SEED), id, "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["parts"], whole["records"]) == ([], [])


def test_a_misspelt_id_of_the_design_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trace", str(SEED), "design/rule/pathway/dl1-0-of-1/nxt-level"]) == 2
    assert "next-level" in capsys.readouterr().err


def test_a_trial_without_scenarios_says_how_to_add_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(SEED, tmp_path / "trial", ignore=shutil.ignore_patterns("scenarios", "reports", "__pycache__"))

    run(["report", str(tmp_path / "trial"), "--out", str(tmp_path / "out")])
    capsys.readouterr()

    html = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "No scenario with assumed DLT rates in the trial folder" in html


def test_a_scenario_with_the_wrong_number_of_rates_stops_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SEED, tmp_path / "trial", ignore=shutil.ignore_patterns("scenarios", "reports", "__pycache__"))
    (tmp_path / "trial" / "scenarios").mkdir()
    (tmp_path / "trial" / "scenarios" / "likely.yaml").write_text("dlt_rates: [0.1, 0.2]\n", "utf-8")

    assert run(["report", str(tmp_path / "trial"), "--out", str(tmp_path / "out")]) == 2
    assert "likely: dlt_rates: must have one rate for each of the 4 levels; got 2" in capsys.readouterr().err
