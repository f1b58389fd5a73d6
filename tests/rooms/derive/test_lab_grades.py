"""CTCAE grades of laboratory values: units, both directions, versions, and what stays ungraded."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from remit import analysis
from remit.derive.lab_terms import AGAINST_BASELINE, BY_TEST, HIGH, check_lab_terms, terms_of
from remit.errors import ProtocolError
from remit.instruments import ctcae
from remit.protocol import Protocol, Safety
from rooms.derive.small import CUT, Row, day, derived, records, seed_protocol


def value(code: str, number: float, on: int, unit: str | None, **limits: float) -> Row:
    columns = {"low": "LBSTNRLO", "high": "LBSTNRHI"}
    bounds = {columns[key]: bound for key, bound in limits.items()}
    return {"LBTESTCD": code, "LBSTRESN": number, "LBSTRESU": unit, "LBDTC": day(on), **bounds}


def grades(rows: list[Row], protocol: Protocol | None = None) -> list[tuple[Any, ...]]:
    frame = derived(records(LB=rows), CUT, protocol)["adlb"].sort("ADT")
    return frame.select("ATOXGRN", "BTOXGRN", "ATOXDIR").rows()


def versioned(version: str) -> Protocol:
    trial = seed_protocol()
    safety = Safety(**{**trial.safety.model_dump(), "ctcae": version, "toxicity_scale": f"CTCAE {version[1]}.0"})
    return trial.model_copy(update={"safety": safety})


@pytest.mark.parametrize(("unit", "size"), [("10^9/L", 1), ("/uL", 1000), ("cells/uL", 1000), ("10^6/L", 1000)])
def test_a_count_has_the_same_grade_and_shift_in_every_unit(unit: str, size: float) -> None:
    rows = [value("NEUT", v * size, d, unit, low=1.8 * size) for d, v in ((-8, 1.7), (3, 1.5), (10, 0.99), (14, 0.5))]

    assert grades(rows) == [(1, 1, "LOW"), (1, 1, "LOW"), (3, 1, "LOW"), (3, 1, "LOW")]
    results = {r.id: r for r in analysis.all(seed_protocol(), derived(records(LB=rows)))}
    assert results["safety/labs/neutrophils/shift/1-to-3/all/count"].n == 1


def test_units_may_change_within_a_subject() -> None:
    rows = [value("NEUT", 2.5, -8, "10^9/L", low=1.8), value("NEUT", 700, 10, "/uL", low=1800)]

    assert grades(rows) == [(0, 0, None), (3, 0, "LOW")]
    results = {r.id: r for r in analysis.all(seed_protocol(), derived(records(LB=rows)))}
    assert results["safety/labs/neutrophils/shift/0-to-3/all/count"].n == 1


@pytest.mark.parametrize(
    ("code", "number", "unit", "limits", "grade", "side"),
    [
        ("SODIUM", 119.0, "mmol/L", {"low": 135, "high": 145}, 4, "LOW"),
        ("SODIUM", 156.0, "mmol/L", {"low": 135, "high": 145}, 3, "HIGH"),
        ("SODIUM", 140.0, "mmol/L", {"low": 135, "high": 145}, 0, None),
        ("SODIUM", 128.0, "mmol/L", {"low": 135, "high": 145}, None, None),  # 2 or 3: nobody asked about symptoms
        ("K", 6.1, "mEq/L", {"low": 3.5, "high": 5.0}, 3, "HIGH"),
        ("ALB", 1.9, "g/dL", {"low": 3.5}, 3, "LOW"),
        ("GLUC", 35.0, "mg/dL", {"low": 70}, 3, "LOW"),
        ("CK", 500.0, "U/L", {"high": 190}, 2, "HIGH"),
        ("FIBRINO", 45.0, "mg/dL", {"low": 200}, 4, "LOW"),
        ("LDH", 500.0, None, {"high": 250}, 1, "HIGH"),
        ("SODIUM", 119.0, "furlongs", {"low": 135, "high": 145}, None, None),
        ("CRP", 90.0, "mg/L", {"high": 8}, None, None),
    ],
)
def test_what_the_protocol_does_not_list_is_graded_by_its_test_code(
    code: str, number: float, unit: str | None, limits: dict[str, float], grade: int | None, side: str | None
) -> None:
    assert grades([value(code, number, 10, unit, **limits)]) == [(grade, None, side)]


def test_a_listed_parameter_without_a_grade_stays_ungraded() -> None:
    trial = seed_protocol()
    labs = tuple(lab.model_copy(update={"grade": None}) if lab.code == "ALT" else lab for lab in trial.labs)

    assert grades([value("ALT", 900.0, 10, "U/L", high=40)], trial.model_copy(update={"labs": labs})) == [
        (None, None, None)
    ]


def test_the_liver_is_graded_against_an_abnormal_baseline_and_the_clotting_ratio_is_not() -> None:
    rows = [value("ALT", 100.0, -8, "U/L", high=40), value("ALT", 140.0, 10, "U/L", high=40)]
    assert grades(rows) == [(1, 1, "HIGH"), (0, 1, None)]  # 140 is 1.4 times 100: the abnormal band starts at 1.5

    ratio = [value("INR", 1.4, -8, "1"), value("INR", 1.4, 10, "1")]
    assert grades(ratio) == [(1, 1, "HIGH"), (1, 1, "HIGH")]


@pytest.mark.parametrize(("version", "grade"), [("v5", 4), ("v6", 3)])
def test_the_version_of_the_protocol_decides(version: str, grade: int) -> None:
    assert grades([value("NEUT", 0.4, 10, "10^9/L", low=1.8)], versioned(version)) == [(grade, None, "LOW")]


def test_a_version_that_nobody_knows_is_refused_and_two_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="v5"):
        Safety(ctcae="v4")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="name one version"):
        Safety(ctcae="v6")
    assert Safety(ctcae="v6", toxicity_scale="CTCAE 6.0").ctcae == "v6"
    assert Safety(toxicity_scale="none recorded").ctcae == "v5"


@pytest.mark.parametrize(("word", "version", "said"), [("neutrophil", "v5", "neutrophils"), ("albumin", "v6", "v6")])
def test_a_grade_that_is_no_term_is_refused(word: str, version: str, said: str) -> None:
    trial = versioned(version)
    labs = (*(lab.model_copy(update={"grade": None}) for lab in trial.labs[1:]),)
    bad = trial.labs[0].model_copy(update={"grade": word})

    with pytest.raises(ProtocolError, match=said):
        check_lab_terms(trial.model_copy(update={"labs": (bad, *labs)}))


def test_the_terms_of_a_code_go_low_then_high_and_every_term_has_a_side() -> None:
    known = {key for keys in BY_TEST.values() for key in keys}

    assert known <= ctcae.LAB_TERMS.keys()
    assert ctcae.LAB_TERMS.keys() >= HIGH | AGAINST_BASELINE
    for keys in BY_TEST.values():
        assert len(keys) == 1 or (keys[0] not in HIGH and keys[1] in HIGH)
    assert set(terms_of(seed_protocol(), ["NEUT", "SODIUM", "C3"])) == {"NEUT", "SODIUM"}


def test_every_term_grades_in_its_own_unit_and_goes_one_way() -> None:
    for keys in BY_TEST.values():
        for key in keys:
            term = ctcae.LAB_TERMS[key]
            reference = ctcae.Reference(lln=10.0, uln=10.0, baseline=10.0)
            found = [term.rule(step / 4, reference) for step in range(1, 2000)]
            lows = [one.low for one in found]
            assert lows == sorted(lows, reverse=key not in HIGH), key


def test_the_worst_row_is_the_worst_of_either_side() -> None:
    rows = [value("K", 2.8, 3, "mmol/L", low=3.5, high=5.0), value("K", 7.2, 10, "mmol/L", low=3.5, high=5.0)]

    frame = derived(records(LB=rows))["adlb"].filter(pl.col("WORSTFL") == "Y")

    assert frame.select("AVAL", "ATOXGRN", "ATOXDIR").rows() == [(7.2, 4, "HIGH")]
