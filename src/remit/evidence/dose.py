"""What the declared designs decide from the records at a cutoff: one sentence for each part of the trial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from remit import derive
from remit.derive import outcomes
from remit.derive.declared import Declared, declared
from remit.derive.dose_decision import dose_decision, dose_tables
from remit.derive.open_queries import open_queries
from remit.errors import NotDerivable
from remit.protocol import Protocol
from remit.records import Finding, Records


@dataclass(frozen=True)
class Decided:
    """The decision for one part.

    part     key of the part; None when the trial has one part only
    design   key of the design
    action   as `remit decide` says it: start, escalate, stay, de-escalate, stop, outside, or wait
    level    the protocol's number of the next level; None when there is none
    reason   the sentence for the minutes
    """

    part: str | None
    design: str
    action: str
    level: int | None
    reason: str


def decided(protocol: Protocol, records: Records, findings: Iterable[Finding], cutoff: date) -> tuple[Decided, ...]:
    """The decision of every declared design; none where the protocol declares no design or no set to judge by.

    findings   from reading the records and from their checks
    """
    every = declared(protocol)
    if not every:
        return ()
    try:
        tables = dose_tables(protocol, records, cutoff)
        people = outcomes.treated(protocol, tables)
    except NotDerivable:
        return ()
    known, problems = derive.known_by(records, cutoff), tuple(findings)
    found = []
    for one in every:
        queries = open_queries(protocol, known, problems, tables["adsl"], one.levels)
        found.append(_decided(one, outcomes.at_levels(people, one.levels), [query.sentence for query in queries]))
    return tuple(found)


def _decided(one: Declared, people: tuple[outcomes.Treated, ...], queries: list[str]) -> Decided:
    design = one.build()
    part = one.part.key if one.part is not None else None
    waiting = [f"{who.subject}: {who.wait}" for who in people if who.awaited] + queries
    if waiting:
        return Decided(part, design.key, "wait", None, "; ".join(waiting))
    made = dose_decision(design, people)
    level = made.decision.level
    return Decided(part, design.key, made.action, one.number(level), one.spoken(made.reason))
