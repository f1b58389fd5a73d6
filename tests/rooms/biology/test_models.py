"""Every registered model: complete, at rest before anything is given, and readable without a compiler."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from remit.biology import IMMUNE_RESET, MODELS, STEIN_2019, Model, find, rates, steroid_factor
from remit.biology.expressions import names, parse
from remit.biology.lowering import blocks
from remit.biology.model import Correlation, Observable, Route, State, Term
from remit.biology.population import draw, typical
from remit.errors import InputError

STATES = IMMUNE_RESET.states


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.key)
def test_everything_has_unit_meaning_and_source(model: Model) -> None:
    assert all(p.unit and p.meaning and p.source for p in model.parameters)
    assert all(s.unit and s.meaning for s in (*model.states, *model.terms, *model.observables, *model.routes))
    assert model.sources
    assert model.limits


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.key)
def test_typical_values_are_within_their_bounds(model: Model) -> None:
    assert all(p.low < p.value < p.high and p.spread >= 0 for p in model.parameters)


def test_every_parameter_is_used() -> None:
    for model in MODELS:
        formulas = [f for s in model.states for f in (s.start, s.rate)] + [t.formula for t in model.terms]
        formulas += [s.day for s in model.switches] + [r.factor for r in model.routes]
        used = {name for formula in formulas for name in names(parse(formula))}

        assert set(model.parameter_names) - used == set()


def test_the_immune_reset_model_has_the_states_of_its_description_in_order() -> None:
    # reference/mechanism.md section 3, carried here
    assert IMMUNE_RESET.state_names == ("F", "C", "L", "Nb", "Nt", "P", "B", "M", "SP", "LP", "A", "C3", "D", "X")


def test_only_blood_and_tissue_cells_feed_back() -> None:
    assert [group for group in blocks(IMMUNE_RESET) if len(group) > 1] == [("Nb", "Nt")]


def test_every_patient_is_at_rest_before_anything_is_given() -> None:
    parameters = draw(IMMUNE_RESET, 3, ("rest",), 0, 200)
    start = rates.start(IMMUNE_RESET, parameters)

    change = rates.rates(IMMUNE_RESET, 0.0, start, parameters)

    assert np.abs(change).max() < 1e-12 * np.abs(start).max()


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.key)
def test_jacobian_is_the_slope_of_the_rates(model: Model) -> None:
    parameters = draw(model, 5, ("jacobian",), 0, 20)
    values = np.abs(rates.start(model, parameters) * 0.7) + 0.3
    exact = rates.jacobian(model, 1.0, values, parameters)

    for column in range(len(model.states)):
        step = 1e-6 * values[:, column]
        up, down = values.copy(), values.copy()
        up[:, column] += step
        down[:, column] -= step
        slope = rates.rates(model, 1.0, up, parameters) - rates.rates(model, 1.0, down, parameters)
        slope /= 2 * step[:, None]
        scale = np.abs(exact).max(axis=2) + 1e-12
        np.testing.assert_allclose(slope, exact[:, :, column], rtol=1e-5, atol=1e-6 * float(scale.max()))


def test_an_observable_reads_states_and_terms() -> None:
    values = np.array([[[10.0, 1.0], [20.0, 2.0]]])

    assert rates.observe(STEIN_2019, "transgene", values, typical(STEIN_2019)).tolist() == [[11.0, 22.0]]


def test_steroid_factor_is_one_at_the_baseline_dose_and_rises_as_the_dose_falls() -> None:
    assert steroid_factor(15, 15) == 1
    # 1 / (1 - 0.25 * 15 / 25) by hand
    assert steroid_factor(0, 15) == pytest.approx(1 / 0.85)


def test_a_description_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        IMMUNE_RESET.key = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        IMMUNE_RESET.parameters[0].value = 2.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"terms": (Term("kil", "1/d", "x", "kkil*Nt"),)}, '"kkil" is not known there. Did you mean "kkill"'),
        ({"terms": (Term("B0", "1/d", "x", "kkill*Nt"),)}, '"B0" is used twice'),
        ({"terms": (Term("_x", "1/d", "x", "kkill*Nt"),)}, "cannot be a name"),
        ({"observables": (Observable("x", "1", "x", "BB"),)}, 'observable x: "BB" is not known'),
        ({"correlations": (Correlation("kB", "kQ", 0.5),)}, 'parameter "kQ" is not known'),
        ({"states": (*STATES[:-1], State("X", "mg", "x", "X", "-kX*X", 1.0))}, 'X at the start: "X" is not known'),
        ({"states": (*STATES[:-1], State("X", "mg", "x", "0", "-kX*X", 0.0))}, "small amount of X must be above 0"),
        ({"routes": (Route("r", "XX", "1", "mg", "x"),)}, 'route r: state "XX" is not known'),
    ],
)
def test_a_wrong_description_says_where(change: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says.replace("(", r"\(").replace("?", r"\?")):
        replace(IMMUNE_RESET, **change)  # type: ignore[arg-type]


def test_an_unknown_model_is_answered_with_the_nearest() -> None:
    assert find("stein-2019") is STEIN_2019
    with pytest.raises(InputError, match='Did you mean "immune-reset"'):
        find("imune-reset")


def test_reading_the_models_imports_no_compiler() -> None:
    code = "import sys, remit.biology.solver, remit.biology.population; print('numba' in sys.modules)"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "False"
