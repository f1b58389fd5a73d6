"""What had happened by the cutoff: records that start later are not seen, ends that lie later are still open.

A record with no date, or with a partial date that can lie before the cutoff, stays: dropping it would be a guess.
A subject whose consent, or whose first record where consent is not dated, lies after the cutoff was not there yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from remit.records import Records

# The column that says when a record of the domain happened, and the one that says when it ended.
STARTS: dict[str, str] = {
    "SV": "SVSTDTC",
    "DS": "DSSTDTC",
    "EX": "EXSTDTC",
    "CM": "CMSTDTC",
    "MH": "MHSTDTC",
    "AE": "AESTDTC",
    "CE": "CESTDTC",
    "LB": "LBDTC",
    "VS": "VSDTC",
    "EG": "EGDTC",
    "QS": "QSDTC",
    "FA": "FADTC",
    "RS": "RSDTC",
    "IS": "ISDTC",
    "PC": "PCDTC",
    "CP": "CPDTC",
    "IE": "IEDTC",
    "SC": "SCDTC",
}
ENDS: dict[str, str] = {
    "CM": "CMENDTC",
    "AE": "AEENDTC",
    "EX": "EXENDTC",
    "SV": "SVENDTC",
    "CE": "CEENDTC",
    "MH": "MHENDTC",
}

# Records of these domains can lie long before a subject's consent: they do not say when the subject came.
HISTORY = ("MH", "CM")

# What the disposition calls the step at which a subject gets a level or an arm.
ASSIGNED = ("RANDOMIZED", "ENTERED INTO TRIAL")
ARM_COLUMNS = ("ARMCD", "ARM", "ACTARMCD", "ACTARM")


def known_by(records: Records, cutoff: date) -> Records:
    """The records as they stand at the cutoff.

    ISO 8601 text compares as text: the first ten characters of a later day sort after the cutoff, and a month that
    includes the cutoff ("2024-10") sorts before its days, so it is kept.
    An event or drug that ends later is open: the end is empty, a drug is marked as ongoing at the cutoff, the outcome
    of an event and a death that came later are not known yet.
    """
    limit = cutoff.isoformat()
    absent = _not_there_yet(records, limit)
    dead = _dead_later(records, limit)
    tables: dict[str, pl.DataFrame] = {}
    for name, frame in records.tables.items():
        start, end = STARTS.get(name), ENDS.get(name)
        if len(absent) and "USUBJID" in frame.columns:
            frame = frame.filter(pl.col("USUBJID").is_null() | ~pl.col("USUBJID").is_in(absent.implode()))
        if start in frame.columns:
            frame = frame.filter(~_after(start, limit))
        if name == "AE":
            frame = _events(frame, dead, limit)
        if end is not None and end in frame.columns:
            open_still = _after(end, limit)
            if name == "CM":
                frame = _blanked(frame, open_still, {"CMENRTPT": "ONGOING", "CMENTPT": limit})
            frame = _blanked(frame, open_still, {end: None})
        if name == "DM":
            frame = _subjects(records, frame, limit)
        tables[name] = frame
    return replace(records, tables=tables)


def _after(column: str, limit: str) -> pl.Expr:
    return (pl.col(column).str.strip_chars().str.slice(0, 10) > limit).fill_null(False)


def _blanked(frame: pl.DataFrame, where: pl.Expr, values: Mapping[str, str | None]) -> pl.DataFrame:
    """The frame with other values in the rows that `where` selects; columns it lacks are left out."""
    return frame.with_columns(
        pl.when(where).then(pl.lit(value, pl.String)).otherwise(pl.col(column)).alias(column)
        for column, value in values.items()
        if column in frame.columns
    )


def _not_there_yet(records: Records, limit: str) -> pl.Series:
    """Subjects who consented after the cutoff; without a date of consent, whose first record is later."""
    dm = records.table("DM")
    firsts = [
        records.table(name).select("USUBJID", pl.col(start).str.strip_chars().str.slice(0, 10).alias("_first"))
        for name, start in STARTS.items()
        if records.collected(name) and name not in HISTORY
    ]
    seen = pl.concat([dm.select("USUBJID", pl.lit(None, pl.String).alias("_first")), *firsts])
    earliest = seen.group_by("USUBJID").agg(pl.col("_first").min())
    consent = dm.select("USUBJID", pl.col("RFICDTC").str.strip_chars().str.slice(0, 10).alias("_consent"))
    came = consent.join(earliest, on="USUBJID", how="left").with_columns(
        pl.coalesce("_consent", "_first").alias("_day")
    )
    return came.filter((pl.col("_day") > limit).fill_null(False))["USUBJID"].unique().sort()


def _dead_later(records: Records, limit: str) -> pl.Series:
    return records.table("DM").filter(_after("DTHDTC", limit))["USUBJID"].unique().sort()


def _events(frame: pl.DataFrame, dead: pl.Series, limit: str) -> pl.DataFrame:
    """Without what only the end of an event told: its outcome, and that it was fatal."""
    open_still = _after("AEENDTC", limit)
    later = open_still | pl.col("USUBJID").is_in(dead.implode())
    fatal = {"AEOUT": "FATAL", "AETOXGR": "5", "AESDTH": "Y"}
    for column, value in fatal.items():
        if column in frame.columns:
            frame = _blanked(frame, later & (pl.col(column) == value).fill_null(False), {column: None})
    return _blanked(frame, open_still, {"AEOUT": None})


def _subjects(records: Records, frame: pl.DataFrame, limit: str) -> pl.DataFrame:
    """Subjects without a death that came later, and without an arm that they got later."""
    frame = _blanked(frame, _after("DTHDTC", limit), {"DTHFL": None})
    frame = _blanked(frame, _after("DTHDTC", limit), {"DTHDTC": None})
    assigned = (
        records.table("DS")
        .filter(pl.col("DSDECOD").is_in(ASSIGNED) & pl.col("DSSTDTC").is_not_null())
        .group_by("USUBJID")
        .agg(_after("DSSTDTC", limit).all().alias("_later"))
        .filter("_later")["USUBJID"]
        .sort()
    )
    return _blanked(frame, pl.col("USUBJID").is_in(assigned.implode()), dict.fromkeys(ARM_COLUMNS))
