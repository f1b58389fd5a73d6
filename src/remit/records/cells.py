"""From what a cell says to what it means: text without stray spaces, numbers, dates as ISO 8601 text, terms.

Nothing is guessed. What can only be read one way is read and noted once a column; what cannot becomes unknown
(null) with a finding for the very cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from remit.records import cell_text
from remit.records.cell_text import shown
from remit.records.columns import facts
from remit.records.findings import Finding, counted
from remit.records.raw import Raw
from remit.records.rules import found
from remit.records.table import Table

# words that stand for no value in a column that holds numbers or dates; in text they stay as written
MISSING_WORDS = ("NA", "N/A", ".", "-", "NULL", "null", "None", "#N/A")
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


@dataclass
class Lost:
    """Cells that could not be used: the row's number in the table, the column, the rule, and what was there."""

    rows: list[tuple[int, str, str, str]] = field(default_factory=list)

    def add(self, frame: pl.DataFrame, column: str, kind: str, what: dict[str, str]) -> None:
        """Notes every row of `frame` (row, value); `what` says the sentence for a value."""
        self.rows += [(row, column, kind, what[value]) for row, value in frame.select("row", "value").iter_rows()]


def typed(table: Table, frame: pl.DataFrame, given: Raw, lost: Lost) -> tuple[pl.DataFrame, list[Finding]]:
    """Every column in its declared type; `frame` has the declared columns in any type and `row`, the row's
    number.

    returns   the typed frame with `row`, and notes about what was understood in a way somebody should know
              of. Cells that could not be used are null and in `lost`
    """
    notes: list[Finding] = []
    frame = _as_text_where_needed(table, frame, notes)
    frame = _without_control_characters(table, frame, lost)
    columns: list[pl.Series] = [frame["row"]]
    for name, column in table.columns.items():
        series = frame[name]
        attributes = facts(column)
        if attributes["type"] == "Num":
            series = _numbers(table, series, column.dtype, given, frame["row"], lost, notes)
        elif attributes.get("date"):
            series = _dates(table, series, notes)
        elif (codelist := attributes.get("codelist")) is not None and not codelist.extensible:
            series = _terms(table, series, codelist.terms, notes)
        columns.append(series)
    return pl.DataFrame(columns), notes


