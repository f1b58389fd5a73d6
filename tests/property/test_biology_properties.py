"""Random patients and doses: nothing below zero, nobody lost, more cells never kill less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.biology import IMMUNE_RESET
from remit.biology.parameters import table
from remit.biology.population import draw
from remit.biology.solver import Dose, resume, solve
from rooms.biology.courses import CONDITIONING, ONE_COMPARTMENT, WEEKLY, three_infusions


def test_no_state_is_negative_in_10000_random_patients_and_doses() -> None:
    parameters = draw(IMMUNE_RESET, 99, ("sign",), 0, 10_000)
    cells = np.linspace(0.0, 20.0, 10_000)

    course = solve(IMMUNE_RESET, parameters, [*CONDITIONING, Dose("car-nk", 0, cells)], WEEKLY)

    assert course.problems == ()
    assert np.isfinite(course.values).all()
    assert course.values.min() >= 0
    for state in ("L", "P", "B", "M", "SP", "LP", "A", "C3", "D", "X"):
        assert course.of(state).min() > 0, state


def test_b_cells_never_rise_above_where_they_began() -> None:
    parameters = draw(IMMUNE_RESET, 5, ("ceiling",), 0, 300)

    b_cells = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY).of("B")

    assert (b_cells <= b_cells[:, :1] * (1 + 1e-6)).all()


def test_more_cells_leave_fewer_b_cells_in_the_first_weeks() -> None:
    parameters = draw(IMMUNE_RESET, 6, ("dose",), 0, 200)
    days = np.array([-5.0, 1.0, 3.0, 7.0, 14.0])

    few = solve(IMMUNE_RESET, parameters, three_infusions(0.75), days).of("B")
    many = solve(IMMUNE_RESET, parameters, three_infusions(6.0), days).of("B")

    assert (many <= few * (1 + 1e-6)).all()


@given(
    k=st.floats(0.01, 50),
    doses=st.lists(st.tuples(st.floats(0, 20), st.floats(0, 100)), max_size=6),
    cut=st.floats(0.5, 19.5),
)
@settings(max_examples=60, deadline=None)
def test_any_doses_give_the_closed_form_and_any_cut_the_same_course(
    k: float, doses: list[tuple[float, float]], cut: float
) -> None:
    parameters = table(ONE_COMPARTMENT, 1, {"k": k})
    given_doses = [Dose("bolus", day, amount) for day, amount in doses]

    whole = solve(ONE_COMPARTMENT, parameters, given_doses, [0.0, cut, 20.0])
    first = solve(ONE_COMPARTMENT, parameters, given_doses, [0.0, cut])
    rest = [dose for dose, (day, _) in zip(given_doses, doses, strict=True) if day >= cut]
    second = resume(ONE_COMPARTMENT, parameters, first, rest, [cut, 20.0])

    expected = sum(amount / 10 * np.exp(-k * (20 - day)) for day, amount in doses if day < 20)
    total = sum(amount / 10 for day, amount in doses if day < 20)
    assert whole.of("X")[0, -1] == (pytest.approx(expected, rel=1e-4, abs=1e-7))
    assert second.of("X")[0, -1] == (pytest.approx(expected, rel=1e-4, abs=1e-7))
    assert whole.values[0, -1].sum() == pytest.approx(total, rel=1e-9, abs=1e-9)
