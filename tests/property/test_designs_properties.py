"""What must hold for every design, whatever its parameters and the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.designs import Cohort, Outcomes, build, decide, decision_table, exact, outcomes_of, replay
from remit.designs import walk as general
from remit.designs.boin import Boin
from remit.designs.decide import Design
from remit.designs.response import monitoring

rate = st.floats(0, 1, allow_nan=False)
inner = st.floats(0.01, 0.99)
target = st.sampled_from((0.1, 0.2, 0.25, 0.3, 0.35))


@st.composite
def ladders(draw: st.DrawFn) -> Design:
    key = draw(st.sampled_from(("boin", "keyboard", "mtpi", "mtpi2", "i3+3")))
    levels = draw(st.integers(1, 4))
    given_: dict[str, object] = {
        "levels": levels,
        "target": draw(target),
        "cohort": draw(st.integers(1, 4)),
        "cohorts": draw(st.integers(1, 5)),
        "start": draw(st.integers(1, levels)),
        "early_stop": draw(st.sampled_from((None, 3, 6))),
    }
    if key == "boin":
        given_ |= {name: draw(st.booleans()) for name in ("titration", "extra_safe", "bound_mtd", "plain_early_stop")}
    return build(key, given_)


@st.composite
def any_design(draw: st.DrawFn) -> Design:
    levels = draw(st.integers(1, 3))
    which = draw(st.sampled_from(("ladder", "3+3", "titration-3+3-expansion", "crm")))
    if which == "ladder":
        return draw(ladders())
    if which == "crm":
        return build("crm", {"levels": levels, "target": draw(target), "cohorts": draw(st.integers(1, 4))})
    shared: dict[str, object] = {
        "levels": levels,
        "start": draw(st.integers(1, levels)),
        "descend": draw(st.booleans()),
        "confirm_top": draw(st.booleans()),
        "most_of_six": draw(st.integers(1, 2)),
    }
    if which != "3+3":
        shared |= {
            "titration_through_level": draw(st.integers(0, levels)),
            "trigger_count": draw(st.integers(1, 2)),
            "titration_subjects_count": draw(st.booleans()),
            "expansion_subjects": draw(st.sampled_from((0, 8))),
        }
    return build(which, shared)


@settings(max_examples=60, deadline=None)
@given(any_design(), st.data())
def test_probabilities_add_up_and_means_agree_with_distributions(design: Design, data: st.DataObject) -> None:
    rates = data.draw(st.tuples(*[rate] * design.levels))

    found = exact(design).under(rates)

    assert found.probability.sum() == pytest.approx(1, abs=1e-10)
    assert found.none_selected + sum(found.selected) == pytest.approx(1, abs=1e-10)
    for level in range(1, design.levels + 1):
        chances = found.treated_distribution(level)
        assert sum(n * chance for n, chance in enumerate(chances)) == pytest.approx(found.treated[level - 1], abs=1e-9)
        assert found.dlts[level - 1] == pytest.approx(rates[level - 1] * found.treated[level - 1], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(ladders(), st.data())
def test_the_quick_walk_finds_what_the_general_walk_finds(design: Design, data: st.DataObject) -> None:
    rates = data.draw(st.tuples(*[rate] * design.levels))

    quick, slow = exact(design), general.walk(design)

    assert quick.states == slow.states
    a, b = quick.under(rates), slow.under(rates)
    assert a.selected == pytest.approx(b.selected, abs=1e-12)
    assert a.treated == pytest.approx(b.treated, abs=1e-10)
    assert a.cohorts == pytest.approx(b.cohorts, abs=1e-10)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 3),
    target,
    st.integers(1, 3),
    st.sampled_from((None, 0.9)),
    st.sampled_from(("power", "logistic")),
    st.data(),
)
def test_the_quick_walk_of_a_crm_finds_what_the_general_walk_finds(
    levels: int, aim: float, cohort: int, certainty: float | None, model: str, data: st.DataObject
) -> None:
    rates = data.draw(st.tuples(*[rate] * levels))
    given_ = {"levels": levels, "target": aim, "cohort": cohort, "cohorts": 3, "model": model}
    design = build("crm", {**given_, "stop_certainty": certainty})

    a, b = exact(design).under(rates), general.walk(design).under(rates)

    assert a.selected == pytest.approx(b.selected, abs=1e-12)
    assert a.treated == pytest.approx(b.treated, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(ladders())
def test_one_dlt_more_never_asks_for_a_higher_level(design: Design) -> None:
    for row in decision_table(design):
        order = ["E", "S", "D", "DU"]
        asked = [order.index(letter) for letter in row.letters]
        assert asked == sorted(asked)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 5), target, st.integers(1, 4), st.data())
def test_one_dlt_more_never_moves_a_crm_higher(levels: int, aim: float, cohorts: int, data: st.DataObject) -> None:
    design = build("crm", {"levels": levels, "target": aim})
    level, dlts = data.draw(st.integers(1, levels)), data.draw(st.integers(0, 2))
    treated = tuple(3 * cohorts if place == level else 3 * (place < level) for place in range(1, levels + 1))

    def following(y: int) -> int:
        counts = tuple(y if place == level else 0 for place in range(1, levels + 1))
        return decide(design, Outcomes(treated, counts, level, (3, min(y, 3)))).level or 0

    if sum(treated) < 30:
        assert following(dlts + 1) <= following(dlts)


@settings(max_examples=60, deadline=None)
@given(st.lists(inner, min_size=3, max_size=3), st.lists(inner, min_size=3, max_size=3))
def test_a_three_plus_three_without_descent_ends_lower_where_every_rate_is_higher(
    one: list[float], other: list[float]
) -> None:
    low, high = np.minimum(one, other), np.maximum(one, other)
    chain = exact(build("3+3", {"levels": 3, "descend": False}))

    mild, harsh = chain.under(low.tolist()), chain.under(high.tolist())

    for level in range(3):
        assert sum(harsh.selected[level:]) <= sum(mild.selected[level:]) + 1e-12
        assert harsh.treated[2] <= mild.treated[2] + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.05, 0.9), min_size=3, max_size=3))
def test_the_gradient_is_the_slope_of_the_selection(rates: list[float]) -> None:
    chain = exact(Boin(levels=3, target=0.3, cohorts=4))
    slope, step = chain.under(rates).gradient(), 1e-6

    for level in range(3):
        up, down = list(rates), list(rates)
        up[level] += step
        down[level] -= step
        a, b = chain.under(up), chain.under(down)
        numeric = (np.array([a.none_selected, *a.selected]) - [b.none_selected, *b.selected]) / (2 * step)
        assert slope[:, level] == pytest.approx(numeric, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(any_design(), st.data())
def test_a_trial_run_by_the_design_replays_as_allowed_also_subject_by_subject(
    design: Design, data: st.DataObject
) -> None:
    cohorts: list[Cohort] = []
    seen = outcomes_of(design.levels, ())
    begin = getattr(design, "begin", None)
    seen = begin() if begin else Outcomes(seen.treated, seen.dlts, design.start)
    for _ in range(5):
        decision = decide(design, seen)
        if decision.level is None:
            break
        dlts = data.draw(st.integers(0, decision.subjects))
        cohort = Cohort(decision.level, decision.subjects, dlts)
        cohorts.append(cohort)
        single = begin is not None and decision.subjects == 1 and seen.at(cohort.level)[0] == 0
        titrated = single and cohort.level <= design.titration_through_level  # type: ignore[attr-defined]
        seen = seen.after_single(cohort.level, 2 * dlts) if titrated else seen.after(cohort)  # type: ignore[attr-defined]
    apart = [Cohort(cohort.level, 1, int(k < cohort.dlts)) for cohort in cohorts for k in range(cohort.treated)]

    assert replay(design, cohorts).allowed
    assert replay(design, apart).allowed


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 14), inner, inner)
def test_a_stopping_boundary_stops_more_often_where_the_rate_is_higher(n: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    bounds = monitoring.bayes_boundary(n, 0.3, 0.9)
    limits = [n + 1 if limit is None else limit for limit in bounds]
    looks = range(1, n + 1)

    assert monitoring.chances(looks, limits, low).stopped <= monitoring.chances(looks, limits, high).stopped + 1e-12
