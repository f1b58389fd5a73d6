"""Readings made from courses: log-normal around the course, reported as below the limit where they fall below it.

Random numbers are tied to place, patient, observable and number of the reading, so that the first patients of a large
group read the same as a small group, and a changed residual leaves every other number as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remit.biology import rates
from remit.biology.model import Model
from remit.biology.population import CHUNK
from remit.biology.readings import Cohort, Readings
from remit.biology.solver import Dose, solve
from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Assay:
    """How one observable is read: on which days, with what error, down to which limit.

    days      rising, each at or after the start
    residual  standard deviation of a measurement on the log scale, above 0
    limit     of quantification, in the observable's unit; 0 means none
    """

    observable: str
    days: tuple[float, ...]
    residual: float
    limit: float = 0.0


def read(
    model: Model,
    parameters: Array,
    doses: Sequence[Dose],
    start: float,
    assays: Sequence[Assay],
    seed: int,
    place: tuple[str | int, ...],
    inputs: Mapping[str, ArrayLike] | None = None,
) -> Cohort:
    """Solve the patients (patients, parameters) and read them.

    inputs   what the cohort says is known of each patient, by parameter name
    raises   InputError when a patient cannot be solved, or an assay is impossible
    """
    patients = len(parameters)
    days = np.unique([start, *(day for assay in assays for day in assay.days)])
    course = solve(model, parameters, doses, days)
    if len(course.failed):
        raise InputError(f"{model.key}: {course.problems[0]}")
    readings = []
    for assay in assays:
        if not (assay.residual > 0 and assay.limit >= 0):
            raise InputError(f"{model.key}: {assay.observable}: residual above 0, limit 0 or more.")
        at = np.searchsorted(days, assay.days)
        seen = rates.observe(model, assay.observable, course.values, parameters)[:, at]
        noise = _noise(seed, (*place, "assay", assay.observable), patients, len(assay.days))
        value = np.maximum(seen, 1e-300) * np.exp(assay.residual * noise)
        below = value < assay.limit
        readings.append(
            Readings(
                assay.observable,
                np.repeat(np.arange(patients), len(assay.days)),
                np.tile(np.asarray(assay.days, dtype=float), patients),
                np.where(below, assay.limit, value).ravel(),
                below.ravel(),
            )
        )
    return Cohort(patients, tuple(doses), start, tuple(readings), inputs or {})


def _noise(seed: int, place: tuple[str | int, ...], patients: int, times: int) -> Array:
    # one stream per number of the reading, so that further days leave the earlier ones as they were
    columns = []
    for number in range(times):
        chunks = [
            stream(seed, *place, number, chunk).standard_normal(CHUNK) for chunk in range((patients - 1) // CHUNK + 1)
        ]
        columns.append(np.concatenate(chunks)[:patients])
    return np.column_stack(columns) if columns else np.zeros((patients, 0))
