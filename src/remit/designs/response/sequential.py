"""A single-arm trial with looks: stop for too few responders, stop for enough of them, exactly.

The forward pass under every design that counts responders at set numbers of subjects: posterior and predictive
boundaries, Simon's two stages, or any written down by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from remit.designs import parameters
from remit.designs.response import binomial
from remit.errors import InputError


@dataclass(frozen=True)
class Boundaries:
    """Limits per look.

    looks           numbers of subjects, rising; the last one is the end
    stop_at_most    stop, not promising, with so many responders or fewer; -1 for never
    stop_at_least   stop, promising, with so many or more; above the number of subjects for never
    """

    looks: tuple[int, ...]
    stop_at_most: tuple[int, ...]
    stop_at_least: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.looks:
            raise InputError("looks: must have at least one number of subjects.")
        for n in self.looks:
            parameters.count("looks", n, 1)
        if any(later <= earlier for earlier, later in pairwise(self.looks)):
            raise InputError("looks: the numbers of subjects must rise from look to look.")
        if not len(self.looks) == len(self.stop_at_most) == len(self.stop_at_least):
            raise InputError("stop_at_most, stop_at_least: must have one limit for each look.")
        for n, low, high in zip(self.looks, self.stop_at_most, self.stop_at_least, strict=True):
            parameters.count("stop_at_most", low, -1)
            parameters.count("stop_at_least", high, 0)
            if low >= high:
                raise InputError(
                    f"stop_at_most, stop_at_least: at {n} subjects {low} or fewer and {high} or more meet."
                )


@dataclass(frozen=True)
class Course:
    """What the trial does at one true rate.

    stopped_low     probability of stopping for too few responders, per look
    stopped_high    probability of stopping for enough, per look
    undecided       probability of reaching the end between the limits
    subjects        mean number of subjects
    responders      mean number of responders
    """

    stopped_low: tuple[float, ...]
    stopped_high: tuple[float, ...]
    undecided: float
    subjects: float
    responders: float

    @property
    def promising(self) -> float:
        """Probability of ending promising, at any look."""
        return sum(self.stopped_high)

    @property
    def not_promising(self) -> float:
        """Probability of ending not promising, at any look."""
        return sum(self.stopped_low)

    @property
    def stopped_early(self) -> float:
        """Probability of ending before the last look."""
        return sum(self.stopped_low[:-1]) + sum(self.stopped_high[:-1])


def course(boundaries: Boundaries, rate: float) -> Course:
    """Exact chances at one true response rate.

    raises    InputError: a rate outside [0, 1]
    """
    (p,) = parameters.rates("rate", (rate,))
    alive = np.ones(1)
    done, subjects, responders = 0, 0.0, 0.0
    low, high = [], []
    for n, few, many in zip(boundaries.looks, boundaries.stop_at_most, boundaries.stop_at_least, strict=True):
        alive = np.convolve(alive, binomial.density(n - done, p))
        done = n
        x = np.arange(n + 1)
        poor, good = x <= few, x >= many
        low.append(float(alive[poor].sum()))
        high.append(float(alive[good].sum()))
        out = poor | good
        subjects += n * float(alive[out].sum())
        responders += float(alive[out] @ x[out])
        alive = np.where(out, 0.0, alive)
    left = float(alive.sum())
    return Course(
        tuple(low), tuple(high), left, subjects + done * left, responders + float(alive @ np.arange(len(alive)))
    )
