"""Record ids, and rows that cannot have one: no subject, an incomplete key, a key that another row has.

An id is the table's name and its key ("AE/CH01-001/3"): it never depends on the order of rows. Only a row
whose key cannot name it is called by its place in the file ("AE/row-17", the 17th row under the header).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from remit.records.findings import Finding
from remit.records.rules import found
from remit.records.table import Table


def record_id(table: Table) -> pl.Expr:
    """The id that a row's key gives; null where a part that must be there is not."""
    parts = [_part(table, name) for name in table.key]
    return pl.concat_str([pl.lit(table.name), *parts], separator="/")


def named(
    table: Table, frame: pl.DataFrame, damaged: Mapping[int, str]
) -> tuple[pl.DataFrame, pl.DataFrame, list[Finding]]:
    """Gives every row its `record_id` and parts the rows that can be used from those that cannot.

    frame     typed columns and `row`
    damaged   rows that were garbled in the file, and how
    returns   the usable rows, the rows set aside (with `reason`), and the findings
    """
    findings: list[Finding] = []
    subject_missing = pl.col("USUBJID").is_null() if table.name != "RELREC" else pl.lit(value=False)
    reason = (
        pl.when(pl.col("row").is_in(list(damaged)))
        .then(pl.lit("RAGGED"))
        .when(_foreign(table))
        .then(pl.lit("DOMAIN"))
        .when(subject_missing)
        .then(pl.lit("SUBJECT"))
    )
    frame = frame.with_columns(reason.alias("reason"))
    frame = frame.with_columns(pl.when(pl.col("reason").is_null()).then(record_id(table)).alias("_key"))
    twice = frame["_key"].is_duplicated() & frame["_key"].is_not_null()
    if twice.any():
        frame = _duplicates(table, frame, twice, findings)
    name = pl.when(pl.col("reason").is_null()).then(pl.col("_key"))
    place = pl.format(f"{table.name}/row-{{}}", pl.col("row"))
    frame = frame.with_columns(name.fill_null(place).alias("record_id"))
    findings += _unnamed(table, frame, damaged)
    kept = frame.filter(pl.col("reason").is_null()).drop("reason", "_key")
    return kept, frame.filter(pl.col("reason").is_not_null()).drop("_key"), findings


def _part(table: Table, name: str) -> pl.Expr:
    cell = pl.col(name)
    if name == "VISITNUM":
        # 9.3 may be stored as 9.299999999999999
        rounded = cell.round(6)
        whole = rounded == rounded.round(0)
        return (
            pl.when(whole).then(rounded.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(rounded.cast(pl.String))
        )
    if name in table.numbers:
        return cell.cast(pl.String)
    # a subject's own qualifier has no parent record, a relation between whole tables no subject
    return cell.fill_null("") if name == "IDVARVAL" or table.name == "RELREC" else cell


def _foreign(table: Table) -> pl.Expr:
    domain = "RDOMAIN" if table.name.startswith("SUPP") else "DOMAIN"
    if domain not in table.columns:
        return pl.lit(value=False)
    own = table.name.removeprefix("SUPP")
    return (pl.col(domain).is_not_null() & (pl.col(domain).str.to_uppercase() != own)).fill_null(value=False)


def _duplicates(table: Table, frame: pl.DataFrame, twice: pl.Series, findings: list[Finding]) -> pl.DataFrame:
    """Of rows alike in every cell the first is kept; of rows that differ under one key none is."""
    contents = list(table.columns)
    aside: dict[int, str] = {}
    for (key,), group in frame.filter(twice).sort("row").group_by("_key", maintain_order=True):
        rows = group["row"].to_list()
        places = " and ".join(f"row {row}" for row in rows)
        if group.select(contents).n_unique() == 1:
            aside |= dict.fromkeys(rows[1:], "REPEATED")
            what = f"The key stands {len(rows)} times with the same cells ({places}); the first row was kept."
            findings.append(found(table.name, "REPEATED", what, record=str(key)))
        else:
            aside |= dict.fromkeys(rows, "DUPLICATE")
            differ = ", ".join([name for name in contents if group[name].n_unique() > 1][:5])
            what = f"The key {key} stands {len(rows)} times ({places}), different in {differ}; none was used."
            findings += [found(table.name, "DUPLICATE", what, record=f"{table.name}/row-{row}") for row in rows]
    reason = pl.col("row").replace_strict(aside, default=None, return_dtype=pl.String)
    return frame.with_columns(pl.coalesce("reason", reason).alias("reason"))


def _unnamed(table: Table, frame: pl.DataFrame, damaged: Mapping[int, str]) -> list[Finding]:
    """Findings for rows that are garbled, without a subject, of another table, or whose key lacks a part."""
    findings = [found(table.name, "RAGGED", why, record=f"{table.name}/row-{row}") for row, why in damaged.items()]
    for row in frame.filter(pl.col("reason") == "SUBJECT")["record_id"]:
        what = "The row has no USUBJID; it was set aside."
        findings.append(found(table.name, "SUBJECT", what, record=row, column="USUBJID"))
    domain = "RDOMAIN" if table.name.startswith("SUPP") else "DOMAIN"
    if domain in table.columns:
        for row, says in frame.filter(pl.col("reason") == "DOMAIN").select("record_id", domain).iter_rows():
            what = f'The row says {domain} "{says[:20]}"; it was set aside.'
            findings.append(found(table.name, "DOMAIN", what, record=row, column=domain))
    incomplete = frame.filter(pl.col("reason").is_null() & pl.col("_key").is_null())
    for row in incomplete.select("record_id", *table.key).iter_rows(named=True):
        absent = [name for name in table.key if row[name] is None]
        what = f"The key lacks {' and '.join(absent)}; the row is used, named after its place in the file."
        findings.append(found(table.name, "KEY", what, record=row["record_id"], column=absent[0]))
    return findings
