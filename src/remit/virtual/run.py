"""One virtual trial: the records a site would have sent, under one assumed truth."""

from __future__ import annotations

from remit.designs import Design
from remit.protocol import Protocol
from remit.records import Records
from remit.virtual.conduct import conduct
from remit.virtual.scenario import Scenario


def run(protocol: Protocol, scenario: Scenario, seed: int, design: Design, trial: int = 1) -> Records:
    """The records of one virtual trial, which check, report and every other step treat like any other.

    design   the one that the protocol declares
    trial    its number among the trials of this seed: number 7 is the same alone and among a thousand
    raises   InputError: the scenario does not fit the protocol
    """
    return conduct(protocol, scenario, seed, [trial], design).records
