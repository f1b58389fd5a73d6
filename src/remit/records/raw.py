"""One table as a file, a form or a program gave it: before anything about it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Raw:
    """Cells of any type under the names they came with.

    table          name of the declared table it is meant for ("LB", "SUPPAE")
    header         column names as written, in order; a name may appear twice
    cells          the columns that may be wanted, named by position in `header` ("0", "1", …)
    comma_free     whether a comma can be a decimal sign here: the cells were not parted by commas
    origin         the file, for messages
    damaged        rows whose cells cannot be trusted, by place in `cells` from 0, and why
    """

    table: str
    header: tuple[str, ...]
    cells: pl.DataFrame
    comma_free: bool = False
    origin: str = ""
    damaged: Mapping[int, str] = field(default_factory=dict)


def raw(table: str, frame: pl.DataFrame) -> Raw:
    """A polars frame as it is, for programs that make records: its column names become the header."""
    return Raw(table, tuple(frame.columns), frame.rename(dict(zip(frame.columns, map(str, range(frame.width))))))


def canonical(name: str) -> str:
    """A column name as SDTM writes it: capitals, without surrounding spaces, byte-order mark or quotation
    marks.
    """
    return name.strip().strip("\ufeff\x00\"'").strip().upper()
