"""ADTOX where something is not known: a limit, a day, a time of day or an answer leaves a range and never a guess."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from rooms.derive.small import Row, conditioning, day, derived, infusions, only, records, seed_protocol
from rooms.derive.test_toxicity_by_scale import QUIET, chemistry, counts, igg, local, neutropenia, signs, stages, tox


def below(code: str, on: int, limit: float, unit: str = "10^9/L") -> Row:
    """A result printed as "<limit"."""
    return {"LBTESTCD": code, "LBSTRESC": f"<{limit}", "LBSTRESU": unit, "LBDTC": day(on)}


def at(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Day, grade and range of each row."""
    return frame.select("APROTDY", "AVAL", "AVALLO", "AVALHI").rows()


def test_platelets_below_twenty_are_below_twenty() -> None:
    plain = {d: 200.0 for d in range(40) if d != 10}

    early = tox("t-icaht-early", "table", LB=[*counts("PLAT", plain, low=125), below("PLAT", 10, 20)])
    later = counts("PLAT", dict.fromkeys(range(31, 100), 200.0), low=125)
    late = tox("t-icaht-late", "table", LB=[*later, below("PLAT", 100, 50)])

    assert only(early)["AVAL"] == 3  # T-ICAHT: one day below 20
    row = only(late)
    assert (row["AVAL"], row["AVALLO"], row["AVALHI"]) == (None, 2, 3)
    assert row["BECAUSE"] == ["unknown: a count below the limit of quantification"]


def test_neutrophils_below_a_limit_can_be_anything_down_to_zero() -> None:
    by_day = {d: v for d, v in neutropenia(0).items() if not 5 <= d < 13}
    rows = [*counts("NEUT", by_day), *(below("NEUT", d, 0.5) for d in range(5, 13))]

    row = only(tox("icaht-early", "cumulative", LB=rows))
    late = only(tox("icaht-late", "single_value", LB=[below("NEUT", 40, 0.5)]))

    assert (row["AVAL"], row["AVALLO"], row["AVALHI"]) == (None, 2, 3)  # 8 days at 500 or less, 0 to 8 at 100 or less
    assert (late["AVAL"], late["AVALLO"], late["AVALHI"]) == (None, 3, 4)


def test_platelets_below_fifty_leave_it_open_whether_they_recovered() -> None:
    rows = [*counts("PLAT", {0: 15.0}), *(below("PLAT", d, 50) for d in (1, 2, 3))]

    assert only(tox("t-icaht-recovery", LB=rows, CM=[{"CMTRT": "WATER", "CMSTDTC": day(1)}]))["AVALC"] is None


@pytest.mark.parametrize(("limit", "answer"), [(1.5, "Y"), (2.0, None)])
def test_fibrinogen_below_a_limit_is_low_where_the_limit_is(limit: float, answer: str | None) -> None:
    ferritin = {"LBTESTCD": "FERRITIN", "LBSTRESN": 301, "LBSTRESU": "ug/L", "LBSTNRHI": 150, "LBDTC": day(10)}

    assert only(tox("iec-hs-alert", LB=[ferritin, below("FIBRINO", 10, limit, "g/L")]))["AVALC"] == answer


