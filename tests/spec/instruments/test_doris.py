"""DORIS remission and its printed variants."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.instruments import doris
from remit.instruments.investigational import Investigational
from spec.instruments.story import stories

REMISSION: dict[str, Any] = {
    "csledai": 0,
    "sledai": 0,
    "pga": 0.2,
    "pred_mg": 5.0,
    "is_stable": True,
    "is_any": True,
    "biologic_any": False,
    "antimalarial": True,
    "dsdna_high": False,
    "c3_or_c4_low": False,
}
OFF = {"pred_mg": 0, "is_any": False}


def state(variant: str = "doris_2021", **changed: Any) -> bool | None:
    answer = instruments.call("doris", variant, {**REMISSION, **changed})["doris"]
    assert answer is None or isinstance(answer, bool)
    return answer


LIMITS = stories("""
    csledai | pga     | pred_mg | is_stable | is_any | biologic_any | doris
    0       | 0.3     | 5       | yes       | yes    | no           | yes
    0       | 0.49    | 5       | yes       | yes    | no           | yes
    0       | 0.5     | 2       | yes       | yes    | no           | no       # below, not at most
    0       | 0.2     | 5.1     | yes       | yes    | no           | no
    0       | unknown | 5       | yes       | yes    | no           | unknown
    0       | 0.2     | unknown | yes       | yes    | no           | unknown
    2       | unknown | 0       | yes       | yes    | no           | no       # one clear no settles it
    1       | 0.2     | 0       | yes       | yes    | no           | no
    unknown | 0.2     | 0       | yes       | yes    | no           | unknown
    0       | 0.2     | 0       | no        | yes    | no           | no
    0       | 0.2     | 0       | no        | no     | yes          | no
    0       | 0.2     | 0       | no        | no     | no           | yes      # nothing there to be unstable
    0       | 0.2     | 0       | unknown   | yes    | no           | unknown
    0       | 0.2     | 0       | unknown   | no     | no           | yes
    0       | 0.2     | 0       | yes       | unknown | unknown     | yes
    0       | 0.2     | 0       | no        | unknown | no          | unknown
""")


@pytest.mark.parametrize("story", LIMITS)
def test_2021_definition(story: dict[str, Any]) -> None:
    wanted = story.pop("doris")

    assert state(**story) is wanted


@pytest.mark.parametrize(
    ("variant", "changed", "met"),
    [
        ("doris_2021", {"sledai": 4, "dsdna_high": True, "c3_or_c4_low": True}, True),  # serology does not count
        ("gc_lt5", {"pred_mg": 5.0}, False),
        ("gc_lt5", {"pred_mg": 4.9}, True),
        ("pga_le", {"pga": 0.5}, True),
        ("pga_le", {"pga": 0.51}, False),
        ("stable_not_enforced", {"is_stable": False}, True),
        ("stable_not_enforced", {"is_stable": None}, True),
        ("clinical_off", OFF, True),
        ("clinical_off", {**OFF, "pred_mg": 1}, False),
        ("clinical_off", {**OFF, "is_any": True}, False),
        ("clinical_off", {**OFF, "biologic_any": True}, False),
        ("clinical_off", {**OFF, "antimalarial": True}, True),
        ("clinical_off", {**OFF, "is_any": None}, None),
        ("clinical_off", {**OFF, "dsdna_high": True, "sledai": 2}, True),
        ("complete_on", {}, True),
        ("complete_on", {"dsdna_high": True, "sledai": 2}, False),
        ("complete_on", {"c3_or_c4_low": True, "sledai": 2}, False),
        ("complete_on", {"dsdna_high": None}, None),
        ("complete_on", {"dsdna_high": None, "sledai": 2}, False),  # the two points can only be serology
        ("complete_on", {"dsdna_high": None, "c3_or_c4_low": True}, False),
        ("complete_off", OFF, True),
        ("complete_off", {**OFF, "c3_or_c4_low": True}, False),
        ("complete_off", {}, False),  # prednisolone 5 mg
        ("drug_free", {**OFF, "antimalarial": True}, True),
        ("drug_free", {**OFF, "pred_mg": 2.5}, False),
        ("drug_free_no_antimalarial", {**OFF, "antimalarial": True}, False),
        ("drug_free_no_antimalarial", {**OFF, "antimalarial": False}, True),
    ],
)
def test_variants(variant: str, changed: dict[str, Any], met: bool | None) -> None:
    assert state(variant, **changed) is met


def test_drug_free_reports_both_readings_of_the_antimalarial() -> None:
    answer = instruments.call("doris", "drug_free", {**REMISSION, **OFF, "antimalarial": True})

    assert (answer["doris"], answer["doris_no_antimalarial"]) == (True, False)


def test_a_total_that_serology_cannot_explain_rules_remission_out() -> None:
    assert state(csledai=None, sledai=6) is False
    assert state(csledai=None, sledai=4) is None


def test_a_running_investigational_product_is_not_remission() -> None:
    visit = doris.DorisInput(0, 0.2, 0.0, True, False, False, investigational=Investigational("single-course", 10))

    assert doris.judge(visit).met is False


def test_reasons() -> None:
    met = instruments.call("doris", None, REMISSION)
    failed = instruments.call("doris", None, {**REMISSION, "pga": 0.5, "pred_mg": None})

    assert met["because"] == ["cSLEDAI 0", "PGA 0.2", "prednisolone 5 mg/d", "stable"]
    assert failed["because"] == ["not: PGA < 0.5", "unknown: prednisolone ≤ 5 mg/d"]
