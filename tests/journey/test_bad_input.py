"""Everything a user can get wrong gives one clear sentence, or a finding, and nothing is lost."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from remit.cli.app import run

SEED = Path(__file__).parents[2] / "examples" / "kn5501-sle"


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """A copy of the seed trial to break."""
    folder = tmp_path / "trial"
    folder.mkdir()
    shutil.copy(SEED / "protocol.yaml", folder)
    shutil.copytree(SEED / "amendments", folder / "amendments")
    shutil.copytree(SEED / "records", folder / "records")
    return folder


Said = tuple[int, str, str]
Command = Callable[..., Said]


@pytest.fixture
def remit(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: object) -> Said:
        code = run([str(a) for a in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def one_sentence(text: str) -> bool:
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


def found(remit: Command, trial: Path, rule: str) -> list[dict[str, str]]:
    """The findings whose rule contains the word."""
    code, out, err = remit("check", trial, "--json")
    assert code in {0, 1}, err
    return [f for f in json.loads(out) if rule in f["rule"]]


def test_a_missing_folder_is_one_sentence(remit: Command, tmp_path: Path) -> None:
    code, out, err = remit("report", tmp_path / "nowhere")

    assert (code, out) == (2, "")
    assert one_sentence(err)
    assert "nowhere is not a folder" in err


def test_a_folder_without_a_protocol_is_one_sentence(remit: Command, tmp_path: Path) -> None:
    code, _, err = remit("check", tmp_path)

    assert code == 2
    assert "no protocol.yaml" in err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  design: titration", "  desing: titration", ("desing", "design")),
        ("planned_subjects: 36", "planned_subjects: many", ("planned_subjects",)),
        ("instrument: doris\n", "instrument: dorris\n", ("dorris", "doris")),
        ("variant: doris_2021", "variant: doris_2012", ("doris_2012", "doris_2021")),
        ("population: efficacy-evaluable", "population: efficacy-evaluabel", ("efficacy-evaluabel",)),
        ("design: titration-3+3-expansion", "design: titration-3+3-expanson", ("titration-3+3-expansion",)),
    ],
)
def test_a_mistake_in_the_protocol_names_file_line_and_nearest_word(
    remit: Command, trial: Path, old: str, new: str, says: tuple[str, ...]
) -> None:
    path = trial / "protocol.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    line = text[: text.index(old)].count("\n") + 1

    code, out, err = remit("check", trial)

    assert (code, out) == (2, "")
    assert one_sentence(err)
    assert "protocol.yaml" in err
    assert f"line {line}" in err
    assert all(word in err for word in says)


def test_a_byte_order_mark_changes_nothing(remit: Command, trial: Path) -> None:
    path = trial / "records" / "ae.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert remit("check", trial)[0] == 0


def test_semicolons_and_decimal_commas_are_understood_and_said(remit: Command, trial: Path) -> None:
    path = trial / "records" / "vs.csv"
    text = path.read_text("utf-8")
    assert ";" not in text
    path.write_text(re.sub(r"(\d)\.(\d)", r"\1,\2", text.replace(",", ";")), "utf-8")

    code, out, _ = remit("check", trial, "--json")

    assert code == 0
    assert {f["rule"] for f in json.loads(out)} == {"VS-LAYOUT", "VS-COMMA"}


def test_a_column_that_mixes_decimal_signs_is_not_guessed(remit: Command, trial: Path) -> None:
    path = trial / "records" / "vs.csv"
    path.write_text(path.read_text("utf-8").replace(",", ";").replace("36.6", "36,6"), "utf-8")

    refused = found(remit, trial, "VS-NUMBER")

    assert refused
    assert all(f["column"] in {"VSSTRESN", "VSORRES"} for f in refused)


def test_latin_1_is_read_and_said(remit: Command, trial: Path) -> None:
    path = trial / "records" / "ae.csv"
    path.write_bytes(path.read_text("utf-8").replace("Fever", "Fièvre").replace("fever", "fièvre").encode("latin-1"))

    assert found(remit, trial, "ENCODING")


def test_a_duplicated_key_is_a_finding_and_no_row_is_lost(remit: Command, trial: Path) -> None:
    path = trial / "records" / "ae.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[-1].replace("Cytokine", "Another cytokine")]) + "\n", "utf-8")

    assert len(found(remit, trial, "DUPLICATE")) >= 1


def test_an_ambiguous_date_is_never_guessed(remit: Command, trial: Path) -> None:
    path = trial / "records" / "ae.csv"
    path.write_text(path.read_text("utf-8").replace("2024-", "01/02/2024X", 1).replace("X", ""), "utf-8")

    assert found(remit, trial, "DATE")


def test_an_xpt_that_is_not_one_is_a_finding(remit: Command, trial: Path) -> None:
    (trial / "records" / "lb.csv").unlink()
    (trial / "records" / "lb.xpt").write_bytes(b"this is not a transport file")

    assert found(remit, trial, "UNREADABLE")


def test_an_empty_table_and_an_empty_file_are_findings(remit: Command, trial: Path) -> None:
    records = trial / "records"
    (records / "ae.csv").write_text((records / "ae.csv").read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    (records / "mh.csv").write_bytes(b"")

    assert found(remit, trial, "AE-NO-ROWS")
    assert found(remit, trial, "MH-")


def test_ten_thousand_columns_are_one_finding(remit: Command, trial: Path) -> None:
    path = trial / "records" / "ae.csv"
    lines = path.read_text("utf-8").splitlines()
    extra = 10_000
    head = lines[0] + "," + ",".join(f"EXTRA{n}" for n in range(extra))
    path.write_text("\n".join([head, *(line + "," * extra for line in lines[1:])]) + "\n", "utf-8")

    extras = found(remit, trial, "AE-EXTRA")

    assert len(extras) == 1
    assert "10000" in extras[0]["what"].replace(",", "").replace(" ", "").replace("\u202f", "")


def test_a_subject_who_is_not_in_dm_is_a_finding(remit: Command, trial: Path) -> None:
    path = trial / "records" / "ae.csv"
    path.write_text(path.read_text("utf-8").replace("CH01-007", "CH01-077"), "utf-8")

    named = found(remit, trial, "AE-")

    assert any("CH01-077" in f["what"] or "CH01-077" in (f["record"] or "") for f in named)


@pytest.mark.parametrize("value", ["inf", "-4.2"])
def test_an_impossible_laboratory_value_is_a_finding(remit: Command, trial: Path, value: str) -> None:
    path = trial / "records" / "lb.csv"
    lines = path.read_text("utf-8").splitlines()
    columns = lines[0].split(",")
    cells = lines[1].split(",")
    cells[columns.index("LBSTRESN")] = value
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", "utf-8")

    assert any(f["column"] == "LBSTRESN" for f in found(remit, trial, "LB-"))


def test_a_date_after_the_last_cut_is_a_finding(remit: Command, trial: Path) -> None:
    path = trial / "records" / "vs.csv"
    lines = path.read_text("utf-8").splitlines()
    day = lines[0].split(",").index("VSDTC")
    cells = lines[-1].split(",")
    cells[day] = "2099-01-01"
    path.write_text("\n".join([*lines[:-1], ",".join(cells)]) + "\n", "utf-8")

    assert found(remit, trial, "FUTURE")


def test_the_good_rows_of_a_broken_folder_are_still_reported(remit: Command, trial: Path, tmp_path: Path) -> None:
    (trial / "records" / "lb.csv").unlink()
    (trial / "records" / "lb.xpt").write_bytes(b"not a transport file")

    code, _, err = remit("report", trial, "--out", tmp_path / "out")

    assert code == 1, err
    results = {r["id"]: r for r in json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["results"]}
    assert results["disposition/infused/count"]["value"] == 20
    assert results["efficacy/doris-2021/over-6-months/proportion"]["value"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("report", SEED, "--cutoff", "01/02/2024"), "year-month-day"),
        (("trace", SEED, "efficacy/dorris-2021/over-6-months/proportion"), "doris-2021"),
        (("call", "sledai-2"), "sledai-2k"),
        (("chek", SEED), "check"),
    ],
)
def test_a_wrong_word_gets_the_nearest_right_one(remit: Command, arguments: tuple[object, ...], says: str) -> None:
    code, _, err = remit(*arguments)

    assert code == 2
    assert says in err
    assert "Traceback" not in err


def test_a_new_folder_never_overwrites(remit: Command, trial: Path) -> None:
    before = (trial / "protocol.yaml").read_bytes()

    code, _, err = remit("new", trial)

    assert code == 2
    assert "nothing was changed" in err
    assert (trial / "protocol.yaml").read_bytes() == before
