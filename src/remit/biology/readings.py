"""What was measured in a group of patients, as arrays, and how likely a course makes it.

A measured value is log-normal around the course. A value below the limit of quantification counts with the probability
that a measurement falls below it, never as zero and never as the limit (the method known as M3).

Source: Beal 2001, "Ways to fit a PK model with some data below the quantification limit",
J Pharmacokinet Pharmacodyn 28:481 [recalled, unverified].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr

from remit.biology import rates
from remit.biology.effects import Effect, Scales, scales
from remit.biology.model import Model
from remit.biology.parameters import table
from remit.biology.solver import Dose, Settings, solve
from remit.errors import InputError

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

FIT = Settings(relative_tolerance=1e-4)
"""How courses are solved inside a fit: their error is some 0.1 %, that of an assay some 30 %."""

_LEAST = 1e-12
"""A course below this is read as this, so that its logarithm is finite; far below any limit of quantification."""
_PAD_DAYS = 1e-6


@dataclass(frozen=True)
class Readings:
    """Everything read of one observable; four arrays of equal length, one entry per measurement.

    observable  key of an observable of the model, which names the unit
    patient     row of the patient, from 0
    day         days since the first infusion
    value       what was measured, above 0; where `below` is true, the limit of quantification
    below       whether the result was "below the limit"
    """

    observable: str
    patient: Rows
    day: Array
    value: Array
    below: Flags


@dataclass(frozen=True)
class Cohort:
    """A group of patients: what they got and what was read.

    patients  how many
    doses     what was given, one amount for all or one per patient
    start     a day on or before the first dose, reading and effect of anything
    readings  one entry per observable
    inputs    known parameters by name, one number or one per patient (body size, steroid factor); the rest is typical
    """

    patients: int
    doses: tuple[Dose, ...]
    start: float
    readings: tuple[Readings, ...]
    inputs: Mapping[str, ArrayLike] = field(default_factory=dict)

    @property
    def observables(self) -> tuple[str, ...]:
        """What was read, in order."""
        return tuple(readings.observable for readings in self.readings)

    def until(self, day: float) -> Cohort:
        """The same patients with what was read up to a day only; doses stay as planned."""
        kept = []
        for readings in self.readings:
            early = readings.day <= day
            patient, days = readings.patient[early], readings.day[early]
            kept.append(Readings(readings.observable, patient, days, readings.value[early], readings.below[early]))
        return replace(self, readings=tuple(kept))

    def only(self, rows: slice) -> Cohort:
        """Some of the patients, from one row up to another, numbered from 0 again."""
        first, last, _ = rows.indices(self.patients)

        def column(value: ArrayLike) -> ArrayLike:
            return np.asarray(value, dtype=float)[first:last] if np.shape(value) == (self.patients,) else value

        kept = []
        for readings in self.readings:
            here = (readings.patient >= first) & (readings.patient < last)
            who, day = readings.patient[here] - first, readings.day[here]
            kept.append(Readings(readings.observable, who, day, readings.value[here], readings.below[here]))
        return replace(
            self,
            patients=last - first,
            doses=tuple(Dose(dose.route, column(dose.day), column(dose.amount)) for dose in self.doses),
            readings=tuple(kept),
            inputs={name: column(value) for name, value in self.inputs.items()},
        )


@dataclass(frozen=True)
class Reader:
    """A cohort laid out for thousands of evaluations: every patient in `copies` copies, one copy after the other.

    patient, kind, log_value, below  (readings,) of all observables, ordered by patient; kind numbers the observable
    """

    model: Model
    cohort: Cohort
    scales: Scales
    copies: int
    patient: Rows
    kind: Rows
    log_value: Array
    below: Flags
    day: Array
    _position: Rows
    _days: Array
    _table: Array
    _doses: tuple[Dose, ...]
    _first: Rows
    _who: Rows

    def predict(self, phi: Array) -> tuple[Array, Flags]:
        """Logarithm of the course at every reading, (copies, readings), and which (copies, patients) could be solved.

        phi  (copies, patients, effects)
        """
        patients = self.cohort.patients
        values, good = self.scales.values(phi)
        parameters = self._table.copy()
        rows = good.reshape(-1)
        parameters[np.ix_(rows, self.scales.columns)] = values.reshape(len(rows), -1)[rows]
        course = solve(self.model, parameters, self._doses, self._days, FIT)
        good = good & (course.status == 0).reshape(self.copies, patients)
        out = np.empty((self.copies, len(self.patient)))
        for kind, key in enumerate(self.cohort.observables):
            here = self.kind == kind
            seen = rates.observe(self.model, key, course.values, parameters)
            seen = seen.reshape(self.copies, patients, -1)[:, self.patient[here], self._position[here]]
            out[:, here] = np.log(np.maximum(np.nan_to_num(seen), _LEAST))
        return out, good

    def total(self, log_course: Array, good: Flags, sigma: Array) -> Array:
        """Log-likelihood per copy and patient, minus infinity where the course cannot be.

        sigma  (observables,) standard deviation of a measurement on the log scale
        """
        return np.where(good, self.by_patient(point(self.log_value, log_course, sigma[self.kind], self.below)), -np.inf)

    def by_patient(self, each: Array) -> Array:
        """Sums over a patient's readings: (copies, readings) to (copies, patients)."""
        summed = np.zeros((len(each), self.cohort.patients))
        if len(self._first):
            summed[:, self._who] = np.add.reduceat(each, self._first, axis=1)
        return summed


