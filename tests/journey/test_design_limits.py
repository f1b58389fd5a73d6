"""Design files that cannot be: one sentence with file, place and what is allowed; too large ones are refused early."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from remit import designs
from remit.cli.app import run
from remit.designs import size
from remit.designs.calls import call
from remit.errors import InputError

RATES = "[0.05, 0.1, 0.2, 0.3, 0.4]"
BAD = {
    "offset": ("boin", "target: 0.3, extra_safe: true, offset: 2", "parameters › offset: must be 0 or more and below"),
    "rows": ("table", "target: 0.3, rows: 7", "parameters › rows: must list pairs"),
    "no guesses": ("crm", "target: 0.3, skeleton: []", "parameters › skeleton: the list is empty"),
    "guess": ("crm", "target: 0.3, guess: 8", "parameters › guess: must be 1 to 5; got 8"),
    "three sd": (
        "blrm",
        "doses: [1, 2, 3, 4, 5], reference: 3, prior_sd: [1, 1, 1]",
        "› prior_sd: must be two numbers",
    ),
    "interval": ("blrm", "doses: [1, 2, 3, 4, 5], reference: 3, under: 0.4", "› under: must be below over, 0.33"),
}


def written(folder: Path, key: str, parameters: str, more: str = "") -> Path:
    path = folder / "bad.yaml"
    text = f"design: {key}\nparameters: {{levels: 5, {parameters}}}\nscenarios: {{a: {RATES}}}\n{more}"
    path.write_text(text.replace(", }", "}"), "utf-8")
    return path


@pytest.mark.parametrize("verb", ["oc", "table"])
@pytest.mark.parametrize("case", BAD)
def test_a_bad_parameter_is_one_sentence_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, verb: str
) -> None:
    key, parameters, says = BAD[case]

    code = run(["design", verb, str(written(tmp_path, key, parameters))])

    message = capsys.readouterr().err.strip()
    assert (code, len(message.splitlines())) == (2, 1)
    assert message.startswith("bad.yaml line 2 › ")
    assert says in message


def test_triggers_that_leave_no_room_for_dlts_are_refused_where_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "triggers: {a: [0.99, 0.99, 0.99, 0.99, 0.99]}\n"

    code = run(["design", "table", str(written(tmp_path, "titration-3+3-expansion", "", more))])

    assert code == 2
    assert capsys.readouterr().err.startswith("bad.yaml line 4 › triggers › a: with the DLT rate of its level")


def test_an_unknown_guard_is_named_at_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["design", "oc", str(written(tmp_path, "boin", "target: 0.3", "guards: {no-skiping: 1}\n"))])

    assert code == 2
    assert 'guards: "no-skiping" is not a guard. Did you mean "no-skipping"?' in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["oc", "table"])
def test_a_refusal_of_size_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    code = run(["design", verb, str(written(tmp_path, "boin", "target: 0.3, cohorts: 1000000"))])

    assert code == 2
    assert capsys.readouterr().err.startswith("bad.yaml › parameters › cohorts: 3,000,000 subjects")


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("crm", {"levels": 6, "target": 0.3, "cohort": 1, "cohorts": 40}),
        ("crm", {"levels": 6, "target": 0.3, "cohort": 3, "cohorts": 20}),
        ("po-crm", {"levels": 4, "target": 0.3, "doses": 2, "schedules": 2, "cohort": 1, "cohorts": 60}),
        ("3+3", {"levels": 16}),
        ("3+3", {"levels": 60, "descend": False, "confirm_top": False}),
        ("titration-3+3-expansion", {"levels": 14, "titration_through_level": 7, "expansion_subjects": 40}),
    ],
)
def test_a_design_far_beyond_the_limit_is_refused_before_it_is_walked(key: str, given: dict[str, object]) -> None:
    began = time.process_time()

    with pytest.raises(InputError, match="the most that is solved exactly"):
        designs.exact(designs.build(key, given))

    # Walked to the limit, each of these takes from 5 s to minutes.
    assert time.process_time() - began < 4


def test_growth_lets_a_trial_within_the_limit_end() -> None:
    # states as they grow in a BLRM of five levels and thirty single subjects, solved with 5,419 counts
    counts = size.counted(30, 50_000)
    for done, walked in ((10, 93), (15, 328), (20, 901), (25, 2085), (30, 5419)):
        counts.reached(done, walked)


@pytest.mark.parametrize(
    ("levels", "given"),
    [(9, {}), (9, {"descend": False}), (9, {"confirm_top": False, "start": 2}), (8, {"most_of_six": 2})],
)
def test_a_ladder_within_reach_is_solved_whatever_its_variant(levels: int, given: dict[str, object]) -> None:
    chain = designs.exact(designs.build("3+3", {"levels": levels, **given}))

    found = chain.under([0.1] * levels)
    assert sum(found.selected) + found.none_selected == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize(("target", "subjects", "dlts"), [(0.25, 2, 1)])
def test_mtpi_takes_the_higher_of_two_intervals_that_weigh_the_same(target: float, subjects: int, dlts: int) -> None:
    # Beta(2, 2): P(0.2 to 0.3) / 0.1 = P(0.3 to 1) / 0.7 = 1.12 exactly
    design = designs.build("mtpi", {"levels": 3, "target": target})

    row = next(one for one in designs.decision_table(design) if one.subjects == subjects)

    assert row.letters[dlts] == "D"


def test_simulated_means_over_all_levels_carry_their_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = "calendar: {window_days: 28, per_month: 2}\nsimulation: {trials: 400, seed: 1}\n"

    code = run(["design", "oc", str(written(tmp_path, "tite-boin", "target: 0.3, cohorts: 4", more)), "--json"])

    found = json.loads(capsys.readouterr().out)["scenarios"]["a"]
    assert code == 0
    # DLTs at several levels of one trial hang together, so the error of their sum is between the largest and the sum
    apart = found["standard_error"]["dlts"]
    assert max(apart) / 2 < found["standard_error"]["total_dlts"] < sum(apart)
    assert 0 <= found["standard_error"]["subjects"] < sum(found["standard_error"]["treated"])


def test_bop2_is_called_by_name_and_keeps_alpha() -> None:
    question = {"looks": [10, 20, 30], "p0": 0.2, "p1": 0.4, "alpha": 0.1}

    alone = call("bop2_design", question)
    both = call("bop2_design", question | {"tox0": 0.3, "tox1": 0.15})

    # above 1 of 10, 5 of 20 and 8 of 30 at a rate of 0.2: summed over binomial probabilities of scipy
    assert alone["stop_if_responses_le"] == [1, 5, 8]
    assert alone["stop_if_toxicities_ge"] is None
    assert both["stop_if_toxicities_ge"] is not None
    assert alone["type1"] == pytest.approx(0.0952967730, abs=1e-9)
    assert both["type1"] <= 0.1
    with pytest.raises(InputError, match="BOP2 needs tox1 < tox0"):
        call("bop2_design", question | {"tox0": 0.1, "tox1": 0.3})
