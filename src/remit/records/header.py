"""From the column names a file has to the columns a table declares."""

from __future__ import annotations

import difflib
from collections import defaultdict

import polars as pl

from remit.errors import nearest
from remit.records.findings import Finding, counted
from remit.records.raw import Raw, canonical
from remit.records.rules import found
from remit.records.table import Table

_SHOWN = 5


def declared_columns(table: Table, given: Raw) -> tuple[pl.DataFrame, list[Finding]]:
    """The declared columns of a table under their own names; a column that is not there is null throughout.

    Names are taken in any case. Of a name that appears twice, the column is used when both hold the same
    cells and is unknown otherwise. Columns that are not declared are left out and counted.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(given.header):
        places[canonical(name)].append(place)

    findings: list[Finding] = []
    kept: list[pl.Series] = []
    for name in table.columns:
        where = places.get(name, [])
        series = [given.cells[str(place)].alias(name) for place in where]
        if not series:
            kept.append(pl.Series(name, [None] * given.cells.height, dtype=pl.String))
        elif all(other.equals(series[0], null_equal=True) for other in series[1:]):
            kept.append(series[0])
            if len(series) > 1:
                same = f"Column {name} appears {len(series)} times with the same cells; it was read once."
                findings.append(found(table.name, "HEADER", same, column=name))
        else:
            kept.append(pl.Series(name, [None] * given.cells.height, dtype=pl.String))
            lost = counted(series[0].len() - series[0].null_count(), "cell")
            what = f"Column {name} appears {len(series)} times, not with the same cells; none was used ({lost} lost)."
            findings.append(found(table.name, "HEADER", what, column=name))
    findings += _named(table, given, set(places))
    return pl.DataFrame(kept), findings


def _named(table: Table, given: Raw, present: set[str]) -> list[Finding]:
    """Findings about names: declared ones that are missing, ones in another case, ones that are not declared."""
    findings = []
    unknown = [name for name in dict.fromkeys(map(canonical, given.header)) if name not in table.columns]
    for name in table.required:
        if name not in present and name != "DOMAIN":
            guess = nearest(name, unknown)
            what = f"Required column {name} is not in {given.origin or table.name}.{guess}"
            findings.append(found(table.name, "COLUMN", what, column=name))
    cased = [name for name in given.header if name != canonical(name) and canonical(name) in table.columns]
    if cased:
        what = f"Column names were read as if in capitals ({len(cased)}): {_some(cased)}."
        findings.append(found(table.name, "CASE", what))
    if unknown:
        what = f"Columns that are not declared were left out ({len(unknown)}): {_some(unknown)}."
        close = {name: guess for name in unknown[:200] if (guess := _absent_neighbor(name, table, present))}
        remedy = " ".join(f"{name} may be {guess}." for name, guess in list(close.items())[:_SHOWN]) or None
        findings.append(found(table.name, "EXTRA", what, remedy=remedy))
    return findings


def _absent_neighbor(name: str, table: Table, present: set[str]) -> str:
    """An expected column that is missing and differs by a letter or so from this name, or an empty string."""
    absent = [declared for declared in (*table.required, *table.expected) if declared not in present]
    close = difflib.get_close_matches(name, absent, n=1, cutoff=0.85)
    return close[0] if close else ""


def _some(names: list[str]) -> str:
    shown = ", ".join(name[:40] or "(no name)" for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
