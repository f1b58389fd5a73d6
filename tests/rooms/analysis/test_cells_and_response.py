"""Kinetics from ADPP, exposure beside response, B-cell depth and subsets: on the trial that can be counted by eye."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from remit.analysis import Result, trace
from remit.analysis.activity import activity
from remit.analysis.b_cell_recovery import b_cell_recovery
from remit.analysis.exposure_response import exposure_response
from remit.analysis.kinetics import kinetics
from remit.analysis.study import Study
from remit.derive.adpp import DEFAULT, SCHEMA, VARIANTS
from rooms.analysis import small_trial as small

# highest, area, half-life, first sample below after the last above, donor
OTHER = VARIANTS[0][0]
PROFILES: dict[str, tuple[float | None, float | None, float | None, float | None, str | None]] = {
    "S1": (900, 4000, 2.0, 21, "D1"),
    "S2": (100, 500, None, 14, "D1"),
    "S3": (400, 1500, 3.0, None, "D2"),
    "S4": (1200, None, None, 21, "D2"),
    "S5": (800, 3000, 2.5, 28, "D2"),
    "S6": (None, None, None, None, None),
}


def profiles() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for subject, (cmax, area, half, gone, donor) in PROFILES.items():
        for window, number in (("course", None), ("infusion-1", 1)):
            common = {
                "SRCDOM": "PC", "ANALYTE": "CARCOPY", "PPSPEC": "BLOOD", "WINDOW": window, "INFNUM": number,
                "DONOR": donor, "EXLOT": None, "VARIANT": DEFAULT, "DEFVFL": "Y",
            }  # fmt: skip
            for code, value, unit in (
                ("CMAX", cmax, "copies/ug"), ("AUCINT", area, "day*copies/ug"), ("LAMZHL", half, "day"),
                ("TLST", None if cmax is None else 10.0, "day"),
            ):  # fmt: skip
                rows.append(small.row(
                    subject, "PC/1", **common, PARAMCD=code, PARAM=f"Copies: {code}", AVAL=value, AVALU=unit,
                    REASON="too few points" if value is None else None, GONEDY=gone if code == "TLST" else None,
                    LAMZNPT=4 if half else None, R2=0.98 if half else None, R2ADJ=0.97 if half else None,
                ))  # fmt: skip
        rows.append(small.row(
            subject, "PC/1", **{**common, "WINDOW": "course", "INFNUM": None, "VARIANT": OTHER, "DEFVFL": None},
            PARAMCD="AUCINT", PARAM="Copies: AUC", AVAL=None if area is None else area * 1.5, AVALU="day*copies/ug",
            REASON=None if area else "short",
        ))  # fmt: skip
    return small.frame(SCHEMA, rows)


def study(**frames: pl.DataFrame) -> Study:
    return Study(small.protocol(), {**small.tables(), "adpp": profiles(), **frames})


def by_id(made: Any) -> dict[str, Result]:
    found = {result.id: result for result in made}
    assert len(found) > 0
    return found


KINETICS = by_id(kinetics(study()))
RESPONSE = by_id(exposure_response(study()))


@pytest.mark.parametrize(
    ("id", "value", "n"),
    [
        ("kinetics/carcopy/cmax/median", 900, 1),  # from the measurements, as ever
        ("kinetics/carcopy/auc-0-28/median", 2250, 4),
        ("kinetics/carcopy/auc-0-28/dl1/median", 2250, 2),
        ("kinetics/carcopy/auc-0-28/dl2/max", 3000, 2),
        ("kinetics/carcopy/auc-0-28/linear-zero-drop-zero/median", 3375, 4),
        ("kinetics/carcopy/half-life-days/median", 2.5, 3),
        ("kinetics/carcopy/still-detected/proportion", 1 / 5, 1),
        ("kinetics/carcopy/infusion-1/cmax/median", 800, 5),
        ("kinetics/carcopy/infusion-1/half-life-r-squared-adjusted/median", 0.97, 3),
        ("kinetics/carcopy/infusion-1/half-life-points/max", 4, 3),
        ("kinetics/carcopy/cmax/donor-d1/median", 500, 2),
        ("kinetics/carcopy/cmax/donor-d2/median", 800, 3),
        ("kinetics/carcopy/cmax/donor-unknown/n", 0, 0),
    ],
)
def test_profiles_are_spread_over_subjects(id: str, value: float, n: int) -> None:
    assert KINETICS[id].value == pytest.approx(value)
    assert KINETICS[id].n == n


def test_donors_are_no_covariate_of_cells_made_from_the_subject() -> None:
    product = small.protocol().product.model_dump() | {"source": "autologous"}
    own = Study(small.protocol(product=product), {**small.tables(), "adpp": profiles()})

    assert [id for id in KINETICS if "/donor-" in id]
    assert not [id for id in by_id(kinetics(own)) if "/donor-" in id or "/lot-" in id]


def test_an_unknown_half_life_says_why() -> None:
    assert "too few points" in KINETICS["kinetics/carcopy/half-life-days/median"].note


def test_without_profiles_the_measurements_still_give_the_peak() -> None:
    made = by_id(kinetics(Study(small.protocol(), small.tables())))

    assert {id.split("/")[2] for id in made} == {"cmax", "tmax-day", "tlast-day"}


@pytest.mark.parametrize(
    ("id", "x", "n", "low", "high"),
    [
        # DORIS at the last assessment: S1 yes, S2 no; S4 yes, S5 no, S3 cannot be judged. Limits: exact, 95 %
        ("exposure-response/doris-2021/dl1/proportion", 1, 2, 0.012579117, 0.987420883),
        ("exposure-response/doris-2021/dl2/proportion", 1, 2, 0.012579117, 0.987420883),
        # B cells back in S1, S2 and S3, not in S4
        ("exposure-response/b-cell-return/dl1/proportion", 2, 2, 0.158113883, 1),
        ("exposure-response/b-cell-return/dl2/proportion", 1, 2, 0.012579117, 0.987420883),
    ],
)
def test_shares_by_level_carry_exact_limits(id: str, x: int, n: int, low: float, high: float) -> None:
    result = RESPONSE[id]

    assert (result.n, result.denominator, result.value) == (x, n, x / n)
    assert result.interval is not None
    assert result.interval.method == "clopper-pearson"
    assert (result.interval.low, result.interval.high) == pytest.approx((low, high), abs=1e-8)


def test_who_cannot_be_judged_is_counted_in_the_note() -> None:
    assert RESPONSE["exposure-response/doris-2021/dl2/proportion"].note.startswith("1 not evaluable")


def test_thirds_need_six_subjects() -> None:
    # five have a peak, four an area
    assert not [id for id in RESPONSE if "third" in id]

    six = profiles().with_columns(
        pl.when((pl.col("USUBJID") == "S6") & (pl.col("PARAMCD") == "CMAX")).then(100.0).otherwise("AVAL").alias("AVAL")
    )
    made = by_id(exposure_response(study(adpp=six)))

    # 100 (S2, S6) | 400 (S3), 800 (S5) | 900 (S1), 1200 (S4): equal values stand together
    low = made["exposure-response/doris-2021/cmax-third-1/proportion"]
    assert (low.n, low.denominator) == (0, 1)
    assert low.note.startswith("Cmax 100 to 100 copies/ug")
    middle = made["exposure-response/doris-2021/cmax-third-2/proportion"]
    assert (middle.n, middle.denominator) == (0, 1)
    high = made["exposure-response/doris-2021/cmax-third-3/proportion"]
    assert (high.n, high.denominator) == (2, 2)
    assert not [id for id in made if "auc-0-28-third" in id]


def test_a_third_traces_to_its_subjects_and_to_what_was_measured_in_them() -> None:
    six = profiles().with_columns(
        pl.when((pl.col("USUBJID") == "S6") & (pl.col("PARAMCD") == "CMAX")).then(100.0).otherwise("AVAL").alias("AVAL")
    )
    here = study(adpp=six)
    result = by_id(exposure_response(here))["exposure-response/doris-2021/cmax-third-3/proportion"]

    parts = trace(result, here.derived).parts

    assert [(p.role, p.table, p.rows["USUBJID"].to_list()) for p in parts] == [
        ("counted", "adeff", ["S1", "S4"]),
        ("population", "adeff", ["S1", "S4"]),
        ("population", "adpp", ["S1", "S4"]),
    ]


def test_the_median_time_to_return_is_kaplan_meier() -> None:
    result = RESPONSE["exposure-response/b-cell-return/dl1/median"]

    assert result.value == pytest.approx(70 / 30.4375)
    assert RESPONSE["exposure-response/b-cell-return/dl2/median"].method == "Kaplan-Meier"


def test_the_nadir_of_a_subject_below_quantification_has_no_number() -> None:
    made = by_id(b_cell_recovery(study()))

    # week 12: S1 and S3 below 1, S2 4, S4 6
    assert made["b-cells/nadir/min"].text == "<1"
    assert made["b-cells/nadir/min"].value is None
    assert made["b-cells/nadir/max"].value == 6
    assert made["b-cells/nadir/median"].text == "<2.5"
    assert made["b-cells/nadir/dl1/max"].value == 4


def test_aplasia_runs_from_the_first_depleted_sample_to_an_interval() -> None:
    made = by_id(b_cell_recovery(study()))
    rows = small.tables()["adtte"].filter(pl.col("PARAMCD") == "TTBREC").select("USUBJID", "ADTLO", "ADTHI")

    # depleted on day 3 (AVAL 4); bounds of the return less that day
    least = sorted(low - 3 for low in rows["ADTLO"].drop_nulls())
    assert made["b-cells/aplasia-at-least-days/min"].value == least[0]
    assert made["b-cells/aplasia-at-least-days/n"].n == 4
    assert made["b-cells/aplasia-days/median-low"].method == "Turnbull"


def subset(subject: str, code: str, day: int, value: float | None, unit: str = "%", **more: Any) -> dict[str, Any]:
    return small.row(subject, f"CP/{day}", SRCDOM="CP", PARAMCD=code, AVAL=value, AVALU=unit, APROTDY=day, **more)


def test_subsets_that_the_records_hold_are_shown_by_visit() -> None:
    week = {"AVISIT": "week-12", "ANL01FL": "Y", "ONTRTFL": "Y"}
    rows = [
        subset("S1", "BLYNBLY", -7, 40.0, ABLFL="Y"),
        subset("S2", "BLYNBLY", -7, 60.0, ABLFL="Y"),
        subset("S1", "BLYNBLY", 84, 90.0, **week),
        subset("S2", "BLYNBLY", 84, 95.0, **week),
        subset("S3", "BLYNBLY", 84, None, **week),
        subset("S1", "BMSB", 84, 2.0, **week),
        subset("S1", "PB", 84, 1.5, "cells/uL", **week),
        subset("S2", "PB", 84, 0.5, "10^9/L", **week),
    ]
    adlb = pl.concat([small.tables()["adlb"], small.frame(small.ADLB, rows)])

    made = by_id(b_cell_recovery(study(adlb=adlb)))

    assert made["b-cells/subset/naive-percent/baseline/median"].value == 50
    assert made["b-cells/subset/naive-percent/week-12/median"].value == 92.5
    assert made["b-cells/subset/naive-percent/week-12/n"].n == 2
    assert "unknown in 1" in made["b-cells/subset/naive-percent/week-12/median"].note
    assert made["b-cells/subset/switched-memory-percent/week-12/median"].value == 2
    assert made["b-cells/subset/plasmablasts/baseline/median"].note == "recorded in 2 units"
    assert not [id for id in made if "subset/memory/" in id]


def test_immunoglobulins_and_urine_protein_have_courses_when_they_were_measured() -> None:
    rows = [
        small.row("S1", "LB/8", SRCDOM="LB", PARAMCD="IGG", AVAL=14.0, AVALU="g/L", APROTDY=-7, ABLFL="Y"),
        small.row("S2", "LB/8", SRCDOM="LB", PARAMCD="IGG", AVAL=10.0, AVALU="g/L", APROTDY=-7, ABLFL="Y"),
    ]
    adlb = pl.concat([small.tables()["adlb"], small.frame(small.ADLB, rows)])

    made = by_id(activity(study(adlb=adlb)))

    assert made["activity/igg/baseline/median"].value == 12
    assert not [id for id in made if id.startswith(("activity/igm/", "activity/upcr/", "activity/igg/baseline/dl"))]
