"""What had happened by the cutoff: records that start later are not seen, ends that lie later are still open.

A record with no date, or with a partial date that can lie before the cutoff, stays: dropping it would be a guess.
"""

from __future__ import annotations

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
    "QS": "QSDTC",
    "FA": "FADTC",
    "RS": "RSDTC",
    "IS": "ISDTC",
    "PC": "PCDTC",
    "CP": "CPDTC",
}
ENDS: dict[str, str] = {
    "CM": "CMENDTC",
    "AE": "AEENDTC",
    "EX": "EXENDTC",
    "SV": "SVENDTC",
    "CE": "CEENDTC",
    "MH": "MHENDTC",
}


def known_by(records: Records, cutoff: date) -> Records:
    """The records as they stand at the cutoff.

    ISO 8601 text compares as text: the first ten characters of a later day sort after the cutoff, and a month that
    includes the cutoff ("2024-10") sorts before its days, so it is kept.
    """
    limit = cutoff.isoformat()
    tables = {}
    for name, frame in records.tables.items():
        start, end = STARTS.get(name), ENDS.get(name)
        if start in frame.columns:
            frame = frame.filter(pl.col(start).is_null() | (pl.col(start).str.slice(0, 10) <= limit))
        if end is not None and end in frame.columns:
            open_still = pl.col(end).str.slice(0, 10) > limit
            frame = frame.with_columns(pl.when(open_still).then(None).otherwise(pl.col(end)).alias(end))
        if name == "DM" and "DTHDTC" in frame.columns:
            later = (pl.col("DTHDTC").str.slice(0, 10) > limit).fill_null(False)
            frame = frame.with_columns(
                pl.when(later).then(None).otherwise(pl.col(c)).alias(c)
                for c in ("DTHDTC", "DTHFL")
                if c in frame.columns
            )
        tables[name] = frame
    return replace(records, tables=tables)
