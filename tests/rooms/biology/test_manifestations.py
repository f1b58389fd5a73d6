from __future__ import annotations

import numpy as np
import pytest

from remit.biology.manifestations import (
    PREVALENCE,
    Limits,
    baseline,
    items_on,
    next_prednisone,
    physician_global,
    serology,
)
from remit.biology.population import CHUNK
from remit.errors import InputError
from remit.instruments.sledai_2k import CODES, WEIGHTS


def test_every_item_is_one_of_the_instrument() -> None:
    assert set(PREVALENCE) <= set(CODES)


def test_patients_satisfy_the_limits_and_are_the_same_in_any_block() -> None:
    points = np.tile([0.0, 2.0, 4.0], CHUNK)
    many = baseline(5, ("trial", 3), 0, points, WEIGHTS)
    part = baseline(5, ("trial", 3), CHUNK - 3, points[CHUNK - 3 : CHUNK + 4], WEIGHTS)
    clinical = many.score - points

    assert many.score.min() >= 8
    assert many.score.max() <= 26
    assert clinical.min() >= 4
    for name in ("present", "threshold", "score", "global_0_3", "prednisone_mg"):
        assert np.array_equal(getattr(part, name), getattr(many, name)[CHUNK - 3 : CHUNK + 4])


def test_items_go_out_as_activity_falls_and_none_is_new() -> None:
    patients = baseline(5, ("x",), 0, np.full(300, 4.0), WEIGHTS)
    activity = np.tile([1.0, 0.8, 0.5, 0.2, 0.0], (300, 1))

    on = items_on(patients, activity)

    assert np.array_equal(on[:, 0], patients.present)
    assert (on[:, 1:] <= on[:, :-1]).all()
    assert not on[:, -1].any()


def test_the_global_follows_activity_within_its_scale() -> None:
    patients = baseline(5, ("x",), 0, np.full(300, 4.0), WEIGHTS)

    seen = physician_global(patients, np.tile([0.0, 1.0, 9.0], (300, 1)))

    assert (seen[:, 0] == 0).all()
    assert np.array_equal(seen[:, 1], patients.global_0_3)
    assert (seen[:, 2] == 3).all()


def test_serology_is_strict_at_the_laboratory_limits() -> None:
    binding, low = serology(np.array([100.0, 100.1]), np.array([0.8, 0.79]))

    assert binding.tolist() == [False, True]
    assert low.tolist() == [False, True]


@pytest.mark.parametrize(
    ("activity", "dose", "gives"),
    [
        (1.0, 15.0, 15.0),  # not better: stays
        (0.7, 40.0, 20.0),
        (0.7, 15.0, 10.0),  # halves, but down to 10 only
        (0.7, 10.0, 5.0),
        (0.7, 5.0, 5.0),
        (0.2, 10.0, 5.0),
        (0.2, 5.0, 2.5),
        (0.2, 2.5, 0.0),
        (0.2, 0.0, 0.0),
        (0.5, 2.5, 2.5),
        (1.2, 0.0, 30.0),  # flare: back to the baseline dose
    ],
)
def test_steroid_follows_its_rule(activity: float, dose: float, gives: float) -> None:
    assert next_prednisone(np.array([activity]), np.array([dose]), np.array([30.0])).tolist() == [gives]


def test_limits_that_nobody_meets_are_refused() -> None:
    with pytest.raises(InputError, match="widen the limits"):
        baseline(5, ("x",), 0, np.zeros(2), WEIGHTS, Limits(total_low=8, total_high=7))
