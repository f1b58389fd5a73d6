"""Turnbull's estimate again, by Newton steps on the likelihood over chances per visit interval, not by EM."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize

from remit.stats.turnbull import turnbull
from remit.streams import stream

VISITS = (0.0, 28.0, 42.0, 56.0, 70.0, 84.0, 112.0, 140.0, 168.0)


def sample(place: int, subjects: int = 20) -> tuple[list[float], list[float | None]]:
    """Visits that are sometimes missed, events between them, some not yet at the last visit."""
    draw = stream(9, "turnbull", place)
    lows: list[float] = []
    highs: list[float | None] = []
    for _ in range(subjects):
        event, seen = float(draw.gamma(6, 13)), [0.0]
        stop = float(draw.uniform(50, 190))
        seen += [visit for visit in VISITS[1:] if visit <= stop and draw.uniform() < 0.85]
        lows.append(max(visit for visit in seen if visit < event))
        highs.append(min((visit for visit in seen if visit >= event), default=None))
    return lows, highs


def chances(lows: list[float], highs: list[float | None]) -> dict[float, float]:
    """Share without the event at each end of an interval, where the likelihood is highest.

    The chance of every cell between two neighboring ends is free; the likelihood is concave in them. Cells that end at
    zero are dropped one by one, and the rest solve the score equations by Newton's method.
    """
    ends = sorted({0.0, *lows, *(h for h in highs if h is not None)})
    cells = [(a, b) for a, b in zip(ends, [*ends[1:], math.inf])]
    inside = np.array(
        [[low <= a and b <= (math.inf if high is None else high) for a, b in cells] for low, high in zip(lows, highs)],
        dtype=float,
    )

    def minus(p: np.ndarray) -> float:
        return -float(np.log(np.maximum(inside @ p, 1e-300)).sum())

    def slope(p: np.ndarray) -> np.ndarray:
        return -(inside / np.maximum(inside @ p, 1e-300)[:, None]).sum(axis=0)

    start = np.full(len(cells), 1 / len(cells))
    found = optimize.minimize(
        minus, start, jac=slope, method="SLSQP", bounds=[(0, 1)] * len(cells),
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1, "jac": lambda p: np.ones_like(p)},
        options={"ftol": 1e-15, "maxiter": 2000},
    )  # fmt: skip
    kept = found.x > 1e-5
    p = found.x[kept] / found.x[kept].sum()
    matrix = inside[:, kept]
    for _ in range(50):
        gradient = (matrix / (matrix @ p)[:, None]).sum(axis=0)
        curvature = matrix / (matrix @ p)[:, None]
        hessian = -curvature.T @ curvature
        size = len(p)
        system = np.block([[hessian, np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
        step = np.linalg.lstsq(system, np.concatenate([-gradient, [1 - p.sum()]]), rcond=None)[0][:size]
        p = np.maximum(p + step, 1e-12)
        if np.abs(step).max() < 1e-13:
            break
    full = np.zeros(len(cells))
    full[kept] = p
    return {end: float(full[[a >= end for a, _ in cells]].sum()) for end in ends}


@pytest.mark.parametrize("place", range(12))
def test_the_share_still_waiting_at_every_visit_agrees(place: int) -> None:
    lows, highs = sample(place)

    estimate = turnbull(lows, highs, tolerance=1e-11, steps=500_000)
    other = chances(lows, highs)

    assert estimate.converged
    for time, share in other.items():
        low, high = estimate.survival(time)
        assert low - 1e-6 <= share <= high + 1e-6, (time, low, share, high)


@pytest.mark.parametrize("place", range(12))
def test_the_tolerance_of_the_report_gives_the_same_median(place: int) -> None:
    lows, highs = sample(place)

    assert turnbull(lows, highs).median() == turnbull(lows, highs, tolerance=1e-11, steps=500_000).median()
