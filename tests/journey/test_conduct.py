"""Dose decisions and the replay of the seed trial, from its records."""

from __future__ import annotations

import json
from typing import Any

import pytest

from journey.conftest import ROOT
from remit.cli.app import run

SEED = str(ROOT / "examples" / "kn5501-sle")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("as_of", "level", "action"),
    [
        ("2023-10-30", 2, "escalate"),  # day 28 of the first subject is over
        ("2023-11-28", 3, "escalate"),
        ("2024-01-26", 4, "escalate"),  # three at level 3 have cleared the window
        ("2024-10-01", None, "stop"),  # thirteen at level 4: the expansion is complete
    ],
)
def test_a_decision_follows_the_declared_design(
    capsys: pytest.CaptureFixture[str], as_of: str, level: int | None, action: str
) -> None:
    code, said = answer(capsys, "decide", SEED, "--as-of", as_of)

    assert code == 0
    assert (said["level"], said["action"]) == (level, action)
    assert said["reason"]
    assert said["open_windows"] == []
    assert {other["design"] for other in said["other_designs"]} >= {"3+3", "boin", "keyboard"}


@pytest.mark.parametrize(
    ("as_of", "waiting"),
    [
        ("2023-10-29", ["CH01-001"]),  # the day before the window closes
        ("2023-10-31", ["CH01-002"]),
        ("2024-04-30", ["CH01-009", "CH01-010"]),
    ],
)
def test_an_open_window_is_named_instead_of_a_decision(
    capsys: pytest.CaptureFixture[str], as_of: str, waiting: list[str]
) -> None:
    code, said = answer(capsys, "decide", SEED, "--as-of", as_of)

    assert code == 1
    assert (said["level"], said["action"]) == (None, "wait")
    assert [one["subject"] for one in said["open_windows"]] == waiting
    assert all("window open until" in one["why"] for one in said["open_windows"])


def test_the_allocation_is_a_path_of_the_declared_design_and_no_finished_3_plus_3(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, said = answer(capsys, "replay", SEED)

    assert code == 0
    assert (said["allowed"], said["first_violation"], said["finished"]) == (True, None, True)
    three = next(other for other in said["other_designs"] if other["design"] == "3+3")
    assert not three["allowed"]
    assert "level 1 had 1 of the 3 subjects" in three["first_violation"]
    assert said["verdict"].startswith("(1, 1, 5, 13) is a path of titration, 3+3 and expansion, and finished")
    assert three["verdict"].startswith("(1, 1, 5, 13) is no path of 3+3, finished or not.")


def test_people_read_that_it_is_a_path_of_one_design_and_of_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["replay", SEED])

    said = capsys.readouterr().out.splitlines()
    assert code == 0
    assert said[0] == "20 subjects in order of treatment: DL1 1, DL2 1, DL3 5, DL4 13."
    assert said[1].startswith("Declared: (1, 1, 5, 13) is a path of titration, 3+3 and expansion, and finished")
    assert said[2].startswith("  (1, 1, 5, 13) is no path of 3+3, finished or not. Cohort 2:")
    assert all("is no path of" in line for line in said[2:])


def test_a_decision_says_what_the_next_cohort_is_worth(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = answer(capsys, "decide", SEED, "--as-of", "2024-01-26")

    worth = said["next_cohort"]
    here, above, wait = worth["options"]
    assert code == 0
    assert [p["prior"] for p in worth["posteriors"]] == ["Beta(1, 1) at each level alone"]
    assert (here["option"], here["level"], here["allowed"]) == ("more-here", 3, False)
    # nobody of three: 6/7 is the chance of at most one DLT in the next three
    assert here["forecasts"][0]["decisions"][0]["probability"] == pytest.approx(6 / 7)
    assert here["forecasts"][0]["changes"] == pytest.approx(1 / 7)
    assert (above["option"], above["level"], above["allowed"]) == ("next-level", 4, True)
    assert (wait["option"], wait["days"], wait["forecasts"]) == ("wait", 0, [])


def test_while_windows_are_open_the_next_cohort_is_worth_waiting_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = answer(capsys, "decide", SEED, "--as-of", "2024-04-30")

    (wait,) = said["next_cohort"]["options"]
    assert code == 1
    assert (wait["option"], wait["days"], wait["weeks"]) == ("wait", 14, 2)
    assert sum(one["probability"] for one in wait["forecasts"][0]["decisions"]) == pytest.approx(1)
    assert said["open_windows"][0]["why"] == "window open until day 28 (2024-05-01), today is day 27"


def test_a_design_that_does_not_fit_is_named_with_its_first_violation(
    capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    text = (ROOT / "examples" / "kn5501-sle" / "protocol.yaml").read_text("utf-8")
    start, end = text.index("escalation:\n"), text.index("\nvisits:")
    plain = text[:start] + "escalation: {design: 3+3, start: 1, cohort: 3}\n" + text[end:]
    lines = [line for line in plain.splitlines() if "escalation/" not in line or "path:" not in line]
    (tmp_path / "protocol.yaml").write_text(_without_assumptions("\n".join(lines) + "\n"), "utf-8")

    code, said = answer(capsys, "replay", str(tmp_path), "--data", SEED + "/records")

    assert code == 1
    assert said["first_violation"].startswith("Cohort 2")


def _without_assumptions(text: str) -> str:
    start, end = text.index("assumed:\n"), text.index("\ndisease:")
    return text[:start] + text[end + 1 :]


def test_a_design_on_its_own_is_solved_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    # BOIN 2.7.2, get.oc with 20,000 trials: 1.16, 23.27, 54.63, 19.28, 1.65 % (standard errors up to 0.35)
    code, said = answer(capsys, "design", "oc", str(ROOT / "examples" / "designs" / "boin.yaml"))

    selected = said["scenarios"]["third-level"]["selected"]
    assert code == 0
    assert selected == pytest.approx([0.0116, 0.2327, 0.5463, 0.1928, 0.0165], abs=0.014)
    assert sum(selected) + said["scenarios"]["third-level"]["none_selected"] == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("target: 0.3", "target: 1.3", "between 0 and 1"),
        ("design: boin", "design: boinn", 'Did you mean "boin"'),
        ("0.60]", "1.60]", "between 0 and 1"),
        ("scenarios:", "scenaros:", "scenarios"),
        ("cohort: 3,", "cohort: 0,", "cohort"),
    ],
)
def test_a_wrong_specification_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Any, old: str, new: str, says: str
) -> None:
    text = (ROOT / "examples" / "designs" / "boin.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "wrong.yaml").write_text(text.replace(old, new), "utf-8")

    code = run(["design", "oc", str(tmp_path / "wrong.yaml")])

    message = capsys.readouterr().err.strip()
    assert code == 2
    assert says in message
    assert len(message.splitlines()) == 1
