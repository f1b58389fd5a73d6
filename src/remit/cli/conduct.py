"""What `remit decide` and `remit replay` share: the declared design, the subjects so far, designs to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from remit import derive, designs
from remit.cli.trial import cutoff_of, open_protocol
from remit.derive import outcomes
from remit.derive.declared import Declared, declared_for
from remit.derive.dose_decision import dose_tables
from remit.derive.open_queries import OpenQuery, open_queries
from remit.exchange.folder import read_records
from remit.protocol import Protocol
from remit.records import Finding, checks

# Designs that people ask about, each with the parameters it needs beside the number of levels.
TARGET = 0.3
OTHERS: Mapping[str, Mapping[str, object]] = {
    "3+3": {},
    "boin": {"target": TARGET},
    "keyboard": {"target": TARGET},
    "mtpi2": {"target": TARGET},
    "i3+3": {"target": TARGET},
}


@dataclass(frozen=True)
class Conduct:
    """A trial, or a part of it, at one moment.

    people     everyone infused so far at a level of the part, numbered as the design numbers levels
    strays     infused at a level that the protocol lacks
    queries    findings that touch who had a DLT
    noted      what would be a query, had the investigator not confirmed it with a reason
    """

    protocol: Protocol
    declared: Declared
    design: designs.Design
    people: tuple[outcomes.Treated, ...]
    strays: tuple[outcomes.Treated, ...]
    queries: tuple[OpenQuery, ...]
    noted: tuple[Finding, ...] = ()


def conduct(trial: Path, as_of: str | None, data: Path | None, part: str | None = None) -> Conduct:
    """Read a trial up to a date; of a trial in parts, one part."""
    protocol = open_protocol(trial)
    one = declared_for(protocol, part)
    records, findings = read_records(data if data is not None else trial / "records")
    cutoff = cutoff_of(protocol, records, as_of, "--as-of")
    tables = dose_tables(protocol, records, cutoff)
    everyone = outcomes.treated(protocol, tables)
    every = [*findings, *checks.all(protocol, records)]
    people = outcomes.at_levels(everyone, one.levels)
    here = {person.subject for person in people}
    known = derive.known_by(records, cutoff)
    return Conduct(
        protocol,
        one,
        one.build(),
        people,
        tuple(person for person in everyone if person.level is None),
        open_queries(protocol, known, every, tables["adsl"], one.levels),
        tuple(
            finding
            for finding in every
            if finding.severity == "note"
            and finding.rule in checks.CONFIRMS
            and finding.record is not None
            and finding.record in set(known.table(finding.table)["record_id"])
            and finding.record.split("/")[1] in here
        ),
    )


def others(one: Declared) -> Mapping[str, designs.Design]:
    """The designs to compare with, at the protocol's target or 0.30."""
    target = one.escalation.target if one.escalation.target is not None else TARGET
    return {
        name: designs.build(name, {**dict.fromkeys(given, target), "levels": len(one.levels)})
        for name, given in OTHERS.items()
        if name != one.escalation.design
    }
