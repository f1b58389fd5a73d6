"""A model whose hierarchical likelihood is known in closed form: on the log scale everything is linear and normal."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from remit.biology.model import Model, Observable, Parameter, State
from remit.biology.readings import Cohort, Readings

LINEAR = Model(
    key="linear",
    title="Two levels that never move",
    parameters=(
        Parameter("a", 5.0, "1", "level", "assumed", "test", 0.5),
        Parameter("c", 2.0, "1", "ratio of the second reading to the first", "assumed", "test", 0.3),
    ),
    states=(State("X", "1", "level", "a", "0*X", 1e-3), State("Y", "1", "level", "a*c", "0*Y", 1e-3)),
    observables=(Observable("first", "1", "level", "X"), Observable("second", "1", "both levels", "Y")),
    sources=(),
)
DESIGN = {"first": np.array([1.0, 0.0]), "second": np.array([1.0, 1.0])}


def drawn(patients: int, seed: int, limit: float = 0.0) -> Cohort:
    """Uneven numbers of readings per patient; truth: log a ~ N(log 5, .5²), log c ~ N(log 2, .3²), residuals .2, .4."""
    rng = np.random.default_rng(seed)
    phi = np.log([5.0, 2.0]) + rng.standard_normal((patients, 2)) * [0.5, 0.3]
    readings = []
    for key, residual in (("first", 0.2), ("second", 0.4)):
        who = np.repeat(np.arange(patients), rng.integers(1, 5, patients))
        day = np.concatenate([np.arange(1.0, 1 + (who == row).sum()) for row in range(patients)])
        value = np.exp(phi[who] @ DESIGN[key] + residual * rng.standard_normal(len(who)))
        readings.append(Readings(key, who, day, np.maximum(value, limit), value < limit))
    return Cohort(patients, (), 0.0, tuple(readings))


def negative_log_likelihood(theta: np.ndarray, cohort: Cohort) -> float:
    """Of (typical a, c; log spreads; log residuals): each patient's log-values are one multivariate normal."""
    mean, spread, residual = theta[:2], np.exp(theta[2:4]), np.exp(theta[4:])
    total = 0.0
    for row in range(cohort.patients):
        y, design, sd = [], [], []
        for kind, readings in enumerate(cohort.readings):
            own = readings.value[readings.patient == row]
            y += list(np.log(own))
            design += [DESIGN[readings.observable]] * len(own)
            sd += [residual[kind]] * len(own)
        matrix = np.array(design)
        covariance = matrix @ np.diag(spread**2) @ matrix.T + np.diag(np.square(sd))
        rest = np.array(y) - matrix @ mean
        total += 0.5 * rest @ np.linalg.solve(covariance, rest) + 0.5 * np.linalg.slogdet(2 * np.pi * covariance)[1]
        # the density of the values, not of their logarithms
        total += np.sum(y)
    return float(total)


def best(cohort: Cohort) -> tuple[np.ndarray, np.ndarray, float]:
    """Maximum-likelihood (typical, log-spreads, log-residuals), their standard errors, and the log-likelihood."""
    start = np.array([*np.log([5.0, 2.0]), *np.log([0.5, 0.3]), *np.log([0.2, 0.4])])
    found = minimize(negative_log_likelihood, start, args=(cohort,), method="BFGS", options={"gtol": 1e-6})
    size = len(start)
    curvature = np.zeros((size, size))
    step = 1e-3 * np.eye(size)
    for i in range(size):
        for j in range(size):
            curvature[i, j] = sum(
                a * b * negative_log_likelihood(found.x + a * step[i] + b * step[j], cohort)
                for a in (1, -1)
                for b in (1, -1)
            ) / (4 * 1e-6)
    return found.x, np.sqrt(np.diag(np.linalg.inv(curvature))), -float(found.fun)
