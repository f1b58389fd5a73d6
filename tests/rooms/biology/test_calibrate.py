from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from remit.biology.calibrate import Knob, Target, calibrate
from remit.biology.effects import around
from remit.biology.immune_reset import IMMUNE_RESET
from remit.biology.rehearsal import SEED_TRIAL_CELLS_E9, rehearse
from remit.errors import InputError
from remit.instruments.sledai_2k import RENAL_ITEMS, WEIGHTS

MAJOR = RENAL_ITEMS | {"vasculitis", "pleurisy", "pericarditis"}


def trials(values: Mapping[str, float], count: int) -> np.ndarray:
    """(trials, 4): median return day, DORIS of the first 8, LLDAS of the first 8, fever of 20."""
    seen = rehearse(SEED_TRIAL_CELLS_E9 * count, WEIGHTS, 1, ("trials",), around(IMMUNE_RESET, values))
    points = np.array([WEIGHTS[item] for item in seen.items])
    clinical = seen.items_on @ points
    major = seen.items_on[:, [item in MAJOR for item in seen.items]].any(axis=1)
    doris = (clinical == 0) & (seen.global_0_3 < 0.5) & (seen.prednisone_mg <= 5)
    lldas = (clinical + 2 * seen.binding + 2 * seen.low <= 4) & ~major & (seen.global_0_3 <= 1)
    lldas &= seen.prednisone_mg <= 7.5
    fever = seen.il6_daily > 43.0
    by_trial = [x.reshape(count, 20) for x in (seen.return_day, doris, lldas, fever)]
    counts = [by_trial[1][:, :8].sum(axis=1), by_trial[2][:, :8].sum(axis=1), by_trial[3].sum(axis=1)]
    return np.column_stack([np.median(by_trial[0], axis=1), *counts])


def linear(values: Mapping[str, float]) -> np.ndarray:
    """Trials around log a + log b and log a - log b, with spreads 0.1 and 0.2."""
    noise = np.random.default_rng(1).standard_normal((400, 2)) * [0.1, 0.2]
    noise -= noise.mean(axis=0)
    a, b = np.log(values["a"]), np.log(values["b"])
    return np.array([a + b, a - b]) + noise


def test_a_linear_problem_is_solved_exactly() -> None:
    # penalized least squares in closed form: weights 1/0.1², 1/0.2², pull 0.5
    targets = [Target("sum", 1.0), Target("difference", 0.4)]

    found = calibrate(targets, linear, [Knob("a", 1.0), Knob("b", 1.0)], 1)

    spread = linear({"a": 1.0, "b": 1.0}).std(axis=0)
    design = np.array([[1, 1], [1, -1]]) / spread[:, None]
    matrix = design.T @ design + np.eye(2) / 0.25
    exact = np.linalg.solve(matrix, design.T @ (np.array([1.0, 0.4]) / spread))
    assert np.log([found.values["a"], found.values["b"]]) == pytest.approx(exact, abs=1e-6)
    assert list(found.scale_sd.values()) == pytest.approx(np.sqrt(np.diag(np.linalg.inv(matrix))), rel=1e-6)
    assert list(found.misfit) == sorted(found.misfit, reverse=True)


def test_a_target_left_out_moves_nothing_and_is_predicted() -> None:
    targets = [Target("sum", 1.0), Target("difference", 9.0, used=False)]

    found = calibrate(targets, lambda v: linear({"b": 1.0, **v}), [Knob("a", 1.0)], 1)

    row = found.rows[1]
    assert found.values["a"] == pytest.approx(np.e, rel=0.05)
    assert row.after.mean == pytest.approx(1.0, abs=0.05)
    assert not row.within
    assert row.rank == 1.0


def test_a_knob_that_no_target_feels_stays_where_it_was_with_the_uncertainty_it_had() -> None:
    def simulate(values: Mapping[str, float]) -> np.ndarray:
        return linear({"a": values["a"], "b": 1.0})[:, :1]

    found = calibrate([Target("sum", 1.0)], simulate, [Knob("a", 1.0), Knob("idle", 0.3, pull=0.7, share=True)], 1)

    assert found.values["idle"] == pytest.approx(0.3)
    assert found.scale_sd["idle"] == pytest.approx(0.7)


