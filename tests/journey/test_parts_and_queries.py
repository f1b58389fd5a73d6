"""Dose decisions part by part, and the findings that a decision waits for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from journey.conftest import ROOT
from journey.parts_trial import Person, write
from remit.cli.app import run

DAY0 = date(2024, 1, 1)
SAD = tuple(Person(f"US01-00{n}", "SAD1", DAY0 + timedelta(days=20 * n)) for n in range(3))
MAD = (
    Person("US01-011", "MAD1", DAY0 + timedelta(days=90)),
    Person("US01-012", "MAD1", DAY0 + timedelta(days=100), event=(3, "3", "Y")),
    Person("US01-013", "MAD1", DAY0 + timedelta(days=110), event=(5, "1", "N")),
)
LATE = "2024-08-01"
CRS = "Cytokine release syndrome"
SEED = ROOT / "examples" / "kn5501-sle"
NOW = "2024-10-01"


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(*arguments: object) -> tuple[int, dict[str, Any]]:
        code = run([*map(str, arguments), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return ask


def edited(folder: Path, table: str, old: str, new: str) -> Path:
    path = folder / "records" / f"{table}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return folder


def test_a_trial_with_several_parts_asks_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial = write(tmp_path, SAD)
    for verb in ("decide", "replay"):
        code = run([verb, str(trial)])

        message = capsys.readouterr().err.strip()
        assert code == 2
        assert len(message.splitlines()) == 1
        assert "--part" in message
        assert "sad (Part 1, single ascending dose), mad (Part 2, multiple ascending dose)" in message


@pytest.mark.parametrize(
    ("part", "says"),
    [("ma", 'Did you mean "mad"'), ("expansion", "has no levels"), ("cohort", "is not a part")],
)
def test_a_part_that_cannot_be_asked_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str, says: str
) -> None:
    code = run(["decide", str(write(tmp_path, SAD)), "--part", part])

    message = capsys.readouterr().err.strip()
    assert (code, len(message.splitlines())) == (2, 1)
    assert says in message


def test_each_part_decides_about_its_own_levels(tmp_path: Path, answer: Any) -> None:
    trial = write(tmp_path, [*SAD, *MAD])

    code, sad = answer("decide", trial, "--part", "sad", "--as-of", LATE)
    assert (code, sad["part"], sad["level"], sad["level_name"], sad["action"]) == (0, "sad", 2, "SAD 2", "escalate")
    code, mad = answer("decide", trial, "--part", "mad", "--as-of", LATE)
    # one DLT in three: three more at level 7, and every sentence speaks in the protocol's numbers
    assert (code, mad["part"], mad["level"], mad["action"], mad["subjects"]) == (0, "mad", 7, "stay", 3)
    assert "1 DLT in 3 subjects at level 7" in mad["reason"]
    assert {one["level"] for one in mad["other_designs"]} == {7}
    assert [one["level"] for one in mad["next_cohort"]["posteriors"][0]["levels"]] == [7, 8, 9]


def test_the_window_is_that_of_the_part(tmp_path: Path, answer: Any) -> None:
    """Two weeks for a single dose, four for repeated ones."""
    first = DAY0 + timedelta(days=200)
    trial = write(tmp_path, [*SAD, *MAD, Person("US02-001", "SAD2", first), Person("US02-002", "MAD1", first)])
    as_of = (first + timedelta(days=12)).isoformat()

    for part, who, closes in (("sad", "US02-001", 14), ("mad", "US02-002", 28)):
        code, said = answer("decide", trial, "--part", part, "--as-of", as_of)

        assert (code, said["action"], said["level"]) == (1, "wait", None)
        (window,) = said["open_windows"]
        day = (first + timedelta(days=closes)).isoformat()
        assert (window["subject"], window["closes"], window["closes_day"], window["today_day"]) == (
            who,
            day,
            closes,
            12,
        )
        assert said["reason"] == f"{who}: window open until day {closes} ({day}), today is day 12"


def test_replay_follows_one_part(tmp_path: Path, answer: Any) -> None:
    later = Person("US01-021", "MAD3", DAY0 + timedelta(days=200))
    trial = write(tmp_path, [*SAD, *MAD, later])

    code, sad = answer("replay", trial, "--part", "sad", "--as-of", "2025-01-01")
    assert (code, sad["allowed"], sad["subjects"]) == (0, True, [3, 0, 0, 0, 0, 0])
    code, mad = answer("replay", trial, "--part", "mad", "--as-of", "2025-01-01")
    assert (code, mad["allowed"], mad["subjects"]) == (1, False, [3, 0, 1])
    assert "at level 9, but the design goes to level 7" in mad["first_violation"]


@pytest.mark.parametrize(
    ("table", "old", "new", "item", "day"),
    [
        ("fa", "FEVER", "HYPOTN", "AE.AETOXGR", 3),  # a grade that its facts do not carry
        ("ae", "2024-04-13", "the 13th", "AE.AESTDTC", None),
        ("ae", "Cytokine release syndrome,RELATED,Cytokine release syndrome,3", "CRS,RELATED,,7", "AE.AETOXGR", 3),
        ("suppae", "AEDLT,DLT,Y", "AEDLT,DLT,maybe", "SUPPAE.QVAL", 3),
        ("suppae", "AEDLT,DLT,Y", "AEDLT,DLT,N", "AE.AETOXGR", 3),  # the part's definition is met at once
        ("ex", "US01-012,EX,1,KN5501,6", "US01-012,EX,1,KN5501,-3", "EX.EXDOSE", 0),
        ("ex", "US01-012,EX,3,KN5501", "US01-012,EX,3,KN5510", "EX.EXTRT", 14),
        ("ex", "US01-012,EX,1,KN5501,6", "US01-012,EX,1,KN5501,4", "EX.EXDOSE", 0),  # too little
        ("dm", "01,F,CHN,MAD1,MAD1,2024-03-21", "01,F,CHN,MAD1,MAD3,2024-03-21", "EX.EXDOSE", 0),  # the arm or the dose
        ("ae", f"{CRS},RELATED,{CRS},3", f"{CRS},RELATED,{CRS},", "AE.AETOXGR", 3),  # no grade
        ("ae", f"{CRS},RELATED,{CRS},3", f"{CRS},RELATED,{CRS},1", "AE.AETOXGR", 3),  # a DLT that no line counts
        ("ae", f"{CRS},RELATED,{CRS},3", f"{CRS},,{CRS},3", "AE.AEREL", 3),
        ("ae", f"{CRS},RELATED,{CRS},3", f"{CRS},UNRELATED,{CRS},3", "AE.AETOXGR", 3),
        ("ae", f"{CRS},3,2024-04-13", f"{CRS},3,2024-06-13", "AE.AESTDTC", 64),  # a DLT after the window
        ("dm", "01,F,CHN,MAD1,MAD1,2024-03-21", "01,F,CHN,MAD1,MAD4,2024-03-21", "DM.ACTARMCD", None),
        ("dm", "01,F,CHN,MAD1,MAD1,2024-03-21", "01,F,CHN,,,2024-03-21", "DM.ACTARMCD", None),
    ],
)
def test_a_finding_that_touches_a_dlt_item_is_named_instead_of_a_decision(
    tmp_path: Path, answer: Any, table: str, old: str, new: str, item: str, day: int | None
) -> None:
    trial = edited(write(tmp_path, [*SAD, *MAD]), table, old, new)

    code, said = answer("decide", trial, "--part", "mad", "--as-of", LATE)

    found = [(one["subject"], one["item"], one["day"]) for one in said["open_queries"]]
    assert (code, said["action"], said["level"], said["next_cohort"]) == (1, "wait", None, None)
    assert ("US01-012", item, day) in found
    assert "US01-012" in said["reason"]
    assert item in said["reason"]


def test_a_query_does_not_hold_up_another_part(tmp_path: Path, answer: Any) -> None:
    trial = edited(write(tmp_path, [*SAD, *MAD]), "fa", "FEVER", "HYPOTN")

    code, said = answer("decide", trial, "--part", "sad", "--as-of", LATE)

    assert (code, said["action"], said["open_queries"]) == (0, "escalate", [])


def test_an_event_after_the_window_holds_nothing_up(tmp_path: Path, answer: Any) -> None:
    late = [*MAD[:1], Person("US01-012", "MAD1", MAD[1].first, event=(40, "3", "")), MAD[2]]
    trial = edited(write(tmp_path, [*SAD, *late]), "fa", "FEVER", "HYPOTN")
    everyone = edited(trial, "ae", "US01-013,AE,1", "US01-012,AE,2")

    code, said = answer("decide", everyone, "--part", "mad", "--as-of", LATE)

    asked = {one["record"] for one in said["open_queries"]}
    assert code == 1
    assert "AE/US01-012/1" not in asked  # day 40
    assert "AE/US01-012/2" in asked


def test_a_finding_about_later_records_holds_nothing_up(tmp_path: Path, answer: Any) -> None:
    trial = edited(write(tmp_path, [*SAD, *MAD]), "fa", "FEVER", "HYPOTN")

    code, said = answer("decide", trial, "--part", "mad", "--as-of", (MAD[1].first + timedelta(days=1)).isoformat())

    assert code == 1
    assert said["open_queries"] == []
    assert [one["subject"] for one in said["open_windows"]] == ["US01-011", "US01-012"]


def test_an_undeclared_level_is_a_finding_and_is_named(
    tmp_path: Path, answer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = edited(write(tmp_path, [*SAD, *MAD]), "dm", "01,F,CHN,MAD1,MAD1,2024-03-21", "01,F,CHN,,NOTTRT,2024-03-21")

    code = run(["check", str(trial), "--json"])
    levels = [f for f in json.loads(capsys.readouterr().out) if f["rule"] == "DM-LEVEL"]
    assert code == 1
    assert [(f["record"], f["severity"]) for f in levels] == [("DM/US01-012", "error")]
    code, said = answer("replay", trial, "--part", "mad", "--as-of", LATE)
    assert (code, said["allowed"]) == (1, False)
    assert "US01-012" in said["first_violation"]


def test_without_adverse_events_no_dlt_is_ruled_out(tmp_path: Path, answer: Any) -> None:
    trial = write(tmp_path, SAD, events=False)

    code, said = answer("decide", trial, "--part", "sad", "--as-of", LATE)

    assert (code, said["action"]) == (1, "wait")
    assert all("not collected" in one["why"] for one in said["open_windows"])
    assert len(said["open_windows"]) == 3


def test_people_read_subject_day_and_item(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial = edited(write(tmp_path, [*SAD, *MAD]), "fa", "FEVER", "HYPOTN")

    code = run(["decide", str(trial), "--part", "mad", "--as-of", LATE, "--next"])

    said: Sequence[str] = capsys.readouterr().out.splitlines()
    assert code == 1
    assert said[:2] == ["Part 2, multiple ascending dose:", "No decision yet."]
    assert any(line.startswith("  US01-012, day 3: AE.AETOXGR is in question (AE-FEVER).") for line in said)
    assert "nothing is computed while a query is open" in said[-1]


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A copy of the seed trial, to be spoilt."""
    shutil.copy(SEED / "protocol.yaml", tmp_path)
    shutil.copytree(SEED / "records", tmp_path / "records")
    return tmp_path


