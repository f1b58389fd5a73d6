"""Which reference rule stands for which instrument and variant."""

from __future__ import annotations

from independent.instruments import (
    activity_cases,
    bilag_cases,
    grade_cases,
    kinetics_cases,
    state_cases,
    toxicity_cases,
)
from independent.instruments.case import Row

REFERENCE: list[Row] = [
    *activity_cases.CASES,
    *state_cases.CASES,
    *bilag_cases.CASES,
    *toxicity_cases.CASES,
    *grade_cases.CASES,
    *kinetics_cases.CASES,
]