def test_the_uncertainty_of_the_knobs_widens_what_is_predicted() -> None:
    found = calibrate([Target("sum", 1.0)], lambda v: linear({"b": 1.0, **v})[:, :1], [Knob("a", 1.0)], 1, draws=60)

    # one trial of spread 0.1 leaves 0.1 in the knob: together 0.14
    assert found.rows[0].after.sd == pytest.approx(0.1, rel=0.1)
    assert found.rows[0].predicted.sd == pytest.approx(0.14, rel=0.2)


@pytest.mark.parametrize(
    ("targets", "simulate", "knobs", "says"),
    [
        ([Target("sum", 1.0, used=False)], linear, [Knob("a", 1.0)], "at least one target that is used"),
        ([Target("x", 1.0)], linear, [Knob("a", 1.0), Knob("b", 1.0)], "1 targets in columns"),
        ([Target("x", 1.0)], lambda v: np.ones((50, 1)), [Knob("a", 1.0)], "the same in every replicate"),
        ([Target("x", 1.0)], lambda v: np.full((50, 1), np.inf), [Knob("a", 1.0)], "not a finite number"),
        ([Target("x", 1.0)], linear, [Knob("a", 1.5, share=True)], "start in its range"),
        ([Target("x", 1.0)] * 2, linear, [Knob("a", 1.0)], "stands twice"),
    ],
)
def test_impossible_calibrations_are_refused(targets, simulate, knobs, says) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=says):
        calibrate(targets, simulate, knobs, 1)


def test_the_rehearsal_shows_the_table_of_the_model() -> None:
    # the model's own table: trial median of the return day 67 (60-76), 4 (2-7) of 8, 6 (4-8) of 8, 2 (0-5) of 20;
    # 60 trials: a median is uncertain by some 1 day, a count by some 0.3
    made = trials({}, 60)

    assert np.median(made[:, 0]) == pytest.approx(67, abs=3)
    assert np.median(made[:, 1:], axis=0) == pytest.approx([4, 6, 2], abs=1)


def test_without_cells_every_patient_keeps_an_item_and_b_cells_are_back_in_weeks() -> None:
    none = rehearse(np.zeros(200), WEIGHTS, 1, ("none",))
    six = rehearse(np.full(200, 6.0), WEIGHTS, 1, ("none",))

    # conditioning alone lowers B cells for some weeks
    assert np.median(none.return_day) < 35 < np.median(six.return_day)
    assert (none.items_on.sum(axis=1) == 0).mean() < 0.02 < (six.items_on.sum(axis=1) == 0).mean()
    # the same patients before treatment
    assert np.array_equal(none.score, six.score)


def test_known_typical_values_are_found_again_from_a_wrong_start() -> None:
    # targets are the model's own means, so the truth is the model's own kP and w0
    truth = trials({}, 60).mean(axis=0)
    targets = [Target(name, float(value)) for name, value in zip(("return", "doris", "lldas", "fever"), truth)]

    knobs = [Knob("kP", 0.03, pull=5.0), Knob("w0", 0.12, pull=5.0)]
    found = calibrate(targets, lambda v: trials(v, 60), knobs, 1, draws=0)

    assert found.values["kP"] == pytest.approx(0.019, rel=0.02)
    assert found.values["w0"] == pytest.approx(0.06, rel=0.10)


@pytest.mark.slow
def test_the_seed_trials_table_is_met_and_its_fever_count_left_out_is_predicted() -> None:
    # the abstract: B cells back in 2 to 3 months (76 days taken), 4 of 8 in DORIS, 6 of 8 in LLDAS; 2 of 20 with fever
    targets = [Target("return", 76.0), Target("doris", 4.0), Target("lldas", 6.0), Target("fever", 2.0, used=False)]

    found = calibrate(targets, lambda v: trials(v, 400), [Knob("kP", 0.035), Knob("w0", 0.15), Knob("phi", 0.1)], 1)

    assert all(row.within for row in found.rows), found.rows
    assert found.misfit[-1] < 0.3 * found.misfit[0]
    fever = found.rows[3]
    assert (fever.predicted.low, fever.predicted.median, fever.predicted.high) == pytest.approx((0, 2, 5), abs=1)
