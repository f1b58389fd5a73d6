"""Three-valued logic, citations and units: the ground that the instruments stand on."""

from __future__ import annotations

import pytest

from remit import criteria, units
from remit.citations import Citation
from remit.criteria import all_of, any_of, at_least, fails, holds, judge, limit

STATES = (True, False, None)


@pytest.mark.parametrize(
    ("truths", "every", "some"),
    [
        ((), True, False),
        ((True, True), True, True),
        ((True, None), None, True),
        ((False, None), False, None),
        ((False, True), False, True),
        ((None, None), None, None),
        ((None, False, True), False, True),
    ],
)
def test_kleene_and_or(truths: tuple[bool | None, ...], every: bool | None, some: bool | None) -> None:
    assert all_of(truths) is every
    assert any_of(truths) is some


@pytest.mark.parametrize(
    ("count", "truths", "answer"),
    [
        (2, (True, True, False), True),
        (2, (True, None, False), None),
        (2, (True, False, False), False),
        (2, (True, True, None), True),
        (0, (), True),
        (1, (None,), None),
    ],
)
def test_counting_with_unknowns(count: int, truths: tuple[bool | None, ...], answer: bool | None) -> None:
    assert at_least(count, truths) is answer


@pytest.mark.parametrize(
    ("relation", "at_the_limit"), [("≤", True), ("<", False), ("≥", True), (">", False), ("=", True)]
)
def test_limits_forgive_binary_fractions_only(relation: criteria.Relation, at_the_limit: bool) -> None:
    compare = criteria.COMPARISONS[relation]

    assert compare(2.5 - 2.2, 0.3) is at_the_limit  # 0.2999999999999998
    assert compare(0.1 + 0.2, 0.3) is at_the_limit  # 0.30000000000000004
    assert compare(None, 0.3) is None
    assert compare(0.3, None) is None


RULE = (
    (limit("pga", "PGA", "≤", 1), fails("anemia", "no hemolytic anemia")),
    (holds("stable", "background stable", "stable"),),
)


def test_a_met_rule_says_its_facts() -> None:
    answer = judge(RULE, {"pga": 0.5, "anemia": False, "stable": True})

    assert (answer.met, answer.because, answer.parts) == (True, ("PGA 0.5", "stable"), (True, True))


def test_what_failed_comes_before_what_is_unknown() -> None:
    answer = judge(RULE, {"pga": None, "anemia": True, "stable": None})

    assert answer.met is False
    assert answer.because == ("not: no hemolytic anemia", "unknown: PGA ≤ 1", "unknown: background stable")
    assert answer.parts == (False, None)


def test_unknown_stays_unknown() -> None:
    answer = judge(RULE, {"pga": 1.0, "anemia": None, "stable": True})

    assert (answer.met, answer.because, answer.parts) == (None, ("unknown: no hemolytic anemia",), (None, True))


def test_a_citation_admits_what_was_not_checked() -> None:
    read = Citation("Franklyn K et al.", 2016, "Ann Rheum Dis 75:1615-21", "10.1136/annrheumdis-2015-207726")
    recalled = Citation("Mosteller RD", 1987, "N Engl J Med 317:1098", checked=False)

    assert read.text == "Franklyn K et al. 2016, Ann Rheum Dis 75:1615-21 doi 10.1136/annrheumdis-2015-207726"
    assert recalled.text.endswith("[recalled, unverified]")


@pytest.mark.parametrize(
    ("kind", "value", "unit", "to", "converted"),
    [
        ("mass", 90, "mg/dL", "g/L", 0.9),  # C3
        ("creatinine", 1, "mg/dL", "umol/L", 88.4),
        ("creatinine", 88.4, "µmol/L", "mg/dL", 1),
        ("mass", 10, "g/dL", "g/L", 100),  # hemoglobin
        ("protein-creatinine", 1, "g/g", "mg/mmol", 113.1),
        ("protein-creatinine", 500, "mg/g", "g/g", 0.5),
        ("bilirubin", 1, "mg/dL", "umol/L", 17.1),
        ("count", 0.5, "10^9/L", "cells/uL", 500),
        ("count", 0.5, "x10^9/L", "10*9/L", 0.5),
        ("creatinine", 1, "g", "umol/L", None),
        ("dsdna", 30, "IU/mL", "g/L", None),
    ],
)
def test_units_convert_exactly_or_not_at_all(
    kind: str, value: float, unit: str, to: str, converted: float | None
) -> None:
    found = units.convert(kind, value, unit, to)

    assert found == (None if converted is None else pytest.approx(converted))
