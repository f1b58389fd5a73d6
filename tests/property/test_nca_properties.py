"""What holds for every profile: scale, shift, a point on the line, more below quantification, order of the samples."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from remit.instruments import nca

QUICK = settings(max_examples=80, deadline=None)
WINDOW = nca.Window((0.0,), 28.0, 0.0)
METHODS = st.sampled_from(("linear", "linear-up-log-down"))
RULES = st.sampled_from(nca.NAMED_RULES)


@st.composite
def profiles(draw: st.DrawFn) -> list[nca.Sample]:
    hours = sorted(draw(st.sets(st.integers(0, 28 * 24), min_size=1, max_size=12)))
    values = draw(st.lists(st.one_of(st.none(), st.integers(50, 9000)), min_size=len(hours), max_size=len(hours)))
    return [
        nca.Sample(hour / 24, None if v is None else float(v), v is None, 50.0 if v is None else None)
        for hour, v in zip(hours, values)
    ]


def close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


@QUICK
@given(profiles(), METHODS, RULES, st.sampled_from((0.001, 0.5, 3.0, 1e6)))
def test_in_another_unit_amounts_scale_and_times_stay(
    samples: list[nca.Sample], method: nca.Area, rule: str, by: float
) -> None:
    rules = nca.Rules(nca.below_rule(rule), method)
    scaled = [
        replace(s, value=None if s.value is None else s.value * by, limit=None if s.limit is None else s.limit * by)
        for s in samples
    ]

    one, other = nca.kinetics(samples, WINDOW, rules), nca.kinetics(scaled, WINDOW, rules)

    for name in ("cmax", "clast", "auc_last", "auc"):
        value = getattr(one, name)
        assert close(None if value is None else value * by, getattr(other, name)), name
    assert (one.tmax, one.tlast, one.gone) == (other.tmax, other.tlast, other.gone)
    if one.terminal.adjusted is not None and one.terminal.times == other.terminal.times:
        assert close(one.terminal.half_life, other.terminal.half_life)


@QUICK
@given(profiles(), METHODS, RULES, st.integers(-50, 50))
def test_counted_from_another_day_only_the_days_shift(
    samples: list[nca.Sample], method: nca.Area, rule: str, days: int
) -> None:
    rules = nca.Rules(nca.below_rule(rule), method)
    moved = [replace(s, time=s.time + days) for s in samples]
    window = nca.Window((float(days),), 28.0 + days, 0.0)

    one, other = nca.kinetics(samples, WINDOW, rules), nca.kinetics(moved, window, rules)

    assert (one.cmax, one.clast) == (other.cmax, other.clast)
    assert close(one.auc, other.auc)
    assert close(one.auc_last, other.auc_last)
    assert close(None if one.tmax is None else one.tmax + days, other.tmax)
    assert close(None if one.tlast is None else one.tlast + days, other.tlast)


@QUICK
@given(profiles(), st.floats(0.05, 0.95), st.integers(0, 10))
def test_a_point_on_the_line_does_not_change_the_linear_area(
    samples: list[nca.Sample], part: float, place: int
) -> None:
    quantified = [s for s in samples if s.value is not None]
    assume(len(quantified) > 1)
    left, right = list(pairwise(quantified))[place % (len(quantified) - 1)]
    assert left.value is not None
    assert right.value is not None
    middle = nca.Sample(left.time + part * (right.time - left.time), left.value + part * (right.value - left.value))
    rules = nca.Rules(nca.DEFAULT_RULE, "linear")

    one = nca.kinetics(quantified, WINDOW, rules)
    other = nca.kinetics([*quantified, middle], WINDOW, rules)

    assert close(one.auc_last, other.auc_last)
    assert close(one.auc, other.auc)
    assert one.cmax == pytest.approx(other.cmax)


@QUICK
@given(profiles(), st.floats(0.05, 0.95), st.integers(0, 10))
def test_a_point_on_the_exponential_does_not_change_the_logarithmic_area(
    samples: list[nca.Sample], part: float, place: int
) -> None:
    quantified = [s for s in samples if s.value is not None]
    assume(len(quantified) > 1)
    left, right = list(pairwise(quantified))[place % (len(quantified) - 1)]
    assert left.value is not None
    assert right.value is not None
    assume(right.value < left.value)
    value = left.value * (right.value / left.value) ** part
    middle = nca.Sample(left.time + part * (right.time - left.time), value)

    one, other = nca.kinetics(quantified, WINDOW), nca.kinetics([*quantified, middle], WINDOW)

    assert close(one.auc_last, other.auc_last)


@QUICK
@given(profiles(), METHODS)
def test_the_logarithmic_area_is_never_the_larger_and_more_for_what_is_below_gives_more(
    samples: list[nca.Sample], method: nca.Area
) -> None:
    logarithmic, linear = (
        nca.kinetics(samples, WINDOW, nca.Rules(nca.DEFAULT_RULE, one)) for one in ("linear-up-log-down", "linear")
    )
    if logarithmic.auc is not None and linear.auc is not None:
        assert logarithmic.auc <= linear.auc * (1 + 1e-12)

    less, half, most = (
        nca.kinetics(samples, WINDOW, nca.Rules(nca.below_rule(rule), "linear")).auc
        for rule in ("zero-zero-zero", "half-half-half", "limit-limit-limit")
    )
    if less is not None and half is not None and most is not None:
        assert less <= half + 1e-9 <= most + 2e-9


@QUICK
@given(profiles(), st.randoms(use_true_random=False))
def test_the_order_of_the_samples_does_not_matter(samples: list[nca.Sample], shuffler: object) -> None:
    mixed = list(samples)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]

    assert nca.kinetics(mixed, WINDOW) == nca.kinetics(samples, WINDOW)


@QUICK
@given(profiles(), RULES)
def test_what_is_unknown_says_why_and_what_is_known_does_not(samples: list[nca.Sample], rule: str) -> None:
    found = nca.kinetics(samples, WINDOW, nca.Rules(nca.below_rule(rule)))

    for name in ("cmax", "tmax", "clast", "tlast", "auc_last", "auc"):
        assert (getattr(found, name) is None) == bool(found.because.get(name)), name
    assert (found.terminal.half_life is None) == bool(found.because.get("half_life"))


@QUICK
@given(profiles(), METHODS, RULES)
def test_the_area_alone_is_the_area_of_the_whole_analysis(
    samples: list[nca.Sample], method: nca.Area, rule: str
) -> None:
    rules = nca.Rules(nca.below_rule(rule), method)
    whole = nca.kinetics(samples, WINDOW, rules)

    assert nca.area_to_horizon(samples, WINDOW, rules) == (whole.auc, whole.because.get("auc", ""))
