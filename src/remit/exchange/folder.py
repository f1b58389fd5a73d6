"""A folder of records, one file a table: `dm.csv`, `rs.parquet`, `lb.xpt`, `suppae.csv`, `lbch.csv` and
`lbhe.csv`.

Names are taken in any case. A domain may be split over files whose names begin with it. `NOTICE.txt` is a
sentence about the whole. No file stops the others: what cannot be read becomes a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from remit.errors import ExchangeError, nearest
from remit.exchange.csv_text import read_csv
from remit.exchange.parquet import read_parquet
from remit.exchange.xpt import read_xpt
from remit.records import Finding, Raw, Records, Table, admit
from remit.records.findings import in_order
from remit.records.rules import found
from remit.records.tables import TABLES

_READ = (".parquet", ".xpt", ".csv", ".tsv")
# formats that people keep tables in and that this reader does not take
_OTHER = (
    ".xlsx",
    ".xls",
    ".xlsm",
    ".ods",
    ".sas7bdat",
    ".json",
    ".dta",
    ".sav",
    ".rds",
    ".txt",
    ".feather",
    ".xml",
)
# other datasets of SDTMIG 3.4: known names, used by nothing here
_UNUSED = (
    *(
        "AG",
        "BE",
        "BS",
        "CO",
        "CV",
        "DA",
        "DD",
        "DV",
        "EC",
        "FT",
        "GF",
        "HO",
        "MB",
        "MI",
        "MK",
        "ML",
        "MS",
        "NV",
        "OE",
    ),
    *(
        "OI",
        "PE",
        "PP",
        "PR",
        "RE",
        "RELSPEC",
        "RELSUB",
        "RP",
        "SE",
        "SM",
        "SR",
        "SS",
        "SU",
        "TA",
        "TD",
        "TE",
        "TI",
    ),
    *("TM", "TR", "TS", "TU", "TV", "TX", "UR"),
)
_NAMES = {table.name: table for table in TABLES}
_SPLIT_MAX = 4


def read_records(folder: Path) -> tuple[Records, list[Finding]]:
    """Every table of a folder, checked, and what was found while reading.

    raises   ExchangeError when there is no such folder; nothing else, whatever the files hold
    """
    if not folder.is_dir():
        raise ExchangeError(
            f"There is no folder of records at {folder}: give the folder that holds dm.csv and its like."
        )
    findings: list[Finding] = []
    given: list[Raw] = []
    taken: dict[str, str] = {}
    notice = None
    for path in sorted(folder.iterdir(), key=lambda entry: (entry.name.lower(), entry.name)):
        if path.name.lower() == "notice.txt" and path.is_file():
            notice = path.read_text("utf-8", "replace").strip() or None
            continue
        table = _table_of(path, findings)
        if table is None:
            continue
        stem = path.stem.upper()
        if stem in taken:
            what = f"{taken[stem]} and {path.name} are the same table; only {taken[stem]} was read."
            findings.append(found(table.name, "TWICE", what))
            continue
        raw, about = _read(table, path)
        findings += about
        if raw is not None:
            taken[stem] = path.name
            given.append(raw)
    if not taken and not findings:
        return Records(notice=notice), [found("FOLDER", "NOTHING", "The folder holds no records yet.")]
    records, about_rows = admit(given, notice)
    return records, in_order([*findings, *about_rows])


def write_records(records: Records, folder: Path, format: Literal["csv", "parquet"]) -> list[Path]:
    """Writes every collected table as one file, and `NOTICE.txt` where there is a notice.

    returns   the files, in the order of the tables. Reading them again gives the same records
    raises    ExchangeError for another format
    """
    if format not in ("csv", "parquet"):
        raise ExchangeError(f'Records cannot be written as "{format}". Formats: csv, parquet.')
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in TABLES:
        if not records.collected(table.name):
            continue
        path = folder / f"{table.name.lower()}.{format}"
        frame = records.table(table.name).select(list(table.columns))
        if format == "csv":
            frame.write_csv(path)
        else:
            frame.write_parquet(path)
        written.append(path)
    if records.notice:
        path = folder / "NOTICE.txt"
        path.write_text(records.notice + "\n", "utf-8")
        written.append(path)
    return written


def _read(table: Table, path: Path) -> tuple[Raw | None, list[Finding]]:
    try:
        if path.suffix.lower() == ".xpt":
            return read_xpt(table, path)
        content = path.read_bytes()
    except OSError as error:
        what = f"{path.name} could not be opened ({error.strerror or type(error).__name__})."
        return None, [found(table.name, "UNREADABLE", what)]
    if not content:
        return None, [found(table.name, "EMPTY-FILE", f"{path.name} is empty; {table.name} counts as not collected.")]
    if path.suffix.lower() == ".parquet":
        return read_parquet(table, content, path.name)
    return read_csv(table, content, path.name)


def _table_of(path: Path, findings: list[Finding]) -> Table | None:
    """The table that a file is named after, or None with a finding where the name or the format is not ours."""
    stem, suffix = path.stem.upper(), path.suffix.lower()
    if path.name.startswith((".", "~$")) or path.is_dir() or suffix not in (*_READ, *_OTHER):
        return None
    table = next((_NAMES[name] for name in _candidates(stem) if name in _NAMES), None)
    if suffix in _OTHER:
        if table is not None:
            what = f"{path.name} is a table in a format that is not read; {table.name} was not taken from it."
            findings.append(found(table.name, "FORMAT", what))
        return None
    if table is None:
        if stem in _UNUSED or stem.removeprefix("SUPP")[:2] in _UNUSED:
            findings.append(found("FOLDER", "UNUSED", f"{path.name} is no table that anything here reads."))
        else:
            guess = nearest(stem.lower(), [name.lower() for name in _NAMES])
            what = f"{path.name} is not named after a table; it was not read.{guess}"
            findings.append(found("FOLDER", "FILE", what))
    return table


def _candidates(stem: str) -> Iterator[str]:
    """Table names that a file name may mean: itself, or the domain that it is a part of (LBCH, SUPPLBCH)."""
    yield stem
    if len(stem) == _SPLIT_MAX:
        yield stem[:2]
    if stem.startswith("SUPP") and len(stem) == len("SUPP") + _SPLIT_MAX:
        yield stem[:6]


__all__ = ["read_records", "write_records"]
