"""Limits of proportions against scipy and against slow searches over the definition."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from remit.stats.intervals import interval

COUNTS = [(x, n) for n in (1, 2, 3, 6, 8, 11) for x in range(n + 1)]


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_clopper_pearson_and_wilson_agree_with_scipy(level: float) -> None:
    for x, n in COUNTS:
        test = stats.binomtest(x, n)

        for method, word in (("clopper-pearson", "exact"), ("wilson", "wilson")):
            theirs = test.proportion_ci(level, method=word)
            assert interval(method, x, n, level) == pytest.approx(tuple(theirs), abs=1e-9)


def test_jeffreys_is_the_quantile_of_a_beta_distribution() -> None:
    for x, n in COUNTS:
        posterior = stats.beta(x + 0.5, n - x + 0.5)
        expected = (0 if x == 0 else posterior.ppf(0.025), 1 if x == n else posterior.ppf(0.975))

        assert interval("jeffreys", x, n) == pytest.approx(expected, abs=1e-9)


def test_mid_p_solves_its_equation() -> None:
    for x, n in COUNTS:

        def lower(p: float, x: int = x, n: int = n) -> float:
            return float(stats.binom.sf(x, n, p) + stats.binom.pmf(x, n, p) / 2 - 0.025)

        def upper(p: float, x: int = x, n: int = n) -> float:
            return float(stats.binom.cdf(x - 1, n, p) + stats.binom.pmf(x, n, p) / 2 - 0.025)

        low, high = interval("mid-p", x, n)
        assert low == pytest.approx(0 if x == 0 else optimize.brentq(lower, 0, 1, xtol=1e-13), abs=1e-9)
        assert high == pytest.approx(1 if x == n else optimize.brentq(upper, 0, 1, xtol=1e-13), abs=1e-9)


def acceptable(x: int, n: int, p: np.ndarray) -> np.ndarray:
    """Blaker's probability of outcomes at least as extreme as x, written out from its definition."""

    def smaller_tail(y: int) -> np.ndarray:
        return np.minimum(stats.binom.cdf(y, n, p), stats.binom.sf(y - 1, n, p))

    observed = smaller_tail(x)
    total = np.zeros_like(p)
    for y in range(n + 1):
        total += np.where(smaller_tail(y) <= observed * (1 + 1e-12), stats.binom.pmf(y, n, p), 0)
    return total


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(("x", "n"), COUNTS)
def test_blaker_keeps_what_a_fine_grid_keeps(x: int, n: int, level: float) -> None:
    grid = np.linspace(0, 1, 20_001)

    kept = grid[acceptable(x, n, grid) > 1 - level]

    low, high = interval("blaker", x, n, level)
    assert low == pytest.approx(kept.min(), abs=1.01 / 20_000)
    assert high == pytest.approx(kept.max(), abs=1.01 / 20_000)


@pytest.mark.parametrize("n", [5, 12])
def test_exact_methods_cover_at_every_p_and_wald_does_not(n: int) -> None:
    truth = np.linspace(0.001, 0.999, 999)
    probabilities = stats.binom.pmf(np.arange(n + 1)[:, None], n, truth)

    def least_coverage(method: str) -> float:
        limits = np.array([interval(method, x, n) for x in range(n + 1)])
        inside = (limits[:, :1] <= truth) & (truth <= limits[:, 1:])
        return float((inside * probabilities).sum(axis=0).min())

    assert least_coverage("clopper-pearson") >= 0.95
    assert least_coverage("blaker") >= 0.95 - 1e-12
    assert least_coverage("wald") < 0.1
    assert not math.isclose(least_coverage("mid-p"), 0.95)
