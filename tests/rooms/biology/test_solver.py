from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from remit.biology import IMMUNE_RESET, kernel, rates
from remit.biology.model import Parameter, State
from remit.biology.parameters import table
from remit.biology.population import draw, typical
from remit.biology.solver import Course, Dose, Settings, resume, solve
from remit.biology.tableaus import RODAS5P
from remit.errors import InputError
from rooms.biology.courses import ONE_COMPARTMENT, WEEKLY, three_infusions


def same(first: Course, second: Course) -> bool:
    return np.array_equal(first.values, second.values, equal_nan=True) and np.array_equal(first.steps, second.steps)


def test_without_a_dose_nothing_moves() -> None:
    parameters = draw(IMMUNE_RESET, 1, ("blank",), 0, 200)

    course = solve(IMMUNE_RESET, parameters, [], WEEKLY)

    start = course.values[:, :1, :]
    assert np.abs(course.values - start).max() <= 1e-8 * np.abs(start).max()
    assert (np.abs(course.values - start) <= 1e-8 * np.maximum(np.abs(start), 1e-8)).all()


def test_a_dose_of_zero_is_no_dose() -> None:
    parameters = typical(ONE_COMPARTMENT)

    course = solve(ONE_COMPARTMENT, parameters, [Dose("bolus", 1.0, 0.0)], [0.0, 5.0])

    assert course.values[0, -1].tolist() == [0.0, 0.0]


def test_on_the_day_of_a_dose_the_value_is_the_one_before_it() -> None:
    course = solve(ONE_COMPARTMENT, typical(ONE_COMPARTMENT), [Dose("bolus", 2.0, 50.0)], [0.0, 2.0, 2.0 + 1e-9, 4.0])

    assert course.of("X")[0, :3] == pytest.approx([0.0, 0.0, 5.0], abs=1e-6)


def test_doses_are_hit_exactly_whatever_their_order_and_whoever_gets_them() -> None:
    # closed form: a sum of exponentials, each from its own dose on
    parameters = table(ONE_COMPARTMENT, 3, {"k": np.array([0.1, 1.0, 30.0])})
    days = np.linspace(0, 12, 49)
    given = [
        Dose("bolus", np.array([3.3, 0.0, 1.1]), 10.0),
        Dose("bolus", 1.0, np.array([5.0, 0.0, 7.0])),
        Dose("bolus", 1.0, 2.0),
    ]

    course = solve(ONE_COMPARTMENT, parameters, given, days)

    for row, k in enumerate((0.1, 1.0, 30.0)):
        expected = np.zeros_like(days)
        for dose in given:
            day = np.broadcast_to(dose.day, 3)[row]
            amount = np.broadcast_to(dose.amount, 3)[row] / 10.0
            expected += np.where(days > day, amount * np.exp(-k * np.maximum(days - day, 0)), 0.0)
        assert course.of("X")[row] == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_what_leaves_one_state_arrives_in_the_other() -> None:
    course = solve(ONE_COMPARTMENT, typical(ONE_COMPARTMENT), [Dose("bolus", 0.0, 30.0)], np.linspace(0, 40, 81))

    assert course.values[0, 1:].sum(axis=1) == pytest.approx(3.0, rel=1e-12)


def test_the_text_gives_as_plain_python_what_it_gives_compiled() -> None:
    parameters = table(ONE_COMPARTMENT, 1, {"off": 2.7})
    space: dict[str, Any] = {"_nan": np.nan}
    exec(kernel.source(ONE_COMPARTMENT, RODAS5P), space)
    days, out = np.array([[0.0, 1.5, 2.7, 9.0]]), np.empty((1, 4, 2))
    dose = (np.array([[1.0]]), np.array([[0]]), np.array([[5.0]]))
    state, span, counts = np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 2), dtype=int)

    space["solve"](
        parameters, state, span, *dose, days, np.array([0, 1]), 1e-6, 1000, out, np.zeros(1, dtype=int), counts
    )

    compiled = solve(ONE_COMPARTMENT, parameters, [Dose("bolus", 1.0, 50.0)], days[0])
    assert counts.tolist() == compiled.steps.tolist()
    np.testing.assert_allclose(out, compiled.values, rtol=1e-12)


def test_without_the_compiler_one_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from remit.biology import STEIN_2019; from remit.biology.population import typical\n"
        "from remit.biology.solver import solve\n"
        "solve(STEIN_2019, typical(STEIN_2019), [], [0.0, 1.0])"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "InputError: The solver needs numba, which is not installed: pip install 'remit[simulate]'." in out.stderr


def test_a_switch_is_hit_exactly() -> None:
    parameters = table(ONE_COMPARTMENT, 1, {"off": 2.7})

    course = solve(ONE_COMPARTMENT, parameters, [Dose("bolus", 0.0, 10.0)], [0.0, 2.7, 9.0, 900.0])

    assert course.of("X")[0, 1:] == pytest.approx(np.exp(-0.4 * 2.7), rel=1e-6)


