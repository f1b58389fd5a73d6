"""Records of told patients: each fact is read back from derived tables by the code that reads real records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from remit import derive
from remit.errors import InputError
from remit.exchange.protocol_yaml import read_protocol
from remit.exchange.scenario_yaml import read_scenario
from remit.records import checks
from remit.records.findings import errors
from remit.virtual.told import Facts, records_of

SEED = Path(__file__).parents[3] / "examples" / "kn5501-sle"
PROTOCOL = read_protocol(SEED / "protocol.yaml")
SCENARIO = read_scenario(SEED / "scenarios" / "likely.yaml")
CUT = date(2024, 10, 1)


def facts(states: tuple[bool, bool] = (True, True)) -> Facts:
    followed = np.array([370, 300, 250, 200, 60, 20])
    count = len(followed)
    return Facts(
        trial=np.ones(count, dtype=np.int64),
        subject=np.arange(1, count + 1),
        level=np.array([1, 2, 3, 4, 4, 4]),
        day_zero=np.datetime64(CUT) - followed.astype("timedelta64[D]"),
        follow_up_days=followed,
        disease_years=np.array([1.0, 17.2, 5.5, 10.0, 3.3, 8.0]),
        b_cell_return_day=np.array([46, 95, 70, 106, 55, 80]),
        crs=np.array([True, False, False, True, False, False]),
        infection=np.array([False, True, False, False, False, False]),
        doris=np.full(count, states[0]),
        lldas=np.full(count, states[1]),
    )


@pytest.mark.parametrize("states", [(True, True), (True, False), (False, True), (False, False)], ids=str)
def test_what_is_told_is_what_derived_tables_say(states: tuple[bool, bool]) -> None:
    given = facts(states)
    made = records_of(PROTOCOL, SCENARIO, given, seed=3, notice="Invented.")
    derived = derive.all(PROTOCOL, made.records, CUT)

    adsl = derived["adsl"].sort("USUBJID")
    assert not made.amiss.any()
    assert adsl["FUPDAYS"].to_list() == given.follow_up_days.tolist()
    assert adsl["LEVEL"].to_list() == ["dl1", "dl2", "dl3", "dl4", "dl4", "dl4"]
    # the diagnosis is dated to the day
    assert given.disease_years is not None
    assert np.abs(adsl["DISDUR"].to_numpy() - given.disease_years).max() < 1.5 / 365.25
    events = derived["adae"]
    assert sorted(events.filter(CRSFL="Y")["USUBJID"].unique()) == ["T000001-001", "T000001-004"]
    assert set(events.filter(CRSFL="Y")["AETOXGRN"]) == {1}
    assert events.filter(INFFL="Y")["USUBJID"].unique().to_list() == ["T000001-002"]
    back = derived["adtte"].filter((pl.col("PARAMCD") == "TTBREC") & (pl.col("CNSR") == 0)).sort("USUBJID")
    # the fifth and the sixth were followed too short for a return that two counts confirm
    assert (back["AVAL"] - 1).to_list()[:4] == [46, 95, 70, 106]
    last = derived["adeff"].filter(TIMEPOINT="last", DEFVFL="Y", GROUP="over-6-months", IN="Y")
    for endpoint, state in zip(("doris-2021", "lldas"), states, strict=True):
        assert last.filter(ENDPOINT=endpoint)["ANSWER"].to_list() == ["Y" if state else "N"] * 4
    assert made.unseen.tolist() == [False, False, False, False, True, True]
    assert made.records.notice == "Invented."


@pytest.mark.parametrize("states", [(True, True), (True, False), (False, True), (False, False)], ids=str)
def test_a_last_visit_that_no_virtual_patient_comes_to_is_written(states: tuple[bool, bool]) -> None:
    made = records_of(PROTOCOL, SCENARIO, facts(states), seed=4, notice="Invented.", tries=0)

    assert made.written.all()
    assert not made.amiss.any()
    assert errors(checks.all(PROTOCOL, made.records)) == []


def test_a_patient_is_the_same_whoever_else_is_told() -> None:
    given = facts()
    everyone = records_of(PROTOCOL, SCENARIO, given, seed=5, notice="Invented.").records
    alone = records_of(PROTOCOL, SCENARIO, given.of(np.array([2])), seed=5, notice="Invented.").records

    for name, frame in alone.tables.items():
        assert frame.equals(everyone.tables[name].filter(USUBJID="T000001-003")), name


def test_a_follow_up_after_the_cut_is_refused() -> None:
    given = facts()
    late = replace(given, day_zero=given.day_zero + np.timedelta64(5))
    with pytest.raises(InputError, match="a follow-up ends after the data cut of 2024-10-01"):
        records_of(PROTOCOL, SCENARIO, late, seed=1, notice="")
