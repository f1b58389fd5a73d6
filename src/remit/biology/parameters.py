"""Parameter arrays: typical values with changes by name, and the check of every patient's numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remit.biology.model import Model, Parameter
from remit.errors import InputError

Array = NDArray[np.float64]


def table(model: Model, patients: int, changes: Mapping[str, ArrayLike] | None = None) -> Array:
    """(patients, parameters) of typical values, some replaced by one number or one number per patient.

    raises  InputError for an unknown name (with the nearest known one), a number out of range, or a wrong length
    """
    if patients < 1:
        raise InputError(f"{model.key}: a population needs at least 1 patient.")
    values = np.tile([parameter.value for parameter in model.parameters], (patients, 1))
    for name, value in (changes or {}).items():
        position = model.parameter(name)
        if np.shape(value) not in ((), (patients,)):
            raise InputError(f"{model.key}: parameter {name} must be one number or one per patient.")
        values[:, position] = value
    return checked(model, values)


def checked(model: Model, values: Array) -> Array:
    """The same array; InputError names the first parameter that is not finite or out of its range, and the row."""
    if values.ndim != 2 or values.shape[1] != len(model.parameters):
        raise InputError(
            f"{model.key}: parameters must have one row per patient and {len(model.parameters)} columns, "
            f"one per parameter."
        )
    low = np.array([parameter.low for parameter in model.parameters])
    high = np.array([parameter.high for parameter in model.parameters])
    closed = np.array([parameter.low_allowed for parameter in model.parameters])
    # Written so that NaN fails every comparison and is refused too.
    good = np.isfinite(values) & ((values > low) | (closed & (values == low))) & (values < high)
    if not good.all():
        row, column = (int(place[0]) for place in np.nonzero(~good))
        parameter = model.parameters[column]
        raise InputError(f"{model.key}: parameter {parameter.name} of patient {row} must be {_range(parameter)}.")
    return values


def _range(parameter: Parameter) -> str:
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    low = f"{parameter.low:g}{unit} or more" if parameter.low_allowed else f"above {parameter.low:g}{unit}"
    if np.isfinite(parameter.high):
        return f"a number {low} and below {parameter.high:g}{unit}"
    return f"a finite number {low}"
