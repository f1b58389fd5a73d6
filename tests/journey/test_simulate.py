"""`remit simulate` as a person and a program meet it: tables, result rows, a page, and one sentence for wrong input."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.page_data import unpacked
from remit.analysis.many import NOT_POOLED
from remit.cli.app import run

SEED = Path(__file__).parents[2] / "examples" / "kn5501-sle"
TRIALS = 6
LEVELS = ("dl1", "dl2", "dl3", "dl4")


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, what it answered, and its result rows."""

    folder: Path
    answer: dict[str, Any]
    rows: dict[str, dict[str, Any]]
    said: str = ""

    def page(self) -> str:
        return (self.folder / "simulation.html").read_text("utf-8")


def ran(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: object) -> Run:
    code = run(["simulate", *(str(one) for one in arguments), "--out", str(folder), "--json"])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    document = json.loads((folder / "results.json").read_text("utf-8"))
    assert document["contract"] == "results/1"
    return Run(folder, json.loads(captured.out), {row["id"]: row for row in document["results"]})


def bare_trial(folder: Path) -> Path:
    """The seed trial without its records."""
    folder.mkdir()
    shutil.copytree(SEED / "scenarios", folder / "scenarios")
    shutil.copytree(SEED / "amendments", folder / "amendments")
    for name in ("protocol.yaml", "published.yaml"):
        shutil.copy(SEED / name, folder / name)
    return folder


