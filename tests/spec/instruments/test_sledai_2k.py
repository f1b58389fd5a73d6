"""SLEDAI-2K as a rheumatologist would check it."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.errors import InputError
from remit.instruments import sledai_2k
from spec.instruments.story import stories

TOTALS = stories("""
    active                                       | total | clinical
    []                                           | 0     | 0
    [seizure]                                    | 8     | 8
    [arthritis]                                  | 4     | 4
    [rash, rash]                                 | 2     | 2         # listed twice is present once
    [alopecia]                                   | 2     | 2         # public code prints 1
    [low_complement, dna_binding]                | 4     | 0         # serologically active, clinically quiet
    [fever, leukopenia, thrombocytopenia]        | 3     | 3
    [urinary_casts, hematuria, proteinuria, pyuria, rash, dna_binding] | 20 | 18
""")


@pytest.mark.parametrize("story", TOTALS)
def test_weights_add_up(story: dict[str, Any]) -> None:
    answer = instruments.call("sledai-2k", None, {"active": story["active"]})

    assert (answer["total"], answer["clinical"]) == (story["total"], story["clinical"])


def test_everything_present_is_105_and_101_without_serology() -> None:
    score = sledai_2k.score(sledai_2k.CODES)

    assert (score.total, score.clinical, len(sledai_2k.ITEMS)) == (105, 101, 24)


MISSING = stories("""
    active       | missing                        | total | min | max | clinical
    [arthritis]  | [low_complement]               |       | 4   | 6   | 4      # serology is not clinical
    [arthritis]  | []                             | 4     | 4   | 4   | 4
    []           | [seizure, fever]               |       | 0   | 9   |
    [rash]       | [low_complement, dna_binding]  |       | 2   | 6   | 2
""")


@pytest.mark.parametrize("story", MISSING)
def test_a_missing_item_leaves_no_total_but_a_range(story: dict[str, Any]) -> None:
    given = {key: story[key] for key in ("active", "missing")}

    answer = instruments.call("sledai-2k", "strict_missing", given)

    assert {key: answer[key] for key in ("total", "min", "max", "clinical")} == {
        key: story[key] for key in ("total", "min", "max", "clinical")
    }


# every strict bound of the form, on the limit and one step beyond
LIMITS = stories("""
    item             | key                     | value | attributed | cause        | present
    thrombocytopenia | platelets_e9_l          | 99.9  | yes        |              | yes
    thrombocytopenia | platelets_e9_l          | 100   | yes        |              | no
    leukopenia       | wbc_e9_l                | 2.99  | yes        |              | yes
    leukopenia       | wbc_e9_l                | 3.0   | yes        |              | no
    fever            | temperature_c           | 38.1  | yes        |              | yes
    fever            | temperature_c           | 38.0  | yes        |              | no
    proteinuria      | protein_24h_g           | 0.51  | yes        |              | yes
    proteinuria      | protein_24h_g           | 0.5   | yes        |              | no
    proteinuria      | upcr_g_g                | 0.5   | yes        |              | no
    proteinuria      | upcr_g_g                | 0.6   | yes        |              | yes
    proteinuria      | upcr_mg_mmol            | 50    | yes        |              | no     # the rounded 50 is 0.44 g/g
    proteinuria      | upcr_mg_mmol            | 56.5  | yes        |              | no     # 0.5 g/g is 56.55 mg/mmol
    proteinuria      | upcr_mg_mmol            | 56.6  | yes        |              | yes
    hematuria        | urine_rbc_hpf           | 5     | yes        |              | no
    hematuria        | urine_rbc_hpf           | 6     | yes        |              | yes
    pyuria           | urine_wbc_hpf           | 5     | yes        |              | no
    pyuria           | urine_wbc_hpf           | 6     | yes        |              | yes
    arthritis        | painful_inflamed_joints | 1     | yes        |              | no
    arthritis        | painful_inflamed_joints | 2     | yes        |              | yes
    leukopenia       | wbc_e9_l                | 1.2   | no         | conditioning | no     # fludarabine, not lupus
    leukopenia       | wbc_e9_l                | 1.2   |            | conditioning | no
    fever            | temperature_c           | 39    |            | infection    | no
    fever            | temperature_c           | 39    |            | sle          | yes
    leukopenia       | wbc_e9_l                | 1.2   |            |              | unknown  # nobody said why
    fever            | temperature_c           | 39    |            |              | unknown
    hematuria        | urine_rbc_hpf           | 20    |            |              | unknown
    pyuria           | urine_wbc_hpf           | 20    |            |              | unknown
    proteinuria      | protein_24h_g           | 2     |            |              | unknown
    thrombocytopenia | platelets_e9_l          | 20    |            |              | unknown
    thrombocytopenia | platelets_e9_l          | 200   |            |              | no     # normal needs no cause
    arthritis        | painful_inflamed_joints | 4     |            |              | yes
    arthritis        | painful_inflamed_joints | 4     | no         |              | no
    leukopenia       | wbc_e9_l                |       | yes        |              | unknown
    leukopenia       | wbc_e9_l                |       | no         |              | no
