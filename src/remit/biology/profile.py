"""Profile likelihood: how well a fit explains the readings when one typical value is held, everything else fitted anew.

A flat profile is a parameter that the readings do not determine, whatever its standard error says. The 95 % limits are
where the log-likelihood has fallen by 1.92 (half of the 95 % quantile of chi-square with 1 degree of freedom).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.biology.effects import Effect
from remit.biology.model import Model
from remit.biology.readings import Cohort
from remit.biology.saem import Schedule, fit
from remit.errors import InputError

Array = NDArray[np.float64]
Report = Callable[[int, int], None]

FALL: Final = 1.92


@dataclass(frozen=True)
class Profile:
    """One typical value held at each of several values.

    log_likelihood, error  (values,) of the fit with it held, and its Monte-Carlo standard error
    low, high              95 % limits between values; infinite (or 0) where it has not fallen far enough on that side
    """

    parameter: str
    values: Array
    log_likelihood: Array
    error: Array
    low: float
    high: float

    @property
    def flat(self) -> bool:
        """Whether neither side falls far enough: these readings do not determine it over these values."""
        return self.low == 0.0 and np.isinf(self.high)


def profile(
    model: Model,
    cohort: Cohort,
    parameter: str,
    values: Sequence[float],
    seed: int,
    chosen: Sequence[Effect],
    schedule: Schedule | None = None,
    report: Report | None = None,
) -> Profile:
    """Fit once per value.

    values  rising, three or more, in the parameter's own unit and above 0
    chosen  effects, the held one among them
    raises  InputError for a parameter that is not among the effects, or values that do not rise
    """
    grid = np.asarray(values, dtype=float)
    if parameter not in [effect.parameter for effect in chosen]:
        raise InputError(
            f"{model.key}: {parameter} is not among the effects: {', '.join(e.parameter for e in chosen)}."
        )
    if len(grid) < 3 or not (np.diff(grid) > 0).all() or not grid[0] > 0:
        raise InputError("A profile needs three or more rising values above 0.")
    found, error = np.empty(len(grid)), np.empty(len(grid))
    for number, value in enumerate(grid):
        held = tuple(
            replace(effect, typical=float(value), estimate_typical=False) if effect.parameter == parameter else effect
            for effect in chosen
        )
        made = fit(model, cohort, seed, held, schedule).marginal
        found[number], error[number] = made.log_likelihood, made.error
        if report is not None:
            report(number + 1, len(grid))
    low, high = _limits(np.log(grid), found)
    return Profile(parameter, grid, found, error, low, high)


def _limits(log_value: Array, likely: Array) -> tuple[float, float]:
    """Where straight lines between the points cross the highest point less FALL."""
    top = int(likely.argmax())
    wanted = likely[top] - FALL
    ends = [0.0, float("inf")]
    for side, step, steps in ((0, -1, top), (1, 1, len(likely) - 1 - top)):
        for here in (top + step * number for number in range(steps)):
            there = here + step
            if likely[there] <= wanted:
                part = (likely[here] - wanted) / (likely[here] - likely[there])
                ends[side] = float(np.exp(log_value[here] + part * (log_value[there] - log_value[here])))
                break
    return ends[0], ends[1]
