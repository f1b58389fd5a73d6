"""Which differences between patients make the differences in an outcome: Sobol' indices of first and total order.

Patients are laid out by a scrambled Sobol' sequence in the parameters' own distributions. The first-order index is the
share of an outcome's variance that goes when one parameter is known; the total index the share that stays when all
others are known. Where they differ, parameters act together.

Sources: Jansen 1999, Comput Phys Commun 117:35 (both estimators); Saltelli et al. 2010, Comput Phys Commun 181:259 (the
layout) [both recalled, unverified].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from remit.biology.forecast import SEED_DOSES, Crossing, event_days
from remit.biology.immune_reset import IMMUNE_RESET
from remit.biology.model import Model
from remit.biology.population import scaled
from remit.biology.solver import Dose, Settings, solve
from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]
Report = Callable[[int, int], None]
Outcomes = Callable[[Array], Array]

DRIVERS: Final = (
    "kL", "krej", "kd", "pN", "Vb", "kP", "kB", "B0", "kkill", "E50", "phi", "kM", "fLL", "A0", "w0", "sX",
)  # fmt: skip
"""The 16 parameters of the model's published ranking: cells, B lineage, antibody, activity, IL-6."""

OUTCOMES: Final = (
    "b-cell-return-day", "activity-month-6", "peak-il-6", "anti-dsdna-month-6", "car-nk-day-14",
)  # fmt: skip

_RESAMPLED: Final = 200


@dataclass(frozen=True)
class Indices:
    """Sobol' indices with 95 % limits from resampling the layout.

    parameters, outcomes  names of the axes
    first, total          (parameters, outcomes)
    first_low, first_high, total_low, total_high  (parameters, outcomes)
    runs                  patients solved
    """

    parameters: tuple[str, ...]
    outcomes: tuple[str, ...]
    first: Array
    total: Array
    first_low: Array
    first_high: Array
    total_low: Array
    total_high: Array
    runs: int

    def ranking(self, outcome: str) -> tuple[tuple[str, float], ...]:
        """Parameters by total index, greatest first; InputError for an outcome that is not there."""
        if outcome not in self.outcomes:
            raise InputError(f'Outcome "{outcome}" is not there; outcomes: {", ".join(self.outcomes)}.')
        column = self.total[:, self.outcomes.index(outcome)]
        return tuple((self.parameters[k], float(column[k])) for k in np.argsort(-column, kind="stable"))


def sobol(
    function: Outcomes,
    parameters: Sequence[str],
    outcomes: Sequence[str],
    base: int,
    seed: int,
    place: tuple[str | int, ...] = (),
    report: Report | None = None,
) -> Indices:
    """Indices of any function of independent standard normal numbers.

    function  (rows, parameters) of standard normal numbers to (rows, outcomes), all finite
    base      rows of one layout, a power of 2; the function sees base x (parameters + 2) rows
    raises    InputError for a base that is not a power of 2 from 8 on, or an outcome that does not vary
    """
    if base < 8 or base & (base - 1):
        raise InputError(f"Sobol' indices need a base of 8, 16, 32 … rows; {base} is not a power of 2.")
    size = len(parameters)
    first_layout, second_layout = _layouts(size, base, seed, place)
    at = np.asarray(function(first_layout), dtype=float)
    other = np.asarray(function(second_layout), dtype=float)
    if at.shape != (base, len(outcomes)) or not (np.isfinite(at).all() and np.isfinite(other).all()):
        raise InputError("Sobol' indices need a finite value of every outcome in every row.")
    if (np.concatenate([at, other]).var(axis=0) == 0).any():
        raise InputError("Sobol' indices need outcomes that vary.")
    mixed = np.empty((size, base, len(outcomes)))
    for k in range(size):
        layout = first_layout.copy()
        layout[:, k] = second_layout[:, k]
        mixed[k] = function(layout)
        if report is not None:
            report(k + 1, size)
    first, total = _jansen(at, other, mixed)
    rows = stream(seed, *place, "sobol", "resample").integers(0, base, (_RESAMPLED, base))
    again = [_jansen(at[chosen], other[chosen], mixed[:, chosen]) for chosen in rows]
    low, high = np.quantile(np.array(again), (0.025, 0.975), axis=0)
    return Indices(
        tuple(parameters), tuple(outcomes), first, total, low[0], high[0], low[1], high[1], base * (size + 2)
    )


def sensitivity(
    seed: int,
    base: int = 512,
    model: Model = IMMUNE_RESET,
    parameters: Sequence[str] = DRIVERS,
    doses: Sequence[Dose] = (),
    report: Report | None = None,
) -> Indices:
    """Indices of the five outcomes of the immune-reset model; parameters not named stay typical.

    doses    empty means conditioning and three infusions of 6e9 cells
    outcomes first day with 20 or more B cells/uL (the horizon, 730 days, where never); activity and anti-dsDNA on day
             168 (the antibody over its baseline); logarithm of the greatest IL-6 in the first 10 days; logarithm of
             CAR-NK cells on day 14
    """
    given = tuple(doses) or SEED_DOSES

    def outcomes(normal: Array) -> Array:
        return immune_reset_outcomes(model, from_normal(model, parameters, normal), given)

    return sobol(outcomes, parameters, OUTCOMES, base, seed, ("sensitivity",), report)


def from_normal(model: Model, parameters: Sequence[str], normal: Array) -> Array:
    """(rows, model parameters): standard normal numbers put through the parameters' distributions, the rest typical."""
    everything = np.zeros((len(normal), len(model.parameters)))
    everything[:, [model.parameter(name) for name in parameters]] = normal
    return scaled(model, everything)


def immune_reset_outcomes(model: Model, parameters: Array, doses: Sequence[Dose]) -> Array:
    """(rows, 5) in the order of OUTCOMES."""
    horizon = 730.0
    back = event_days(model, parameters, doses, -5.0, [Crossing("back", "B", 20.0)], horizon)[0]
    days = np.concatenate([[-5.0], np.arange(0.0, 10.01, 0.25), [14.0, 168.0]])
    course = solve(model, parameters, doses, days, Settings(1e-5, keep=("D", "X", "A", "Nb")))
    antibody = course.of("A")[:, -1] / parameters[:, model.parameter("A0")]
    return np.column_stack(
        [
            np.minimum(back, horizon),
            course.of("D")[:, -1],
            np.log(course.of("X")[:, :-2].max(axis=1)),
            antibody,
            np.log(np.maximum(course.of("Nb")[:, -2], 1e-6)),
        ]
    )


def _layouts(size: int, base: int, seed: int, place: tuple[str | int, ...]) -> tuple[Array, Array]:
    from scipy.stats import qmc

    # scipy wants a number: it cannot split a generator that was made from a key
    scramble = int(stream(seed, *place, "sobol", "layout").integers(2**62))
    points = qmc.Sobol(2 * size, scramble=True, rng=scramble).random(base)
    # a point may lie on the edge, whose normal number is infinite
    normal = ndtri(np.clip(points, 1e-12, 1 - 1e-12))
    return normal[:, :size], normal[:, size:]


def _jansen(at: Array, other: Array, mixed: Array) -> tuple[Array, Array]:
    # mixed takes one column from `other`: near `at` when that column matters little, near `other` when it alone does
    variance = np.concatenate([at, other]).var(axis=0)
    first = 1.0 - ((other - mixed) ** 2).mean(axis=1) / (2.0 * variance)
    total = ((at - mixed) ** 2).mean(axis=1) / (2.0 * variance)
    return first, total
