"""Which parameters differ between the patients of a fit, and the scale on which they do so normally.

A fit works with phi, the logarithm (or logit) of a patient's parameters: phi ~ Normal(typical, spread²), one column per
effect, no correlation. Everything that is not an effect is the same for all patients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from remit.biology.model import Model
from remit.errors import InputError

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effect:
    """One parameter that differs between patients.

    parameter  name in the model
    typical    typical value in the parameter's own unit: where a fit starts, or the value it keeps
    spread     standard deviation between patients on the parameter's scale, above 0: start, or the value it keeps
    estimate_typical, estimate_spread  whether the fit moves it
    """

    parameter: str
    typical: float
    spread: float
    estimate_typical: bool = True
    estimate_spread: bool = True


def effects(model: Model, names: Sequence[str], fixed: bool = False) -> tuple[Effect, ...]:
    """Effects that start at the model's own typical values and spreads; with `fixed` they stay there.

    raises  InputError for an unknown name, or a parameter that the model gives no spread
    """
    made = []
    for name in names:
        parameter = model.parameters[model.parameter(name)]
        if parameter.spread <= 0:
            raise InputError(
                f"{model.key}: parameter {name} does not differ between patients; give an Effect with a spread above 0."
            )
        made.append(Effect(name, parameter.value, parameter.spread, not fixed, not fixed))
    return tuple(made)


def around(model: Model, typical: Mapping[str, float], spreads: Mapping[str, float] | None = None) -> Model:
    """The same model with other typical values or spreads between patients, for `population.draw`.

    raises  InputError for an unknown name or a typical value out of the parameter's range
    """
    spread = dict(spreads or {})
    for name in (*typical, *spread):
        model.parameter(name)
    changed = []
    for parameter in model.parameters:
        value = typical.get(parameter.name, parameter.value)
        allowed = parameter.low < value < parameter.high or (parameter.low_allowed and value == parameter.low)
        if not allowed:
            raise InputError(f"{model.key}: the typical value of {parameter.name} is out of its range.")
        changed.append(replace(parameter, value=value, spread=spread.get(parameter.name, parameter.spread)))
    return replace(model, parameters=tuple(changed))


@dataclass(frozen=True)
class Scales:
    """Between phi and parameters, for the effects of one fit.

    columns    (effects,) positions in the model's parameter array
    logit      (effects,) whether the scale is logit
    low, high  (effects,) a patient's value lies strictly between them
    """

    columns: NDArray[np.int64]
    logit: Flags
    low: Array
    high: Array

    def phi(self, values: Array) -> Array:
        """From parameter values (…, effects) to phi."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(self.logit, np.log(values) - np.log1p(-values), np.log(values)))

    def values(self, phi: Array) -> tuple[Array, Flags]:
        """From phi (…, effects) to parameter values, and which rows (…,) lie within the parameters' ranges."""
        held = np.clip(phi, -700.0, 700.0)
        out: Array = np.where(self.logit, 1.0 / (1.0 + np.exp(-held)), np.exp(held))
        good = np.isfinite(phi) & (out > self.low) & (out < self.high)
        return out, np.asarray(good.all(axis=-1), dtype=bool)

    def slope(self, phi: Array) -> Array:
        """Change of the parameter value per change of phi."""
        out = self.values(phi)[0]
        return np.asarray(np.where(self.logit, out * (1.0 - out), out))


def scales(model: Model, chosen: Sequence[Effect]) -> Scales:
    """The scales of these effects; InputError for a name twice, an impossible start or a spread that is not above 0."""
    names = [effect.parameter for effect in chosen]
    if not chosen:
        raise InputError(f"{model.key}: a fit needs at least one parameter that differs between patients.")
    for effect in chosen:
        parameter = model.parameters[model.parameter(effect.parameter)]
        if names.count(effect.parameter) > 1:
            raise InputError(f"{model.key}: parameter {effect.parameter} stands twice among the effects.")
        if not (parameter.low < effect.typical < parameter.high and np.isfinite(effect.typical)):
            raise InputError(f"{model.key}: the typical value of {effect.parameter} is out of its range.")
        if not (effect.spread > 0 and np.isfinite(effect.spread)):
            raise InputError(f"{model.key}: the spread of {effect.parameter} must be above 0.")
    parameters = [model.parameters[model.parameter(name)] for name in names]
    return Scales(
        columns=np.array([model.parameter(name) for name in names]),
        logit=np.array([parameter.scale == "logit" for parameter in parameters]),
        low=np.array([parameter.low for parameter in parameters]),
        high=np.array([parameter.high for parameter in parameters]),
    )
