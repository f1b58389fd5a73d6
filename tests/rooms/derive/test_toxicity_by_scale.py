"""ADTOX: every scale from planted records, with unknowns, boundary days and the records behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from remit import derive
from remit.protocol import Product
from rooms.derive.small import CUT, Row, conditioning, day, derived, infusions, only, records, seed_protocol

CRS = "Cytokine release syndrome"


def counts(code: str, by_day: Mapping[int, float], unit: str = "10^9/L", low: float = 1.8) -> list[Row]:
    factor = 1000 if unit == "/uL" else 1
    return [
        {"LBTESTCD": code, "LBSTRESN": value * factor, "LBSTRESU": unit, "LBSTNRLO": low * factor, "LBDTC": day(d)}
        for d, value in by_day.items()
    ]


def neutropenia(low_days: int, low: float = 0.4, last: int = 34) -> dict[int, float]:
    """A count on every day: low from day 5 on for so many days, 2.0 on the others."""
    return {d: low if 5 <= d < 5 + low_days else 2.0 for d in range(last + 1)}


def tox(scale: str, variant: str | None = None, **tables: Any) -> pl.DataFrame:
    frame = derived(records(**tables))["adtox"].filter(pl.col("SCALE") == scale)
    return frame if variant is None else frame.filter(pl.col("VARIANT") == variant)


@pytest.mark.parametrize(
    ("low_days", "low", "grade"),
    [(0, 0.4, 0), (1, 0.5, 1), (1, 0.501, 0), (6, 0.4, 1), (7, 0.4, 2), (13, 0.4, 2), (14, 0.4, 3),
     (6, 0.1, 1), (7, 0.1, 3), (13, 0.1, 3), (14, 0.1, 4)],
)  # fmt: skip
def test_early_icaht_counts_days_at_or_below_500_and_100(low_days: int, low: float, grade: int) -> None:
    # EHA/EBMT 2023 (Rejeski et al., Blood 142:865): 1-6, 7-13, 14 days; 7 and 14 days at 100 or less
    row = only(tox("icaht-early", "cumulative", LB=counts("NEUT", neutropenia(low_days, low))))

    assert (row["AVAL"], row["AVALLO"], row["AVALHI"], row["DEFVFL"]) == (grade, grade, grade, "Y")


def test_the_unit_of_the_counts_does_not_matter() -> None:
    for unit in ("10^9/L", "/uL"):
        row = only(tox("icaht-early", "cumulative", LB=counts("NEUT", neutropenia(8), unit)))
        assert (row["AVAL"], row["AVALC"]) == (2, "2")


def test_a_count_in_an_unknown_unit_leaves_the_grade_open() -> None:
    rows = counts("NEUT", neutropenia(0))
    rows[10] = {**rows[10], "LBSTRESU": "per field"}

    row = only(tox("icaht-early", "cumulative", LB=rows))
    assert row["AVAL"] == 0  # the neighbors fill one day

    rows = [{**one, "LBSTRESU": "per field"} for one in rows]
    row = only(tox("icaht-early", "cumulative", LB=rows))
    assert row["AVAL"] is None


def test_a_gap_of_nine_days_is_not_filled_and_one_of_seven_is() -> None:
    for last_before, first_after, grade in ((10, 18, 0), (10, 19, None)):
        by_day = {d: 2.0 for d in range(35) if d <= last_before or d >= first_after}
        row = only(tox("icaht-early", "cumulative", LB=counts("NEUT", by_day)))
        assert row["AVAL"] == grade
        if grade is None:
            assert row["BECAUSE"] == ["unknown: neutrophils on some days"]
            assert (row["AVALLO"], row["AVALHI"]) == (0, 3)  # eight days that could be at 100 or less


def test_two_episodes_add_up_and_the_longest_run_is_the_variant() -> None:
    by_day = {d: 0.4 if d in (*range(5, 9), *range(20, 25)) else 2.0 for d in range(35)}

    frame = tox("icaht-early", LB=counts("NEUT", by_day))

    assert dict(frame.select("VARIANT", "AVAL").iter_rows()) == {"cumulative": 2, "longest_run": 1}


@pytest.mark.parametrize(
    ("by_day", "grade"),
    [({31: 1.5, 40: 3.0}, 1), ({31: 1.501, 40: 3.0}, 0), ({30: 0.1, 31: 3.0, 40: 3.0}, 0), ({31: 0.1, 40: 3.0}, 4),
     ({31: 0.5, 40: 3.0}, 3), ({31: 1.0, 40: 2.0}, 2), ({31: 0.5}, None), ({}, None)],
)  # fmt: skip
def test_late_icaht_starts_on_day_31_and_needs_two_counts(by_day: dict[int, float], grade: int | None) -> None:
    row = only(tox("icaht-late", "two_counts", LB=counts("NEUT", {0: 2.0, **by_day})))

    assert row["AVAL"] == grade


def test_one_late_count_is_enough_for_the_variant() -> None:
    assert only(tox("icaht-late", "single_value", LB=counts("NEUT", {31: 0.5})))["AVAL"] == 3


def test_a_planned_count_that_was_never_taken_is_unknown_and_rests_on_the_subject() -> None:
    row = only(tox("icaht-early", "cumulative", LB=counts("PLAT", {0: 200.0})))

    assert (row["AVAL"], row["COLLFL"], row["BECAUSE"]) == (None, "N", ["unknown: no count in the period"])
    assert "DM/S1" in row["sources"]


def test_growth_factors_are_said_and_do_not_change_the_grade() -> None:
    drug = {"CMTRT": "FILGRASTIM", "CMDECOD": "FILGRASTIM", "CMSTDTC": day(8), "CMENDTC": day(10)}

    row = only(tox("icaht-early", "cumulative", LB=counts("NEUT", neutropenia(8)), CM=[drug]))

    assert row["AVAL"] == 2
    assert "growth factor from day 8" in row["BECAUSE"]
    assert "CM/S1/1" in row["sources"]


@pytest.mark.parametrize(
    ("low_days", "low", "grade", "by_code"),
    [(1, 49.9, 1, 1), (1, 50.0, 0, 1), (7, 40.0, 2, 2), (1, 19.0, 3, 3), (13, 19.0, 3, 3), (14, 19.0, 4, 4)],
)
def test_early_t_icaht_counts_days_below_50_and_20(low_days: int, low: float, grade: int, by_code: int) -> None:
    by_day = {d: low if 5 <= d < 5 + low_days else 200.0 for d in range(40)}

    frame = tox("t-icaht-early", LB=counts("PLAT", by_day, low=125))

    assert dict(frame.select("VARIANT", "AVAL").iter_rows()) == {"table": grade, "code_2024": by_code}


def test_late_t_icaht_ends_on_day_100() -> None:
    for last, grade in ((100, 3), (101, 0)):
        by_day = {d: 10.0 if d == last else 200.0 for d in range(31, 110)}
        assert only(tox("t-icaht-late", "table", LB=counts("PLAT", by_day, low=125)))["AVAL"] == grade


def test_platelet_recovery_needs_three_days_without_a_transfusion_in_the_week_before() -> None:
    by_day = {d: 15.0 if d < 10 else 60.0 for d in range(40)}
    shot = {"CMTRT": "PLATELET TRANSFUSION", "CMSTDTC": day(12), "CMENDTC": day(12)}

    plain = only(tox("t-icaht-recovery", LB=counts("PLAT", by_day, low=125), CM=[{**shot, "CMTRT": "WATER"}]))
    given = only(tox("t-icaht-recovery", LB=counts("PLAT", by_day, low=125), CM=[shot]))
    unasked = only(tox("t-icaht-recovery", LB=counts("PLAT", by_day, low=125)))

    assert (plain["AVALC"], plain["BECAUSE"]) == ("Y", ["recovered on day 10"])
    assert (given["AVALC"], given["BECAUSE"]) == ("Y", ["recovered on day 20"])
    assert (unasked["AVALC"], unasked["BECAUSE"]) == (None, ["unknown: transfusions, which were not collected"])


def signs(on: int, group: str = "CRS1", **answers: str) -> list[Row]:
    return [
        {"FACAT": "CRS", "FAOBJ": CRS, "FASPID": group, "FATESTCD": k, "FASTRESC": v, "FAORRES": v, "FADTC": day(on)}
        for k, v in answers.items()
    ]


NO_ORGAN = {"TRANSGR": "0", "CREATGR": "0", "ORGANGR": "0", "HOSPCRS": "N"}
QUIET = {"HYPOTN": "N", "HYPOXIA": "N", "PRESSOR": "N", "OXYGEN": "N", **NO_ORGAN}


def syndrome(on: int = 3, end: int = 5, **cells: Any) -> Row:
    return {"AETERM": CRS, "AEDECOD": CRS, "AETOXGR": "1", "AESTDTC": day(on), "AEENDTC": day(end), **cells}


def by_scale(**tables: Any) -> dict[str, int | None]:
    return dict(tox("crs", **tables).select("VARIANT", "AVAL").iter_rows())


def test_the_scales_of_cytokine_release_part_over_fluids_and_one_low_dose_vasopressor() -> None:
    fluids = signs(3, FEVER="Y", **{**QUIET, "HYPOTN": "Y"})
    pressor = signs(3, FEVER="Y", **{**QUIET, "HYPOTN": "Y", "PRESSOR": "NOREPINEPHRINE", "PRESHIGH": "N"})

    mild, worse = (tox("crs", FA=rows, AE=[syndrome()]) for rows in (fluids, pressor))

    # reference: ASTCT, Lee and CTCAE say 2 for fluids, Penn 3; one low-dose vasopressor is 3, Lee 2
    assert dict(mild.select("VARIANT", "AVAL").iter_rows()) == {
        "ASTCT_2019": 2, "CTCAE_v5": 2, "Lee_2014": 2, "Penn": 3,
    }  # fmt: skip
    assert dict(worse.select("VARIANT", "AVAL").iter_rows()) == {
        "ASTCT_2019": 3, "CTCAE_v5": 3, "Lee_2014": 2, "Penn": 3,
    }  # fmt: skip
    assert set(mild["DIFFERS"]) == {"Y"}
    assert {"FA/S1/1", "AE/S1/1"} <= set(mild["sources"][0])


def test_an_event_is_graded_by_its_worst_day_and_the_scales_can_agree() -> None:
    rows = [*signs(3, FEVER="Y", **QUIET), *signs(4, FEVER="N", **{**QUIET, "OXYGEN": "LOW FLOW CANNULA"})]
    hidden = {"CMTRT": "TOCILIZUMAB", "CMSTDTC": day(3), "CMENDTC": day(3)}

    assert by_scale(FA=rows, AE=[syndrome()], CM=[hidden])["ASTCT_2019"] == 2
    # without a drug that hides it, no fever on day 4 is no syndrome on day 4
    other = {"CMTRT": "PREDNISONE", "CMSTDTC": day(3), "CMENDTC": day(3)}
    assert by_scale(FA=rows, AE=[syndrome()], CM=[other])["ASTCT_2019"] == 1
    agreed = tox("crs", FA=signs(3, FEVER="Y", **QUIET), AE=[syndrome()])
    assert set(agreed["AVAL"]) == {1}
    assert set(agreed["DIFFERS"]) == {"N"}


def test_signs_that_nobody_recorded_leave_a_range() -> None:
    asked = {key: value for key, value in QUIET.items() if key not in NO_ORGAN}

    frame = tox("crs", FA=signs(3, FEVER="Y", **asked), AE=[syndrome()])

    known = dict(frame.select("VARIANT", "AVAL").iter_rows())
    assert known == {"ASTCT_2019": 1, "CTCAE_v5": 1, "Lee_2014": None, "Penn": None}
    assert set(frame["DIFFERS"]) == {None}
    lee = only(frame, VARIANT="Lee_2014")
    assert (lee["AVALLO"], lee["AVALHI"]) == (1, 4)


def test_a_vasopressor_without_a_name_is_one_or_several() -> None:
    row = only(tox("crs", "ASTCT_2019", FA=signs(3, FEVER="Y", **{**QUIET, "PRESSOR": "Y"}), AE=[syndrome()]))

    assert (row["AVAL"], row["AVALLO"], row["AVALHI"]) == (None, 3, 4)


def test_an_event_without_signs_is_unknown_under_every_scale_whatever_was_entered() -> None:
    frame = tox("crs", AE=[syndrome()])

    assert frame["AVAL"].to_list() == [None] * 4
    assert set(frame["BECAUSE"].list.join(";")) == {"unknown: no sign of the event was recorded"}


def test_no_event_has_no_row_and_death_is_grade_5() -> None:
    assert tox("crs", AE=[{"AETERM": "Rash", "AEDECOD": "Rash", "AESTDTC": day(3)}]).height == 0
    assert set(by_scale(AE=[syndrome(AEOUT="FATAL")]).values()) == {5}


def stages(on: int, **answers: str) -> list[Row]:
    about = {"FACAT": "GVHD", "FAOBJ": "Acute graft versus host disease", "FADTC": day(on)}
    return [{**about, "FATESTCD": code, "FASTRESC": value} for code, value in answers.items()]


def test_graft_versus_host_disease_is_zero_when_assessed_and_unknown_when_not() -> None:
    none = {"SKINSTG": "0", "LIVERSTG": "0", "UGISTG": "0", "LGISTG": "0"}

    assert only(tox("gvhd-magic", FA=stages(28, **none)))["AVAL"] == 0
    missed = only(tox("gvhd-magic"))
    assert (missed["AVAL"], missed["COLLFL"], missed["BECAUSE"]) == (None, "N", ["unknown: never assessed"])
    # skin alone: stage 2 is grade I, and the organs not looked at can make it IV
    part = only(tox("gvhd-magic", FA=stages(28, SKINSTG="2")))
    assert (part["AVAL"], part["AVALLO"], part["AVALHI"]) == (None, 1, 4)


def test_the_stage_of_the_liver_comes_from_the_bilirubin_of_the_day() -> None:
    rows = stages(28, SKINSTG="1", UGISYMP="N", STOOLML="400", GISEVERE="N")
    bilirubin = {"LBTESTCD": "BILI", "LBSTRESN": 40.0, "LBSTRESU": "umol/L", "LBSTNRHI": 21, "LBDTC": day(28)}

    row = only(tox("gvhd-magic", FA=rows, LB=[bilirubin]))

    assert row["AVAL"] == 2  # 40 umol/L is 2.3 mg/dL: liver stage 1
    assert "LB/S1/1" in row["sources"]


def test_an_open_assessment_leaves_the_worst_grade_open() -> None:
    none = {"SKINSTG": "0", "LIVERSTG": "0", "UGISTG": "0", "LGISTG": "0"}

    frame = tox("gvhd-magic", FA=[*stages(28, **none), *stages(56, SKINSTG="1")])

    worst = only(frame, WORSTFL="Y")
    assert (worst["APROTDY"], worst["AVAL"], worst["AVALHI"]) == (56, None, 4)


def local(group: str, on: int, **answers: str) -> list[Row]:
    about = {"FACAT": "LICATS", "FAOBJ": "LICATS", "FASPID": group, "FADTC": day(on)}
    return [{**about, "FATESTCD": code, "FASTRESC": value} for code, value in answers.items()]


@pytest.mark.parametrize(
    ("answers", "grade", "word"),
    [
        ({"RESOLVED": "SPONTANEOUS", "STEROID": "N", "HOSPITAL": "NONE", "ICU": "N"}, 1, "resolved by itself"),
        ({"RESOLVED": "OUTPATIENT TREATMENT", "STEROID": "Y", "HOSPITAL": "NONE", "ICU": "N"}, 2, "treated"),
        ({"HOSPITAL": "PROLONGED", "ICU": "N"}, 3, "prolonged hospital stay"),
        ({"ICU": "Y"}, 4, "intensive care"),
        ({"RESOLVED": "SPONTANEOUS", "STEROID": "N"}, None, "unknown: hospital stay or intensive care"),
    ],
)
def test_licats_by_what_it_took(answers: dict[str, str], grade: int | None, word: str) -> None:
    row = only(tox("licats", FA=local("L1", 10, OCCUR="Y", ORGAN="SKIN", PRIORORG="Y", **answers)))

    assert (row["AVAL"], row["SITE"]) == (grade, "skin")
    assert any(one.startswith(word) for one in row["BECAUSE"])
    assert "onset early" in row["BECAUSE"]


def test_licats_asked_and_absent_is_grade_zero_and_not_asked_has_no_row() -> None:
    assert only(tox("licats", FA=local("", 84, OCCUR="N")))["AVAL"] == 0
    assert tox("licats").height == 0


def chemistry(on: int, limits: Mapping[str, float], **values: float) -> list[Row]:
    return [
        {"LBTESTCD": k, "LBSTRESN": v, "LBSTRESU": "U/L", "LBSTNRHI": limits.get(k, 40.0), "LBDTC": day(on)}
        for k, v in values.items()
    ]


def test_hys_law_is_flagged_on_the_day_and_the_printings_part_at_exactly_three() -> None:
    limits = {"BILI": 20.0, "ALP": 100.0}
    rows = [*chemistry(14, limits, ALT=120, AST=30, BILI=41, ALP=90), *chemistry(28, limits, ALT=30, AST=30, BILI=10)]

    frame = tox("hys-law", LB=rows)

    assert frame.select("VARIANT", "APROTDY", "AVALC").rows() == [
        ("above_3", 14, "N"), ("fda_2009", 14, "Y"), ("fda_2009", 28, "N"),
    ]  # fmt: skip
    quadrant = only(tox("edish", LB=rows))
    assert (quadrant["AVALC"], quadrant["ALTX"], quadrant["BILIX"]) == ("hys_law", 3.0, pytest.approx(2.05))


def test_hys_law_without_a_phosphatase_is_unknown_and_without_an_enzyme_rise_is_no() -> None:
    assert only(tox("hys-law", "fda_2009", LB=chemistry(14, {}, ALT=200, BILI=100)))["AVALC"] is None
    row = only(tox("hys-law", "fda_2009", LB=chemistry(14, {}, ALT=30, AST=30, BILI=100)))
    assert row["AVALC"] == "N"
    assert tox("hys-law", LB=chemistry(-6, {}, ALT=200, BILI=100)).height == 0  # before the cells


def test_the_iec_hs_alert_asks_for_a_doubled_ferritin_and_a_part_of_the_picture() -> None:
    def ferritin(value: float, on: int = 10) -> Row:
        return {"LBTESTCD": "FERRITIN", "LBSTRESN": value, "LBSTRESU": "ug/L", "LBSTNRHI": 150, "LBDTC": day(on)}

    liver = chemistry(10, {}, ALT=201, AST=30)
    low = {"LBTESTCD": "FIBRINO", "LBSTRESN": 1.4, "LBSTRESU": "g/L", "LBSTNRLO": 2, "LBDTC": day(10)}

    assert only(tox("iec-hs-alert", LB=[ferritin(301), *liver]))["AVALC"] == "Y"
    assert only(tox("iec-hs-alert", LB=[ferritin(301), low]))["BECAUSE"] == ["fibrinogen < 150 mg/dL"]
    before = ferritin(150, on=-8)
    assert only(tox("iec-hs-alert", LB=[before, ferritin(300), *liver]))["AVALC"] == "N"
    assert only(tox("iec-hs-alert", LB=[ferritin(300), *liver]))["AVALC"] is None  # no baseline to compare with
    assert only(tox("iec-hs-alert", LB=[ferritin(301)]))["AVALC"] is None
    asked = [{"FACAT": "IEC-HS", "FAOBJ": "IEC-HS", "FATESTCD": "ATTRIB", "FASTRESC": "N", "FADTC": day(12)}]
    both = tox("iec-hs-alert", LB=[ferritin(301), *liver], FA=asked)
    assert dict(both.select("VARIANT", "AVALC").iter_rows()) == {"laboratory": "Y", "investigator": "N"}


def igg(by_day: Mapping[int, float], unit: str = "g/L") -> list[Row]:
    factor = 100 if unit == "mg/dL" else 1
    return [
        {"LBTESTCD": "IGG", "LBSTRESN": v * factor, "LBSTRESU": unit, "LBSTNRLO": 7 * factor, "LBDTC": day(d)}
        for d, v in by_day.items()
    ]


@pytest.mark.parametrize("unit", ["g/L", "mg/dL"])
def test_immunoglobulin_bands_and_their_masking_by_replacement(unit: str) -> None:
    given = {"CMTRT": "IMMUNOGLOBULIN G HUMAN", "CMSTDTC": day(90), "CMENDTC": day(90)}

    frame = tox("hypogammaglobulinemia", LB=igg({28: 6.9, 84: 3.9, 100: 8.0, 118: 8.0}, unit), CM=[given])

    assert frame["AVALC"].to_list() == ["low", "severe", None, "normal"]
    assert only(frame, WORSTFL="Y")["AVALC"] == "severe"
    recovered = only(tox("igg-recovery", LB=igg({28: 6.9, 84: 3.9, 118: 8.0}, unit), CM=[given]))
    assert recovered["AVALC"] == "Y"


def test_a_normal_immunoglobulin_is_unknown_while_nobody_collected_drugs() -> None:
    row = only(tox("hypogammaglobulinemia", LB=igg({28: 8.0})))

    assert (row["AVALC"], row["BECAUSE"]) == (None, ["unknown: immunoglobulin given, or when"])


def test_infections_have_a_site_an_organism_and_a_grade() -> None:
    event = {"AEDECOD": "Pneumonia", "AESOC": "Infections and infestations", "AESTDTC": day(20)}
    words = [("INFSITE", "LOWER RESPIRATORY"), ("INFORG", "Pneumocystis"), ("INFTRT", "IV ANTIBIOTIC")]
    said = [{"IDVARVAL": 1, "QNAM": q, "QVAL": v, "QLABEL": q} for q, v in words]

    row = only(tox("infection", AE=[{"AETERM": "Pneumonia", **event}], SUPPAE=said))

    assert (row["SITE"], row["ORGANISM"], row["KIND"], row["AVAL"]) == (
        "lower_respiratory", "pneumocystis", "fungal", 3,
    )  # fmt: skip
    assert len([one for one in row["sources"] if one.startswith("SUPPAE/")]) == 3
    graded = only(tox("infection", AE=[{"AETERM": "P", **event, "AETOXGR": "2"}], SUPPAE=said))
    assert (graded["AVAL"], graded["BECAUSE"][1]) == (2, "recorded as grade 2; by treatment 3")
    bare = only(tox("infection", AE=[{"AETERM": "P", **event}]))
    assert (bare["AVAL"], bare["SITE"], bare["KIND"]) == (None, None, None)


def test_no_row_without_cells_and_none_of_the_cell_scales_for_another_product() -> None:
    rows = {"LB": [*counts("NEUT", neutropenia(8)), *chemistry(14, {}, ALT=30, AST=30, BILI=10)]}
    assert derived(records(EX=conditioning(), **rows))["adtox"].height == 0

    trial = seed_protocol()
    product = Product(**{**trial.product.model_dump(), "kind": "patch", "source": None})
    frame = derive.all(trial.model_copy(update={"product": product}), records(**rows), CUT)["adtox"]
    assert set(frame["SCALE"]) == {"hys-law", "edish"}


def test_many_trials_are_derived_without_the_table() -> None:
    given = records(EX=infusions(), LB=counts("NEUT", neutropenia(8)))

    lean = derive.all(seed_protocol(), given, CUT, traced=False)
    whole = derive.all(seed_protocol(), given, CUT)

    assert set(whole) - set(lean) == {"adtox"}