def smaller(folder: Path) -> Path:
    """The same trial with an expansion of 5 instead of 13."""
    path = bare_trial(folder) / "protocol.yaml"
    text = path.read_text("utf-8")
    assert text.count("expansion_subjects: 13") == 1
    path.write_text(text.replace("expansion_subjects: 13", "expansion_subjects: 5"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Six virtual trials under the likely truth, against the protocol with the smaller expansion."""
    base = tmp_path_factory.mktemp("few")
    other = smaller(base / "smaller")
    said = io.StringIO()
    with redirect_stdout(said):
        code = run([
            "simulate", str(SEED), "--trials", str(TRIALS), "--against", str(other), "--out", str(base / "out"),
        ])  # fmt: skip
    assert code == 0
    rows = json.loads((base / "out" / "results.json").read_text("utf-8"))["results"]
    return Run(base / "out", {}, {row["id"]: row for row in rows}, said.getvalue())


def test_the_parts_hold_every_trial_and_the_results_every_id_of_every_trial(few: Run) -> None:
    table = pl.read_parquet(few.folder / "results.parquet")

    assert table.columns == ["trial", "id", "value", "n", "denominator"]
    assert sorted(table["trial"].unique().to_list()) == list(range(1, TRIALS + 1))
    assert table.group_by("id").len()["len"].unique().to_list() == [TRIALS]
    assert not table["value"].is_nan().any()


def test_every_id_has_its_median_as_a_row_of_the_contract(few: Run) -> None:
    table = pl.read_parquet(few.folder / "results.parquet")
    ids = table["id"].unique().to_list()

    for id in ids:
        row = few.rows[f"simulation/likely/{id}/median"]
        known = table.filter((pl.col("id") == id) & pl.col("value").is_not_null())["value"].sort()
        assert row["basis"] == "scenario"
        assert row["n"] == len(known)
        assert (row["value"] is None) == (len(known) == 0)
        if len(known):
            assert row["value"] in (known[(len(known) - 1) // 2], known[len(known) // 2])
            assert row["interval"]["low"] <= row["value"] <= row["interval"]["high"]
        else:
            assert row["note"]


def test_shares_of_levels_and_of_endings_add_up(few: Run) -> None:
    recommended = [few.rows[f"simulation/likely/recommended/{level}/proportion"] for level in (*LEVELS, "none")]
    ended = [row for id, row in few.rows.items() if id.startswith("simulation/likely/ended/")]

    assert sum(row["n"] for row in recommended) == TRIALS
    assert sum(row["n"] for row in ended) == TRIALS


def test_a_printed_proportion_is_compared_as_a_proportion_and_as_a_number_of_subjects(few: Run) -> None:
    id = "efficacy/lldas/over-6-months/proportion"
    rows = pl.read_parquet(few.folder / "results.parquet").filter(pl.col("id") == id)
    known = rows.filter(pl.col("value").is_not_null())

    # 6/8 is what the abstract prints
    row = few.rows[f"simulation/likely/{id}/at-least-printed/proportion"]
    assert (row["n"], row["denominator"]) == (known.filter(pl.col("value") >= 0.75).height, known.height)
    assert few.rows[f"simulation/likely/{id}/at-least-count/proportion"]["n"] == rows.filter(pl.col("n") >= 6).height
    assert "the proportion was at least as high as 6/8" in few.page()


def test_a_printed_number_is_compared_as_it_would_be_printed(few: Run) -> None:
    id = "follow-up/months/median"
    known = pl.read_parquet(few.folder / "results.parquet").filter(pl.col("id") == id)["value"]

    # the abstract prints 5 months, without decimals
    same = sum(4.5 <= value < 5.5 for value in known)
    assert few.rows[f"simulation/likely/{id}/exactly-printed/proportion"]["n"] == same


def test_the_chance_to_clear_the_reference_is_counted_from_the_printed_intervals(few: Run) -> None:
    from remit.stats import interval

    id = "efficacy/lldas/over-6-months/proportion"
    rows = pl.read_parquet(few.folder / "results.parquet").filter((pl.col("id") == id) & (pl.col("denominator") > 0))
    limits = [interval("clopper-pearson", x, n) for x, n in rows.select("n", "denominator").rows()]
    half = sorted((high - low) / 2 for low, high in limits)

    assert few.rows[f"simulation/likely/{id}/above-reference/proportion"]["n"] == sum(low > 0.2 for low, _ in limits)
    width = few.rows[f"simulation/likely/{id}/half-width/median"]
    assert width["interval"]["low"] == pytest.approx(half[0])
    assert width["interval"]["high"] == pytest.approx(half[-1])


def test_differences_are_taken_trial_by_trial(few: Run) -> None:
    id = "disposition/infused/count"
    here, there = (
        pl.read_parquet(few.folder / part / "results.parquet").filter(pl.col("id") == id).sort("trial")["value"]
        for part in ("", "against")
    )
    gaps = (there - here).to_list()

    row = few.rows[f"simulation/likely/{id}/difference/mean"]
    assert row["n"] == TRIALS
    assert row["value"] == pytest.approx(sum(gaps) / TRIALS)
    assert row["value"] < 0
    mean = sum(gaps) / TRIALS
    error = (sum((gap - mean) ** 2 for gap in gaps) / (TRIALS - 1) / TRIALS) ** 0.5
    assert row["interval"]["high"] - row["interval"]["low"] == pytest.approx(2 * 1.959964 * error, abs=1e-6)


def test_what_both_protocols_do_alike_comes_out_alike(few: Run) -> None:
    # the expansion differs, so that the cohorts before it are the same subjects with the same course
    assert few.rows["simulation/likely/exposure/dl1/count/difference/mean"]["value"] == 0
    assert "Two protocols on the same virtual patients" in few.page()


def test_the_page_says_what_is_assumed_and_what_it_is_not_for(few: Run) -> None:
    page = few.page()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

    assert "not for choosing a dose for people" in text
    assert f"{TRIALS} virtual trials" in text
    assert "DL1 0.01, DL2 0.02, DL3 0.05, DL4 0.1" in text
    assert f"{', '.join(NOT_POOLED)}: no value trial by trial" in text
    assert "ACR Convergence 2024, abstract L17" in text
    assert len(page.encode()) < 3_000_000


def test_the_page_asks_nothing_of_any_other_place(few: Run) -> None:
    page = few.page()
    without_scripts = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)

    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)\s*=", without_scripts)
    assert "default-src 'none'" in page


def test_every_number_to_press_has_something_to_say(few: Run) -> None:
    page = few.page()
    asked = set(re.findall(r'data-id="(simulation/[^"]+)"', page))
    held = unpacked(page)["results"]

    assert asked
    assert asked == held.keys()
    # 5 is the text; a page sets a true minus sign
    assert all(held[id][5].replace("−", "-") == (few.rows[id]["text"] or few.rows[id]["note"]) for id in asked)


def test_the_manifest_names_inputs_versions_and_digests_and_no_place(few: Run) -> None:
    text = (few.folder / "manifest.json").read_text("utf-8")
    manifest = json.loads(text)

    assert (manifest["scenario"], manifest["seed"], manifest["trials"]) == ("likely", 1, TRIALS)
    assert set(manifest["digests"]) == {"trials", "against"}
    assert set(manifest["inputs"]) == {"protocol", "scenario", "against", "published.yaml"}
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((few.folder / name).read_bytes()).hexdigest() == digest
    assert str(few.folder) not in text


def test_two_workers_write_what_one_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = ran(capsys, tmp_path / "one", SEED, "--trials", 3, "--seed", 5)
    two = ran(capsys, tmp_path / "two", SEED, "--trials", 3, "--seed", 5, "--workers", 2)

    assert one.answer["digest"] == two.answer["digest"]
    for name in ("simulation.html", "results.json", "manifest.json"):
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes()
    assert run(["simulate", str(SEED), "--trials", "3", "--seed", "6", "--out", str(one.folder)]) == 2
    assert "holds parts of another run: seed was 5, and now is 6" in capsys.readouterr().err


def test_without_a_publication_the_trials_own_records_are_the_print(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = bare_trial(tmp_path / "trial")
    (trial / "published.yaml").unlink()
    shutil.copytree(SEED / "records", trial / "records")

    found = ran(capsys, tmp_path / "out", trial, "--trials", 2)

    assert "the trial&#39;s own records as of 2024-10-01" in found.page()
    assert found.rows["simulation/likely/efficacy/doris-2021/over-6-months/proportion/at-least-printed/proportion"]


def test_without_either_nothing_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial = bare_trial(tmp_path / "trial")
    (trial / "published.yaml").unlink()

    found = ran(capsys, tmp_path / "out", trial, "--trials", 2)

    assert not [id for id in found.rows if "-printed/" in id]
    assert "Where the printed numbers lie" not in found.page()


def test_one_trial_is_a_folder_of_records_that_checks_clean(tmp_path: Path) -> None:
    assert run(["simulate", str(SEED), "--seed", "7", "--out", str(tmp_path / "one")]) == 0
    trial = bare_trial(tmp_path / "trial")
    shutil.copytree(tmp_path / "one", trial / "records")

    assert run(["check", str(trial)]) == 0


def test_a_person_reads_medians_the_print_and_the_differences(few: Run) -> None:
    assert f"not for choosing a dose for people. {TRIALS} trials, scenario likely, seed 1." in few.said
    assert re.search(r"efficacy/lldas/over-6-months/proportion .* 6/8 ", few.said)
    # up to the expansion both protocols treat the same subjects in the same way
    assert re.search(rf"exposure/dl1/count +0 +0 +(1\.00|–) .* {TRIALS}/{TRIALS}", few.said)


WRONG: dict[str, tuple[list[str], str]] = {
    "no trials": (["--trials", "0"], "--trials 0 is not possible. Give 1 or more."),
    "a misspelt scenario": (
        ["--scenario", "likly"],
        'There is no scenario "likly". Did you mean "likely"? Scenarios: likely, no-effect, optimistic, slow-accrual',
    ),
    "a reference that is no share": (["--trials", "2", "--reference", "20"], "--reference 20 is not a share."),
    "nothing to compare with": (["--against", "nowhere"], "--against nowhere: there is no such file or folder."),
    "both places at once": (
        ["--trials", "2", "--workers", "2", "--cluster", "tcp://10.0.0.5:8786"],
        "Give --workers or --cluster, not both",
    ),
    "no worker": (["--trials", "2", "--workers", "0"], "--workers 0 is not possible. Give 1 or more."),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_one_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, sentence = WRONG[name]

    assert run(["simulate", str(SEED), *arguments, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


SCENARIO = "contract: scenario/1\nkey: mine\ntitle: Mine\ndlt_rates: [0.1, 0.1, 0.1, 0.1]\n"
WRONG_SCENARIO = {
    "unknown parameter": (SCENARIO + "parameters: {kkil: {value: 1}}\n", 'Did you mean "kkill"?'),
    "too few rates": (SCENARIO.replace(", 0.1]", "]"), "has 3 values; the protocol has 4 levels, and each needs one."),
    "unknown field": (SCENARIO + "enrollment: {per_month: 3}\n", 'Did you mean "enrolment"?'),
    "a rate above 1": (SCENARIO.replace("0.1]", "1.1]"), "dlt_rates"),
    "a cut before the first infusion": (SCENARIO + "cut: 2020-01-01\n", "is not after the first infusion"),
    "falling rates": (SCENARIO.replace("0.1]", "0.05]"), "dlt_rates: falls from 0.1 at DL3 to 0.05 at DL4; the rate"),
    "rates by name": (SCENARIO.replace("[0.1, 0.1, 0.1, 0.1]", "{dl1: 0.1}"), "dlt_rates: this is a mapping"),
    "a negative clearance": (SCENARIO + "parameters: {kF: {value: -1}}\n", "parameters › kF › value: must be a finite"),
    "no number": (SCENARIO + "parameters: {kF: {value: .inf}}\n", "parameters › kF › value: "),
    "a worked-out input": (SCENARIO + "parameters: {BSA: {value: 2}}\n", "parameters › BSA: is worked out"),
    "more infusions than lots": (SCENARIO + "enrolment: {lots: 5}\n", "enrolment › lots: 5 are too few for the 6 "),
    "no such day": (SCENARIO + "enrolment: {first: 2023-13-02}\n", 'first: "2023-13-02" is not a date. Write the day'),
    "more than daily infections": (SCENARIO + "events: {infections_per_month: 40}\n", "infections_per_month: 40"),
    "noise without bounds": (SCENARIO + "assays: {laboratory_sd: 50}\n", "laboratory_sd: 50"),
    "nobody enrolled": (SCENARIO + "enrolment: {screen_failures: 1}\n", "screen_failures: must be below 1"),
}


@pytest.mark.parametrize("name", WRONG_SCENARIO)
def test_a_wrong_scenario_is_one_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, sentence = WRONG_SCENARIO[name]
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")

    code = run(["simulate", str(SEED), "--scenario", str(path), "--trials", "2", "--out", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert code == 2, said
    assert said.startswith("mine.yaml ")
    assert sentence in said
    assert said.count("\n") == 1


def test_hardly_anybody_comes_and_the_trial_ends_at_its_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SCENARIO + "enrolment: {per_month: 1.0e-9}\n", "utf-8")

    assert run(["simulate", str(SEED), "--scenario", str(path), "--out", str(tmp_path / "out")]) == 0
    assert "Records of 1 virtual subject:" in capsys.readouterr().out


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out"
    path.write_text("mine", "utf-8")

    assert run(["simulate", str(SEED), "--trials", "2", "--out", str(path)]) == 2
    assert "is a file. Give a folder to --out." in capsys.readouterr().err
    assert path.read_text("utf-8") == "mine"


def test_another_protocol_with_other_levels_needs_rates_for_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = SEED.parent / "kn5501-sad-mad"

    assert run(["simulate", str(SEED), "--trials", "2", "--against", str(other), "--out", str(tmp_path / "o")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"--against {other}: ")
    assert said.count("\n") == 1


WRONG_PRINT = {
    "no contract": ("contract: published/1\n", "", "contract: missing, and it has no default. Allowed: published/1."),
    "misspelt field": ("    statistic: count", "    statistik: count", 'Did you mean "statistic"?'),
    "value in words": ("    value: 20\n", "    value: twenty\n", "value"),
    "twice": ("exposure/dl2/count", "exposure/dl1/count", "exposure/dl1/count stands there twice; keep one of them."),
}


@pytest.mark.parametrize("name", WRONG_PRINT)
def test_a_wrong_publication_is_one_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    was, now, sentence = WRONG_PRINT[name]
    trial = bare_trial(tmp_path / "trial")
    text = (trial / "published.yaml").read_text("utf-8")
    assert was in text
    (trial / "published.yaml").write_text(text.replace(was, now, 1), "utf-8")

    assert run(["simulate", str(trial), "--trials", "2", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "published.yaml" in said
    assert sentence in said
    assert said.count("\n") == 1
