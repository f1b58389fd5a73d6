"""Who a virtual trial enrolls: covariates, disease at entry, numbers of the model; all within the protocol's limits.

A subject is drawn again until the protocol lets it in. Every number depends on the seed, the trial and the subject's
number only. The spread of covariates is assumed, from what lupus trials in East Asia print in their baseline tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from remit.biology import find
from remit.biology.manifestations import PREVALENCE, THRESHOLD_SHAPE, Baseline, Limits, serology
from remit.biology.model import Model
from remit.biology.model import Parameter as ModelParameter
from remit.biology.population import scaled
from remit.biology.rates import start
from remit.errors import InputError, nearest
from remit.instruments.sledai_2k import WEIGHTS
from remit.protocol import Protocol
from remit.virtual.course import BACKGROUND, Array, Flags, Patients, Whole
from remit.virtual.eligibility import eligible
from remit.virtual.numbers import normals, uniforms
from remit.virtual.scenario import Parameter, Scenario

ITEMS: Final[tuple[str, ...]] = tuple(PREVALENCE)
"""The SLEDAI-2K descriptors that a virtual subject can have from its activity; serology comes from antibody and C3."""

WOMEN: Final = 0.92
BACKGROUND_SHARES: Final = (0.10, 0.45, 0.12, 0.08, 0.25)
ANTIMALARIAL: Final = 0.75
FLARE_FROM, FLARE_RATE = 1.05, 1.0
"""An item that was absent at entry appears when activity passes `FLARE_FROM` and then, per unit of activity, with the
rate `FLARE_RATE` times its prevalence. Assumed: at activity 1.2 arthritis (0.5) appears in 7 % of those without it."""

_TRIES: Final = 6
_ROUNDS: Final = 60
_MODEL_LIMITS: Final = Limits(total_low=0)


@dataclass(frozen=True)
class _People:
    """Everything drawn at one try, (subjects,) or (subjects, items)."""

    age: Whole
    female: Flags
    height_cm: Array
    weight_kg: Array
    disease_years: Array
    global_0_3: Array
    prednisone_mg: Array
    present: Flags
    score: Array
    clinical: Array
    background: Whole
    antimalarial: Flags


def assumed_model(scenario: Scenario) -> Model:
    """The scenario's model with the scenario's typical values and spreads.

    raises   InputError for a name that is not a parameter, or a number that the parameter cannot be
    """
    return _changed(scenario.model, tuple(scenario.parameters.items()))


def patients(protocol: Protocol, scenario: Scenario, seed: int, trial: Whole, subject: Whole) -> Patients:
    """The subjects with these numbers, (subjects,), of any trials in any order, before treatment.

    raises   InputError: a parameter that cannot be, or eligibility that hardly anyone can satisfy
    """
    model = assumed_model(scenario)
    found: dict[str, Array] = {}
    waiting = np.arange(len(trial))
    for number in range(_ROUNDS):
        if len(waiting) == 0 and found:
            return _made(model, seed, trial, subject, found)
        at = trial[waiting], subject[waiting]
        normal = normals(seed, *at, f"parameters {number}", (len(model.parameters),))
        table = scaled(model, normal)
        traits = normals(seed, *at, f"traits {number}", (_TRIES, 6))
        chances = uniforms(seed, *at, f"chances {number}", (_TRIES, len(ITEMS) + 3))
        left = np.arange(len(waiting))
        for attempt in range(_TRIES):
            people, facts = _tried(model, table[left], traits[left, attempt], chances[left, attempt])
            good = eligible(protocol, facts) & _plausible(people)
            _keep(found, len(trial), waiting[left[good]], people, good, table[left[good]])
            left = left[~good]
        waiting = waiting[left]
    raise InputError(
        "eligibility: hardly any virtual subject satisfies the criteria together; widen those on age, disease activity "
        "or serology, or change scenario › parameters."
    )


@lru_cache(maxsize=64)
def _changed(key: str, changes: tuple[tuple[str, Parameter], ...]) -> Model:
    model = find(key)
    wanted = dict(changes)
    for name, change in changes:
        _check(model, name, change)
    return replace(model, parameters=tuple(_with(one, wanted.get(one.name)) for one in model.parameters))


def _with(parameter: ModelParameter, change: Parameter | None) -> ModelParameter:
    if change is None:
        return parameter
    value = parameter.value if change.value is None else change.value
    return replace(parameter, value=value, spread=parameter.spread if change.spread is None else change.spread)


def _check(model: Model, name: str, change: Parameter) -> None:
    path = f"scenario › parameters › {name}"
    if name not in model.parameter_names:
        known = model.parameter_names
        raise InputError(f"{path}: the model has no such parameter.{nearest(name, known)} Known: {', '.join(known)}.")
    parameter = model.parameters[model.parameter(name)]
    if parameter.role == "input":
        raise InputError(f"{path}: is worked out for each subject and cannot be assumed; leave it out.")
    if change.spread is not None and not (math.isfinite(change.spread) and change.spread >= 0):
        raise InputError(f"{path} › spread: must be a finite number of 0 or more.")
    value = change.value
    if value is None:
        return
    low = value > parameter.low or (parameter.low_allowed and value == parameter.low)
    if not (math.isfinite(value) and low and value < parameter.high):
        unit = "" if parameter.unit == "1" else f", in {parameter.unit}"
        least = f"{parameter.low:g}" + (" or more" if parameter.low_allowed else "")
        most = f" and below {parameter.high:g}{unit}" if math.isfinite(parameter.high) else unit
        above = "" if parameter.low_allowed else "above "
        raise InputError(f"{path} › value: must be a finite number {above}{least}{most}.")


def _tried(model: Model, table: Array, trait: Array, chance: Array) -> tuple[_People, Mapping[str, Array]]:
    begun = start(model, table)
    binding, low = serology(begun[:, model.state("A")], begun[:, model.state("C3")])
    items = len(ITEMS)
    present = chance[:, :items] < np.array([PREVALENCE[item] for item in ITEMS])
    clinical = present @ np.array([WEIGHTS[item] for item in ITEMS], dtype=float)
    score = clinical + binding * WEIGHTS["dna_binding"] + low * WEIGHTS["low_complement"]
    female = chance[:, items] < WOMEN
    tall = np.where(female, 160.0 + 5.5 * trait[:, 1], 172.0 + 6.0 * trait[:, 1])
    height: Array = np.rint(tall)
    meters = height / 100.0
    weight: Array = np.rint(225.0 * np.exp(0.15 * trait[:, 2]) * meters**2) / 10.0
    age = np.floor(32.0 * np.exp(0.27 * trait[:, 0])).astype(np.int64)
    years = np.minimum(np.exp(1.7 + 0.8 * trait[:, 3]), np.maximum(age - 10.0, 0.5))
    dose = np.clip(15.0 * np.exp(0.5 * trait[:, 5]), 5.0, 60.0)
    people = _People(
        age=age,
        female=female,
        height_cm=height,
        weight_kg=weight,
        disease_years=years,
        global_0_3=np.clip(0.9 + 0.075 * score + 0.25 * trait[:, 4], 1.0, 3.0),
        # tablets: steps of 2.5 mg, and of 5 mg from 20 mg on
        prednisone_mg=np.where(dose < 20, np.round(dose / 2.5) * 2.5, np.round(dose / 5.0) * 5.0),
        present=present,
        score=score,
        clinical=clinical,
        background=np.searchsorted(np.cumsum(BACKGROUND_SHARES)[:-1], chance[:, items + 1], side="right"),
        antimalarial=chance[:, items + 2] < ANTIMALARIAL,
    )
    facts = {
        "age": age.astype(float),
        "weight": weight,
        "height": height,
        "bmi": weight / meters**2,
        "disease_duration": years,
        "prednisone": people.prednisone_mg,
        "sledai_2k": score,
        "clinical_sledai_2k": clinical,
        "pga": people.global_0_3,
        "anti_dsdna_high": binding.astype(float),
        "low_complement": low.astype(float),
        "female": female.astype(float),
    }
    return people, facts


def _plausible(people: _People) -> Flags:
    """The model's own limits, under which it was calibrated."""
    inside = (people.score <= _MODEL_LIMITS.total_high) & (people.clinical >= _MODEL_LIMITS.clinical_low)
    return inside & (people.age >= 12) & (people.age < 90)


