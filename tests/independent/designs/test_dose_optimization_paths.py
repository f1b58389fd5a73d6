"""BOIN12 and U-BOIN written a second time, slowly, and every path of small trials added up."""

import itertools
import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from scipy.stats import beta

from remit.designs.boin12 import Tradeoff, rank_table
from remit.designs.isotonic import closest, estimates
from remit.designs.phase_one_two import (
    Boin12,
    EffToxTruth,
    UBoin,
    associated,
    chances,
    decide_efftox,
    efftox_margins,
    independent,
    simulate,
    walk,
)

# One trial: per level the counts of response alone, neither, both, toxicity alone.
Trial = tuple[tuple[int, int, int, int], ...]
Next = Callable[[Trial, int], int]
Choose = Callable[[Trial], int]


def margins(cell: tuple[int, int, int, int]) -> tuple[int, int, int]:
    only, neither, both, toxic = cell
    return only + neither + both + toxic, both + toxic, only + both


def every_path(
    levels: int, cohort: int, cohorts: int, following: Next, choose: Choose, truth: EffToxTruth
) -> tuple[list[float], list[float], list[float]]:
    """Selection (none first), mean subjects and mean toxicities by level, path by path without merging."""
    outcomes = [one for one in itertools.product(range(cohort + 1), repeat=4) if sum(one) == cohort]
    selected, treated, toxic = [0.0] * (levels + 1), [0.0] * levels, [0.0] * levels

    def go_on(trial: Trial, level: int, left: int, chance: float) -> None:
        if chance == 0:
            return
        if level == 0 or left == 0:
            selected[choose(trial)] += chance
            for place, cell in enumerate(trial):
                n, t, _ = margins(cell)
                treated[place] += chance * n
                toxic[place] += chance * t
            return
        rates = truth.cells[level - 1]
        for one in outcomes:
            orders = math.factorial(cohort) / math.prod(math.factorial(k) for k in one)
            way = orders * math.prod(float(rate) ** k for rate, k in zip(rates, one, strict=True))
            grown = list(trial)
            grown[level - 1] = tuple(a + b for a, b in zip(trial[level - 1], one, strict=True))  # type: ignore[assignment]
            after = tuple(grown)
            go_on(after, following(after, level) if left > 1 else 0, left - 1, chance * way)

    go_on(((0, 0, 0, 0),) * levels, 1, cohorts, 1.0)
    return selected, treated, toxic


def boin_bounds(target: float) -> tuple[float, float]:
    low, high = 0.6 * target, 1.4 * target
    return (
        math.log((1 - low) / (1 - target)) / math.log(target * (1 - low) / (low * (1 - target))),
        math.log((1 - target) / (1 - high)) / math.log(high * (1 - target) / (target * (1 - high))),
    )


def slow_boin12(
    toxicity: float, response: float, utilities: Sequence[float], enough: int, explore_after: int | None, sizes: range
) -> tuple[Next, Choose]:
    u1, u2, u3, u4 = utilities
    low, high = boin_bounds(toxicity)
    least = (
        u1 * response * (1 - toxicity)
        + u2 * (1 - response) * (1 - toxicity)
        + u3 * response * toxicity
        + u4 * (1 - response) * toxicity
    )
    benchmark = (least + (u1 - least) / 2 - u4) / (u1 - u4)
    ranks: dict[tuple[int, int, int], float | None] = {}
    if u1 + u4 == u2 + u3:
        # The committee's table: the design must move by its ranks.
        for row in rank_table(Tradeoff(toxicity, response, (u1, u2, u3, u4)), sizes):
            ranks[row.subjects, row.toxicities, row.responses] = row.rank

    def successes(cell: tuple[int, int, int, int]) -> float:
        return sum((u - u4) * k for u, k in zip(utilities, cell, strict=True)) / (u1 - u4)

    @cache
    def score(cell: tuple[int, int, int, int]) -> float:
        if ranks:
            return ranks[margins(cell)] or 0.0
        n = sum(cell)
        return round(float(beta.sf(benchmark, 1 + successes(cell), 1 + n - successes(cell))), 12)

    @cache
    def toxic(cell: tuple[int, int, int, int]) -> bool:
        n, t, _ = margins(cell)
        return float(beta.sf(toxicity, 1 + t, 1 + n - t)) >= 0.95

    @cache
    def futile(cell: tuple[int, int, int, int]) -> bool:
        n, _, e = margins(cell)
        return float(beta.cdf(response, 1 + e, 1 + n - e)) >= 0.90

    def opened(trial: Trial) -> list[int]:
        good = []
        for level, cell in enumerate(trial, start=1):
            if toxic(cell):
                break
            if not futile(cell):
                good.append(level)
        return good

    @cache
    def following(trial: Trial, level: int) -> int:
        good = opened(trial)
        n, t, _ = margins(trial[level - 1])
        due = explore_after is not None and n >= explore_after and t / n < high
        if due and level + 1 in good and sum(trial[level]) == 0:
            return level + 1
        if t / n >= high:
            lower = [one for one in good if one < level]
            if lower:
                return lower[-1]
            return 1 if level == 1 and 1 in good else 0
        if t / n > low and n >= enough:
            reach = [one for one in (level - 1, level) if one in good]
            return max(reach, key=lambda one: (score(trial[one - 1]), -one), default=0)
        reach = [one for one in (level - 1, level, level + 1) if one in good]
        return max(reach, key=lambda one: (score(trial[one - 1]), one), default=0)

    @cache
    def choose(trial: Trial) -> int:
        cells = [margins(cell) for cell in trial]
        n, t = (np.array([[cell[k]] for cell in cells]) for k in (0, 1))
        safe = []
        for level, cell in enumerate(trial, start=1):
            if toxic(cell):
                break
            if sum(cell):
                safe.append(level)
        allowed = np.array([[level in safe] for level in range(1, len(trial) + 1)])
        mtd = int(closest(estimates(n, t), allowed, toxicity)[0])
        best, chosen = -1.0, 0
        for level in safe:
            cell = trial[level - 1]
            mean = round((1 + successes(cell)) / (2 + sum(cell)), 11)
            if level <= mtd and not futile(cell) and mean > best:
                best, chosen = mean, level
        return chosen

    return following, choose


