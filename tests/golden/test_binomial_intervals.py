"""Confidence limits of proportions against R; the tools and their versions stand in the data file."""

import json
from pathlib import Path

import pytest

from remit.stats.calls import call
from remit.stats.intervals import interval

DATA = json.loads((Path(__file__).parent / "data" / "binomial_ci.json").read_text(encoding="utf-8"))
METHODS = DATA["columns"][3:]


@pytest.mark.parametrize("method", METHODS)
def test_limits_agree_with_r_for_every_count_and_level(method: str) -> None:
    column = DATA["columns"].index(method)
    tolerance = DATA["tolerance"].get(method, DATA["tolerance"]["default"])

    ours = [interval(method, row[0], row[1], row[2]) for row in DATA["rows"]]

    assert len(ours) == 54
    for row, limits in zip(DATA["rows"], ours, strict=True):
        assert limits == pytest.approx(row[column], abs=tolerance), row[:3]


def test_the_json_door_gives_all_methods_at_once() -> None:
    for row in DATA["rows"]:
        answer = call("binomial_ci", {"x": row[0], "n": row[1], "conf_level": row[2]})

        assert set(answer) == set(METHODS)
        assert answer["clopper_pearson"] == pytest.approx(row[3], abs=1e-6)


def test_four_of_eight_and_six_of_eight_as_printed_for_the_lupus_trial() -> None:
    # 15.7-84.3 % and 34.9-96.8 %: Clopper-Pearson, R 4.2.2 binom.test
    half, most = interval("clopper-pearson", 4, 8), interval("clopper-pearson", 6, 8)

    assert half == pytest.approx((0.157, 0.843), abs=5e-4)
    assert most == pytest.approx((0.349, 0.968), abs=5e-4)
