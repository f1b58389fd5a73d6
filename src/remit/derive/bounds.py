"""The earliest and the latest day that a date as recorded allows: one day when it is complete, a span when it is not.

A comparison that the span does not settle stays unknown; nothing is decided by an imputed day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from remit.days import day_of, iso_date, precision_of

Bounds = tuple[date | None, date | None]


def days_in(frame: pl.DataFrame, column: str) -> pl.Series:
    """`day_of` a column of the frame, with each different text read once: whole visits share their date."""
    texts = frame.select(pl.col(column).unique()).with_columns(day_of(column).alias("day"))
    return frame.select(column).join(texts, on=column, how="left", maintain_order="left")["day"]


@lru_cache(maxsize=4096)
def bounds(text: str | None) -> Bounds:
    """(earliest, latest) day of an ISO 8601 text; (None, None) when it says nothing."""
    day, precision = iso_date(text)
    bare = (text or "").strip()
    if day is not None:
        return day, day
    if precision == "month":
        year, month = int(bare[:4]), int(bare[5:7])
        following = date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
        return date(year, month, 1), following - timedelta(days=1) if following is not None else date.max
    if precision == "year":
        return date(int(bare), 1, 1), date(int(bare), 12, 31)
    return None, None


def earliest_of(column: str) -> pl.Expr:
    """`bounds(...)[0]` for a column of ISO 8601 text."""
    text = pl.col(column).str.strip_chars()
    return (
        pl.when(precision_of(column) == "month")
        .then((text + "-01").str.to_date("%Y-%m-%d", strict=False))
        .when(precision_of(column) == "year")
        .then((text + "-01-01").str.to_date("%Y-%m-%d", strict=False))
        .otherwise(day_of(column))
    )


def latest_of(column: str) -> pl.Expr:
    """`bounds(...)[1]` for a column of ISO 8601 text."""
    text = pl.col(column).str.strip_chars()
    return (
        pl.when(precision_of(column) == "month")
        .then((text + "-01").str.to_date("%Y-%m-%d", strict=False).dt.month_end())
        .when(precision_of(column) == "year")
        .then((text + "-12-31").str.to_date("%Y-%m-%d", strict=False))
        .otherwise(day_of(column))
    )
