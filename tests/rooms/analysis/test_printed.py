"""Texts of numbers, and what a zero still allows."""

from __future__ import annotations

import math

import pytest

from remit.analysis import printed
from remit.protocol import Rules

RULES = Rules()


def tail(x: int, n: int, p: float) -> float:
    """P(X >= x) for a binomial X, term by term."""
    return math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x, n + 1))


@pytest.mark.parametrize(("x", "n"), [(4, 8), (6, 8), (2, 20), (1, 13)])
def test_each_limit_leaves_a_fortieth_in_its_tail(x: int, n: int) -> None:
    # the definition of Clopper and Pearson's limits
    found = printed.limits(x, n, RULES)

    assert found.low is not None
    assert found.high is not None
    assert tail(x, n, found.low) == pytest.approx(0.025, abs=1e-12)
    assert 1 - tail(x + 1, n, found.high) == pytest.approx(0.025, abs=1e-12)


def test_four_and_six_of_eight_print_with_their_exact_limits() -> None:
    assert printed.proportion(4, 8, RULES) == "4/8 (50.0 %; 95 % CI 15.7–84.3)"
    assert printed.proportion(6, 8, RULES) == "6/8 (75.0 %; 95 % CI 34.9–96.8)"
    assert printed.proportion(2, 20, RULES) == "2/20 (10.0 %; 95 % CI 1.2–31.7)"


def test_none_in_thirteen_still_allows_a_fifth() -> None:
    # 1 - 0.05 ** (1 / 13) = 0.2058
    assert printed.none_seen(0, 13, RULES) == "none seen; one-sided 95 % upper bound 20.6 %"
    assert printed.none_seen(1, 13, RULES) == ""
    assert printed.none_seen(0, 0, RULES) == ""


@pytest.mark.parametrize(
    ("value", "quantity", "statistic", "text"),
    [
        (5.027, "months", "median", "5"),
        (11.992, "months", "max", "12"),
        (5.57, "months", "mean", "5.6"),
        (0.9993, "years", "min", "1"),
        (8.5, "score", "median", "8.5"),
        (8.0, "score", "median", "8"),
        (10.0, "score", "max", "10"),
        (0.25, "pga", "median", "0.25"),
        (7.5, "mg-per-day", "median", "7.5"),
        (0.0, "mg-per-day", "min", "0"),
        (0.5, "years", "median", "1"),  # half up, where half even would print 0
    ],
)
def test_a_number_prints_as_its_source_prints_it(value: float, quantity: str, statistic: str, text: str) -> None:
    assert printed.number(value, quantity, statistic, RULES) == text


def test_the_protocol_chooses_the_interval_and_the_rounding() -> None:
    rules = Rules(interval="wilson", interval_level=0.9, rounding="half-even")

    limits = printed.limits(4, 8, rules)

    assert (limits.method, limits.level) == ("wilson", 0.9)
    assert printed.proportion(4, 8, rules).startswith("4/8 (50.0 %; 90 % CI 24.9–75.1)")
    assert printed.number(0.5, "years", "median", rules) == "0"
