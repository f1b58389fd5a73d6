"""Checks between records, aware of the protocol. Each is a function of protocol and records; none changes
anything.
"""

from collections.abc import Callable

from remit.protocol import Protocol
from remit.records.checks.confirmed import CONFIRMS, confirmed
from remit.records.checks.dates import dates
from remit.records.checks.drugs import drugs
from remit.records.checks.events import events
from remit.records.checks.exposure import exposure
from remit.records.checks.keys import keys
from remit.records.checks.mixed_units import mixed_units
from remit.records.checks.ratings import ratings
from remit.records.checks.rules import CHECKING, RULES
from remit.records.checks.score_labs import score_labs
from remit.records.checks.scores import scores
from remit.records.checks.toxicity_facts import toxicity_facts
from remit.records.checks.values import values
from remit.records.checks.visits import visits
from remit.records.collection import Records
from remit.records.findings import Finding, in_order

CHECKS: tuple[Callable[[Protocol, Records], list[Finding]], ...] = (
    keys,
    dates,
    values,
    mixed_units,
    visits,
    exposure,
    scores,
    score_labs,
    ratings,
    drugs,
    events,
    toxicity_facts,
)


def all(protocol: Protocol, records: Records) -> list[Finding]:
    """Everything that the records say against each other or against the protocol, errors first.

    What the investigator has confirmed is a note.
    """
    return in_order(confirmed(records, [finding for check in CHECKS for finding in check(protocol, records)]))


__all__ = ["CHECKING", "CHECKS", "CONFIRMS", "RULES", "all"]
