"""`remit design` where it once said the wrong thing: sizes, targets, empty files, simulated pages, one limit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from journey.page_data import unpacked
from remit.cli.app import run

DESIGNS = Path(__file__).parents[2] / "examples" / "designs"


def spec(levels: int = 5, target: float = 0.3, cohort: int = 3, cohorts: int = 10, design: str = "boin") -> str:
    rates = ", ".join(str(round(0.1 + 0.05 * k, 2)) for k in range(levels))
    return (
        f"design: {design}\nparameters: {{levels: {levels}, target: {target}, cohort: {cohort}, cohorts: {cohorts}}}\n"
        f"scenarios:\n  likely: [{rates}]\n"
    )


def asked(capsys: pytest.CaptureFixture[str], code: int, *arguments: object) -> str:
    assert run(["design", *(str(one) for one in arguments)]) == code
    captured = capsys.readouterr()
    return re.sub(r"\s+", " ", captured.err if code else captured.out)


REFUSED = {
    "many states": (spec(levels=8, cohort=1, cohorts=100), "w.yaml › parameters › cohorts: the trial can pass through"),
    "a million subjects": (
        spec(levels=4, cohort=1000, cohorts=1000),
        "w.yaml › parameters › cohorts: 1,000,000 subjects (cohort times cohorts) are too many",
    ),
    "a million subjects, curve": (
        spec(levels=4, cohort=1000, cohorts=1000, design="crm"),
        "solved exactly up to 200 subjects; reduce cohorts or cohort",
    ),
    "target 0.75": (
        spec(target=0.75),
        "w.yaml line 2 › parameters › target: at 0.75 the default high_rate, 1.4 times the target, is 1.05",
    ),
    "target 0.95": (spec(target=0.95), "give high_rate, or a lower target"),
    "empty": ("", "w.yaml: holds no design; start with `design: boin`"),
    "comments only": ("# later\n\n  # more\n", "w.yaml: holds no design; start with `design: boin`"),
    "simon": ("design: simon\n", "w.yaml line 1 › design: simon does not escalate by DLTs alone"),
    "simon's call": ("design: simon\n", "ask `remit call simon_two_stage`"),
    "ahern": ("design: ahern\n", "ask `remit call single_stage_ahern`"),
    "boin12": ("design: boin12\n", "ask `remit call boin12_rds`"),
    "u-boin": ("design: u-boin\n", """ask `remit call efftox_oc` with `"design": "u-boin"`"""),
    "bop2": ("design: bop2\n", "ask `remit call bop2_design`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_in_one_sentence(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, said = REFUSED[case]
    file = tmp_path / "w.yaml"
    file.write_text(text, "utf-8")

    found = asked(capsys, 2, "oc", file)

    assert said in found
    assert "contract" not in found


def test_a_stated_high_rate_allows_a_high_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "w.yaml"
    file.write_text(spec(target=0.75).replace("target: 0.75", "target: 0.75, high_rate: 0.9"), "utf-8")

    assert "boin, likely" in asked(capsys, 0, "oc", file)


def test_the_worst_curves_are_said_to_be_found_by_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"

    said = asked(capsys, 0, "oc", DESIGNS / "kn5501-boin.yaml", "--html", page)

    assert "The worst found by search among rising curves" in said
    assert "74.9 %, at 0 0.3501 0.3501 0.3501" in said
    shown = re.sub(r"<[^>]*>", "", page.read_text("utf-8"))
    assert (
        "The worst found by search among rising curves, a level with a rate above 35 % is recommended: 74.9 %" in shown
    )
    assert "at true DLT rates of 0, 35.01, 35.01, 35.01 %" in shown


def test_a_simulated_page_shows_its_error_its_trials_and_the_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"

    asked(capsys, 0, "oc", DESIGNS / "kn5501-tite-boin.yaml", "--trials", 300, "--html", page)

    text = page.read_text("utf-8")
    shown = re.sub(r"<[^>]*>", " ", text)
    assert re.search(r"\d\.\d % ± \d\.\d", shown)
    assert "dashed: target" in text
    rows = unpacked(text)["results"]
    about = rows["design/likely/dl4/selected"]
    assert "(population: 300 simulated trials, seed 1; method: simulation)" in about[0]
    assert "Monte Carlo standard error" in about[1]
    assert not any("every way the trial can go" in row[0] for row in rows.values())


def test_two_designs_are_compared_at_one_limit(capsys: pytest.CaptureFixture[str]) -> None:
    both = (DESIGNS / "kn5501-titration.yaml", DESIGNS / "kn5501-boin.yaml")

    said = asked(capsys, 0, "compare", *both)
    answer = json.loads(asked(capsys, 0, "compare", *both, "--json"))

    assert "Over-dosed, for both designs: treated above 25 % (the target of kn5501-boin.yaml)" in said
    assert "33.3 %" not in said
    assert answer["overdose"]["above"] == 0.25
    for one in answer["scenarios"]["toxic"].values():
        assert one["overdosed"]["above"] == 0.25


def test_parameters_on_a_page_are_printed_as_a_person_writes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, said in (("crm", "prior sd 1.158"), ("titration", "expansion dlt share 0.3333")):
        page = tmp_path / f"{name}.html"
        asked(capsys, 0, "oc", DESIGNS / f"kn5501-{name}.yaml", "--html", page)

        text = page.read_text("utf-8")
        assert said in text
        assert not re.search(r"<p class=\"prose small\">[^<]*(True|\d\.\d{6})", text)
