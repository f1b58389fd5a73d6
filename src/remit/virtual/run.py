"""One virtual trial: the records a site would have sent, under one assumed truth."""

from __future__ import annotations

from remit.protocol import Protocol
from remit.records import Records
from remit.virtual.conduct import conduct
from remit.virtual.scenario import Scenario
from remit.virtual.stages import Designs


def run(protocol: Protocol, scenario: Scenario, seed: int, design: Designs, trial: int = 1) -> Records:
    """The records of one virtual trial, which check, report and every other step treat like any other.

    design   the one that the protocol declares, or those of its parts by key: what `designs_of` gives
    trial    its number among the trials of this seed: number 7 is the same alone and among a thousand
    raises   InputError: the scenario does not fit the protocol
    """
    return conduct(protocol, scenario, seed, [trial], design).records