def _as_text_where_needed(table: Table, frame: pl.DataFrame, notes: list[Finding]) -> pl.DataFrame:
    """Text columns as trimmed text (empty is null); numeric columns as they are when they are numbers."""
    expressions = []
    for name, column in table.columns.items():
        kind = frame.schema[name]
        cell = pl.col(name)
        if column.dtype != pl.String and (kind.is_numeric() or kind == pl.Null):
            expressions.append(cell)
            continue
        if kind.is_nested() or kind in (pl.Binary, pl.Object):
            what = f"Column {name} holds {kind}, not text or numbers; {counted(frame.height, 'cell')} lost."
            notes.append(found(table.name, "TYPE", what, column=name))
            expressions.append(pl.lit(None, dtype=pl.String).alias(name))
            continue
        if kind.is_float():
            whole = (cell == cell.round(0)) & (cell.abs() < 1e15)
            cell = (
                pl.when(whole).then(cell.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(cell.cast(pl.String))
            )
        elif kind == pl.Date:
            cell = cell.dt.strftime("%Y-%m-%d")
        elif isinstance(kind, pl.Datetime) or kind == pl.Datetime:
            cell = cell.dt.strftime("%Y-%m-%dT%H:%M:%S")
        elif kind != pl.String:
            cell = cell.cast(pl.String)
        cell = cell.str.strip_chars()
        expressions.append(pl.when(cell != "").then(cell).alias(name))
    return frame.select("row", *expressions)


def _without_control_characters(table: Table, frame: pl.DataFrame, lost: Lost) -> pl.DataFrame:
    texts = [name for name in table.columns if frame.schema[name] == pl.String]
    damaged = frame.select(pl.col(texts).str.contains(_CONTROL).any())
    for name in (name for name in texts if damaged[name].item()):
        hit = frame[name].str.contains(_CONTROL).fill_null(value=False)
        rows = frame.filter(hit).select("row", pl.col(name).alias("value"))
        lost.add(rows, name, "CONTROL", {value: cell_text.control(value) for value in rows["value"].unique()})
        frame = frame.with_columns(pl.when(~hit).then(pl.col(name)).alias(name))
    return frame


def _numbers(
    table: Table,
    series: pl.Series,
    wanted: pl.DataType,
    given: Raw,
    row: pl.Series,
    lost: Lost,
    notes: list[Finding],
) -> pl.Series:
    name = series.name
    read = series.cast(pl.Float64, strict=False)
    unusable = series.is_not_null() & (read.is_null() | ~read.is_finite())
    if unusable.any():
        cells = series.filter(unusable).cast(pl.String)
        comma = given.comma_free and cell_text.comma_is_decimal(series)
        readings = {value: cell_text.number(value, comma) for value in cells.unique().to_list()}
        understood = {value: reading for value, reading in readings.items() if reading.number is not None}
        again = cells.replace_strict(
            {v: r.number for v, r in understood.items()}, default=None, return_dtype=pl.Float64
        )
        read = read.scatter(unusable.arg_true(), again)
        for kind, sentence in (
            ("COMMA", "with a decimal comma"),
            ("WIDE", "in full-width digits or with a long minus"),
        ):
            of_kind = [value for value, reading in understood.items() if reading.kind == kind]
            _note_column(table, name, kind, cells, of_kind, f"{sentence} read as numbers", notes)
        words = [value for value in readings if value in MISSING_WORDS]
        _note_column(table, name, "MISSING", cells, words, "with a word for no value read as empty", notes)
        rows = pl.DataFrame({"row": row.filter(unusable), "value": cells})
        rows = rows.filter(~pl.col("value").is_in([*understood, *words]))
        lost.add(rows, name, "NUMBER", {value: reading.why for value, reading in readings.items()})
    if wanted == pl.Int64:
        # 2^53: beyond it a float no longer tells neighboring whole numbers apart
        fraction = (read.is_not_null() & ((read != read.round(0)) | (read.abs() > 2.0**53))).fill_null(value=False)
        if fraction.any():
            cells = series.filter(fraction).cast(pl.String)
            rows = pl.DataFrame({"row": row.filter(fraction), "value": cells})
            lost.add(rows, name, "NUMBER", {value: f"{value} is not a whole number." for value in cells.unique()})
            read = read.set(fraction, None)
        return read.cast(pl.Int64, strict=False).alias(name)
    return read.alias(name)


def _dates(table: Table, series: pl.Series, notes: list[Finding]) -> pl.Series:
    """Text of dates with the one repair that has no second reading; what is no date is left to the declared
    check.
    """
    name = series.name
    distinct = series.unique().drop_nulls()
    words = distinct.filter(distinct.is_in(list(MISSING_WORDS))).to_list()
    spaced = distinct.filter(distinct.str.contains(r"^\d{4}-\d{2}-\d{2} +\d{2}:\d{2}")).to_list()
    if not words and not spaced:
        return series
    _note_column(table, name, "MISSING", series, words, "with a word for no value read as empty", notes)
    _note_column(table, name, "SPACE", series, spaced, "with a space between date and time read with a T", notes)
    mended: dict[str, str | None] = dict.fromkeys(words)
    mended |= {value: "T".join(value.split(maxsplit=1)) for value in spaced}
    return series.replace_strict(list(mended), list(mended.values()), default=series, return_dtype=pl.String)


def _terms(table: Table, series: pl.Series, terms: tuple[str, ...], notes: list[Finding]) -> pl.Series:
    """Terms in the codelist's own case; a grade 3.0, as some programs write whole numbers, is 3."""
    distinct = [value for value in series.unique().drop_nulls().to_list() if value not in terms]
    exact = {term.upper(): term for term in terms}
    mended = {value: exact[bare] for value in distinct if (bare := cell_text.bare_term(value)) in exact}
    if not mended:
        return series
    _note_column(
        table,
        series.name,
        "SPELLING",
        series,
        list(mended),
        "in another spelling than the codelist's read as its terms",
        notes,
    )
    return series.replace_strict(mended, default=series, return_dtype=pl.String)


def _note_column(
    table: Table, name: str, kind: str, cells: pl.Series, values: list[str], did: str, notes: list[Finding]
) -> None:
    if values:
        count = int(cells.is_in(values).sum())
        what = f"{counted(count, 'cell')} of {name} {did} (such as {shown(min(values))})."
        notes.append(found(table.name, kind, what, column=name))
