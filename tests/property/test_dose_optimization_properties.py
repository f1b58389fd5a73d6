"""What must hold for every dose-optimization design and every partial order, whatever the parameters and the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.designs import Cohort, decide, exact, nobody_yet, partial_isotonic
from remit.designs.partial_order import PartialOrder, grid
from remit.designs.partial_order_boin import PartialOrderBoin
from remit.designs.partial_order_crm import PartialOrderCrm
from remit.designs.phase_one_two import (
    Boin12,
    EffToxCohort,
    EffToxDesign,
    UBoin,
    associated,
    decide_efftox,
    efftox_outcomes,
    walk,
)
from remit.designs.response.sequential import Boundaries, course

rate = st.floats(0, 1, allow_nan=False)


@st.composite
def efftox_designs(draw: st.DrawFn) -> EffToxDesign:
    levels, cohort = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    utilities = draw(st.sampled_from(((100.0, 40.0, 60.0, 0.0), (100.0, 30.0, 50.0, 0.0))))
    toxicity, response = draw(st.sampled_from((0.2, 0.35))), draw(st.sampled_from((0.2, 0.4)))
    start = draw(st.integers(1, levels))
    if draw(st.booleans()):
        return Boin12(
            levels,
            toxicity,
            response,
            utilities,
            cohort,
            cohorts=draw(st.integers(1, 4)),
            start=start,
            enough=draw(st.integers(1, 6)),
            explore=draw(st.booleans()),
            explore_after=draw(st.integers(1, 6)),
            early_stop=draw(st.sampled_from((None, 4))),
        )
    return UBoin(
        levels,
        toxicity,
        response,
        utilities,
        first_stage=draw(st.integers(1, 5)),
        second_stage=6,
        cohort=cohort,
        cohorts=draw(st.integers(1, 4)),
        start=start,
    )


@st.composite
def orders(draw: st.DrawFn) -> PartialOrder:
    cells = draw(st.integers(1, 5))
    every = [(a, b) for a in range(1, cells + 1) for b in range(a + 1, cells + 1)]
    return PartialOrder(cells, tuple(pair for pair in every if draw(st.booleans())))


@settings(max_examples=60, deadline=None)
@given(efftox_designs(), st.sampled_from((0.3, 1.0, 5.0)), st.data())
def test_probabilities_add_up_and_means_agree_with_rates(
    design: EffToxDesign, ratio: float, data: st.DataObject
) -> None:
    levels = design.levels
    truth = associated(*(data.draw(st.tuples(*[rate] * levels)) for _ in range(2)), ratio)

    found = walk(design, margins=False).under(truth)

    assert found.total == pytest.approx(1, abs=1e-10)
    assert found.none_selected + sum(found.selected) == pytest.approx(1, abs=1e-10)
    for place in range(levels):
        assert found.toxicities[place] == pytest.approx(truth.toxicity[place] * found.treated[place], abs=1e-9)
        assert found.responses[place] == pytest.approx(truth.response[place] * found.treated[place], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(efftox_designs(), st.data())
def test_a_trial_asked_cohort_by_cohort_never_meets_a_closed_or_missing_level(
    design: EffToxDesign, data: st.DataObject
) -> None:
    seen = efftox_outcomes(design.levels, [], design.start)
    while (decision := decide_efftox(design, seen)).level is not None:
        assert 1 <= decision.level <= design.levels
        assert decision.subjects >= 1
        cells = [0, 0, 0, 0]
        for _ in range(decision.subjects):
            cells[data.draw(st.integers(0, 3))] += 1
        seen = seen.after(EffToxCohort(decision.level, *cells))

    assert seen.total <= design.cohort * design.cohorts
    chosen = design.select(seen)
    assert chosen is None or seen.treated[chosen - 1] > 0


@settings(max_examples=60, deadline=None)
@given(rate, rate, st.floats(0.01, 100))
def test_associated_rates_keep_margins_and_odds_ratio(t: float, e: float, ratio: float) -> None:
    truth = associated((t,), (e,), ratio)
    only, neither, both, toxic = truth.cells[0]

    assert truth.cells.sum() == pytest.approx(1, abs=1e-9)
    assert both + toxic == pytest.approx(t, abs=1e-9)
    assert only + both == pytest.approx(e, abs=1e-9)
    if min(only, neither, both, toxic) > 1e-4:
        assert both * neither / (only * toxic) == pytest.approx(ratio, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(orders(), st.booleans(), st.data())
def test_designs_on_any_order_add_up_and_open_nothing_above_an_untreated_level(
    order: PartialOrder, interval: bool, data: st.DataObject
) -> None:
    pairs = order.pairs or "1<2" if order.cells > 1 else None
    if pairs is None:
        return
    known = PartialOrder(order.cells, order.pairs or ((1, 2),))
    design: PartialOrderBoin | PartialOrderCrm
    if interval:
        design = PartialOrderBoin(order.cells, 0.3, order=pairs, cohorts=3)
    else:
        some = "; ".join(" ".join(map(str, one)) for one in known.extensions(3))
        design = PartialOrderCrm(order.cells, 0.3, order=pairs, orderings=some, cohorts=3)
    truth = data.draw(st.tuples(*[rate] * order.cells))

    found = exact(design).under(truth)

    assert found.probability.sum() == pytest.approx(1, abs=1e-10)
    assert found.none_selected + sum(found.selected) == pytest.approx(1, abs=1e-10)
    seen = nobody_yet(order.cells)
    while (decision := decide(design, seen)).level is not None:
        if seen.total and not seen.treated[decision.level - 1]:
            assert all(seen.treated[lower - 1] for lower in known.lower(decision.level))
        seen = seen.after(Cohort(decision.level, 3, data.draw(st.integers(0, 3))))


@settings(max_examples=60, deadline=None)
@given(orders(), st.integers(0, 10**6))
def test_a_fit_contradicts_nothing_known_and_lies_between_the_observed_rates(order: PartialOrder, seed: int) -> None:
    rng = np.random.default_rng(seed)
    treated = 3 * rng.integers(1, 5, size=(20, order.cells))
    dlts = rng.integers(0, treated + 1)

    fitted = partial_isotonic.fit(order, treated, dlts)
    observed = (dlts + 0.05) / (treated + 0.1)

    for a, b in np.argwhere(order.below):
        assert (fitted[:, a] <= fitted[:, b] + 1e-12).all()
    assert (fitted.min(axis=1) >= observed.min(axis=1) - 1e-12).all()
    assert (fitted.max(axis=1) <= observed.max(axis=1) + 1e-12).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4))
def test_a_grid_knows_exactly_what_more_of_both_says(doses: int, schedules: int) -> None:
    known = grid(doses, schedules)
    for a in range(doses * schedules):
        for b in range(doses * schedules):
            more = a % doses <= b % doses and a // doses <= b // doses and a != b
            assert known.below[a, b] == more


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), rate, rate, st.data())
def test_looks_add_up_and_more_response_is_more_often_promising(
    steps: list[int], one: float, other: float, data: st.DataObject
) -> None:
    looks = tuple(np.cumsum(steps).tolist())
    few = tuple(data.draw(st.integers(-1, n - 1)) for n in looks)
    many = tuple(data.draw(st.integers(low + 1, n + 1)) for low, n in zip(few, looks, strict=True))
    limits = Boundaries(looks, few, many)

    low, high = (course(limits, p) for p in sorted((one, other)))

    assert low.promising + low.not_promising + low.undecided == pytest.approx(1, abs=1e-10)
    assert low.responders == pytest.approx(min(one, other) * low.subjects, abs=1e-9)
    assert low.promising <= high.promising + 1e-10
