"""What must hold for every proportion and every set of times."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.stats.intervals import INTERVALS, interval, upper_bound
from remit.stats.rounding import fixed, half_up
from remit.stats.summaries import summary
from remit.stats.survival import kaplan_meier
from remit.stats.turnbull import turnbull

COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])
INSIDE = ["clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker"]
SUBJECTS = st.lists(st.tuples(st.integers(1, 15), st.booleans()), min_size=1, max_size=25)
QUICK = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("method", list(INTERVALS))
@QUICK
@given(counts=COUNTS, level=LEVELS)
def test_counting_failures_mirrors_the_limits(method: str, counts: tuple[int, int], level: float) -> None:
    x, n = counts

    low, high = interval(method, x, n, level)
    mirrored_low, mirrored_high = interval(method, n - x, n, level)

    assert low == pytest.approx(1 - mirrored_high, abs=1e-10)
    assert high == pytest.approx(1 - mirrored_low, abs=1e-10)


@pytest.mark.parametrize("method", INSIDE)
@QUICK
@given(counts=COUNTS, level=LEVELS)
def test_limits_hold_the_estimate_and_rise_with_the_count(method: str, counts: tuple[int, int], level: float) -> None:
    x, n = counts

    low, high = interval(method, x, n, level)

    assert 0 <= low <= x / n <= high <= 1
    if x < n:
        next_low, next_high = interval(method, x + 1, n, level)
        assert low <= next_low
        assert high <= next_high


# Not agresti-coull: its center moves with the level, and for 0 of 1 its low limit really does rise.
@pytest.mark.parametrize("method", [*INSIDE, "wald"])
@QUICK
@given(counts=COUNTS)
def test_a_higher_level_is_never_narrower(method: str, counts: tuple[int, int]) -> None:
    limits = [interval(method, *counts, level) for level in (0.8, 0.9, 0.95, 0.99)]

    for (low, high), (wider_low, wider_high) in pairwise(limits):
        assert wider_low <= low + 1e-12
        assert wider_high >= high - 1e-12


@QUICK
@given(counts=COUNTS, level=LEVELS)
def test_blaker_and_mid_p_lie_inside_clopper_pearson(counts: tuple[int, int], level: float) -> None:
    low, high = interval("clopper-pearson", *counts, level)

    for method in ("blaker", "mid-p"):
        inner_low, inner_high = interval(method, *counts, level)
        assert low - 1e-12 <= inner_low
        assert inner_high <= high + 1e-12


@QUICK
@given(counts=COUNTS)
def test_a_one_sided_bound_is_below_the_two_sided_limit(counts: tuple[int, int]) -> None:
    assert upper_bound(*counts) <= interval("clopper-pearson", *counts)[1]


@QUICK
@given(subjects=SUBJECTS, band=st.sampled_from(["log-log", "log", "plain"]))
def test_a_curve_only_falls_and_lies_inside_its_band(subjects: list[tuple[int, bool]], band: str) -> None:
    times, events = zip(*subjects)

    curve = kaplan_meier(times, events, band)

    assert all(earlier >= later for earlier, later in zip((1.0, *curve.survival), curve.survival))
    assert sum(curve.events) == sum(events)
    assert sum(curve.events) + sum(curve.censored) == len(subjects) == curve.at_risk[0]
    for low, survival, high in zip(curve.low, curve.survival, curve.high):
        assert (low is None) == (high is None)
        if low is not None and high is not None:
            assert 0 <= low <= survival <= high <= 1


@QUICK
@given(subjects=SUBJECTS)
def test_the_order_of_subjects_does_not_matter(subjects: list[tuple[int, bool]]) -> None:
    assert kaplan_meier(*zip(*subjects)) == kaplan_meier(*zip(*sorted(subjects)))


@QUICK
@given(subjects=st.lists(st.integers(1, 15), min_size=1, max_size=25))
def test_without_censoring_the_curve_is_a_count(subjects: list[int]) -> None:
    curve = kaplan_meier(subjects, [1] * len(subjects))

    shares = [sum(time > step for time in subjects) / len(subjects) for step in curve.time]
    assert curve.survival == pytest.approx(shares)


@QUICK
@given(subjects=SUBJECTS)
def test_turnbull_with_exact_times_is_kaplan_meier(subjects: list[tuple[int, bool]]) -> None:
    times, events = zip(*subjects)
    curve = kaplan_meier(times, events)

    estimate = turnbull(times, [time if event else None for time, event in subjects])

    assert estimate.converged
    assert sum(estimate.mass) == pytest.approx(1)
    for time, survival in zip(curve.time, curve.survival):
        low, high = estimate.survival(time)
        assert high == pytest.approx(survival, abs=1e-5)
        if time < curve.time[-1]:
            assert low == pytest.approx(survival, abs=1e-5)


@QUICK
@given(values=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=30))
def test_a_summary_counts_every_value_and_orders_its_quartiles(values: list[float | None]) -> None:
    for rule in ("sas-5", "r-7"):
        column = summary(values, rule)

        assert column.n + column.missing == len(values)
        if column.n:
            ordered = [column.minimum, column.q1, column.median, column.q3, column.maximum]
            assert ordered == sorted(ordered)
            assert column == summary(values[::-1], rule)


@QUICK
@given(value=st.floats(-1e9, 1e9), decimals=st.integers(0, 6))
def test_rounding_twice_is_rounding_once_and_text_reads_back(value: float, decimals: int) -> None:
    once = half_up(value, decimals)

    assert half_up(once, decimals) == once
    assert float(fixed(value, decimals)) == once
    assert half_up(-value, decimals) == -once
