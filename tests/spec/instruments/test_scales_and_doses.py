"""PGA scales, glucocorticoid equivalents, body surface, study days, and laws of arithmetic."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.errors import InputError


@pytest.mark.parametrize(
    ("value", "scale", "converted"),
    [
        (0, "0-3", 0.0),
        (3, "0-3", 3.0),
        (1.2, "0-3", 1.2),
        (5, "0-10", 1.5),
        (10, "0-10", 3.0),
        (50, "0-100mm", 1.5),
        (100, "0-100mm", 3.0),
        (10, "0-100mm", 0.3),
        (None, "0-3", None),
        (0.8, None, None),  # the scale is never guessed
    ],
)
def test_pga_is_converted_by_its_stated_scale(value: float | None, scale: str | None, converted: float | None) -> None:
    answer = instruments.call("pga", None, {"value": value, "scale": scale})

    assert answer["pga_0_3"] == (None if converted is None else pytest.approx(converted, abs=1e-12))
    assert "error" not in answer


@pytest.mark.parametrize(
    ("value", "scale", "message"),
    [
        (3.1, "0-3", '"value" must be a number from 0 to 3'),
        (11, "0-10", '"value" must be a number from 0 to 10'),
        (-1, "0-100mm", '"value" must be a number from 0 to 100'),
        (1, "0-4", '"scale": "0-4" is not known. Did you mean "0-3"?'),
    ],
)
def test_pga_outside_its_scale_is_an_error(value: float, scale: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        instruments.call("pga", None, {"value": value, "scale": scale})

    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("drug", "mg", "prednisone"),
    [
        ("prednisone", 5, 5),
        ("prednisolone", 7.5, 7.5),
        ("methylprednisolone", 4, 5),
        ("dexamethasone", 0.75, 5),
        ("betamethasone", 0.75, 5),
        ("hydrocortisone", 20, 5),
        ("cortisone", 25, 5),
        ("triamcinolone", 4, 5),
        ("deflazacort", 6, 5),
        ("Prednisolone ", 5, 5),
        ("prednisone", 0, 0),
        ("prednisone", None, None),
        (None, 5, None),
    ],
)
def test_glucocorticoids_as_prednisone(drug: str | None, mg: float | None, prednisone: float | None) -> None:
    answer = instruments.call("prednisone-equivalent", None, {"drug": drug, "mg": mg})

    assert answer["prednisone_mg"] == (None if prednisone is None else pytest.approx(prednisone))


def test_betamethasone_by_the_other_table() -> None:
    answer = instruments.call("prednisone-equivalent", "betamethasone_0_6", {"drug": "betamethasone", "mg": 0.6})

    assert answer["prednisone_mg"] == pytest.approx(5)


@pytest.mark.parametrize(
    ("drug", "mg", "within"),
    [
        ("methylprednisolone", 6, True),
        ("methylprednisolone", 6.1, False),
        ("dexamethasone", 1.125, True),
        ("prednisone", None, None),
    ],
)
def test_lldas_ceiling_in_prednisone(drug: str, mg: float | None, within: bool | None) -> None:
    assert instruments.call("prednisone-equivalent", "threshold", {"drug": drug, "mg": mg})["lldas_gc"] is within


@pytest.mark.parametrize(("drug", "mg"), [("predisone", 5), ("budesonide", 3), ("prednisone", -1), ("prednisone", "5")])
def test_unknown_drug_and_negative_dose_are_refused(drug: str, mg: object) -> None:
    with pytest.raises(InputError):
        instruments.call("prednisone-equivalent", None, {"drug": drug, "mg": mg})


def test_conditioning_totals_follow_body_surface() -> None:
    given = {"cm": 160, "kg": 50, "flu_mg_m2": 25, "cy_mg_m2": 300, "days": 3}

    answer = instruments.call("bsa", "conditioning", given)

    assert answer["flu_total_mg"] == pytest.approx(111.803, abs=5e-4)
    assert answer["cy_total_mg"] == pytest.approx(1341.641, abs=5e-4)
    assert instruments.call("bsa", "conditioning", {**given, "kg": None})["flu_total_mg"] is None


@pytest.mark.parametrize(("day", "study_day"), [(0, 1), (-1, -1), (1, 2), (-5, -5), (28, 29), (None, None)])
def test_study_days_have_no_zero(day: int | None, study_day: int | None) -> None:
    assert instruments.call("study-day", None, {"protocol_day": day})["study_day"] == study_day


@pytest.mark.parametrize(
    ("variant", "given", "key", "answer"),
    [
        ("doris_total", {"doris": True, "sledai": 4}, "contradiction", False),
        ("doris_total", {"doris": True, "sledai": 2}, "contradiction", False),
        ("doris_total", {"doris": True, "sledai": 1}, "contradiction", True),
        ("doris_total", {"doris": True, "sledai": 3}, "contradiction", True),
        ("doris_total", {"doris": False, "sledai": 6}, "contradiction", False),
        ("doris_total", {"doris": None, "sledai": 6}, "contradiction", None),
        ("doris_total", {"doris": None, "sledai": 4}, "contradiction", False),
        ("doris_total", {"doris": True, "sledai": None}, "contradiction", None),
        ("grim", {"mean": 31.25, "n": 4, "decimals": 2}, "possible_integer_mean", True),
        (
            "grim",
            {"mean": 31.3, "n": 4, "decimals": 1},
            "possible_integer_mean",
            True,
        ),  # 31.25 printed with one decimal
        ("grim", {"mean": 3.44, "n": 9, "decimals": 2}, "possible_integer_mean", True),
        ("grim", {"mean": 3.45, "n": 9, "decimals": 2}, "possible_integer_mean", False),
        ("grim", {"mean": 3.45, "n": 9, "decimals": None}, "possible_integer_mean", None),
        ("bilag_E_after_B", {"history": ["E", "E", "B"]}, "contradiction", False),
        ("bilag_E_after_B", {"history": ["B", "D", "E"]}, "contradiction", True),
        ("bilag_E_after_B", {"history": ["D", "E"]}, "contradiction", True),
        ("bilag_E_after_B", {"history": [None, "E"]}, "contradiction", None),
        ("bilag_E_after_B", {"history": ["B", None, "E"]}, "contradiction", True),
        ("sdi_falls", {"sdi": [1, 1, 2]}, "contradiction", False),
        ("sdi_falls", {"sdi": [2, None, 1]}, "contradiction", True),
        ("sdi_falls", {"sdi": [1, None, 2]}, "contradiction", None),
    ],
)
def test_laws_that_numbers_cannot_break(variant: str, given: dict[str, Any], key: str, answer: bool | None) -> None:
    assert instruments.call("consistency", variant, given)[key] is answer
