"""Findings that a dose decision has to wait for: they touch a fact by which it is judged who had a DLT.

The facts are the grade, relationship, name, outcome and dates of an event in the window, the recorded answer whether it
was dose-limiting, the doses and days of the cells, the level, and a death. A note holds nothing up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from remit.derive.bounds import bounds
from remit.protocol import Level, Protocol
from remit.records import Finding, Records

NEEDED: Mapping[str, tuple[str, ...]] = {
    "AE": ("AETOXGR", "AEREL", "AESTDTC", "AEENDTC", "AEDECOD", "AETERM", "AEOUT"),
    "SUPPAE": ("QVAL", "QNAM", "IDVAR", "IDVARVAL"),
    "EX": ("EXSTDTC", "EXENDTC", "EXDOSE", "EXDOSU", "EXTRT"),
    "DM": ("ARMCD", "ACTARMCD", "DTHDTC", "DTHFL", "USUBJID"),
}
QUALIFIERS = ("AEDLT", "AETOXSCL")
LEVEL_COLUMN = "ACTARMCD"


@dataclass(frozen=True)
class OpenQuery:
    """One fact in doubt.

    subject   None when a whole table or column is in doubt
    day       protocol day of the event or infusion (first infusion = day 0); None when it is not known
    item      table and column, such as `AE.AETOXGR`, or the table alone
    record    record id; None when no single record is meant
    rule      of the finding; what it says; what to do
    """

    subject: str | None
    day: int | None
    item: str
    record: str | None
    rule: str
    what: str
    remedy: str

    @property
    def sentence(self) -> str:
        """For the minutes."""
        who = self.subject or ("all subjects" if self.record is None else "a subject not named")
        when = f", day {self.day}" if self.day is not None else ""
        return f"{who}{when}: {self.item} is in question ({self.rule}). {self.what}"

    def facts(self) -> dict[str, object]:
        """For programs: what decide and replay print as JSON."""
        return {
            "subject": self.subject,
            "day": self.day,
            "item": self.item,
            "record": self.record,
            "rule": self.rule,
            "what": self.what,
            "what_to_do": self.remedy,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class _Person:
    """A treated subject's first infusion and the last day that matters: the end of the window, or the cutoff."""

    first: date | None
    until: date


@dataclass(frozen=True)
class _Row:
    """A record as it stands, and whether it was set aside, so that nothing uses it."""

    cells: Mapping[str, object]
    lost: bool


def open_queries(
    protocol: Protocol,
    known: Records,
    findings: Iterable[Finding],
    adsl: pl.DataFrame,
    levels: Sequence[Level],
) -> tuple[OpenQuery, ...]:
    """Unresolved findings of severity error or warning that touch the DLT call of somebody treated at these levels.

    known      records as of the cutoff: a finding about a later record holds nothing up
    findings   from reading and from the checks; one that stands is unresolved
    levels     of the part that decides; a subject treated at no level of the protocol belongs to every part
    """
    people = _people(protocol, adsl, levels)
    if not people:
        return ()
    rows, events = _rows(known), _events(known)
    cutoff = adsl["CUTDT"].max()
    assert isinstance(cutoff, date)
    found = []
    for finding in findings:
        if finding.severity == "note" or finding.table not in NEEDED:
            continue
        if finding.record is None:
            # a table or column that cannot be used concerns everyone; a count of late dates nobody yet
            if finding.severity == "error" and finding.column in (None, *NEEDED[finding.table]):
                found.append(_made(finding, None, None))
            continue
        row = rows.get(finding.record)
        if row is None or not (row.lost or finding.column in NEEDED[finding.table]):
            continue
        if _conditioning(protocol, finding.table, row.cells) or _other_qualifier(finding.table, row.cells):
            continue
        subject = row.cells["USUBJID"]
        person = people.get(str(subject))
        if person is None and not row.lost:
            continue
        dated = events.get((subject, _number(row.cells["IDVARVAL"]))) if finding.table == "SUPPAE" else row.cells
        day, within = _placed(dated or {}, person or _Person(None, cutoff))
        # a date in doubt says nothing about where the event lies
        if within or (finding.column or "").endswith("DTC"):
            found.append(_made(finding, None if subject is None else str(subject), day))
    said = {one.subject for one in found if one.item in (f"DM.{LEVEL_COLUMN}", "DM.ARMCD")}
    found += [one for one in _without_level(adsl, people) if one.subject not in said]
    return tuple(sorted(found, key=lambda one: (one.subject or "", one.day is None, one.day or 0, one.item, one.rule)))


