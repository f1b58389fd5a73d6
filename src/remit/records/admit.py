"""Taking records in: from tables as given to tables as declared, with every loss on the list of findings.

The one way in for files, forms and simulated trials alike. A cell that cannot be used becomes unknown; a row
that cannot be used is set aside; everything else stays. Cells in are cells kept and findings, rows in are
rows kept and rows set aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import polars as pl

from remit.records.cell_text import not_a_date, shown
from remit.records.cells import Lost, typed
from remit.records.collection import Records
from remit.records.columns import facts
from remit.records.findings import Finding, counted, in_order
from remit.records.header import declared_columns
from remit.records.naming import named
from remit.records.raw import Raw
from remit.records.rules import found
from remit.records.table import Table
from remit.records.tables import TABLES

_DECLARED = {table.name: table for table in TABLES}


def admit(given: Sequence[Raw], notice: str | None = None) -> tuple[Records, list[Finding]]:
    """Records and findings from tables as given.

    given     tables of declared names; several of one name (a domain split over files) are joined in this
              order
    notice    see `Records.notice`
    """
    findings: list[Finding] = []
    tables: dict[str, pl.DataFrame] = {}
    aside: dict[str, pl.DataFrame] = {}
    places = [table.name for table in TABLES]
    in_turn = sorted(given, key=lambda one: places.index(one.table))
    for name, parts in groupby(in_turn, key=lambda one: one.table):
        kept, left, found_here = _one_table(_DECLARED[name], list(parts))
        tables[name], aside[name] = kept, left
        findings += found_here
    findings += _orphans(tables, aside)
    aside = {name: rows for name, rows in aside.items() if rows.height}
    return Records(tables, notice, aside), in_order(findings)


def _one_table(table: Table, parts: list[Raw]) -> tuple[pl.DataFrame, pl.DataFrame, list[Finding]]:
    findings: list[Finding] = []
    lost = Lost()
    frames: list[pl.DataFrame] = []
    damaged: dict[int, str] = {}
    before = 0
    for part in parts:
        cells, about_columns = declared_columns(table, part)
        cells = cells.with_row_index("row", offset=before + 1).with_columns(pl.col("row").cast(pl.Int64))
        damaged |= {before + 1 + place: why for place, why in part.damaged.items()}
        before += cells.height
        frame, notes = typed(table, cells, part, lost)
        frame = _without_blank_rows(table, frame, part, damaged, notes)
        frames.append(_own_domain(table, frame))
        findings += about_columns + notes
        if not cells.height:
            findings.append(found(table.name, "NO-ROWS", f"{part.origin or table.name} has a header and no rows."))
    kept, aside, about_rows = named(table, pl.concat(frames), damaged)
    findings += about_rows
    kept = _declared_checks(table, kept, lost)
    findings += _lost_cells(table, lost, kept, aside)
    columns = [*table.columns, "record_id"]
    order = [name for name in table.key if name in table.columns]
    kept = kept.sort([*order, "record_id"], nulls_last=True).select(columns)
    return kept, aside.sort("row").select(*columns, "reason"), findings


def _without_blank_rows(
    table: Table, frame: pl.DataFrame, part: Raw, damaged: Mapping[int, str], notes: list[Finding]
) -> pl.DataFrame:
    """Rows in which no declared column has anything, as spreadsheets leave them at the end."""
    blank = frame.select(pl.all_horizontal(pl.col(list(table.columns)).is_null())).to_series()
    blank &= ~frame["row"].is_in(list(damaged))
    if not blank.any():
        return frame
    notes.append(
        found(table.name, "BLANK", f"{counted(int(blank.sum()), 'empty row')} of {part.origin or table.name} skipped.")
    )
    return frame.filter(~blank)


def _own_domain(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """An empty DOMAIN is the file's own; the qualifier's parent can be written in any case."""
    if "DOMAIN" in table.columns:
        own = pl.lit(table.name)
        cell = pl.when(pl.col("DOMAIN").str.to_uppercase() == own).then(own).otherwise(pl.col("DOMAIN"))
        return frame.with_columns(cell.fill_null(own).alias("DOMAIN"))
    if table.name.startswith("SUPP"):
        # a parent's number that a program wrote as 3.0 is 3
        value = pl.col("IDVARVAL").str.replace(r"^(\d+)\.0+$", "$1")
        return frame.with_columns(
            pl.col("RDOMAIN").str.to_uppercase().fill_null(table.name.removeprefix("SUPP")), value
        )
    return frame


def _declared_checks(table: Table, kept: pl.DataFrame, lost: Lost) -> pl.DataFrame:
    """Every cell that breaks the declaration becomes null and is noted; empty required cells are noted."""
    result = table.schema.filter(kept.drop("row"))
    if not result.failure.counts():
        return kept
    details = result.failure.details().join(kept.select("record_id", "row"), on="record_id", how="left")
    for rule in result.failure.counts():
        column, kind = rule.split("|" if "|" in rule else "__", 1)
        rows = details.filter(pl.col(rule) == "invalid")
        broken = rows.select("row", pl.col(column).cast(pl.String).fill_null("").alias("value"))
        sentences = {value: _sentence(table, column, kind, value) for value in broken["value"].unique().to_list()}
        lost.add(broken, column, _RULES.get(kind, "RANGE"), sentences)
        if kind != "nullability":
            hit = pl.col("row").is_in(rows["row"].implode())
            kept = kept.with_columns(pl.when(~hit).then(pl.col(column)).alias(column))
    return kept


# dataframely's name of a failed check, and the rule that the finding belongs to
_RULES = {"nullability": "REQUIRED", "check__date": "DATE", "check__codelist": "CODE"}


def _sentence(table: Table, column: str, kind: str, value: str) -> str:
    about = facts(table.columns[column])
    if kind == "nullability":
        return f"{column} ({about['label']}) is empty."
    if kind == "check__date":
        return not_a_date(value)
    if kind == "check__codelist":
        return f"{shown(value)} is not a term of {about['codelist'].name}: {', '.join(about['codelist'].terms)}."
    if kind == "not_negative":
        return f"{shown(value)} is below 0."
    if kind == "scale":
        return f"{shown(value)} is outside the scale of its test."
    return f"{shown(value)} is outside what {column} allows ({kind} {_limit(table, column, kind)})."


def _limit(table: Table, column: str, kind: str) -> str:
    return f"{getattr(table.columns[column], kind, ''):g}"


def _lost_cells(table: Table, lost: Lost, kept: pl.DataFrame, aside: pl.DataFrame) -> list[Finding]:
    if not lost.rows:
        return []
    called = dict(pl.concat([kept.select("row", "record_id"), aside.select("row", "record_id")]).iter_rows())
    # an empty required cell needs no second line where it was filled and lost, or where the key lacks it
    filled = {(row, column) for row, column, kind, _ in lost.rows if kind != "REQUIRED"}
    named_already = set(table.key)
    return [
        found(table.name, kind, what, record=called[row], column=column)
        for row, column, kind, what in lost.rows
        if kind != "REQUIRED" or not (column in named_already or (row, column) in filled)
    ]


def _orphans(tables: dict[str, pl.DataFrame], aside: dict[str, pl.DataFrame]) -> list[Finding]:
    """Rows of subjects whom DM does not know are set aside: one finding a subject and table, with the count."""
    if "DM" not in tables:
        return [found("DM", "NO-DM", "No table of subjects (DM) could be read; nothing can be tied to a subject.")]
    findings = []
    known = tables["DM"]["USUBJID"].unique()
    for name, frame in tables.items():
        stray = ~frame["USUBJID"].is_in(known.implode()) & frame["USUBJID"].is_not_null()
        if name == "DM" or not stray.any():
            continue
        rows = frame.filter(stray)
        for subject, first, count in (
            rows.group_by("USUBJID")
            .agg(pl.col("record_id").first().alias("first"), pl.len())
            .sort("USUBJID")
            .iter_rows()
        ):
            what = f"{subject} is not in DM; {counted(count, 'row')} set aside."
            findings.append(found(name, "ORPHAN", what, record=first, column="USUBJID"))
        aside[name] = pl.concat([aside[name], rows.with_columns(pl.lit("ORPHAN").alias("reason"))])
        tables[name] = frame.filter(~stray)
    return findings
