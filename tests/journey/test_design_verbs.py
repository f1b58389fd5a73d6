"""`remit design` as a person and a program meet it: answers, pictures, one sentence for every wrong specification."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from journey.page_data import unpacked
from remit.cli.app import run

ROOT = Path(__file__).parents[2]
DESIGNS = ROOT / "examples" / "designs"
BOIN = DESIGNS / "boin.yaml"

GOOD = """\
design: boin
parameters: {levels: 5, target: 0.3, cohort: 3, cohorts: 10}
scenarios:
  likely: [0.05, 0.15, 0.30, 0.45, 0.60]
"""
CALENDAR = "calendar: {window_days: 28, per_month: 2}\n"


def asked(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    code = run(["design", *(str(one) for one in arguments), "--json"])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return json.loads(captured.out)


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    code = run(["design", *(str(one) for one in arguments)])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return re.sub(r"\s+", " ", captured.out)


# What is written instead of what, and what the one sentence must say, with the place where it is written.
WRONG = {
    "target above 1": ("target: 0.3", "target: 1.3", "w.yaml line 2 › parameters › target: must be between 0 and 1"),
    "target 0": ("target: 0.3", "target: 0", "w.yaml line 2 › parameters › target: must be between 0 and 1"),
    "target no number": ("target: 0.3", "target: .nan", "w.yaml line 2 › parameters › target: must be a number"),
    "unknown design": (
        "design: boin",
        "design: boinn",
        'w.yaml line 1 › design: "boinn" is not a design. Did you mean "boin"',
    ),
    "misspelt field": ("design: boin", "desing: boin", 'w.yaml line 1 › desing: not a field. Did you mean "design"'),
    "no design": ("design: boin\n", "", "w.yaml › design: is missing"),
    "cohort 0": ("cohort: 3,", "cohort: 0,", "w.yaml line 2 › parameters › cohort: must be 1 or more; got 0"),
    "half a cohort": ("cohort: 3,", "cohort: 2.5,", "w.yaml line 2 › parameters › cohort: must be a whole number"),
    "unknown parameter": (
        "cohort: 3,",
        "cohrt: 3,",
        'w.yaml line 2 › parameters › cohrt: is not a parameter. Did you mean "cohort"',
    ),
    "start above the top": (
        "cohort: 3,",
        "start: 7,",
        "w.yaml line 2 › parameters › start: must be one of the levels 1 to 5",
    ),
    "missing parameter": ("levels: 5, ", "", "levels is missing"),
    "parameters no mapping": ("parameters: {", "parameters: 3 #{", "w.yaml line 2 › parameters: must be a mapping"),
    "rates that fall": ("0.30, 0.45", "0.45, 0.30", "w.yaml line 4 › scenarios › likely: the rates fall"),
    "rate above 1": ("0.60]", "1.60]", "w.yaml line 4 › scenarios › likely: every rate must be between 0 and 1"),
    "rate not a number": ("0.60]", ".nan]", "w.yaml line 4 › scenarios › likely, entry 5: must be a number"),
    "too few rates": (", 0.60]", "]", "must have one rate for each of the 5 levels; got 4"),
    "no scenario": (
        "scenarios:\n  likely: [0.05, 0.15, 0.30, 0.45, 0.60]\n",
        "",
        "w.yaml › scenarios: the file names none",
    ),
    "unknown guard": (
        "scenarios:",
        "guards: {no-skiping: 1}\nscenarios:",
        '"no-skiping" is not a guard. Did you mean "no-skipping"',
    ),
    "guard no number": (
        "scenarios:",
        "guards: {no-skipping: few}\nscenarios:",
        "guards › no-skipping: must be a number",
    ),
    "monotone maybe": ("scenarios:", "monotone: maybe\nscenarios:", "w.yaml line 3 › monotone: must be true or false"),
    "skeleton falls": (
        "design: boin\nparameters: {",
        "design: crm\nparameters: {skeleton: [0.1, 0.3, 0.2, 0.4, 0.5], ",
        "w.yaml line 2 › parameters › skeleton: the guesses must rise",
    ),
    "overdose misspelt": (
        "scenarios:",
        "overdose: {abov: 0.3}\nscenarios:",
        'overdose › abov: not a field. Did you mean "above"',
    ),
    "overdose above 1": (
        "scenarios:",
        "overdose: {above: 30}\nscenarios:",
        "overdose › above: must be between 0 and 1",
    ),
    "triggers without titration": (
        "scenarios:",
        "triggers: {likely: [0, 0, 0, 0, 0]}\nscenarios:",
        "boin does not grade single subjects",
    ),
    "triggers of no scenario": (
        "design: boin\nparameters: {levels: 5, target: 0.3, cohort: 3, cohorts: 10}\n",
        "design: titration-3+3-expansion\nparameters: {levels: 5}\ntriggers: {likley: [0, 0, 0, 0, 0]}\n",
        'triggers › likley: not a scenario. Did you mean "likely"',
    ),
    "simulation without calendar": (
        "scenarios:",
        "simulation: {trials: 10}\nscenarios:",
        "simulation: only for a design with a `calendar`",
    ),
    "calendar missing": ("design: boin", "design: tite-boin", "calendar: tite-boin decides in calendar time"),
    "calendar misspelt": (
        "design: boin",
        "design: tite-boin\ncalendar: {window_dys: 28, per_month: 2}",
        'line 2 › calendar › window_dys: is not a parameter. Did you mean "window_days"',
    ),
    "window below 0": (
        "design: boin",
        "design: tite-boin\ncalendar: {window_days: -3, per_month: 2}",
        "line 2 › calendar › window_days: must be between 0 and",
    ),
    "no trials": (
        "design: boin",
        f"design: tite-boin\nsimulation: {{trials: 0}}\n{CALENDAR}",
        "simulation › trials: must be 1 to",
    ),
    "guards in calendar time": (
        "design: boin\n",
        f"design: tite-boin\nguards: {{no-skipping: 1}}\n{CALENDAR}",
        "guards: a design in calendar time takes none",
    ),
    "exact design with a calendar": (
        "design: boin",
        f"design: blrm\n{CALENDAR}",
        '"blrm" is not simulated in calendar time',
    ),
    "responses missing": (
        "design: boin\n",
        f"design: bf-boin\n{CALENDAR}",
        "responses: bf-boin needs the true response rate",
    ),
    "not YAML": ("[0.05", "[0.05 [", "w.yaml line"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_specification_is_one_sentence_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, case: str
) -> None:
    old, new, says = WRONG[case]
    assert old in GOOD
    (tmp_path / "w.yaml").write_text(GOOD.replace(old, new, 1), "utf-8")

    code = run(["design", "oc", str(tmp_path / "w.yaml")])

    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert says in captured.err
    assert len(captured.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("table", BOIN, "--after", "1:3/2"), "3 DLTs in 2 subjects"),
        (("table", BOIN, "--after", "7:0/3"), "levels 1 to 5"),
        (("table", BOIN, "--after", "first"), "write a cohort as level:DLTs/treated"),
        (("table", BOIN, "--after", "1:0/3", "--ahead", "9"), "must be 1 to 4 cohorts"),
        (("table", DESIGNS / "kn5501-tite-boin.yaml"), "decides in calendar time"),
        (("oc", BOIN, "--trials", "10"), "is solved exactly"),
        (("oc", DESIGNS), "is a folder"),
        (("oc", DESIGNS / "nowhere.yaml"), "cannot be read"),
        (("compare", BOIN, DESIGNS / "kn5501-3+3.yaml"), "share no scenario"),
        (("oc", BOIN, "--svg", DESIGNS / "nowhere" / "a.svg"), "cannot be written"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_question_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[object, ...], says: str
) -> None:
    code = run(["design", *(str(one) for one in arguments)])

    said = capsys.readouterr().err.strip()
    assert code == 2
    assert says in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("method", "question", "says"),
    [
        ("simon_two_stage", {"p0": 0.4, "p1": 0.2, "alpha": 0.05, "beta": 0.2}, "p1"),
        ("simon_two_stage", {"p0": 0.2, "p1": 0.2, "alpha": 0.05, "beta": 0.2}, "p1"),
        ("single_stage_ahern", {"p0": 0.4, "p1": 0.2, "alpha": 0.05, "beta": 0.2}, "p1"),
        ("boin_select_mtd", {"target": 0.3, "n": [3, 3], "dlt": [4, 0]}, "DLTs"),
        ("boin_boundaries", {"target": 1.3, "ncohort": 10, "cohortsize": 3}, "target"),
    ],
)
def test_a_wrong_question_to_a_method_is_one_sentence(method: str, question: dict[str, object], says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "remit.cli", "call", method],
        input=json.dumps(question), capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_rates_that_fall_are_accepted_when_the_file_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = GOOD.replace("0.30, 0.45", "0.45, 0.30") + "monotone: false\n"
    (tmp_path / "w.yaml").write_text(text, "utf-8")

    said = asked(capsys, "oc", tmp_path / "w.yaml")

    assert said["scenarios"]["likely"]["rates"] == [0.05, 0.15, 0.45, 0.30, 0.60]


@pytest.mark.parametrize("name", ["boin", "kn5501-3+3", "kn5501-titration", "kn5501-crm"])
def test_the_exact_answer_hangs_together(capsys: pytest.CaptureFixture[str], name: str) -> None:
    said = asked(capsys, "oc", DESIGNS / f"{name}.yaml")

    for one in said["scenarios"].values():
        assert sum(one["selected"]) + one["none_selected"] == pytest.approx(1, abs=1e-9)
        for total, distribution in (("subjects", "subjects_distribution"), ("total_dlts", "total_dlts_distribution")):
            assert sum(one[distribution]) == pytest.approx(1, abs=1e-9)
            assert sum(k * p for k, p in enumerate(one[distribution])) == pytest.approx(one[total], abs=1e-8)
        for means, distributions in (("treated", "treated_distribution"), ("dlts", "dlts_distribution")):
            for mean, each in zip(one[means], one[distributions], strict=True):
                assert sum(k * p for k, p in enumerate(each)) == pytest.approx(mean, abs=1e-8)
        assert 0 <= one["overdosed"]["probability"] <= 1
    for worst in (said["worst"]["overdosed"], said["worst"]["too_toxic_selected"]):
        assert worst["rates"] == sorted(worst["rates"])
        assert 0 <= worst["probability"] <= 1


def test_the_gradient_is_the_slope_of_the_chances(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    step = 1e-5
    text = GOOD + "  more: [0.05, 0.15, 0.30001, 0.45, 0.60]\n"
    (tmp_path / "w.yaml").write_text(text, "utf-8")

    said = asked(capsys, "oc", tmp_path / "w.yaml")["scenarios"]

    slopes = [(b - a) / step for a, b in zip(said["likely"]["selected"], said["more"]["selected"], strict=True)]
    gradient = said["likely"]["gradient"]
    assert [row[2] for row in gradient[1:]] == pytest.approx(slopes, abs=1e-3)
    assert [sum(column) for column in zip(*gradient, strict=True)] == pytest.approx([0] * 5, abs=1e-9)


def test_only_a_design_with_a_planned_size_can_stop_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    planned = asked(capsys, "oc", BOIN)["scenarios"]["all-safe"]["stopped"]
    open_ended = asked(capsys, "oc", DESIGNS / "kn5501-3+3.yaml")["scenarios"]["likely"]["stopped"]

    assert 0 <= planned < 1e-4
    assert open_ended is None


def test_trigger_events_end_a_titration_earlier(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (DESIGNS / "kn5501-titration.yaml").read_text("utf-8")
    (tmp_path / "calm.yaml").write_text(text[: text.index("triggers:")], "utf-8")

    with_events = asked(capsys, "oc", DESIGNS / "kn5501-titration.yaml")["scenarios"]["toxic"]
    calm = asked(capsys, "oc", tmp_path / "calm.yaml")["scenarios"]["toxic"]

    assert with_events["treated"][0] > calm["treated"][0] + 0.2


@pytest.mark.parametrize("key", ["po-crm", "partial-order"])
def test_levels_on_a_grid_need_not_rise_by_number(capsys: pytest.CaptureFixture[str], tmp_path: Path, key: str) -> None:
    (tmp_path / "grid.yaml").write_text(
        f"design: {key}\nparameters: {{levels: 4, target: 0.3, doses: 2, schedules: 2, cohorts: 6}}\n"
        "scenarios: {likely: [0.05, 0.30, 0.15, 0.45]}\n",
        "utf-8",
    )

    said = asked(capsys, "oc", tmp_path / "grid.yaml", "--html", tmp_path / "grid.html")
    table = asked(capsys, "table", tmp_path / "grid.yaml")

    assert sum(said["scenarios"]["likely"]["selected"]) == pytest.approx(1, abs=0.05)
    assert said["worst"] is None
    assert (table["rows"], table["levels"]) == (None, [])
    assert table["pathway"][0]["action"] == "start"
    assert (tmp_path / "grid.html").read_text("utf-8").count("<figure") == 2


def test_two_designs_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "compare", DESIGNS / "kn5501-boin.yaml", DESIGNS / "kn5501-crm.yaml")["scenarios"]

    alone = asked(capsys, "oc", DESIGNS / "kn5501-crm.yaml")["scenarios"]
    assert said["toxic"]["kn5501-crm"] == alone["toxic"]
    assert set(said) == {"likely", "toxic"}


def test_the_table_of_a_ladder_is_for_all_levels(capsys: pytest.CaptureFixture[str]) -> None:
    # Liu & Yuan 2015, target 0.3: up at 0/3, 1/6, 2/9; down from 2/3, 3/6, 4/9; eliminate from 3/3, 4/6, 5/9
    rows = {row["treated"]: row for row in asked(capsys, "table", BOIN)["rows"]}

    assert [rows[n]["escalate_at_most"] for n in (3, 6, 9)] == [0, 1, 2]
    assert [rows[n]["de_escalate_at_least"] for n in (3, 6, 9)] == [2, 3, 4]
    assert [rows[n]["eliminate_at_least"] for n in (3, 6, 9)] == [3, 4, 5]


def test_a_design_that_reads_all_levels_shows_its_grid_and_pathway(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "table", DESIGNS / "kn5501-crm.yaml")

    assert "crm, level 3" in said
    assert "every level below went up without a DLT" in said
    assert "0/3 at level 1 → escalate, level 2, 3 more" in said
    whole = asked(capsys, "table", DESIGNS / "kn5501-crm.yaml")
    assert whole["rows"] is None
    assert {cell["level"] for cell in whole["levels"]} == {1, 2, 3, 4}
    assert whole["pathway"][0]["action"] == "start"


def test_the_pathway_starts_from_the_cohorts_so_far(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "table", BOIN, "--after", "1:0/3 2:1/3", "--ahead", "1")["pathway"]

    assert (said[0]["action"], said[0]["level"]) == ("stay", 2)
    assert [one["cohorts"][-1]["dlts"] for one in said[1:]] == [[0, 0], [1, 1], [2, 3]]
    assert "boin, after 1:0/3 2:1/3: stay, level 2, 3 more" in printed(capsys, "table", BOIN, "--after", "1:0/3,2:1/3")


def test_a_design_in_calendar_time_says_trials_seed_and_error(capsys: pytest.CaptureFixture[str]) -> None:
    file = DESIGNS / "kn5501-tite-boin.yaml"

    said = printed(capsys, "oc", file, "--trials", "300", "--seed", "7")
    one = asked(capsys, "oc", file, "--trials", "300", "--seed", "7")["scenarios"]["toxic"]
    again = asked(capsys, "oc", file, "--trials", "300", "--seed", "7")["scenarios"]["toxic"]

    assert "300 trials, seed 7; ± Monte Carlo standard error" in said
    assert "duration" in said
    assert one == again
    assert (one["trials"], one["seed"], one["stopped"]) == (300, 7, None)
    share, error = one["selected"][2], one["standard_error"]["selected"][2]
    assert error == pytest.approx((share * (1 - share) / 300) ** 0.5, rel=0.02)


def test_pictures_and_a_page_that_stand_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page, picture = tmp_path / "boin.html", tmp_path / "boin.svg"

    printed(capsys, "oc", BOIN, "--html", page, "--svg", picture)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "boin-pathway.svg", "boin-table.svg", "boin.html", "boin.svg",
    ]  # fmt: skip
    for path in tmp_path.glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root[0].text
    html = page.read_text("utf-8")
    bare = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!#)([^"]+)"', bare) == []
    assert "default-src 'none'" in html
    assert 'data-id="design/third-level/dl3/selected"' in html
    assert html.count("<figure") == 3


def test_a_page_of_two_designs_and_of_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    printed(
        capsys, "compare", DESIGNS / "kn5501-boin.yaml", DESIGNS / "kn5501-crm.yaml", "--html", tmp_path / "two.html"
    )
    printed(capsys, "table", DESIGNS / "kn5501-crm.yaml", "--after", "1:0/3", "--html", tmp_path / "table.html")

    two = (tmp_path / "two.html").read_text("utf-8")
    assert "filled: kn5501-boin" in two
    assert two.count("<figure") == 5
    assert "decision after 0/3 at level 2" in str(unpacked((tmp_path / "table.html").read_text("utf-8")))


def test_characteristics_in_text_wake_no_heavy_library() -> None:
    code = (
        "import sys; from remit.cli.app import run; "
        f"assert run(['design', 'oc', {str(BOIN)!r}]) == 0; "
        "print(sorted({'polars', 'scipy.stats', 'vl_convert', 'numba', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.stderr.strip() == "[]"
