from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from remit import virtual
from remit.derive import outcomes
from remit.derive.dose_decision import dose_decision, dose_tables
from remit.derive.stopping import stopping
from remit.errors import InputError
from remit.exchange.folder import read_records, write_records
from remit.exchange.scenario_yaml import read_scenario
from remit.records import Records, checks
from remit.records.findings import errors
from remit.records.tables import TABLES
from rooms.virtual.trials import TRIAL, design, protocol, scenario

CUT = datetime.date(2024, 10, 1)
SHAKY = scenario(
    dlt_rates=(0.15, 0.2, 0.25, 0.3),
    enrolment={"per_month": 4.0, "subjects": 24, "screen_failures": 0.3, "failed_lots": 0.1},
    visiting={"missed": 0.15, "withdrawn_per_year": 0.5, "lost_per_year": 0.3, "pga_missing": 0.1},
    events={"deaths_per_year": 0.1, "infections_per_month": 0.3},
)


def _one(trial: int, of: tuple[int, ...], truth: virtual.Scenario) -> dict[str, pl.DataFrame]:
    records = virtual.conduct(protocol(), truth, 7, of, design()).records
    mine = pl.col("USUBJID").str.starts_with(f"T{trial:06d}-")
    return {name: frame.filter(mine) for name, frame in records.tables.items()}


def test_a_trial_is_the_same_alone_and_among_others() -> None:
    alone, among = _one(5, (5,), SHAKY), _one(5, (9, 2, 5, 31), SHAKY)

    assert alone.keys() <= among.keys()
    for name, frame in alone.items():
        assert frame.equals(among[name]), name


def test_another_seed_gives_other_subjects() -> None:
    one, two = (virtual.conduct(protocol(), scenario(), seed, [1], design()).records for seed in (1, 2))

    assert not one.table("DM")["AGE"].equals(two.table("DM")["AGE"])


@pytest.mark.parametrize("truth", [scenario(), SHAKY], ids=["plain", "shaky"])
def test_virtual_records_hold_no_error(truth: virtual.Scenario) -> None:
    records = virtual.conduct(protocol(), truth, 3, range(1, 21), design()).records

    assert errors(checks.all(protocol(), records)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["likely", "optimistic", "no-effect", "toxic", "slow-accrual"])
def test_two_hundred_virtual_trials_hold_no_error(name: str) -> None:
    truth = read_scenario(TRIAL / "scenarios" / f"{name}.yaml")

    for first in range(1, 201, 50):
        records = virtual.conduct(protocol(), truth, 7, range(first, first + 50), design()).records
        assert errors(checks.all(protocol(), records)) == []


@pytest.mark.slow
def test_every_number_of_two_hundred_trials_can_be_made() -> None:
    table = virtual.Replicates(protocol(), SHAKY, 7, design()).of(range(1, 201))

    assert table.filter(pl.col("value").is_infinite() | pl.col("value").is_nan()).is_empty()
    assert table["trial"].n_unique() == 200


def test_records_written_and_read_again_are_the_same_and_clean(tmp_path: Path) -> None:
    records = virtual.run(protocol(), SHAKY, 11, design())

    write_records(records, tmp_path, "csv")
    again, findings = read_records(tmp_path)

    assert [one for one in findings if one.severity == "error"] == []
    assert again.notice == records.notice
    for name in records.tables:
        assert again.table(name).equals(records.table(name)), name


@pytest.mark.parametrize("truth", [scenario(), SHAKY], ids=["plain", "shaky"])
def test_every_decision_is_the_one_that_its_records_give_on_that_day(truth: virtual.Scenario) -> None:
    compared: Counter[str] = Counter()
    for trial in range(1, 13):
        conducted = virtual.conduct(protocol(), truth, 23, [trial], design())
        for step in conducted.steps[1:]:
            people = outcomes.treated(protocol(), dose_tables(protocol(), conducted.records, step.day))
            # whoever was infused after the decision was not there yet
            made = dose_decision(design(), people)
            if (paused := stopping(protocol(), people)) is not None:
                assert (step.action, step.reason) == ("stop", paused)
                continue
            assert not any(one.awaited for one in people), (trial, step.day)
            assert (made.action, made.decision.level, made.decision.subjects) == (
                step.action, step.level, step.subjects,
            )  # fmt: skip
            compared[step.action] += 1
    assert sum(compared.values()) > 30
    assert len(compared) >= 3


def test_nothing_is_known_after_the_cut() -> None:
    records = virtual.conduct(protocol(), SHAKY, 5, range(1, 9), design()).records

    latest = records.latest_day()

    assert latest is not None
    assert latest <= CUT


def test_screen_failures_are_there_and_never_treated() -> None:
    records = virtual.conduct(protocol(), SHAKY, 5, range(1, 21), design()).records

    failed = records.table("DM").filter(pl.col("ARMNRS") == "SCREEN FAILURE")["USUBJID"]
    assert failed.len() > 50
    assert not set(failed) & set(records.table("EX")["USUBJID"])


def test_no_more_subjects_than_the_scenario_says() -> None:
    records = virtual.conduct(protocol(), scenario(), 5, range(1, 31), design()).records

    trial = records.table("EX").filter(pl.col("EXTRT") == "KN5501").select("USUBJID").unique()
    sizes = trial.group_by(pl.col("USUBJID").str.slice(0, 7)).len()["len"]
    assert sizes.max() == 20


def test_a_toxic_truth_stops_low_and_a_harmless_one_climbs() -> None:
    toxic = virtual.conduct(protocol(), scenario(dlt_rates=(0.6, 0.7, 0.8, 0.9)), 5, range(1, 31), design())
    harmless = virtual.conduct(protocol(), scenario(dlt_rates=(0, 0, 0, 0)), 5, range(1, 31), design())

    # the chance to pass both titrated levels by luck is 0.4 × 0.3
    assert sum(sum(end.treated[2:]) > 0 for end in toxic.ends.values()) <= 12
    assert all(end.treated[3] >= 3 for end in harmless.ends.values())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"dlt_rates": (0.1, 0.2)}, "scenario › dlt_rates: has 2 values; the protocol has 4"),
        ({"dlt_rates": (0.1, 0.3, 0.2, 0.3)}, "scenario › dlt_rates: falls from 0.3 at DL2 to 0.2 at DL3; the rate of"),
        ({"cut": datetime.date(2023, 1, 1)}, "scenario › cut: 2023-01-01 is not after the first infusion"),
        ({"parameters": {"kreja": {"value": 1.0}}}, "kreja"),
        ({"parameters": {"kF": {"value": -1.0}}}, "kF"),
        ({"enrolment": {"lots": 2}}, "lots"),
        ({"enrolment": {"screen_failures": 1.0}}, "screen_failures"),
    ],
)
def test_a_scenario_that_does_not_fit_is_refused_in_one_sentence(changed: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as refused:
        virtual.run(protocol(), scenario(**changed), 1, design())

    assert said in str(refused.value)


def test_the_records_say_that_nobody_in_them_exists() -> None:
    records = virtual.run(protocol(), scenario(), 1, design())

    assert isinstance(records, Records)
    assert records.notice is not None
    assert "Nobody in it exists" in records.notice
    assert {table.name for table in TABLES} >= set(records.tables)
