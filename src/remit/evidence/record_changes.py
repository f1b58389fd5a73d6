"""Records that differ between two cuts, one change a record, and records in which only some of them are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from remit.records import Records
from remit.records.tables import TABLES

Kind = Literal["added", "removed", "changed", "collected", "not collected"]
Origin = Literal["edit", "cutoff"]

_DECLARED = {table.name: table for table in TABLES}


@dataclass(frozen=True)
class RecordChange:
    """One record that differs.

    record    record id; the table's name where a whole table began or ceased to be collected
    columns   those whose values differ; none where the record is new or gone
    day       the record's date as it stands in the later of the two states that have it; None without one
    origin    `cutoff` where both folders hold the same record and only the cutoff shows it differently
    aside     the rule that set the record aside in the state that lacks it; None where it simply is not there
    """

    record: str
    table: str
    subject: str | None
    kind: Kind
    columns: tuple[str, ...] = ()
    day: str | None = None
    origin: Origin = "edit"
    aside: str | None = None


def record_changes(before: Records, after: Records) -> tuple[RecordChange, ...]:
    """Every record that is new, gone or different, in the order of tables and ids."""
    found: list[RecordChange] = []
    for table in TABLES:
        name = table.name
        if before.collected(name) or after.collected(name):
            found += _in_table(name, before, after)
    return tuple(found)


def with_origins(changes: Iterable[RecordChange], before: Records, after: Records) -> tuple[RecordChange, ...]:
    """The same changes, those told apart that only a cutoff made.

    before, after   the records as collected, without any cutoff
    """
    edited = {change.record for change in record_changes(before, after)}
    return tuple(change if change.record in edited else replace(change, origin="cutoff") for change in changes)


class Mixture:
    """The earlier records with any chosen changes made: all of them give the later records."""

    def __init__(self, before: Records, after: Records, changes: Sequence[RecordChange]) -> None:
        self._before, self._after = before, after
        self._by_table: dict[str, list[RecordChange]] = {}
        for change in changes:
            self._by_table.setdefault(change.table, []).append(change)

    def records(self, chosen: AbstractSet[str]) -> Records:
        """chosen   record ids of the changes to make"""
        tables = dict(self._before.tables)
        for name, changes in self._by_table.items():
            made = [change for change in changes if change.record in chosen]
            if not made:
                continue
            out = [change.record for change in made if change.kind in ("removed", "changed")]
            into = [change.record for change in made if change.kind in ("added", "changed")]
            kept = _where(self._before.table(name), out, keep=False)
            frame = pl.concat([kept, _where(self._after.table(name), into, keep=True)]) if into else kept
            ceased = any(change.kind == "not collected" for change in made)
            if ceased and frame.is_empty():
                tables.pop(name, None)
            else:
                tables[name] = frame
        return replace(self._before, tables=tables)


def _where(frame: pl.DataFrame, ids: Sequence[str], *, keep: bool) -> pl.DataFrame:
    hit = pl.col("record_id").is_in(ids)
    return frame.filter(hit if keep else ~hit)


def _in_table(name: str, before: Records, after: Records) -> Iterable[RecordChange]:
    old, new = before.table(name), after.table(name)
    if before.collected(name) != after.collected(name):
        yield RecordChange(name, name, None, "collected" if after.collected(name) else "not collected")
    gone = old.join(new, on="record_id", how="anti")
    come = new.join(old, on="record_id", how="anti")
    both = old.join(new, on="record_id", how="inner", suffix="\x1e")
    columns = [c for c in old.columns if c != "record_id"]
    differ = both.filter(pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}\x1e")) for c in columns))
    date = _date_column(name)
    asides = {"removed": _set_aside(after, name), "added": _set_aside(before, name)}
    kinds: tuple[tuple[Kind, pl.DataFrame], ...] = (("removed", gone), ("changed", differ), ("added", come))
    made: list[RecordChange] = []
    for kind, frame in kinds:
        for row in frame.iter_rows(named=True):
            suffix = "\x1e" if kind == "changed" else ""
            which = tuple(c for c in columns if row[c] != row[f"{c}\x1e"]) if suffix else ()
            record = row["record_id"]
            subject = row.get(f"USUBJID{suffix}") or row.get("USUBJID")
            day = str(row[f"{date}{suffix}"])[:10] if date and row.get(f"{date}{suffix}") is not None else None
            made.append(RecordChange(record, name, subject, kind, which, day, aside=asides.get(kind, {}).get(record)))
    yield from sorted(made, key=lambda change: change.record)


def _date_column(name: str) -> str | None:
    dates = _DECLARED[name].dates
    return next((c for c in dates if c == f"{name}STDTC"), next((c for c in dates if c == f"{name}DTC"), None))


def _set_aside(records: Records, name: str) -> Mapping[str, str]:
    frame = records.set_aside.get(name)
    return {} if frame is None else dict(frame.select("record_id", "reason").iter_rows())
