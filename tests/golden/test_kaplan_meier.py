"""Kaplan-Meier curves, bands and quantiles against R survival; the version stands in the data file."""

import json
from pathlib import Path
from typing import Any

import pytest

from remit.stats.calls import call
from remit.stats.survival import kaplan_meier

DATA = json.loads((Path(__file__).parent / "data" / "kaplan_meier.json").read_text(encoding="utf-8"))
CURVES = DATA["curves"]


def same(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return abs(ours - theirs) <= DATA["tolerance"]


def test_the_reference_holds_every_band() -> None:
    assert len(CURVES) == 17
    assert {curve["band"] for curve in CURVES} == {"plain", "log", "log-log"}


@pytest.mark.parametrize("reference", CURVES, ids=range(len(CURVES)))
def test_steps_and_limits_agree_with_r(reference: dict[str, Any]) -> None:
    curve = kaplan_meier(reference["times"], reference["events"], reference["band"], reference["level"])

    ours = list(zip(curve.time, curve.at_risk, curve.events, curve.survival, curve.error, curve.low, curve.high))
    assert len(ours) == len(reference["steps"])
    for step, row in zip(ours, reference["steps"]):
        assert all(same(mine, theirs) for mine, theirs in zip(step, row, strict=True)), (step, row)


@pytest.mark.parametrize("reference", CURVES, ids=range(len(CURVES)))
def test_quantiles_and_their_limits_agree_with_r(reference: dict[str, Any]) -> None:
    curve = kaplan_meier(reference["times"], reference["events"], reference["band"], reference["level"])

    for share, *row in reference["quantiles"]:
        ours = curve.quantile(share)
        assert all(same(mine, theirs) for mine, theirs in zip(ours, row, strict=True)), (share, ours, row)


def test_the_json_door_answers_in_columns() -> None:
    reference = CURVES[0]
    question = {
        "time": reference["times"],
        "event": reference["events"],
        "conf_type": reference["band"],
        "conf_level": reference["level"],
    }

    answer = call("kaplan_meier", question)

    assert answer["time"] == [row[0] for row in reference["steps"]]
    assert answer["n_risk"] == [row[1] for row in reference["steps"]]
    assert answer["survival"] == pytest.approx([row[3] for row in reference["steps"]], abs=1e-8)
    assert answer["upper"] == pytest.approx([row[6] for row in reference["steps"]], abs=1e-8)
    assert answer["quantile_p"] == [0.25, 0.5, 0.75]
    assert answer["quantile"] == [9, 14, 16]
    assert answer["quantile_upper"] == [None, None, None]
