"""Whom the tests of virtual subjects enroll, and under which assumptions."""

from __future__ import annotations

import numpy as np

from remit.virtual.course import Enrolled
from remit.virtual.scenario import Parameter, Scenario

RATES = (0.05, 0.10, 0.25, 0.45)


def scenario(**parameters: Parameter) -> Scenario:
    return Scenario(contract="scenario/1", key="test", title="Test", dlt_rates=RATES, parameters=parameters)


def with_sections(**sections: dict[str, object]) -> Scenario:
    document = {"contract": "scenario/1", "key": "test", "title": "Test", "dlt_rates": list(RATES), **sections}
    return Scenario.model_validate(document)


def enrolled(trials: int, subjects: int = 20, level: int | None = None, last_day: int = 500) -> Enrolled:
    """As many trials of as many subjects; the levels in turn when none is given."""
    trial = np.repeat(np.arange(1, trials + 1), subjects)
    number = np.tile(np.arange(1, subjects + 1), trials)
    levels = np.full(len(trial), level) if level else 1 + (number - 1) % 4
    return Enrolled(
        trial, number, levels, np.full(len(trial), np.datetime64("2023-10-02")), np.full(len(trial), last_day)
    )


def some(whom: Enrolled, rows: np.ndarray) -> Enrolled:
    return Enrolled(whom.trial[rows], whom.subject[rows], whom.level[rows], whom.day_zero[rows], whom.last_day[rows])
