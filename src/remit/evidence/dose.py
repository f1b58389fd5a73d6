"""What the declared designs decide from the records at a cutoff: one sentence for each part of the trial."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from remit import derive, designs
from remit.derive import outcomes
from remit.derive.declared import Declared, declared
from remit.derive.dose_decision import DoseDecision, dose_decision, dose_tables
from remit.derive.open_queries import OpenQuery, open_queries
from remit.derive.stopping import stopping
from remit.errors import NotDerivable
from remit.protocol import Protocol
from remit.records import Finding, Records

NOBODY = designs.Decision(None, "stop", "", 0)


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
        design, treated = one.build(), outcomes.at_levels(people, one.levels)
        made = next_step(protocol, one, design, treated, queries)
        level = one.number(made.decision.level)
        reason = made.reason if made.action == "wait" else one.spoken(made.reason)
        part = one.part.key if one.part is not None else None
        found.append(Decided(part, design.key, made.action, level, reason))
    return tuple(found)


def next_step(
    protocol: Protocol,
    one: Declared,
    design: designs.Design,
    people: Sequence[outcomes.Treated],
    queries: Sequence[OpenQuery],
) -> DoseDecision:
    """A stopping rule that is met, else whose outcome or which query to wait for, else what the design decides.

    people    treated at the levels of the escalation, numbered as the design numbers them
    queries   findings that touch who had a DLT
    """
    if met := stopping(protocol, [replace(who, level=one.number(who.level)) for who in people]):
        return DoseDecision(NOBODY, "stop", met)
    waiting = [f"{who.subject}: {who.wait}" for who in people if who.awaited]
    if waiting or queries:
        return DoseDecision(NOBODY, "wait", "; ".join([*waiting, *(query.sentence for query in queries)]))
    return dose_decision(design, people)
