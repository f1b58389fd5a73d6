"""Rows of ADRS under way, kept by column: polars makes a frame of columns at once, and one of row mappings one by one.

Rows of one occasion and instrument are a block: they share their sources, which are made once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from remit.derive.frames import listed, unions


class Parameter(NamedTuple):
    """What a row of ADRS is about."""

    PARAMCD: str
    PARAM: str
    INSTRUMENT: str
    VARIANT: str = "default"
    DEFVFL: str = "Y"


# How a reason begins that says the question does not apply to the subject: no answer is no miss then.
OUTSIDE = ("not evaluable:", "not applicable:")

TEXT = dict.fromkeys(Parameter._fields, pl.String)
OCCASION = {"USUBJID": pl.String, "ADT": pl.Date, "VISITNUM": pl.Float64}


class Lines:
    """Collects rows in order: `begin` an occasion, then `add` its rows.

    traced   whether anybody will ask for `sources`
    """

    def __init__(self, traced: bool = True) -> None:
        self._traced = traced
        self._occasions: list[tuple[str, date | None, float | None]] = []
        self._groups: dict[tuple[str, ...], int] = {}
        self._parameters: dict[tuple[Parameter, ...], int] = {}
        # one entry per block of rows: its occasion, its parameters, and the groups of records that it rests on
        self._occasion: list[int] = []
        self._about: list[int] = []
        self._rests: list[list[int]] = []
        # one entry per row
        self._values: list[float | None] = []
        self._reasons: list[tuple[str, ...]] = []

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
        """A block of rows, one per parameter, with its value (True and False are 1 and 0) and reasons.

        sources   groups of record ids that all these rows rest on
        """
        self._occasion.append(len(self._occasions) - 1)
        self._about.append(self._parameters.setdefault(parameters, len(self._parameters)))
        if self._traced:
            self._rests.append([self._groups.setdefault(group, len(self._groups)) for group in sources])
        self._values += values
        self._reasons += reasons

    def frame(self) -> pl.DataFrame:
        """USUBJID, ADT, VISITNUM, the fields of Parameter and AVAL of all rows.

        `_block` names the row's block and `_line` the row: its lists are fetched with them once it has its place
        """
        occasions = pl.DataFrame(self._occasions, schema=OCCASION, orient="row")
        blocks = occasions[pl.Series(self._occasion, dtype=pl.UInt32)]
        blocks = blocks.with_columns(pl.Series("_about", self._about, dtype=pl.UInt32)).with_row_index("_block")
        parameters = [(number, *one) for block, number in self._parameters.items() for one in block]
        about = pl.DataFrame(parameters, schema={"_about": pl.UInt32, **TEXT}, orient="row")
        rows = blocks.join(about, on="_about", maintain_order="left_right").drop("_about").with_row_index("_line")
        values = [None if value is None else float(value) for value in self._values]
        return rows.with_columns(pl.Series("AVAL", values, dtype=pl.Float64))

    def sources(self, own: pl.Series, base: pl.Series) -> pl.Series:
        """The records of rows by their own block and the block of the baseline that they show, null for none."""
        both = pl.DataFrame({"own": own, "base": base})
        pairs = both.unique(maintain_order=True).with_row_index("pair")
        rests = [
            self._rests[mine] + (self._rests[theirs] if theirs is not None else [])
            for _, mine, theirs in pairs.iter_rows()
        ]
        place = both.join(pairs, on=["own", "base"], how="left", nulls_equal=True, maintain_order="left")["pair"]
        return unions(rests, listed(self._groups))[place]

    def reasons(self) -> pl.Series:
        """The reasons of every row; untraced, only those that say that the question does not apply."""
        if self._traced:
            return listed(self._reasons)
        return listed([why if why and why[0].startswith(OUTSIDE) else () for why in self._reasons])
