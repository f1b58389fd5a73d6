"""Derived rows as data points of a figure: who, what it says, its first record, and where the panels find the row."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl


def points(frame: pl.DataFrame, table: str, *columns: str) -> list[dict[str, Any]]:
    """One dict per row: the columns asked for, and what hovering and pressing need. `frame` has its `row` numbers."""
    wanted = ["row", "USUBJID", *(c for c in ("LEVEL", "SENTENCE", "sources") if c in frame.columns), *columns]
    out = []
    for found in frame.select(list(dict.fromkeys(wanted))).iter_rows(named=True):
        sources = found.pop("sources", None) or [""]
        said = found.pop("SENTENCE", "")
        point = {k: v.isoformat() if isinstance(v, date) else v for k, v in found.items()}
        out.append({**point, "said": said, "record": sources[0], "at": table})
    return out


def hover() -> list[dict[str, str]]:
    """The tooltip: subject, sentence, record."""
    return [
        {"field": "USUBJID", "type": "nominal", "title": "subject"},
        {"field": "said", "type": "nominal", "title": "what"},
        {"field": "record", "type": "nominal", "title": "record"},
    ]


def weeks(title: str | None = "weeks since the first infusion", *, ticks: int = 4) -> dict[str, Any]:
    """An axis in protocol days that is read in weeks, with a tick every `ticks` weeks."""
    return {
        "title": title,
        "values": list(range(-4 * 7, 7 * 53 * 4, 7 * ticks)),
        "labelExpr": "format(datum.value / 7, '.0f')",
        "grid": False,
    }
