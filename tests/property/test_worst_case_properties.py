"""The worst rising curve: what a search says is the worst, no other rising curve may beat by more than a hair."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from remit.designs import Chain, Characteristics, exact, worst
from remit.exchange.design_yaml import read_design

DESIGNS = Path(__file__).parents[2] / "examples" / "designs"
NAMES = ("boin", "keyboard", "kn5501-3+3", "kn5501-boin", "kn5501-crm", "kn5501-titration")
MARGIN = 0.1
HAIR = 0.002

Chance = Callable[[Characteristics], float]


@lru_cache
def solved(name: str) -> tuple[Chain, Chance, float, Chance, float]:
    """The chain, and for a too toxic recommendation and for an over-dose the chance and the worst of it."""
    spec = read_design(DESIGNS / f"{name}.yaml")
    chain, above = exact(spec.exact), spec.above
    limit = round(above + MARGIN, 9)

    def recommended(found: Characteristics) -> float:
        return sum(chance for chance, rate in zip(found.selected, found.rates, strict=True) if rate > limit)

    def overdosed(found: Characteristics) -> float:
        return found.overdosed(limit, spec.share) if found.rates[0] <= above else 0.0

    return (
        chain,
        recommended,
        worst(chain, recommended, limits=(limit,)).value,
        overdosed,
        worst(chain, overdosed, limits=(above, limit)).value,
    )


def curves() -> st.SearchStrategy[list[float]]:
    """Rising curves of five rates; near the limits of the examples (25 to 43 %) more often than elsewhere."""
    rate = st.one_of(st.floats(0, 1), st.floats(0.2, 0.5), st.sampled_from((0.0, 1e-6, 0.351, 0.401, 0.434)))
    return st.lists(rate, min_size=5, max_size=5).map(sorted)


@pytest.mark.parametrize("name", NAMES)
@given(rates=curves())
@example(rates=[1e-6, 1e-6, 1e-6, 1e-6, 0.401])
@example(rates=[0.001, 0.351, 0.351, 0.351, 0.351])
@settings(max_examples=60, deadline=None)
def test_no_rising_curve_beats_the_worst_that_was_found(name: str, rates: list[float]) -> None:
    chain, recommended, most_recommended, overdosed, most_overdosed = solved(name)
    found = chain.under(rates[: chain.levels])

    assert recommended(found) <= most_recommended + HAIR
    assert overdosed(found) <= most_overdosed + HAIR


# Curves that an earlier search on a grid of 24 rates between 1 % and 70 % missed, with the chances under them.
MISSED = (
    ("kn5501-boin", (0.001, 0.351, 0.351, 0.351), 0.746),
    ("boin", (1e-6, 1e-6, 1e-6, 1e-6, 0.401), 0.675),
    ("kn5501-3+3", (0.434, 0.434, 0.434, 0.434), 0.199),
)


@pytest.mark.parametrize(("name", "rates", "chance"), MISSED)
def test_a_curve_between_the_points_of_a_grid_is_not_missed(name: str, rates: tuple[float, ...], chance: float) -> None:
    chain, recommended, most, _, _ = solved(name)

    assert recommended(chain.under(rates)) == pytest.approx(chance, abs=0.0006)
    assert most >= chance - 0.001


@pytest.mark.parametrize("name", NAMES)
def test_the_value_is_the_chance_under_the_curve_shown(name: str) -> None:
    chain, recommended, _, _, _ = solved(name)

    found = worst(chain, recommended, steps=6, limits=(0.4,))

    assert list(found.rates) == sorted(found.rates)
    assert recommended(chain.under(found.rates)) == found.value
