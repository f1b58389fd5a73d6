"""The likelihood of a population with the patients integrated out, by importance sampling.

Each patient's parameters are drawn from a wide t distribution around what the fit found for that patient. Two fits to
the same readings are compared by it; its Monte-Carlo error is stated beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from remit.biology.chains import Population, log_prior
from remit.biology.effects import Effect
from remit.biology.model import Model
from remit.biology.readings import Cohort, reader
from remit.streams import stream

Array = NDArray[np.float64]

FREEDOM: Final = 5.0
_COPIES: Final = 100


@dataclass(frozen=True)
class Marginal:
    """Log-likelihood of all readings, (patients,) of each patient's, and the Monte-Carlo standard error of the sum."""

    log_likelihood: float
    by_patient: Array
    error: float


def marginal(
    model: Model,
    cohort: Cohort,
    chosen: Sequence[Effect],
    population: Population,
    mean: Array,
    covariance: Array,
    seed: int,
    draws: int = 1000,
) -> Marginal:
    """Integrate over phi with about `draws` draws per patient.

    mean, covariance  (patients, effects), (patients, effects, effects) of phi given the readings: where to draw
    """
    size = mean.shape[1]
    laid = reader(model, cohort, chosen, _COPIES)
    # never narrower than a tenth of the population, so that a patient whose chain stood still is still covered
    root = np.asarray(np.linalg.cholesky(covariance + np.diag((0.1 * population.spread) ** 2)), dtype=np.float64)
    log_weights = []
    for number in range(-(-draws // _COPIES)):
        rng = stream(seed, "marginal", number)
        normal = rng.standard_normal((_COPIES, len(mean), size))
        stretch = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, (_COPIES, len(mean), 1)))
        standard: Array = normal * stretch
        phi = mean + np.einsum("iab,cib->cia", root, standard)
        log_course, good = laid.predict(phi)
        prior = log_prior(phi, population) - np.log(population.spread).sum() - 0.5 * size * np.log(2.0 * np.pi)
        log_weights.append(laid.total(log_course, good, population.sigma) + prior - _log_t(standard, root))
    weights = np.concatenate(log_weights)
    each = logsumexp(weights, axis=0) - np.log(len(weights))
    relative = np.exp(weights - each)
    error = float(np.sqrt((relative.var(axis=0) / len(weights)).sum()))
    return Marginal(float(each.sum()), np.asarray(each), error)


def _log_t(standard: Array, root: Array) -> Array:
    size = standard.shape[-1]
    determinant = np.log(np.einsum("iaa->ia", root)).sum(axis=1)
    constant = gammaln((FREEDOM + size) / 2) - gammaln(FREEDOM / 2) - 0.5 * size * np.log(FREEDOM * np.pi)
    distance = (standard**2).sum(axis=-1)
    return np.asarray(constant - determinant - 0.5 * (FREEDOM + size) * np.log1p(distance / FREEDOM))
