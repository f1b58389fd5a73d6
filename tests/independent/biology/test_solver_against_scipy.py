"""The compiled solver against scipy's LSODA, Radau and BDF at a tolerance of 1e-11, and the coefficients' own order."""

from __future__ import annotations

import numpy as np
import pytest

from independent.biology.oracle import fixed_step, scipy_course
from remit.biology import IMMUNE_RESET, MODELS, STEIN_2019, rates
from remit.biology.population import draw, typical
from remit.biology.solver import Dose, Settings, solve
from remit.biology.tableaus import RODAS4, RODAS5P, Tableau
from rooms.biology.courses import ONE_COMPARTMENT, WEEKLY, three_infusions

SMALL = np.array([state.small for state in IMMUNE_RESET.states])


def worst(ours: np.ndarray, oracle: np.ndarray) -> float:
    """Greatest error relative to the state, or to an amount too small to matter where it has all but vanished."""
    return float((np.abs(ours - oracle) / np.maximum(np.abs(oracle), SMALL)).max())


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("patient", "method"),
    [
        (0, "LSODA"),
        (1, "LSODA"),
        (2, "LSODA"),
        pytest.param(3, "BDF", marks=SLOW),
        pytest.param(4, "Radau", marks=SLOW),
    ],
)
def test_random_patients_agree_with_scipy(patient: int, method: str) -> None:
    parameters = draw(IMMUNE_RESET, 17, ("oracle",), patient, 1)
    tolerance = {"LSODA": 1e-11, "BDF": 1e-9, "Radau": 1e-8}[method]  # the last two take minutes at 1e-11

    ours = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY).values[0]
    oracle = scipy_course(IMMUNE_RESET, parameters[0], three_infusions(6.0), WEEKLY, method, tolerance)

    assert worst(ours, oracle) < 2e-5


def test_the_error_at_the_default_tolerance_is_below_one_in_ten_thousand() -> None:
    # against our own method at 1e-11, which the test above ties to scipy
    parameters = draw(IMMUNE_RESET, 18, ("oracle",), 0, 100)

    coarse = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY).values
    fine = solve(IMMUNE_RESET, parameters, three_infusions(6.0), WEEKLY, Settings(relative_tolerance=1e-11)).values

    assert worst(coarse, fine) < 2e-5


def test_our_method_at_1e_11_agrees_with_scipy_at_1e_11() -> None:
    parameters = draw(IMMUNE_RESET, 19, ("oracle",), 0, 1)

    ours = solve(IMMUNE_RESET, parameters, three_infusions(3.0), WEEKLY, Settings(relative_tolerance=1e-11)).values[0]
    oracle = scipy_course(IMMUNE_RESET, parameters[0], three_infusions(3.0), WEEKLY)

    assert worst(ours, oracle) < 1e-8


def test_the_second_model_agrees_with_scipy_across_its_switch() -> None:
    days = np.linspace(0.0, 200.0, 41)

    ours = solve(STEIN_2019, typical(STEIN_2019), [], days).values[0]
    oracle = scipy_course(STEIN_2019, typical(STEIN_2019)[0], [], days)

    np.testing.assert_allclose(ours, oracle, rtol=1e-5, atol=1e-8)


@pytest.mark.slow  # compiles a second method
def test_both_methods_give_one_course() -> None:
    days = np.linspace(0.0, 20.0, 41)
    parameters = draw(ONE_COMPARTMENT, 1, ("x",), 0, 1)

    first = solve(ONE_COMPARTMENT, parameters, [Dose("bolus", 1.0, 5.0)], days, Settings(method=RODAS4))
    second = solve(ONE_COMPARTMENT, parameters, [Dose("bolus", 1.0, 5.0)], days, Settings(method=RODAS5P))

    np.testing.assert_allclose(first.values, second.values, rtol=1e-5, atol=1e-10)


def predator(y: np.ndarray) -> np.ndarray:
    return np.array([1.1 * y[0] - 0.4 * y[0] * y[1], 0.1 * y[0] * y[1] - 0.4 * y[1]])


def predator_slope(y: np.ndarray) -> np.ndarray:
    return np.array([[1.1 - 0.4 * y[1], -0.4 * y[0]], [0.1 * y[1], 0.1 * y[0] - 0.4]])


@pytest.mark.parametrize("tableau", [RODAS4, RODAS5P], ids=lambda t: t.key)
def test_halving_the_step_shows_the_order_of_the_method(tableau: Tableau) -> None:
    # a wrong digit anywhere would break the order: y, the embedded error, and the values between steps
    from scipy.integrate import solve_ivp

    start = np.array([10.0, 5.0])
    exact = solve_ivp(
        lambda _, y: predator(y), (0, 2), start, rtol=1e-13, atol=1e-13, method="DOP853", dense_output=True
    )
    wrong, estimated, between = [], [], []
    for steps in {4: (64, 128, 256), 5: (8, 16, 32)}[tableau.order]:
        step, values, furthest, largest = 2 / steps, start, 0.0, 0.0
        for number in range(steps):
            values, error, inside = fixed_step(tableau, predator, predator_slope, values, step)
            largest = max(largest, float(np.abs(error).max()))
            furthest = max(furthest, float(np.abs(inside(0.4) - exact.sol((number + 0.4) * step)).max()))
        wrong.append(float(np.abs(values - exact.y[:, -1]).max()))
        estimated.append(largest)
        between.append(furthest)

    def slope(errors: list[float]) -> float:
        return float(np.log2(errors[1] / errors[2]))

    assert slope(wrong) > tableau.order - 0.2
    assert slope(estimated) > tableau.order - 0.2  # one order lower, so the error of one step goes with h^order
    assert slope(between) > tableau.order - 0.2  # one order lower too, seen over one step


@pytest.mark.parametrize("tableau", [RODAS4, RODAS5P], ids=lambda t: t.key)
def test_a_stiff_part_dies_in_one_step_without_a_change_of_sign_that_lasts(tableau: Tableau) -> None:
    # L-stable: the new value goes to 0 as the rate goes to minus infinity
    rate = -1e9

    new, _, _ = fixed_step(tableau, lambda y: rate * y, lambda y: np.array([[rate]]), np.array([1.0]), 1.0)

    assert abs(new[0]) < 1e-6


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.key)
def test_the_plain_jacobian_agrees_with_complex_steps(model) -> None:  # type: ignore[no-untyped-def]
    parameters = draw(model, 23, ("complex",), 0, 1)[0]
    values = np.abs(rates.start(model, parameters)) * 0.6 + 0.2
    exact = rates.jacobian(model, 0.0, values, parameters)

    for column in range(len(values)):
        up = values.astype(complex)
        up[column] += 1e-30j
        slope = complex_rates(model, up, parameters).imag / 1e-30
        np.testing.assert_allclose(exact[:, column], slope, rtol=1e-12, atol=1e-13)


def complex_rates(model, values: np.ndarray, parameters: np.ndarray) -> np.ndarray:  # type: ignore[no-untyped-def]
    """The formulas evaluated as text with complex numbers, apart from everything the room does with them."""
    names = dict(zip(model.parameter_names, parameters, strict=True))
    names |= dict(zip(model.state_names, values, strict=True)) | {s.name: 0.0 for s in model.switches}
    space = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}
    for term in model.terms:
        names[term.name] = eval(term.formula, space, names)
    return np.array([eval(state.rate, space, names) for state in model.states], dtype=complex)