def point(log_value: Array, log_course: Array, sigma: Array, below: Flags) -> Array:
    """Log-likelihood of single readings; for one below the limit, of the whole range below it."""
    score = (log_value - log_course) / sigma
    density = -0.5 * score**2 - np.log(sigma) - 0.5 * np.log(2.0 * np.pi) - log_value
    return np.asarray(np.where(below, log_ndtr(score), density))


def reader(model: Model, cohort: Cohort, chosen: Sequence[Effect], copies: int) -> Reader:
    """Lay the cohort out; InputError for readings that cannot be, naming the observable and never a value."""
    _check(model, cohort)
    parts = cohort.readings
    sizes = [len(readings.patient) for readings in parts]
    kind = np.repeat(np.arange(len(parts)), sizes)
    unordered = np.concatenate([np.asarray(readings.patient, dtype=np.int64) for readings in parts])
    # a day to a tenth of a second, so that equal days written differently are one
    days = np.concatenate([np.asarray(readings.day, dtype=float) for readings in parts]).round(6)
    order = np.lexsort((kind, days, unordered))
    patient, day = unordered[order], days[order]
    grid, position = _grid(cohort, patient, day)
    who, first = np.unique(patient, return_index=True)
    base = table(model, cohort.patients, cohort.inputs)
    columns = scales(model, chosen)
    base[:, columns.columns] = [effect.typical for effect in chosen]
    return Reader(
        model=model,
        cohort=cohort,
        scales=columns,
        copies=copies,
        patient=patient,
        kind=kind[order],
        log_value=np.log(np.concatenate([np.asarray(readings.value, dtype=float) for readings in parts]))[order],
        below=np.concatenate([np.asarray(readings.below, dtype=bool) for readings in parts])[order],
        day=day,
        _position=position,
        _days=np.tile(grid, (copies, 1)),
        _table=np.tile(base, (copies, 1)),
        _doses=tiled(cohort.doses, cohort.patients, copies),
        _first=first.astype(np.int64),
        _who=who,
    )


def tiled(doses: Sequence[Dose], patients: int, copies: int) -> tuple[Dose, ...]:
    """The same doses for `copies` copies of the patients, one copy after the other."""

    def column(value: ArrayLike) -> ArrayLike:
        return np.tile(np.asarray(value, dtype=float), copies) if np.shape(value) == (patients,) else value

    return tuple(Dose(dose.route, column(dose.day), column(dose.amount)) for dose in doses)


def _grid(cohort: Cohort, patient: Rows, day: Array) -> tuple[Array, Rows]:
    """Every patient's own days, filled up behind the last one, and where each reading stands in them."""
    own = [np.unique(np.append(day[patient == row], cohort.start)) for row in range(cohort.patients)]
    width = max(len(days) for days in own)
    grid = np.empty((cohort.patients, width))
    position = np.zeros(len(day), dtype=np.int64)
    for row, days in enumerate(own):
        grid[row, : len(days)] = days
        grid[row, len(days) :] = days[-1] + _PAD_DAYS * np.arange(1, width - len(days) + 1)
        here = patient == row
        position[here] = np.searchsorted(days, day[here])
    return grid, position


def _check(model: Model, cohort: Cohort) -> None:
    keys = cohort.observables
    if cohort.patients < 1 or not keys:
        raise InputError(f"{model.key}: a cohort needs at least 1 patient and readings of at least 1 observable.")
    for readings in cohort.readings:
        where = f"{model.key}: readings of {readings.observable}"
        model.observable(readings.observable)
        if keys.count(readings.observable) > 1:
            raise InputError(f"{where} stand twice; put them into one.")
        columns = (readings.patient, readings.day, readings.value, readings.below)
        if len({np.shape(column) for column in columns}) != 1 or np.ndim(readings.patient) != 1:
            raise InputError(f"{where}: patient, day, value and below must be lists of one length.")
        if len(readings.patient) and not (np.min(readings.patient) >= 0 and np.max(readings.patient) < cohort.patients):
            raise InputError(f"{where}: patients are numbered from 0 to {cohort.patients - 1}.")
        days, values = np.asarray(readings.day, dtype=float), np.asarray(readings.value, dtype=float)
        if not np.isfinite(days).all() or (days < cohort.start).any():
            raise InputError(f"{where}: every day must be a number from the start on.")
        if not (np.isfinite(values) & (values > 0)).all():
            raise InputError(
                f"{where}: every value must be above 0; give a result below the limit as that limit with `below`."
            )
