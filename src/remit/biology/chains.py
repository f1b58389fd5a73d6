"""Markov chains over patients' parameters given population values: every patient in every chain moves at once.

Three kinds of move per sweep: a draw from the population (far, seldom taken), one parameter after the other, and all
parameters together. Step lengths adapt until about 40 and 25 % of the moves are taken.

Source: Kuhn and Lavielle 2005, Comput Stat Data Anal 49:1020 [recalled, unverified].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from remit.biology.readings import Reader
from remit.errors import InputError

Array = NDArray[np.float64]

TAKEN_ALONE: Final = 0.4
TAKEN_TOGETHER: Final = 0.25
_ADAPT: Final = 0.3


class Chance(Protocol):
    """What a `remit.streams.stream` gives, as far as it is used here."""

    def standard_normal(self, size: tuple[int, ...], /) -> Array:
        """Normal numbers."""

    def random(self, size: tuple[int, ...], /) -> Array:
        """Uniform numbers between 0 and 1."""


@dataclass(frozen=True)
class Population:
    """What a sweep holds still: typical phi and spread (effects,), residual SD (observables,)."""

    typical: Array
    spread: Array
    sigma: Array


@dataclass(frozen=True)
class Chains:
    """Where the chains stand.

    phi         (copies, patients, effects)
    log_course  (copies, readings)
    step        (effects,) step lengths of single moves over the spread; `together` that of the joint move
    """

    phi: Array
    log_course: Array
    step: Array
    together: float


def begin(reader: Reader, typical: Array) -> Chains:
    """Every chain at the typical patient; InputError when that patient's course cannot be solved."""
    size = len(typical)
    phi = np.tile(typical, (reader.copies, reader.cohort.patients, 1))
    log_course, good = reader.predict(phi)
    if not good.all():
        raise InputError(f"{reader.model.key}: the course at the typical values cannot be solved; start elsewhere.")
    return Chains(phi, log_course, np.full(size, 0.5), 0.5 / np.sqrt(size))


def sweep(reader: Reader, at: Chains, population: Population, rng: Chance, adapt: bool) -> Chains:
    """One move of each kind for everyone; with `adapt` the step lengths follow the share of moves taken."""
    everyone = np.ones((reader.copies, reader.cohort.patients), dtype=bool)
    current = reader.total(at.log_course, everyone, population.sigma)

    fresh = population.typical + population.spread * rng.standard_normal(at.phi.shape)
    # a draw from the population: its density cancels the prior
    at, current, _ = _move(reader, at, current, fresh, population, rng, prior=False)
    step = at.step.copy()
    for column in range(len(step)):
        proposed = at.phi.copy()
        proposed[..., column] += step[column] * population.spread[column] * rng.standard_normal(proposed.shape[:-1])
        at, current, taken = _move(reader, at, current, proposed, population, rng)
        step[column] *= np.exp(_ADAPT * (taken - TAKEN_ALONE)) if adapt else 1.0
    if len(step) == 1:
        return replace(at, step=step)
    length = at.together * step / 0.5
    proposed = at.phi + length * population.spread * rng.standard_normal(at.phi.shape)
    at, _, taken = _move(reader, at, current, proposed, population, rng)
    together = at.together * (np.exp(_ADAPT * (taken - TAKEN_TOGETHER)) if adapt else 1.0)
    return replace(at, step=step, together=float(together))


def _move(
    reader: Reader,
    at: Chains,
    current: Array,
    proposed: Array,
    population: Population,
    rng: Chance,
    prior: bool = True,
) -> tuple[Chains, Array, float]:
    log_course, good = reader.predict(proposed)
    likely = reader.total(log_course, good, population.sigma)
    gain = likely - current
    if prior:
        gain = gain + log_prior(proposed, population) - log_prior(at.phi, population)
    taken = np.log(rng.random(gain.shape)) < gain
    return (
        replace(
            at,
            phi=np.where(taken[..., None], proposed, at.phi),
            log_course=np.where(taken[:, reader.patient], log_course, at.log_course),
        ),
        np.where(taken, likely, current),
        float(taken.mean()),
    )


def log_prior(phi: Array, population: Population) -> Array:
    """Log-density of phi among patients, without its constant: (…, effects) to (…)."""
    score = (phi - population.typical) / population.spread
    return np.asarray(-0.5 * (score**2).sum(axis=-1))
