"""Did visits take place when they were planned, and does every result belong to one?"""

from __future__ import annotations

import polars as pl

from remit.days import day_of, protocol_day_expr
from remit.protocol import Protocol
from remit.records.checks.days_known import first_cells
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding, counted

_WITH_VISITS = ("LB", "VS", "RS", "QS", "FA", "IS", "PC", "CP", "EG")


def visits(protocol: Protocol, records: Records) -> list[Finding]:
    """Visits outside the window of their number, and visit numbers in findings that SV does not have."""
    return [*_windows(protocol, records), *_absent(records)]


def _windows(protocol: Protocol, records: Records) -> list[Finding]:
    planned = pl.DataFrame(
        [(visit.number, visit.label, *visit.window) for visit in protocol.visits if visit.window is not None],
        schema={"VISITNUM": pl.Float64, "label": pl.String, "low": pl.Int64, "high": pl.Int64},
        orient="row",
    )
    day = protocol_day_expr(day_of("SVSTDTC"), pl.col("zero"))
    took_place = pl.col("SVOCCUR").fill_null("Y") != "N"
    outside = (
        records.table("SV")
        .filter(took_place)
        .with_columns(pl.col("VISITNUM").round(6))
        .join(planned, on="VISITNUM")
        .join(first_cells(protocol, records), on="USUBJID")
        .with_columns(day.alias("day"))
        .filter((pl.col("day") < pl.col("low")) | (pl.col("day") > pl.col("high")))
    )
    return [
        noted("SV", "WINDOW", f"{label} took place on day {day}, outside days {low} to {high}.", record, "SVSTDTC")
        for record, label, day, low, high in outside.select("record_id", "label", "day", "low", "high").iter_rows()
    ]


def _absent(records: Records) -> list[Finding]:
    if not records.collected("SV"):
        return []
    number = pl.col("VISITNUM").round(6)
    held = records.table("SV").select("USUBJID", number).unique()
    findings = []
    for table in _WITH_VISITS:
        rows = records.table(table).filter(pl.col("VISITNUM").is_not_null()).with_columns(number)
        missing = rows.join(held, on=["USUBJID", "VISITNUM"], how="anti")
        grouped = missing.group_by("USUBJID", "VISITNUM").agg(pl.col("record_id").first(), pl.len())
        for subject, visit, record, count in grouped.sort("USUBJID", "VISITNUM").iter_rows():
            what = f"SV has no visit {visit:g} of {subject}; {counted(count, 'result')} stand there."
            findings.append(noted(table, "NO-VISIT", what, record, "VISITNUM"))
    return findings
