"""Population fit by SAEM: expectation-maximization in which simulated patients stand in for the expectation.

Every iteration moves Markov chains over patients' parameters, draws what was below the limit, and updates the
population from running sums: first freely, so that it wanders to the likely region, then averaging with weight 1/k.

Source: Kuhn and Lavielle 2005, Comput Stat Data Anal 49:1020; values below the limit: Samson, Lavielle and Mentré 2006,
Comput Stat Data Anal 51:1562 [both recalled, unverified].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri_exp

from remit.biology.chains import Chains, Chance, Population, begin, sweep
from remit.biology.effects import Effect, effects
from remit.biology.identifiability import RECOMMENDED, advise
from remit.biology.information import Information, gather
from remit.biology.likelihood import Marginal, marginal
from remit.biology.model import Model
from remit.biology.readings import Cohort, Reader, reader
from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]
Report = Callable[[int, int], None]

_CHAINS_IN_ALL: Final = 60
_SLOWEST_FALL: Final = 0.95
_LEAST_SPREAD: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to fit.

    explore      iterations with full weight on the newest draw
    settle       iterations that average
    information  sweeps at the end, population held still, for standard errors and the patients' own values
    chains       per patient; 0 means as many as make 60 in all
    """

    explore: int = 150
    settle: int = 100
    information: int = 150
    chains: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number of the population.

    name            "krej", "spread of krej", "residual of b-cells"
    value           in the parameter's own unit; spreads and residuals are SDs on the parameter's or the log scale
    standard_error  in the same unit; NaN when the readings do not determine it
    low, high       95 % limits, made where the estimate is nearest to normal (phi, and the logarithm of an SD)
    """

    name: str
    value: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True)
class Fit:
    """A fitted population.

    effects         the effects at their fitted values, nothing left to estimate: what a forecast takes
    sigma           (observables,) fitted residual SDs
    estimates       everything that was estimated
    trace           (iterations, estimates) the path of phi, spread and residual; `explore` iterations come first
    settled         per estimate: whether the second half of the averaging stood still
    shrinkage       (effects,) 1 - SD of the patients' mean deviations over the spread; near 1: patients say nothing
    patient_phi, patient_sd  (patients, effects) mean and SD of each patient's phi given the readings
    marginal        log-likelihood with the patients integrated out
    warnings        sentences for the reader of the numbers
    limits          what the model is not for
    """

    model: str
    observables: tuple[str, ...]
    effects: tuple[Effect, ...]
    sigma: Array
    estimates: tuple[Estimate, ...]
    trace: Array
    settled: tuple[bool, ...]
    shrinkage: Array
    patient_phi: Array
    patient_sd: Array
    marginal: Marginal
    warnings: tuple[str, ...]
    limits: tuple[str, ...]

    def of(self, name: str) -> Estimate:
        """One estimate by its name; InputError when it was not estimated."""
        for estimate in self.estimates:
            if estimate.name == name:
                return estimate
        raise InputError(f'"{name}" was not estimated; there are: {", ".join(e.name for e in self.estimates)}.')


def fit(
    model: Model,
    cohort: Cohort,
    seed: int,
    chosen: Sequence[Effect] = (),
    schedule: Schedule | None = None,
    report: Report | None = None,
) -> Fit:
    """Fit typical values, spreads and residuals; the same numbers for the same seed on the same machine.

    chosen  what differs between patients; empty means what the model recommends, from its own values
    report  called with (iterations done, iterations in all)
    raises  InputError for readings, effects or parameters that cannot be, or cannot be told apart
    """
    wanted = tuple(chosen) or effects(model, RECOMMENDED.get(model.key, ()))
    warnings = list(advise(model, wanted, cohort.observables))
    plan = schedule or Schedule()
    copies = plan.chains or max(1, -(-_CHAINS_IN_ALL // cohort.patients))
    laid = reader(model, cohort, wanted, copies)
    free = Free.of(wanted, laid)
    population = Population(
        typical=laid.scales.phi(np.array([effect.typical for effect in wanted])),
        spread=np.array([effect.spread for effect in wanted]),
        sigma=np.full(len(cohort.readings), 0.5),
    )
    total = plan.explore + plan.settle + plan.information
    chains = begin(laid, population.typical)
    sums: Sums | None = None
    trace = []
    for iteration in range(plan.explore + plan.settle):
        rng = stream(seed, "saem", iteration)
        chains = sweep(laid, chains, population, rng, adapt=True)
        fresh = Sums.of(laid, chains, population, rng)
        averaging = iteration - plan.explore + 1
        sums = fresh if sums is None or averaging < 1 else sums.toward(fresh, 1.0 / averaging)
        after = free.update(population, sums)
        if iteration < plan.explore // 2:
            after = _no_sudden_fall(population, after)
        population = after
        trace.append(free.vector(population))
        if report is not None:
            report(iteration + 1, total)
    found = gather(laid, chains, population, free.index, plan.information, seed)
    if report is not None:
        report(total, total)
    path = np.array(trace)
    estimates = _estimates(laid, wanted, free, population, found)
    settled = _settled(path[plan.explore :], found)
    warnings += found.warnings
    restless = [e.name for e, still in zip(estimates, settled, strict=True) if not still]
    warnings += [f"{name} has not settled; fit longer." for name in restless]
    deviation = (found.mean - population.typical).std(axis=0)
    shrinkage = 1.0 - deviation / population.spread
    values = laid.scales.values(population.typical)[0]
    return Fit(
        model=model.key,
        observables=cohort.observables,
        effects=tuple(
            Effect(effect.parameter, float(values[k]), float(population.spread[k]), False, False)
            for k, effect in enumerate(wanted)
        ),
        sigma=population.sigma,
        estimates=estimates,
        trace=path,
        settled=settled,
        shrinkage=shrinkage,
        patient_phi=found.mean,
        patient_sd=np.sqrt(np.maximum(np.einsum("ikk->ik", found.covariance), 0.0)),
        marginal=marginal(model, cohort, wanted, population, found.mean, found.covariance, seed),
        warnings=tuple(warnings),
        limits=model.limits,
    )


@dataclass(frozen=True)
class Free:
    """Which numbers a fit moves, as one vector: typical phi, then spreads, then residuals of what was ever measured."""

    typical: NDArray[np.int64]
    spread: NDArray[np.int64]
    sigma: NDArray[np.int64]

    @staticmethod
    def of(chosen: Sequence[Effect], laid: Reader) -> Free:
        """What these effects and readings leave free; a residual needs at least one value above the limit."""
        measured = np.unique(laid.kind[~laid.below])
        return Free(
            np.array([k for k, effect in enumerate(chosen) if effect.estimate_typical], dtype=np.int64),
            np.array([k for k, effect in enumerate(chosen) if effect.estimate_spread], dtype=np.int64),
            measured.astype(np.int64),
        )

    @property
    def index(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The three lists of positions."""
        return self.typical, self.spread, self.sigma

    def vector(self, population: Population) -> Array:
        """The free numbers of a population."""
        return np.concatenate(
            [population.typical[self.typical], population.spread[self.spread], population.sigma[self.sigma]]
        )

    def update(self, population: Population, sums: Sums) -> Population:
        """The population that makes the sums likeliest."""
        typical = population.typical.copy()
        typical[self.typical] = sums.first[self.typical]
        around = sums.second - 2.0 * typical * sums.first + typical**2
        spread = population.spread.copy()
        spread[self.spread] = np.sqrt(np.maximum(around[self.spread], _LEAST_SPREAD**2))
        sigma = population.sigma.copy()
        sigma[self.sigma] = np.sqrt(np.maximum(sums.residual[self.sigma], _LEAST_SPREAD**2))
        return Population(typical, spread, sigma)


