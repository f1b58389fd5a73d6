"""Virtual trials of a protocol in parts: single ascending doses, then multiple ones, each with its design."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

import polars as pl
import pytest

from remit import designs, virtual
from remit.derive import outcomes
from remit.derive.declared import declared_for
from remit.derive.dose_decision import dose_decision, dose_tables
from remit.errors import InputError
from remit.exchange.protocol_yaml import read_protocol
from remit.exchange.scenario_yaml import read_scenario
from remit.protocol import Protocol
from remit.records import checks
from remit.records.findings import errors
from remit.virtual.conduct import Conducted, Step
from remit.virtual.stages import barred, stages
from rooms.virtual.trials import TRIAL, design, scenario
from rooms.virtual.trials import protocol as whole

FOLDER = TRIAL.parent / "kn5501-sad-mad"
LIKELY = read_scenario(FOLDER / "scenarios" / "likely.yaml")


@lru_cache(maxsize=1)
def protocol() -> Protocol:
    return read_protocol(FOLDER / "protocol.yaml")


@lru_cache(maxsize=4)
def conducted(rates: tuple[float, ...] = LIKELY.dlt_rates) -> Conducted:
    truth = LIKELY.model_copy(update={"dlt_rates": rates})
    return virtual.conduct(protocol(), truth, 7, range(1, 13), virtual.designs_of(protocol()))


def steps(trial: int, rates: tuple[float, ...] = LIKELY.dlt_rates) -> list[Step]:
    return [one for one in conducted(rates).steps if one.trial == trial]


def test_every_decision_is_the_one_that_its_part_gives_on_that_day() -> None:
    compared: Counter[tuple[str | None, str]] = Counter()
    for trial in range(1, 13):
        mine = pl.col("USUBJID").str.starts_with(f"T{trial:06d}-")
        tables = {name: frame.filter(mine) for name, frame in conducted().records.tables.items()}
        records = replace(conducted().records, tables=tables)
        for step in steps(trial)[1:]:
            one = declared_for(protocol(), step.part)
            everyone = outcomes.treated(protocol(), dose_tables(protocol(), records, step.day))
            people = outcomes.at_levels(everyone, one.levels)
            made = dose_decision(one.build(), people)
            assert not any(person.awaited for person in people), (trial, step)
            assert (made.action, one.number(made.decision.level), made.decision.subjects, one.spoken(made.reason)) == (
                step.action, step.level, step.subjects, step.reason,
            )  # fmt: skip
            compared[step.part, step.action] += 1
    assert sum(n for (part, _), n in compared.items() if part == "mad") > 20
    assert compared["mad", "start"] >= 8


def test_the_second_part_opens_once_the_first_has_ended() -> None:
    levels = {level.level: level for level in protocol().levels}
    for trial in range(1, 13):
        told = [step.part for step in steps(trial)]
        assert told == sorted(told, reverse=True)
        ends = [step for step in steps(trial) if step.part == "sad"][-1]
        dm = conducted().records.table("DM").filter(pl.col("USUBJID").str.starts_with(f"T{trial:06d}-"))
        second = dm.filter(pl.col("ARMCD").str.starts_with("MAD"))["RFSTDTC"].sort()
        if len(second):
            assert ends.level is None
            assert second[0] > ends.day.isoformat()
    assert {levels[step.level].part for step in conducted().steps if step.level is not None} == {"sad", "mad"}


def test_each_part_has_its_own_dlt_window() -> None:
    # 14 days after the first infusion in the first part, 28 in the second
    records = conducted().records
    calls = records.table("SV").filter(pl.col("SVUPDES") == "End of the DLT window")
    arms = records.table("DM").select("USUBJID", pl.col("ARMCD").str.slice(0, 3).alias("part"))
    days = calls.join(arms, on="USUBJID").group_by("part").agg(pl.col("SVSTDY").unique())

    assert {row[0]: [int(day) for day in row[1]] for row in days.iter_rows()} == {"SAD": [15], "MAD": [29]}


def test_virtual_records_of_a_trial_in_parts_hold_no_error() -> None:
    assert errors(checks.all(protocol(), conducted().records)) == []


def test_a_part_that_finds_no_level_ends_the_trial() -> None:
    toxic = (0.9,) * 9

    assert all(end.treated[6:] == (0, 0, 0) for end in conducted(toxic).ends.values())
    assert all(end.finished for end in conducted(toxic).ends.values())
    assert all(dict(end.selected) == {"sad": None} for end in conducted(toxic).ends.values())
    assert steps(1, toxic)[-1].reason.startswith("Part 2, multiple ascending dose does not open: ")


def test_a_part_does_not_open_at_more_cells_than_the_part_before_recommends() -> None:
    first, second = stages(protocol(), virtual.designs_of(protocol()))

    assert barred(first, 5, second) is None
    assert barred(first, 6, second) is None
    assert barred(first, 4, second) == (
        "Part 2, multiple ascending dose does not open: Part 1, single ascending dose recommends SAD 4, "
        "4.5 10^9 cells, and MAD 1 gives 6."
    )


def test_a_trial_in_parts_is_the_same_alone_and_among_others() -> None:
    alone = virtual.conduct(protocol(), LIKELY, 7, [5], virtual.designs_of(protocol())).records

    for name, frame in alone.tables.items():
        mine = conducted().records.table(name).filter(pl.col("USUBJID").str.starts_with("T000005-"))
        assert frame.equals(mine), name


def test_many_trials_recommend_one_level_per_part() -> None:
    job = virtual.Replicates(protocol(), LIKELY, 7, virtual.designs_of(protocol()))
    rows = job.of(range(1, 13))
    asked = virtual.Asked(protocol(), LIKELY, 12, {}, 0.2, {})

    found = virtual.summary(asked, rows.lazy())

    by_id = {result.id: result for result in found.results}
    ends = conducted().ends.values()
    for level in protocol().levels:
        told = by_id[f"simulation/likely/recommended/{level.key}/proportion"]
        assert told.n == sum(level.level in end.selected.values() for end in ends)
    assert "trial/mad/recommended-level" in found.headlines
    how = ("recommended", "no-level", "size", "cut", "not-opened")
    assert sum(by_id[f"simulation/likely/ended/{key}/proportion"].n for key in how) == 12
    assert by_id["simulation/likely/ended/recommended/proportion"].n == sum(
        end.finished and end.selected.get("mad") is not None for end in ends
    )


def test_the_designs_given_must_be_those_of_the_parts() -> None:
    with pytest.raises(InputError, match="each part of this trial has a design of its own; give one for sad and mad"):
        virtual.run(protocol(), LIKELY, 1, designs.build("3+3", {"levels": 9}))
    with pytest.raises(InputError, match="this trial has one escalation"):
        virtual.run(whole(), scenario(), 1, {"sad": design()})


def test_the_dose_follows_the_weight_tiers_of_adults_and_children_are_refused() -> None:
    children = read_protocol(TRIAL.parent / "kn5601-paediatric" / "protocol.yaml")
    truth = scenario(dlt_rates=(0.02,), cut="2026-03-31", enrolment={"per_month": 3.0, "subjects": 6})
    with pytest.raises(InputError, match="heights, weights and course of children are missing") as refused:
        virtual.run(children, truth, 1, virtual.designs_of(children))
    assert str(refused.value).count(".") == 1

    inclusion = tuple(one for one in children.eligibility.inclusion if one.id != "age")
    adults = children.model_copy(
        update={"eligibility": children.eligibility.model_copy(update={"inclusion": inclusion})}
    )
    records = virtual.run(adults, truth, 1, virtual.designs_of(adults))
    weight = records.table("VS").filter(pl.col("VSTESTCD") == "WEIGHT").select("USUBJID", "VSSTRESN")
    given = records.table("EX").filter(pl.col("EXTRT") == "KN5601").join(weight, on="USUBJID")
    dose = children.level("tiered").dose

    assert given.height >= 30
    assert [dose.planned(kilograms) for kilograms in given["VSSTRESN"]] == given["EXDOSE"].to_list()
