"""LLDAS: five items, every limit, every way of not knowing."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.errors import InputError
from spec.instruments.story import stories

QUIET: dict[str, Any] = {
    "sledai": 2,
    "active": ["low_complement"],
    "previous_active": ["low_complement"],
    "pga": 0.5,
    "pred_mg": 5.0,
    "hemolytic_anemia": False,
    "gi_activity": False,
    "maintenance_ok": True,
    "investigational": "none",
}


def state(variant: str = "default", **changed: Any) -> dict[str, Any]:
    return instruments.call("lldas", variant, {**QUIET, **changed})


ONE_VISIT = stories("""
    sledai | active              | previous_active   | lldas
    0      | []                  | []                | yes
    4      | [arthritis]         | [arthritis]       | yes      # unchanged arthritis is allowed
    4      | [arthritis]         | []                | no       # newly appeared
    4      | [low_complement, dna_binding] | [low_complement, dna_binding] | yes
    2      | [dna_binding]       | []                | no       # new serology is new activity by default
    5      | [arthritis, leukopenia] | [arthritis, leukopenia] | no
    4      | [proteinuria]       | [proteinuria]     | no       # kidney
    4      | [pyuria]            | [pyuria]          | no
    4      | [hematuria]         | [hematuria]       | no
    4      | [urinary_casts]     | [urinary_casts]   | no
    2      | [pleurisy]          | [pleurisy]        | no       # heart and lung
    2      | [pericarditis]      | [pericarditis]    | no
    1      | [fever]             | [fever]           | no
    8      | [seizure]           | [seizure]         | no
    8      | [vasculitis]        | [vasculitis]      | no
    4      | [myositis]          | [myositis]        | yes      # not major in the paper
    1      | [thrombocytopenia]  | [thrombocytopenia]| yes
    2      | [rash]              | unknown           | unknown  # first visit: nothing to compare with
    5      | [arthritis, leukopenia] | unknown       | no       # one clear no settles it
    2      | [rash]              | [rash, arthritis] | yes      # what is gone is not new
    unknown | [rash]             | [rash]            | unknown  # a list of findings is not a total
    unknown | [seizure]          | [seizure]         | no
""")


@pytest.mark.parametrize("story", ONE_VISIT)
def test_activity_of_one_visit(story: dict[str, Any]) -> None:
    wanted = story["lldas"]
    given = {key: value for key, value in story.items() if key != "lldas"}

    assert state(**given)["lldas"] is wanted


OTHER_ITEMS = stories("""
    key              | value   | lldas
    pga              | 1.0     | yes
    pga              | 1.01    | no
    pga              | unknown | unknown
    pred_mg          | 7.5     | yes
    pred_mg          | 7.6     | no
    pred_mg          | 0       | yes
    pred_mg          | unknown | unknown    # an unknown dose is never a low dose
    hemolytic_anemia | yes     | no
    hemolytic_anemia | unknown | unknown
    gi_activity      | yes     | no
    gi_activity      | unknown | unknown
    maintenance_ok   | no      | no
    maintenance_ok   | unknown | unknown
    investigational  | unknown | unknown
