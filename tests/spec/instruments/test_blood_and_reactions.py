"""ICAHT, T-ICAHT, LICATS and acute GvHD."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments


def days(low: dict[range, float], otherwise: float = 2000.0) -> dict[str, float]:
    """Neutrophils per µL on days 0-30 with some low stretches."""
    series = dict.fromkeys(range(31), otherwise)
    for stretch, value in low.items():
        series.update(dict.fromkeys(stretch, value))
    return {str(day): value for day, value in series.items()}


def early(by_day: dict[str, Any], variant: str = "early_cumulative") -> Any:
    return instruments.call("icaht", variant, {"anc_per_ul_by_day": by_day})["grade"]


@pytest.mark.parametrize(
    ("low", "cumulative", "longest"),
    [
        ({}, 0, 0),
        ({range(5, 6): 500.0}, 1, 1),  # 500 counts, unlike CTCAE
        ({range(5, 6): 501.0}, 0, 0),
        ({range(5, 11): 400.0}, 1, 1),  # 6 days
        ({range(5, 12): 400.0}, 2, 2),  # 7
        ({range(5, 18): 400.0}, 2, 2),  # 13
        ({range(5, 19): 400.0}, 3, 3),  # 14
        ({range(5, 11): 100.0}, 1, 1),
        ({range(5, 12): 100.0}, 3, 3),  # 7 days at 100
        ({range(5, 19): 100.0}, 4, 4),  # 14
        ({range(5, 8): 400.0, range(11, 15): 400.0}, 2, 1),  # three good days separate the episodes
        ({range(5, 8): 400.0, range(10, 13): 400.0}, 2, 2),  # two good days do not: 8 days
        ({range(3, 31): 400.0}, 4, 4),  # low from day 3 to the end
        ({range(4, 31): 400.0}, 3, 3),
    ],
)
def test_early_icaht(low: dict[range, float], cumulative: int, longest: int) -> None:
    assert early(days(low)) == cumulative
    assert early(days(low), "early_longest_run") == longest


def test_days_without_a_count_are_filled_over_a_week_and_no_more() -> None:
    sparse = {"0": 2000, "7": 400, "14": 400, "21": 2000, "28": 2000, "30": 2000}

    assert early(sparse) == 2  # days 7-14 at 400
    assert early({"0": 2000, "30": 2000}) is None
    assert early({}) is None


@pytest.mark.parametrize(
    ("values", "grade"),
    [
        ([1600, 1700], 0),
        ([1500, 1700], 1),
        ([1000, 1700], 2),
        ([500, 1700], 3),
        ([100, 1700], 4),
        ([400], None),
        ([], None),
    ],
)
def test_late_icaht_needs_two_counts(values: list[float], grade: int | None) -> None:
    assert instruments.call("icaht", "late", {"anc_per_ul_after_day30": values})["grade"] == grade


def test_late_icaht_from_one_count_is_a_variant() -> None:
    assert instruments.call("icaht", "late_single_value", {"anc_per_ul_after_day30": [400]})["grade"] == 3


@pytest.mark.parametrize(
    ("below_50", "below_20", "grade"),
    [
        (0, 0, 0),
        (1, 0, 1),
        (6, 0, 1),
        (7, 0, 2),
        (7, 1, 3),
        (13, 13, 3),
        (14, 14, 4),
        (None, 14, 4),
        (7, None, None),
        (0, None, 0),
    ],
)
def test_early_t_icaht(below_50: int | None, below_20: int | None, grade: int | None) -> None:
    given = {"days_below_50": below_50, "days_below_20": below_20}

    assert instruments.call("t-icaht", None, given)["grade"] == grade


@pytest.mark.parametrize(
    ("day", "onset"),
    [(0, "early"), (14, "early"), (15, "intermediate"), (30, "intermediate"), (31, "late"), (None, None)],
)
def test_licats_onset(day: int | None, onset: str | None) -> None:
    assert instruments.call("licats", "onset_class", {"onset_day": day})["class"] == onset


@pytest.mark.parametrize(
    ("given", "grade"),
    [
        ({"resolution": "spontaneous"}, 1),
        ({"resolution": "spontaneous", "glucocorticoid_treatment": True}, 2),
        ({"resolution": "outpatient_treatment", "glucocorticoid_treatment": True}, 2),
        ({"resolution": "outpatient_treatment"}, 2),
        ({"hospitalisation": "new"}, 3),
        ({"hospitalisation": "prolonged", "glucocorticoid_treatment": True}, 3),
        ({"hospitalisation": "new", "icu": True}, 4),
        ({}, None),
    ],
)
def test_licats_grade(given: dict[str, Any], grade: int | None) -> None:
    assert instruments.call("licats", "grade", given)["grade"] == grade


@pytest.mark.parametrize("before", [True, False, None])
def test_licats_only_in_an_organ_affected_before(before: bool | None) -> None:
    assert instruments.call("licats", "eligible", {"organ_affected_before": before})["licats"] is before


@pytest.mark.parametrize(
    ("skin", "liver", "upper_gi", "lower_gi", "grade"),
    [
        (0, 0, 0, 0, 0),
        (1, 0, 0, 0, 1),
        (2, 0, 0, 0, 1),
        (3, 0, 0, 0, 2),
        (4, 0, 0, 0, 4),
        (0, 1, 0, 0, 2),
        (0, 2, 0, 0, 3),
        (0, 3, 0, 0, 3),
        (0, 4, 0, 0, 4),
        (0, 0, 1, 0, 2),
        (3, 0, 1, 0, 2),  # not the highest stage
        (0, 0, 0, 1, 2),
        (0, 0, 0, 2, 3),
        (0, 0, 0, 4, 4),
        (2, 0, None, 0, None),
        (0, 2, None, 0, 3),
        (4, None, None, None, 4),
    ],
)
def test_gvhd_grade_is_a_pattern(
    skin: int | None, liver: int | None, upper_gi: int | None, lower_gi: int | None, grade: int | None
) -> None:
    given = {"skin": skin, "liver": liver, "upper_gi": upper_gi, "lower_gi": lower_gi}

    assert instruments.call("gvhd-magic", None, given)["grade"] == grade


@pytest.mark.parametrize(
    ("variant", "given", "stage"),
    [
        ("liver_stage", {"bili_mg_dl": 1.9}, 0),
        ("liver_stage", {"bili_mg_dl": 2.0}, 1),
        ("liver_stage", {"bili_mg_dl": 3.0}, 1),
        ("liver_stage", {"bili_mg_dl": 3.05}, 2),
        ("liver_stage", {"bili_mg_dl": 6.0}, 2),
        ("liver_stage", {"bili_mg_dl": 6.1}, 3),
        ("liver_stage", {"bili_mg_dl": 15.0}, 3),
        ("liver_stage", {"bili_mg_dl": 15.1}, 4),
        ("skin_stage", {"rash_bsa_pct": 0}, 0),
        ("skin_stage", {"rash_bsa_pct": 24}, 1),
        ("skin_stage", {"rash_bsa_pct": 25}, 2),
        ("skin_stage", {"rash_bsa_pct": 50}, 2),
        ("skin_stage", {"rash_bsa_pct": 51}, 3),
        ("skin_stage", {"rash_bsa_pct": 90, "bullae_and_desquamation": True}, 4),
        ("skin_stage", {"rash_bsa_pct": 20, "bullae_and_desquamation": True}, 1),
        ("lower_gi_stage", {"ml_per_day": 499}, 0),
        ("lower_gi_stage", {"ml_per_day": 500}, 1),
        ("lower_gi_stage", {"ml_per_day": 999.5}, 1),
        ("lower_gi_stage", {"ml_per_day": 1000}, 2),
        ("lower_gi_stage", {"ml_per_day": 1500}, 2),
        ("lower_gi_stage", {"ml_per_day": 1501}, 3),
        ("lower_gi_stage", {"episodes_per_day": 2}, 0),
        ("lower_gi_stage", {"episodes_per_day": 3}, 1),
        ("lower_gi_stage", {"episodes_per_day": 5}, 2),
        ("lower_gi_stage", {"episodes_per_day": 7}, 2),
        ("lower_gi_stage", {"episodes_per_day": 8}, 3),
        ("lower_gi_stage", {"ml_per_day": 400, "episodes_per_day": 8}, 0),  # the measured volume wins
        ("lower_gi_stage", {"ml_per_day": 100, "severe_pain_ileus_or_gross_blood": True}, 4),
        ("lower_gi_stage", {}, None),
    ],
)
def test_gvhd_stages(variant: str, given: dict[str, Any], stage: int | None) -> None:
    assert instruments.call("gvhd-magic", variant, given)["stage"] == stage
