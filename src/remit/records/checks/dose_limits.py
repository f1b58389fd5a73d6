"""Can dose limitation be judged, and does a recorded yes fit the protocol's definition? Only where one is declared.

A decision about the dose rests on these facts, so what is missing is asked for and what contradicts is shown; the
recorded answer stays. A fact that the records leave open contradicts nothing.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.days import day_of, iso_date
from remit.protocol import Dlt, DltLine, EventOfInterest, Protocol
from remit.records.checks.days_known import first_cells
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding

# words by which sponsors say that the cells did not cause an event; any other word leaves it open
UNRELATED = ("N", "NO", "NONE", "NOT RELATED", "UNRELATED", "UNLIKELY", "UNLIKELY RELATED", "REMOTE")


@dataclass(frozen=True)
class _Subject:
    """Day from which events are emergent, first and last day of cells, and the definition that holds."""

    since: date
    first: date
    last: date
    rule: Dlt | None


def declares_dlt(protocol: Protocol) -> bool:
    """Whether the trial, or a part of it, defines dose-limiting toxicity."""
    return protocol.dlt is not None or any(part.dlt is not None for part in protocol.parts)


def dose_limits(protocol: Protocol, records: Records) -> list[Finding]:
    """Emergent events of treated subjects without a grade; events of the DLT window without an attribution; events
    recorded as dose-limiting that no line of the definition counts.
    """
    if not declares_dlt(protocol):
        return []
    subjects = _subjects(protocol, records)
    return [*_blank(protocol, records, subjects), *_beyond(protocol, records, subjects)]


def member_of(event: EventOfInterest) -> pl.Expr:
    """Whether a row of AE belongs to an event of interest, by its term or its body system."""
    by_system = pl.col("AEBODSYS").is_in(list(event.body_systems)) | pl.col("AESOC").is_in(list(event.body_systems))
    return pl.col("AEDECOD").is_in(list(event.terms)) | by_system.fill_null(value=False)


def _subjects(protocol: Protocol, records: Records) -> Mapping[str, _Subject]:
    starts = records.table("EX").with_columns(day_of("EXSTDTC").alias("day"))
    dosed = pl.lit(value=True) if protocol.product.zero_dose_counts else pl.col("EXDOSE").fill_null(1) > 0
    cells = starts.filter(pl.col("EXTRT").is_in(list(protocol.product.treatments)) & dosed)
    prepared = starts.filter(pl.col("EXTRT").is_in([agent.treatment for agent in protocol.conditioning]))
    arm = records.table("DM").select("USUBJID", pl.coalesce("ACTARMCD", "ARMCD").alias("arm")).unique("USUBJID")
    treated = (
        first_cells(protocol, records)
        .join(cells.group_by("USUBJID").agg(pl.col("day").max().alias("last")), on="USUBJID", how="left")
        .join(prepared.group_by("USUBJID").agg(pl.col("day").min().alias("prepared")), on="USUBJID", how="left")
        .join(arm, on="USUBJID", how="left")
    )
    early = protocol.rules.treatment_emergent_from == "conditioning"
    levels = {level.arm: level for level in protocol.levels}
    found = {}
    for who, first, last, before, code in treated.select("USUBJID", "zero", "last", "prepared", "arm").iter_rows():
        level = levels.get(code)
        rule = protocol.dlt_of(level) if level is not None else protocol.dlt
        since = min(first, before) if early and before is not None else first
        found[who] = _Subject(since, first, last or first, rule)
    return found


def _blank(protocol: Protocol, records: Records, subjects: Mapping[str, _Subject]) -> list[Finding]:
    ae = records.table("AE")
    # a severity word is not a grade: it is enough only where the protocol says that no grades are recorded
    worded = pl.col("AESEV").is_not_null() & (not _grades_asked(protocol, ae))
    ungraded = pl.col("AETOXGR").is_null() & ~worded
    unclear = pl.col("AEREL").is_null()
    rows = ae.filter(ungraded | unclear).with_columns(ungraded.alias("ungraded"))
    through = protocol.rules.emergent_through_days
    findings = []
    for row in rows.iter_rows(named=True):
        subject = subjects.get(row["USUBJID"])
        if subject is None:
            continue
        early, late = _span(row["AESTDTC"])
        over = _span(row["AEENDTC"])[1]
        before = (late is not None and late < subject.since) or (over is not None and over < subject.since)
        after = through is not None and early is not None and (early - subject.last).days > through
        if row["ungraded"] and not before and not after:
            word = row["AESEV"]
            what = (
                "The grade of the event is not recorded."
                if word is None
                else f"The event is {word}, which is a word and no grade."
            )
            findings.append(noted("AE", "NO-GRADE", what, row["record_id"], "AETOXGR"))
        if row["AEREL"] is None and subject.rule is not None and not _outside(subject.rule, subject, row):
            what = "Whether the cells caused the event is not recorded, and it began in the DLT window."
            findings.append(noted("AE", "NO-CAUSE", what, row["record_id"], "AEREL"))
    return findings


def _grades_asked(protocol: Protocol, ae: pl.DataFrame) -> bool:
    """Whether this trial grades its events: the protocol names a scale, or any event has a grade."""
    if ae["AETOXGR"].is_not_null().any():
        return True
    return protocol.safety.toxicity_scale.upper().startswith("CTCAE")


def _beyond(protocol: Protocol, records: Records, subjects: Mapping[str, _Subject]) -> list[Finding]:
    """Events with AEDLT yes that surely meet no line."""
    answer = pl.col("QVAL").str.strip_chars().str.to_uppercase()
    said = records.supp("AE", "AEDLT").filter(answer.is_in(["Y", "YES"])).select("USUBJID", "AESEQ")
    named = records.supp("AE", "AETOXSCL").select("USUBJID", "AESEQ", pl.col("QVAL").alias("scale"))
    rows = (
        records.table("AE")
        .join(said, on=["USUBJID", "AESEQ"], how="semi", maintain_order="left")
        .join(named.unique(["USUBJID", "AESEQ"]), on=["USUBJID", "AESEQ"], how="left", maintain_order="left")
        .with_columns(
            pl.col("AETOXGR").cast(pl.Int64, strict=False).alias("grade"),
            *(member_of(event).fill_null(value=False).alias(f"is {event.key}") for event in protocol.safety.interest),
        )
    )
    findings = []
    for row in rows.iter_rows(named=True):
        subject = subjects.get(row["USUBJID"])
        rule = subject.rule if subject is not None else None
        lines = [line for line in rule.definition if line.counts] if rule is not None else []
        # without a definition in lines the investigator's judgment is the definition
        if subject is None or rule is None or not lines:
            continue
        if _outside(rule, subject, row):
            what = f"AEDLT is Y, and the event began outside the {rule.window_days}-day DLT window."
            findings.append(noted("AE", "BEYOND-DLT", what, row["record_id"], "AESTDTC"))
        elif all(_ruled_out(line, row) for line in lines):
            grade = "no grade" if row["grade"] is None else f"grade {row['grade']}"
            what = f"AEDLT is Y, and no line of the definition counts the event ({row['AEDECOD']}, {grade})."
            findings.append(noted("AE", "BEYOND-DLT", what, row["record_id"], "AETOXGR"))
    return findings


def _outside(rule: Dlt, subject: _Subject, row: Mapping[str, object]) -> bool:
    """Whether the event surely began before the first cells or after the window."""
    early, late = _span(row["AESTDTC"])
    anchor = subject.first if rule.anchor == "first-infusion" else subject.last
    if late is not None and late < subject.first:
        return True
    return early is not None and (early - anchor).days > rule.window_days


def _ruled_out(line: DltLine, row: Mapping[str, object]) -> bool:
    """Whether one of the facts that are recorded says that the line does not hold."""
    if row["AEDECOD"] is not None and line.interest is not None and not row.get(f"is {line.interest}"):
        return True
    if any(row.get(f"is {other}") for other in line.not_interest):
        return True
    grade, scale = row["grade"], row["scale"]
    # a grade on another scale says nothing about this line
    same = line.scale is None or scale is None or _plain(str(scale)) == _plain(line.scale)
    if line.at_least_grade is not None and same and isinstance(grade, int) and grade < line.at_least_grade:
        return True
    if line.related and str(row["AEREL"] or "").strip().upper() in UNRELATED:
        return True
    early, over = _span(row["AESTDTC"])[0], _span(row["AEENDTC"])[1]
    return (
        line.over_days is not None and early is not None and over is not None and (over - early).days <= line.over_days
    )


def _plain(scale: str) -> str:
    """CTCAE v5.0 and CTCAE 5.0 are one scale."""
    return re.sub(r"V(?=\d)|[^A-Z0-9]", "", scale.upper())


def _span(text: object) -> tuple[date | None, date | None]:
    """The first and the last day that a date as recorded allows."""
    if not isinstance(text, str):
        return None, None
    day, precision = iso_date(text)
    if day is not None or precision is None:
        return day, day
    bare = text.strip()
    year = int(bare[:4])
    if year == 0:
        return None, None
    if precision == "year":
        return date(year, 1, 1), date(year, 12, 31)
    month = int(bare[5:7])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
