"""From one number back: its filters expanded into derived rows, and those into record ids.

This reads the filters with polars, apart from the index that counted with them, so that the one checks the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from remit.analysis.index import Wanted
from remit.analysis.result import Result, Role, Selection
from remit.errors import InputError, nearest

SHOWN = ("USUBJID", "LEVEL", "SENTENCE", "sources")


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one selection: USUBJID, LEVEL, SENTENCE (the row in words) and sources (its record ids)."""

    role: Role
    table: str
    rows: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Trace:
    """A result, the derived rows behind it in the order of its selections, and their record ids, sorted."""

    result: Result
    parts: tuple[Part, ...]
    record_ids: tuple[str, ...]


def trace(result: Result, derived: Mapping[str, pl.DataFrame]) -> Trace:
    """Expand what stands behind a result; a result of the protocol or of a scenario has nothing behind it."""
    parts = tuple(Part(s.role, s.table, selected(s, derived).select(SHOWN)) for s in result.behind)
    ids = {record for part in parts for sources in part.rows["sources"].to_list() for record in sources or ()}
    return Trace(result, parts, tuple(sorted(ids)))


def selected(selection: Selection, derived: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of a derived table that a selection selects, in the order of the table; all columns."""
    if selection.table not in derived:
        return pl.DataFrame(
            schema={"USUBJID": pl.String, "LEVEL": pl.String, "SENTENCE": pl.String, "sources": pl.List(pl.String)}
        )
    frame = derived[selection.table]
    if not selection.where:
        return frame
    schema = frame.schema
    return frame.filter([_holds(schema[column], column, wanted) for column, wanted in selection.where])


def _holds(dtype: pl.DataType, column: str, wanted: Wanted) -> pl.Expr:
    asked = wanted if isinstance(wanted, tuple) else (wanted,)
    value = pl.col(column)
    if isinstance(dtype, pl.List):
        return pl.any_horizontal([value.list.contains(w).fill_null(False) for w in asked] or [pl.lit(False)])
    known = [w for w in asked if w is not None]
    held = value.is_in(pl.Series(known, dtype=dtype).implode()).fill_null(False) if known else pl.lit(False)
    return held | value.is_null() if None in asked else held


def result_by_id(results: Iterable[Result], id: str) -> Result:
    """The result with this id.

    raises   InputError with the nearest id when there is none
    """
    found = {result.id: result for result in results}
    if id not in found:
        stems = [other for other in found if other.partition("/")[0] == id.partition("/")[0]] or list(found)
        first = ", ".join(sorted({other.partition("/")[0] for other in found}))
        raise InputError(f'No result is called "{id}".{nearest(id, stems)} Ids start with: {first}.')
    return found[id]