@dataclass(frozen=True)
class Sums:
    """What the update needs: means of phi and its square over patients, mean square residual per observable."""

    first: Array
    second: Array
    residual: Array

    @staticmethod
    def of(laid: Reader, chains: Chains, population: Population, rng: Chance) -> Sums:
        """From where the chains stand, with what was below the limit drawn below it."""
        square = residuals(laid, chains.log_course, population.sigma, rng) ** 2
        kinds = len(laid.cohort.readings)
        mean = [square[:, laid.kind == k].mean() if (laid.kind == k).any() else np.nan for k in range(kinds)]
        return Sums(chains.phi.mean(axis=(0, 1)), (chains.phi**2).mean(axis=(0, 1)), np.array(mean))

    def toward(self, fresh: Sums, weight: float) -> Sums:
        """The running average."""
        return Sums(
            self.first + weight * (fresh.first - self.first),
            self.second + weight * (fresh.second - self.second),
            self.residual + weight * (fresh.residual - self.residual),
        )


def residuals(laid: Reader, log_course: Array, sigma: Array, rng: Chance) -> Array:
    """(copies, readings) log-value less log-course; for a reading below the limit, one drawn from below it."""
    spread = sigma[laid.kind]
    out = laid.log_value - log_course
    # inverse of the distribution function on the log scale, which also holds far out in the tail
    limit = out[:, laid.below] / spread[laid.below]
    out[:, laid.below] = spread[laid.below] * ndtri_exp(np.log(rng.random(limit.shape)) + log_ndtr(limit))
    return out


def _no_sudden_fall(before: Population, after: Population) -> Population:
    """Keep variances from collapsing before the typical values have arrived (simulated annealing)."""
    fall = np.sqrt(_SLOWEST_FALL)
    return replace(
        after,
        spread=np.maximum(after.spread, fall * before.spread),
        sigma=np.maximum(after.sigma, fall * before.sigma),
    )


def _estimates(
    laid: Reader, chosen: Sequence[Effect], free: Free, population: Population, found: Information
) -> tuple[Estimate, ...]:
    error = found.standard_error
    out, position = [], 0
    for k in free.typical:
        phi, width = population.typical, 1.96 * error[position]
        value, low, high = (float(laid.scales.values(_shifted(phi, k, by))[0][k]) for by in (0.0, -width, width))
        out.append(Estimate(chosen[k].parameter, value, float(laid.scales.slope(phi)[k] * error[position]), low, high))
        position += 1
    named = [(f"spread of {chosen[k].parameter}", float(population.spread[k])) for k in free.spread]
    named += [(f"residual of {laid.cohort.observables[k]}", float(population.sigma[k])) for k in free.sigma]
    for name, value in named:
        factor = float(np.exp(1.96 * error[position]))
        out.append(Estimate(name, value, float(value * error[position]), value / factor, value * factor))
        position += 1
    return tuple(out)


def _shifted(phi: Array, column: int, by: float) -> Array:
    out = phi.copy()
    out[column] += by if np.isfinite(by) else 0.0
    return out


def _settled(path: Array, found: Information) -> tuple[bool, ...]:
    """Whether the last half of the averaging moved less than half a standard error."""
    late = path[len(path) // 2 :]
    if len(late) == 0:
        return (False,) * len(found.standard_error)
    moved = late.max(axis=0) - late.min(axis=0)
    unit = found.standard_error * np.where(found.is_log, late[-1], 1.0)
    # an error that is not known compares as false
    return tuple((moved <= 0.5 * unit).tolist())
