"""Rating forms in ADRS: unknowns with their range, what decides all the same, what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from remit.derive.ratings import with_ratings
from remit.protocol import Endpoint
from remit.protocol.endpoints import InstrumentChoice
from remit.records.rating_codes import FORMS
from rooms.derive.small import conditioning, day, derived, infusions, only, rated, records, seed_protocol, steroid

AREAS = {"scalp": 1, "nose": 3, "chest": 6, "hands": 9}
CATEGORY = {code: form.category for form in FORMS for code in form.codes}


def form(on: int | None, **answers: Any) -> list[dict[str, Any]]:
    """Rows of a form on a day: a number is points, text an answer, None an item that was not done."""
    when = {} if on is None else {"RSDTC": day(on)}
    rows = []
    for code, answer in answers.items():
        if answer is None:
            said: dict[str, Any] = {"RSSTAT": "NOT DONE"}
        elif isinstance(answer, str):
            said = {"RSORRES": answer}
        else:
            said = {"RSORRES": f"{answer:g}", "RSSTRESN": answer}
        rows.append({"RSCAT": CATEGORY[code], "RSTESTCD": code, **said, **when})
    return rows


def clasi(on: int, closing: str | None = "Y", **points: Any) -> list[dict[str, Any]]:
    """Erythema by area, and the closing question of the activity part."""
    items = {f"CLAS01{AREAS[area]:02d}": value for area, value in points.items()}
    return form(on, **items, **({"CLAS0159": closing} if closing else {}))


def adrs(*forms: list[dict[str, Any]], protocol: Any = None, **tables: Any) -> pl.DataFrame:
    given = records(RS=[row for rows in forms for row in rows], **tables)
    return derived(given, protocol=protocol)["adrs"]


def test_without_a_form_nothing_is_added_and_nothing_is_read_again() -> None:
    given = records(RS=rated(-8))
    tables = derived(given)

    assert with_ratings(seed_protocol(), given, tables["adsl"], tables["adrs"]) is tables["adrs"]


def test_what_a_closed_form_does_not_list_is_zero() -> None:
    row = only(adrs(clasi(-8, nose=3, chest=2)), PARAMCD="CLASIA")

    assert (row["AVAL"], row["ABLFL"], row["BASE"]) == (5, "Y", 5)
    assert row["BECAUSE"] == ["erythema nose malar 3", "erythema chest 2"]
    assert row["sources"] == ["RS/S1/1", "RS/S1/2", "RS/S1/3"]


@pytest.mark.parametrize("closing", [None, "N"])
def test_what_an_open_form_does_not_list_is_unknown(closing: str | None) -> None:
    found = adrs(clasi(-8, closing, nose=3))

    assert only(found, PARAMCD="CLASIA")["AVAL"] is None
    # 70 points are the most there are; the nose has its 3 of erythema and may have 2 of scale
    assert only(found, PARAMCD="CLASIAMN")["AVAL"] == 3
    assert only(found, PARAMCD="CLASIAMX")["AVAL"] == 70


def test_an_item_that_was_not_done_leaves_its_range_and_is_named() -> None:
    found = adrs(clasi(-8, nose=3, hands=None))

    row = only(found, PARAMCD="CLASIA")
    assert (row["AVAL"], row["ABLFL"]) == (None, None)
    assert row["BECAUSE"] == ["unknown: erythema hands", "between 3 and 6"]
    assert [only(found, PARAMCD=f"CLASIA{end}")["AVAL"] for end in ("MN", "MX")] == [3, 6]


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"RSORRES": "2", "RSSTRESN": 2}, 2),
        ({"RSORRES": "2"}, 2),
        ({"RSSTRESN": 2}, 2),
        ({"RSORRES": "4"}, None),
        ({"RSORRES": "1.5", "RSSTRESN": 1.5}, None),
        ({"RSORRES": "1", "RSSTRESN": 2}, None),
        ({"RSORRES": "red"}, None),
    ],
    ids=["both", "collected", "standard", "beyond the scale", "half a point", "they disagree", "a word"],
)
def test_points_that_the_scale_does_not_have_are_unknown(row: Mapping[str, Any], value: float | None) -> None:
    rows = [{"RSCAT": "CLASI", "RSTESTCD": "CLAS0103", "RSDTC": day(-8), **row}, *form(-8, CLAS0159="Y")]

    assert only(adrs(rows), PARAMCD="CLASIA")["AVAL"] == value


def test_a_typed_total_stands_where_items_are_missing_and_can_make_it() -> None:
    assert only(adrs(form(-8, CLAS0161=12)), PARAMCD="CLASIA")["AVAL"] == 12
    assert only(adrs(form(-8, CLAS0103=3, CLAS0161=12)), PARAMCD="CLASIA")["AVAL"] == 12
    assert only(adrs(form(-8, CLAS0103=3, CLAS0161=2)), PARAMCD="CLASIA")["AVAL"] is None
    assert only(adrs(form(-8, CLAS0103=3, CLAS0159="Y", CLAS0161=2)), PARAMCD="CLASIA")["AVAL"] == 3


def test_damage_of_the_skin_counts_pigment_twice_once_it_lasts_a_year() -> None:
    pigment = {"CLAS0130": 1, "CLAS0131": 1, "CLAS0160": "Y"}

    assert only(adrs(form(-8, **pigment, CLAS0156="N")), PARAMCD="CLASID")["AVAL"] == 2
    assert only(adrs(form(-8, **pigment, CLAS0156="Y")), PARAMCD="CLASID")["AVAL"] == 4
    unknown = adrs(form(-8, **pigment))
    assert only(unknown, PARAMCD="CLASID")["AVAL"] is None
    assert "unknown: whether dyspigmentation lasts a year" in only(unknown, PARAMCD="CLASID")["BECAUSE"]
    assert [only(unknown, PARAMCD=f"CLASID{end}")["AVAL"] for end in ("MN", "MX")] == [2, 4]


@pytest.mark.parametrize(
    ("base", "now", "answer", "because"),
    [
        ({"nose": 3, "chest": 3, "scalp": 3, "hands": 3}, {"nose": 3, "chest": 3}, "Y", "fall by 50 % or more"),
        ({"nose": 3, "chest": 3, "scalp": 3, "hands": 3}, {"nose": 3, "chest": 3, "hands": 1}, "N", "not: fall by"),
        ({"nose": 3, "chest": 3, "scalp": 3}, {}, None, "not evaluable: baseline below 10"),
        # 3 known, at most 6 of 12: half whatever the hands are; 5 known, at most 8: open
        ({"nose": 3, "chest": 3, "scalp": 3, "hands": 3}, {"nose": 3, "hands": None}, "Y", "score between 3 and 6"),
        ({"nose": 3, "chest": 3, "scalp": 3, "hands": 3}, {"nose": 3, "chest": 2, "hands": None}, None, "between 5 an"),
        ({"nose": 3, "hands": None}, {"nose": 1}, None, "unknown: baseline"),
    ],
    ids=["half", "less than half", "baseline of 9", "half at the most", "open", "no baseline"],
)
def test_half_is_judged_from_the_baseline_and_the_range(
    base: Mapping[str, Any], now: Mapping[str, Any], answer: str | None, because: str
) -> None:
    row = only(adrs(clasi(-8, **base), clasi(84, **now)), PARAMCD="CLASI50")

    assert row["AVALC"] == answer
    assert because in " · ".join(row["BECAUSE"])
    assert (row["BASE"], row["CHG"]) == (None, None)
    if because != "unknown: baseline":
        assert "RS/S1/1" in row["sources"]


def test_an_endpoint_that_names_the_response_gets_its_answers_like_any_other() -> None:
    asked = Endpoint(
        key="skin", label="CLASI-50", kind="response", instrument="clasi", variant="CLASI-50", paramcd="SKIN50",
        timepoints=("week-12", "last"), population="safety",
    )  # fmt: skip
    protocol = seed_protocol().model_copy(update={"endpoints": (*seed_protocol().endpoints, asked)})
    given = records(RS=[*clasi(-8, nose=3, chest=3, scalp=3, hands=3), *clasi(84, nose=2)])

    tables = derived(given, protocol=protocol)

    assert tables["adrs"].filter(pl.col("PARAMCD") == "CLASI50").height == 0
    week = only(tables["adeff"], ENDPOINT="skin", TIMEPOINT="week-12")
    assert (week["ANSWER"], week["BECAUSE"]) == ("Y", ["fall by 50 % or more"])
    assert {"RS/S1/1", "RS/S1/6"} <= set(week["sources"])


JOINTS = {"JNTT0105": "PRESENT", "JNTT0106": "PRESENT", "JNTS0105": "PRESENT", "JNTC0101": "Y"}


def test_joints_are_counted_by_sign_and_the_trial_says_which_are_active() -> None:
    found = adrs(form(-8, **JOINTS))
    assert [only(found, PARAMCD=code)["AVAL"] for code in ("TJC28", "SJC28", "AJC28")] == [2, 1, 2]

    both = InstrumentChoice(variant="tender_and_swollen")
    protocol = seed_protocol().model_copy(update={"instruments": {"joints-28": both}})
    assert only(adrs(form(-8, **JOINTS), protocol=protocol), PARAMCD="AJC28")["AVAL"] == 1


def test_a_joint_that_was_not_examined_leaves_a_range() -> None:
    found = adrs(form(-8, **{**JOINTS, "JNTT0128": None}))

    assert only(found, PARAMCD="TJC28")["BECAUSE"] == ["unknown: right knee", "between 2 and 3"]
    assert only(found, PARAMCD="SJC28")["AVAL"] == 1


def test_counts_without_joints_are_enough() -> None:
    found = adrs(form(-8, JNTT0129=8, JNTS0129=5), form(84, JNTT0129=4, JNTS0129=5))

    assert only(found, PARAMCD="SJC28", ABLFL="Y")["AVAL"] == 5
    assert only(found, PARAMCD="TJC28", LASTFL="Y")["CHG"] == -4
    assert only(found, PARAMCD="JOINT50")["AVALC"] == "Y"


def test_end_stage_kidney_disease_replaces_the_lesser_damage() -> None:
    found = adrs(form(-8, SDIN0108=1, SDIN0109=1, SDIN0110=3, SDIN0105=2, SDIN0142="Y"))

    assert only(found, PARAMCD="SDI")["AVAL"] == 5


SEROLOGY = [*rated(84, ["low_complement"])]
LAB = [
    {"LBTESTCD": code, "LBORRES": str(value), "LBSTRESN": value, "LBSTRESU": unit, "LBDTC": day(80)}
    for code, value, unit in (("PROTCRT", 0.2, "g/g"), ("PLAT", 200, "10^9/L"), ("WBC", 5, "10^9/L"))
]
NO_JOINT = form(84, JNTC0101="Y")


def test_sle_das_takes_serology_joints_and_laboratory_from_where_they_are() -> None:
    found = adrs(SEROLOGY, NO_JOINT, form(84, SDAS0102="PRESENT", SDAS0113="Y"), LB=LAB)

    row = only(found, PARAMCD="SLEDAS")
    # 0.366 + localized rash 3.138 + low complement 0.754 (Jesus 2019)
    assert row["AVAL"] == pytest.approx(4.258)
    assert only(found, PARAMCD="SLEDASC")["AVALC"] == "mild"
    assert {"LB/S1/1", "LB/S1/2", "LB/S1/3", "RS/S1/20", "RS/S1/30"} <= set(row["sources"])


@pytest.mark.parametrize(
    ("left_out", "flags", "score", "band", "because"),
    [
        ("PROTCRT", {}, None, None, "unknown: proteinuria"),
        ("PROTCRT", {"SDAS0106": "PRESENT"}, None, "moderate_severe", "unknown: proteinuria"),
        ("", {"SDAS0102": "PRESENT", "SDAS0104": None}, None, "mild", "unknown: alopecia"),
        ("", {"SDAS0105": None}, None, None, "unknown: mucosal ulcers"),
    ],
    ids=["no urine", "severe whatever the urine", "alopecia cannot matter", "ulcers can"],
)
def test_a_category_is_known_where_both_ends_have_it(
    left_out: str, flags: Mapping[str, Any], score: float | None, band: str | None, because: str
) -> None:
    laboratory = [row for row in LAB if row["LBTESTCD"] != left_out]
    found = adrs(SEROLOGY, NO_JOINT, form(84, **flags, SDAS0113="Y"), LB=laboratory)

    row = only(found, PARAMCD="SLEDASC")
    assert only(found, PARAMCD="SLEDAS")["AVAL"] == score
    assert row["AVALC"] == band
    assert because in row["BECAUSE"]


def test_a_laboratory_result_older_than_thirty_days_is_not_the_visits() -> None:
    old = [{**row, "LBDTC": day(53)} for row in LAB]

    assert only(adrs(SEROLOGY, NO_JOINT, form(84, SDAS0113="Y"), LB=old), PARAMCD="SLEDAS")["AVAL"] is None
    newer = [{**row, "LBDTC": day(54)} for row in LAB]
    assert only(adrs(SEROLOGY, NO_JOINT, form(84, SDAS0113="Y"), LB=newer), PARAMCD="SLEDAS")["AVAL"] is not None


QUIET = {"SFLR0117": "N", "SFLR0119": "N", "SFLR0120": "N", "SFLR0121": "Y"}
DRUG = {"CM": [steroid(5, "2023-01-01")], "VS": []}
WEIGHED = {"VS": [{"VSTESTCD": "WEIGHT", "VSSTRESN": 60, "VSSTRESU": "kg", "VSDTC": day(-8)}], "CM": DRUG["CM"]}


@pytest.mark.parametrize(
    ("answers", "present", "kind", "because"),
    [
        (QUIET, [], "none", "no line of the index"),
        ({**QUIET, "SFLR0109": "PRESENT"}, [], "mild_moderate", "new or worse manifestation: arthritis"),
        ({**QUIET, "SFLR0117": "Y"}, [], "severe", "hospital stay for lupus"),
        (QUIET, ["arthritis"], "mild_moderate", "SLEDAI rise ≥ 3"),
        ({**QUIET, "SFLR0121": "N"}, [], None, "unknown: discoid rash"),
        ({**QUIET, "SFLR0119": None}, [], None, "unknown: severe drug"),
        ({**QUIET, "SFLR0119": None, "SFLR0117": "Y"}, [], "severe", "hospital stay for lupus"),
    ],
    ids=["none", "manifestation", "hospital", "score", "not all asked", "drugs not asked", "severe all the same"],
)
def test_a_flare_is_judged_against_the_assessment_before(
    answers: Mapping[str, Any], present: list[str], kind: str | None, because: str
) -> None:
    found = adrs(rated(28), rated(84, present), form(84, **answers), **WEIGHED)

    row = only(found, PARAMCD="SFI")
    assert row["AVALC"] == kind
    assert because in row["BECAUSE"]
    assert {"RS/S1/1", "RS/S1/30", "CM/S1/1", "VS/S1/1"} <= set(row["sources"])


def test_a_subject_who_gets_lighter_on_the_same_dose_has_no_flare() -> None:
    weights = [
        {"VSTESTCD": "WEIGHT", "VSSTRESN": kg, "VSSTRESU": "kg", "VSDTC": day(on)} for on, kg in ((-8, 62), (84, 58))
    ]
    # 30 mg: 0.48 mg/kg of the weight before, 0.52 of that now
    drug = [steroid(30, "2023-01-01")]

    row = only(adrs(rated(28), rated(84), form(84, **QUIET), VS=weights, CM=drug), PARAMCD="SFI")

    assert row["AVALC"] == "none"
    assert "VS/S1/2" in row["sources"]
    assert "VS/S1/1" not in row["sources"]


def test_the_first_flare_has_its_time_and_the_visits_around_it() -> None:
    rows = [*rated(-8), *rated(28), *rated(84), *rated(168)]
    forms = [*form(28, **QUIET), *form(84, **QUIET), *form(168, **{**QUIET, "SFLR0109": "PRESENT"})]

    row = only(derived(records(RS=[*rows, *forms], **WEIGHED))["adtte"], PARAMCD="TTFLARE")

    assert (row["AVAL"], row["CNSR"], row["ADTLO"], row["ADTHI"]) == (169, 0, 84, 168)
    assert row["EVNTDESC"] == "Flare, mild or moderate"


def test_who_never_flared_is_censored_at_the_last_visit_known_to_be_quiet() -> None:
    rows = [*rated(-8), *rated(28), *rated(84)]
    forms = [*form(28, **QUIET), *form(84, **{**QUIET, "SFLR0121": "N"})]

    row = only(derived(records(RS=[*rows, *forms], **WEIGHED))["adtte"], PARAMCD="TTFLARE")

    assert (row["AVAL"], row["CNSR"], row["ADTLO"], row["ADTHI"]) == (29, 1, 28, None)


def test_a_quiet_visit_after_an_unknown_one_does_not_carry_the_censoring_on() -> None:
    rows = [*rated(-8), *rated(28), *rated(84), *rated(168)]
    forms = [*form(28, **QUIET), *form(84, **{**QUIET, "SFLR0121": "N"}), *form(168, **QUIET)]

    row = only(derived(records(RS=[*rows, *forms], **WEIGHED))["adtte"], PARAMCD="TTFLARE")

    assert (row["AVAL"], row["CNSR"], row["ADTLO"], row["ADTHI"]) == (29, 1, 28, None)


@pytest.mark.parametrize(
    ("answers", "answer", "score"),
    [
        ({"EACR0123": 320, "EACR0114": "PRESENT", "EACR0121": "PRESENT", "EACR0124": "Y"}, "Y", 12),
        ({"EACR0123": 320, "EACR0114": "PRESENT", "EACR0124": "Y"}, "N", 6),
        ({"EACR0123": 40, "EACR0114": "PRESENT", "EACR0121": "PRESENT", "EACR0124": "Y"}, "N", None),
        ({"EACR0114": "PRESENT", "EACR0121": "PRESENT", "EACR0124": "Y"}, None, None),
        ({"EACR0123": 320, "EACR0114": "PRESENT", "EACR0117": None, "EACR0124": "Y"}, None, None),
        ({"EACR0123": 320, "EACR0114": "PRESENT", "EACR0121": "PRESENT", "EACR0117": None, "EACR0124": "Y"}, "Y", 12),
    ],
    ids=["lupus", "too few points", "no entry", "no titer", "biopsy could decide", "biopsy cannot matter"],
)
def test_classification_of_2019(answers: Mapping[str, Any], answer: str | None, score: float | None) -> None:
    found = adrs(form(-8, **answers))

    assert only(found, PARAMCD="EACR19YN")["AVALC"] == answer
    assert only(found, PARAMCD="EACR19")["AVAL"] == score


def test_criteria_of_1997_add_up_over_time() -> None:
    first = form(-300, ACRC0101="PRESENT", ACRC0105="PRESENT", ACRC0120="Y")
    later = form(-8, ACRC0116="PRESENT", ACRC0119="PRESENT")

    found = adrs(first, later)

    assert only(found, PARAMCD="ACR97YN", APROTDY=-300)["AVALC"] == "N"
    last = only(found, PARAMCD="ACR97YN", ABLFL="Y")
    assert (last["AVALC"], only(found, PARAMCD="ACR97", ABLFL="Y")["AVAL"]) == ("Y", 4)
    assert last["sources"] == [f"RS/S1/{n}" for n in range(1, 6)]


def test_a_form_without_a_day_is_scored_and_answers_no_visit() -> None:
    rows = [*clasi(-8, nose=3), *[{**row, "RSDTC": None, "VISITNUM": 14} for row in clasi(84, nose=1)]]

    found = adrs(rows).filter(pl.col("PARAMCD") == "CLASIA")

    assert found.select("AVAL", "ADT", "AVISIT", "LASTFL").rows()[-1] == (1, None, None, None)


def test_nobody_in_dm_has_no_rating() -> None:
    given = records(
        DM=[{}], EX=[*conditioning(), *infusions()], RS=[{**row, "USUBJID": "S9"} for row in clasi(-8, nose=3)]
    )

    assert derived(given)["adrs"].filter(pl.col("PARAMCD") == "CLASIA").height == 0