def test_cells_are_neither_made_nor_lost_in_moving_between_blood_and_tissue() -> None:
    parameters = table(IMMUNE_RESET, 1, {"kd": 1e-15, "krej": 1e-15, "pN": 1e-15})

    course = solve(IMMUNE_RESET, parameters, three_infusions(6.0), np.array([-5.0, 0.5, 4.0, 10.0, 50.0]))

    # 6e9 cells in 4.2 L of blood are 6000 / 4.2 per uL
    total = course.of("Nb")[0] + course.of("Nt")[0]
    assert total == pytest.approx(np.array([0, 1, 2, 3, 3]) * 6000 / 4.2, rel=1e-9)


def test_b_cells_come_back_to_where_they_were() -> None:
    parameters = draw(IMMUNE_RESET, 2, ("return",), 0, 50)

    course = solve(IMMUNE_RESET, parameters, three_infusions(6.0), np.array([-5.0, 14.0, 3650.0]))

    b_cells = course.of("B")
    assert (b_cells[:, 1] < 0.05 * b_cells[:, 0]).all()
    assert b_cells[:, 2] == pytest.approx(b_cells[:, 0], rel=1e-6)


def test_going_on_from_a_course_is_the_same_course() -> None:
    parameters = draw(IMMUNE_RESET, 3, ("pieces",), 0, 20)
    given = three_infusions(3.0)
    days = np.arange(-5.0, 100.0)

    whole = solve(IMMUNE_RESET, parameters, given, days)
    first = solve(IMMUNE_RESET, parameters, given, days[:9])  # ends on day 3, the day of an infusion
    second = resume(IMMUNE_RESET, parameters, first, [d for d in given if np.asarray(d.day) >= 3], days[8:])

    assert np.array_equal(first.values[:, :5], whole.values[:, :5])
    np.testing.assert_allclose(second.values, whole.values[:, 8:], rtol=2e-5, atol=1e-7)


def test_a_finer_grid_does_not_change_the_course() -> None:
    parameters = draw(IMMUNE_RESET, 3, ("grid",), 0, 20)
    fine = np.union1d(np.arange(-5.0, 90.01, 0.25), WEEKLY[WEEKLY <= 90])

    coarse = solve(IMMUNE_RESET, parameters, three_infusions(3.0), WEEKLY[WEEKLY <= 90])
    dense = solve(IMMUNE_RESET, parameters, three_infusions(3.0), fine)

    np.testing.assert_allclose(dense.values[:, np.isin(fine, WEEKLY)], coarse.values, rtol=2e-5, atol=1e-7)


def test_a_patient_is_the_same_in_any_block() -> None:
    parameters = draw(IMMUNE_RESET, 4, ("blocks",), 0, 12)
    whole = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY)

    for rows in (slice(0, 1), slice(1, 7), slice(7, 12)):
        part = solve(IMMUNE_RESET, parameters[rows], three_infusions(6.0), WEEKLY)
        assert np.array_equal(part.values, whole.values[rows])


def test_only_the_states_asked_for_come_out_in_the_order_asked() -> None:
    parameters = typical(IMMUNE_RESET)

    whole = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY)
    part = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY, Settings(keep=("X", "B")))

    assert part.states == ("X", "B")
    assert np.array_equal(part.of("B"), whole.of("B"))
    assert np.array_equal(part.of("X"), whole.of("X"))
    with pytest.raises(InputError, match="not kept"):
        part.of("D")


def test_each_patient_may_have_days_of_their_own() -> None:
    parameters = table(ONE_COMPARTMENT, 2)
    days = np.array([[0.0, 1.0, 2.0], [0.0, 5.0, 9.0]])

    course = solve(ONE_COMPARTMENT, parameters, [Dose("bolus", 0.0, 10.0)], days)

    assert course.of("X")[:, 1:] == pytest.approx(np.exp(-0.4 * days[:, 1:]), rel=1e-5)


# A rate that is not a number from day 1 on for a negative `root`, and grows past the largest number for a positive one.
FRAGILE = replace(
    ONE_COMPARTMENT,
    key="fragile",
    parameters=(
        Parameter("grow", 1.0, "1/d", "growth", "assumed", "test"),
        Parameter("root", 1.0, "1", "under the root", "assumed", "test", low=-10.0),
    ),
    states=(State("X", "1", "amount", "1", "grow*X*X*sqrt(root)", 1e-6),),
    switches=(),
    routes=(),
)


