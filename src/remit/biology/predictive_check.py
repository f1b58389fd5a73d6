"""Visual predictive check: what was read beside what the fitted population would have read, as tables to draw.

The cohort's own design is simulated again and again: same patients, doses, days and limits. Values below the limit rank
below every other; a quantile that falls among them is not known, and the share below has a panel of its own.

Source: Bergstrand and Karlsson 2009, AAPS J 11:371 [recalled, unverified].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.biology.effects import Effect
from remit.biology.model import Model
from remit.biology.readings import Cohort, Reader, reader
from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]
Report = Callable[[int, int], None]

LEVELS: Final = (0.1, 0.5, 0.9)
_BLOCK: Final = 20


@dataclass(frozen=True)
class Panel:
    """One observable by bins of days.

    edges       (bins + 1,) days; a bin holds what is at or after its first and before its last edge
    count       (bins,) readings
    observed    (bins, 3) quantiles 10, 50 and 90 % of what was read; NaN below the limit or without a reading
    simulated   (bins, 3, 3) of each quantile, its own quantiles 5, 50 and 95 % over replicates; NaN below the limit
    below       (bins,) observed share below the limit
    below_simulated  (bins, 3) quantiles 5, 50 and 95 % over replicates of that share
    """

    observable: str
    edges: Array
    count: NDArray[np.int64]
    observed: Array
    simulated: Array
    below: Array
    below_simulated: Array


def predictive_check(
    model: Model,
    cohort: Cohort,
    chosen: Sequence[Effect],
    sigma: Sequence[float] | Array,
    edges: Sequence[float],
    seed: int,
    replicates: int = 200,
    report: Report | None = None,
) -> tuple[Panel, ...]:
    """One panel per observable.

    chosen, sigma  the fitted population: `fit.effects`, `fit.sigma`
    edges          rising days that bound the bins
    raises         InputError for edges that do not rise, or fewer than 20 replicates
    """
    bounds = np.asarray(edges, dtype=float)
    if len(bounds) < 2 or not (np.diff(bounds) > 0).all():
        raise InputError("A predictive check needs at least two rising bin edges.")
    if replicates < _BLOCK:
        raise InputError(f"A predictive check needs at least {_BLOCK} replicates.")
    laid = reader(model, cohort, chosen, _BLOCK)
    spread = np.asarray(sigma, dtype=float)
    typical = laid.scales.phi(np.array([effect.typical for effect in chosen]))
    between = np.array([effect.spread for effect in chosen])
    limit = _limit(laid)
    made = []
    for first in range(0, replicates, _BLOCK):
        rng = stream(seed, "predictive check", first // _BLOCK)
        normal = rng.standard_normal((_BLOCK, cohort.patients, len(typical)))
        noise = rng.standard_normal((_BLOCK, len(laid.kind)))
        log_course, good = laid.predict(typical + between * normal)
        value = log_course + spread[laid.kind] * noise
        made.append(np.where(good[:, laid.patient], np.where(value < limit, -np.inf, value), np.nan))
        if report is not None:
            report(min(first + _BLOCK, replicates), replicates)
    simulated = np.concatenate(made)[:replicates]
    observed = np.where(laid.below, -np.inf, laid.log_value)
    return tuple(_panel(laid, kind, bounds, observed, simulated) for kind in range(len(cohort.readings)))


def _panel(laid: Reader, kind: int, edges: Array, observed: Array, simulated: Array) -> Panel:
    bins = len(edges) - 1
    seen, made = np.full((bins, 3), np.nan), np.full((bins, 3, 3), np.nan)
    below, below_made = np.full(bins, np.nan), np.full((bins, 3), np.nan)
    count = np.zeros(bins, dtype=np.int64)
    for number in range(bins):
        here = (laid.kind == kind) & (laid.day >= edges[number]) & (laid.day < edges[number + 1])
        count[number] = here.sum()
        if not count[number]:
            continue
        seen[number] = _quantiles(observed[here][None])[0]
        replicates = _quantiles(simulated[:, here])
        for place in range(3):
            # replicates whose quantile is below the limit rank below all others
            ranked = np.nan_to_num(np.log(replicates[:, place]), nan=-np.inf)
            made[number, place] = _exponential(np.quantile(ranked, (0.05, 0.5, 0.95), method="inverted_cdf"))
        below[number] = np.isneginf(observed[here]).mean()
        share = np.isneginf(simulated[:, here]).mean(axis=1)
        below_made[number] = np.quantile(share, (0.05, 0.5, 0.95))
    return Panel(laid.cohort.observables[kind], edges, count, seen, made, below, below_made)


def _quantiles(log_values: Array) -> Array:
    """(replicates, 3); NaN where the quantile is below the limit. So does a course that could not be solved."""
    ranked = np.quantile(np.nan_to_num(log_values, nan=-np.inf, neginf=-np.inf), LEVELS, axis=1, method="inverted_cdf")
    return _exponential(ranked.T)


def _exponential(log_values: Array) -> Array:
    return np.where(np.isneginf(log_values), np.nan, np.exp(log_values))


def _limit(laid: Reader) -> Array:
    """The limit at every reading: its own where it was below, else the highest that this observable shows."""
    out = np.full(len(laid.kind), -np.inf)
    for kind in range(len(laid.cohort.readings)):
        here = laid.kind == kind
        if (laid.below & here).any():
            out[here] = laid.log_value[laid.below & here].max()
    out[laid.below] = laid.log_value[laid.below]
    return out
