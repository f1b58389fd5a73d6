"""What a patient's readings say of that patient's parameters, given the population: a cloud of draws.

Draws from the population are led to the patient's readings through powers of the likelihood that rise from 0 to 1. At
each power the draws are chosen again in proportion to their weight and then moved by a Markov kernel that knows the
cloud's mean and covariance, so that it keeps pace in many dimensions. All patients go at once, each at its own pace.

Sources: Del Moral, Doucet and Jasra 2006, J R Stat Soc B 68:411; the kernel: Cotter et al. 2013, Stat Sci 28:424, here
around the cloud instead of the prior [both recalled, unverified].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.biology.chains import Chance, Population, log_prior
from remit.biology.effects import Effect
from remit.biology.model import Model
from remit.biology.readings import Cohort, Reader, reader
from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]
Report = Callable[[int, int], None]

_KEEP: Final = 0.5
"""Share of the draws that one rise of the power may leave effective."""
_LONGEST: Final = 40


@dataclass(frozen=True)
class Cloud:
    """Equally weighted draws.

    effects        the population's effects, in order
    phi            (draws, patients, effects)
    log_evidence   (patients,) of the readings, the parameters integrated out
    rises          powers that the slowest patient took
    unique         (patients,) share of distinct draws at the end; below some 0.5 the cloud is thin
    """

    effects: tuple[Effect, ...]
    phi: Array
    log_evidence: Array
    rises: int
    unique: Array


def posterior(
    model: Model,
    cohort: Cohort,
    chosen: Sequence[Effect],
    sigma: Sequence[float] | Array,
    seed: int,
    draws: int = 400,
    moves: int = 6,
    place: tuple[str | int, ...] = (),
    report: Report | None = None,
) -> Cloud:
    """Draws of phi for every patient of the cohort.

    chosen, sigma  the population, held still: a fit's `effects` and `sigma`, or assumed
    moves          Markov moves after each rise
    place          names this posterior, so that two with one seed draw different numbers
    raises         InputError when a patient's readings are so far from the population that no draw reaches them
    """
    if draws < 50:
        raise InputError("A posterior needs at least 50 draws.")
    laid = reader(model, cohort, chosen, draws)
    population = Population(
        laid.scales.phi(np.array([effect.typical for effect in chosen])),
        np.array([effect.spread for effect in chosen]),
        np.asarray(sigma, dtype=float),
    )
    shape = (draws, cohort.patients, len(chosen))
    phi = population.typical + population.spread * stream(seed, *place, "posterior", "start").standard_normal(shape)
    likely = laid.total(*laid.predict(phi), population.sigma)
    power = np.zeros(cohort.patients)
    evidence = np.zeros(cohort.patients)
    scale = np.full(cohort.patients, 0.5)
    rises = 0
    while (power < 1.0).any():
        if rises == _LONGEST or not np.isfinite(likely).any(axis=0).all():
            raise InputError(f"{model.key}: the readings of a patient are out of the population's reach.")
        rise = np.array([_rise(likely[:, i], 1.0 - power[i]) for i in range(cohort.patients)])
        rng = stream(seed, *place, "posterior", rises)
        weight, gain = _weights(likely, rise)
        evidence += gain
        power = np.minimum(power + rise, 1.0)
        chosen_rows = _resample(weight, rng)
        columns = np.arange(cohort.patients)
        phi, likely = phi[chosen_rows, columns], likely[chosen_rows, columns]
        for _ in range(moves):
            phi, likely, scale = _move(laid, population, phi, likely, power, scale, rng)
        rises += 1
        if report is not None:
            report(int(1000 * power.min()), 1000)
    unique = np.array([len(np.unique(phi[:, i, 0])) / draws for i in range(cohort.patients)])
    return Cloud(tuple(chosen), phi, evidence, rises, unique)


def _rise(likely: Array, left: float) -> float:
    """The greatest rise of the power that leaves the wanted share of draws effective."""

    def effective(rise: float) -> float:
        weight = np.exp(rise * (likely - likely.max()))
        return float(weight.sum() ** 2 / (weight**2).sum() / len(weight))

    if left <= 0 or effective(left) >= _KEEP:
        return max(left, 0.0)
    low, high = 0.0, left
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) >= _KEEP else (low, middle)
    # where most draws are impossible no rise is small enough; take the step that only drops those
    return max(low, 1e-6 * left)


def _weights(likely: Array, rise: Array) -> tuple[Array, Array]:
    top = likely.max(axis=0)
    weight = np.where(rise > 0, np.exp(rise * (likely - top)), 1.0)
    return weight / weight.sum(axis=0), np.log(weight.mean(axis=0)) + rise * top


def _resample(weight: Array, rng: Chance) -> NDArray[np.int64]:
    """Systematic choice per patient: (draws, patients) rows."""
    draws, patients = weight.shape
    points = (np.arange(draws)[:, None] + rng.random(patients)) / draws
    edges = np.cumsum(weight, axis=0)
    edges[-1] = 1.0
    rows = [np.searchsorted(edges[:, i], points[:, i]) for i in range(patients)]
    return np.asarray(np.minimum(np.column_stack(rows), draws - 1), dtype=np.int64)


def _move(
    laid: Reader,
    population: Population,
    phi: Array,
    likely: Array,
    power: Array,
    scale: Array,
    rng: Chance,
) -> tuple[Array, Array, Array]:
    """Keep a share of each draw's place in the cloud and redraw the rest; the cloud's own density is corrected for."""
    mean = phi.mean(axis=0)
    centered = phi - mean
    covariance = np.einsum("cia,cib->iab", centered, centered) / len(phi)
    # a little of the population keeps the covariance of few draws invertible
    covariance = 0.95 * covariance + 0.05 * np.diag(population.spread**2)
    root = np.linalg.cholesky(covariance)
    fresh = np.einsum("iab,cib->cia", root, rng.standard_normal(phi.shape))
    reach = scale[:, None]
    proposed = mean + np.sqrt(1.0 - reach**2) * centered + reach * fresh
    proposed_likely = laid.total(*laid.predict(proposed), population.sigma)
    before = power * likely + log_prior(phi, population) - _log_normal(centered, root)
    after = power * proposed_likely + log_prior(proposed, population) - _log_normal(proposed - mean, root)
    taken = np.log(rng.random(likely.shape)) < after - before
    scale = np.clip(scale * np.exp(taken.mean(axis=0) - 0.35), 0.05, 0.99)
    return np.where(taken[..., None], proposed, phi), np.where(taken, proposed_likely, likely), scale


def _log_normal(centered: Array, root: Array) -> Array:
    standard = np.linalg.solve(root[None], centered[..., None])[..., 0]
    return np.asarray(-0.5 * (standard**2).sum(axis=-1))
