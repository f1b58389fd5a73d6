"""nca: one profile of cells, as a table that can be checked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from remit.errors import InputError
from remit.instruments import catalog, nca
from remit.instruments.door.nca import INSTRUMENT


def call(payload: object, variant: str | None = None) -> dict[str, Any]:
    return catalog.call((INSTRUMENT,), "nca", variant, payload)


def test_a_course_of_one_infusion() -> None:
    answer = call({"samples": [[-0.1, "<50"], [0, 800], [7, 400], [14, 200], [21, 100], [28, "<50"]]}, "linear")

    assert answer["cmax"] == 800
    assert answer["tmax"] == 0
    assert (answer["clast"], answer["tlast"], answer["gone_by"]) == (100, 21, 28)
    assert answer["auc_last"] == 7 * (600 + 300 + 150)
    assert answer["auc"] == 7 * (600 + 300 + 150 + 50)
    assert answer["half_life"] == pytest.approx(7)
    assert answer["half_life_days"] == [7, 14, 21]
    assert answer["r_squared_adjusted"] == pytest.approx(1)
    assert answer["because"] == ["by linear; below quantification: 0 before, left out between, 0 after"]


@pytest.mark.parametrize(
    ("rule", "auc"),
    [
        # 0 — 100 — below — 100 — below (limit 40), days 0 to 4
        ("zero-drop-zero", 50 + 200 + 50),
        ("zero-zero-zero", 50 + 50 + 50 + 50),
        ("zero-half-half", 50 + 60 + 60 + 60),
        ("half-half-half", 60 + 60 + 60 + 60),
        ("limit-limit-limit", 70 + 70 + 70 + 70),
        ("zero-drop-half", 50 + 200 + 60),
    ],
)
def test_a_rule_names_what_stands_in_before_between_and_after(rule: str, auc: float) -> None:
    samples = [[0, "<40"], [1, 100], [2, "<40"], [3, 100], [4, "<40"]]

    answer = call({"samples": samples, "horizon": 4, "below_rule": rule}, "linear")

    assert answer["auc"] == auc


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"samples": []}, "cmax: no sample after the infusion"),
        ({"samples": [[0, "<50"], [7, "<50"]]}, "auc: no sample above the limit of quantification"),
        ({"samples": [[3, 400]]}, "auc: no sample at or within a day before the infusion"),
        ({"samples": [[0, 500], [18, 60]]}, "auc: last sample on day 18, before day 28"),
        ({"samples": [[0, 500], [7, 60]]}, "half life: 1 quantified point after the peak, 3 needed"),
        ({"samples": [[0, 9], [1, 4], [2, 5], [3, 8], [28, "<1"]]}, "half life: the last points do not fall"),
        ({"samples": [[0, 500], [28, 60]], "units": ["copies/ug", "copies/mL"]},
         "recorded in copies/mL and copies/ug: values in different units make no curve"),
        ({}, "samples"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_has_its_reason(payload: dict[str, Any], why: str) -> None:
    assert f"unknown: {why}" in call(payload)["because"]


def test_a_tie_at_the_peak_is_dated_by_the_first() -> None:
    answer = call({"samples": [[0, "<50"], [3, 900], [7, 900], [28, 100]]})

    assert answer["tmax"] == 3


def test_one_point_is_a_peak_and_no_half_life() -> None:
    answer = call({"samples": [[1, 300]], "value_before": 0})

    assert (answer["cmax"], answer["clast"], answer["auc_last"], answer["half_life"]) == (300, 300, 150, None)


def test_the_sample_before_the_next_infusion_ends_the_one_before() -> None:
    # the trough below quantification is the last of infusion 1, not one between two quantified ones: it stays, as 0
    samples = [[0, 0], [1, 400], [3, 100], [6.9, "<50"], [7.1, 500], [10, 60], [28, "<50"]]

    two = call({"samples": samples, "infusions": [0, 7]}, "linear")
    one = call({"samples": samples, "infusions": [0]}, "linear")

    assert two["auc"] < one["auc"]
    assert two["half_life"] is None  # one point after the second peak; a line cannot span both infusions


def test_a_last_sample_within_a_day_of_the_horizon_stands_for_it() -> None:
    assert call({"samples": [[0, 100], [27.9, 100]]}, "linear")["auc"] == pytest.approx(2800)
    assert call({"samples": [[0, 100], [26.9, 100]]}, "linear")["auc"] is None


def test_a_step_to_zero_stays_straight_where_the_horizon_cuts_it() -> None:
    # from 140 on day 0 to 0 on day 28, cut on day 14 at 70
    samples = [[0, 140], [28, "<50"]]

    assert call({"samples": samples, "horizon": 14}, "linear-up-log-down")["auc"] == 14 * 105
    assert call({"samples": samples, "horizon": 14}, "linear")["auc"] == 14 * 105


def test_samples_at_one_moment_are_averaged() -> None:
    answer = call({"samples": [[0, 100], [0, 300], [4, 100]], "horizon": 4}, "linear")

    assert (answer["cmax"], answer["auc"]) == (200, 600)


def test_the_peak_counts_for_the_half_life_only_when_asked() -> None:
    samples = [[0, 800], [1, 400], [2, 200], [28, "<50"]]

    assert call({"samples": samples})["half_life"] is None
    assert call({"samples": samples, "with_peak": True})["half_life"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"samples": [[0, 1]], "below_rule": "zero-dropp-zero"}, "zero-drop-zero"),
        ({"samples": [[0, "50"]]}, "below a limit"),
        ({"samples": [[0, -1]]}, "at least 0"),
        ({"samples": [0, 1]}, "pairs"),
        ({"samples": [[0, 1]], "infusions": [7, 0]}, "rise"),
        ({"samples": [[0, 1]], "horizon": 0}, "after the first infusion"),
        ({"samples": [[0, 1]], "units": "copies/ug"}, "array"),
    ],
)
def test_a_malformed_question_is_answered_with_what_is_allowed(payload: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call(payload)


def test_every_named_rule_is_a_rule() -> None:
    assert all(nca.below_rule(name) for name in nca.NAMED_RULES)
    assert nca.below_rule(nca.NAMED_RULES[0]) == nca.DEFAULT_RULE == nca.BelowRule("zero", "drop", "zero")
