"""nca through JSON: pairs of day and value, a value as number, null, or "<50" for below a limit of 50."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from remit.errors import InputError
from remit.instruments import nca
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import reading

HORIZON = 28.0
_BELOW = re.compile(r"<\s*(\d+(?:\.\d+)?)", re.ASCII)
_INPUTS = ("samples", "infusions", "horizon", "value_before", "below_rule", "with_peak", "units")
_OUTPUTS = (
    "cmax", "tmax", "clast", "tlast", "gone_by", "auc_last", "auc", "half_life", "half_life_points", "half_life_days",
    "r_squared", "r_squared_adjusted",
)  # fmt: skip


def _pair(pair: object) -> nca.Sample:
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise InputError('"samples" must be an array of [day, value] pairs, or null.')
    day = reading.as_number(pair[0], "samples day")
    if day is None:
        raise InputError('"samples": the day of a sample must be a number.')
    if isinstance(pair[1], str):
        match = _BELOW.fullmatch(pair[1].strip())
        if match is None:
            raise InputError('"samples": a value must be a number, null, or "<50" for below a limit.')
        return nca.Sample(day, below=True, limit=float(match.group(1)))
    return nca.Sample(day, reading.as_number(pair[1], "samples value", reading.NOT_NEGATIVE))


def _infusions(payload: Payload) -> tuple[float, ...]:
    days = [reading.as_number(day, "infusions") for day in reading.items(payload, "infusions") or (0.0,)]
    known = [day for day in days if day is not None]
    if len(known) < len(days) or not known or any(b <= a for a, b in pairwise(known)):
        raise InputError('"infusions" must be an array of days that rise, or null for one on day 0.')
    return tuple(known)


def _units(payload: Payload) -> str:
    units = reading.items(payload, "units")
    if units is None:
        return ""
    if not all(unit is None or isinstance(unit, str) for unit in units):
        raise InputError('"units" must be an array of texts, or null.')
    return nca.one_unit(unit for unit in units if isinstance(unit, str))[1]


def _answer(payload: Payload, method: nca.Area) -> dict[str, object]:
    pairs = reading.items(payload, "samples")
    infusions, name = _infusions(payload), reading.text(payload, "below_rule")
    horizon = reading.number(payload, "horizon")
    end = infusions[0] + HORIZON if horizon is None else horizon
    if end <= infusions[0]:
        raise InputError('"horizon" must be a day after the first infusion, or null for 28 days after it.')
    rules = nca.Rules(
        nca.DEFAULT_RULE if name is None else nca.below_rule(name), method, reading.truth(payload, "with_peak") or False
    )
    before = reading.number(payload, "value_before", reading.NOT_NEGATIVE)
    mixed = _units(payload)
    if pairs is None or mixed:
        return {"because": [f"unknown: {mixed or 'samples'}"]}
    found = nca.kinetics([_pair(pair) for pair in pairs], nca.Window(infusions, end, before), rules)
    fit = found.terminal
    return {
        "cmax": found.cmax,
        "tmax": found.tmax,
        "clast": found.clast,
        "tlast": found.tlast,
        "gone_by": found.gone,
        "auc_last": found.auc_last,
        "auc": found.auc,
        "half_life": fit.half_life,
        "half_life_points": len(fit.times) or None,
        "half_life_days": list(fit.times) or None,
        "r_squared": fit.r_squared,
        "r_squared_adjusted": fit.adjusted,
        "because": [
            *(f"unknown: {name.replace('_', ' ')}: {why}" for name, why in found.because.items()),
            f"by {method}; {nca.below_words(rules.below)}",
        ],
    }


def _logarithmic(payload: Payload) -> dict[str, object]:
    return _answer(payload, "linear-up-log-down")


def _linear(payload: Payload) -> dict[str, object]:
    return _answer(payload, "linear")


INSTRUMENT = Instrument(
    "nca",
    "Non-compartmental analysis of cell kinetics",
    nca.CITATION,
    (
        Variant("linear-up-log-down", _INPUTS, _OUTPUTS, _logarithmic),
        Variant("linear", _INPUTS, _OUTPUTS, _linear),
    ),
)
