"""Tables derived without their origin say what the traced ones say: every other column and every pooled result."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from remit import derive
from remit.analysis.many import many
from remit.derive.declared import declared_for
from remit.derive.tables import ORIGIN
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.exchange.scenario_yaml import read_scenario
from remit.protocol import Protocol
from remit.records import Records
from remit.virtual import conduct
from remit.virtual.conduct import checked, trial_of

TRIAL = Path(__file__).parents[2] / "examples" / "kn5501-sle"
Given = tuple[Protocol, Records, date]


def seed(day: str) -> Given:
    records, _ = read_records(TRIAL / "records")
    return read_protocol(TRIAL / "protocol.yaml"), records, date.fromisoformat(day)


@pytest.fixture(scope="module")
def stacked() -> Given:
    protocol, scenario = read_protocol(TRIAL / "protocol.yaml"), read_scenario(TRIAL / "scenarios" / "toxic.yaml")
    done = conduct(protocol, scenario, 3, [1, 2, 3], declared_for(protocol, None).build())
    return protocol, done.records, checked(protocol, scenario)


def assert_same(given: Given) -> None:
    traced, untraced = derive.all(*given), derive.all(*given, traced=False)

    assert set(traced) - set(untraced) == derive.READ_BY_REPORTS_ONLY
    for name, frame in untraced.items():
        assert frame.schema == traced[name].schema, name
        assert_frame_equal(frame.drop(ORIGIN, strict=False), traced[name].drop(ORIGIN, strict=False), check_exact=True)


@pytest.mark.parametrize("day", ["2023-08-28", "2024-03-15", "2024-10-01"])
def test_the_seed_trial(day: str) -> None:
    assert_same(seed(day))


def test_virtual_trials_together(stacked: Given) -> None:
    assert_same(stacked)


def test_the_long_tables_say_nothing_of_their_origin(stacked: Given) -> None:
    untraced = derive.all(*stacked, traced=False)

    for name in ("adlb", "adpp", "adeff", "adtte"):
        assert untraced[name].height > 0
        assert untraced[name]["sources"].list.len().sum() == 0, name
    for name in ("adlb", "adpp", "adeff"):
        assert untraced[name]["SENTENCE"].null_count() == untraced[name].height, name


def test_pooled_results_are_the_same(stacked: Given) -> None:
    protocol = stacked[0]
    tables = [derive.all(*stacked), derive.all(*stacked, traced=False)]
    trial = {name: trial_of(name) for name in tables[0]["adsl"]["USUBJID"].to_list()}

    traced, untraced = (many(protocol.pooled, derived, trial) for derived in tables)

    assert traced.left_out == untraced.left_out
    assert traced.table.height > 1000
    assert_frame_equal(traced.table, untraced.table, check_exact=True)
