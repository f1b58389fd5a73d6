"""Rows of ADRS under way, kept by column: polars makes a frame of columns at once, and one of row mappings one by one.

Most of a row repeats: occasions, parameters, reasons and groups of records are kept once and named by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from remit.derive.frames import listed, unions
from remit.records.lineage import SOURCES


class Parameter(NamedTuple):
    """What a row of ADRS is about."""

    PARAMCD: str
    PARAM: str
    INSTRUMENT: str
    VARIANT: str = "default"
    DEFVFL: str = "Y"


TEXT = dict.fromkeys(Parameter._fields, pl.String)
OCCASION = {"USUBJID": pl.String, "ADT": pl.Date, "VISITNUM": pl.Float64}


class Lines:
    """Collects rows in order: `begin` an occasion, then `add` its rows."""

    def __init__(self) -> None:
        self._occasions: list[tuple[str, date | None, float | None]] = []
        self._sources: list[list[int]] = []
        self._groups: dict[tuple[str, ...], int] = {}
        self._parameters: dict[tuple[Parameter, ...], int] = {}
        self._reasons: dict[tuple[str, ...], int] = {}
        # one number per block of rows
        self._occasion: list[int] = []
        self._about: list[int] = []
        # one per row
        self._why: list[int] = []
        self._values: list[float | None] = []

    def begin(self, subject: str, day: date | None, visitnum: float | None) -> None:
        """The rows that follow belong to this subject, day and visit number."""
        self._occasions.append((subject, day, visitnum))

    def add(
        self,
        parameters: tuple[Parameter, ...],
        values: Sequence[float | None],
        reasons: Sequence[tuple[str, ...]],
        sources: Iterable[tuple[str, ...]],
    ) -> None:
        """One row per parameter, with its value (True and False are 1 and 0) and reasons.

        sources   groups of record ids that all these rows rest on
        """
        self._occasion.append(len(self._occasions) - 1)
        self._about.append(self._parameters.setdefault(parameters, len(self._parameters)))
        self._sources.append([self._groups.setdefault(group, len(self._groups)) for group in sources])
        self._why += [self._reasons.setdefault(because, len(self._reasons)) for because in reasons]
        self._values += values

    def frame(self) -> pl.DataFrame:
        """USUBJID, ADT, VISITNUM, the fields of Parameter, AVAL, BECAUSE and sources of all rows."""
        occasions = pl.DataFrame(self._occasions, schema=OCCASION, orient="row")
        blocks = occasions[pl.Series(self._occasion, dtype=pl.UInt32)].with_columns(
            pl.Series("_about", self._about, dtype=pl.UInt32),
            unions(self._sources, listed(self._groups)).alias(SOURCES),
        )
        parameters = [(number, *one) for block, number in self._parameters.items() for one in block]
        about = pl.DataFrame(parameters, schema={"_about": pl.UInt32, **TEXT}, orient="row")
        rows = blocks.join(about, on="_about", maintain_order="left_right").drop("_about")
        values = [None if value is None else float(value) for value in self._values]
        return rows.with_columns(
            pl.Series("AVAL", values, dtype=pl.Float64),
            listed(self._reasons)[pl.Series(self._why, dtype=pl.UInt32)].alias("BECAUSE"),
        )