FEVER = "RELATED,RECOVERED/RESOLVED,1,2024-02-10"
SPOILT = {
    "no grade": ("ae", FEVER, "RELATED,RECOVERED/RESOLVED,,2024-02-10", "CH01-007", "AE.AETOXGR", "AE-NO-GRADE"),
    "no attribution": ("ae", FEVER, ",RECOVERED/RESOLVED,1,2024-02-10", "CH01-007", "AE.AEREL", "AE-NO-CAUSE"),
    "called a DLT": (
        "suppae",
        "CH01-007,AESEQ,1,AEDLT,Dose-Limiting Toxicity,N",
        "CH01-007,AESEQ,1,AEDLT,Dose-Limiting Toxicity,Y",
        "CH01-007",
        "AE.AETOXGR",
        "AE-BEYOND-DLT",
    ),
    "another arm": ("dm", "DL3,Dose level 3,DL3", "DL3,Dose level 3,DL4", "CH01-003", "EX.EXDOSE", "EX-OTHER-DOSE"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_what_leaves_a_dlt_in_doubt_holds_the_decision_and_is_named_by_replay(
    seed: Path, answer: Any, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table, old, new, subject, item, rule = SPOILT[case]
    edited(seed, table, old, new)

    code = run(["check", str(seed), "--json"])
    found = [one for one in json.loads(capsys.readouterr().out) if one["rule"] == rule]
    assert code == 0
    assert {one["severity"] for one in found} == {"warning"}
    code, said = answer("decide", seed, "--as-of", NOW)
    assert (code, said["action"]) == (1, "wait")
    assert (subject, item, rule) in {(q["subject"], q["item"], q["rule"]) for q in said["open_queries"]}
    _, replayed = answer("replay", seed, "--as-of", NOW)
    assert replayed["open_queries"] == said["open_queries"]
    run(["replay", str(seed), "--as-of", NOW])
    lines = capsys.readouterr().out.splitlines()
    caveat = lines.index("This rests on records that are in question:")
    assert any(f"{item} is in question ({rule})" in line for line in lines[caveat + 1 :])


def test_too_little_names_planned_and_given_and_whose_dose_it_is(
    seed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = seed / "records" / "ex.csv"
    rows = path.read_text("utf-8").splitlines()
    cells = [n for n, row in enumerate(rows) if ",CH01-003," in row and ",KN5501," in row.split("CH01-003")[1]]
    for place, amount in zip(cells, ("0.75", "2.3", "2.5"), strict=True):
        assert ",3.0," in rows[place]
        rows[place] = rows[place].replace(",3.0,", f",{amount},", 1)
    path.write_text("\n".join(rows) + "\n", "utf-8")

    run(["check", str(seed), "--json"])

    found = [one for one in json.loads(capsys.readouterr().out) if one["rule"] == "EX-OTHER-DOSE"]
    # 2.5 of 3 is within what a bag may lose
    assert [one["what"] for one in found] == [
        f"The dose is {given}, the level's 3 10^9 cells." for given in ("0.75", "2.3")
    ]
    assert found[0]["remedy"] == "0.75 is the dose of DL1: correct the arm or the dose."
    assert "DL1" not in found[1]["remedy"]


def test_replay_of_sound_records_has_no_caveat(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = answer("replay", SEED, "--as-of", NOW)
    assert (code, said["open_queries"]) == (0, [])
    run(["replay", str(SEED), "--as-of", NOW])
    assert "in question" not in capsys.readouterr().out


def test_an_allocation_with_an_unknown_level_is_not_judged(
    seed: Path, answer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(
        seed,
        "dm",
        "DL3,Dose level 3,DL3,Dose level 3,,,CHN\nKN5501-SLE,DM,CH01-004",
        "DL3,Dose level 3,DL9,,,,CHN\nKN5501-SLE,DM,CH01-004",
    )

    code = run(["replay", str(seed), "--as-of", NOW])

    text = capsys.readouterr().out
    assert code == 1
    assert "Treated at a level that the protocol lacks: CH01-003." in text
    assert "The allocation cannot be judged until that subject's level is known." in text
    assert "path of" not in text
    code, said = answer("replay", seed, "--as-of", NOW)
    assert (code, said["allowed"], said["finished"]) == (1, False, None)
    assert "cannot be judged" in said["verdict"]
    assert {one["allowed"] for one in said["other_designs"]} == {None}
