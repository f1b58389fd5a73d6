"""Do the dates of a subject follow each other as they must?"""

from __future__ import annotations

import datetime

import polars as pl

from remit.days import day_of, precision_of
from remit.protocol import Protocol
from remit.records.checks.days_known import consents, deaths
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding, counted

# table, start, end
_PERIODS = (
    ("AE", "AESTDTC", "AEENDTC"),
    ("CE", "CESTDTC", "CEENDTC"),
    ("CM", "CMSTDTC", "CMENDTC"),
    ("EX", "EXSTDTC", "EXENDTC"),
    ("MH", "MHSTDTC", "MHENDTC"),
    ("SV", "SVSTDTC", "SVENDTC"),
)
# when something was seen or done, which a subject must be alive for
_SEEN = (
    *(("AE", "AESTDTC"), ("CE", "CESTDTC"), ("CM", "CMSTDTC"), ("EX", "EXSTDTC"), ("SV", "SVSTDTC"), ("LB", "LBDTC")),
    *(
        ("VS", "VSDTC"),
        ("RS", "RSDTC"),
        ("QS", "QSDTC"),
        ("FA", "FADTC"),
        ("IS", "ISDTC"),
        ("PC", "PCDTC"),
        ("CP", "CPDTC"),
    ),
)
_SHOWN = 20


def dates(protocol: Protocol, records: Records) -> list[Finding]:
    """Order of start and end, consent before treatment, nothing after death or after the last cut, whole
    days.
    """
    return [
        *_order(records),
        *_consent(records),
        *_death(records),
        *_future(records, protocol.last_cut()),
        *_partial(protocol, records),
    ]


def _order(records: Records) -> list[Finding]:
    findings = []
    for table, start, end in _PERIODS:
        wrong = records.table(table).filter(day_of(end) < day_of(start))
        for record, first, last in wrong.select("record_id", start, end).iter_rows():
            findings.append(noted(table, "ORDER", f"The end {last} is before the start {first}.", record, end))
    return findings


def _consent(records: Records) -> list[Finding]:
    findings = []
    known = consents(records)
    for table, column in (("EX", "EXSTDTC"), ("SV", "SVSTDTC")):
        early = records.table(table).join(known, on="USUBJID").filter(day_of(column) < pl.col("consent"))
        for record, day, consent in early.select("record_id", column, "consent").iter_rows():
            what = f"Dated {day}, before the consent of {consent}."
            findings.append(noted(table, "BEFORE-CONSENT", what, record, column))
    return findings


def _death(records: Records) -> list[Finding]:
    known = deaths(records)
    if known.is_empty():
        return []
    findings = []
    for table, column in _SEEN:
        late = records.table(table).join(known, on="USUBJID").filter(day_of(column) > pl.col("death"))
        for record, day, death in late.select("record_id", column, "death").iter_rows():
            what = f"Dated {day}, after the death of {death}."
            findings.append(noted(table, "AFTER-DEATH", what, record, column))
    return findings


def _future(records: Records, cut: datetime.date | None) -> list[Finding]:
    """Every record dated after the last declared cut, up to twenty a column; then the count of the rest."""
    if cut is None:
        return []
    findings = []
    for table, column in (*_SEEN, ("AE", "AEENDTC"), ("DM", "DTHDTC"), ("DS", "DSSTDTC"), ("EX", "EXENDTC")):
        late = records.table(table).filter(day_of(column) > cut).sort(column, "record_id", descending=[True, False])
        for record, day in late.head(_SHOWN).select("record_id", column).iter_rows():
            what = f"Dated {day}, after the last data cut of {cut}; no analysis at that cut uses it."
            findings.append(noted(table, "FUTURE", what, record, column))
        if late.height > _SHOWN:
            what = f"{counted(late.height - _SHOWN, 'more record')} dated after the last data cut of {cut}."
            findings.append(noted(table, "FUTURE", what, None, column))
    return findings


def _partial(protocol: Protocol, records: Records) -> list[Finding]:
    findings = []
    treatments = [*protocol.product.treatments, *(agent.treatment for agent in protocol.conditioning)]
    given = records.table("EX").filter(pl.col("EXTRT").is_in(treatments) & day_of("EXSTDTC").is_null())
    for record, day in given.select("record_id", "EXSTDTC").iter_rows():
        what = f"The treatment is dated {day or 'nowhere'}; its study day is unknown."
        findings.append(noted("EX", "NO-DAY", what, record, "EXSTDTC"))
    part = records.table("AE").filter(precision_of("AESTDTC").is_in(["month", "year"]) | pl.col("AESTDTC").is_null())
    for record, day in part.select("record_id", "AESTDTC").iter_rows():
        what = f"The start is {'known as ' + day if day else 'unknown'}; analyses fill it in as the protocol says."
        findings.append(noted("AE", "PARTIAL", what, record, "AESTDTC"))
    return findings
