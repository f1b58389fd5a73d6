"""Response and monitoring designs against every sequence of responses, or a search without any pruning."""

import itertools

import numpy as np
import pytest
from scipy.stats import beta, betabinom, binom

from remit.designs.response import bop2, monitoring
from remit.designs.response.predictive import Success, predictive
from remit.designs.response.simon import simon
from remit.designs.response.simon_inference import inference


@pytest.mark.parametrize(
    ("p0", "p1", "alpha", "error"), [(0.1, 0.4, 0.1, 0.2), (0.2, 0.5, 0.1, 0.2), (0.05, 0.3, 0.05, 0.2)]
)
def test_simon_agrees_with_a_search_of_every_design(p0: float, p1: float, alpha: float, error: float) -> None:
    most, good = 22, []
    for n in range(2, most + 1):
        for n1 in range(1, n):
            for r1 in range(n1):
                early = binom.cdf(r1, n1, p0)
                for r in range(r1, n):
                    x = np.arange(r1 + 1, n1 + 1)
                    size = binom.pmf(x, n1, p0) @ binom.sf(r - x, n - n1, p0)
                    if size > alpha:
                        continue
                    power = binom.pmf(x, n1, p1) @ binom.sf(r - x, n - n1, p1)
                    if power < 1 - error:
                        break
                    good.append((n - (n - n1) * early, n, n1, r1, r))
                    break
    best = min(good)
    least = min(good, key=lambda one: (one[1], one[0]))

    found = simon(p0, p1, alpha, error, most)

    assert (found.optimal.n, found.optimal.n1, found.optimal.r1, found.optimal.r) == best[1:]
    assert found.optimal.expected_n == pytest.approx(best[0], abs=1e-10)
    assert (found.minimax.n, found.minimax.n1, found.minimax.r1, found.minimax.r) == least[1:]


def test_the_unbiased_estimate_after_two_stages_is_unbiased() -> None:
    r1, n1, n, rate = 2, 8, 17, 0.37
    estimate = [inference(r1, n1, n, x, 0.2).estimate for x in range(n + 1)]
    mean = 0.0
    for each in itertools.product((0, 1), repeat=n1):
        first = sum(each)
        way = rate**first * (1 - rate) ** (n1 - first)
        if first <= r1:
            mean += way * estimate[first]
            continue
        for second in range(n - n1 + 1):
            mean += way * binom.pmf(second, n - n1, rate) * estimate[first + second]

    assert mean == pytest.approx(rate, abs=1e-12)


def test_the_upper_limit_after_two_stages_leaves_alpha_below() -> None:
    found = inference(1, 10, 29, 6, 0.1)
    rate = found.high
    stopped = binom.cdf(1, 10, rate)
    x = np.arange(2, 11)
    at_most_six = stopped + binom.pmf(x, 10, rate) @ binom.cdf(6 - x, 19, rate)

    assert at_most_six == pytest.approx(0.05, abs=1e-9)
    assert found.high_by_p_value < found.high


def test_stopping_chances_agree_with_every_sequence() -> None:
    looks, boundary, rate = (3, 5, 9, 12), (3, 3, 5, 6), 0.3
    stopped = early = subjects = events = 0.0
    for each in itertools.product((0, 1), repeat=12):
        way = rate ** sum(each) * (1 - rate) ** (12 - sum(each))
        at = next((k for k, (n, limit) in enumerate(zip(looks, boundary, strict=True)) if sum(each[:n]) >= limit), None)
        n = looks[at] if at is not None else 12
        stopped += way * (at is not None)
        early += way * (at is not None and at < 3)
        subjects += way * n
        events += way * sum(each[:n])

    found = monitoring.chances(looks, boundary, rate)

    assert found.stopped == pytest.approx(stopped, abs=1e-12)
    assert found.stopped_early == pytest.approx(early, abs=1e-12)
    assert found.subjects == pytest.approx(subjects, abs=1e-12)
    assert found.events == pytest.approx(events, abs=1e-12)


def test_joint_stopping_chances_agree_with_every_sequence() -> None:
    looks, most, least = (3, 6, 8), (0, 1, 3), (3, 4, 5)
    rates = bop2.Cells(0.3, 0.1, 0.2)
    cells = {(1, 0): 0.3, (1, 1): 0.1, (0, 1): 0.2, (0, 0): 0.4}
    promising = subjects = 0.0
    for each in itertools.product(cells, repeat=8):
        way = float(np.prod([cells[one] for one in each]))
        for n, low, high in zip(looks, most, least, strict=True):
            responses, toxicities = (sum(one[k] for one in each[:n]) for k in (0, 1))
            if responses <= low or toxicities >= high:
                subjects += way * n
                break
        else:
            promising += way
            subjects += way * 8

    assert bop2.chances(looks, most, least, rates) == pytest.approx((promising, subjects), abs=1e-12)


def test_bop2_limits_are_those_of_the_posterior() -> None:
    found = bop2.bop2((10, 20, 30, 40), 0.2, 0.4, 0.1)
    for n, limit in zip(found.looks, found.stop_at_most, strict=True):
        cut = found.lambda_ * (n / 40) ** found.gamma
        sure = beta.sf(0.2, 0.2 + np.arange(n + 1), 0.8 + n - np.arange(n + 1))
        assert limit == np.count_nonzero(sure < cut) - 1

    assert found.type1 <= 0.1


def test_predictive_probability_is_the_beta_binomial_sum() -> None:
    success = Success(40, 0.6, 0.9, 0.6, 0.4)
    for n, y in ((0, 0), (10, 6), (23, 16), (39, 27), (40, 28)):
        left = 40 - n
        expected = sum(betabinom.pmf(x, left, 0.6 + y, 0.4 + n - y) for x in range(left + 1) if y + x >= success.needed)
        assert predictive(success, y, n) == pytest.approx(expected, abs=1e-10)
    assert beta.sf(0.6, 0.6 + success.needed, 0.4 + 40 - success.needed) > 0.9
    assert beta.sf(0.6, 0.6 + success.needed - 1, 0.4 + 41 - success.needed) <= 0.9
