"""The records of a trial: every collected table, checked, with the rows that could not be used kept beside."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from remit.days import day_of
from remit.errors import InputError, nearest
from remit.records.tables import TABLES

_DECLARED = {table.name: table for table in TABLES}


@dataclass(frozen=True, eq=False)
class Records:
    """The collected tables by name ("AE"), each with its declared columns and `record_id`, sorted by key.

    notice      a sentence about the whole (such as "These records are invented."), shown on everything made
                of them
    set_aside   rows that could not be used, by table: the same columns and `reason`, the rule that put them
                there
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notice: str | None = None
    set_aside: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """A declared table, with at least its declared columns; no rows when it was not collected.

        raises   KeyError for a name that is not declared: a mistake in the program, not in the data
        """
        if name in self.tables:
            return self.tables[name]
        return _DECLARED[name].empty()

    def collected(self, name: str) -> bool:
        """Whether the table was collected at all. A table without rows was: nothing happened, and that is
        known.
        """
        return name in self.tables

    def supp(self, domain: str, qualifier: str) -> pl.DataFrame:
        """One supplemental qualifier of a domain: USUBJID, the parent's sequence number, QVAL, record_id.

        The parent column is named after the domain (`AESEQ`), a whole number; null when the qualifier belongs
        to the subject and to no single record. Qualifiers tied to another column than the sequence are left
        out.
        """
        sequence = f"{domain}SEQ"
        rows = self.table(f"SUPP{domain}").filter(
            (pl.col("QNAM") == qualifier) & (pl.col("IDVAR").is_null() | (pl.col("IDVAR") == sequence))
        )
        parent = pl.col("IDVARVAL").cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
        return rows.select("USUBJID", parent.alias(sequence), "QVAL", "record_id")

    def record(self, record_id: str) -> dict[str, object]:
        """One record as a dict, without empty cells; looked for among the rows set aside as well.

        raises   InputError when no record has this id
        """
        name = record_id.split("/", 1)[0]
        for tables in (self.tables, self.set_aside):
            if name in tables:
                rows = tables[name].filter(pl.col("record_id") == record_id).to_dicts()
                if rows:
                    return {column: value for column, value in rows[0].items() if value is not None}
        raise InputError(f"No record is called {record_id}.{nearest(name, self.tables)}")

    def latest_day(self) -> datetime.date | None:
        """The latest whole day in any date column of any table; None when there is none."""
        latest: datetime.date | None = None
        for name, frame in self.tables.items():
            for column in _DECLARED[name].dates:
                day = frame.select(day_of(column).max()).item()
                if isinstance(day, datetime.date) and (latest is None or day > latest):
                    latest = day
        return latest
