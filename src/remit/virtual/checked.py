"""Whether a scenario fits a protocol, asked before anybody is simulated."""

from __future__ import annotations

import datetime
from itertools import pairwise

import numpy as np

from remit.errors import InputError
from remit.protocol import Protocol
from remit.virtual.eligibility import eligible
from remit.virtual.population import assumed_model
from remit.virtual.scenario import Scenario

ADULT_YEARS = np.arange(18.0, 90.0)


def checked(protocol: Protocol, scenario: Scenario) -> datetime.date:
    """The data cut of the trials, once the scenario is known to fit the protocol.

    raises   InputError, one sentence: path, what is wrong, what is allowed
    """
    _rates(protocol, scenario)
    assumed_model(scenario)
    if not eligible(protocol, {"age": ADULT_YEARS}).any():
        raise InputError(
            "eligibility: lets in nobody of 18 years or more, and virtual subjects have the size and the disease of "
            "adults; the heights, weights and course of children are missing, so this protocol cannot be simulated."
        )
    if scenario.enrolment.screen_failures >= 1:
        raise InputError("scenario › enrolment › screen_failures: must be below 1, or nobody is ever enrolled.")
    cut = scenario.cut or protocol.last_cut()
    if cut is None:
        raise InputError("scenario › cut: the protocol declares no data cut; give a date, such as 2025-12-31.")
    if cut <= scenario.enrolment.first:
        raise InputError(
            f"scenario › cut: {cut} is not after the first infusion on {scenario.enrolment.first}; give a later date."
        )
    return cut


def _rates(protocol: Protocol, scenario: Scenario) -> None:
    """One rate per level; within a part they do not fall, for its levels are declared from the lowest."""
    rates, levels = scenario.dlt_rates, protocol.levels
    if len(rates) != len(levels):
        raise InputError(
            f"scenario › dlt_rates: has {len(rates)} values; the protocol has {len(levels)} levels, and each needs one."
        )
    for (one, before), (other, after) in pairwise(zip(levels, rates, strict=True)):
        if one.part == other.part and after < before:
            raise InputError(
                f"scenario › dlt_rates: falls from {before:g} at {one.name} to {after:g} at {other.name}; the rate of "
                "a level must be at least that of the level below it."
            )
