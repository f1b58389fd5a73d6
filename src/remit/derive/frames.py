"""Frames out of Python values, made column by column: polars takes many times as long over one mapping per row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import polars as pl

from remit.records.lineage import SOURCES, gather

NOTHING = pl.Series([[]], dtype=pl.List(pl.String))
UNTRACED = pl.lit([], dtype=pl.List(pl.String))
"""Sources and reasons of a table of which nobody asks them."""
UNSAID = pl.lit(None, pl.String)
"""Its sentences."""


def framed(rows: Sequence[Mapping[str, object]], schema: pl.Schema) -> pl.DataFrame:
    """One row per mapping; every mapping has every column of the schema, and lists are lists of text."""
    return pl.DataFrame([_column(name, dtype, [row[name] for row in rows]) for name, dtype in schema.items()])


def _column(name: str, dtype: pl.DataType, values: list[object]) -> pl.Series:
    if isinstance(dtype, pl.List):
        return listed(value if isinstance(value, list) else [] for value in values).alias(name)
    return pl.Series(name, values, dtype=dtype)


def listed(rows: Iterable[Sequence[str]]) -> pl.Series:
    """A column of lists of text, cut out of one flat column of all their entries."""
    lists = list(rows)
    lengths = pl.DataFrame({"length": pl.Series([len(one) for one in lists], dtype=pl.UInt32)}).with_row_index("row")
    flat = lengths.select(pl.col("row").repeat_by("length").explode(empty_as_null=False, keep_nulls=False))
    flat = flat.with_columns(pl.Series("entry", list(chain.from_iterable(lists)), dtype=pl.String))
    cut = flat.group_by("row", maintain_order=True).agg("entry")
    whole = lengths.join(cut, on="row", how="left", maintain_order="left")
    return whole["entry"].fill_null(NOTHING)


def unions(rests: Sequence[Sequence[int]], sources: pl.Series) -> pl.Series:
    """The sources of rows that rest on others: for each, the union over the row numbers that it rests on.

    sources   lists of record ids by row number
    """
    owner = pl.Series([owner for owner, numbers in enumerate(rests) for _ in numbers], dtype=pl.UInt32)
    parts = sources[pl.Series(list(chain.from_iterable(rests)), dtype=pl.UInt32)]
    united = gather(pl.DataFrame({"owner": owner, SOURCES: parts}), ["owner"])
    every = pl.select(pl.int_range(len(rests), dtype=pl.UInt32).alias("owner"))
    whole = every.join(united, on="owner", how="left", maintain_order="left")
    return whole[SOURCES].fill_null(NOTHING)


def row_sentence(value: pl.Expr) -> pl.Expr:
    """A row of ADRS in words: what, its value, when, and why. Reads PARAM, AVISIT, APROTDY, ADT and BECAUSE."""
    day = pl.coalesce(
        pl.col("AVISIT").str.replace_all("-", " "),
        pl.format("day {}", pl.col("APROTDY")),
        pl.col("ADT").cast(pl.String),
        pl.lit("no date"),
    )
    why = pl.col("BECAUSE").list
    said = pl.when(why.len() > 0).then(pl.format(": {}", why.join(" · "))).otherwise(pl.lit(""))
    return pl.format("{} {}, {}{}", "PARAM", value, day, said)
