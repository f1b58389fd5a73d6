"""SAEM, its standard errors and its likelihood against closed forms and against plain quadrature."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

from remit.biology.chains import Population
from remit.biology.effects import effects
from remit.biology.likelihood import marginal
from remit.biology.profile import profile
from remit.biology.readings import Cohort, Readings, reader
from remit.biology.saem import Fit, Schedule, fit
from rooms.biology.hierarchical import LINEAR, best, drawn, negative_log_likelihood

COHORT = drawn(40, 3)
LONG = Schedule(explore=60, settle=400, information=400, chains=5)


@cache
def fitted() -> Fit:
    return fit(LINEAR, COHORT, 1, effects(LINEAR, ("a", "c")), LONG)


def test_saem_finds_the_maximum_of_the_exact_likelihood() -> None:
    exact, _, _ = best(COHORT)
    values = np.array([e.value for e in fitted().estimates])

    # a hundredth on the log scale; half of the narrowest standard error is 0.03
    np.testing.assert_allclose(np.log(values), exact, atol=0.01)


def test_standard_errors_are_those_of_the_exact_curvature() -> None:
    _, error, _ = best(COHORT)

    # the SE of a logarithm is the SE over the value; 6 %: Monte-Carlo error of Louis's difference
    seen = np.array([e.standard_error / e.value for e in fitted().estimates])
    np.testing.assert_allclose(seen, error, rtol=0.06)


def test_marginal_likelihood_is_the_exact_one() -> None:
    _, _, exact = best(COHORT)
    seen = fitted().marginal

    assert seen.error < 0.2
    assert seen.log_likelihood == pytest.approx(exact, abs=4 * seen.error + 0.02)


def test_patients_means_and_shrinkage_are_those_of_the_normal_model() -> None:
    found = fitted()
    typical = np.log([e.typical for e in found.effects])
    spread = np.array([e.spread for e in found.effects])
    means = []
    for row in range(COHORT.patients):
        precision, pull = np.diag(1 / spread**2), typical / spread**2
        for kind, (readings, direction) in enumerate(zip(COHORT.readings, ([1, 0], [1, 1]), strict=True)):
            own = np.log(readings.value[readings.patient == row])
            precision = precision + len(own) * np.outer(direction, direction) / found.sigma[kind] ** 2
            pull = pull + own.sum() * np.array(direction) / found.sigma[kind] ** 2
        means.append(np.linalg.solve(precision, pull))
    exact = np.array(means)

    np.testing.assert_allclose(found.patient_phi, exact, atol=0.04)
    np.testing.assert_allclose(found.shrinkage, 1 - (exact - typical).std(axis=0) / spread, atol=0.03)


def one_patient(below: bool) -> Cohort:
    days = np.array([1.0, 2.0, 3.0])
    first = Readings("first", np.zeros(3, dtype=int), days, np.array([6.0, 4.0, 4.0]), np.array([False, below, below]))
    second = Readings("second", np.zeros(1, dtype=int), days[:1], np.array([9.0]), np.array([False]))
    return Cohort(1, (), 0.0, (first, second))


def test_likelihood_with_values_below_the_limit_is_that_of_plain_quadrature() -> None:
    chosen = effects(LINEAR, ("a", "c"))
    population = Population(np.log([5.0, 2.0]), np.array([0.5, 0.3]), np.array([0.3, 0.4]))
    a, c = np.meshgrid(np.linspace(-2.5, 2.5, 801), np.linspace(-2.0, 2.0, 801), indexing="ij")
    log_a, log_c = np.log(5.0) + a, np.log(2.0) + c
    density = stats.norm.pdf(a, 0, 0.5) * stats.norm.pdf(c, 0, 0.3)
    density *= stats.lognorm.pdf(6.0, 0.3, scale=np.exp(log_a)) * stats.lognorm.pdf(
        9.0, 0.4, scale=np.exp(log_a + log_c)
    )
    density *= stats.lognorm.cdf(4.0, 0.3, scale=np.exp(log_a)) ** 2
    exact = np.log(density.sum() * 5.0 / 800 * 4.0 / 800)

    mean, covariance = np.log([[5.0, 2.0]]), np.diag([0.1, 0.1])[None]
    seen = marginal(LINEAR, one_patient(below=True), chosen, population, mean, covariance, 1, draws=20_000)

    assert seen.log_likelihood == pytest.approx(exact, abs=4 * seen.error)
    assert seen.error < 0.02


def test_without_any_value_below_the_limit_the_censored_likelihood_is_the_plain_one() -> None:
    laid = reader(LINEAR, one_patient(below=False), effects(LINEAR, ("a", "c")), 1)
    phi = np.log([[[5.5, 1.8]]])
    exact = sum(stats.lognorm.logpdf(v, 0.3, scale=5.5) for v in (6.0, 4.0, 4.0)) + stats.lognorm.logpdf(
        9.0, 0.4, scale=9.9
    )

    assert laid.total(*laid.predict(phi), np.array([0.3, 0.4]))[0, 0] == pytest.approx(exact, rel=1e-12)


def censored(cohort: Cohort, limit: float) -> Cohort:
    parts = [
        replace(readings, value=np.maximum(readings.value, limit), below=readings.value < limit)
        for readings in cohort.readings
    ]
    return replace(cohort, readings=tuple(parts))


def test_a_third_below_the_limit_moves_the_fit_less_than_its_error() -> None:
    # one observable and one effect: the exact censored likelihood is a quadrature per patient
    cohort = Cohort(40, (), 0.0, (censored(COHORT, 4.0).readings[0],))
    share = cohort.readings[0].below.mean()
    chosen = effects(LINEAR, ("a",))

    found = fit(LINEAR, cohort, 1, chosen, LONG)

    assert 0.2 < share < 0.45
    grid = np.linspace(-3, 3, 601)

    def exact(theta: np.ndarray) -> float:
        mean, spread, residual = theta[0], np.exp(theta[1]), np.exp(theta[2])
        total, readings = 0.0, cohort.readings[0]
        log_a = mean + spread * grid
        for row in range(40):
            own = readings.patient == row
            z = (np.log(readings.value[own])[:, None] - log_a) / residual
            each = np.where(readings.below[own][:, None], stats.norm.logcdf(z), stats.norm.logpdf(z) - np.log(residual))
            total += np.log((np.exp(each.sum(axis=0)) * stats.norm.pdf(grid)).sum() * 0.01)
        return -total

    expected = minimize(exact, np.log([5.0, 0.5, 0.2]), method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-7}).x
    np.testing.assert_allclose(np.log([e.value for e in found.estimates]), expected, atol=0.01)


def test_a_profile_is_the_exact_one() -> None:
    cohort = drawn(15, 2)
    grid = (3.4, 4.0, 4.6, 5.2, 6.0, 7.5, 9.0)
    exact = []
    for value in grid:

        def held(theta: np.ndarray, value: float = value) -> float:
            return negative_log_likelihood(np.array([np.log(value), *theta]), cohort)

        exact.append(-minimize(held, np.log([2.0, 0.5, 0.3, 0.2, 0.4]), method="BFGS").fun)

    schedule = Schedule(explore=40, settle=60, information=60, chains=4)
    seen = profile(LINEAR, cohort, "a", grid, 1, effects(LINEAR, ("a", "c")), schedule)

    np.testing.assert_allclose(seen.log_likelihood, exact, atol=0.3)
    assert 3.4 < seen.low < 5.2 < seen.high < 9.0
    assert not seen.flat
