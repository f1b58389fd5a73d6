"""ADIS on records small enough to check by hand: tiers, days, units, replacement, and what is not known."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from rooms.derive import small

Cells = dict[str, Any]


def vaccine(on: int, value: float | str, unit: str = "IU/mL", agent: str = "TETANUS TOXOID", **more: Any) -> Cells:
    return {
        "ISTESTCD": "MBIGGAB", "ISTEST": "Microbial-induced IgG Antibody", "ISBDAGNT": agent, "ISDTC": small.day(on),
        "ISORRES": value, "ISSTRESC": value, "ISSTRESN": None if isinstance(value, str) else value, "ISSTRESU": unit,
        **more,
    }  # fmt: skip


def against(on: int | str, value: float | str, aim: str = "CONFIRM", unit: str = "", **more: Any) -> Cells:
    return {
        "ISTESTCD": "ADA_BAB", "ISTEST": "Binding Antidrug Antibody", "ISBDAGNT": "KN5501", "ISTSTOPO": aim,
        "ISDTC": on if isinstance(on, str) else small.day(on), "ISORRES": value, "ISSTRESC": value,
        "ISSTRESN": None if isinstance(value, str) else value, "ISSTRESU": unit, **more,
    }  # fmt: skip


def adis(*rows: Cells, **tables: Any) -> pl.DataFrame:
    asked = {"CM": [{"CMTRT": "WATER", "CMDECOD": "WATER", "CMSTDTC": small.day(1)}], **tables}
    return small.derived(small.records(IS=list(rows), **asked))["adis"]


def answer(frame: pl.DataFrame, code: str, **where: Any) -> tuple[str | None, str | None]:
    row = small.only(frame.filter(pl.col("DEFVFL") == "Y"), PARAMCD=code, **where)
    assert row["sources"], code
    return row["AVALC"], row["REASON"]


def test_without_antibody_records_there_is_no_row() -> None:
    assert small.derived(small.records())["adis"].height == 0
    dsdna = {"ISTESTCD": "ATIGGAB", "ISTEST": "x", "ISBDAGNT": "DOUBLE STRANDED DNA", "ISSTRESN": 300,
             "ISSTRESU": "IU/mL", "ISDTC": small.day(-7)}  # fmt: skip
    assert adis(dsdna).height == 0


def test_who_was_protected_and_still_is() -> None:
    frame = adis(vaccine(-7, 0.9), vaccine(84, 0.3), vaccine(168, 0.08))

    assert frame.filter(pl.col("PARAMCD") == "PROTECT")["AVALC"].to_list() == ["Y", "Y", "N"]
    assert answer(frame, "STILLPRO") == ("N", None)
    last = frame.filter((pl.col("PARAMCD") == "PROTECT") & (pl.col("APROTDY") == 168)).row(0, named=True)
    assert last["RATIO"] == pytest.approx(0.08 / 0.9)
    assert small.only(frame, PARAMCD="STILLPRO")["sources"] == ["IS/S1/1", "IS/S1/3"]


@pytest.mark.parametrize(
    ("rows", "still", "why"),
    [
        ([vaccine(-7, 0.9)], None, "no later sample"),
        ([vaccine(84, 0.9)], None, "not known whether protected before"),
        ([vaccine(-7, 0.05), vaccine(84, 0.9)], None, "not protected before"),
        ([vaccine(-7, 0.9), vaccine(84, "<0.1")], "N", None),
        ([vaccine(-7, 0.9), vaccine(84, "<0.5")], None,
         "the limit of quantification lies above the protective concentration"),
        ([vaccine(-7, 0.9), vaccine(84, 0.9, unit="AU")], None, "no way from AU to IU/mL"),
        ([vaccine(-7, 0.9), vaccine(84, 300, unit="mIU/mL")], "Y", None),
        ([vaccine(-7, 0.9), vaccine(84, "", ISSTAT="NOT DONE")], None, "no later sample"),
    ],
)  # fmt: skip
def test_what_is_not_known_of_protection_says_why(rows: list[Cells], still: str | None, why: str | None) -> None:
    assert answer(adis(*rows), "STILLPRO") == (still, why)


def test_after_infused_immunoglobulin_the_sample_is_not_the_subjects_own() -> None:
    given = [{"CMTRT": "IMMUNOGLOBULIN", "CMDECOD": "IMMUNOGLOBULIN HUMAN NORMAL", "CMSTDTC": small.day(60)}]

    frame = adis(vaccine(-7, 0.9), vaccine(28, 0.8), vaccine(84, 0.9), CM=given)

    asked = frame.filter(pl.col("PARAMCD") == "PROTECT")
    assert asked["AVALC"].to_list() == ["Y", "Y", None]
    assert answer(frame, "STILLPRO") == (None, "immunoglobulin given before")
    assert "CM/S1/1" in asked["sources"].to_list()[2]


def protected(*drugs: Cells) -> list[str | None]:
    """What is said of a baseline sample and one on day 84, both above the protective concentration."""
    frame = adis(vaccine(-7, 0.9), vaccine(84, 0.9), CM=list(drugs))
    return frame.filter(pl.col("PARAMCD") == "PROTECT")["AVALC"].to_list()


@pytest.mark.parametrize(
    ("drug", "answers"),
    [
        ({"CMTRT": "IVIG"}, ["Y", None]),
        ({"CMTRT": "SCIG"}, ["Y", None]),
        ({"CMTRT": "IMMUNE GLOBULIN (HUMAN)"}, ["Y", None]),
        ({"CMTRT": "ANTI-THYMOCYTE IMMUNOGLOBULIN (RABBIT)"}, ["Y", "Y"]),
        ({"CMTRT": "IVIG", "CMOCCUR": "N"}, ["Y", "Y"]),
    ],
)
def test_immunoglobulin_is_known_by_its_names_and_by_whether_it_was_given(
    drug: Cells, answers: list[str | None]
) -> None:
    assert protected({"CMSTDTC": small.day(60), **drug}) == answers


@pytest.mark.parametrize(
    ("end", "baseline"),
    [
        # 300 days before the first infusion; the baseline is on day -7
        ({"CMENDTC": small.day(-250)}, "Y"),
        ({"CMENDTC": small.day(-20)}, None),
        ({"CMENRTPT": "ONGOING", "CMENTPT": "DATA CUT"}, None),
        ({}, None),
    ],
)
def test_a_baseline_is_the_subjects_own_when_the_last_immunoglobulin_lies_long_back(
    end: Cells, baseline: str | None
) -> None:
    assert protected({"CMTRT": "IVIG", "CMSTDTC": small.day(-300), **end}) == [baseline, None]


def test_immunoglobulin_that_was_not_given_does_not_mask_a_normal_level_either() -> None:
    level = {"LBTESTCD": "IGG", "LBSTRESN": 8.0, "LBSTRESU": "g/L", "LBSTNRLO": 7, "LBDTC": small.day(100)}
    given = {"CMTRT": "IVIG", "CMSTDTC": small.day(90), "CMENDTC": small.day(90)}

    said = [
        small.only(
            small.derived(small.records(LB=[level], CM=[{**given, **more}]))["adtox"], SCALE="hypogammaglobulinemia"
        )["AVALC"]
        for more in ({}, {"CMOCCUR": "N"}, {"CMTRT": "ANTI-THYMOCYTE IMMUNOGLOBULIN"})
    ]

    assert said == [None, "normal", "normal"]


def test_while_nobody_collected_drugs_only_too_little_is_known() -> None:
    rows = [vaccine(-7, 0.9), vaccine(84, 0.05)]

    asked = small.derived(small.records(IS=rows))["adis"].filter(pl.col("PARAMCD") == "PROTECT")

    assert asked.select("AVALC", "REASON").rows() == [
        (None, "immunoglobulin given, which was not collected"), ("N", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "after"),
    [
        ([against(28, 700, "SCREEN")], None),
        ([against(28, 700, "SCREEN", "TITER")], None),
        ([against(28, 700, "QUANTIFY", "MFI")], None),
        ([against(28, 700, "", "MFI")], None),
        ([against(28, 700, "", "MFI"), against(28, "NEGATIVE")], "N"),
        ([against(28, 700, "", "MFI"), against(28, "POSITIVE")], "Y"),
        ([against(28, 80, "QUANTIFY", "TITER")], "Y"),
    ],
)
def test_a_bare_number_finds_no_antibody_unless_it_is_a_titer(found: list[Cells], after: str | None) -> None:
    assert answer(adis(against(-7, "NEGATIVE"), *found), "AFTER")[0] == after


def test_an_antibody_that_comes_is_induced() -> None:
    frame = adis(against(-7, "NEGATIVE"), against(28, "NEGATIVE"), against(84, "POSITIVE"),
                 against(84, 80, "QUANTIFY", "TITER"))  # fmt: skip

    assert answer(frame, "BEFORE") == ("N", None)
    assert answer(frame, "AFTER") == ("Y", None)
    assert answer(frame, "EMERGENT") == ("Y", None)
    assert small.only(frame, PARAMCD="EMERGENT", VARIANT="4-fold")["KIND"] == "induced"
    assert small.only(frame, PARAMCD="ONSET")["AVAL"] == 84
    assert (small.only(frame, PARAMCD="PEAK")["AVAL"], small.only(frame, PARAMCD="PEAK")["AVALU"]) == (80, "TITER")
    assert answer(frame, "LAST") == ("Y", None)
    assert small.only(frame, PARAMCD="ONSET")["sources"] == ["IS/S1/3", "IS/S1/4"]


def test_a_titer_that_rises_is_boosted_by_the_margin() -> None:
    before = [against(-7, "POSITIVE"), against(-7, 20, "QUANTIFY")]

    frame = adis(*before, against(84, "POSITIVE"), against(84, 60, "QUANTIFY"))

    kinds = dict(frame.filter(pl.col("PARAMCD") == "EMERGENT").select("VARIANT", "KIND").iter_rows())
    assert kinds == {"4-fold": "none", "2-fold": "boosted"}


@pytest.mark.parametrize(
    ("rows", "emergent", "why"),
    [
        ([against(-7, "NEGATIVE")], None, "not tested after the first infusion"),
        ([against(-7, "NEGATIVE"), against(28, "", ISSTAT="NOT DONE")], None, "not tested after the first infusion"),
        ([against(28, "POSITIVE")], None, "positive afterwards, not known before"),
        ([against(28, "NEGATIVE")], "N", None),
        ([against(-7, "NEGATIVE"), against(28, "INDETERMINATE")], None, "no clear answer afterwards"),
        # a screen that is positive and was not confirmed is no finding yet
        ([against(-7, "NEGATIVE"), against(28, "POSITIVE", "SCREEN")], None, "no clear answer afterwards"),
        ([against(-7, "NEGATIVE"), against(28, "POSITIVE", "SCREEN"), against(28, "NEGATIVE")], "N", None),
        ([against(-7, "NEGATIVE"), against(28, "NEGATIVE", "SCREEN")], "N", None),
        ([against(-7, "NEGATIVE"), against(28, "<20", "QUANTIFY")], "N", None),
        ([against(-7, "NEGATIVE"), against(28, "POSITIVE", "")], "Y", None),
        # on the day of the infusion, no time: before
        ([against(0, "NEGATIVE"), against(28, "POSITIVE")], "Y", None),
        # known to the month only: it may be the one that counts
        ([against(-7, "NEGATIVE"), against(28, "NEGATIVE"), against("2024-05", "POSITIVE")], None,
         "negative afterwards, but not every test gave a clear answer"),
        ([against(-7, "NEGATIVE"), against(28, "NEGATIVE"), against("2024-05", "NEGATIVE")], "N", None),
        # titers in two units cannot be compared
        ([against(-7, "POSITIVE"), against(-7, 20, "QUANTIFY", "TITER"), against(28, "POSITIVE"),
          against(28, 900, "QUANTIFY", "ng/mL")], None,
         "positive before and afterwards, titers do not say whether it rose; in TITER and ng/mL"),
    ],
)  # fmt: skip
def test_what_is_not_tested_or_not_clear_is_unknown(rows: list[Cells], emergent: str | None, why: str | None) -> None:
    assert answer(adis(*rows), "EMERGENT") == (emergent, why)


def test_donor_specific_antibodies_are_an_antibody_of_their_own() -> None:
    donor = {"ISTESTCD": "ALAB", "ISTEST": "Alloantibody", "ISBDAGNT": "DONOR HLA ANTIGENS"}
    frame = adis(against(-7, "NEGATIVE"), against(28, "NEGATIVE"), against(-7, "NEGATIVE", **donor),
                 against(28, "POSITIVE", **donor))  # fmt: skip

    assert answer(frame, "EMERGENT", ANTIBODY="ANTICAR") == ("N", None)
    assert answer(frame, "EMERGENT", ANTIBODY="DSA") == ("Y", None)


def test_every_row_says_itself_and_names_records_that_exist() -> None:
    given = small.records(IS=[vaccine(-7, 0.9), vaccine(84, "<0.01"), against(-7, "NEGATIVE"), against(28, "POSITIVE"),
                              against(28, ">1280", "QUANTIFY", "TITER")])  # fmt: skip
    frame = small.derived(given)["adis"]
    known = set(given.table("IS")["record_id"])

    assert frame["SENTENCE"].null_count() == 0
    assert all(set(sources) <= known and sources for sources in frame["sources"].to_list())
    peak = small.only(frame, PARAMCD="PEAK")
    assert (peak["AVAL"], peak["REASON"]) == (None, "above 1280")
    assert "at least 1280" in peak["SENTENCE"]


def test_the_product_s_cells_by_flow_cytometry_are_kinetics_and_other_cells_are_not() -> None:
    cp = [
        {"CPTESTCD": "CARCE", "CPTEST": "CAR-positive cells", "CPCAT": "CELL KINETICS", "CPSTRESN": 12.5,
         "CPORRES": "12.5", "CPSTRESC": "12.5", "CPSTRESU": "cells/uL", "CPSPEC": "BLOOD", "CPDTC": small.day(1)},
        {"CPTESTCD": "BLYCE", "CPTEST": "B-Lymphocytes", "CPCAT": "IMMUNOPHENOTYPING", "CPSTRESN": 4,
         "CPORRES": "4", "CPSTRESC": "4", "CPSTRESU": "cells/uL", "CPSPEC": "BLOOD", "CPDTC": small.day(1)},
    ]  # fmt: skip
    tables = small.derived(small.records(CP=cp))

    assert dict(tables["adlb"].select("PARAMCD", "PARCAT1").iter_rows()) == {
        "CARCE": "CELL KINETICS", "BLYCE": "IMMUNOPHENOTYPING",
    }  # fmt: skip
    assert set(tables["adpp"]["ANALYTE"]) == {"CARCE"}
