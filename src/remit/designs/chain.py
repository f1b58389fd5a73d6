"""A design solved: every way the trial can end, with its number of paths, ready for any true DLT rates.

The probability of a final state is its number of paths times a product of powers of the rates, so that once the
states are known each scenario is one weighted sum without Monte Carlo error.

Source of the idea: Norris 2020, arXiv 2012.05301 (3+3); here for every design decided by counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.designs.characteristics import Averages, Characteristics
from remit.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
TOLERANCE = 1e-10
NEVER = -1e6  # stands for log 0: finite, so that 0 * NEVER is 0, and exp(NEVER) is exactly 0


@dataclass(frozen=True, eq=False)
class Chain:
    """The final states of a design.

    planned         largest number of subjects
    treated, dlts   shape (states, levels)
    paths           number of ways, in order, to reach the state; shape (states,)
    cohorts         mean number of cohorts over those ways; shape (states,)
    selected        recommended level from 1, 0 for none; shape (states,)
    singles         None, or for designs that grade single subjects the number at each level with neither a DLT
                    nor a trigger, and with a trigger but no DLT; shape (states, 2 * levels)
    """

    planned: int
    treated: Integers
    dlts: Integers
    paths: Floats
    cohorts: Floats
    selected: Integers
    singles: Integers | None = None

    @property
    def levels(self) -> int:
        """Number of levels."""
        return int(self.treated.shape[1])

    @property
    def states(self) -> int:
        """Number of final states, equal ones merged."""
        return len(self.paths)

    @cached_property
    def powers(self) -> Floats:
        """Powers of rate and 1 - rate (and, graded, of the trigger rate and of what is left); one column each."""
        clear = self.treated - self.dlts
        if self.singles is None:
            return np.hstack([self.dlts, clear]).astype(np.float64)
        half = self.levels
        calm, triggered = self.singles[:, :half], self.singles[:, half:]
        return np.hstack([self.dlts, clear - calm - triggered, calm, triggered]).astype(np.float64)

    def under(self, rates: Sequence[float], triggers: Sequence[float] | None = None) -> Characteristics:
        """Operating characteristics when the true DLT rates are these.

        rates       one per level, each in [0, 1]; they need not rise
        triggers    for titration: rate per level of an event that ends titration without being a DLT; none: 0
        raises      InputError: another number of rates than levels, a rate outside [0, 1] or not a number
        """
        true = parameters.rates("rates", rates, self.levels)
        logs = self._logs(true, triggers)
        probability = self.paths * np.exp(self.powers @ logs)
        total = float(probability.sum())
        if abs(total - 1) > TOLERANCE:
            raise RuntimeError(f"This is a bug in remit, not in your design: probabilities add up to {total!r}.")
        return Characteristics(self, true, probability)

    def average(self, curves: Sequence[Sequence[float]], weights: Sequence[float]) -> Averages:
        """Operating characteristics averaged over curves of true rates, each with its prior weight.

        raises    InputError unless the weights are as many as the curves, not negative and add up to 1
        """
        shares = tuple(parameters.number("weights", weight) for weight in weights)
        if len(shares) != len(curves) or min(shares, default=-1) < 0 or abs(sum(shares) - 1) > 1e-9:
            raise InputError("weights: must be one per curve, none negative, adding up to 1.")
        each = [self.under(curve) for curve in curves]
        return Averages(
            selected=_mean([one.selected for one in each], shares),
            none_selected=sum(w * one.none_selected for w, one in zip(shares, each, strict=True)),
            treated=_mean([one.treated for one in each], shares),
            dlts=_mean([one.dlts for one in each], shares),
        )

    def finishes_with(self, treated: Sequence[int], dlts: Sequence[int] | None = None) -> bool:
        """Whether a finished trial of this design can have these counts; DLTs left out: with any."""
        same = np.all(self.treated == np.asarray(tuple(treated)), axis=1)
        if dlts is not None:
            same &= np.all(self.dlts == np.asarray(tuple(dlts)), axis=1)
        return bool(same.any())

    def _logs(self, true: tuple[float, ...], triggers: Sequence[float] | None) -> Floats:
        rate = np.array(true)
        columns = [_log(rate), _log(1 - rate)]
        if self.singles is None:
            if triggers is not None and any(triggers):
                raise InputError("triggers: this design does not grade single subjects.")
            return np.concatenate(columns)
        extra = np.zeros(self.levels)
        if triggers is not None:
            extra = np.array(parameters.rates("triggers", triggers, self.levels))
        if np.any(rate + extra > 1 + 1e-12):
            raise InputError("triggers: with the DLT rate of its level none may add up to more than 1.")
        return np.concatenate([*columns, _log(np.maximum(1 - rate - extra, 0)), _log(extra)])


def _log(values: Floats) -> Floats:
    return np.log(values, out=np.full(values.shape, NEVER), where=values > 0)


def _mean(rows: Sequence[Sequence[float]], weights: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(one) for one in np.average(np.array(rows), axis=0, weights=np.array(weights)))
