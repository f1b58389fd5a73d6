"""What the tests of virtual trials share: the seed trial, the design it declares, and a scenario of their own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from remit import designs
from remit.derive.declared import declared_for
from remit.exchange.protocol_yaml import read_protocol
from remit.protocol import Protocol
from remit.virtual.scenario import Scenario

TRIAL = Path(__file__).parents[3] / "examples" / "kn5501-sle"


@lru_cache(maxsize=1)
def protocol() -> Protocol:
    """The seed trial's document."""
    return read_protocol(TRIAL / "protocol.yaml")


def design() -> designs.Design:
    """The design that it declares."""
    return declared_for(protocol(), None).build()


def scenario(**changed: object) -> Scenario:
    """A plain truth for twenty subjects; `changed` replaces whole fields."""
    given: dict[str, object] = {
        "contract": "scenario/1",
        "key": "tested",
        "title": "A plain truth",
        "dlt_rates": (0.02, 0.03, 0.05, 0.08),
        "enrolment": {"per_month": 3.0, "subjects": 20},
    }
    return Scenario.model_validate({**given, **changed})
