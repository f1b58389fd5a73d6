"""ADPP on records small enough to check by hand: windows, clocks, units, donors, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from remit.derive.adpp import SCHEMA, adpp
from remit.derive.known import known_by
from remit.records import Records
from rooms.derive import small

Cells = dict[str, Any]


def made(given: Records, cutoff: date = small.CUT) -> pl.DataFrame:
    tables = small.derived(given, cutoff)
    return adpp(small.seed_protocol(), known_by(given, cutoff), tables["adsl"], tables["adex"])


def copies(*samples: tuple[int, float | str], time: str = "", **more: Any) -> list[Cells]:
    """One record of copies per (protocol day, value); text is what was printed, such as <50."""
    return [
        {
            "PCTESTCD": "CARCOPY", "PCTEST": "CAR transgene copies", "PCDTC": small.day(day) + time, "PCSPEC": "BLOOD",
            "PCORRES": value, "PCSTRESC": value, "PCSTRESN": None if isinstance(value, str) else value,
            "PCSTRESU": "copies/ug", "PCLLOQ": 50, **more,
        }
        for day, value in samples
    ]  # fmt: skip


def once(*samples: tuple[int, float | str], time: str = "", **more: Any) -> Records:
    """Cells once, on day 0, and a visit on day 60 that shows the subject was followed."""
    ex = [*small.conditioning(), *small.infusions((0,))]
    visit = [{"VISITNUM": 12, "VISIT": "Week 8", "SVSTDTC": small.day(60)}]
    return small.records(EX=ex, PC=copies(*samples, time=time, **more), SV=visit)


def value(frame: pl.DataFrame, code: str, window: str = "course") -> float | None:
    row = small.only(frame.filter(pl.col("DEFVFL") == "Y"), PARAMCD=code, WINDOW=window)
    found: float | None = row["AVAL"]
    return found


def test_a_single_infusion_has_one_window() -> None:
    frame = made(once((0, 800.0), (7, 400.0), (14, 200.0), (21, 100.0), (28, "<50")))

    assert set(frame["WINDOW"]) == {"course"}
    assert value(frame, "CMAX") == 800
    assert value(frame, "TMAX") == 0
    assert (value(frame, "CLST"), value(frame, "TLST")) == (100, 21)
    assert value(frame, "LAMZHL") == pytest.approx(7)
    fit = small.only(frame, PARAMCD="LAMZHL")
    assert (fit["LAMZNPT"], fit["R2"], fit["R2ADJ"]) == (3, pytest.approx(1), pytest.approx(1))
    assert "3 points, day 7 to 21" in fit["SENTENCE"]
    assert small.only(frame, PARAMCD="TLST")["GONEDY"] == 28
    linear = small.only(frame, PARAMCD="AUCINT", VARIANT="linear, zero-drop-zero")
    assert linear["AVAL"] == 7 * (600 + 300 + 150 + 50)
    assert linear["DEFVFL"] is None


def test_windows_run_from_each_actual_infusion_to_the_next() -> None:
    ex = [*small.conditioning(), *small.infusions((0, 9))]
    pc = copies((0, "<50"), (1, 400.0), (9, 60.0), (10, 900.0), (28, "<50"))
    pc[2]["PCTPT"] = "PRE-DOSE"
    visit = [{"VISITNUM": 12, "VISIT": "Week 8", "SVSTDTC": small.day(60)}]

    frame = made(small.records(EX=ex, PC=pc, SV=visit))

    assert value(frame, "CMAX", "infusion-1") == 400
    assert value(frame, "TLST", "infusion-1") == pytest.approx(9 - 1 / 1440)
    assert value(frame, "CMAX", "infusion-2") == 900
    assert value(frame, "TMAX", "infusion-2") == 1
    assert value(frame, "TMAX") == 10
    assert value(frame, "AUCTAU", "infusion-1") is not None
    # the second window reaches 28 days after its infusion: day 37 of the course
    assert value(frame, "AUCINT", "infusion-2") is not None
    assert frame.filter((pl.col("WINDOW") == "infusion-2") & (pl.col("PARAMCD") == "AUCTAU")).height == 0


def test_times_of_day_are_used_when_every_record_has_one() -> None:
    ex = [{**row, "EXSTDTC": row["EXSTDTC"] + "T10:00"} for row in small.infusions((0,))]
    timed = copies((0, 800.0), time="T16:00")
    ex = [*small.conditioning(), *ex]

    assert value(made(small.records(EX=ex, PC=timed)), "TMAX") == 0.25
    assert value(made(small.records(EX=ex, PC=[*timed, *copies((3, 100.0))])), "TMAX") == 0


@pytest.mark.parametrize(
    ("samples", "code", "why"),
    [
        ([(0, "<50"), (28, "<50")], "CMAX", "no sample above the limit of quantification"),
        ([(-3, "<50")], "CMAX", "no sample after the infusion"),
        ([(0, 800.0), (18, 60.0)], "AUCINT", "last sample on day 18, before day 28"),
        ([(0, 800.0), (7, 60.0), (28, "<50")], "LAMZHL", "1 quantified point after the peak, 3 needed"),
    ],
)
def test_a_value_that_is_not_known_says_why(samples: Sequence[tuple[int, float | str]], code: str, why: str) -> None:
    row = small.only(made(once(*samples)).filter(pl.col("DEFVFL") == "Y"), PARAMCD=code)

    assert row["AVAL"] is None
    assert row["REASON"] == why
    assert f"unknown ({why})" in row["SENTENCE"]
    assert row["sources"]


def test_samples_in_two_units_make_no_curve() -> None:
    given = small.records(
        EX=[*small.conditioning(), *small.infusions((0,))],
        PC=[*copies((0, 800.0)), *copies((7, 90.0), PCSTRESU="copies/mL")],
    )

    frame = made(given)

    assert frame["AVAL"].null_count() == frame.height > 0
    assert set(frame["REASON"]) == {
        "recorded in copies/mL and copies/ug: values in different units make no curve"
    }  # fmt: skip


def test_an_area_does_not_reach_beyond_the_last_contact() -> None:
    given = small.records(EX=[*small.conditioning(), *small.infusions((0,))], PC=copies((0, 800.0), (10, "<50")))

    row = small.only(made(given).filter(pl.col("DEFVFL") == "Y"), PARAMCD="AUCINT")

    assert row["REASON"] == "followed to day 10, not to day 28"


def test_a_sample_after_the_cutoff_is_not_seen() -> None:
    given = once((0, 800.0), (7, 4000.0), (28, "<50"))

    assert value(made(given), "CMAX") == 4000
    assert value(made(given, date(2024, 3, 8)), "CMAX") == 800


def test_cells_by_flow_are_profiles_of_their_own_and_b_cells_are_not() -> None:
    flow = [
        {"CPTESTCD": "CARCE", "CPTEST": "CAR-positive cells", "CPCAT": "CELL KINETICS", "CPDTC": small.day(d),
         "CPSTRESN": n, "CPSTRESC": n, "CPSTRESU": "cells/uL"}
        for d, n in ((0, 3.0), (7, 12.0), (28, 1.0))
    ]  # fmt: skip
    b_cells = [{**flow[0], "CPTESTCD": "BLYCE", "CPTEST": "B-Lymphocytes", "CPCAT": "IMMUNOPHENOTYPING"}]

    frame = made(small.records(CP=[*flow, *b_cells], PC=copies((0, 800.0))))

    assert set(frame["ANALYTE"]) == {"CARCOPY", "CARCE"}
    assert small.only(frame, ANALYTE="CARCE", PARAMCD="CMAX", WINDOW="course")["AVAL"] == 12


def test_donors_and_lots_are_those_of_the_window() -> None:
    ex = [*small.conditioning(), *small.infusions((0, 7))]
    ex[-2] |= {"EXLOT": "L1"}
    ex[-1] |= {"EXLOT": "L2"}
    donors = [{"IDVARVAL": n, "QNAM": "DONOR", "QVAL": d} for n, d in ((4, "D1"), (5, "D2"))]

    frame = made(small.records(EX=ex, SUPPEX=donors, PC=copies((0, 800.0), (7, 900.0))))

    def first(window: str) -> tuple[str | None, str | None]:
        return frame.filter(pl.col("WINDOW") == window).select("DONOR", "EXLOT").row(0)

    assert first("infusion-1") == ("D1", "L1")
    assert first("infusion-2") == ("D2", "L2")
    assert first("course") == ("D1 + D2", "L1 + L2")


def test_infusions_without_a_full_date_leave_the_course_unknown() -> None:
    ex = [*small.conditioning(), *small.infusions((0,)), {**small.infusions((7,))[0], "EXSTDTC": "2024-03"}]

    frame = made(small.records(EX=ex, PC=copies((0, 800.0))))

    assert set(frame["REASON"]) == {"the infusions have no full dates"}


def test_without_measurements_there_are_no_rows() -> None:
    frame = made(small.records())

    assert frame.height == 0
    assert frame.schema == SCHEMA
