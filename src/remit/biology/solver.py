"""Solve a model for a population: the same compiled Rosenbrock steps for every patient, one at a time.

The method is RODAS5P (Steinebach 2023), of the RODAS class of Hairer and Wanner: L-stable, stiffly accurate, adaptive,
with a dense output of its own. Doses and switches are hit exactly. A patient's course depends on nothing but that
patient's own rows, so any split of a population into blocks gives the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remit.biology import kernel, rates
from remit.biology.model import Model
from remit.biology.parameters import checked
from remit.biology.tableaus import RODAS5P, Tableau
from remit.errors import InputError

Array = NDArray[np.float64]

REASONS: Final = {
    kernel.STEP_TOO_SMALL: "the step became smaller than a millionth of a millionth of a day",
    kernel.TOO_MANY_STEPS: "it took more steps than allowed",
    kernel.NOT_FINITE: "a rate is not a finite number",
}


@dataclass(frozen=True, slots=True)
class Dose:
    """Something given: one day and amount for all patients, or an array with one entry per patient.

    route   key of a route of the model, which names the unit
    day     days since the first infusion; conditioning is before 0
    amount  in the route's unit, 0 or more; 0 means not given
    """

    route: str
    day: ArrayLike
    amount: ArrayLike


@dataclass(frozen=True, slots=True)
class Settings:
    """How to solve.

    relative_tolerance  the error of a step, relative to each state; below a state's `small` amount it is absolute
    keep                states to put out, in this order; empty means all
    most_steps          a patient who needs more, refused steps included, fails
    method              coefficients
    """

    relative_tolerance: float = 1e-6
    keep: tuple[str, ...] = ()
    most_steps: int = 100_000
    method: Tableau = RODAS5P


@dataclass(frozen=True, slots=True)
class Course:
    """What became of a population.

    states     names along the last axis of `values`
    days       (patients, times)
    values     (patients, times, states); on the day of a dose the value just before it. NaN after the day at which a
               patient failed, and nowhere else
    status     (patients,) 0 solved, else a key of REASONS
    end        (patients, all states) on the last day, before a dose of that day: where `after` goes on
    end_step   (patients,) the step in days with which to go on
    steps      (patients, 2) accepted and refused steps
    """

    states: tuple[str, ...]
    days: Array
    values: Array
    status: NDArray[np.int64]
    end: Array
    end_step: Array
    steps: NDArray[np.int64]

    @property
    def failed(self) -> NDArray[np.int64]:
        """Rows of the patients who could not be solved to the last day."""
        return np.flatnonzero(self.status)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence per failed patient."""
        return tuple(f"Patient {row}: {REASONS[int(self.status[row])]}." for row in self.failed)

    def of(self, state: str) -> Array:
        """One state, (patients, times); InputError when it was not kept."""
        if state not in self.states:
            raise InputError(f'State "{state}" was not kept; kept: {", ".join(self.states)}.')
        return self.values[:, :, self.states.index(state)]


def solve(
    model: Model,
    parameters: Array,
    doses: Sequence[Dose],
    days: ArrayLike,
    settings: Settings | None = None,
) -> Course:
    """Solve every patient from the first of `days`, where nothing has been given yet.

    parameters  (patients, parameters) in the model's order; see `parameters.table`
    doses       those before the first day are an error, those on or after the last day change nothing
    days        (times,) or (patients, times), rising; the first is the start, the last the end
    raises      InputError for parameters, doses or days that cannot be
    """
    checked(model, parameters)
    return _run(model, parameters, rates.start(model, parameters), None, doses, days, settings or Settings())


def resume(
    model: Model,
    parameters: Array,
    before: Course,
    doses: Sequence[Dose],
    days: ArrayLike,
    settings: Settings | None = None,
) -> Course:
    """Go on from where a course ended, perhaps with other inputs (`Est`) or doses decided in between.

    days     the first must be the day on which `before` ended; a patient who failed there stays failed
    raises   InputError as `solve` does
    """
    checked(model, parameters)
    if before.end.shape != (len(parameters), len(model.states)):
        raise InputError(f"{model.key}: the course to resume is of another population or model.")
    first = np.asarray(days, dtype=float)[..., 0]
    if not np.allclose(first, before.days[:, -1], rtol=0, atol=1e-9):
        raise InputError(f"{model.key}: resume on the day on which the course ended.")
    return _run(model, parameters, before.end, before, doses, days, settings or Settings())


