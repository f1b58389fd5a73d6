"""Delimited text as the world writes it: any encoding, any delimiter, quotation marks left open, rows too
long.

Text goes in as bytes and comes out as a table of text cells, with a note for everything that was recognized
rather than known and a finding for every row that could not be kept. Well-formed text takes the quick way
through polars; only text that is not goes row by row.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import polars as pl

from remit.exchange.text_encoding import decoded
from remit.records.findings import Finding, counted
from remit.records.raw import Raw, canonical
from remit.records.rules import found
from remit.records.table import Table

_DELIMITERS = (",", ";", "\t", "|")
_TITLE_LINES = 10


@dataclass
class _Parsed:
    header: tuple[str, ...]
    delimiter: str
    cells: pl.DataFrame
    findings: list[Finding] = field(default_factory=list)
    damaged: dict[int, str] = field(default_factory=dict)


def read_csv(table: Table, content: bytes, origin: str) -> tuple[Raw | None, list[Finding]]:
    """The cells of a delimited text file, all of them text; "NA" stays "NA".

    table     the declared table that the file is meant for: its column names tell the header and the
              delimiter
    origin    name of the file, for messages
    returns   the cells and what was found; None instead of the cells when there is no header to read them by
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        return None, [found(table.name, "EMPTY-FILE", f"{origin} is empty; {table.name} counts as not collected.")]
    text, encoding, why = decoded(content)
    findings = []
    if why:
        findings.append(found(table.name, "ENCODING", f"{origin} was read as {encoding}: {why}"))
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n\x1a \t\x00") + "\n"
    place, delimiter = _header(table, text)
    if place is None or delimiter is None:
        what = f"No line at the top of {origin} names a column of {table.name}; it was not read."
        return None, [
            *findings,
            found(table.name, "UNREADABLE", what, remedy="Begin the file with the column names."),
        ]
    if place:
        findings.append(
            found(table.name, "LAYOUT", f"{counted(place, 'line')} above the column names of {origin} skipped.")
        )
        text = text.split("\n", place)[-1]
    if delimiter != ",":
        sign = {"\t": "tabs", ";": "semicolons", "|": "bars"}[delimiter]
        findings.append(found(table.name, "LAYOUT", f"The cells of {origin} were taken to be parted by {sign}."))
    parsed = _quick(text, delimiter) or _row_by_row(table, text, delimiter)
    raw = Raw(
        table.name,
        parsed.header,
        parsed.cells,
        comma_free=delimiter != ",",
        origin=origin,
        damaged=parsed.damaged,
    )
    return raw, findings + parsed.findings


def _header(table: Table, text: str) -> tuple[int | None, str | None]:
    """Which of the first lines holds the column names, and the delimiter under which most of them are
    declared.
    """
    best: tuple[int, int, str] | None = None
    for place, line in enumerate(text.split("\n", _TITLE_LINES)[:_TITLE_LINES]):
        for delimiter in _DELIMITERS:
            known = len({canonical(name) for name in line.split(delimiter)} & set(table.columns))
            if known and (best is None or known > best[0]):
                best = (known, place, delimiter)
        if best is not None and best[0] > 1:
            break
    return (best[1], best[2]) if best else (None, None)


def _quick(text: str, delimiter: str) -> _Parsed | None:
    """Through polars, when every line has as many cells as the header and every quotation mark is closed on
    its line.
    """
    first, _, _ = text.partition("\n")
    header = next(csv.reader([first], delimiter=delimiter), [])
    if not header or first.count('"') % 2:
        return None
    lines = pl.Series(text.split("\n")[:-1])
    if '"' in text:
        lines = lines.str.replace_all(r'"[^"]*"', "")
        if lines.str.contains('"', literal=True).any():
            return None
    if not (lines.str.count_matches(delimiter, literal=True) == len(header) - 1).all():
        return None
    names = [str(place) for place in range(len(header))]
    body = text[len(first) + 1 :]
    if not body:
        return _Parsed(tuple(header), delimiter, pl.DataFrame(schema=dict.fromkeys(names, pl.String)))
    try:
        cells = pl.read_csv(
            body.encode("utf-8", "surrogatepass"),
            has_header=False,
            new_columns=names,
            separator=delimiter,
            infer_schema=False,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:
        return None
    return _Parsed(tuple(header), delimiter, cells) if cells.width == len(header) else None


def _row_by_row(table: Table, text: str, delimiter: str) -> _Parsed:
    """Row by row: a row of the wrong length keeps its place, filled up or cut, and is marked as damaged."""
    findings: list[Finding] = []
    if text.count('"') % 2:
        what = "A quotation mark is opened and never closed; the file was read as if it had none."
        findings.append(found(table.name, "QUOTE", what))
        rows = [[cell.strip('"') for cell in line.split(delimiter)] for line in text.split("\n")[:-1]]
    else:
        csv.field_size_limit(2**31 - 1)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = rows[0]
    while header and not header[-1].strip():
        header.pop()
    width = len(header)
    damaged: dict[int, str] = {}
    for place, cells in enumerate(rows[1:]):
        extra = any(cell.strip() for cell in cells[width:])
        short = len(cells) < width and any(cell.strip() for cell in cells)
        if extra or short:
            damaged[place] = f"The row has {len(cells)} cells and the header {width}; it was set aside."
        rows[place + 1] = (cells + [""] * (width - len(cells)))[:width]
    names = [str(place) for place in range(width)]
    frame = pl.DataFrame(rows[1:], schema=dict.fromkeys(names, pl.String), orient="row")
    return _Parsed(tuple(header), delimiter, frame, findings, damaged)
