"""Turnbull's estimate: the distribution of a time that is only known to lie between two visits.

First LLDAS is seen at a visit and happened at some time after the one before. The likelihood then places mass
only on the innermost intervals (a left end directly followed by a right end), and says nothing about where
inside them. Found by the self-consistency (EM) step; with exact and right-censored times only it is
Kaplan-Meier.

Sources: Turnbull 1976, Journal of the Royal Statistical Society B 38:290; Gentleman & Geyer 1994, Biometrika
81:618 (the condition by which a candidate is known to be the maximum). Volumes and pages are recalled, not
looked up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

# Order of ends at one value: an exact time starts, an interval including it ends, one excluding it starts.
_EXACT_START, _END, _OPEN_START = 0, 1, 2

_NO_MASS: Final = 1e-12


@dataclass(frozen=True)
class Turnbull:
    """Masses on the innermost intervals that carry any, in rising order.

    low, high    ends; the event is after low and at or before high, at it when both are equal; high is None
                 for the mass beyond everyone's follow-up
    mass         adds up to 1
    gap          how far from the maximum at most: the log-likelihood is within gap · subjects of it
    steps        EM steps taken; converged tells whether the tolerance was met within the steps allowed
    """

    low: tuple[float, ...]
    high: tuple[float | None, ...]
    mass: tuple[float, ...]
    gap: float
    steps: int
    converged: bool

    def survival(self, time: float) -> tuple[float, float]:
        """The smallest and largest share without the event just after `time` that the estimate allows.

        Equal where the estimate is determined; inside an innermost interval its mass may lie on either side.
        """
        surely_later = [share for low, high, share in self._rows() if low >= time and high != time]
        perhaps_later = [share for _, high, share in self._rows() if high is None or high > time]
        return min(math.fsum(surely_later), 1.0), min(math.fsum(perhaps_later), 1.0)

    def median(self) -> tuple[float, float | None] | None:
        """Ends of the innermost interval in which the share with the event reaches half.

        (low, None) when that is beyond follow-up, None without data.
        """
        reached = 0.0
        for low, high, mass in self._rows():
            reached += mass
            if reached >= 0.5 - _NO_MASS:
                return low, high
        return None

    def _rows(self) -> list[tuple[float, float | None, float]]:
        return list(zip(self.low, self.high, self.mass))


def turnbull(
    lows: Sequence[float], highs: Sequence[float | None], tolerance: float = 1e-7, steps: int = 50_000
) -> Turnbull:
    """Estimate the distribution by EM.

    lows, highs   one pair per subject: the event is after low and at or before high. high None: not by the
                  last visit, at low (right-censored). low equal to high: exactly then. low 0 with a high:
                  before the first visit
    tolerance     stop when the derivative of the mean log-likelihood towards any innermost interval is at
                  most this
    steps         most EM steps to take; see `converged`
    raises        ValueError for lengths that differ, a low that is negative or not finite, a high below its
                  low
    """
    if len(lows) != len(highs):
        raise ValueError("Turnbull needs one right end per left end.")
    pairs = [(float(low), math.inf if high is None else float(high)) for low, high in zip(lows, highs)]
    if any(not math.isfinite(low) or low < 0 or not low <= high for low, high in pairs):
        raise ValueError("Interval ends are 0 or more, the right one (or None) not before the left one.")
    if not pairs:
        return Turnbull((), (), (), 0.0, 0, True)

    inner = _innermost(pairs)
    inside = np.array([[_holds(pair, place) for place in inner] for pair in pairs], dtype=np.float64)
    mass = np.full(len(inner), 1 / len(inner))
    gap, taken = math.inf, 0
    while True:
        # The EM factor is also the derivative of the mean log-likelihood: at most 1 at the maximum.
        factor = (inside / (inside @ mass)[:, None]).mean(axis=0)
        gap = max(float(factor.max()) - 1, 0.0)
        if gap <= tolerance or taken >= steps:
            break
        mass = mass * factor
        mass /= mass.sum()
        taken += 1
    kept = [place for place, share in enumerate(mass.tolist()) if share > _NO_MASS]
    total = float(mass[kept].sum())
    return Turnbull(
        low=tuple(inner[place][0] for place in kept),
        high=tuple(None if math.isinf(inner[place][1]) else inner[place][1] for place in kept),
        mass=tuple(float(mass[place]) / total for place in kept),
        gap=gap,
        steps=taken,
        converged=gap <= tolerance,
    )


def _innermost(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    ends = {(low, _EXACT_START if low == high else _OPEN_START) for low, high in pairs}
    ends |= {(high, _END) for _, high in pairs}
    ordered = sorted(ends)
    return [(start, end) for (start, kind), (end, following) in pairwise(ordered) if kind != _END and following == _END]


def _holds(pair: tuple[float, float], place: tuple[float, float]) -> bool:
    # An exact time t lies outside the interval (t, high]: the left end is excluded there.
    starts_inside = pair[0] <= place[0] and not (place[0] == place[1] == pair[0] < pair[1])
    return starts_inside and place[1] <= pair[1]
