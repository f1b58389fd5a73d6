"""SRI and BICLA: change from baseline."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from spec.instruments.story import stories

RESPONDER: dict[str, Any] = {
    "sledai_bl": 10,
    "sledai": 6,
    "pga_bl": 1.5,
    "pga": 1.0,
    "bilag_bl": {"muc": "B", "msk": "B"},
    "bilag": {"muc": "C", "msk": "C"},
    "medication_ok": True,
}


def sri(variant: str = "SRI-4", **changed: Any) -> Any:
    return instruments.call("sri", variant, {**RESPONDER, **changed})


FALLS = stories("""
    variant | sledai_bl | sledai  | response
    SRI-4   | 10        | 6       | yes
    SRI-4   | 10        | 7       | no
    SRI-5   | 10        | 6       | no
    SRI-5   | 10        | 5       | yes
    SRI-6   | 10        | 4       | yes
    SRI-6   | 10        | 5       | no
    SRI-7   | 10        | 3       | yes
    SRI-8   | 10        | 2       | yes
    SRI-8   | 10        | 3       | no
    SRI-4   | 4         | 0       | yes
    SRI-4   | 3         | 0       | no       # not attainable
    SRI-4   | 3         | unknown | no
    SRI-4   | unknown   | 0       | unknown
    SRI-4   | 10        | unknown | unknown
""")


@pytest.mark.parametrize("story", FALLS)
def test_fall_of_sledai(story: dict[str, Any]) -> None:
    answer = sri(story["variant"], sledai_bl=story["sledai_bl"], sledai=story["sledai"])

    assert answer["response"] is story["response"]


def test_low_baseline_is_called_not_attainable() -> None:
    answer = sri(sledai_bl=3, sledai=0)

    assert answer["attainable"] is False
    assert answer["because"][0] == "not attainable: baseline SLEDAI below 4"


@pytest.mark.parametrize(
    ("before", "now", "response"),
    [
        ({"muc": "B"}, {"muc": "A"}, False),  # B to A is a new A
        ({"muc": "A"}, {"muc": "A"}, True),
        ({"muc": "A"}, {"muc": "B"}, True),  # improvement, not a new B
        ({"muc": "C", "msk": "C"}, {"muc": "B", "msk": "C"}, True),  # one new B is allowed
        ({"muc": "C", "msk": "D"}, {"muc": "B", "msk": "B"}, False),  # two are not
        ({"muc": "B", "msk": "E"}, {"muc": "B", "msk": "B"}, True),
        ({"muc": "B"}, {"muc": "C", "ren": "A"}, False),  # not listed at baseline was not active
        ({"muc": "B"}, {"muc": "C", "ren": "B"}, True),
        ({"muc": "B"}, {"muc": "C", "ren": "B", "haem": "B"}, False),
        ({"muc": "B", "msk": "C"}, {"muc": "B"}, None),  # joints not listed now: could be A
        ({"muc": "B"}, {"muc": None}, None),
        ({"muc": None}, {"muc": "A"}, None),
        ({"muc": None}, {"muc": "C"}, True),
        ({"muc": "B"}, None, None),
        (None, {"muc": "B"}, None),
    ],
)
def test_bilag_must_not_worsen(before: Any, now: Any, response: bool | None) -> None:
    assert sri(bilag_bl=before, bilag=now)["response"] is response


@pytest.mark.parametrize(
    ("before", "now", "response"),
    [
        (1.5, 1.79, True),
        (1.5, 1.8, False),  # 0.3 exactly, although 1.8 - 1.5 is not 0.3 in binary
        (2.2, 2.5, False),
        (1.0, 1.3, False),
        (1.5, None, None),
        (None, 1.0, None),
    ],
)
def test_pga_increase_below_0_3(before: float | None, now: float | None, response: bool | None) -> None:
    assert sri(pga_bl=before, pga=now)["response"] is response


@pytest.mark.parametrize(("ok", "response"), [(True, True), (False, False), (None, None)])
def test_forbidden_medication(ok: bool | None, response: bool | None) -> None:
    assert sri(medication_ok=ok)["response"] is response


def test_missing_bilag_does_not_rescue_a_failed_fall() -> None:
    answer = sri(sledai=10, bilag=None)

    assert answer["response"] is False
    assert "not: SLEDAI fall ≥ 4" in answer["because"]
    assert "unknown: no new BILAG A" in answer["because"]


IMPROVED: dict[str, Any] = {
    "bilag_bl": {"muc": "A", "msk": "B", "ren": "D"},
    "bilag": {"muc": "B", "msk": "C", "ren": "D"},
    "sledai_bl": 10,
    "sledai": 8,
    "pga_bl": 1.5,
    "pga": 1.4,
    "treatment_failure": False,
}


@pytest.mark.parametrize(
    ("variant", "changed", "response"),
    [
        ("default", {}, True),
        ("default", {"bilag": {"muc": "A", "msk": "C", "ren": "D"}}, False),  # A stayed
        ("default", {"bilag": {"muc": "B", "msk": "B", "ren": "D"}}, False),  # B stayed
        ("default", {"bilag": {"muc": "D", "msk": "D", "ren": "D"}}, True),
        ("default", {"bilag": {"muc": "B", "msk": "C", "ren": "B"}}, True),  # one new B
        ("max_new_b_0", {"bilag": {"muc": "B", "msk": "C", "ren": "B"}}, False),
        ("max_new_b_0", {}, True),
        ("default", {"bilag": {"muc": "B", "msk": "C", "ren": "B", "haem": "B"}}, False),
        ("default", {"bilag": {"muc": "B", "msk": "C", "ren": "A"}}, False),
        ("default", {"bilag": {"muc": "B", "ren": "D"}}, None),
        ("default", {"bilag": None}, None),
        ("default", {"bilag_bl": {"muc": "C", "msk": "D"}}, None),  # not evaluable
        ("default", {"bilag_bl": {"muc": "C"}, "treatment_failure": True}, None),
        ("default", {"sledai": 10}, True),
        ("default", {"sledai": 11}, False),
        ("default", {"pga": 1.8}, False),
        ("pga_le", {"pga": 1.8}, True),
        ("default", {"pga": None}, None),
        ("default", {"treatment_failure": True}, False),
        ("default", {"treatment_failure": None}, None),
    ],
)
def test_bicla(variant: str, changed: dict[str, Any], response: bool | None) -> None:
    assert instruments.call("bicla", variant, {**IMPROVED, **changed})["response"] is response


def test_not_evaluable_says_so() -> None:
    answer = instruments.call("bicla", None, {**IMPROVED, "bilag_bl": {"muc": "C"}})

    assert answer["because"] == ["not evaluable: no BILAG A or B at baseline"]