""")


@pytest.mark.parametrize("story", OTHER_ITEMS)
def test_each_other_item_decides(story: dict[str, Any]) -> None:
    assert state(**{story["key"]: story["value"]})["lldas"] is story["lldas"]


@pytest.mark.parametrize(
    "key", ["pga", "pred_mg", "hemolytic_anemia", "gi_activity", "maintenance_ok", "investigational"]
)
def test_an_unknown_item_does_not_rescue_a_failed_one(key: str) -> None:
    failed = state(sledai=6, active=["arthritis", "rash"], previous_active=["arthritis", "rash"], **{key: None})

    assert failed["lldas"] is False
    assert failed["because"][0] == "not: SLEDAI-2K ≤ 4"
    assert failed["because"][-1].startswith("unknown: ")


@pytest.mark.parametrize(
    ("variant", "product", "lldas"),
    [
        ("default", {"single_course_days_ago": 180}, True),
        ("default", {"single_course_days_ago": 29}, True),
        ("default", {"single_course_days_ago": 28}, False),  # ignored after 28 days, not on day 28
        ("default", {"single_course_days_ago": 10}, False),
        ("default", {"single_course_days_ago": None}, None),
        ("default", {"repeated_courses": True}, False),
        ("investigational_literal", {"single_course_days_ago": 180}, False),
        ("investigational_literal", {"single_course_days_ago": None}, False),
        ("investigational_literal", "none", True),
        ("investigational_literal", None, None),
    ],
)
def test_a_past_cell_product_is_read_two_ways(variant: str, product: object, lldas: bool | None) -> None:
    assert state(variant, investigational=product)["lldas"] is lldas


NEW_RASH = {"sledai": 2, "active": ["rash"], "previous_active": []}
NEW_DNA = {"sledai": 2, "active": ["dna_binding"], "previous_active": []}


@pytest.mark.parametrize(
    ("variant", "changed", "lldas"),
    [
        ("myositis_is_major", {"sledai": 4, "active": ["myositis"], "previous_active": ["myositis"]}, False),
        ("clinical_items_vs_previous", NEW_DNA, True),
        ("clinical_items_vs_previous", NEW_RASH, False),
        ("clinical_items_vs_previous", {"previous_active": None}, None),
        ("sfi_vs_baseline", {**NEW_RASH, "sfi_flare_vs_baseline": "none"}, True),
        ("sfi_vs_baseline", {**NEW_RASH, "sfi_flare_vs_baseline": "mild_moderate"}, False),
        ("sfi_vs_baseline", {**NEW_RASH, "sfi_flare_vs_baseline": "severe"}, False),
        ("sfi_vs_baseline", NEW_RASH, None),
        ("total_only", {"previous_active": None}, True),
        ("total_only", {"sledai": 5}, False),
        ("gc_5", {"pred_mg": 5.0}, True),
        ("gc_5", {"pred_mg": 5.1}, False),
    ],
)
def test_each_published_reading_is_a_variant(variant: str, changed: dict[str, Any], lldas: bool | None) -> None:
    assert state(variant, **changed)["lldas"] is lldas


def test_items_not_assessed_leave_the_answer_open_unless_they_cannot_matter() -> None:
    assert state(sledai=None, active=[], previous_active=[], missing=["rash"])["lldas"] is None  # could be new
    assert state(sledai=None, active=[], previous_active=["rash"], missing=["rash"])["lldas"] is True  # 0 or 2, not new
    assert (
        state(sledai=None, active=[], previous_active=["fever"], missing=["fever"])["lldas"] is None
    )  # could be fever


def test_the_reason_names_organ_and_new_item() -> None:
    renal = state(sledai=4, active=["proteinuria"], previous_active=[])

    assert renal["because"] == [
        "not: no activity in major organs: proteinuria",
        "not: no new activity since the previous assessment: proteinuria",
    ]


def test_a_met_state_says_its_facts() -> None:
    assert state()["because"] == ["SLEDAI 2", "nothing new", "PGA 0.5", "prednisolone 5 mg/d", "maintenance"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pga": 10}, '"pga" must be a number from 0 to 3, or null.'),
        ({"pred_mg": -1}, '"pred_mg" must be a number of at least 0, or null.'),
        ({"sledai": 2.5}, '"sledai" must be a whole number from 0 to 105, or null.'),
        ({"sledai": True}, '"sledai" must be a whole number'),
        ({"gi_activity": "no"}, '"gi_activity" must be true, false or null.'),
        ({"investigational": "placebo"}, '"investigational" must be "none", {"single_course_days_ago": number}'),
        ({"active": ["hematura"]}, 'Did you mean "hematuria"?'),
    ],
)
def test_malformed_input_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        state(**changed)

    assert message in str(raised.value)
