"""What a one-parameter CRM knows after some subjects: posterior mean and variance of b, or its likelihood estimate.

The integral over b is a trapezoid sum over ±8 prior standard deviations, which for so smooth a curve is exact to many
digits. The recommended level uses the curve *at* the posterior mean of b, not the mean of the curve, as dfcrm does.

Sources: O'Quigley, Pepe & Fisher 1990, Biometrics 46:33; R package dfcrm 0.2.2.1 (checked against it);
Cheung & Chappell 2000, Biometrics 56:1177, for the weights of subjects still in their window.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.designs.skeleton import Curve
from remit.errors import InputError

Floats = NDArray[np.float64]
PRIOR_SD = math.sqrt(1.34)
REACH, NODES = 8.0, 1601
SEARCH = 10.0


@dataclass(frozen=True)
class Estimate:
    """An estimated curve.

    b, variance   estimate and variance of the parameter; likelihood: from the observed information, None when there
                  is none
    rates         DLT rate per level at the estimate
    low, high     rates per level at the ends of a normal interval for b; None without a variance
    level         the level, from 1, whose rate is closest to the target; the lower one on a tie
    """

    b: float
    variance: float | None
    rates: tuple[float, ...]
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    level: int


def bayes(
    curve: Curve,
    target: float,
    dlts: Sequence[float],
    others: Sequence[float],
    prior_sd: float = PRIOR_SD,
    level: float = 0.90,
    partial: Sequence[tuple[int, float]] = (),
) -> Estimate:
    """The Bayesian estimate under a normal prior with mean 0.

    dlts, others   subjects with and without a DLT, per level
    level          coverage of the interval for b
    partial        subjects still in their window, as (level, weight): each counts as 1 - weight * rate
    """
    b = np.linspace(-REACH * prior_sd, REACH * prior_sd, NODES)
    height = _log_likelihood(curve, b, dlts, others, partial) - b * b / (2 * prior_sd**2)
    weight = np.exp(height - height.max())
    weight /= weight.sum()
    mean = float(weight @ b)
    variance = float(weight @ (b - mean) ** 2)
    return _estimate(curve, target, mean, variance, level)


def likelihood(
    curve: Curve, target: float, dlts: Sequence[float], others: Sequence[float], level: float = 0.90
) -> Estimate:
    """The maximum likelihood estimate, searched between -10 and 10.

    raises    InputError without both a DLT and a subject without one: the likelihood then has no maximum
    """
    if not (sum(dlts) > 0 and sum(others) > 0):
        raise InputError("dlt: a likelihood estimate needs at least one subject with a DLT and one without.")
    counts, rest = np.array([dlts], dtype=float), np.array([others], dtype=float)
    b = float(maximum(curve, counts, rest)[0])
    step = 1e-4
    around = _log_likelihood(curve, np.array([b - step, b, b + step]), dlts, others)
    bend = float((around[0] - 2 * around[1] + around[2]) / step**2)
    inside = abs(b) < SEARCH - 1e-6 and bend < 0
    return _estimate(curve, target, b, -1 / bend if inside else None, level)


def maximum(curve: Curve, dlts: Floats, others: Floats) -> Floats:
    """Maximum likelihood b of many outcomes at once; dlts, others of shape (states, levels).

    The likelihood is concave in exp(b), so that the sign of its slope finds the top by halving.
    """
    low: Floats = np.full(len(dlts), -SEARCH)
    high: Floats = np.full(len(dlts), SEARCH)
    for _ in range(60):
        middle = (low + high) / 2
        p = curve.rates(middle)
        if curve.model == "power":
            slope = ((dlts - others * p / np.maximum(1 - p, 1e-300)) * curve.scaled).sum(axis=1)
        else:
            slope = ((dlts - (dlts + others) * p) * curve.scaled).sum(axis=1)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    top: Floats = (low + high) / 2
    return top


def closest(curve: Curve, target: float, b: Floats) -> NDArray[np.int64]:
    """The recommended level, from 1, at each b."""
    return 1 + np.searchsorted(curve.switches(target), b, side="left")


def weights(followup: Sequence[float], dlt: Sequence[int], window: float, adaptive: bool = False) -> tuple[float, ...]:
    """How much each subject without a DLT counts while its window is open; 1 with a DLT.

    followup, dlt   per subject: time observed (until the DLT, if there was one), and 1 or 0
    window          the DLT window, in the unit of `followup`
    adaptive        False: share of the window; True: steps at the DLT times seen so far (Cheung & Chappell 2000)
    """
    times = sorted(time for time, event in zip(followup, dlt, strict=True) if event)
    known = []
    for time, event in zip(followup, dlt, strict=True):
        share = _adaptive(min(time, window), times, window) if adaptive and times else time / window
        known.append(1.0 if event else min(share, 1.0))
    return tuple(known)


def _adaptive(time: float, events: list[float], window: float) -> float:
    passed = sum(event <= time for event in events)
    start = events[passed - 1] if passed else 0.0
    end = events[passed] if passed < len(events) else window
    part = (time - start) / (end - start) if end > start else 0.0
    return (passed + part) / (len(events) + 1)


def _log_likelihood(
    curve: Curve,
    b: Floats,
    dlts: Sequence[float],
    others: Sequence[float],
    partial: Sequence[tuple[int, float]] = (),
) -> Floats:
    toxic, clear = curve.logs(b)
    total: Floats = toxic @ np.array(dlts, dtype=float) + clear @ np.array(others, dtype=float)
    for level, weight in partial:
        total = total + np.log1p(-weight * np.exp(toxic[:, level - 1]))
    return total


def _estimate(curve: Curve, target: float, b: float, variance: float | None, level: float) -> Estimate:
    def at(value: float) -> tuple[float, ...]:
        return tuple(curve.rates(np.array(value)).tolist())

    low = high = None
    if variance is not None:
        from statistics import NormalDist

        reach = NormalDist().inv_cdf(0.5 + parameters.probability("level", level) / 2) * math.sqrt(variance)
        low, high = at(b + reach), at(b - reach)  # a larger b means lower rates, so the ends swap
    return Estimate(b, variance, at(b), low, high, int(closest(curve, target, np.array(b))))
