"""The fields of the records behind a report, as text, for the last level of its panels."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from remit.records import Records

# Said once at the head of the report, or already in the record's id.
LEFT_OUT = {"record_id", "STUDYID", "DOMAIN"}


def record_fields(records: Records, derived: Mapping[str, pl.DataFrame]) -> Mapping[str, Mapping[str, str]]:
    """Filled fields by record id, of every record that a derived row came from."""
    named = [frame.select(pl.col("sources").explode()) for frame in derived.values() if frame.height]
    wanted = pl.concat(named)["sources"].unique().implode() if named else pl.Series([[]], dtype=pl.List(pl.String))
    found: dict[str, Mapping[str, str]] = {}
    for frame in records.tables.values():
        mine = frame.filter(pl.col("record_id").is_in(wanted))
        columns = [c for c in mine.columns if c not in LEFT_OUT and mine[c].null_count() < mine.height]
        for record_id, *cells in mine.select("record_id", pl.col(columns).cast(pl.String)).iter_rows():
            found[record_id] = {c: cell for c, cell in zip(columns, cells, strict=True) if cell}
    return found