def _keep(found: dict[str, Array], count: int, rows: Whole, people: _People, good: Flags, table: Array) -> None:
    chosen = {name: values[good] for name, values in vars(people).items()} | {"parameters": table}
    for name, mine in chosen.items():
        if name not in found:
            found[name] = np.zeros((count, *mine.shape[1:]), dtype=mine.dtype)
        found[name][rows] = mine


def _made(model: Model, seed: int, trial: Whole, subject: Whole, found: Mapping[str, Array]) -> Patients:
    table = found["parameters"]
    # Mosteller 1987
    table[:, model.parameter("BSA")] = np.sqrt(found["height_cm"] * found["weight_kg"] / 3600.0)
    present = found["present"].astype(bool)
    baseline = Baseline(
        items=ITEMS,
        present=present,
        threshold=_thresholds(seed, trial, subject, present),
        score=found["score"],
        global_0_3=found["global_0_3"],
        prednisone_mg=found["prednisone_mg"],
    )
    return Patients(
        age=found["age"].astype(np.int64),
        female=found["female"].astype(bool),
        height_cm=found["height_cm"],
        weight_kg=found["weight_kg"],
        disease_years=found["disease_years"],
        parameters=table,
        baseline=baseline,
        background=np.minimum(found["background"].astype(np.int64), len(BACKGROUND) - 1),
        antimalarial=found["antimalarial"].astype(bool),
    )


def _thresholds(seed: int, trial: Whole, subject: Whole, present: Flags) -> Array:
    """(subjects, items) activity above which an item is on: below 1 for those present at entry, above 1 for others."""
    from scipy.special import betaincinv

    chance = uniforms(seed, trial, subject, "thresholds", (len(ITEMS),))
    stays = betaincinv(*THRESHOLD_SHAPE, chance)
    share = np.array([PREVALENCE[item] for item in ITEMS])
    appears = FLARE_FROM - np.log1p(-chance) / (FLARE_RATE * share)
    return np.where(present, stays, appears)