def test_a_patient_who_cannot_be_solved_is_named_and_the_others_are_not_harmed() -> None:
    parameters = table(FRAGILE, 3, {"grow": np.array([0.01, 1.0, 0.01]), "root": np.array([1.0, 1.0, -1.0])})

    course = solve(FRAGILE, parameters, [], [0.0, 0.5, 2.0])

    # X' = X² leaves every bound on day 1; the first patient has X = 1 / (1 - 0.01 t)
    assert course.failed.tolist() == [1, 2]
    assert course.values[0, :, 0] == pytest.approx([1, 1 / 0.995, 1 / 0.98], rel=1e-6)
    assert course.values[1, 1, 0] == pytest.approx(2.0, rel=1e-5)
    assert np.isnan(course.values[[1, 2], 2]).all()
    assert [p.split(":")[0] for p in course.problems] == ["Patient 1", "Patient 2"]
    assert "finite" in course.problems[1]


def test_a_patient_who_needs_too_many_steps_fails_by_name_and_stays_failed() -> None:
    parameters = typical(IMMUNE_RESET)

    course = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY, Settings(most_steps=20))
    after = resume(IMMUNE_RESET, parameters, course, [], [WEEKLY[-1], WEEKLY[-1] + 7])

    assert course.problems == ("Patient 0: it took more steps than allowed.",)
    assert np.isnan(course.values[0, -1]).all()
    assert after.failed.tolist() == [0]
    assert np.isnan(after.values).all()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kkil": 2.0}, r'parameter "kkil" is not known. Did you mean "kkill"'),
        ({"kF": -1.0}, "parameter kF of patient 0 must be a finite number above 0 1/d"),
        ({"VF": 0.0}, "parameter VF of patient 0 must be"),
        ({"kB": np.array([0.02, np.nan])}, "parameter kB of patient 1 must be a finite number"),
        ({"B0": np.inf}, "parameter B0 of patient 0"),
        ({"fLL": 1.5}, "fLL of patient 0 must be a number above 0 and below 1"),
        ({"kB": np.array([0.02, 0.02, 0.02])}, "one number or one per patient"),
    ],
)
def test_impossible_parameters_are_refused_by_name(changes: dict[str, float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        table(IMMUNE_RESET, 2, changes)


def test_a_weight_may_be_zero_where_the_description_says_so() -> None:
    assert table(IMMUNE_RESET, 1, {"wL": 0.0})[0, IMMUNE_RESET.parameter("wL")] == 0


@pytest.mark.parametrize(
    ("doses", "days", "says"),
    [
        ([Dose("car-nkk", 0.0, 6.0)], [0.0, 1.0], 'Did you mean "car-nk"'),
        ([Dose("car-nk", 0.0, -6.0)], [0.0, 1.0], r"dose 1 \(car-nk\): the amount must be 0 10\^9 cells or more"),
        ([Dose("car-nk", np.nan, 6.0)], [0.0, 1.0], "day must be a finite number"),
        ([Dose("car-nk", -1.0, 6.0)], [0.0, 1.0], "before the start"),
        ([Dose("car-nk", np.zeros(3), 6.0)], [0.0, 1.0], "one number or one per patient"),
        ([], [0.0, 0.0], "must be finite and rise"),
        ([], [0.0, np.inf], "must be finite and rise"),
        ([], [], "one list, or one row per patient"),
    ],
)
def test_impossible_doses_and_days_are_refused(doses: list[Dose], days: list[float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        solve(IMMUNE_RESET, typical(IMMUNE_RESET), doses, days)


def test_a_table_of_another_shape_and_another_day_to_go_on_are_refused() -> None:
    with pytest.raises(InputError, match="one row per patient and 40 columns"):
        solve(IMMUNE_RESET, np.ones((2, 3)), [], [0.0, 1.0])
    course = solve(ONE_COMPARTMENT, typical(ONE_COMPARTMENT), [], [0.0, 1.0])
    with pytest.raises(InputError, match="on the day on which the course ended"):
        resume(ONE_COMPARTMENT, typical(ONE_COMPARTMENT), course, [], [2.0, 3.0])
    with pytest.raises(InputError, match="another population or model"):
        resume(ONE_COMPARTMENT, table(ONE_COMPARTMENT, 2), course, [], [1.0, 3.0])
    with pytest.raises(InputError, match="relative tolerance"):
        solve(ONE_COMPARTMENT, typical(ONE_COMPARTMENT), [], [0.0, 1.0], Settings(relative_tolerance=0.0))


def test_a_route_turns_what_is_given_into_what_arrives() -> None:
    # 25 mg/m2 x 1.65 m2 x 0.78; 10^9 cells in 4.2 L
    parameters = typical(IMMUNE_RESET)

    assert rates.factor(IMMUNE_RESET, "fludarabine", parameters)[0] * 25 == pytest.approx(32.175)
    assert rates.factor(IMMUNE_RESET, "car-nk", parameters)[0] == pytest.approx(1000 / 4.2)
