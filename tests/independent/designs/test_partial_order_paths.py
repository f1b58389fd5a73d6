"""Escalation on a partial order written a second time, slowly, and every path of small trials added up."""

import itertools
import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from remit.designs import exact, isotonic, partial_isotonic
from remit.designs import walk as general
from remit.designs.count_walk import fits
from remit.designs.count_walk import walk as quick
from remit.designs.partial_order import PartialOrder, grid, grid_orderings
from remit.designs.partial_order_boin import PartialOrderBoin
from remit.designs.partial_order_crm import PartialOrderCrm

Counts = tuple[tuple[int, int], ...]
Pairs = tuple[tuple[int, int], ...]
SQUARE: Pairs = ((1, 2), (1, 3), (2, 4), (3, 4))
FORK: Pairs = ((1, 2), (1, 3), (3, 4))


def every_path(
    levels: int,
    cohort: int,
    cohorts: int,
    following: Callable[[Counts, int, int], int],
    choose: Callable[[Counts], int],
    rates: tuple[float, ...],
) -> tuple[list[float], list[float]]:
    selected, treated = [0.0] * (levels + 1), [0.0] * levels

    def go_on(seen: Counts, level: int, left: int, chance: float) -> None:
        if level == 0 or left == 0:
            selected[choose(seen)] += chance
            for place, (n, _) in enumerate(seen):
                treated[place] += chance * n
            return
        p = rates[level - 1]
        for y in range(cohort + 1):
            way = math.comb(cohort, y) * p**y * (1 - p) ** (cohort - y)
            after = tuple((n + cohort, d + y) if k == level else (n, d) for k, (n, d) in enumerate(seen, start=1))
            go_on(after, following(after, level, y) if left > 1 else 0, left - 1, chance * way)

    go_on(((0, 0),) * levels, 1, cohorts, 1.0)
    return selected, treated


def relations(levels: int, pairs: Pairs) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    below = set(pairs)
    while True:
        more = {(a, d) for a, b in below for c, d in below if b == c} - below
        if not more:
            break
        below |= more
    return below, {(a, b) for a, b in below if not any((a, c) in below and (c, b) in below for c in range(levels + 1))}


def smallest_lower_sets(
    levels: int, below: set[tuple[int, int]], rate: list[float], weight: list[float]
) -> list[float]:
    """Brunk's way to the isotonic fit: take off, again and again, the largest lower set with the smallest mean."""
    fitted, left = [0.0] * levels, set(range(1, levels + 1))
    while left:
        found: list[tuple[float, int, tuple[int, ...]]] = []
        for size in range(1, len(left) + 1):
            for one in itertools.combinations(sorted(left), size):
                if all(a in one or a not in left for a, b in below if b in one):
                    mass = sum(weight[k - 1] for k in one)
                    mean = sum(weight[k - 1] * rate[k - 1] for k in one) / mass
                    found.append((round(mean, 14), -size, one))
        mean, _, one = min(found)
        for k in one:
            fitted[k - 1] = mean
        left -= set(one)
    return fitted


