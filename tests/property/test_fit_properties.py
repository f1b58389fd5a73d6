"""Whatever the readings: their order is nothing, patients are independent, a higher limit is likelier met."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.biology.effects import effects
from remit.biology.forecast import Crossing
from remit.biology.readings import Cohort, Readings, reader
from rooms.biology.hierarchical import LINEAR

CHOSEN = effects(LINEAR, ("a", "c"))
SIGMA = np.array([0.2, 0.4])
ENTRY = st.tuples(st.integers(0, 3), st.floats(0, 30), st.floats(0.01, 100), st.booleans())
ENTRIES = st.lists(ENTRY, max_size=12)
PHI = np.log([5.0, 2.0]) + np.array([[0.1, -0.3], [0.4, 0.2], [0.0, 0.0], [-1.0, 0.6]])[None]


def cohort(first: list[tuple[int, float, float, bool]], second: list[tuple[int, float, float, bool]]) -> Cohort:
    parts = []
    for key, entries in (("first", first), ("second", second)):
        patient, day, value, below = (np.array(column) for column in zip(*entries)) if entries else (np.zeros(0),) * 4
        parts.append(Readings(key, patient.astype(int), day.astype(float), value.astype(float), below.astype(bool)))
    return Cohort(4, (), 0.0, tuple(parts))


def likelihood(of: Cohort, phi: np.ndarray = PHI) -> np.ndarray:
    laid = reader(LINEAR, of, CHOSEN, 1)
    return laid.total(*laid.predict(phi), SIGMA)[0]


@given(ENTRIES, ENTRIES, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_readings_is_nothing(first, second, chance) -> None:  # type: ignore[no-untyped-def]
    whole = likelihood(cohort(first, second))
    chance.shuffle(first)
    chance.shuffle(second)

    np.testing.assert_allclose(likelihood(cohort(first, second)), whole, rtol=1e-9, atol=1e-9)


@given(ENTRIES, ENTRIES)
@settings(max_examples=40, deadline=None)
def test_a_patient_is_as_likely_alone_as_among_others(first, second) -> None:  # type: ignore[no-untyped-def]
    everyone = cohort(first, second)

    alone = [likelihood(everyone.only(slice(row, row + 1)), PHI[:, row : row + 1])[0] for row in range(4)]

    np.testing.assert_allclose(alone, likelihood(everyone), rtol=1e-5, atol=1e-5)


@given(ENTRIES)
@settings(max_examples=40, deadline=None)
def test_a_result_below_a_higher_limit_is_likelier(first) -> None:  # type: ignore[no-untyped-def]
    low = [(who, day, value, True) for who, day, value, _ in first]
    high = [(who, day, 2 * value, True) for who, day, value, _ in first]

    assert (likelihood(cohort(low, [])) <= likelihood(cohort(high, [])) + 1e-12).all()
    assert (likelihood(cohort(low, [])) <= 0).all()


@given(st.lists(st.floats(0, 10), min_size=2, max_size=20), st.floats(0.5, 9.5))
@settings(max_examples=80, deadline=None)
def test_a_crossing_lies_between_a_day_below_and_a_day_not_below(course, level) -> None:  # type: ignore[no-untyped-def]
    grid, values = np.arange(len(course), dtype=float), np.array(course)

    day = float(Crossing("x", "B", level).days(grid, values[None])[0])

    rises = [n for n in range(len(course) - 1) if values[n] < level <= values[n + 1]]
    if rises:
        assert rises[0] <= day <= rises[0] + 1
    else:
        assert np.isinf(day)
