"""SAS transport files (XPT versions 5 and 8), read through pyreadstat."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from remit.records.findings import Finding
from remit.records.raw import Raw
from remit.records.rules import found
from remit.records.table import Table

_MAGIC = (b"HEADER RECORD*******LIBRARY HEADER RECORD", b"HEADER RECORD*******LIBV8   HEADER RECORD")


def read_xpt(table: Table, path: Path) -> tuple[Raw | None, list[Finding]]:
    """The cells of a SAS transport file, numbers and text as they stand there; None when it is not one."""
    with path.open("rb") as file:
        if not file.read(80).startswith(_MAGIC):
            return None, [found(table.name, "UNREADABLE", f"{path.name} is not a SAS transport file; it was not read.")]
    try:
        import pyreadstat  # heavy, and only here is it needed
    except ImportError:
        what = f"{path.name} was not read: SAS transport files need pyreadstat."
        return None, [found(table.name, "UNREADABLE", what, remedy='Install it: pip install "remit[exchange]".')]
    try:
        cells, _ = pyreadstat.read_xport(str(path), output_format="dict", disable_datetime_conversion=True)
        header = tuple(cells)
        columns = [_series(str(place), values) for place, values in enumerate(cells.values())]
    # a damaged file fails in many ways inside the reader; none of them may stop the other files
    except Exception as error:
        what = f"{path.name} is damaged ({type(error).__name__}); it was not read."
        return None, [found(table.name, "UNREADABLE", what)]
    return Raw(table.name, header, pl.DataFrame(columns), origin=path.name), []


def _series(name: str, values: Iterable[object]) -> pl.Series:
    series = pl.Series(name, values, strict=False)
    return series.fill_nan(None) if series.dtype.is_float() else series
