"""Antibodies: treatment-emergent, boosted, protective, at their boundaries and where something is not known."""

from __future__ import annotations

import math

import pytest

from remit.instruments.antibodies import PROTECTIVE, Assay, emergence, in_unit, protective, titer

NEGATIVE, UNCLEAR = Assay(False), Assay(None)


def found(amount: float | None = None) -> Assay:
    return Assay(True, amount, amount)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (NEGATIVE, [NEGATIVE, NEGATIVE], "none"),
        (NEGATIVE, [NEGATIVE, found(20)], "induced"),
        (NEGATIVE, [found()], "induced"),
        (NEGATIVE, [NEGATIVE, UNCLEAR], None),
        (NEGATIVE, [UNCLEAR, found(20)], "induced"),
        (NEGATIVE, [], None),
        (NEGATIVE, [UNCLEAR], None),
        (found(10), [found(39.9)], "none"),
        (found(10), [found(40)], "boosted"),
        (found(10), [found(20), found(80)], "boosted"),
        (found(10), [NEGATIVE], "none"),
        (found(10), [found()], None),
        (found(10), [found(), found(40)], "boosted"),
        (found(), [found(40)], None),
        (found(), [NEGATIVE], "none"),
        (found(10), [found(20), UNCLEAR], None),
        (None, [NEGATIVE], "none"),
        (None, [found(20)], None),
        (UNCLEAR, [found(20)], None),
        (Assay(True, 1280, math.inf), [found(4000)], "none"),
        (Assay(True, 1280, math.inf), [found(6000)], None),
        (found(320), [Assay(True, 1280, math.inf)], "boosted"),
        (found(640), [Assay(True, 1280, math.inf)], None),
    ],
)
def test_what_treatment_did_to_an_antibody(before: Assay | None, after: list[Assay], kind: str | None) -> None:
    answer = emergence(before, after)

    assert answer.kind == kind
    assert answer.because


def test_another_margin_makes_another_boost() -> None:
    assert emergence(found(10), [found(20)], fold=2).kind == "boosted"
    assert emergence(found(10), [found(20)], fold=4).kind == "none"


@pytest.mark.parametrize(
    ("value", "text", "bounds"),
    [
        (40.0, "40", (40, 40)),
        (None, "<20", (0, 20)),
        (None, ">1280", (1280, math.inf)),
        (None, ">=1:1280", (1280, math.inf)),
        (None, "POSITIVE", (None, None)),
        (None, "<", (None, None)),
        (None, None, (None, None)),
    ],
)
def test_a_printed_titer_has_bounds(
    value: float | None, text: str | None, bounds: tuple[float | None, float | None]
) -> None:
    assert titer(value, text) == bounds


@pytest.mark.parametrize(
    ("antigen", "low", "high", "unit", "answer"),
    [
        ("TETANUS", 0.1, 0.1, "IU/mL", True),
        ("TETANUS", 0.099, 0.099, "IU/mL", False),
        ("TETANUS", 100, 100, "mIU/mL", True),
        ("TETANUS", 0, 0.1, "IU/mL", False),  # below 0.1
        ("TETANUS", 0, 0.5, "IU/mL", None),  # below 0.5
        ("MEASLES", 120, 120, "IU/L", True),
        ("MEASLES", 0.12, 0.12, "IU/mL", True),
        ("MEASLES", 119.9, 119.9, "mIU/mL", False),
        ("HIB", 1, 1, "µg/mL", True),
        ("HIB", 1, 1, "IU/mL", None),
        ("TETANUS", 5, 5, None, None),
        ("TETANUS", None, None, "IU/mL", None),
        ("VZV", 500, 500, "mIU/mL", None),
    ],
)
def test_a_concentration_is_protective_in_its_unit(
    antigen: str, low: float | None, high: float | None, unit: str | None, answer: bool | None
) -> None:
    said, why = protective(antigen, low, high, unit)

    assert said is answer
    assert bool(why) == (answer is None)


def test_every_protective_concentration_is_in_a_unit_that_is_known() -> None:
    assert all(in_unit(known.unit, known.unit) == 1 for known in PROTECTIVE.values())