""")


@pytest.mark.parametrize("story", LIMITS)
def test_a_measured_item_needs_its_limit_and_its_cause(story: dict[str, Any]) -> None:
    given = {
        "item": story["item"],
        "value": {story["key"]: story["value"]},
        "attributed_to_sle": story["attributed"],
        "cause": story["cause"],
    }

    assert instruments.call("sledai-2k", "lab_item", given)["present"] is story["present"]


SEROLOGY = stories("""
    c3_g_l | c3_lln | c4_g_l | c4_lln | present
    0.8    | 0.9    | 0.2    | 0.1    | yes
    0.9    | 0.9    | 0.1    | 0.1    | no       # at the laboratory's own limit
    1.0    | 0.9    | 0.09   | 0.1    | yes      # C4 alone is enough
    0.8    | 0.9    |        |        | yes      # C4 not measured
    1.0    | 0.9    |        |        | no
           |        | 0.05   | 0.1    | yes
    1.0    | 0.9    | 0.05   |        | unknown  # C4 measured, its limit not stated
    0.8    | 0.9    | 0.05   |        | yes
           |        |        |        | unknown
""")


@pytest.mark.parametrize("story", SEROLOGY)
def test_complement_is_low_by_the_laboratorys_limit(story: dict[str, Any]) -> None:
    value = {key: story[key] for key in ("c3_g_l", "c3_lln", "c4_g_l", "c4_lln")}

    answer = instruments.call("sledai-2k", "lab_item", {"item": "low_complement", "value": value})

    assert answer["present"] is story["present"]


@pytest.mark.parametrize(("dsdna", "uln", "present"), [(31, 30, True), (30, 30, False), (31, None, None)])
def test_dna_binding_is_raised_by_the_laboratorys_limit(dsdna: float, uln: float | None, present: bool | None) -> None:
    given = {"item": "dna_binding", "value": {"dsdna": dsdna, "uln": uln}}

    assert instruments.call("sledai-2k", "lab_item", given)["present"] is present


WORDINGS = stories("""
    variant                | protein_24h_g | previous_24h_g | present
    persistent_proteinuria | 0.9           | 0.9            | yes
    persistent_proteinuria | 0.9           |                | yes
    SELENA_new_or_rise     | 0.9           | 0.9            | no       # unchanged
    SELENA_new_or_rise     | 0.9           | 0.5            | yes      # new
    SELENA_new_or_rise     | 1.5           | 0.9            | yes      # risen by 0.6
    SELENA_new_or_rise     | 1.4           | 0.9            | no       # risen by 0.5, not more
    SELENA_new_or_rise     | 0.9           |                | unknown
    SELENA_new_or_rise     | 0.4           |                | no
""")


@pytest.mark.parametrize("story", WORDINGS)
def test_proteinuria_wordings_differ_on_persistence(story: dict[str, Any]) -> None:
    given = {
        "item": "proteinuria",
        "value": {key: story[key] for key in ("protein_24h_g", "previous_24h_g")},
        "attributed_to_sle": True,
    }

    assert instruments.call("sledai-2k", story["variant"], given)["present"] is story["present"]


@pytest.mark.parametrize(
    ("variant", "joints", "present"),
    [
        ("arthritis_2K", 2, True),
        ("arthritis_2K", 1, False),
        ("arthritis_SELENA", 2, False),
        ("arthritis_SELENA", 3, True),
    ],
)
def test_joint_threshold_depends_on_the_wording(variant: str, joints: int, present: bool) -> None:
    given = {"item": "arthritis", "value": {"painful_inflamed_joints": joints}, "attributed_to_sle": True}

    assert instruments.call("sledai-2k", variant, given)["present"] is present


@pytest.mark.parametrize(
    ("variant", "days", "present"),
    [
        ("window_30", 30, True),
        ("window_30", 31, False),
        ("window_28", 28, True),
        ("window_28", 29, False),
        ("window_10", 10, True),
        ("window_10", 11, False),
        ("window_10", 0, True),
        ("window_30", None, None),
    ],
)
def test_last_day_of_the_window_counts(variant: str, days: int | None, present: bool | None) -> None:
    given = {"item": "rash", "last_present_days_before_visit": days}

    assert instruments.call("sledai-2k", variant, given)["present"] is present


@pytest.mark.parametrize(
    ("variant", "given", "message"),
    [
        ("default", {"active": ["rsh"]}, '"active": "rsh" is not known. Did you mean "rash"?'),
        ("default", {"actve": []}, '"actve" is not a key of sledai-2k default. Did you mean "active"?'),
        ("default", {"active": "rash"}, '"active" must be an array or null.'),
        ("default", {"active": ["rash"], "missing": ["rash"]}, '"missing": "rash" is also in "active"'),
        ("lab_item", {"item": "rash"}, '"item": "rash" has no threshold here.'),
        (
            "lab_item",
            {"item": "fever", "value": {"temperature_c": 101}},
            '"value.temperature_c" must be a number from 25',
        ),
        (
            "lab_item",
            {"item": "leukopenia", "value": {"wbc_e9_l": -1}},
            '"value.wbc_e9_l" must be a number of at least 0',
        ),
        (
            "lab_item",
            {"item": "leukopenia", "value": {"wbc": 3}},
            '"value": "wbc" is not a key. Allowed: wbc_e9_l.',
        ),
        ("lab_item", {"item": "arthritis", "attributed_to_sle": 1}, '"attributed_to_sle" must be true, false or null.'),
        ("window_30", {"last_present_days_before_visit": -1}, "must be a number of at least 0, or null."),
        ("window_31", {}, '"window_31" is not a variant. Did you mean "window_30"?'),
    ],
)
def test_malformed_input_names_the_key_and_what_is_allowed(variant: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        instruments.call("sledai-2k", variant, given)

    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("total", "band"), [(0, "remission"), (4, "low"), (5, "moderate"), (10, "moderate"), (11, "high")]
)
def test_activity_bands(total: int, band: str) -> None:
    assert sledai_2k.band(total) == band
