"""Do the dose periods of a glucocorticoid say a daily dose, and follow each other without overlap or gap?"""

from __future__ import annotations

import polars as pl

from remit.days import day_of
from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.dose_words import ONGOING, PER_DAY
from remit.records.findings import Finding, counted

_ONE_DRUG = ["USUBJID", "drug", "route"]


def drugs(protocol: Protocol, records: Records) -> list[Finding]:
    """Periods of one drug by one route: the next begins before the last ended, or more than a day after.

    A period without an end is taken to go on; a later one then overlaps it.
    """
    return [*_usable(records), *_in_turn(records)]


def _usable(records: Records) -> list[Finding]:
    """Periods from which no daily dose follows: without a word on how they end, or without dose, unit or frequency."""
    taken = records.table("CM").filter(
        (pl.col("CMCAT") == "GLUCOCORTICOID") & (pl.col("CMOCCUR").is_null() | (pl.col("CMOCCUR") != "N"))
    )
    going = pl.col("CMENRTPT").str.to_uppercase().is_in(list(ONGOING)).fill_null(False)
    once = (pl.col("CMDOSFRQ").str.to_uppercase() == "ONCE").fill_null(False)
    zero = (pl.col("CMDOSE") == 0).fill_null(False)
    open_ended = taken.filter(pl.col("CMENDTC").is_null() & ~going & ~once & ~zero)
    known = pl.col("CMDOSFRQ").str.to_uppercase().is_in(list(PER_DAY)).fill_null(False)
    in_mg = (pl.col("CMDOSU").str.to_lowercase() == "mg").fill_null(False)
    no_dose = taken.filter(~zero & ~(pl.col("CMDOSE").is_not_null() & known & in_mg))
    until = "No end, and nothing says that it is ongoing; the dose after its start is unknown."
    what = "Dose, unit or frequency is missing or not understood; the daily dose is unknown."
    return [
        *(noted("CM", "OPEN", until, record, "CMENDTC") for record in open_ended["record_id"]),
        *(noted("CM", "DAILY-DOSE", what, record, "CMDOSFRQ") for record in no_dose["record_id"]),
    ]


def _in_turn(records: Records) -> list[Finding]:
    periods = (
        records.table("CM")
        .filter(pl.col("CMCAT") == "GLUCOCORTICOID")
        .with_columns(
            pl.coalesce("CMDECOD", "CMTRT").alias("drug"),
            pl.col("CMROUTE").fill_null("").alias("route"),
            day_of("CMSTDTC").alias("start"),
            day_of("CMENDTC").alias("end"),
        )
        .filter(pl.col("start").is_not_null())
        .sort(*_ONE_DRUG, "start", "record_id")
        .with_columns(
            pl.col("end").shift(1).over(_ONE_DRUG).alias("last_end"),
            pl.col("record_id").shift(1).over(_ONE_DRUG).alias("last"),
            # an end that is only known in part says neither overlap nor gap
            (pl.col("CMENDTC").is_not_null() & pl.col("end").is_null()).shift(1).over(_ONE_DRUG).alias("vague"),
        )
        .filter(pl.col("last").is_not_null() & ~pl.col("vague"))
    )
    findings = []
    for record, last, start, last_end in periods.select("record_id", "last", "start", "last_end").iter_rows():
        if last_end is None or start <= last_end:
            until = f"until {last_end}" if last_end else "with no end"
            what = f"Begins on {start}, while {last} runs {until}."
            findings.append(noted("CM", "OVERLAP", what, record, "CMSTDTC"))
        elif (start - last_end).days > 1:
            days = counted((start - last_end).days - 1, "day")
            findings.append(noted("CM", "GAP", f"{days} without a dose since {last} ended.", record, "CMSTDTC"))
    return findings
