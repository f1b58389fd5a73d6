"""The answer to an endpoint at a time point, and the times to states, their duration, and the return of B cells.

Visits: week 12 on day 77 to 91, week 24 on day 154 to 182. A good visit has nothing active, PGA 0.2 and prednisone
5 mg; a bad one has PGA 2. At an open one PGA was not assessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
import pytest

from rooms.derive.small import DAY0, day, derived, only, rated, records, steroid
from spec.instruments.story import stories

PGA = {"good": 0.2, "bad": 2.0, "open": None}
LEAVING = {"DSCAT": "DISPOSITION EVENT", "DSDECOD": "WITHDRAWAL BY SUBJECT"}


def trial(visits: str, cut: int, left: int | None = None) -> Mapping[str, pl.DataFrame]:
    """`visits` reads "84 good, 168 bad"; screening was good as well, and the subject was seen on the cut."""
    rows = rated(-8)
    for text in visits.split(",") if visits else []:
        number, what = text.split()
        rows += rated(int(number), pga=PGA[what])
    seen = cut if left is None else left
    return derived(
        records(
            RS=rows,
            CM=[steroid(5, "2023-01-01")],
            VS=[{"VSTESTCD": "TEMP", "VSDTC": day(seen)}],
            DS=[] if left is None else [{**LEAVING, "DSSTDTC": day(left)}],
        ),
        DAY0 + timedelta(days=cut),
    )


ANSWERS = stories(
    """
    visits                     | cut | left | at      | answer  | nri     | because
    84 good, 168 good          | 400 |      | week-12 | yes     | yes     | cSLEDAI 0
    84 bad, 168 good           | 400 |      | week-12 | no      | no      | not: PGA < 0.5
    84 bad, 168 good           | 400 |      | last    | yes     | yes     |
    84 good, 168 bad           | 400 |      | last    | no      | no      |
    84 good, 168 bad           | 400 |      | ever    | yes     | yes     |
    84 bad, 168 bad            | 400 |      | ever    | no      | no      | not met at any visit so far
    84 open, 168 bad           | 400 |      | ever    | unknown | no      | unknown at some visit
    84 open, 168 bad           | 400 |      | week-12 | unknown | no      | unknown: PGA < 0.5  # assessed
    84 open, 168 open          | 400 |      | last    | unknown | no      | unknown: PGA < 0.5
    84 open, 90 good           | 400 |      | week-12 | yes     | yes     |   # a known answer before an unknown one
    84 good                    | 400 |      | week-24 | unknown | no      | no assessment in the visit window
    84 good                    | 182 |      | week-24 | unknown | no      | no assessment in the visit window
    84 good                    | 181 |      | week-24 | unknown | unknown | week 24 not reached at the data cut
    84 good                    | 400 | 120  | week-24 | unknown | no      | left the study before week 24
    84 good, 184 good          | 400 |      | week-24 | unknown | no      | no assessment in the visit window # day late
    84 good, 184 bad           | 400 |      | last    | no      | no      |   # a visit outside its window is a last one
    """
)


@pytest.mark.parametrize("story", ANSWERS, ids=lambda s: f"{s['visits']} until {s['cut']} at {s['at']}")
def test_answer_at_a_time_point(story: dict[str, object]) -> None:
    left = story["left"]
    tables = trial(str(story["visits"]), int(str(story["cut"])), left if isinstance(left, int) else None)

    row = only(tables["adeff"], ENDPOINT="doris-2021", DEFVFL="Y", TIMEPOINT=story["at"], GROUP="all")

    letters = {True: "Y", False: "N", None: None}
    assert row["IN"] == "Y"
    assert (row["ANSWER"], row["AVALNRI"]) == (letters[story["answer"]], letters[story["nri"]])
    assert str(story["because"] or "") in " · ".join(row["BECAUSE"])


def test_a_subject_without_any_assessment_is_out_with_the_reason_and_missed_only_what_was_due() -> None:
    early, late = trial("", cut=40), trial("", cut=400)

    for tables, nri in ((early, None), (late, "N")):
        row = only(tables["adeff"], ENDPOINT="doris-2021", DEFVFL="Y", TIMEPOINT="last", GROUP="all")
        assert (row["IN"], row["ANSWER"], row["AVALNRI"]) == ("N", None, nri)
        assert row["BECAUSE"] == ["no activity assessment after the first infusion"]


TIMES = stories(
    """
    visits                         | state_day | event | low | high | lost_day | lasting | lost_low | lost_high
    84 bad, 168 good, 252 good     | 168       | yes   | 84  | 168  | 252      | yes     | 84       |
    84 good, 168 bad               | 84        | yes   | 0   | 84   | 168      | no      | 0        | 84
    84 good, 168 good, 252 bad     | 84        | yes   | 0   | 84   | 252      | no      | 84       | 168
    84 good, 168 open, 252 bad     | 84        | yes   | 0   | 84   | 252      | no      | 0        | 168  # since 84
    84 good, 168 open, 252 good    | 84        | yes   | 0   | 84   | 252      | yes     | 168      |
    84 open, 168 good              | 168       | yes   | 0   | 168  | 168      | yes     | 0        |  # or at 84
    84 bad, 168 bad                | 168       | no    | 168 |      |          |         |          |
    84 bad, 168 open               | 84        | no    | 84  |      |          |         |          |  # known up to 84
    84 open                        | 0         | no    | 0   |      |          |         |          |
                                   | 0         | no    | 0   |      |          |         |          |  # never assessed
    """
)


@pytest.mark.parametrize("story", TIMES, ids=lambda s: str(s["visits"]))
def test_time_to_a_state_and_how_long_it_lasted(story: dict[str, object]) -> None:
    times = trial(str(story["visits"] or ""), cut=400)["adtte"]

    row = only(times, PARAMCD="TTDORIS")
    reached = story["state_day"]
    assert (row["AVAL"] - 1, row["CNSR"]) == (reached, 0 if story["event"] else 1)
    assert (row["ADTLO"], row["ADTHI"]) == (story["low"], story["high"])
    assert row["AVALMON"] == pytest.approx(int(str(reached)) / 30.4375)
    durations = times.filter(pl.col("PARAMCD") == "DORISDUR")
    assert durations.height == (1 if story["event"] else 0)
    if story["event"]:
        lasted = durations.row(0, named=True)
        assert lasted["STARTDT"] == DAY0 + timedelta(days=int(str(reached)))
        assert lasted["ADT"] == DAY0 + timedelta(days=int(str(story["lost_day"])))
        assert lasted["CNSR"] == (1 if story["lasting"] else 0)
        assert (lasted["ADTLO"], lasted["ADTHI"]) == (story["lost_low"], story["lost_high"])


# Counts in cells per microliter; below 10 is depleted, two in a row of 10 or more are a return.
RETURNS = stories(
    """
    counts                                     | depleted | back | low | high | last
    -8:90 3:5 28:1 56:12 70:30                 | 3        | 56   | 28  | 56   |
    -8:90 3:5 28:1 56:12 70:4 84:15 98:20      | 3        | 84   | 70  | 84   |        # one alone is no return
    -8:90 3:5 28:1 56:12                       | 3        |      |     |      | 56     # not confirmed yet
    -8:90 3:<1 28:10 56:10                     | 3        | 28   | 3   | 28   |        # at the limit is back
    -8:90 3:10 28:9                            | 28       |      |     |      | 28     # 10 is not below 10
    -8:90 3:20 28:30                           |          |      |     |      |        # never depleted
    -8:4 3:1 28:20 56:30                       |          |      |     |      |        # low before treatment
    """
)


@pytest.mark.parametrize("story", RETURNS, ids=lambda s: str(s["counts"]))
def test_b_cells_go_and_come_back(story: dict[str, object]) -> None:
    rows = []
    for text in str(story["counts"]).split():
        on, value = text.split(":")
        number = None if value.startswith("<") else value
        rows.append({"CPTESTCD": "BLYCE", "CPTEST": "B", "CPDTC": day(int(on)), "CPORRES": value, "CPSTRESC": value,
                     "CPSTRESN": number, "CPSTRESU": "cells/uL"})  # fmt: skip

    times = derived(records(CP=rows))["adtte"]

    gone = times.filter(pl.col("PARAMCD") == "TTBDEP")["AVAL"].to_list()
    assert [v - 1 for v in gone] == ([] if story["depleted"] is None else [story["depleted"]])
    back = times.filter(pl.col("PARAMCD") == "TTBREC")
    if story["depleted"] is None:
        assert back.height == 0
        return
    row = back.row(0, named=True)
    assert (row["CNSR"], row["AVAL"] - 1) == ((0, story["back"]) if story["back"] else (1, story["last"]))
    assert (row["ADTLO"], row["ADTHI"]) == ((story["low"], story["high"]) if story["back"] else (story["last"], None))
    assert row["sources"] == sorted(f"CP/S1/{n}" for n in range(1, len(rows) + 1))


def test_death_ends_follow_up_and_a_death_of_unknown_day_does_not_lengthen_it() -> None:
    seen = [{"VSTESTCD": "TEMP", "VSDTC": day(60)}]
    died = derived(records(DM=[{"DTHDTC": day(70), "DTHFL": "Y"}], VS=seen))
    unknown = derived(records(DM=[{"DTHFL": "Y"}], VS=seen))

    row = only(died["adtte"], PARAMCD="FUP")
    assert (row["AVAL"], row["CNSR"], row["EVNTDESC"]) == (71, 0, "Death")
    row = only(unknown["adtte"], PARAMCD="FUP")
    assert (row["AVAL"], row["CNSR"], row["CNSDTDSC"]) == (61, 1, "Last contact before a death of unknown date")
    for tables in (died, unknown):
        person = only(tables["adsl"], USUBJID="S1")
        assert (person["EOSSTT"], person["DCSREAS"], person["DTHFL"]) == ("DISCONTINUED", "DEATH", "Y")