def slow_u_boin(design: UBoin) -> tuple[Next, Choose]:
    target = design.toxicity - design.margin
    low, high = boin_bounds(target)
    levels = design.levels

    @cache
    def closed_from(trial: Trial) -> int:
        for level, cell in enumerate(trial, start=1):
            n, t, _ = margins(cell)
            if n >= 3 and float(beta.sf(design.toxicity, 1 + t, 1 + n - t)) >= design.certain_toxic:
                return level
        return levels + 1

    def asked(cell: tuple[int, int, int, int]) -> int:
        n, t, _ = margins(cell)
        return 0 if n == 0 else 1 if t / n <= low else -1 if t / n >= high else 0

    def utility(cell: tuple[int, int, int, int]) -> float:
        weights = [design.prior + k for k in cell]
        return round(sum(w * u for w, u in zip(weights, design.utilities, strict=True)) / sum(weights), 9)

    @cache
    def choose(trial: Trial) -> int:
        best, chosen = -1.0, 0
        for level in range(1, closed_from(trial)):
            cell = trial[level - 1]
            n, t, e = margins(cell)
            a = 2 * design.prior
            safe = float(beta.sf(design.toxicity, a + t, a + n - t)) < design.certain_toxic
            works = float(beta.cdf(design.response, a + e, a + n - e)) < design.certain_futile
            if n and safe and works and utility(cell) > best:
                best, chosen = utility(cell), level
        return chosen

    @cache
    def following(trial: Trial, level: int) -> int:
        top = closed_from(trial) - 1
        most = max(sum(cell) for cell in trial)
        if top == 0 or most >= design.second_stage:
            return 0
        if most < design.first_stage:
            return max(1, min(level + asked(trial[level - 1]), top))
        highest = max(one for one in range(1, levels + 1) if sum(trial[one - 1]))
        if asked(trial[highest - 1]) == 1 and highest < top:
            return highest + 1
        return choose(trial)

    return following, choose


TRUTHS = {
    "independent": independent((0.1, 0.25, 0.45), (0.2, 0.5, 0.6)),
    "together": associated((0.1, 0.25, 0.45), (0.2, 0.5, 0.6), 4.0),
    "harsh": associated((0.6, 0.7, 0.8), (0.05, 0.1, 0.1), 0.5),
    "certain": independent((0.0, 0.5, 1.0), (1.0, 0.0, 0.5)),
}


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("utilities", [(100.0, 40.0, 60.0, 0.0), (100.0, 30.0, 50.0, 0.0), (90.0, 40.0, 45.0, 10.0)])
def test_boin12_agrees_with_every_path(truth: str, utilities: tuple[float, ...]) -> None:
    design = Boin12(
        levels=3, toxicity=0.35, response=0.25, utilities=utilities, cohort=2, cohorts=4, enough=4, explore_after=4
    )
    following, choose = slow_boin12(0.35, 0.25, utilities, 4, 4, range(0, 10, 2))

    selected, treated, toxic = every_path(3, 2, 4, following, choose, TRUTHS[truth])
    found = walk(design, margins=False).under(TRUTHS[truth])

    assert sum(selected) == pytest.approx(1, abs=1e-10)
    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)
    assert found.toxicities == pytest.approx(toxic, abs=1e-10)


