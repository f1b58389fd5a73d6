"""Looks at responses: against every sequence, scipy's tails, and searches without pruning."""

import itertools

import numpy as np
import pytest
from scipy.stats import beta, betabinom, binom

from remit.designs.response.ahern import ahern
from remit.designs.response.posterior_bounds import posterior_bounds
from remit.designs.response.predictive import Success
from remit.designs.response.predictive_design import predictive_design, predictive_limits
from remit.designs.response.sequential import Boundaries, course
from remit.designs.response.simon import simon, weights


def test_chances_at_looks_agree_with_every_sequence() -> None:
    limits, rate = Boundaries((3, 5, 9, 12), (0, 1, -1, 4), (4, 4, 7, 7)), 0.35
    low, high = [0.0] * 4, [0.0] * 4
    undecided = subjects = responders = 0.0
    for each in itertools.product((0, 1), repeat=12):
        way = rate ** sum(each) * (1 - rate) ** (12 - sum(each))
        for look, n in enumerate(limits.looks):
            x = sum(each[:n])
            if x <= limits.stop_at_most[look] or x >= limits.stop_at_least[look]:
                (low if x <= limits.stop_at_most[look] else high)[look] += way
                break
        else:
            undecided += way
        subjects += way * n
        responders += way * sum(each[:n])

    found = course(limits, rate)

    assert found.stopped_low == pytest.approx(low, abs=1e-12)
    assert found.stopped_high == pytest.approx(high, abs=1e-12)
    assert found.undecided == pytest.approx(undecided, abs=1e-12)
    assert found.subjects == pytest.approx(subjects, abs=1e-10)
    assert found.responders == pytest.approx(responders, abs=1e-10)


def test_simon_is_a_trial_with_two_looks() -> None:
    design = simon(0.1, 0.3, 0.05, 0.1).optimal
    looks = Boundaries((design.n1, design.n), (design.r1, design.r), (design.n1 + 1, design.r + 1))

    null, good = course(looks, 0.1), course(looks, 0.3)

    assert null.promising == pytest.approx(design.size, abs=1e-12)
    assert good.promising == pytest.approx(design.power, abs=1e-12)
    assert null.subjects == pytest.approx(design.expected_n, abs=1e-10)


@pytest.mark.parametrize("rates", [(0.1, 0.3), (0.2, 0.4), (0.3, 0.45)])
def test_each_admissible_simon_design_wins_for_the_weights_given(rates: tuple[float, float]) -> None:
    found = simon(*rates, 0.05, 0.2)
    held = weights(found)

    assert held[0][1] == 1
    assert held[-1][0] == 0
    for q in np.linspace(0.005, 0.995, 199):
        loss = [q * one.n + (1 - q) * one.expected_n for one in found.admissible]
        (inside,) = [at for at, (low, high) in enumerate(held) if low < q <= high]
        assert loss[inside] == pytest.approx(min(loss), abs=1e-9)


def test_no_two_stage_design_at_all_beats_the_admissible_one_for_its_weight() -> None:
    p0, p1, alpha, error, most = 0.1, 0.4, 0.1, 0.2, 22
    every: list[tuple[int, float]] = []
    for n in range(2, most + 1):
        for n1 in range(1, n):
            for r1 in range(n1):
                x = np.arange(r1 + 1, n1 + 1)
                rest = np.arange(r1, n)[:, None] - x
                size = binom.sf(rest, n - n1, p0) @ binom.pmf(x, n1, p0)
                power = binom.sf(rest, n - n1, p1) @ binom.pmf(x, n1, p1)
                if ((size <= alpha) & (power >= 1 - error)).any():
                    every.append((n, n - (n - n1) * float(binom.cdf(r1, n1, p0))))

    found = simon(p0, p1, alpha, error, most)

    for q in np.linspace(0.01, 0.99, 99):
        least = min(q * n + (1 - q) * mean for n, mean in every)
        assert min(q * one.n + (1 - q) * one.expected_n for one in found.admissible) == pytest.approx(least, abs=1e-9)


def test_posterior_limits_are_those_of_the_beta_tail() -> None:
    limits = posterior_bounds((8, 16, 24), 0.2, 0.4, 0.05, 0.95, (0.4, 0.6))
    for look, n in enumerate(limits.looks):
        x = np.arange(n + 1)
        good = np.flatnonzero(beta.sf(0.2, 0.4 + x, 0.6 + n - x) > 0.95)
        poor = np.count_nonzero(beta.sf(0.4, 0.4 + x, 0.6 + n - x) < 0.05)
        assert limits.stop_at_least[look] == good[0]
        assert limits.stop_at_most[look] == (poor - 1 if look < 2 else good[0] - 1)


def test_predictive_limits_are_those_of_the_beta_binomial_sum() -> None:
    success = Success(20, 0.3, 0.9, 0.3, 0.7)
    limits = predictive_limits(success, (5, 10, 15, 20), 0.05, 0.95)
    for look, n in enumerate(limits.looks[:-1]):
        left, share = 20 - n, []
        for x in range(n + 1):
            more = np.arange(left + 1)
            won = beta.sf(0.3, 0.3 + x + more, 0.7 + 20 - x - more) > 0.9
            share.append(betabinom.pmf(more, left, 0.3 + x, 0.7 + n - x) @ won)
        assert limits.stop_at_most[look] == sum(one < 0.05 for one in share) - 1
        assert limits.stop_at_least[look] == next((x for x, one in enumerate(share) if one > 0.95), n + 1)


def test_the_predictive_design_is_that_of_the_paper() -> None:
    # Lee & Liu 2008, Clin Trials 5:93, first example: p0 0.2, p1 0.4, both errors 0.1, a look after each subject from
    # the 10th to the 36th: stop at 0/10, 1/17, 2/21 ..., error 0.088, power 0.906, PET 0.86, mean 27.67 [recalled]
    found = predictive_design(range(10, 37), 0.2, 0.4, 0.1, 0.1)
    steps = zip(found.boundaries.looks, found.boundaries.stop_at_most, strict=True)
    first = {x: n for n, x in reversed(list(steps))}

    assert [first[x] for x in range(11)] == [10, 17, 21, 24, 27, 29, 31, 33, 34, 35, 36]
    assert found.null.promising == pytest.approx(0.088, abs=0.0005)
    assert found.good.promising == pytest.approx(0.906, abs=0.0005)
    assert found.null.subjects == pytest.approx(27.67, abs=0.005)
    assert found.null.stopped_early == pytest.approx(0.86, abs=0.005)


@pytest.mark.parametrize(("p0", "p1", "alpha", "error"), [(0.05, 0.2, 0.05, 0.2), (0.3, 0.5, 0.1, 0.1)])
def test_ahern_agrees_with_a_plain_search(p0: float, p1: float, alpha: float, error: float) -> None:
    good = []
    for n in range(1, 120):
        r = next(r for r in range(-1, n + 1) if binom.sf(r, n, p0) <= alpha)
        if binom.cdf(r, n, p1) <= error:
            good.append((n, r))

    assert [(one.n, one.r) for one in ahern(p0, p1, alpha, error)] == good[:3]
