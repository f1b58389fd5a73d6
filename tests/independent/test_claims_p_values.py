"""P-values and limits of two groups against scipy's own tests, which share no code with ours."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats
from scipy.stats.contingency import odds_ratio, relative_risk

from remit.evidence.derived.p_values import Moments, of_counts, of_means
from remit.evidence.derived.two_group_intervals import of_difference, of_mean, of_mean_difference, of_ratio

TABLES = [((8, 12), (2, 11)), ((1, 13), (5, 5)), ((0, 9), (3, 10)), ((7, 30), (12, 25)), ((79, 200), (60, 210))]
MOMENTS = [((12, 10.6, 4.2), (13, 14.0, 5.0)), ((4, 31.3, 2.2), (5, 5.35, 1.1)), ((60, 20.0, 9.0), (30, 22.5, 3.0))]


def table(first: tuple[int, int], second: tuple[int, int]) -> list[list[int]]:
    return [[a, n - a] for a, n in (first, second)]


def exact(n: int, mean: float, sd: float) -> Moments:
    return Moments(n, (Fraction(mean),) * 2, (Fraction(sd),) * 2)


@pytest.mark.parametrize(("first", "second"), TABLES)
def test_tests_of_counts(first: tuple[int, int], second: tuple[int, int]) -> None:
    found = of_counts(first, second)

    cells = table(first, second)
    sides = [stats.fisher_exact(cells, alternative=side).pvalue for side in ("less", "greater")]
    assert found["Fisher's exact"][0] == pytest.approx(stats.fisher_exact(cells).pvalue, rel=1e-9)
    assert found["Fisher's exact, one-sided"][0] == pytest.approx(min(sides), rel=1e-9)
    assert found["Fisher's exact (twice the smaller tail)"][0] == pytest.approx(min(1, 2 * min(sides)), rel=1e-9)
    for name, corrected in (("chi-square", False), ("chi-square with continuity correction", True)):
        assert found[name][0] == pytest.approx(stats.chi2_contingency(cells, correction=corrected).pvalue, rel=1e-9)


@pytest.mark.parametrize(("first", "second"), MOMENTS)
def test_tests_of_means(first: tuple[int, float, float], second: tuple[int, float, float]) -> None:
    found = of_means(exact(*first), exact(*second))

    (n, x, s), (m, y, r) = first, second
    for name, equal in (("t (equal variances)", True), ("Welch's t", False)):
        expected = stats.ttest_ind_from_stats(x, s, n, y, r, m, equal_var=equal).pvalue
        assert found[name] == pytest.approx((expected, expected), rel=1e-9)


@pytest.mark.parametrize(("first", "second"), MOMENTS)
def test_what_rounded_means_leave_holds_every_value_that_prints_so(
    first: tuple[int, float, float], second: tuple[int, float, float]
) -> None:
    half = Fraction(1, 20)
    rounded = [
        Moments(n, (Fraction(x) - half, Fraction(x) + half), (Fraction(s) - half, Fraction(s) + half))
        for n, x, s in (first, second)
    ]
    found = of_means(*rounded)

    rng = np.random.default_rng(5)
    for x, s, y, r in rng.uniform(-0.05, 0.05, (200, 4)):
        (n, mean, sd), (m, other, spread) = first, second
        for name, equal in (("t (equal variances)", True), ("Welch's t", False)):
            p = stats.ttest_ind_from_stats(mean + x, sd + s, n, other + y, spread + r, m, equal_var=equal).pvalue
            assert found[name][0] * (1 - 1e-9) <= p <= found[name][1] * (1 + 1e-9)


@pytest.mark.parametrize(("first", "second"), [t for t in TABLES if 0 < t[0][0] < t[0][1] and t[1][0] < t[1][1]])
def test_limits_of_ratios(first: tuple[int, int], second: tuple[int, int]) -> None:
    risk = relative_risk(*first, *second).confidence_interval(0.95)
    odds = odds_ratio(table(first, second), kind="sample").confidence_interval(0.95)

    found = of_ratio(first, second, 0.95, odds=False)["Katz (log risk ratio)"]
    assert [end[0] for end in found] == pytest.approx([risk.low, risk.high], rel=1e-9)
    found = of_ratio(first, second, 0.95, odds=True)["Woolf (log odds ratio)"]
    assert [end[0] for end in found] == pytest.approx([odds.low, odds.high], rel=1e-9)


@pytest.mark.parametrize(("first", "second"), TABLES)
def test_limits_of_a_difference_of_proportions_by_newcombe(first: tuple[int, int], second: tuple[int, int]) -> None:
    # method 10 of Newcombe 1998, from Wilson limits as scipy has them
    p, q = first[0] / first[1], second[0] / second[1]
    one, two = (stats.binomtest(*side).proportion_ci(0.95, "wilson") for side in (first, second))
    low = p - q - np.hypot(p - one.low, two.high - q)
    high = p - q + np.hypot(one.high - p, q - two.low)

    found = of_difference(first, second, 0.95)["Newcombe"]

    assert [end[0] for end in found] == pytest.approx([100 * low, 100 * high], rel=1e-9)


def test_limits_of_means() -> None:
    n, mean, sd = 9, 30.5, 4.0
    low, high = stats.t.interval(0.95, n - 1, mean, sd / np.sqrt(n))

    assert [end[0] for end in of_mean(exact(n, mean, sd), 0.95)["Student's t"]] == pytest.approx([low, high])


@pytest.mark.parametrize(("first", "second"), MOMENTS)
def test_limits_of_a_difference_of_means_are_those_of_the_test(
    first: tuple[int, float, float], second: tuple[int, float, float]
) -> None:
    found = of_mean_difference(exact(*first), exact(*second), 0.95)

    rng = np.random.default_rng(6)
    drawn = []
    for n, mean, sd in (first, second):
        values = rng.normal(size=n)
        drawn.append(mean + sd * (values - values.mean()) / values.std(ddof=1))
    for name, equal in (("t (equal variances)", True), ("Welch's t", False)):
        limits = stats.ttest_ind(*drawn, equal_var=equal).confidence_interval(0.95)
        assert [end[0] for end in found[name]] == pytest.approx([limits.low, limits.high], rel=1e-7)