def test_hemoglobin_above_its_limit_is_no_cytopenia() -> None:
    ferritin = {"LBTESTCD": "FERRITIN", "LBSTRESN": 301, "LBSTRESU": "ug/L", "LBSTNRHI": 150, "LBDTC": day(10)}
    others = [*chemistry(10, {}, ALT=30, AST=30), *counts("NEUT", {-8: 3.0, 10: 3.0})]
    others += counts("PLAT", {-8: 200.0, 10: 200.0}, low=125)
    fibrinogen = {"LBTESTCD": "FIBRINO", "LBSTRESN": 3, "LBSTRESU": "g/L", "LBDTC": day(10)}

    # a parameter that the protocol does not list is graded for being low and for being high
    trial = seed_protocol()
    unlisted = trial.model_copy(update={"labs": tuple(lab for lab in trial.labs if lab.code != "HGB")})

    def alert(before: float, after: float) -> str | None:
        hemoglobin = [
            {"LBTESTCD": "HGB", "LBSTRESN": v, "LBSTRESU": "g/L", "LBSTNRLO": 115, "LBSTNRHI": 150, "LBDTC": day(d)}
            for d, v in ((-8, before), (10, after))
        ]
        frame = derived(records(LB=[ferritin, fibrinogen, *others, *hemoglobin]), protocol=unlisted)["adtox"]
        answer: str | None = only(frame, SCALE="iec-hs-alert")["AVALC"]
        return answer

    assert alert(140, 160) == "N"
    assert alert(140, 110) == "Y"
    assert alert(160, 110) == "Y"  # high before, low after: both are grade 1


def test_a_hospital_stay_in_other_words_can_be_grade_three() -> None:
    facts = local("L1", 10, OCCUR="Y", ORGAN="SKIN", PRIORORG="Y", RESOLVED="SPONTANEOUS", STEROID="N", ICU="N")

    row = only(tox("licats", FA=[*facts, *local("L1", 10, HOSPITAL="YES")]))

    assert (row["AVAL"], row["AVALLO"], row["AVALHI"]) == (None, 1, 3)


@pytest.mark.parametrize(
    ("facts", "grade", "low", "high"),
    [
        ({"RASHBSA": "60", "LGISTG": "0"}, None, 2, 4), ({"RASHBSA": "60", "LGISTG": "0", "BULLAE": "N"}, 2, 2, 2),
        ({"RASHBSA": "40", "LGISTG": "0"}, 1, 1, 1), ({"SKINSTG": "0", "STOOLML": "600"}, None, 2, 4),
        ({"SKINSTG": "0", "STOOLML": "600", "GISEVERE": "N"}, 2, 2, 2),
        ({"SKINSTG": "4", "STOOLML": "600"}, 4, 4, 4),
    ],
)  # fmt: skip
def test_bullae_and_severe_gut_signs_that_nobody_asked_about_can_be_stage_four(
    facts: dict[str, str], grade: int | None, low: int, high: int
) -> None:
    row = only(tox("gvhd-magic", FA=stages(28, LIVERSTG="0", UGISTG="0", **facts)))

    assert (row["AVAL"], row["AVALLO"], row["AVALHI"]) == (grade, low, high)


def test_an_answer_without_a_day_leaves_the_worst_grade_open() -> None:
    rows = [*signs(3, FEVER="Y", **QUIET), {**signs(3, PRESSOR="NOREPINEPHRINE")[0], "FADTC": None}]

    row = only(tox("crs", "ASTCT_2019", FA=rows))

    assert (row["AVAL"], row["AVALLO"], row["AVALHI"], row["BECAUSE"]) == (None, 1, 4, ["unknown: the day of a sign"])


def test_an_assessment_without_a_day_is_an_unknown_one_and_was_collected() -> None:
    row = only(tox("gvhd-magic", FA=[{**stages(28, SKINSTG="3")[0], "FADTC": None}]))

    assert (row["AVAL"], row["AVALHI"], row["COLLFL"], row["WORSTFL"]) == (None, 4, "Y", "Y")
    assert row["sources"] == ["FA/S1/1"]


def test_the_lowest_immunoglobulin_is_open_while_an_unknown_one_can_be_lower() -> None:
    water = [{"CMTRT": "WATER", "CMSTDTC": day(1)}]
    unknown = {**igg({60: 8.0})[0], "LBSTRESU": "per field"}

    normal = tox("hypogammaglobulinemia", LB=[*igg({10: 8.0}), unknown], CM=water)
    severe = tox("hypogammaglobulinemia", LB=[*igg({10: 3.0}), unknown], CM=water)

    assert at(normal.filter(pl.col("WORSTFL") == "Y")) == [(60, None, 0, 2)]
    assert only(normal, APROTDY=60)["SENTENCE"].endswith("day 60: unknown (unknown: immunoglobulin G)")
    assert only(severe, WORSTFL="Y")["AVALC"] == "severe"


