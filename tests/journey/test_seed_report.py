"""The seed trial's report: the numbers that the abstract prints, every number traceable, the same bytes twice."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import subprocess
import sys
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from journey.conftest import ROOT, Reported, reported
from remit import analysis, derive
from remit.cli.app import run
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol

PUBLISHED = yaml.safe_load((ROOT / "examples" / "kn5501-sle" / "published.yaml").read_text("utf-8"))["numbers"]


@pytest.mark.parametrize(
    "number", PUBLISHED, ids=lambda n: n["id"] + (":" + n["statistic"] if "statistic" in n else "")
)
def test_a_printed_number_comes_out(seed: Reported, number: dict[str, Any]) -> None:
    result = seed.results[number["id"]]
    wanted = Decimal(str(number["value"]))
    exact = Decimal(1).scaleb(-number["decimals"])

    if number["statistic"] == "proportion":
        assert (result["n"], result["denominator"]) == (number["numerator"], number["denominator"])
        return
    value = Decimal(repr(result["value"]))
    assert value.quantize(exact, ROUND_HALF_UP) == wanted.quantize(exact)


@pytest.mark.parametrize(
    ("result_id", "n", "low", "high", "text"),
    [
        ("efficacy/doris-2021/over-6-months/proportion", 4, 0.157, 0.843, "4/8 (50.0 %; 95 % CI 15.7–84.3)"),
        ("efficacy/lldas/over-6-months/proportion", 6, 0.349, 0.968, "6/8 (75.0 %; 95 % CI 34.9–96.8)"),
    ],
)
def test_the_headline_carries_its_exact_interval(
    seed: Reported, result_id: str, n: int, low: float, high: float, text: str
) -> None:
    result = seed.results[result_id]

    assert (result["n"], result["denominator"], result["text"]) == (n, 8, text)
    assert result["value"] == n / 8
    assert result["interval"]["method"] == "clopper-pearson"
    assert result["interval"]["low"] == pytest.approx(low, abs=5e-4)
    assert result["interval"]["high"] == pytest.approx(high, abs=5e-4)


def test_every_file_is_there(seed: Reported) -> None:
    written = {str(p.relative_to(seed.folder)) for p in seed.folder.rglob("*") if p.is_file()}

    derived = {f"derived/{table.name}.parquet" for table in derive.DERIVED}
    assert written == {"report.html", "abstract.md", "results.json", "manifest.json"} | derived
    assert seed.code == 0


def test_results_follow_their_contract(seed: Reported) -> None:
    body = json.loads((seed.folder / "results.json").read_text("utf-8"))

    assert body["contract"] == "results/1"
    assert date.fromisoformat(body["cutoff"]) == date(2024, 10, 1)
    ids = [row["id"] for row in body["results"]]
    assert len(ids) == len(set(ids))
    keys = {
        "id", "analysis", "population", "group", "statistic", "method", "value", "n", "denominator", "interval", "text",
        "basis", "sources", "note",
    }  # fmt: skip
    for row in body["results"]:
        assert keys <= set(row)
        assert row["value"] is None or (isinstance(row["value"], int | float) and math.isfinite(row["value"]))
        assert row["value"] is not None or row["note"], row["id"]
        assert row["basis"] in {"records", "protocol", "scenario"}
        if row["interval"] is not None and row["statistic"] == "proportion":
            assert 0 <= row["interval"]["low"] <= row["value"] <= row["interval"]["high"] <= 1


@pytest.mark.parametrize("trial", ["kn5501-sle", pytest.param("cdisc-pilot", marks=pytest.mark.pilot)])
def test_every_number_from_records_resolves_to_records_that_exist(trial: str) -> None:
    folder = ROOT / "examples" / trial
    protocol = read_protocol(folder / "protocol.yaml")
    records, _ = read_records(folder / "records")
    cutoff = protocol.last_cut() or records.latest_day()
    assert cutoff is not None
    derived = derive.all(protocol, records, cutoff)
    known = {r for frame in records.tables.values() for r in frame["record_id"]}

    untraceable = []
    for result in analysis.all(protocol, derived):
        if result.basis != "records":
            continue
        traced = analysis.trace(result, derived).record_ids
        if len(traced) != result.sources or not set(traced) <= known or (result.value is not None and not traced):
            untraceable.append(result.id)

    assert untraceable == []


def test_invented_data_say_so_wherever_they_show(seed: Reported) -> None:
    for name in ("report.html", "abstract.md", "results.json"):
        assert "INVENTED DATA" in (seed.folder / name).read_text("utf-8"), name


def test_two_runs_give_the_same_bytes(seed: Reported, tmp_path: Path) -> None:
    # a second process with another hash seed, so that no order can hang on it
    done = subprocess.run(
        [sys.executable, "-m", "remit.cli", "report", str(seed.trial), "--out", str(tmp_path)],
        env={"PYTHONHASHSEED": "4711", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr

    def digests(folder: Path) -> dict[str, str]:
        files = (p for p in folder.rglob("*") if p.is_file() and "home" not in p.parts)
        return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    first, second = digests(seed.folder), digests(tmp_path)
    assert first == second
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest["outputs"] == {name: h for name, h in second.items() if name != "manifest.json"}


def test_the_manifest_knows_no_place_and_no_clock(seed: Reported) -> None:
    text = (seed.folder / "manifest.json").read_text("utf-8")

    assert str(seed.folder) not in text
    assert str(ROOT) not in text
    assert date.today().isoformat() not in text


def test_an_earlier_cutoff_sees_less(seed: Reported, tmp_path: Path) -> None:
    assert run(["report", str(seed.trial), "--out", str(tmp_path), "--cutoff", "2024-01-31"]) == 0

    results = {r["id"]: r for r in json.loads((tmp_path / "results.json").read_text("utf-8"))["results"]}
    assert results["disposition/infused/count"]["value"] == 6
    ads = pl.read_parquet(tmp_path / "derived" / "adsl.parquet")
    assert ads["LSTALVDT"].max() <= date(2024, 1, 31)  # type: ignore[operator]


def test_row_order_of_the_files_never_matters(seed: Reported, tmp_path: Path) -> None:
    shuffled = tmp_path / "records"
    shuffled.mkdir()
    for path in (seed.trial / "records").iterdir():
        if path.suffix == ".csv":
            frame = pl.read_csv(path, infer_schema=False)
            frame.sample(fraction=1, shuffle=True, seed=3).write_csv(shuffled / path.name)
        else:
            (shuffled / path.name).write_bytes(path.read_bytes())

    out = tmp_path / "out"
    assert run(["report", str(seed.trial), "--data", str(shuffled), "--out", str(out)]) == 0
    assert (out / "results.json").read_bytes() == (seed.folder / "results.json").read_bytes()
    for table in derive.DERIVED:
        assert (out / "derived" / f"{table.name}.parquet").read_bytes() == (
            seed.folder / "derived" / f"{table.name}.parquet"
        ).read_bytes(), table.name


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_the_format_of_the_files_never_matters(seed: Reported, tmp_path: Path, suffix: str) -> None:
    from remit.exchange.folder import write_records

    records, _ = read_records(seed.trial / "records")
    write_records(records, tmp_path / "records", suffix)
    again = reported_from(seed, tmp_path)

    assert again == dict(seed.results)


def reported_from(seed: Reported, folder: Path) -> dict[str, Any]:
    assert run(["report", str(seed.trial), "--data", str(folder / "records"), "--out", str(folder / "out")]) == 0
    rows = json.loads((folder / "out" / "results.json").read_text("utf-8"))["results"]
    return {row["id"]: row for row in rows}


def test_a_trace_names_the_records_of_each_subject(seed: Reported, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["trace", str(seed.trial), "efficacy/doris-2021/over-6-months/proportion", "--json"])

    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert found["result"]["n"] == 4
    counted = next(p for p in found["parts"] if p["role"] == "counted")
    assert {row["USUBJID"] for row in counted["rows"]} == {"CH01-003", "CH01-004", "CH01-006", "CH01-008"}
    assert all(row["sources"] for part in found["parts"] for row in part["rows"])
    assert len(found["records"]) == found["result"]["sources"]


def test_a_report_can_be_made_again_elsewhere(seed: Reported, tmp_path: Path) -> None:
    assert reported(seed.trial, tmp_path / "a" / "b").results == seed.results


@pytest.mark.parametrize(("there", "value"), [(True, 0), (False, None)])
def test_no_adverse_event_is_not_the_same_as_nobody_asked(
    seed: Reported, tmp_path: Path, there: bool, value: int | None
) -> None:
    shutil.copytree(seed.trial / "records", tmp_path / "records")
    for name in ("suppae", "fa", "relrec"):
        (tmp_path / "records" / f"{name}.csv").unlink()
    events = tmp_path / "records" / "ae.csv"
    if there:
        events.write_text(events.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    else:
        events.unlink()

    results = reported_from(seed, tmp_path)

    assert results["safety/infection/count"]["value"] == value
    assert results["safety/crs/any/count"]["value"] == value
    assert there or "not collected" in results["safety/crs/any/count"]["note"]
