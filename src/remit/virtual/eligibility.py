"""Whom the protocol lets in, as far as a virtual subject has what is asked.

A condition on something that is not modeled is unknown, and unknown keeps nobody out: a criterion excludes only when
it is clearly not met. Combination is Kleene's, as for real subjects, here over whole arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.errors import InputError
from remit.protocol import Condition, Protocol

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Truths = NDArray[np.int8]

NO, UNKNOWN, YES = 0, 1, 2

UNITS: Final[dict[str, tuple[str, ...]]] = {
    "age": ("years", "year"),
    "weight": ("kg",),
    "height": ("cm",),
    "bmi": ("kg/m2",),
    "disease_duration": ("years", "year"),
    "prednisone": ("mg", "mg/d", "mg/day"),
    "sledai_2k": (),
    "clinical_sledai_2k": (),
    "pga": (),
    "anti_dsdna_high": (),
    "low_complement": (),
    "female": (),
}
"""What a virtual subject has, with the units in which a protocol may ask for it; an empty tuple is a score or a yes."""

_COMPARE: Final = {
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
    "above": np.greater,
    "below": np.less,
    "equals": np.equal,
}


def eligible(protocol: Protocol, facts: Mapping[str, Array]) -> Flags:
    """(subjects,) who are not clearly kept out.

    facts    one number per subject for every key of UNITS; yes is 1, no is 0
    raises   InputError for a condition in a unit that is not one of UNITS
    """
    count = len(facts["age"])
    fine = np.ones(count, dtype=bool)
    for criterion in protocol.eligibility.inclusion:
        if criterion.when is not None:
            fine &= _truth(criterion.when, facts, criterion.id) != NO
    for criterion in protocol.eligibility.exclusion:
        if criterion.when is not None:
            fine &= _truth(criterion.when, facts, criterion.id) != YES
    return fine


def _truth(condition: Condition, facts: Mapping[str, Array], criterion: str) -> Truths:
    parts = condition.all_of or condition.any_of
    if parts:
        truths = np.stack([_truth(part, facts, criterion) for part in parts])
        # no < unknown < yes: Kleene's "and" is the least of them, his "or" the greatest
        return np.asarray(truths.min(axis=0) if condition.all_of else truths.max(axis=0))
    name = condition.variable or ""
    if name not in facts:
        return np.full(len(facts["age"]), UNKNOWN, dtype=np.int8)
    if condition.unit is not None and condition.unit not in UNITS[name]:
        allowed = f"use {UNITS[name][0]}" if UNITS[name] else "leave the unit out"
        raise InputError(
            f'eligibility › {criterion} › {name}: a virtual subject has it in no unit "{condition.unit}"; {allowed}.'
        )
    return np.where(_compared(condition, facts[name]), YES, NO).astype(np.int8)


def _compared(condition: Condition, value: Array) -> Flags:
    asked = condition.value
    if condition.op == "is_true":
        return np.asarray(value > 0)
    if condition.op == "one_of":
        assert isinstance(asked, tuple)
        return np.isin(value, [float(one) for one in asked if not isinstance(one, str)])
    if isinstance(asked, str | tuple) or asked is None:
        return np.zeros(len(value), dtype=bool)
    limit = float(asked)
    compare = _COMPARE[condition.op or "equals"]
    return np.asarray(compare(value, limit), dtype=bool)