def slow_interval(
    levels: int, pairs: Pairs, target: float
) -> tuple[Callable[[Counts, int, int], int], Callable[[Counts], int]]:
    below, covers = relations(levels, pairs)
    p1, p2 = 0.6 * target, 1.4 * target
    low = math.log((1 - p1) / (1 - target)) / math.log(target * (1 - p1) / (p1 * (1 - target)))
    high = math.log((1 - target) / (1 - p2)) / math.log(p2 * (1 - target) / (target * (1 - p2)))

    def closed_here(n: int, y: int) -> bool:
        return n >= 3 and float(beta.sf(target, 1 + y, 1 + n - y)) > 0.95

    @cache
    def value(n: int, y: int) -> float:
        return round(float(beta.cdf(high, 1 + y, 1 + n - y) - beta.cdf(low, 1 + y, 1 + n - y)), 12)

    def opened(seen: Counts) -> set[int]:
        shut = {k for k, (n, y) in enumerate(seen, start=1) if closed_here(n, y)}
        return {k for k in range(1, levels + 1) if k not in shut and not any((a, k) in below for a in shut)}

    @cache
    def following(seen: Counts, level: int, _latest: int) -> int:
        good = opened(seen)
        sound = {k for k in good if seen[k - 1][0] and seen[k - 1][1] / seen[k - 1][0] < high}
        ready = {k for k in good if all(a in sound for a, b in covers if b == k)}

        def best(candidates: set[int]) -> int:
            return max(candidates, key=lambda k: (value(*seen[k - 1]), -k), default=0)

        n, y = seen[level - 1]
        upper = {b for a, b in covers if a == level}
        lower = {a for a, b in covers if b == level}
        if level not in good:
            return best(lower & good) or best({k for k in good if seen[k - 1][0] or k in ready})
        if y / n <= low:
            beside = {a for a, b in below if b in upper and seen[a - 1][0] == 0}
            return best(ready & upper) or best(ready & beside) or level
        if y / n >= high:
            return best(lower & good) or level
        return level

    @cache
    def choose(seen: Counts) -> int:
        rate = [(y + 0.05) / (n + 0.1) for n, y in seen]
        weight = [(n + 0.1) ** 2 * (n + 1.1) / ((y + 0.05) * (n - y + 0.05)) if n else 1e-200 for n, y in seen]
        fitted = smallest_lower_sets(levels, below, rate, weight)
        good = [k for k in sorted(opened(seen)) if seen[k - 1][0]]
        return min(good, key=lambda k: (round(abs(fitted[k - 1] - target), 9), -seen[k - 1][0], k), default=0)

    return following, choose


RATES = (0.1, 0.3, 0.25, 0.5)


@pytest.mark.parametrize("pairs", [SQUARE, FORK, ((1, 2), (2, 3), (3, 4))])
@pytest.mark.parametrize("target", [0.2, 0.3])
@pytest.mark.parametrize("rates", [RATES, (0.5, 0.6, 0.7, 0.8)])
def test_the_interval_design_agrees_with_every_path(pairs: Pairs, target: float, rates: tuple[float, ...]) -> None:
    design = PartialOrderBoin(levels=4, target=target, order=pairs, cohorts=5)
    following, choose = slow_interval(4, pairs, target)

    selected, treated = every_path(4, 3, 5, following, choose, rates)
    found = exact(design).under(rates)

    assert sum(selected) == pytest.approx(1, abs=1e-10)
    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)


def slow_po_crm(
    levels: int,
    pairs: Pairs,
    orderings: tuple[tuple[int, ...], ...],
    skeleton: tuple[float, ...],
    target: float,
    stop: float,
) -> tuple[Callable[[Counts, int, int], int], Callable[[Counts], int]]:
    _, covers = relations(levels, pairs)
    variance = 1.34

    @cache
    def fitted(seen: Counts) -> tuple[tuple[float, ...], float]:
        evidence, means, unsafe = [], [], []
        for order in orderings:

            def height(b: float, order: tuple[int, ...] = order) -> float:
                out = math.exp(-b * b / (2 * variance))
                for place, k in enumerate(order):
                    p = skeleton[place] ** math.exp(b)
                    n, y = seen[k - 1]
                    out *= p**y * (1 - p) ** (n - y)
                return out

            meet = math.log(math.log(target) / math.log(skeleton[0]))
            marks = [-4.0, -1.0, 0.0, 1.0, 4.0]
            options = {"points": marks, "limit": 400, "epsabs": 1e-15, "epsrel": 1e-12}
            total = quad(height, -7.5, 7.5, **options)[0]
            evidence.append(total)
            means.append(quad(lambda b, h=height: b * h(b), -7.5, 7.5, **options)[0] / total)
            unsafe.append(quad(height, -7.5, meet, limit=400, epsabs=1e-15, epsrel=1e-12)[0])
        weights = [round(one / sum(evidence), 9) for one in evidence]
        heaviest = weights.index(max(weights))
        rates = [0.0] * levels
        for place, k in enumerate(orderings[heaviest]):
            rates[k - 1] = skeleton[place] ** math.exp(means[heaviest])
        return tuple(rates), sum(unsafe) / sum(evidence)

    def reach(seen: Counts) -> list[int]:
        return [k for k in range(1, levels + 1) if seen[k - 1][0] or all(seen[a - 1][0] for a, b in covers if b == k)]

    def closest(rates: tuple[float, ...], allowed: list[int]) -> int:
        return min(allowed, key=lambda k: (round(abs(rates[k - 1] - target), 9), rates[k - 1], k))

    @cache
    def following(seen: Counts, level: int, latest: int) -> int:
        rates, unsafe = fitted(seen)
        if unsafe > stop:
            return 0
        allowed = reach(seen)
        if latest >= target * 3:
            allowed = [k for k in allowed if rates[k - 1] <= rates[level - 1] + 1e-12]
        return closest(rates, allowed)

    @cache
    def choose(seen: Counts) -> int:
        rates, unsafe = fitted(seen)
        return 0 if unsafe > stop else closest(rates, reach(seen))

    return following, choose


