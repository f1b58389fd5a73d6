"""Standard errors of a population fit, and what it says of each patient, from chains with the population held still.

The observed information is that of the complete data less what is lost because patients' parameters are not seen
(Louis 1982, J R Stat Soc B 44:226 [recalled, unverified]), summed over patients, whose losses are independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from remit.biology.chains import Chains, Population, sweep
from remit.biology.readings import Reader
from remit.streams import stream

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Information:
    """What the chains say at the fitted population.

    standard_error  (free,) of typical phi, log-spreads and log-residuals, in this order; NaN when undetermined
    is_log          (free,) whether the entry is that of a logarithm
    matrix          (free, free) observed information
    mean            (patients, effects) of phi
    covariance      (patients, effects, effects) of phi
    warnings        sentences about the errors
    """

    standard_error: Array
    is_log: NDArray[np.bool_]
    matrix: Array
    mean: Array
    covariance: Array
    warnings: tuple[str, ...]


def gather(
    laid: Reader, chains: Chains, population: Population, free: tuple[Rows, Rows, Rows], sweeps: int, seed: int
) -> Information:
    """Run on for `sweeps` and average scores, curvatures and the patients' parameters.

    free  positions of the estimated typical values, spreads and residuals
    """
    patients, size = laid.cohort.patients, sum(len(part) for part in free)
    effects = chains.phi.shape[-1]
    score, product, curvature = (np.zeros((patients, size, *tail)) for tail in ((), (size,), (size,)))
    first, second = np.zeros((patients, effects)), np.zeros((patients, effects, effects))
    count = max(sweeps, 1) * laid.copies
    for number in range(max(sweeps, 1)):
        chains = sweep(laid, chains, population, stream(seed, "information", number), adapt=False)
        one, two = _complete(laid, chains, population, free)
        score += one.sum(axis=0) / count
        product += np.einsum("cia,cib->iab", one, one) / count
        curvature += two.sum(axis=0) / count
        first += chains.phi.sum(axis=0) / count
        centered = chains.phi - population.typical
        second += np.einsum("cia,cib->iab", centered, centered) / count
    shift = first - population.typical
    covariance = second - np.einsum("ia,ib->iab", shift, shift)
    matrix = (-curvature - product + np.einsum("ia,ib->iab", score, score)).sum(axis=0)
    error, warnings = _errors(matrix, np.einsum("ia,ib->ab", score, score))
    is_log = np.arange(size) >= len(free[0])
    return Information(error, is_log, matrix, first, covariance, warnings)


def _complete(
    laid: Reader, chains: Chains, population: Population, free: tuple[Rows, Rows, Rows]
) -> tuple[Array, Array]:
    """Score (copies, patients, free) and curvature (copies, patients, free, free) with phi as if seen.

    A reading below the limit enters with its own probability, so nothing need be drawn for it.
    """
    typical, spread, sigma = free
    at = (chains.phi - population.typical) / population.spread
    scores = [at[..., typical] / population.spread[typical], at[..., spread] ** 2 - 1.0]
    size = len(typical) + len(spread) + len(sigma)
    curvature = np.zeros((*at.shape[:2], size, size))
    for a, k in enumerate(typical):
        curvature[..., a, a] = -1.0 / population.spread[k] ** 2
        for b, other in enumerate(spread):
            if other == k:
                place = len(typical) + b
                curvature[..., a, place] = curvature[..., place, a] = -2.0 * at[..., k] / population.spread[k]
    for b, k in enumerate(spread):
        place = len(typical) + b
        curvature[..., place, place] = -2.0 * at[..., k] ** 2
    z = (laid.log_value - chains.log_course) / population.sigma[laid.kind]
    # z of a limit, and the ratio of density to distribution function there
    ratio = np.exp(-0.5 * z**2 - 0.5 * np.log(2.0 * np.pi) - log_ndtr(z))
    slope = np.where(laid.below, -z * ratio, z**2 - 1.0)
    bend = np.where(laid.below, z * ratio * (1.0 - z * (z + ratio)), -2.0 * z**2)
    for c, k in enumerate(sigma):
        place = len(typical) + len(spread) + c
        scores.append(laid.by_patient(np.where(laid.kind == k, slope, 0.0))[..., None])
        curvature[..., place, place] = laid.by_patient(np.where(laid.kind == k, bend, 0.0))
    return np.concatenate(scores, axis=-1), curvature


def _errors(matrix: Array, outer: Array) -> tuple[Array, tuple[str, ...]]:
    if len(matrix) == 0:
        return np.zeros(0), ()
    if np.linalg.eigvalsh(matrix).min() > 0:
        return np.sqrt(np.diag(np.linalg.inv(matrix))), ()
    if np.linalg.matrix_rank(outer) == len(outer):
        return np.sqrt(np.diag(np.linalg.inv(outer))), (
            "The observed information is not positive; standard errors come from the patients' scores instead.",
        )
    return np.full(len(matrix), np.nan), (
        "The readings do not determine all parameters; there are no standard errors.",
    )
