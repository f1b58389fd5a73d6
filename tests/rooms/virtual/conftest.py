from __future__ import annotations

import pytest

from remit.protocol import Protocol
from remit.virtual.course import Course
from remit.virtual.subjects import course
from rooms.virtual.enrolling import enrolled, scenario
from rooms.virtual.trials import protocol


@pytest.fixture(scope="session")
def seed_protocol() -> Protocol:
    return protocol()


@pytest.fixture(scope="session")
def hundred(seed_protocol: Protocol) -> Course:
    """100 trials of 20 subjects, 500 at each level."""
    return course(seed_protocol, scenario(), 1, enrolled(100))


@pytest.fixture(scope="session")
def top(seed_protocol: Protocol) -> Course:
    """2,000 subjects at the highest level."""
    return course(seed_protocol, scenario(), 1, enrolled(100, level=4))
