"""Parquet: a table with types. Only the declared columns are loaded, however many there are."""

from __future__ import annotations

import io

import polars as pl

from remit.records.findings import Finding
from remit.records.raw import Raw, canonical
from remit.records.rules import found
from remit.records.table import Table


def read_parquet(table: Table, content: bytes, origin: str) -> tuple[Raw | None, list[Finding]]:
    """The declared columns of a parquet file with the types they have there; None when it is not one."""
    if len(content) < 12 or content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        return None, [found(table.name, "UNREADABLE", f"{origin} is not a parquet file; it was not read.")]
    try:
        header = tuple(pl.read_parquet_schema(io.BytesIO(content)))
        wanted = [name for name in header if canonical(name) in table.columns]
        frame = pl.read_parquet(io.BytesIO(content), columns=wanted)
    # a damaged file fails in many ways, down to a panic of the reader; none of them may stop the other files
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        what = f"{origin} is damaged or not a parquet file ({type(error).__name__}); it was not read."
        return None, [found(table.name, "UNREADABLE", what)]
    places = {name: str(place) for place, name in enumerate(header)}
    return Raw(table.name, header, frame.rename({name: places[name] for name in wanted}), origin=origin), []