def test_boin12_without_exploration_agrees_with_every_path() -> None:
    design = Boin12(levels=2, toxicity=0.3, response=0.4, cohort=3, cohorts=3, enough=6, explore=False)
    following, choose = slow_boin12(0.3, 0.4, design.utilities, 6, None, range(0, 10, 3))
    truth = independent((0.15, 0.35), (0.3, 0.6))

    selected, treated, _ = every_path(2, 3, 3, following, choose, truth)
    found = walk(design).under(truth)

    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("utilities", [(100.0, 40.0, 60.0, 0.0), (90.0, 40.0, 45.0, 10.0)])
def test_u_boin_agrees_with_every_path(truth: str, utilities: tuple[float, ...]) -> None:
    design = UBoin(
        levels=3,
        toxicity=0.35,
        response=0.3,
        utilities=utilities,
        first_stage=4,
        second_stage=6,
        cohort=2,
        cohorts=4,
        certain_toxic=0.9,
    )
    following, choose = slow_u_boin(design)

    selected, treated, toxic = every_path(3, 2, 4, following, choose, TRUTHS[truth])
    found = walk(design, margins=False).under(TRUTHS[truth])

    assert sum(selected) == pytest.approx(1, abs=1e-10)
    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)
    assert found.toxicities == pytest.approx(toxic, abs=1e-10)


def test_u_boin_never_returns_to_a_level_closed_in_stage_1() -> None:
    design = UBoin(levels=2, toxicity=0.35, response=0.3, first_stage=9, second_stage=12, cohorts=4)
    following, choose = slow_u_boin(design)
    truth = independent((0.1, 0.7), (0.3, 0.6))

    selected, treated, _ = every_path(2, 3, 4, following, choose, truth)
    found = walk(design).under(truth)

    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)


@pytest.mark.parametrize("design", [Boin12(3, 0.35, 0.25, cohorts=5), UBoin(3, 0.35, 0.25, first_stage=6, cohorts=5)])
def test_margins_and_four_counts_give_one_answer_when_outcomes_are_independent(design: Boin12 | UBoin) -> None:
    short, full = (walk(design, margins).under(TRUTHS["independent"]) for margins in (True, False))

    assert short.selected == pytest.approx(full.selected, abs=1e-12)
    assert short.responses == pytest.approx(full.responses, abs=1e-10)


@pytest.mark.parametrize("design", [Boin12(3, 0.35, 0.25, cohorts=6), UBoin(3, 0.35, 0.25, first_stage=9, cohorts=6)])
@pytest.mark.parametrize("truth", ["independent", "together"])
def test_drawn_trials_stay_within_four_standard_errors_of_the_exact_answer(design: Boin12 | UBoin, truth: str) -> None:
    exact_, drawn = walk(design, margins=False).under(TRUTHS[truth]), simulate(design, TRUTHS[truth], 20_000, seed=11)

    assert (exact_.basis, drawn.basis, drawn.trials) == ("exact", "simulated", 20_000)
    for a, b, error in zip(exact_.selected, drawn.selected, drawn.error, strict=True):
        assert abs(a - b) <= 4 * error
    for a, b, error in zip(exact_.treated, drawn.treated, drawn.treated_error, strict=True):
        assert abs(a - b) <= 4 * error


def test_more_trials_only_lengthen_the_list() -> None:
    design = Boin12(2, 0.35, 0.25, cohorts=3)
    truth = independent((0.2, 0.3), (0.3, 0.6))

    few, many = simulate(design, truth, 200), simulate(design, truth, 300)

    for a, b in zip(few.selected, many.selected, strict=True):
        assert -1e-9 <= 300 * b - 200 * a <= 100 + 1e-9
    assert few.selected != many.selected


def test_a_trial_too_large_to_walk_is_drawn_and_says_so() -> None:
    design = Boin12(3, 0.35, 0.25, cohorts=6)

    found = chances(design, TRUTHS["independent"], trials=500, most_states=1_000)

    assert (found.basis, found.trials) == ("simulated", 500)
    assert all(error > 0 for share, error in zip(found.selected, found.error, strict=True) if 0 < share < 1)


def test_the_committee_page_asks_the_rule_of_the_walk() -> None:
    design = Boin12(levels=3, toxicity=0.35, response=0.25)
    following, choose = slow_boin12(0.35, 0.25, design.utilities, 6, 9, range(0, 31, 3))
    cells = [one for one in itertools.product(range(4), repeat=4) if sum(one) == 3]
    for first, second in itertools.product(cells, cells):
        trial: Trial = (first, second, (0, 0, 0, 0))  # type: ignore[assignment]
        counts = [margins(cell) for cell in trial]
        seen = efftox_margins(*zip(*counts, strict=True), both=[cell[2] for cell in trial], level=2)

        assert (decide_efftox(design, seen).level or 0) == following(trial, 2)
        assert (design.select(seen) or 0) == choose(trial)
