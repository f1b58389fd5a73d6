"""What would change if one record were different: the records with an edit made in memory, run again and compared.

An edit goes the way of any record: its row is taken in again, so a value that the column cannot hold is refused as it
would be in a file. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from remit import derive
from remit.analysis import Result
from remit.errors import InputError, nearest
from remit.evidence.dose import Decided, decided
from remit.evidence.rerun import same, state
from remit.protocol import Protocol
from remit.records import Finding, Records, Table, admit, checks, raw
from remit.records.tables import TABLES

_DECLARED = {table.name: table for table in TABLES}


@dataclass(frozen=True)
class Edit:
    """One cell of one record as somebody would write it; an empty text leaves the cell empty."""

    record: str
    column: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One number before and after; None where the id is new or vanished."""

    id: str
    title: str
    before: Result | None
    after: Result | None


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What an edit moves.

    results    how many numbers there are
    moved      those that differ, in the order asked for, then in the order of the report
    unseen     edited records that the cutoff hides before and after, so that they move nothing
    decisions  of every part, before and after
    """

    results: int
    moved: tuple[Difference, ...]
    unseen: tuple[str, ...]
    decisions: tuple[tuple[Decided, Decided], ...]


def edited(records: Records, edits: Sequence[Edit], dropped: Sequence[str] = ()) -> Records:
    """The records with these cells changed and these records left out, each with its supplemental qualifiers.

    `records` itself stays as it is.

    raises   InputError, one sentence: a record or column that is not there, a value that the column cannot hold
    """
    tables = dict(records.tables)
    for record in dropped:
        name = _table_of(records, record)
        if name == "DM":
            raise InputError(
                f"{record} cannot be dropped alone: every other record of the subject belongs to it. "
                "Change it with --set instead."
            )
        tables |= _without(tables, name, record)
    cells: dict[str, dict[str, str]] = {}
    for edit in edits:
        name = _table_of(records, edit.record)
        if edit.record in dropped:
            raise InputError(f"{edit.record} is both changed and dropped. Leave one of the two out.")
        _check_column(_DECLARED[name], edit)
        cells.setdefault(edit.record, {})[edit.column] = edit.text
    for record, values in cells.items():
        name = record.split("/")[0]
        frame = tables[name]
        row = _taken_in(records, _DECLARED[name], frame.filter(pl.col("record_id") == record), values)
        tables[name] = pl.concat([frame.filter(pl.col("record_id") != record), row])
    return replace(records, tables=tables)


def what_if(
    protocol: Protocol,
    records: Records,
    other: Records,
    cutoff: date,
    findings: Iterable[Finding] = (),
    first: Sequence[str] = (),
) -> WhatIf:
    """Every number and decision that differs between the records and the same records edited.

    findings   from reading the records; those of the checks are made here, for both
    first      ids of the numbers that matter most
    """
    old, new = (state(protocol, one, cutoff).results for one in (records, other))
    order = dict.fromkeys([*(id for id in first if id in old or id in new), *old, *new])
    moved = [
        Difference(id, (new.get(id) or old[id]).title, old.get(id), new.get(id))
        for id in order
        if not same(old.get(id), new.get(id))
    ]
    read = tuple(findings)
    sides = [decided(protocol, one, [*read, *checks.all(protocol, one)], cutoff) for one in (records, other)]
    return WhatIf(len(order), tuple(moved), _unseen(records, other, cutoff), tuple(zip(*sides, strict=True)))


def _unseen(records: Records, other: Records, cutoff: date) -> tuple[str, ...]:
    """Edited records that are not known by the cutoff, edited or not."""
    found: list[str] = []
    known = [derive.known_by(one, cutoff) for one in (records, other)]
    for name, frame in records.tables.items():
        if frame is other.tables[name]:
            continue
        changed = frame.join(other.tables[name], on=frame.columns, how="anti", nulls_equal=True)["record_id"]
        seen = {id for one in known for id in one.table(name)["record_id"].to_list()}
        found += [id for id in changed.to_list() if id not in seen]
    return tuple(sorted(found))


def _table_of(records: Records, record: str) -> str:
    """The table of a record that is there."""
    name = record.split("/")[0]
    if name not in records.tables:
        known = ", ".join(records.tables)
        raise InputError(f'No record is called "{record}".{nearest(name, records.tables)} Tables: {known}.')
    ids = records.tables[name]["record_id"].to_list()
    if record not in ids:
        aside = records.set_aside.get(name)
        if aside is not None and record in aside["record_id"].to_list():
            raise InputError(f"{record} was set aside while reading, so it moves nothing; `remit check` says why.")
        raise InputError(f'No record is called "{record}".{nearest(record, ids)}')
    return name


def _without(tables: Mapping[str, pl.DataFrame], name: str, record: str) -> dict[str, pl.DataFrame]:
    """The table without a record, and the supplemental qualifiers without those that belong to it."""
    hit = pl.col("record_id") == record
    made = {name: tables[name].filter(~hit)}
    sequence, supplement = _DECLARED[name].sequence, tables.get(f"SUPP{name}")
    if sequence is not None and supplement is not None:
        subject, number = tables[name].filter(hit).select("USUBJID", sequence).row(0)
        parent = (pl.col("USUBJID") == subject) & (pl.col("IDVAR") == sequence)
        its = parent & (pl.col("IDVARVAL").cast(pl.Float64, strict=False) == number)
        made[f"SUPP{name}"] = supplement.filter(~its.fill_null(False))
    return made


def _check_column(table: Table, edit: Edit) -> None:
    if edit.column not in table.columns:
        raise InputError(
            f'{edit.record}: "{edit.column}" is not a column of {table.name}.{nearest(edit.column, table.columns)}'
        )
    if edit.column in (*table.key, "STUDYID", "DOMAIN", "RDOMAIN", "USUBJID"):
        raise InputError(f"{edit.record}: {edit.column} names the record and cannot be changed here.")


def _taken_in(records: Records, table: Table, row: pl.DataFrame, values: Mapping[str, str]) -> pl.DataFrame:
    """The row with other cells, read as a file would be.

    raises   InputError when a cell is lost on the way
    """
    cells = row.drop("record_id").with_columns(
        pl.lit(text or None, pl.String).alias(column) for column, text in values.items()
    )
    given = [raw(table.name, cells)]
    if table.name != "DM":
        given.append(raw("DM", records.table("DM").drop("record_id")))
    taken, findings = admit(given)
    frame = taken.table(table.name)
    record = row["record_id"].item()
    for column, text in values.items():
        if not frame.height or (text and frame[column].null_count()):
            found = next((f for f in findings if f.table == table.name and f.column == column), None)
            why = f" {found.what}" if found is not None else ""
            raise InputError(f"{record}: {column} cannot hold that value.{why}")
        if not text and column in table.required:
            raise InputError(f"{record}: {column} cannot be empty.")
    return frame.with_columns(pl.lit(record).alias("record_id")).select(row.columns)
