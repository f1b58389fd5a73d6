"""One data cut as a person names it: a trial folder, a records folder or a report, each with `@DATE` if wanted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from remit.analysis import Interval, Result
from remit.cli import manifest
from remit.cli.trial import Trial, cutoff_of, open_protocol, open_trial
from remit.errors import InputError
from remit.evidence.cuts import Cut
from remit.records import Finding

# results of the protocol and of assumed truths rest on no record
_DESIGN = "design/"


@dataclass(frozen=True)
class Opened:
    """A cut, and what was found while reading and checking its records."""

    cut: Cut
    findings: tuple[Finding, ...]


def open_cut(given: str, trial: Path | None) -> Opened:
    """Read a cut.

    given   FOLDER or FOLDER@DATE; without a date the protocol's last cut holds, as in a report
    trial   the trial folder whose protocol (and, of a report, whose records) the folder belongs to
    raises  InputError of one sentence
    """
    folder, day = _parted(given)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give a trial folder, a folder of records or a report, each @DATE.")
    if (folder / "protocol.yaml").is_file():
        return _of_trial(given, open_trial(folder), day)
    if (folder / "results.json").is_file():
        return _of_report(given, folder, _needed(given, trial), day)
    if not any(folder.glob("[dD][mM].*")):
        raise InputError(
            f"{folder} holds no protocol.yaml, no table of subjects (dm.csv) and no results.json, so it is no cut."
        )
    return _of_trial(given, open_trial(_needed(given, trial), folder), day)


def _parted(given: str) -> tuple[Path, str | None]:
    folder, at, day = given.rpartition("@")
    if not at or Path(given).is_dir():
        return Path(given), None
    try:
        date.fromisoformat(day)
    except ValueError:
        raise InputError(
            f'"{day}" in {given} is not a date. Write it as year-month-day, such as @2024-10-01.'
        ) from None
    return Path(folder), day


def _needed(given: str, trial: Path | None) -> Path:
    if trial is None:
        raise InputError(f"{given} holds no protocol. Say which trial it belongs to: --trial TRIAL.")
    return trial


def _of_trial(given: str, opened: Trial, day: str | None) -> Opened:
    cut = Cut(given, opened.protocol, opened.records, cutoff_of(opened.protocol, opened.records, day))
    return Opened(cut, opened.findings)


def _of_report(given: str, folder: Path, trial: Path, day: str | None) -> Opened:
    """A report as it was printed, with the records it was made of, which the trial folder must still hold."""
    if day is not None:
        raise InputError(f"{given}: a report has its own cutoff. Give it without @{day}.")
    open_protocol(trial)
    opened = open_trial(trial)
    made = _document(folder / "manifest.json")
    now = manifest.inputs(opened)
    differs = [name for name in ("protocol", "amendments", "records") if made.get("inputs", {}).get(name) != now[name]]
    if differs:
        raise InputError(
            f"{given} was made from other input than {trial} holds now ({' and '.join(differs)} differ). "
            "Give --trial the folder as it was then, or compare trial folders."
        )
    rows = _document(folder / "results.json").get("results", [])
    printed = {row["id"]: _result(row) for row in rows if not row["id"].startswith(_DESIGN)}
    by = made.get("versions", {}).get("remit", version("remit"))
    name = f"{given} (printed by remit {by})"
    return Opened(
        Cut(name, opened.protocol, opened.records, date.fromisoformat(made["cutoff"]), printed), opened.findings
    )


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{path} is not there or is no JSON, so the report cannot be compared.") from None
    return found if isinstance(found, dict) else {}


_PRINTED = re.compile("value|n|denominator|text|title|analysis|population|group|statistic|method")


def _result(row: dict[str, Any]) -> Result:
    interval = row.get("interval")
    fields: dict[str, Any] = {name: row.get(name) for name in row if _PRINTED.fullmatch(name)}
    limits = Interval(interval["level"], interval["low"], interval["high"], interval["method"]) if interval else None
    return Result(id=row["id"], interval=limits, **fields)
