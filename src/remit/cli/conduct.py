"""What `remit decide` and `remit replay` share: the declared design, the subjects so far, designs to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from remit import derive, designs
from remit.cli.trial import cutoff_of, open_protocol
from remit.derive import outcomes
from remit.errors import InputError
from remit.exchange.folder import read_records
from remit.protocol import Escalation, Protocol

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
    """A trial at one moment: its document, its declared design, everyone infused so far."""

    protocol: Protocol
    design: designs.Design
    people: tuple[outcomes.Treated, ...]


def conduct(trial: Path, as_of: str | None, data: Path | None) -> Conduct:
    """Read a trial up to a date. Trials in parts are not handled: each part has a design of its own."""
    protocol = open_protocol(trial)
    if protocol.escalation is None:
        raise InputError("The protocol declares no escalation for the whole trial. Add `escalation: {design: …}`.")
    records, _ = read_records(data if data is not None else trial / "records")
    derived = derive.all(protocol, records, cutoff_of(protocol, records, as_of))
    return Conduct(protocol, declared(protocol.escalation, len(protocol.levels)), outcomes.treated(protocol, derived))


def declared(escalation: Escalation, levels: int) -> designs.Design:
    """The design that the protocol names, with its parameters and guards."""
    given: dict[str, object] = {**escalation.parameters, "levels": levels, "start": escalation.start}
    if escalation.target is not None:
        given["target"] = escalation.target
    return designs.build(escalation.design, {**given, "cohort": escalation.cohort}, dict(escalation.guards))


def others(protocol: Protocol) -> Mapping[str, designs.Design]:
    """The designs to compare with, at the protocol's target or 0.30, in the protocol's cohort size."""
    escalation = protocol.escalation
    target = escalation.target if escalation is not None and escalation.target is not None else TARGET
    return {
        name: designs.build(name, {**dict.fromkeys(given, target), "levels": len(protocol.levels)})
        for name, given in OTHERS.items()
        if escalation is None or name != escalation.design
    }
