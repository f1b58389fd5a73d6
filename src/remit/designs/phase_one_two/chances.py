"""Operating characteristics of a dose-optimization design, and whether they were computed or drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from remit.designs.phase_one_two.design import Counts, Floats, Integers

Basis = Literal["exact", "simulated"]


@dataclass(frozen=True)
class EffToxChances:
    """What the design does under one truth.

    basis                    exact: every way the trial can go, summed; simulated: so many trials drawn
    trials                   number of trials drawn; None where exact
    selected                 probability that each level is recommended
    none_selected            probability that none is
    treated                  mean subjects per level
    toxicities, responses    mean number per level
    ended_early              probability that fewer subjects are treated than planned
    error                    Monte Carlo standard error of `selected`, per level; zeros where exact
    treated_error            the same of `treated`
    total                    sum of the probabilities of all ends: 1, to 1e-10
    """

    basis: Basis
    trials: int | None
    selected: tuple[float, ...]
    none_selected: float
    treated: tuple[float, ...]
    toxicities: tuple[float, ...]
    responses: tuple[float, ...]
    ended_early: float
    error: tuple[float, ...]
    treated_error: tuple[float, ...]
    total: float

    @property
    def subjects(self) -> float:
        """Mean number of subjects."""
        return sum(self.treated)


def summarized(
    counts: Counts, probability: Floats, selected: Integers, planned: int, trials: int | None = None
) -> EffToxChances:
    """The characteristics of a set of ends.

    counts, selected   the ends: counts of shape (ends, levels), recommended level from 1 or 0
    probability        of each end
    trials             how many trials were drawn; None where every end is there
    """
    levels = counts.treated.shape[1]
    chosen = np.bincount(selected, weights=probability, minlength=levels + 1)
    early = counts.treated.sum(axis=1) < planned
    treated = probability @ counts.treated
    errors, spread = (0.0,) * levels, (0.0,) * levels
    if trials is not None:
        errors = tuple(math.sqrt(p * (1 - p) / trials) for p in chosen[1:].tolist())
        variance = probability @ counts.treated.astype(np.float64) ** 2 - treated**2
        spread = tuple(np.sqrt(np.maximum(variance, 0) / trials).tolist())
    return EffToxChances(
        basis="exact" if trials is None else "simulated",
        trials=trials,
        selected=tuple(chosen[1:].tolist()),
        none_selected=float(chosen[0]),
        treated=tuple(treated.tolist()),
        toxicities=tuple((probability @ counts.toxic).tolist()),
        responses=tuple((probability @ counts.responded).tolist()),
        ended_early=float(probability[early].sum()),
        error=errors,
        treated_error=spread,
        total=float(probability.sum()),
    )
