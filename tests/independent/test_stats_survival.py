"""Survival estimates against lifelines, scipy and a likelihood maximized by a general-purpose optimizer."""

import math
import warnings

import numpy as np
import pytest
from scipy import optimize, stats

from remit.stats.survival import kaplan_meier, reverse_kaplan_meier
from remit.stats.turnbull import turnbull
from remit.streams import stream

lifelines = pytest.importorskip("lifelines")


def sample(place: int, subjects: int = 25) -> tuple[list[float], list[int]]:
    draws = stream(1, "survival sample", place)
    event = np.ceil(draws.exponential(10, subjects))
    contact = np.ceil(draws.uniform(0, 20, subjects))
    return np.minimum(event, contact).tolist(), (event <= contact).astype(int).tolist()


@pytest.mark.parametrize("place", range(8))
def test_the_curve_and_its_default_band_agree_with_lifelines(place: int) -> None:
    times, events = sample(place)
    theirs = lifelines.KaplanMeierFitter().fit(times, events)

    curve = kaplan_meier(times, events)

    assert curve.survival == pytest.approx(theirs.predict(list(curve.time)).tolist(), abs=1e-12)
    band = theirs.confidence_interval_survival_function_.loc[list(curve.time)].to_numpy()
    known = [k for k, low in enumerate(curve.low) if low is not None]
    assert [curve.low[k] for k in known] == pytest.approx(band[known, 0].tolist(), abs=1e-9)
    assert [curve.high[k] for k in known] == pytest.approx(band[known, 1].tolist(), abs=1e-9)


@pytest.mark.parametrize("place", range(8))
def test_the_plain_band_agrees_with_scipy(place: int) -> None:
    times, events = sample(place)
    observed = [time for time, event in zip(times, events) if event]
    lost = [time for time, event in zip(times, events) if not event]
    theirs = stats.ecdf(stats.CensoredData(uncensored=observed, right=lost)).sf
    with warnings.catch_warnings():
        # scipy warns where survival is 0 and the formula has no value; those steps are skipped below
        warnings.simplefilter("ignore", RuntimeWarning)
        limits = theirs.confidence_interval(0.9)

    curve = kaplan_meier(times, events, "plain", 0.9)

    for k, time in enumerate(curve.time):
        if curve.low[k] is None:
            continue
        assert curve.survival[k] == pytest.approx(float(theirs.evaluate(time)), abs=1e-12)
        assert curve.low[k] == pytest.approx(float(limits.low.evaluate(time)), abs=1e-9)
        assert curve.high[k] == pytest.approx(float(limits.high.evaluate(time)), abs=1e-9)


@pytest.mark.parametrize("place", range(8))
def test_reversed_follow_up_is_lifelines_with_the_indicator_turned(place: int) -> None:
    times, events = sample(place)
    theirs = lifelines.KaplanMeierFitter().fit(times, [1 - event for event in events])

    curve = reverse_kaplan_meier(times, events)

    assert curve.survival == pytest.approx(theirs.predict(list(curve.time)).tolist(), abs=1e-12)


def likelihood_of(lows: list[float], highs: list[float | None]) -> tuple[np.ndarray, list[float]]:
    """Membership of every subject in every cell between neighboring ends: nothing clever, all cells kept."""
    ends = sorted({*lows, *(high for high in highs if high is not None), math.inf})
    cells = [(low, high) for low, high in zip([0.0, *ends], ends) if low < high]
    inside = [
        [low <= cell[0] and cell[1] <= (math.inf if high is None else high) for cell in cells]
        for low, high in zip(lows, highs)
    ]
    return np.array(inside, dtype=float), [cell[1] for cell in cells]


@pytest.mark.parametrize("place", range(6))
def test_turnbull_reaches_the_likelihood_that_an_optimizer_reaches(place: int) -> None:
    draws = stream(1, "visits", place)
    lows: list[float] = []
    highs: list[float | None] = []
    for true_time in draws.exponential(12, 15):
        visits = [0.0, *np.cumsum(draws.integers(2, 6, 6)).astype(float).tolist()]
        lows.append(max(visit for visit in visits if visit < true_time))
        highs.append(next((visit for visit in visits if visit >= true_time), None))
    inside, cell_ends = likelihood_of(lows, highs)

    def minus_log_likelihood(weights: np.ndarray) -> float:
        mass = np.exp(weights - weights.max())
        return -float(np.log(inside @ (mass / mass.sum())).sum())

    best = optimize.minimize(minus_log_likelihood, np.zeros(inside.shape[1]), method="BFGS")

    estimate = turnbull(lows, highs)

    placed = np.zeros(len(cell_ends))
    for high, mass in zip(estimate.high, estimate.mass):
        placed[cell_ends.index(math.inf if high is None else high)] += mass
    assert estimate.converged
    assert float(np.log(inside @ placed).sum()) >= -best.fun - 1e-6


def test_turnbull_agrees_with_lifelines_on_visits() -> None:
    lows = [0, 0, 4, 4, 8, 8, 12, 12, 4, 0]
    highs = [4, 8, 8, 12, 12, None, None, 16, None, 12]
    # lifelines closes its intervals at the left end, where ours are open: move that end past the visit.
    theirs = lifelines.KaplanMeierFitter().fit_interval_censoring(
        [low + 0.001 for low in lows], [math.inf if high is None else high for high in highs], tol=1e-10
    )

    just_after = theirs.survival_function_["NPMLE_estimate_lower"]

    estimate = turnbull(lows, highs)

    for time in (4, 8, 12):
        ours = estimate.survival(time)
        assert ours[0] == pytest.approx(ours[1])
        assert ours[0] == pytest.approx(float(just_after[time]), abs=1e-4)
