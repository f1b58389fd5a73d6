"""Non-compartmental analysis of twelve theophylline profiles against Phoenix WinNonlin; the source is in the data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from remit.instruments import nca

DATA = json.loads((Path(__file__).parent / "data" / "theophylline.json").read_text("utf-8"))
# printed with seven decimals
HALF_A_DIGIT = 0.5000001e-7


@pytest.mark.parametrize("profile", DATA["profiles"], ids=lambda p: f"subject {p['subject']}")
def test_areas_and_half_life_are_those_of_winnonlin(profile: dict[str, Any]) -> None:
    samples = [nca.Sample(time, value) for time, value in profile["samples"]]
    window = nca.Window((0.0,), profile["samples"][-1][0])

    logarithmic = nca.kinetics(samples, window)
    linear = nca.kinetics(samples, window, nca.Rules(nca.DEFAULT_RULE, "linear"))

    assert logarithmic.auc_last == pytest.approx(profile["auc_last_log"], abs=HALF_A_DIGIT)
    assert linear.auc_last == pytest.approx(profile["auc_last_linear"], abs=HALF_A_DIGIT)
    fit = logarithmic.terminal
    assert fit.half_life == pytest.approx(profile["half_life"], abs=HALF_A_DIGIT)
    assert len(fit.times) == profile["points"]
    assert fit.r_squared == pytest.approx(profile["r_squared"], abs=HALF_A_DIGIT)
    assert fit.adjusted == pytest.approx(profile["r_squared_adjusted"], abs=HALF_A_DIGIT)


def test_the_reference_holds_twelve_profiles_of_eleven_samples() -> None:
    assert [len(profile["samples"]) for profile in DATA["profiles"]] == [11] * 12


@pytest.mark.parametrize(
    ("times", "values", "rule", "method", "area"),
    [
        # R package PKNCA 0.12, its own tests of the area: below quantification kept, dropped, at the end
        ((0, 1, 2, 3, 4, 5), (0, 2, 0, 1, 2, 1), "zero-zero-zero", "linear", 1 + 1 + 0.5 + 1.5 + 1.5),
        ((0, 1, 2, 3, 4, 5), (0, 2, 0, 1, 2, 1), "zero-zero-zero", "linear-up-log-down", 4 + 1 / 0.6931471805599453),
        ((0, 1, 2, 3, 4, 5, 6, 7), (0, 2, 0, 1, 2, 1, 0, 0), "zero-drop-zero", "linear", 1 + 3 + 1.5 + 1.5 + 0.5),
        (
            (0, 1, 2, 3, 4, 5, 6, 7), (0, 2, 0, 1, 2, 1, 0, 0), "zero-drop-zero", "linear-up-log-down",
            1 + 2 / 0.6931471805599453 + 1.5 + 1 / 0.6931471805599453 + 0.5,
        ),
    ],
)  # fmt: skip
def test_areas_with_samples_below_quantification_are_those_of_pknca(
    times: tuple[float, ...], values: tuple[float, ...], rule: str, method: nca.Area, area: float
) -> None:
    samples = [nca.Sample(time, value or None, below=not value) for time, value in zip(times, values)]

    found = nca.kinetics(samples, nca.Window((0.0,), times[-1]), nca.Rules(nca.below_rule(rule), method))

    assert found.auc == pytest.approx(area, rel=1e-12)