@pytest.mark.parametrize(("limit", "band", "low"), [(4.0, "severe", None), (5.0, None, 1), (9.0, None, 0)])
def test_immunoglobulin_below_a_limit(limit: float, band: str | None, low: int | None) -> None:
    rows = [{**below("IGG", 28, limit, "g/L"), "LBSTNRLO": 7}]

    row = only(tox("hypogammaglobulinemia", LB=rows, CM=[{"CMTRT": "WATER", "CMSTDTC": day(1)}]))

    assert (row["AVALC"], row["AVALLO"]) == (band, low)


@pytest.mark.parametrize(
    ("start", "end", "answer"),
    [(None, None, None), (40, 110, "N"), (40, 80, "Y"), (100, 100, "N"), (40, None, "N")],
)
def test_recovery_of_immunoglobulin_looks_at_all_the_time_of_replacement(
    start: int | None, end: int | None, answer: str | None
) -> None:
    drug = {"CMTRT": "IMMUNOGLOBULIN G HUMAN", **{
        name: None if d is None else day(d) for name, d in (("CMSTDTC", start), ("CMENDTC", end))
    }}  # fmt: skip
    ongoing = {} if end is not None else {"CMENRTPT": "ONGOING", "CMENTPT": "DATA CUT"}

    assert only(tox("igg-recovery", LB=igg({28: 6.0, 118: 8.0}), CM=[{**drug, **ongoing}]))["AVALC"] == answer


def test_recovery_of_immunoglobulin_is_unknown_where_the_last_sample_is() -> None:
    rows = [*igg({28: 6.0, 84: 8.0}), {**igg({118: 8.0})[0], "LBSTRESU": "per field"}]

    assert only(tox("igg-recovery", LB=rows, CM=[{"CMTRT": "WATER", "CMSTDTC": day(1)}]))["AVALC"] is None


@pytest.mark.parametrize(
    ("sample", "cells", "judged"),
    [("T08:00", "T10:00", False), ("T12:00", "T10:00", True), ("", "T10:00", False), ("T12:00", "", False)],
)
def test_a_sample_of_the_day_of_the_cells_counts_after_them_only_by_its_time(
    sample: str, cells: str, judged: bool
) -> None:
    rows = [{**one, "LBDTC": day(0) + sample} for one in [*chemistry(0, {}, ALT=30, AST=30, BILI=10), *igg({0: 8.0})]]
    given = [*conditioning(), *infusions((0,), EXSTDTC=day(0) + cells, EXENDTC=day(0) + cells)]

    for scale in ("hys-law", "edish", "hypogammaglobulinemia"):
        assert (tox(scale, LB=rows, EX=given).height > 0) is judged


def test_a_drug_without_a_day_may_have_hidden_a_fever() -> None:
    rows = [*signs(3, FEVER="Y", **QUIET), *signs(4, FEVER="N", **{**QUIET, "OXYGEN": "LOW FLOW CANNULA"})]
    event = {"AEDECOD": "Cytokine release syndrome", "AETERM": "CRS", "AESTDTC": day(3), "AEENDTC": day(5)}

    dated, undated, none = (
        only(tox("crs", "ASTCT_2019", FA=rows, AE=[event], CM=[{"CMTRT": drug, **when}]))
        for drug, when in (("TOCILIZUMAB", {"CMSTDTC": day(3)}), ("TOCILIZUMAB", {}), ("PREDNISONE", {}))
    )

    assert [(row["AVALLO"], row["AVALHI"]) for row in (dated, undated, none)] == [(2, 2), (1, 2), (1, 1)]
