"""Many trials in few numbers: what is filled in, what is drawn, what is compared."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit import virtual
from remit.analysis.many import SCHEMA
from remit.virtual.characteristics import ended
from remit.virtual.distribution import distribution
from remit.virtual.paired import paired, signed
from remit.virtual.precision import GRID, claim
from remit.virtual.spread import Printed, against, completed, plain, said
from rooms.virtual.trials import design, protocol, scenario

LEVELS = tuple(level.key for level in protocol().levels)
Row = tuple[int, str, float | None, int, int | None]


def table(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def value(frame: pl.DataFrame, trial: int, id: str) -> float | None:
    found = frame.filter((pl.col("trial") == trial) & (pl.col("id") == id))["value"]
    assert len(found) == 1
    return found[0]


def test_blocks_of_any_size_give_the_same_completed_rows() -> None:
    job = virtual.Replicates(protocol(), scenario(), 3, design())
    whole = completed(job.of([1, 2, 3, 4]).lazy(), 4, LEVELS).collect()
    apart = completed(pl.concat([job.of([k]) for k in (1, 2, 3, 4)]).lazy(), 4, LEVELS).collect()

    assert whole.height > 10_000
    columns = ["trial", "id", "value"]
    assert whole.select(columns).sort("trial", "id").equals(apart.select(columns).sort("trial", "id"))


def test_what_a_trial_did_not_see_is_zero_only_where_it_could_have_been_seen() -> None:
    rows = [
        (1, "disposition/infused/count", 3.0, 3, None),
        (2, "disposition/infused/count", 3.0, 3, None),
        (1, "exposure/dl1/count", 3.0, 3, None),
        (2, "exposure/dl1/count", 0.0, 0, None),
        (1, "safety/rash/dl1/proportion", 1 / 3, 1, 3),
        (1, "safety/rash/proportion", 1 / 3, 1, 3),
        (1, "safety/rash/count", 1.0, 1, None),
        (1, "safety/rash/onset-day/median", 4.0, 1, None),
        (1, "efficacy/lldas/week-4/proportion", 0.0, 0, 3),
    ]
    found = completed(table(*rows).lazy(), 2, LEVELS).collect()

    assert value(found, 2, "safety/rash/count") == 0
    assert value(found, 2, "safety/rash/proportion") == 0
    assert value(found, 2, "safety/rash/dl1/proportion") is None
    assert value(found, 2, "safety/rash/onset-day/median") is None
    assert value(found, 2, "efficacy/lldas/week-4/proportion") is None


def test_a_print_without_decimals_is_met_by_what_rounds_to_it() -> None:
    rows = table(*[(k, "x/median", v, 1, None) for k, v in enumerate((4.4, 4.5, 5.4, 5.5), 1)])

    found = against(rows.lazy(), {"x/median": Printed("x/median", 5, "5", decimals=0)}).row(0, named=True)

    assert (found["at_least"], found["exactly"], found["at_most"], found["known"]) == (3, 2, 3, 4)


def test_a_printed_proportion_is_met_exactly_only_by_itself() -> None:
    rows = table(*[(k, "x/proportion", v, 1, 8) for k, v in enumerate((2 / 3, 1 - 1 / 3, 0.66, 0.67), 1)])

    found = against(rows.lazy(), {"x/proportion": Printed("x/proportion", 2 / 3, "2/3", of=3)}).row(0, named=True)

    assert (found["at_least"], found["exactly"], found["at_most"]) == (3, 2, 3)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.floats(-1e5, 1e5, allow_nan=False), min_size=1, max_size=40),
    st.sampled_from(["x/count", "x/median"]),
)
def test_every_trial_stands_in_one_bar(values: list[float], id: str) -> None:
    found = distribution(id, values, len(values))

    assert sum(bar.trials for bar in found.bars) == len(values)
    assert len(found.bars) <= 41
    for low, high in zip(found.bars, found.bars[1:], strict=False):
        assert low.high == pytest.approx(high.low)
    width = found.bars[0].high - found.bars[0].low
    assert found.bars[0].low - width * 1e-6 <= min(values)
    assert max(values) <= found.bars[-1].high + width * 1e-6


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_shares_have_a_bar_for_none_and_one_for_all(pairs: list[tuple[int, int]]) -> None:
    shares = [min(x, n) / n for x, n in pairs]
    found = distribution("x/proportion", shares, len(shares))

    assert len(found.bars) == 21
    assert sum(bar.trials for bar in found.bars) == len(shares)
    assert found.bars[0].trials == sum(share < 0.025 - 1e-9 for share in shares)
    assert found.bars[-1].trials == sum(share >= 0.975 - 1e-9 for share in shares)


def test_counts_have_a_bar_for_every_whole_number_between() -> None:
    found = distribution("x/count", [2, 5, 5], 4)

    assert [(bar.label, bar.trials) for bar in found.bars] == [("2", 1), ("3", 0), ("4", 0), ("5", 2)]
    assert (found.known, found.trials) == (3, 4)


def test_pairing_leaves_only_what_differs() -> None:
    draws = np.random.Generator(np.random.Philox(3)).normal(10, 2, 400)
    first = table(*[(k, "x/median", float(v), 1, None) for k, v in enumerate(draws, 1)])
    second = first.with_columns(value=pl.col("value") + pl.when(pl.col("trial") % 2 == 0).then(1.0).otherwise(2.0))

    (one,) = paired(first, second, ["x/median"], 400)

    assert one.difference == pytest.approx(1.5)
    # half the pairs differ by 1 and half by 2: a standard deviation of 0.5
    assert one.error == pytest.approx(0.5 * math.sqrt(400 / 399) / 20)
    assert one.correlation == pytest.approx(0.97, abs=0.01)
    # two variances of about 4 against one of a quarter
    assert one.worth == pytest.approx((draws.var() * 2 + 0.25) / 0.25, rel=0.1)
    assert (one.higher, one.equal, one.pairs) == (400, 0, 400)


def test_a_pair_counts_only_where_both_have_the_number() -> None:
    first = table((1, "x/median", 1.0, 1, None), (2, "x/median", None, 0, None), (3, "x/median", 4.0, 1, None))
    second = table((1, "x/median", 2.0, 1, None), (2, "x/median", 9.0, 1, None), (3, "x/median", None, 0, None))

    (one,) = paired(first, second, ["x/median"], 3)

    assert (one.pairs, one.difference, one.error, one.worth) == (1, 1.0, None, None)


def test_no_pair_at_all_has_no_difference() -> None:
    first = table((1, "x/median", None, 0, None))

    (one,) = paired(first, first, ["x/median"], 1)

    assert (one.pairs, one.difference, one.bars.bars) == (0, None, ())


def test_the_lower_limit_is_counted_over_all_trials() -> None:
    id = "efficacy/lldas/over-6-months/proportion"
    # Clopper-Pearson 95 %, lower limits: 6/8 0.3491, 8/8 0.6306, 0/5 0; a trial without a group has none
    rows = table((1, id, 0.75, 6, 8), (2, id, 1.0, 8, 8), (3, id, 0.0, 0, 5), (4, id, None, 0, 0))

    found = claim(protocol(), id, rows, 4, reference=0.35)

    assert (found.clear, found.trials) == (1, 4)
    assert len(found.half_widths) == 3
    assert dict(zip(GRID, found.above, strict=True)) == {
        at: 2 if at < 0.3491 else 1 if at < 0.6306 else 0 for at in GRID
    }


@pytest.mark.parametrize(
    ("stopped", "level", "infused", "how"),
    [
        (1.0, 3.0, 12, "recommended"),
        (1.0, None, 12, "no-level"),
        (0.0, None, 20, "size"),
        (0.0, 2.0, 19, "cut"),
    ],
)
def test_a_trial_ends_in_one_of_four_ways(stopped: float, level: float | None, infused: int, how: str) -> None:
    rows = table(
        (1, "trial/stopped/proportion", stopped, int(stopped), 1),
        (1, "trial/recommended-level", level, infused, None),
        (1, "trial/infused", float(infused), infused, None),
    )

    (one,) = ended(protocol(), scenario(enrolment={"per_month": 3.0, "subjects": 20}), rows)

    assert one.how == how


def test_assumptions_are_the_rates_and_what_differs() -> None:
    truth = scenario(
        enrolment={"per_month": 3.0, "subjects": 20, "first": "2023-10-02"},
        parameters={"kkill": {"value": 1e-6, "spread": 0.0}, "phi": {"value": 0.10}},
        visiting={"missed": 0.5},
    )

    found = {one.path: (one.value, one.usual) for one in virtual.assumptions(protocol(), truth)}

    assert found == {
        "dlt_rates": ("DL1 0.02, DL2 0.03, DL3 0.05, DL4 0.08", ""),
        "parameters.kkill.value": ("1e-06 1/d", "2.76 1/d"),
        "parameters.kkill.spread": ("0", "0.09"),
        "enrolment.subjects": ("20", "no limit"),
        "visiting.missed": ("0.5", "0.03"),
    }


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (5.0, "5"), (5.419, "5.42"), (1034.4, "1034"), (0.0031, "0.0031"), (-0.5, "-0.5"), (18e9, "1.8e+10")],
)
def test_numbers_are_printed_with_three_digits(number: float, text: str) -> None:
    assert plain(number) == text


def test_shares_are_printed_in_whole_percent_and_their_differences_in_points() -> None:
    assert said("x/proportion", 0.625) == "63 %"
    assert signed("x/proportion", -0.0625) == "-6.2 points"
    assert signed("x/count", 2) == "+2"
    assert signed("x/count", 0.0) == "0"
