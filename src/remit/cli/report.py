"""`remit report`: derive, analyze, lay out, and write down what went in and what came out."""

from __future__ import annotations

import io
import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from remit import analysis, derive
from remit import report as layout
from remit.analysis.result import Result
from remit.cli import bundle, manifest
from remit.cli.drawings import drawn
from remit.cli.fields import record_fields
from remit.cli.solved import solved
from remit.cli.trial import Trial, cutoff_of, open_trial
from remit.errors import InputError
from remit.exchange.dlt_rates import dlt_scenarios
from remit.records import Records
from remit.records.findings import errors


def report(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; TRIAL/reports by default.")] = None,
    cutoff: Annotated[
        str | None, typer.Option(help="Data cutoff, year-month-day; the protocol's last cut by default.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the headline and the paths as JSON.")] = False,
) -> int:
    """Write the report of a trial: report.html, abstract.md, results.json, derived/*.parquet and manifest.json.

    Every number in report.html opens into the records behind it. Problems in the data do not stop the report; they
    are listed in it, and the exit code is 1 when any of them is an error.

    Example: remit report examples/kn5501-sle --out out
    """
    opened = open_trial(trial, data)
    folder = out if out is not None else trial / "reports"
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file. Give a folder to --out.")
    day = cutoff_of(opened.protocol, opened.records, cutoff)
    derived = derive.all(opened.protocol, opened.records, day)
    results = (
        *analysis.all(opened.protocol, derived),
        *analysis.design(opened.protocol, dlt_scenarios(opened.folder), solved),
    )
    empty = _nobody(opened.records, derived, day)
    notice = " ".join(said for said in (opened.records.notice, empty) if said) or None
    inputs = manifest.inputs(opened)
    known, lost = _subjects({"DM": opened.records.table("DM")}), _subjects(opened.records.set_aside)
    stamp = layout.ReportStamp(
        cutoff=day,
        protocol_version=opened.protocol.version,
        records_hash=manifest.short(inputs["records"]),
        remit_version=version("remit"),
        notice=notice,
        records=record_fields(opened.records, derived),
        left_out=len(lost - known),
        partly=len(lost & known),
    )
    outputs: dict[str, bytes] = {
        "results.json": _results(day.isoformat(), notice, results),
        "abstract.md": layout.abstract(opened.protocol, derived, results, notice).encode(),
        **{f"derived/{name}.parquet": _parquet(frame) for name, frame in derived.items()},
    }
    hashes = manifest.hashes(outputs)
    page = layout.page(
        opened.protocol, derived, results, opened.findings, replace(stamp, manifest=hashes), bundle.scripts(), drawn
    )
    outputs["report.html"] = page.encode()
    outputs["manifest.json"] = manifest.text(opened, day, inputs, manifest.hashes(outputs))
    _write(folder, outputs)
    if empty:
        typer.echo(empty, err=True)
    _say(opened, layout.summary(opened.protocol, derived, results, opened.findings, stamp), folder, as_json)
    return 1 if errors(opened.findings) else 0


def _nobody(records: Records, derived: Mapping[str, pl.DataFrame], day: date) -> str | None:
    """A sentence when nobody was treated by the cutoff: then every result is about nobody."""
    if records.table("DM").is_empty():
        return "The records name no subject, so there is nothing to report; every number here is about nobody."
    people = derived["adsl"]
    if people.is_empty():
        return f"No subject had entered the trial by {day.isoformat()}, so there is nothing to report."
    if (people["SAFFL"] == "Y").any():
        return None
    return f"Nobody had been treated by {day.isoformat()}, so no result says anything about the treatment."


def _subjects(tables: Mapping[str, pl.DataFrame]) -> frozenset[str]:
    """Everybody whom some rows name."""
    named = [frame["USUBJID"].drop_nulls().to_list() for frame in tables.values() if "USUBJID" in frame.columns]
    return frozenset(subject for subjects in named for subject in subjects)


def _results(cutoff: str, notice: str | None, results: Sequence[Result]) -> bytes:
    # one result a line: readable, easy to compare, and three times as fast as an indented document
    head = json.dumps({"contract": "results/1", "cutoff": cutoff, "notice": notice}, ensure_ascii=False)
    rows = (json.dumps(result.row(), ensure_ascii=False, allow_nan=False) for result in results)
    return (head.removesuffix("}") + ', "results": [\n' + ",\n".join(rows) + "\n]}\n").encode()


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def _write(folder: Path, outputs: Mapping[str, bytes]) -> None:
    for name, content in outputs.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror}). Give another folder to --out.") from None


def _say(opened: Trial, lines: Sequence[layout.Line], folder: Path, as_json: bool) -> None:
    page = folder / "report.html"
    if as_json:
        said = [{"label": line.label, "sentences": line.sentences, "ids": line.ids} for line in lines]
        typer.echo(
            json.dumps(
                {"report": str(page), "results": str(folder / "results.json"), "headline": said}, ensure_ascii=False
            )
        )
        return
    typer.echo(opened.protocol.title)
    if opened.records.notice:
        typer.echo(opened.records.notice)
    width = max((len(line.label) for line in lines), default=0)
    for line in lines:
        lead = f"  {line.label.ljust(width)}  "
        text = " · ".join(line.sentences)
        typer.echo(textwrap.fill(text, 118, initial_indent=lead, subsequent_indent=" " * len(lead)))
    problems = len(errors(opened.findings))
    if opened.findings:
        many = f"{len(opened.findings)} finding{'' if len(opened.findings) == 1 else 's'}"
        typer.echo(f"  {many} in the data, {problems} at error level: remit check {opened.folder}")
    typer.echo(f"Report: {page}")
