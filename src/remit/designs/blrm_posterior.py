"""The two-parameter logistic model of the BLRM, integrated without a coarse grid.

    logit p(d) = alpha + exp(lambda) * log(d / reference),   (alpha, lambda) bivariate normal

An interval probability is the mass of a region with a sharp edge in alpha, where a grid of points errs most. Given
lambda the edge of every interval at every dose is a known alpha, so the alpha axis is cut at all of them and each
piece integrated by Gauss-Legendre: the edges are exact, and one set of nodes serves every outcome.

Source: Neuenschwander, Branson & Gsponer 2008, Stat Med 27:2420.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """Doses and prior.

    doses            rising, in any unit
    reference        dose at which alpha is the logit of the rate, in the same unit
    prior_mean       of alpha and lambda
    prior_sd         of alpha and lambda
    correlation      between them
    intervals        rates where "under" ends and where "over" begins
    """

    doses: tuple[float, ...]
    reference: float
    prior_mean: tuple[float, float]
    prior_sd: tuple[float, float]
    correlation: float = 0.0
    intervals: tuple[float, float] = (0.16, 0.33)

    def __post_init__(self) -> None:
        doses = [parameters.number("doses", dose) for dose in self.doses]
        if not doses or doses[0] <= 0 or not parameters.rising(doses):
            raise InputError("doses: must be above 0 and rise from each level to the next.")
        parameters.positive("reference", self.reference)
        for name, pair in (("prior_mean", self.prior_mean), ("prior_sd", self.prior_sd), ("intervals", self.intervals)):
            if len(pair) != 2:
                raise InputError(f"{name}: must be two numbers.")
            for one in pair:
                parameters.number(name, one)
        if min(self.prior_sd) <= 0:
            raise InputError("prior_sd: both must be above 0.")
        if not -1 < parameters.number("correlation", self.correlation) < 1:
            raise InputError(f"correlation: must be between -1 and 1; got {self.correlation:g}.")
        low, high = (parameters.probability("intervals", one) for one in self.intervals)
        if low >= high:
            raise InputError(f"intervals: the target interval must have a length; got {low:g} to {high:g}.")

    @property
    def logs(self) -> Floats:
        """log(dose / reference), one per level."""
        return np.log(np.array(self.doses) / self.reference)


@dataclass(frozen=True)
class Rule:
    """Nodes of the double integral and what they stand for; see `rule`.

    alpha, lamda    parameters at each node; shape (nodes,)
    base            prior weight of each node
    toxic, clear    log p and log(1 - p); shape (levels, nodes)
    under, over     1 where the level is below the target interval, or above it; shape (nodes, levels)
    """

    alpha: Floats
    lamda: Floats
    base: Floats
    toxic: Floats
    clear: Floats
    under: Floats
    over: Floats

    def heights(self, dlts: Floats, others: Floats) -> Floats:
        """Posterior mass of each node, adding up to 1; counts of shape (states, levels)."""
        height = dlts @ self.toxic + others @ self.clear
        height -= height.max(axis=1, keepdims=True)
        np.exp(height, out=height)
        height *= self.base
        height /= height.sum(axis=1, keepdims=True)
        return height


@lru_cache(maxsize=32)
def rule(model: Model, slopes: int, per_piece: int, widest: float, reach: float = 6.5) -> Rule:
    """Nodes for a model.

    slopes      nodes in lambda
    per_piece   Gauss-Legendre nodes in each piece of the alpha axis
    widest      widest piece, in prior standard deviations of alpha given lambda
    reach       how far the nodes go, in prior standard deviations
    """
    (mean_a, mean_l), (sd_a, sd_l) = model.prior_mean, model.prior_sd
    spread = sd_a * math.sqrt(1 - model.correlation**2)
    x, w = np.polynomial.legendre.leggauss(per_piece)
    alphas, lamdas, bases, unders, overs = [], [], [], [], []
    limits = np.log(np.array(model.intervals) / (1 - np.array(model.intervals)))
    for z in np.linspace(-reach, reach, slopes):
        lamda = mean_l + sd_l * z
        center = mean_a + model.correlation * sd_a * z
        edge = limits[:, None] - math.exp(lamda) * model.logs
        low, high = center - reach * spread, center + reach * spread
        cuts = _split(np.unique(np.clip(edge, low, high)), low, high, widest * spread)
        half, middle = np.diff(cuts) / 2, (cuts[1:] + cuts[:-1]) / 2
        alpha = (middle[:, None] + half[:, None] * x).ravel()
        weight = (half[:, None] * w).ravel() * np.exp(-(((alpha - center) / spread) ** 2) / 2 - z * z / 2)
        alphas.append(alpha)
        lamdas.append(np.full(len(alpha), lamda))
        bases.append(weight)
        unders.append(alpha[:, None] < edge[0])
        overs.append(alpha[:, None] >= edge[1])
    alpha, lamda = np.concatenate(alphas), np.concatenate(lamdas)
    base = np.concatenate(bases)
    keep = base > base.max() * 1e-14
    alpha, lamda, base = alpha[keep], lamda[keep], base[keep]
    line = alpha + np.exp(lamda) * model.logs[:, None]
    return Rule(
        alpha=alpha,
        lamda=lamda,
        base=base / base.sum(),
        toxic=-np.logaddexp(0, -line),
        clear=-np.logaddexp(0, line),
        under=np.concatenate(unders)[keep].astype(float),
        over=np.concatenate(overs)[keep].astype(float),
    )


@dataclass(frozen=True)
class Summary:
    """What is known of one level: mean and standard deviation of its rate, three quantiles, interval probabilities."""

    mean: float
    sd: float
    low: float
    median: float
    high: float
    under: float
    target: float
    over: float


def posterior(model: Model, dlts: Sequence[int], others: Sequence[int]) -> tuple[float, float, tuple[Summary, ...]]:
    """Posterior means of alpha and lambda, and a summary of each level with 2.5, 50 and 97.5 % quantiles."""
    nodes = rule(model, 241, 16, 0.5, 8.0)
    mass = nodes.heights(np.array([dlts], dtype=float), np.array([others], dtype=float))[0]
    rates = np.exp(nodes.toxic)
    mean = rates @ mass
    sd = np.sqrt((rates - mean[:, None]) ** 2 @ mass)
    under, over = mass @ nodes.under, mass @ nodes.over
    below = _distribution(model, dlts, others)
    summaries = tuple(
        Summary(
            mean=float(mean[d]),
            sd=float(sd[d]),
            low=_quantile(below, d, 0.025),
            median=_quantile(below, d, 0.5),
            high=_quantile(below, d, 0.975),
            under=float(under[d]),
            target=float(1 - under[d] - over[d]),
            over=float(over[d]),
        )
        for d in range(len(model.doses))
    )
    return float(mass @ nodes.alpha), float(mass @ nodes.lamda), summaries


def _split(edges: Floats, low: float, high: float, widest: float) -> Floats:
    """All edges, the two ends, and between them as many equal steps as keep every piece narrow."""
    points = np.unique(np.concatenate([[low], edges, [high]]))
    points = points[np.concatenate([[True], np.diff(points) > 1e-12])]
    pieces = [np.linspace(a, b, max(math.ceil((b - a) / widest), 1) + 1)[:-1] for a, b in itertools.pairwise(points)]
    return np.append(np.concatenate(pieces), points[-1])


def _distribution(model: Model, dlts: Sequence[int], others: Sequence[int]) -> Callable[[int, float], float]:
    """(level index, logit of a rate) → posterior probability that the level's rate is below it."""
    (mean_a, mean_l), (sd_a, sd_l) = model.prior_mean, model.prior_sd
    spread = sd_a * math.sqrt(1 - model.correlation**2)
    z = np.linspace(-8, 8, 121)
    lamda, center = mean_l + sd_l * z, mean_a + model.correlation * sd_a * z
    x, w = np.polynomial.legendre.leggauss(72)
    seen = [d for d in range(len(dlts)) if dlts[d] + others[d]]
    toxic, clear = (np.array([counts[d] for d in seen], dtype=float) for counts in (dlts, others))
    logs = model.logs
    whole: list[float] = []

    def integral(top: Floats) -> float:
        bottom = center - 8 * spread
        half = np.maximum(np.minimum(top, center + 8 * spread) - bottom, 0) / 2
        alpha = (bottom + half)[:, None] + half[:, None] * x
        line = alpha[..., None] + np.exp(lamda)[:, None, None] * logs[seen]
        height = -np.logaddexp(0, -line) @ toxic - np.logaddexp(0, line) @ clear
        height += -(((alpha - center[:, None]) / spread) ** 2) / 2 - (z * z / 2)[:, None]
        return float(half @ (np.exp(height) @ w))

    def below(level: int, limit: float) -> float:
        if not whole:
            whole.append(integral(center + 8 * spread))
        return integral(limit - np.exp(lamda) * logs[level]) / whole[0]

    return below


def _quantile(below: Callable[[int, float], float], level: int, share: float) -> float:
    low, high = -800.0, 60.0
    while high - low > 1e-8 * max(1.0, abs(low)):
        middle = (low + high) / 2
        low, high = (middle, high) if below(level, middle) < share else (low, middle)
    return 1 / (1 + math.exp(-low)) if low > -700 else 0.0
