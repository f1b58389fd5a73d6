"""The cloud of draws against the normal posterior that the linear model has."""

from __future__ import annotations

import numpy as np
from scipy import stats

from remit.biology.effects import effects
from remit.biology.posterior import posterior
from rooms.biology.hierarchical import DESIGN, LINEAR, drawn

SIGMA, TYPICAL, SPREAD = (0.2, 0.4), np.log([5.0, 2.0]), np.array([0.5, 0.3])


def test_mean_covariance_and_evidence_are_exact_to_their_monte_carlo_error() -> None:
    cohort = drawn(20, 3)
    cloud = posterior(LINEAR, cohort, effects(LINEAR, ("a", "c"), fixed=True), SIGMA, 1, draws=2000)

    for row in range(20):
        values, design, sd = [], [], []
        for kind, readings in enumerate(cohort.readings):
            own = np.log(readings.value[readings.patient == row])
            values += list(own)
            design += [DESIGN[readings.observable]] * len(own)
            sd += [SIGMA[kind]] * len(own)
        matrix, weight = np.array(design), 1 / np.square(sd)
        covariance = np.linalg.inv(np.diag(1 / SPREAD**2) + (matrix.T * weight) @ matrix)
        mean = covariance @ (TYPICAL / SPREAD**2 + (matrix.T * weight) @ values)
        of_values = matrix @ np.diag(SPREAD**2) @ matrix.T + np.diag(np.square(sd))
        evidence = stats.multivariate_normal.logpdf(values, matrix @ TYPICAL, of_values) - sum(values)

        error = np.sqrt(np.diag(covariance))
        # 2,000 draws, some of them related: a mean is known to a fortieth of an SD, an SD to 2 %
        assert (np.abs(cloud.phi[:, row].mean(axis=0) - mean) < 0.12 * error).all()
        assert (np.abs(cloud.phi[:, row].std(axis=0) / error - 1) < 0.08).all()
        assert abs(cloud.log_evidence[row] - evidence) < 0.15


def test_quantiles_are_uniform_over_patients_drawn_from_the_population() -> None:
    # patients drawn from the very population: the truth's rank in its cloud is uniform (simulation-based calibration)
    truth = np.log([5.0, 2.0]) + np.random.default_rng(7).standard_normal((60, 2)) * [0.5, 0.3]
    cohort = drawn(60, 7)
    cloud = posterior(LINEAR, cohort, effects(LINEAR, ("a", "c"), fixed=True), SIGMA, 1, draws=300)

    ranks = (cloud.phi < truth).mean(axis=0)

    for column in range(2):
        assert stats.kstest(ranks[:, column], "uniform").pvalue > 1e-3
