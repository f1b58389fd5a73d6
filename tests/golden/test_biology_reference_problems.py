"""Curves and numbers printed elsewhere: Stein 2019's cell kinetics, Robertson's stiff reaction."""

from __future__ import annotations

import numpy as np
import pytest

from remit.biology import STEIN_2019, rates
from remit.biology.model import Model, Parameter, State
from remit.biology.population import draw, typical
from remit.biology.solver import solve


def stein(day: float, foldx: float, tmax: float, cmax: float, alpha: float, fb: float, beta: float) -> float:
    """The curve as printed in Stein et al. 2019 (CPT Pharmacometrics Syst Pharmacol 8:285)."""
    if day <= tmax:
        return cmax / foldx * np.exp(np.log(foldx) / tmax * day)
    return cmax * ((1 - fb) * np.exp(-alpha * (day - tmax)) + fb * np.exp(-beta * (day - tmax)))


def test_stein_curve_is_reproduced_for_the_typical_patient_and_for_random_ones() -> None:
    parameters = np.vstack([typical(STEIN_2019), draw(STEIN_2019, 1, ("stein",), 0, 30)])
    days = np.array([0.0, 1.0, 5.0, 9.0, 9.3, 10.0, 14.0, 28.0, 90.0, 180.0, 365.0, 730.0])

    course = solve(STEIN_2019, parameters, [], days)

    seen = rates.observe(STEIN_2019, "transgene", course.values, parameters)
    expected = np.array([[stein(day, *row) for day in days] for row in parameters])
    np.testing.assert_allclose(seen, expected, rtol=1e-4)


def test_typical_peak_is_the_published_one() -> None:
    # Table 1: peak 24,000 copies/ug on day 9.3, 3900 times the start
    course = solve(STEIN_2019, typical(STEIN_2019), [], [0.0, 9.3, 9.4])

    seen = rates.observe(STEIN_2019, "transgene", course.values, typical(STEIN_2019))[0]
    assert seen[1] == pytest.approx(24_000, rel=1e-5)
    assert seen[1] / seen[0] == pytest.approx(3_900, rel=1e-5)
    assert seen[2] < seen[1]


ROBERTSON = Model(
    key="robertson",
    title="Robertson's reaction",
    parameters=(
        Parameter("slow", 0.04, "1/s", "A to B", "published", "Robertson 1966"),
        Parameter("fast", 1e4, "1/s", "B and C to A and C", "published", "Robertson 1966"),
        Parameter("faster", 3e7, "1/s", "B and B to C", "published", "Robertson 1966"),
    ),
    states=(
        State("A", "1", "A", "1", "-slow*A + fast*B*C", 1e-4),
        State("B", "1", "B", "0", "slow*A - fast*B*C - faster*B**2", 1e-8),
        State("C", "1", "C", "0", "faster*B**2", 1e-4),
    ),
    sources=(),
)


def test_robertson_reaction_matches_the_values_of_the_lsode_manual() -> None:
    # Radhakrishnan & Hindmarsh 1993, LSODE's example problem, printed to 5 digits (recalled; scipy's LSODA gives the
    # same digits). All three states feed back, so this goes through the elimination with fill-in.
    course = solve(ROBERTSON, typical(ROBERTSON), [], [0.0, 0.4, 4.0, 40.0, 400.0, 4e3, 4e4])

    expected = {
        0.4: (9.8517e-01, 3.3864e-05, 1.4794e-02),
        4.0: (9.0552e-01, 2.2405e-05, 9.4461e-02),
        40.0: (7.1583e-01, 9.1855e-06, 2.8416e-01),
        400.0: (4.5051e-01, 3.2228e-06, 5.4949e-01),
        4e3: (1.8320e-01, 8.9424e-07, 8.1680e-01),
        4e4: (3.8984e-02, 1.6218e-07, 9.6102e-01),
    }
    for row, (day, values) in enumerate(expected.items(), 1):
        assert course.values[0, row] == pytest.approx(values, rel=5e-4), day
    assert course.values[0].sum(axis=1) == pytest.approx(1.0, abs=1e-12)
