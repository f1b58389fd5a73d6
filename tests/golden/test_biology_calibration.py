"""The calibration table of the model: what its prototype printed, and the published seed trial it was calibrated to.

Source of the numbers: the prototype run behind the model description (4,000 patients, 3 x 6e9 cells; 400 trials of 20
patients with 1, 1, 5 and 13 at assumed levels 0.75, 1.5, 3 and 6e9). The table's own rules: infusions on days 0, 3, 6;
return is the first B-cell count of 20/uL or more; noise-free states; fever read once a day, at the hour of infusion.
Tolerances are about four standard errors of two Monte Carlo runs, or the table's own 90 % range.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from remit.biology import IMMUNE_RESET, rates, steroid_factor
from remit.biology.manifestations import (
    FEVER_IL6_PG_ML,
    SEVERE_IL6_PG_ML,
    baseline,
    items_on,
    next_prednisone,
    physician_global,
    serology,
)
from remit.biology.population import draw
from remit.biology.solver import Dose, resume, solve
from remit.instruments.sledai_2k import RENAL_ITEMS, WEIGHTS
from rooms.biology.courses import CONDITIONING

pytestmark = pytest.mark.slow

MAJOR_ORGAN = RENAL_ITEMS | {"vasculitis", "pleurisy", "pericarditis"}
EARLY = np.array([-5.0, -2.0, *range(29)])


@dataclass(frozen=True)
class Seen:
    """One value per patient, but for the days."""

    b_cells: dict[int, np.ndarray]
    car_nk: dict[int, np.ndarray]
    return_day: np.ndarray
    il6_daily: np.ndarray
    il6_highest: np.ndarray
    score: np.ndarray
    lymphocytes: dict[int, np.ndarray]
    doris: np.ndarray
    lldas: np.ndarray


def rehearse(place: str, cells_e9: np.ndarray) -> Seen:
    """Follow patients to week 24 with the steroid rule reading activity every four weeks."""
    count = len(cells_e9)
    parameters = draw(IMMUNE_RESET, 1, (place,), 0, count)
    start = rates.start(IMMUNE_RESET, parameters)
    binding, low = serology(start[:, IMMUNE_RESET.state("A")], start[:, IMMUNE_RESET.state("C3")])
    patients = baseline(1, (place,), 0, 2.0 * binding + 2.0 * low, WEIGHTS)
    doses = [*CONDITIONING, *(Dose("car-nk", day, cells_e9) for day in (0, 3, 6))]

    course = solve(IMMUNE_RESET, parameters, doses, EARLY)
    fine = solve(IMMUNE_RESET, parameters, doses, np.array([-5.0, *np.arange(0.0, 10.0, 0.05)])).of("X").max(axis=1)
    days, b_cells = [EARLY], [course.of("B")]
    first = course
    prednisone = patients.prednisone_mg
    for day in range(28, 169, 28):
        prednisone = next_prednisone(course.of("D")[:, -1], prednisone, patients.prednisone_mg)
        if day == 168:
            break
        parameters[:, IMMUNE_RESET.parameter("Est")] = steroid_factor(prednisone, patients.prednisone_mg)
        days.append(np.arange(day, day + 29.0)[1:])
        course = resume(IMMUNE_RESET, parameters, course, [], [day, *days[-1]])
        b_cells.append(course.of("B")[:, 1:])

    activity = course.of("D")[:, -1:]
    on = items_on(patients, activity)[:, 0]
    binding, low = serology(course.of("A")[:, -1], course.of("C3")[:, -1])
    clinical = on @ np.array([WEIGHTS[item] for item in patients.items])
    total = clinical + 2 * binding + 2 * low
    major = on[:, [item in MAJOR_ORGAN for item in patients.items]].any(axis=1)
    doctor = physician_global(patients, activity)[:, 0]
    after = np.concatenate(days) >= 14
    back = np.concatenate(b_cells, axis=1)[:, after] >= 20
    at = {day: int(np.flatnonzero(day == EARLY)[0]) for day in (-5, -2, 0, 1, 3, 7, 14, 21, 28)}
    return Seen(
        b_cells={day: first.of("B")[:, place] for day, place in at.items()},
        car_nk={day: first.of("Nb")[:, place] for day, place in at.items()},
        return_day=np.where(back.any(axis=1), np.concatenate(days)[after][back.argmax(axis=1)], np.inf),
        il6_daily=first.of("X").max(axis=1),
        il6_highest=fine,
        score=patients.score,
        lymphocytes={day: first.of("L")[:, place] / first.of("L")[:, 0] for day, place in at.items()},
        doris=(clinical == 0) & (doctor < 0.5) & (prednisone <= 5),
        lldas=(total <= 4) & ~major & (doctor <= 1) & (prednisone <= 7.5),
    )


@cache
def at_dose(cells_e9: float) -> Seen:
    return rehearse("population", np.full(4_000, cells_e9))


@cache
def trials() -> Seen:
    return rehearse("trials", np.tile([0.75, 1.5] + [3.0] * 5 + [6.0] * 13, 400))


def test_depletion_within_days() -> None:
    seen = at_dose(6.0)

    assert np.median(seen.b_cells[1]) == pytest.approx(0.7, abs=0.06)
    assert np.median(seen.b_cells[3]) == pytest.approx(0.01, abs=0.005)
    assert (np.minimum(seen.b_cells[3], seen.b_cells[7]) < 5).all()


def test_b_cells_return_in_two_to_three_months() -> None:
    low, middle, high = np.quantile(at_dose(6.0).return_day, [0.1, 0.5, 0.9])

    assert (low, middle, high) == pytest.approx((49, 69, 102), abs=4)


def test_cell_counts_in_blood() -> None:
    seen = at_dose(6.0)

    for day, count in {1: 33, 7: 57, 14: 10, 21: 1.4, 28: 0.16}.items():
        assert np.median(seen.car_nk[day]) == pytest.approx(count, rel=0.15), day


def test_lymphocytes_fall_to_an_eighth_and_are_back_at_four_fifths_on_day_28() -> None:
    seen = at_dose(6.0)

    assert np.median(seen.lymphocytes[-2]) == pytest.approx(0.13, abs=0.01)
    assert np.median(seen.lymphocytes[28]) == pytest.approx(0.80, abs=0.02)


def test_baseline_scores() -> None:
    assert np.quantile(at_dose(6.0).score, [0.1, 0.5, 0.9]) == pytest.approx([8, 13, 19], abs=1)


def test_fever_when_read_once_a_day() -> None:
    seen = at_dose(6.0)

    assert (seen.il6_daily > FEVER_IL6_PG_ML).mean() == pytest.approx(0.100, abs=0.025)
    assert (seen.il6_daily > SEVERE_IL6_PG_ML).mean() == pytest.approx(0.001, abs=0.003)


def test_fever_read_without_a_gap_is_twice_as_frequent() -> None:
    # not in the table: the calibration holds for a daily reading only, because the peak comes after ten hours
    seen = at_dose(6.0)

    assert (seen.il6_highest > FEVER_IL6_PG_ML).mean() == pytest.approx(0.21, abs=0.03)


@pytest.mark.parametrize(("cells_e9", "doris", "lldas"), [(1.5, 0.42, 0.72), (3.0, 0.49, 0.77), (6.0, 0.52, 0.80)])
def test_response_at_month_6_by_dose(cells_e9: float, doris: float, lldas: float) -> None:
    seen = at_dose(cells_e9)

    assert seen.doris.mean() == pytest.approx(doris, abs=0.04)
    assert seen.lldas.mean() == pytest.approx(lldas, abs=0.04)


def test_without_cells_nobody_is_in_remission() -> None:
    seen = at_dose(0.0)

    assert (seen.doris.sum(), seen.lldas.sum()) == (0, 0)


def test_trials_of_20_show_the_median_and_the_spread_of_the_table() -> None:
    seen = trials()
    back = np.median(seen.return_day.reshape(400, 20), axis=1)
    fever = (seen.il6_daily > FEVER_IL6_PG_ML).reshape(400, 20).sum(axis=1)
    # the 8 followed for more than 6 months are taken to be the first 8 enrolled (the table does not say)
    doris = seen.doris.reshape(400, 20)[:, :8].sum(axis=1)
    lldas = seen.lldas.reshape(400, 20)[:, :8].sum(axis=1)

    assert np.quantile(back, [0.05, 0.5, 0.95]) == pytest.approx([60, 67, 76], abs=3)
    assert np.quantile(fever, [0.05, 0.5, 0.95]) == pytest.approx([0, 2, 5], abs=1)
    assert np.quantile(doris, [0.05, 0.5, 0.95]) == pytest.approx([2, 4, 7], abs=1)
    assert np.quantile(lldas, [0.05, 0.5, 0.95]) == pytest.approx([4, 6, 8], abs=1)
    # the seed trial printed 2 of 20 with fever, 4 of 8 in DORIS remission, 6 of 8 in LLDAS
    assert np.median(fever) == 2
    assert np.median(doris) == 4
    assert np.median(lldas) == 6
