"""BOP2: a Bayesian phase 2 design whose stopping limits tighten as subjects come in, with optimized limits.

Stop when Pr(p > p0 | data) < lambda (n / N) ** gamma, under a Beta(p0, 1 - p0) prior; the same at the end decides.
With toxicity beside response the trial also stops when Pr(toxicity <= its limit | data) falls below the same curve.
The limits become whole numbers, so that many (lambda, gamma) are one design and each is judged once, exactly.

Source: Zhou, Lee & Yuan 2017, Stat Med 36:3302 [pages recalled, unverified].
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.designs.posterior import exceeds
from remit.errors import InputError

Floats = NDArray[np.float64]
GRID = tuple(round(0.01 * k, 2) for k in range(50, 100))
POWERS = tuple(round(0.05 * k, 2) for k in range(21))


@dataclass(frozen=True)
class Cells:
    """Joint true rates: response without toxicity, both, toxicity alone; the rest is neither."""

    response_only: float
    both: float
    toxicity_only: float

    def __post_init__(self) -> None:
        total = sum(parameters.rates("rates", (self.response_only, self.both, self.toxicity_only)))
        if total > 1 + 1e-12:
            raise InputError("rates: the three joint rates must not add up to more than 1.")


@dataclass(frozen=True)
class Bop2:
    """An optimized design.

    looks            numbers of subjects at the looks, the last one the end
    stop_at_most     per look: stop (at the end: not promising) with so many responders or fewer; -1 for never
    stop_at_least    per look: stop with so many toxicities or more; None for a design without toxicity
    lambda_, gamma   one pair of parameters that gives these limits
    type1, power     probability of ending promising under the null and the alternative
    subjects         mean number of subjects under the null
    """

    looks: tuple[int, ...]
    stop_at_most: tuple[int, ...]
    stop_at_least: tuple[int, ...] | None
    lambda_: float
    gamma: float
    type1: float
    power: float
    subjects: float


def bop2(looks: Sequence[int], p0: float, p1: float, alpha: float) -> Bop2:
    """The binary design with the most power at p1 among those that keep alpha at p0.

    raises    InputError: p1 not above p0, looks that do not rise, or no limits that keep alpha
    """
    low, high = parameters.worth_finding("BOP2", p0, p1)
    return _best(looks, low, None, Cells(low, 0.0, 0.0), Cells(high, 0.0, 0.0), alpha)


def bop2_joint(looks: Sequence[int], response: float, toxicity: float, null: Cells, good: Cells, alpha: float) -> Bop2:
    """The design that watches response and toxicity together.

    response, toxicity   the rates that response must exceed and toxicity must not
    null, good           joint rates at which alpha must be kept and power is sought
    """
    return _best(
        looks,
        parameters.probability("response", response),
        parameters.probability("toxicity", toxicity),
        null,
        good,
        alpha,
    )


def chances(
    looks: Sequence[int], stop_at_most: Sequence[int], stop_at_least: Sequence[int] | None, rates: Cells
) -> tuple[float, float]:
    """Exact (probability of ending promising, mean number of subjects) by a forward pass over both counts."""
    watched = stop_at_least if stop_at_least is not None else [n + 1 for n in looks]
    alive = np.ones((1, 1))
    done, subjects = 0, 0.0
    for n, most, least in zip(looks, stop_at_most, watched, strict=True):
        for _ in range(n - done):
            alive = _one_more(alive, rates)
        done = n
        kept = alive.copy()
        kept[: most + 1] = 0
        kept[:, min(least, n + 1) :] = 0
        subjects += n * float(alive.sum() - kept.sum())
        alive = kept
    return float(alive.sum()), subjects + done * float(alive.sum())


def _one_more(alive: Floats, rates: Cells) -> Floats:
    grown = np.zeros((alive.shape[0] + 1, alive.shape[1] + 1))
    neither = 1 - rates.response_only - rates.both - rates.toxicity_only
    grown[:-1, :-1] += max(neither, 0.0) * alive
    grown[1:, :-1] += rates.response_only * alive
    grown[:-1, 1:] += rates.toxicity_only * alive
    grown[1:, 1:] += rates.both * alive
    return grown


def _best(
    looks: Sequence[int], response: float, toxicity: float | None, null: Cells, good: Cells, alpha: float
) -> Bop2:
    given = tuple(parameters.count("looks", n, 1) for n in looks)
    if not given or any(later <= earlier for earlier, later in itertools.pairwise(given)):
        raise InputError("looks: the numbers of subjects must rise from look to look.")
    parameters.probability("alpha", alpha)
    sure = {n: [exceeds(y, n, response, response, 1 - response) for y in range(n + 1)] for n in given}
    safe = {}
    if toxicity is not None:
        safe = {n: [1 - exceeds(y, n, toxicity, toxicity, 1 - toxicity) for y in range(n + 1)] for n in given}
    designs: dict[tuple[tuple[int, ...], tuple[int, ...] | None], tuple[float, float]] = {}
    for scale in GRID:
        for power in POWERS:
            limits = [scale * (n / given[-1]) ** power for n in given]
            most = tuple(sum(share < limit for share in sure[n]) - 1 for n, limit in zip(given, limits, strict=True))
            least = None
            if toxicity is not None:
                least = tuple(sum(share >= limit for share in safe[n]) for n, limit in zip(given, limits, strict=True))
            designs.setdefault((most, least), (scale, power))
    best: Bop2 | None = None
    for (most, least), (scale, power) in designs.items():
        type1, subjects = chances(given, most, least, null)
        if type1 > alpha + 1e-12:
            continue
        reached, _ = chances(given, most, least, good)
        if best is None or (reached, -subjects) > (best.power, -best.subjects):
            best = Bop2(given, most, least, scale, power, type1, reached, subjects)
    if best is None:
        raise InputError("alpha: no limits keep so small an error; allow more, or more subjects.")
    return best