def _run(
    model: Model,
    parameters: Array,
    start: Array,
    before: Course | None,
    doses: Sequence[Dose],
    days: ArrayLike,
    settings: Settings,
) -> Course:
    patients = len(parameters)
    grid = _grid(model, patients, days)
    kept = settings.keep or model.state_names
    column = np.full(len(model.states), -1, dtype=np.int64)
    for position, name in enumerate(kept):
        column[model.state(name)] = position
    if not 0 < settings.relative_tolerance < 0.1:
        raise InputError(f"{model.key}: the relative tolerance must be above 0 and below 0.1.")
    given = _doses(model, parameters, doses, grid[:, 0])
    end = np.array(start, dtype=float, order="C")
    span = np.zeros((patients, 2))
    span[:, 0] = grid[:, 0]
    if before is not None:
        span[:, 1] = before.end_step
    values = np.empty((patients, grid.shape[1], len(kept)))
    status = np.zeros(patients, dtype=np.int64)
    steps = np.zeros((patients, 2), dtype=np.int64)
    advance = kernel.compiled(model, settings.method)
    table = np.ascontiguousarray(parameters, dtype=float)
    limits = (settings.relative_tolerance, settings.most_steps)
    advance(table, end, span, *given, grid, column, *limits, values, status, steps)
    if before is not None:
        lost = before.status != 0
        status[lost], values[lost] = before.status[lost], np.nan
    return Course(tuple(kept), grid, values, status, end, span[:, 1].copy(), steps)


def _grid(model: Model, patients: int, days: ArrayLike) -> Array:
    grid = np.asarray(days, dtype=float)
    if grid.ndim not in (1, 2) or grid.shape[-1] < 1 or (grid.ndim == 2 and len(grid) != patients):
        raise InputError(f"{model.key}: days must be one list, or one row per patient.")
    if not np.isfinite(grid).all() or (np.diff(grid, axis=-1) <= kernel.CLOSE_DAYS).any():
        raise InputError(f"{model.key}: days must be finite and rise.")
    return np.array(np.broadcast_to(grid, (patients, grid.shape[-1])), order="C")


def _doses(
    model: Model, parameters: Array, doses: Sequence[Dose], start: Array
) -> tuple[Array, NDArray[np.int64], Array]:
    patients = len(parameters)
    day = np.empty((patients, len(doses)))
    state = np.empty((patients, len(doses)), dtype=np.int64)
    added = np.empty((patients, len(doses)))
    for position, dose in enumerate(doses):
        route = model.route(dose.route)
        where = f"{model.key}: dose {position + 1} ({route.key})"
        for name, value in (("day", dose.day), ("amount", dose.amount)):
            if np.shape(value) not in ((), (patients,)):
                raise InputError(f"{where}: {name} must be one number or one per patient.")
            if not np.isfinite(np.asarray(value, dtype=float)).all():
                raise InputError(f"{where}: {name} must be a finite number.")
        if (np.asarray(dose.amount) < 0).any():
            raise InputError(f"{where}: the amount must be 0 {route.unit} or more.")
        if (np.asarray(dose.day) < start).any():
            raise InputError(f"{where}: the day is before the start; begin the days at the first dose or before.")
        day[:, position] = dose.day
        state[:, position] = model.state(route.state)
        added[:, position] = np.asarray(dose.amount, dtype=float) * rates.factor(model, route.key, parameters)
    order = np.argsort(day, axis=1, kind="stable")
    return tuple(np.ascontiguousarray(np.take_along_axis(a, order, axis=1)) for a in (day, state, added))  # type: ignore[return-value]
