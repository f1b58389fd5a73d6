"""Operating characteristics: what a design does when the true rates are known, each number exact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.errors import InputError

if TYPE_CHECKING:
    from remit.designs.chain import Chain


@dataclass(frozen=True)
class Averages:
    """Selection probabilities and mean counts per level, averaged over curves of true rates."""

    selected: tuple[float, ...]
    none_selected: float
    treated: tuple[float, ...]
    dlts: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Characteristics:
    """What the design does under one set of true rates.

    chain         the solved design
    rates         true DLT rate per level
    probability   of each final state of the chain; shape (states,)
    """

    chain: Chain
    rates: tuple[float, ...]
    probability: NDArray[np.float64]

    @cached_property
    def _selection(self) -> NDArray[np.float64]:
        chosen = np.bincount(self.chain.selected, weights=self.probability, minlength=self.chain.levels + 1)
        return chosen.astype(np.float64)

    @cached_property
    def _powers(self) -> NDArray[np.float64]:
        return self.probability @ self.chain.powers

    @property
    def selected(self) -> tuple[float, ...]:
        """Probability that each level is recommended."""
        return tuple(self._selection[1:].tolist())

    @property
    def none_selected(self) -> float:
        """Probability that no level is recommended."""
        return float(self._selection[0])

    @property
    def treated(self) -> tuple[float, ...]:
        """Mean number of subjects per level."""
        columns = self._powers.reshape(-1, self.chain.levels)
        return tuple(columns.sum(axis=0).tolist())

    @property
    def dlts(self) -> tuple[float, ...]:
        """Mean number of DLTs per level."""
        return tuple(self._powers[: self.chain.levels].tolist())

    @property
    def subjects(self) -> float:
        """Mean number of subjects."""
        return sum(self.treated)

    @property
    def total_dlts(self) -> float:
        """Mean number of DLTs."""
        return sum(self.dlts)

    @property
    def cohorts(self) -> float:
        """Mean number of cohorts."""
        return float(self.probability @ self.chain.cohorts)

    @property
    def ended_early(self) -> float:
        """Probability that fewer subjects are treated than planned."""
        return float(self.probability[self.chain.treated.sum(axis=1) < self.chain.planned].sum())

    def duration(self, per_cohort: float, per_subject: float = 0.0) -> float:
        """Mean duration when times add up: a time per cohort (the DLT window) and one per subject (accrual)."""
        return self.cohorts * per_cohort + self.subjects * per_subject

    def treated_distribution(self, level: int) -> tuple[float, ...]:
        """Probability of 0, 1, 2, … subjects at a level."""
        return self._distribution(self.chain.treated[:, self._column(level)])

    def dlts_distribution(self, level: int) -> tuple[float, ...]:
        """Probability of 0, 1, 2, … DLTs at a level."""
        return self._distribution(self.chain.dlts[:, self._column(level)])

    def subjects_distribution(self) -> tuple[float, ...]:
        """Probability of 0, 1, 2, … subjects altogether."""
        return self._distribution(self.chain.treated.sum(axis=1))

    def total_dlts_distribution(self) -> tuple[float, ...]:
        """Probability of 0, 1, 2, … DLTs altogether."""
        return self._distribution(self.chain.dlts.sum(axis=1))

    def treated_variance(self, level: int) -> float:
        """Variance of the number of subjects at a level."""
        return self._variance(self.chain.treated[:, self._column(level)])

    def overdosed(self, above: float, share: float) -> float:
        """Probability that more than a share of all subjects is treated where the true rate is above a limit.

        above, share    both in [0, 1]; `overdosed(0.33, 0.6)`: more than 60 % at levels with rates above 0.33
        """
        toxic = np.array(self.rates) > parameters.number("above", above)
        part = self.chain.treated[:, toxic].sum(axis=1)
        # One part in a billion: 18 of 30 is not more than 60 %, however 0.6 is stored.
        more = part > parameters.number("share", share) * self.chain.treated.sum(axis=1) + 1e-9
        return float(self.probability[more].sum())

    def gradient(self) -> NDArray[np.float64]:
        """How the selection probabilities move with the true rates.

        returns   shape (levels + 1, levels): row 0 for no level, row d for level d; column e the derivative by
                  the rate of level e
        raises    InputError unless every rate is strictly between 0 and 1
        """
        if self.chain.singles is not None:
            raise InputError("gradient: not available for designs that grade single subjects.")
        for place, rate in enumerate(self.rates, start=1):
            if not 0 < rate < 1:
                raise InputError(
                    f"rates: the gradient needs rates between 0 and 1, both excluded; level {place} is {rate:g}."
                )
        true = np.array(self.rates)
        levels = self.chain.levels
        clear = self.chain.treated - self.chain.dlts
        slope = self.probability[:, None] * (self.chain.dlts / true - clear / (1 - true))
        return np.stack(
            [np.bincount(self.chain.selected, weights=slope[:, e], minlength=levels + 1) for e in range(levels)],
            axis=1,
        )

    def _column(self, level: int) -> int:
        return parameters.count("level", level, 1, self.chain.levels) - 1

    def _distribution(self, counts: NDArray[np.int64]) -> tuple[float, ...]:
        return tuple(np.bincount(counts, weights=self.probability).tolist())

    def _variance(self, counts: NDArray[np.int64]) -> float:
        mean = float(self.probability @ counts)
        return float(self.probability @ (counts - mean) ** 2)
