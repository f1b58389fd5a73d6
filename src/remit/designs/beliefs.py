"""What the outcomes so far say about the true DLT rate of each level: a posterior, its quantiles, its evidence.

Every design is asked under one plain prior, Beta(1, 1) at each level alone; a CRM or BLRM also under its own model. A
subject whose window is still open has had no DLT in the share w of it, and counts as 1 - w p = (1 - w) p + (1 - p): so
the posterior is a finite mixture over how those subjects will turn out, and nothing has to be simulated.

Source: Cheung & Chappell 2000, Biometrics 56:1177, for the weight of an open window (DLTs equally likely at any time
of it). The Beta quantiles are exact; those of a model are sums over the nodes of its own quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from remit.designs import crm_posterior, parameters
from remit.designs.blrm import Blrm
from remit.designs.blrm_posterior import rule
from remit.designs.crm import Crm
from remit.designs.decide import Design
from remit.designs.outcomes import Outcomes
from remit.designs.posterior import exceeds
from remit.errors import InputError

Floats = NDArray[np.float64]
Counts = tuple[int, ...]
COVERAGE = 0.95


@dataclass(frozen=True)
class Pending:
    """A subject whose DLT window is open, without a DLT so far.

    level   where they were treated, from 1
    share   of the window that has passed, 0 to 1
    """

    level: int
    share: float

    def __post_init__(self) -> None:
        parameters.count("level", self.level, 1)
        if not 0 <= parameters.number("share", self.share) <= 1:
            raise InputError(f"share: must be between 0 and 1; got {self.share:g}.")


@dataclass(frozen=True)
class State:
    """One way in which everybody may turn out, and how probable it is: subjects and DLTs per level."""

    weight: float
    treated: Counts
    dlts: Counts


@dataclass(frozen=True)
class Rate:
    """What is known of one level's true DLT rate: posterior mean, median, and equal-tailed 95 % limits."""

    mean: float
    low: float
    median: float
    high: float

    @property
    def width(self) -> float:
        """Length of the interval."""
        return self.high - self.low


class Belief(Protocol):
    """A prior with its posterior."""

    @property
    def name(self) -> str:
        """The prior in words."""

    def evidence(self, treated: Counts, dlts: Counts) -> float:
        """Log of the probability of these outcomes in one given order; differences give predictions."""

    def rate(self, states: Sequence[State], level: int) -> Rate:
        """The rate of a level, averaged over the states."""


@dataclass(frozen=True)
class LevelAlone:
    """Beta(1, 1) at each level: every rate equally likely, and no level says anything of another."""

    name: str = "Beta(1, 1) at each level alone"

    def evidence(self, treated: Counts, dlts: Counts) -> float:
        """Log of the product of beta functions."""
        return math.fsum(
            math.lgamma(1 + y) + math.lgamma(1 + n - y) - math.lgamma(2 + n) for n, y in zip(treated, dlts, strict=True)
        )

    def rate(self, states: Sequence[State], level: int) -> Rate:
        """Exact: the quantiles solve a sum of binomial tails."""
        parts = [(one.weight, one.treated[level - 1], one.dlts[level - 1]) for one in states]

        def below(p: float) -> float:
            return math.fsum(weight * (1 - exceeds(y, n, p)) for weight, n, y in parts)

        mean = math.fsum(weight * (1 + y) / (2 + n) for weight, n, y in parts)
        low, median, high = (_solve(below, share) for share in _tails())
        return Rate(mean, low, median, high)


@dataclass(frozen=True, eq=False)
class Nodes:
    """A model as nodes of its quadrature: prior weights, log p and log(1 - p) of shape (levels, nodes)."""

    name: str
    base: Floats
    toxic: Floats
    clear: Floats

    def evidence(self, treated: Counts, dlts: Counts) -> float:
        """Log of the summed likelihood."""
        height = self._height(treated, dlts)
        top = float(height.max())
        return top + math.log(float(np.exp(height - top) @ self.base))

    def rate(self, states: Sequence[State], level: int) -> Rate:
        """Mean and quantiles over the nodes."""
        mass = np.zeros(len(self.base))
        for one in states:
            height = self._height(one.treated, one.dlts)
            part = np.exp(height - height.max()) * self.base
            mass += one.weight * part / part.sum()
        p = np.exp(self.toxic[level - 1])
        order = np.argsort(p)
        # each node stands for the mass around it, so half of its own lies below
        below = np.cumsum(mass[order]) - mass[order] / 2
        low, median, high = np.interp(_tails(), below, p[order])
        return Rate(float(mass @ p), float(low), float(median), float(high))

    def _height(self, treated: Counts, dlts: Counts) -> Floats:
        y, n = np.array(dlts, dtype=float), np.array(treated, dtype=float)
        height: Floats = y @ self.toxic + (n - y) @ self.clear
        return height


def beliefs_of(design: Design) -> tuple[Belief, ...]:
    """The plain prior, and the design's own model where it has one."""
    plain = LevelAlone()
    if isinstance(design, Crm) and design.method == "bayes":
        reach = crm_posterior.REACH * design.prior_sd
        b = np.linspace(-reach, reach, crm_posterior.NODES)
        toxic, clear = design.curve.logs(b)
        base = np.exp(-b * b / (2 * design.prior_sd**2))
        name = f"CRM, {design.model} curve, b normal with variance {design.prior_sd**2:.3g}"
        return plain, Nodes(name, base / base.sum(), toxic.T, clear.T)
    if isinstance(design, Blrm):
        nodes = rule(design.model, 241, 16, 0.5, 8.0)
        means, sds = (", ".join(f"{one:g}" for one in pair) for pair in (design.prior_mean, design.prior_sd))
        name = f"BLRM, (alpha, lambda) normal with means {means} and standard deviations {sds}"
        return plain, Nodes(name, nodes.base, nodes.toxic, nodes.clear)
    return (plain,)


def states(belief: Belief, known: Outcomes, pending: Sequence[Pending] = ()) -> tuple[State, ...]:
    """How everybody may turn out, one state per number of DLTs among the pending of each level; weights add up to 1.

    known     subjects whose outcome is known
    pending   subjects beside them whose window is open
    """
    per_level = [_later([1 - one.share for one in pending if one.level == level]) for level in _places(known)]
    found: list[tuple[float, Counts, Counts]] = []
    for more in product(*(range(len(ways)) for ways in per_level)):
        factor = math.prod(ways[k] for ways, k in zip(per_level, more, strict=True))
        if factor <= 0:
            continue
        treated = tuple(n + len(ways) - 1 for n, ways in zip(known.treated, per_level, strict=True))
        dlts = tuple(y + k for y, k in zip(known.dlts, more, strict=True))
        found.append((math.log(factor) + belief.evidence(treated, dlts), treated, dlts))
    top = max(height for height, _, _ in found)
    total = math.fsum(math.exp(height - top) for height, _, _ in found)
    return tuple(State(math.exp(height - top) / total, treated, dlts) for height, treated, dlts in found)


def _places(known: Outcomes) -> range:
    return range(1, known.levels + 1)


def _later(chances: Sequence[float]) -> list[float]:
    """Sums of products of the chances, k at a time: how much k later DLTs weigh among the pending of a level."""
    ways = [1.0]
    for chance in chances:
        ways = [
            (ways[k] if k < len(ways) else 0.0) + (ways[k - 1] * chance if k else 0.0) for k in range(len(ways) + 1)
        ]
    return ways


def _tails() -> tuple[float, float, float]:
    return (1 - COVERAGE) / 2, 0.5, (1 + COVERAGE) / 2


def _solve(below: Callable[[float], float], share: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return (low + high) / 2