def _made(finding: Finding, subject: str | None, day: int | None) -> OpenQuery:
    item = f"{finding.table}.{finding.column}" if finding.column else finding.table
    return OpenQuery(subject, day, item, finding.record, finding.rule, finding.what, finding.remedy)


def _people(protocol: Protocol, adsl: pl.DataFrame, levels: Sequence[Level]) -> Mapping[str, _Person]:
    """Who was treated at these levels, or at none of the protocol's."""
    here = {level.key: level for level in levels}
    elsewhere = {level.key for level in protocol.levels} - set(here)
    people = {}
    for row in adsl.filter(pl.col("SAFFL") == "Y").iter_rows(named=True):
        if row["LEVEL"] in elsewhere:
            continue
        level = here.get(row["LEVEL"])
        rule = protocol.dlt_of(level) if level is not None else protocol.dlt
        anchor = None if rule is None else row["TRTSDT" if rule.anchor == "first-infusion" else "TRTEDT"]
        until = row["CUTDT"]
        if rule is not None and anchor is not None:
            until = min(until, anchor + timedelta(days=rule.window_days))
        people[row["USUBJID"]] = _Person(row["TRTSDT"], until)
    return people


def _rows(known: Records) -> Mapping[str, _Row]:
    """Every record of the tables that the call needs, by id."""
    rows: dict[str, _Row] = {}
    for name in NEEDED:
        aside = known.set_aside.get(name)
        if aside is not None:
            kept = aside.filter(pl.col("reason") != "REPEATED")
            rows |= {str(row["record_id"]): _Row(row, True) for row in kept.iter_rows(named=True)}
        rows |= {str(row["record_id"]): _Row(row, False) for row in known.table(name).iter_rows(named=True)}
    return rows


def _events(known: Records) -> Mapping[tuple[object, int | None], Mapping[str, object]]:
    return {(row["USUBJID"], _number(row["AESEQ"])): row for row in known.table("AE").iter_rows(named=True)}


def _number(value: object) -> int | None:
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        return None


def _conditioning(protocol: Protocol, table: str, row: Mapping[str, object]) -> bool:
    return table == "EX" and row["EXTRT"] in [agent.treatment for agent in protocol.conditioning]


def _other_qualifier(table: str, row: Mapping[str, object]) -> bool:
    return table == "SUPPAE" and row["QNAM"] not in QUALIFIERS


def _placed(row: Mapping[str, object], person: _Person) -> tuple[int | None, bool]:
    """The protocol day, and whether it can lie from the first infusion to the last day that matters."""
    text = row.get("AESTDTC", row.get("EXSTDTC"))
    early, late = bounds(text if isinstance(text, str) else None)
    day = (early - person.first).days if early is not None and early == late and person.first is not None else None
    before = late is not None and person.first is not None and late < person.first
    after = early is not None and early > person.until
    return day, not before and not after


def _without_level(adsl: pl.DataFrame, people: Mapping[str, _Person]) -> Iterable[OpenQuery]:
    strays = adsl.filter((pl.col("SAFFL") == "Y") & pl.col("LEVEL").is_null() & pl.col("USUBJID").is_in(list(people)))
    for row in strays.iter_rows(named=True):
        record = next((one for one in row["sources"] if one.startswith("DM/")), None)
        what = "The subject was treated, and the level is none of the protocol's."
        remedy = "Correct the arm, or amend the protocol."
        yield OpenQuery(row["USUBJID"], None, f"DM.{LEVEL_COLUMN}", record, "DM-LEVEL", what, remedy)
