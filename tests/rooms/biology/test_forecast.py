from __future__ import annotations

import numpy as np
import pytest

from remit.biology import IMMUNE_RESET
from remit.biology.forecast import (
    LEVELS,
    LOSS,
    NOT_FOR_DOSING,
    RETURN,
    SEED_ASSAYS,
    SEED_DOSES,
    Crossing,
    coverage,
    drivers,
    event_days,
    forecast,
)
from remit.biology.population import draw
from remit.biology.readings import Cohort
from remit.biology.simulated import read
from remit.errors import InputError

SIGMA = [assay.residual for assay in SEED_ASSAYS]


def patients(count: int, seed: int) -> tuple[Cohort, np.ndarray]:
    parameters = draw(IMMUNE_RESET, seed, ("forecast",), 0, count)
    return read(IMMUNE_RESET, parameters, SEED_DOSES, -5.0, SEED_ASSAYS, seed, ("forecast",)), parameters


def test_an_event_is_a_rise_to_the_level_after_having_been_below() -> None:
    grid = np.arange(5.0)
    courses = np.array(
        [
            [3.0, 1.0, 0.0, 1.0, 3.0],  # back between day 3 and 4, half-way
            [3.0, 3.0, 4.0, 5.0, 6.0],  # never below
            [3.0, 1.0, 1.0, 1.0, 1.0],  # below and stays
            [1.0, 3.0, 1.0, 3.0, 3.0],  # the first of two
        ]
    )

    assert Crossing("x", "B", 2.0).days(grid, courses).tolist() == [3.5, np.inf, np.inf, 0.5]


def test_drivers_are_what_acts_on_a_state_through_any_number_of_steps() -> None:
    found = drivers(IMMUNE_RESET, ["B"])

    # conditioning, cells and their dose, precursors and B cells; nothing of antibody, activity, complement or IL-6
    assert {"sF", "kL", "krej", "Vb", "kP", "B0", "E50"} <= set(found)
    assert set(found) & {"phi", "A0", "kD", "w0", "sC3", "sX"} == set()
    assert {"phi", "w0", "kM"} <= set(drivers(IMMUNE_RESET, ["D"]))


def test_bands_are_nested_and_narrow_as_readings_come_in() -> None:
    cohort, _ = patients(6, 2)

    early = forecast(IMMUNE_RESET, cohort, SIGMA, 1.0, 1, [RETURN], draws=200, horizon=365)
    late = forecast(IMMUNE_RESET, cohort, SIGMA, 70.0, 1, [RETURN], draws=200, horizon=365)

    for made in (early, late):
        band = made.bands[0]
        assert (np.diff(band.low, axis=0) <= 0).all()
        assert (np.diff(band.high, axis=0) >= 0).all()
        assert ((band.low[0] <= band.median) & (band.median <= band.high[0])).all()
        assert made.limits[0] == NOT_FOR_DOSING
        assert any("must not be used to choose a dose" in limit for limit in made.limits)
    width = [np.median(made.bands[0].high[1] - made.bands[0].low[1]) for made in (early, late)]
    assert width[1] < 0.7 * width[0]


def test_readings_after_the_day_of_the_forecast_are_not_used() -> None:
    cohort, _ = patients(3, 2)

    whole = forecast(IMMUNE_RESET, cohort, SIGMA, 28.0, 1, [RETURN], draws=60, horizon=200)
    cut = forecast(IMMUNE_RESET, cohort.until(28.0), SIGMA, 28.0, 1, [RETURN], draws=60, horizon=200)

    assert np.array_equal(whole.bands[0].low, cut.bands[0].low)


def test_a_forecast_is_the_same_for_a_seed_and_another_for_another_place() -> None:
    cohort, _ = patients(2, 2)

    def made(seed: int, *place: str) -> np.ndarray:
        return forecast(IMMUNE_RESET, cohort, SIGMA, 28.0, seed, [RETURN], draws=60, place=place).bands[0].low

    assert np.array_equal(made(1), made(1))
    assert not np.array_equal(made(1), made(2))
    assert not np.array_equal(made(1), made(1, "other"))


def test_bands_hold_the_truth_about_as_often_as_they_say() -> None:
    seen: list[tuple[int, int]] = []

    found = coverage(20, 3, draws=100, events=[RETURN], report=lambda done, total: seen.append((done, total)))

    # three binomial errors of 20 patients; the slow test is the sharp one
    assert (np.abs(found.covered[0] - LEVELS) <= 3 * found.error[0]).all()
    assert found.limits[0] == NOT_FOR_DOSING
    assert seen == [(20, 20)]


@pytest.mark.slow
def test_bands_of_200_patients_hold_the_truth_as_often_as_they_say() -> None:
    found = coverage(200, 1)

    # loss of remission has an atom, never before the horizon, so its bands hold it too often and never too seldom
    assert (np.abs(found.covered[0] - LEVELS) <= 3 * found.error[0]).all()
    assert (found.covered[1] >= LEVELS - 3 * found.error[1]).all()
    # how many never lose it is foretold: binomial error 0.035
    assert found.expected_never == pytest.approx(found.never, abs=0.1)


def test_without_readings_the_band_is_that_of_the_population() -> None:
    cohort, _ = patients(1, 2)
    many = draw(IMMUNE_RESET, 9, ("population",), 0, 4000)
    days = event_days(IMMUNE_RESET, many, SEED_DOSES, -5.0, [RETURN, LOSS], 730.0)

    made = forecast(IMMUNE_RESET, cohort.until(-6.0), SIGMA, -6.0, 1, draws=3000)

    for band, population in zip(made.bands, days, strict=True):
        assert band.never[0] == pytest.approx(np.isinf(population).mean(), abs=0.04)
        exact = np.quantile(population, (0.1, 0.25), method="inverted_cdf")
        # 3000 draws: a quantile of days is uncertain by some 2 %
        assert (band.low[1, 0], band.low[0, 0]) == pytest.approx(exact, rel=0.07)


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"horizon": -5.0}, "horizon at least two days"), ({"draws": 10}, "at least 50 draws")],
)
def test_impossible_requests_are_refused(changes: dict[str, float], says: str) -> None:
    cohort, _ = patients(1, 2)

    with pytest.raises(InputError, match=says):
        forecast(IMMUNE_RESET, cohort, SIGMA, 28.0, 1, **changes)  # type: ignore[arg-type]
