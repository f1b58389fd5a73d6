"""A table of records: its name, its key and its declared columns, said once and read by everyone.

The check while reading, the empty frame of a table nobody collected, the documentation and the exports all
read the one declaration: a dataframely schema with the CDISC attributes in each column's metadata
(`records.columns`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import dataframely as dy
import polars as pl

from remit.records.columns import facts

ObservationClass = Literal["Special Purpose", "Interventions", "Events", "Findings", "Relationship"]


@dataclass(frozen=True)
class Table:
    """One declared table.

    name      domain ("LB"), or "RELREC", or "SUPPAE" and its kind
    key       the columns that name a record; the record id is `name` and these joined by "/"
    schema    the declared columns, `record_id` last
    """

    name: str
    label: str
    observation_class: ObservationClass
    key: tuple[str, ...]
    schema: type[dy.Schema]

    @cached_property
    def columns(self) -> dict[str, dy.Column]:
        """The declared SDTM columns in order, without `record_id`."""
        return {name: column for name, column in self.schema.columns().items() if name != "record_id"}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Columns that must be there and filled (core Req)."""
        return tuple(name for name, column in self.columns.items() if facts(column)["core"] == "Req")

    @cached_property
    def expected(self) -> tuple[str, ...]:
        """Columns that the standard expects, and that may be empty (core Exp)."""
        return tuple(name for name, column in self.columns.items() if facts(column)["core"] == "Exp")

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Columns of type Num."""
        return tuple(name for name, column in self.columns.items() if facts(column)["type"] == "Num")

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """Columns that hold ISO 8601 text."""
        return tuple(name for name, column in self.columns.items() if facts(column).get("date"))

    @property
    def sequence(self) -> str | None:
        """The --SEQ column, where the table has one."""
        return next((name for name in self.key if name.endswith("SEQ")), None)

    def empty(self) -> pl.DataFrame:
        """No rows, every declared column."""
        return pl.DataFrame(schema={name: column.dtype for name, column in self.schema.columns().items()})
