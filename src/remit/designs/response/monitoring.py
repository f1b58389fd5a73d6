"""Stopping rules for toxicity: a boundary at each look, and its exact chances.

    bayes         stop when Pr(rate > p0 | data) > cutoff under a beta prior
    calibrated    the same rule, or a repeated binomial test, with one limit for all looks chosen so that a trial at
                  p0 is stopped wrongly with at most a given probability
    repeated      repeated tests whose critical value grows towards the early looks (delta 0 Pocock, 0.5 O'Brien)

Sources: Geller et al. 2003 and Ivanova, Qaqish & Schell 2005, Biometrics 61:540 [recalled, unverified]. Numbers agree
with R's pbeta, stoppingrule 0.5.2 and clinfun 1.1.5 (`toxbdry`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from remit.designs import parameters
from remit.designs.posterior import exceeds
from remit.designs.response import binomial
from remit.errors import InputError

EDGE = 1e-12
KINDS = ("Pocock", "BB", "OBF")
Boundary = tuple[int, ...]


@dataclass(frozen=True)
class Chances:
    """What a boundary does at one true rate.

    stopped         probability of ever reaching the boundary, the last look included
    stopped_early   the same without the last look
    subjects        mean number of subjects
    events          mean number of events
    """

    stopped: float
    stopped_early: float
    subjects: float
    events: float


def bayes_boundary(
    most: int, p0: float, cutoff: float, alpha: float = 1.0, beta: float = 1.0, least: int = 1
) -> list[int | None]:
    """For 1 to `most` subjects the fewest events that stop; None where none do, or below `least` subjects."""
    parameters.probability("p0", p0)
    parameters.probability("cutoff", cutoff)
    for name, value in (("prior_alpha", alpha), ("prior_beta", beta)):
        parameters.positive(name, value)
    return [
        None if n < least else next((x for x in range(n + 1) if exceeds(x, n, p0, alpha, beta) > cutoff), None)
        for n in range(1, parameters.count("nmax", most, 1) + 1)
    ]


def calibrated(
    looks: Sequence[int], p0: float, alpha: float, kind: str, prior: tuple[float, float] | None = None
) -> Boundary:
    """The boundary with the most power of its kind: stop when the events reach it.

    looks    numbers of evaluable subjects at the looks, rising
    kind     Pocock: smallest x with Pr(X >= x | n, p0) <= t; BB: smallest x with Pr(rate <= p0 | x of n) <= t under
             the beta prior; OBF: n p0 + c rounded up. One t (the largest) or c (the smallest) for all looks that
             keeps the probability of stopping at p0 at alpha
    returns  one number of events per look; above n where no number of events stops
    """
    looks = _looks(looks)
    parameters.probability("p0", p0)
    parameters.probability("alpha", alpha)
    parameters.word("type", kind, KINDS)
    if kind == "BB" and (prior is None or min(prior) <= 0):
        raise InputError("param: a BB rule needs the two parameters of its beta prior, both above 0.")
    if kind == "OBF":
        values = sorted({x - n * p0 for n in looks for x in range(max(looks) + 2)}, reverse=True)

        def boundary(limit: float) -> Boundary:
            return tuple(max(math.ceil(n * p0 + limit - 1e-9), 0) for n in looks)
    else:
        extreme = {n: [_extreme(kind, x, n, p0, prior) for x in range(n + 1)] for n in looks}
        values = sorted({share for row in extreme.values() for share in row})

        def boundary(limit: float) -> Boundary:
            return tuple(next((x for x in range(n + 1) if extreme[n][x] <= limit + EDGE), n + 1) for n in looks)

    return _last_within(values, lambda limit: chances(looks, boundary(limit), p0).stopped <= alpha + EDGE, boundary)


def repeated(looks: Sequence[int], p0: float, cross: float, delta: float = 0.0) -> tuple[Boundary, Boundary]:
    """Boundaries just above and just below a probability of crossing at p0: stop when the events exceed them.

    delta    critical values grow as (last look / look) ** delta
    returns  (the one that crosses a little too often, the one that keeps `cross`)
    """
    looks = _looks(looks)
    parameters.probability("pLo", p0)
    parameters.probability("cP0", cross)
    parameters.number("delta", delta)
    normal = NormalDist()
    tails = {n: binomial.density(n, p0)[::-1].cumsum()[::-1] for n in looks}

    def boundary(critical: float) -> Boundary:
        shares = [1 - normal.cdf(critical * (looks[-1] / n) ** delta) for n in looks]
        return tuple(
            next((x for x in range(n) if tails[n][x + 1] <= share), n) for n, share in zip(looks, shares, strict=True)
        )

    low, high = -8.0, 8.0
    for _ in range(100):
        middle = (low + high) / 2
        crossed = chances(looks, tuple(x + 1 for x in boundary(middle)), p0).stopped
        low, high = (middle, high) if crossed > cross else (low, middle)
    return boundary(low), boundary(high)


def chances(looks: Sequence[int], boundary: Sequence[int], rate: float) -> Chances:
    """Exact chances of stopping when the events reach the boundary, by a forward pass over the looks."""
    (true,) = parameters.rates("rate", (rate,))
    alive = np.ones(1)
    done, early, stopped, subjects, events = 0, 0.0, 0.0, 0.0, 0.0
    for n, limit in zip(looks, boundary, strict=True):
        alive = np.convolve(alive, binomial.density(n - done, true))
        done = n
        out = alive[limit:] if limit < len(alive) else alive[:0]
        early = stopped
        stopped += float(out.sum())
        subjects += n * float(out.sum())
        events += float(out @ np.arange(limit, limit + len(out)))
        alive = alive[:limit]
    subjects += done * float(alive.sum())
    events += float(alive @ np.arange(len(alive)))
    return Chances(stopped, early, subjects, events)


def _looks(looks: Sequence[int]) -> tuple[int, ...]:
    given = tuple(parameters.count("looks", n, 1) for n in looks)
    if not given or any(later <= earlier for earlier, later in itertools.pairwise(given)):
        raise InputError("looks: the numbers of subjects must rise from look to look.")
    return given


def _extreme(kind: str, x: int, n: int, p0: float, prior: tuple[float, float] | None) -> float:
    if kind == "Pocock":
        return float(binomial.density(n, p0)[x:].sum())
    assert prior is not None
    return 1 - exceeds(x, n, p0, *prior)


def _last_within(
    values: Sequence[float], keeps: Callable[[float], bool], boundary: Callable[[float], Boundary]
) -> Boundary:
    """The boundary of the last value that keeps the error; the boundary can change at these values alone."""
    low, high = -1, len(values) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if keeps(values[middle]) else (low, middle - 1)
    if low < 0:
        raise InputError("alpha: no boundary of this kind keeps so small an error; allow more.")
    return boundary(values[low])
