"""Virtual patients: parameters drawn around the typical values, every patient's own wherever and whenever drawn.

Log-normal or logit-normal by the parameter's own scale, with the correlations that the model declares. Random numbers
are tied to a place (`remit.streams`) and to a patient's number in it, never to the order of the calls: patients 0 to 9
are the same whether drawn alone, in blocks, or among 100,000, and a changed spread leaves every other draw as it was.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.biology.model import Model, Parameter
from remit.biology.parameters import checked
from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]

CHUNK: Final = 512
"""Patients per random stream. Part of the definition of a draw: another number gives other patients."""


def draw(model: Model, seed: int, place: tuple[str | int, ...], first: int, count: int) -> Array:
    """(count, parameters) of the patients `first` to `first + count - 1` of one place.

    place    names the population from the outside in, e.g. ("trial", 17)
    raises   InputError for a negative number of patients, or correlations that no population can have
    """
    if first < 0 or count < 1:
        raise InputError(f"{model.key}: a population needs a first patient of 0 or more and at least 1 patient.")
    normal = np.zeros((count, len(model.parameters)))
    for column, parameter in enumerate(model.parameters):
        if parameter.spread > 0 or _correlated(model, parameter):
            normal[:, column] = _normals(seed, (*place, "parameter", parameter.name), first, count)
    return scaled(model, normal)


def scaled(model: Model, normal: Array) -> Array:
    """Standard normal numbers, (patients, parameters), made into parameters with the model's spreads and correlations.

    raises   InputError for correlations that no population can have
    """
    if model.correlations:
        normal = normal @ _root(model).T
    columns = [_value(parameter, normal[:, column]) for column, parameter in enumerate(model.parameters)]
    return checked(model, np.column_stack(columns))


def typical(model: Model) -> Array:
    """(1, parameters) of the patient with every typical value."""
    return np.array([[parameter.value for parameter in model.parameters]])


def _normals(seed: int, place: tuple[str | int, ...], first: int, count: int) -> Array:
    chunks = range(first // CHUNK, (first + count - 1) // CHUNK + 1)
    numbers = np.concatenate([stream(seed, *place, chunk).standard_normal(CHUNK) for chunk in chunks])
    offset = first - chunks[0] * CHUNK
    return numbers[offset : offset + count]


def _value(parameter: Parameter, normal: Array) -> Array:
    if parameter.scale == "log":
        return parameter.value * np.exp(parameter.spread * normal)
    odds = parameter.value / (1.0 - parameter.value) * np.exp(parameter.spread * normal)
    return odds / (1.0 + odds)


def _correlated(model: Model, parameter: Parameter) -> bool:
    return any(parameter.name in (pair.first, pair.second) for pair in model.correlations)


def _root(model: Model) -> Array:
    matrix = np.eye(len(model.parameters))
    for pair in model.correlations:
        row, column = model.parameter(pair.first), model.parameter(pair.second)
        matrix[row, column] = matrix[column, row] = pair.value
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise InputError(f"{model.key}: the correlations contradict each other; no population has them.") from None
    return np.asarray(root, dtype=np.float64)
