"""Slow, obvious second ways to solve a model: scipy between the stops, and fixed Rosenbrock steps in numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from remit.biology import Model, rates
from remit.biology.solver import Dose
from remit.biology.tableaus import Tableau

Array = NDArray[np.float64]


def scipy_course(
    model: Model, parameters: Array, doses: Sequence[Dose], days: Array, method: str = "LSODA", tolerance: float = 1e-11
) -> Array:
    """(times, states) of one patient; on the day of a dose the value before it."""
    small = np.array([state.small for state in model.states])
    values = rates.start(model, parameters)
    switches = [float(day) for day in rates.switch_days(model, parameters)]
    stops = sorted({*(float(np.asarray(dose.day)) for dose in doses), *switches, float(days[-1])})
    out, now = [values.copy()], float(days[0])
    for stop in [s for s in stops if now <= s <= days[-1]]:
        if stop > now:
            inside = days[(days > now) & (days <= stop)]
            # switches are read in the middle of the piece, where they cannot be about to change
            middle = (now + stop) / 2
            piece = solve_ivp(
                lambda _, y, at=middle: rates.rates(model, at, y, parameters),
                (now, stop),
                values,
                method=method,
                t_eval=np.unique([*inside, stop]),
                rtol=tolerance,
                atol=tolerance * small,
                jac=lambda _, y, at=middle: rates.jacobian(model, at, y, parameters),
            )
            assert piece.success
            out += list(piece.y.T[: len(inside)])
            values, now = piece.y[:, -1].copy(), stop
        for dose in doses:
            if float(np.asarray(dose.day)) == stop:
                route = model.route(dose.route)
                values[model.state(route.state)] += float(np.asarray(dose.amount)) * rates.factor(
                    model, route.key, parameters
                )
    return np.array(out)


def fixed_step(
    tableau: Tableau, rate: Callable[[Array], Array], jacobian: Callable[[Array], Array], values: Array, step: float
) -> tuple[Array, Array, Callable[[float], Array]]:
    """One step with full matrices: (new values, error, values at a share of the step)."""
    matrix = np.eye(len(values)) / (step * tableau.gamma) - jacobian(values)
    stages: list[Array] = []
    point = values
    for a, c in zip(tableau.a, tableau.c, strict=True):
        point = values + sum((k * u for k, u in zip(a, stages, strict=True)), np.zeros_like(values))
        right = rate(point) + sum((k / step * u for k, u in zip(c, stages, strict=True)), np.zeros_like(values))
        stages.append(np.linalg.solve(matrix, right))
    new = point + stages[-1]
    bends = [sum((k * u for k, u in zip(row, stages, strict=True)), np.zeros_like(values)) for row in tableau.dense]

    def between(share: float) -> Array:
        inner = bends[-1]
        for bend in reversed(bends[:-1]):
            inner = bend + share * inner
        return (1 - share) * values + share * (new + (1 - share) * inner)

    return new, stages[-1], between