@pytest.mark.parametrize("target", [0.2, 0.3])
def test_the_po_crm_agrees_with_every_path_by_another_quadrature(target: float) -> None:
    orderings = ((1, 2, 3, 4), (1, 3, 2, 4))
    skeleton = (0.08, 0.17, 0.29, 0.43)
    design = PartialOrderCrm(
        levels=4, target=target, doses=2, schedules=2, skeleton=skeleton, stop_certainty=0.9, cohorts=4
    )
    following, choose = slow_po_crm(4, SQUARE, orderings, skeleton, target, 0.9)

    selected, treated = every_path(4, 3, 4, following, choose, RATES)
    found = exact(design).under(RATES)

    assert set(design.complete_orders) == set(orderings)
    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)


@pytest.mark.parametrize(
    "design",
    [
        PartialOrderBoin(levels=6, target=0.3, doses=3, schedules=2, cohorts=5, early_stop=6),
        PartialOrderCrm(levels=6, target=0.3, doses=3, schedules=2, cohorts=4),
        PartialOrderCrm(levels=4, target=0.25, order="1<2, 1<3", cohorts=4, model="logistic", stop_certainty=0.9),
    ],
)
def test_the_quick_walk_finds_what_the_general_walk_finds(design: PartialOrderBoin | PartialOrderCrm) -> None:
    rates = (0.1, 0.2, 0.4, 0.15, 0.3, 0.5)[: design.levels]

    assert fits(design)
    a, b = quick(design).under(rates), general.walk(design).under(rates)

    assert a.selected == pytest.approx(b.selected, abs=1e-12)
    assert a.treated == pytest.approx(b.treated, abs=1e-10)


def test_a_complete_order_is_fitted_as_the_one_line_designs_fit() -> None:
    rng = np.random.default_rng(3)
    treated = 3 * rng.integers(1, 5, size=(200, 5))
    dlts = rng.integers(0, treated + 1)
    line = PartialOrder(5, ((1, 2), (2, 3), (3, 4), (4, 5)))

    assert partial_isotonic.fit(line, treated, dlts) == pytest.approx(
        isotonic.estimates(treated.T, dlts.T).T, abs=1e-12
    )


@pytest.mark.parametrize("pairs", [SQUARE, FORK, ((1, 2), (3, 4)), ((1, 3), (2, 3), (2, 4))])
def test_the_fit_on_a_partial_order_is_that_of_another_algorithm(pairs: Pairs) -> None:
    rng = np.random.default_rng(4)
    treated = 3 * rng.integers(1, 5, size=(100, 4))
    dlts = rng.integers(0, treated + 1)
    below, _ = relations(4, pairs)

    fitted = partial_isotonic.fit(PartialOrder(4, pairs), treated, dlts)

    for row, n, y in zip(fitted, treated + 0.1, dlts + 0.05, strict=True):
        weight = n * n * (n + 1) / (y * (n - y))
        assert row == pytest.approx(smallest_lower_sets(4, below, list(y / n), list(weight)), abs=1e-10)


def test_the_orders_of_a_grid_agree_with_the_grid() -> None:
    for doses, schedules in ((2, 2), (3, 2), (2, 4), (3, 3), (4, 3)):
        known = grid(doses, schedules)
        assert all(known.agrees(one) for one in grid_orderings(doses, schedules))
    # The number of standard Young tableaux of a rectangle (hook lengths): 5 for 2 by 3, 42 for 3 by 3.
    assert len(grid(3, 2).extensions(100)) == 5
    assert len(grid(3, 3).extensions(100)) == 42
