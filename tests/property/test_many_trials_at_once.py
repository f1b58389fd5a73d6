"""Results of many trials at once are those that each trial has alone, number by number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from remit import analysis, derive
from remit.analysis.many import NOT_POOLED, many
from remit.analysis.study import Study
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.protocol import Protocol

TRIAL = Path(__file__).parents[2] / "examples" / "kn5501-sle"
Tables = Mapping[str, pl.DataFrame]


@pytest.fixture(scope="module")
def seed() -> tuple[Protocol, Tables]:
    protocol = read_protocol(TRIAL / "protocol.yaml")
    records, _ = read_records(TRIAL / "records")
    cut = protocol.last_cut()
    assert cut is not None
    return protocol, derive.all(protocol, records, cut)


def _of(derived: Tables, names: set[str]) -> Tables:
    return {name: frame.filter(pl.col("USUBJID").is_in(list(names))) for name, frame in derived.items()}


@pytest.mark.parametrize("parts", [2, 5])
def test_each_trial_of_a_heap_has_the_results_it_has_alone(parts: int, seed: tuple[Protocol, Tables]) -> None:
    protocol, derived = seed
    names = derived["adsl"]["USUBJID"].to_list()
    trial = {name: place % parts for place, name in enumerate(names)}

    together = many(protocol, derived, trial)

    compared = 0
    for number in range(parts):
        alone = analysis.all(protocol, _of(derived, {name for name in names if trial[name] == number}))
        mine = {row["id"]: row for row in together.table.filter(pl.col("trial") == number).iter_rows(named=True)}
        for result in alone:
            row = mine.get(result.id)
            if row is None:
                continue
            compared += 1
            assert row["value"] == (None if result.value is None else pytest.approx(result.value, rel=1e-12)), result.id
            assert (row["n"], row["denominator"]) == (result.n, result.denominator), result.id
    assert compared > 2500


def test_what_has_no_value_per_trial_is_named(seed: tuple[Protocol, Tables]) -> None:
    protocol, derived = seed
    names = derived["adsl"]["USUBJID"].to_list()

    found = many(protocol, derived, dict.fromkeys(names, 1))

    study = Study(protocol, derived)
    pooled = [one for one in analysis.ANALYSES if one.key not in NOT_POOLED]
    every = {result.id: result for one in pooled for result in one.make(study)}
    nameless = every.keys() - set(found.table["id"].to_list()) - set(found.left_out)
    assert all(every[id].n == 0 for id in nameless)
    assert set(found.table["id"].to_list()).isdisjoint(found.left_out)
    assert {id.partition("/")[0] for id in found.left_out} == {
        "kinetics", "exposure", "time-to", "durability", "follow-up", "efficacy", "flares",
    }  # fmt: skip


def test_the_rows_of_a_trial_do_not_depend_on_the_heap_it_lies_in(seed: tuple[Protocol, Tables]) -> None:
    protocol, derived = seed
    names = derived["adsl"]["USUBJID"].to_list()
    trial = {name: place % 5 for place, name in enumerate(names)}
    mine = {name for name in names if trial[name] == 2}

    among = many(protocol, derived, trial).table.filter(pl.col("trial") == 2)
    alone = many(protocol, _of(derived, mine), dict.fromkeys(mine, 2)).table

    assert among.sort("id").equals(alone.sort("id"))
