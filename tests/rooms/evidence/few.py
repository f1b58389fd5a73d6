"""The seed trial with its first four subjects only: small enough to be run many times."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from remit.evidence.cuts import Cut
from remit.exchange.folder import read_records, write_records
from remit.exchange.protocol_yaml import read_protocol
from remit.protocol import Protocol
from remit.records import Records

SEED = Path(__file__).parents[3] / "examples" / "kn5501-sle"
SUBJECTS = tuple(f"CH01-{number:03d}" for number in (1, 2, 3, 12))
CUTOFF = date(2024, 10, 1)


@cache
def protocol() -> Protocol:
    return read_protocol(SEED)


@cache
def records() -> Records:
    whole, _ = read_records(SEED / "records")
    few = pl.Series(SUBJECTS).implode()
    return replace(whole, tables={n: f.filter(pl.col("USUBJID").is_in(few)) for n, f in whole.tables.items()})


def cut(name: str, given: Records | None = None, cutoff: date = CUTOFF, ruled: Protocol | None = None) -> Cut:
    return Cut(name, ruled or protocol(), given or records(), cutoff)


def changed(given: Records, record: str, column: str, value: object) -> Records:
    """The records with one cell changed."""
    name = record.split("/")[0]
    frame = given.tables[name]
    assert record in frame["record_id"].to_list()
    hit = pl.col("record_id") == record
    cell = pl.when(hit).then(pl.lit(value)).otherwise(pl.col(column)).cast(frame.schema[column]).alias(column)
    return replace(given, tables={**given.tables, name: frame.with_columns(cell)})


def without(given: Records, record: str) -> Records:
    """The records without one."""
    name = record.split("/")[0]
    return replace(given, tables={**given.tables, name: given.tables[name].filter(pl.col("record_id") != record)})


def trial_folder(folder: Path, given: Records | None = None) -> Path:
    """A trial folder on disk that holds these records."""
    folder.mkdir(parents=True)
    shutil.copy(SEED / "protocol.yaml", folder / "protocol.yaml")
    shutil.copytree(SEED / "amendments", folder / "amendments")
    write_records(given or records(), folder / "records", "csv")
    return folder
