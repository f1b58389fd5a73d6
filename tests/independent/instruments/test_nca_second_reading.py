"""Ninety drawn profiles, each against the slow reading (kinetics.py) to 1e-8."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from independent.instruments.kinetics import area, half_life, stand_ins
from remit.instruments import nca
from remit.streams import stream

PROFILES = 90
RULES = ("zero-drop-zero", "zero-drop-half", "zero-half-half", "half-half-half", "limit-limit-limit", "zero-zero-zero",
         "drop-drop-drop", "zero-drop-drop")  # fmt: skip
LIMIT = 50.0

Taken = tuple[float, float | None]


def profile(place: int) -> tuple[list[Taken], list[float]]:
    """Samples (None: below quantification) and infusions; every tenth has one, others tie, start or end below."""
    draw = stream(5, "nca profile", place)
    infusions = [[0.0], [0.0, 7.0], [0.0, 7.1, 13.9]][place % 3]
    if place % 10 == 9:
        return [(float(draw.uniform(0, 20)), float(draw.uniform(60, 5000)))], [0.0]
    samples: list[Taken] = [(-0.04, None)] if place % 4 else [(-0.5, float(draw.uniform(60, 90)))]
    for number, start in enumerate(infusions):
        end = infusions[number + 1] if number + 1 < len(infusions) else 30.0
        times = np.sort(draw.uniform(start + 0.1, end - 0.1, int(draw.integers(2, 8)))).round(3)
        peak, rate = float(draw.uniform(100, 4000)), float(draw.uniform(0.05, 0.9))
        for time in dict.fromkeys(times.tolist()):
            value = peak * math.exp(-rate * (time - start)) * float(draw.lognormal(0, 0.4))
            below = value < LIMIT or draw.uniform() < 0.12
            samples.append((time, None if below else round(value, 1 if place % 5 else -3) or None))
    if place % 2 == 0:
        samples.append((28.0, None if place % 4 else 75.0))
    return samples, infusions


def known(value: float | None) -> float:
    assert value is not None
    return value


@pytest.mark.parametrize("method", ["linear-up-log-down", "linear"])
@pytest.mark.parametrize("place", range(PROFILES))
def test_every_number_of_a_profile_agrees_with_the_slow_reading(place: int, method: nca.Area) -> None:
    samples, infusions = profile(place)
    rule = RULES[place % len(RULES)]
    given = [nca.Sample(t, v, v is None, LIMIT if v is None else None) for t, v in samples]

    found = nca.kinetics(
        given, nca.Window(tuple(infusions), 28.0, 0.0), nca.Rules(nca.below_rule(rule), method)
    )  # fmt: skip

    curve = stand_ins([(t, v, LIMIT if v is None else None) for t, v in samples], infusions, rule)
    before = [(t, v, q) for t, v, q in curve if t < 0]
    start = (0.0, before[-1][1] if before else 0.0, False)
    curve = [start, *((t, v, q) for t, v, q in curve if t >= 0)]
    seen = [(t, v) for t, v, quantified in curve if quantified]
    if not seen:
        assert (found.cmax, found.auc, found.auc_last, found.terminal.half_life) == (None, None, None, None)
        return
    assert found.cmax == max(v for _, v in seen)
    assert found.tmax == min(t for t, v in seen if v == found.cmax)
    assert (found.tlast, found.clast) == seen[-1]
    lost = [t for t, v in samples if v is None and t > seen[-1][0]]
    assert found.gone == (min(lost) if lost else None)
    logarithmic = method == "linear-up-log-down"
    assert known(found.auc_last) == pytest.approx(area(curve, 0.0, seen[-1][0], logarithmic), rel=1e-8)
    fit = half_life(curve, infusions[-1])
    assert (found.terminal.half_life is None) == (fit is None)
    if fit is not None:
        assert known(found.terminal.half_life) == pytest.approx(fit["half"], rel=1e-8)
        assert len(found.terminal.times) == fit["k"]
        assert known(found.terminal.r_squared) == pytest.approx(fit["r2"], abs=1e-8)
        assert known(found.terminal.adjusted) == pytest.approx(fit["adjusted"], abs=1e-8)
    last = curve[-1]
    reaches = last[0] >= 28.0
    held = last[0] >= infusions[-1] and (not last[2] or (28.0 - last[0] <= 1.0 and not lost))
    assert (found.auc is not None) == (reaches or held)
    if found.auc is not None:
        whole = curve if reaches else [*curve, (28.0, last[1], False)]
        assert found.auc == pytest.approx(area(whole, 0.0, 28.0, logarithmic), rel=1e-8)


def test_the_profiles_hold_the_hard_cases() -> None:
    every = [profile(place) for place in range(PROFILES)]

    assert len([1 for samples, _ in every if len(samples) == 1]) >= 5
    assert len([1 for _, infusions in every if len(infusions) > 1]) >= 50
    ties = 0
    for samples, _ in every:
        values = [v for t, v in samples if v is not None and t >= 0]
        ties += len(values) > 1 and sorted(values)[-1] == sorted(values)[-2]
    assert ties >= 3
    places = {"first": 0, "middle": 0, "last": 0}
    for samples, _ in every:
        seen = [t for t, v in samples if v is not None]
        for time in (t for t, v in samples if v is None and seen):
            places["first" if time < min(seen) else "last" if time > max(seen) else "middle"] += 1
    assert all(count >= 10 for count in places.values()), places


def test_a_falling_exponential_has_its_closed_form() -> None:
    rate, top = 0.35, 4000.0
    times = [0.0, 0.5, 1.0, 3.0, 7.0, 10.0, 14.0, 21.0, 28.0]
    samples = [nca.Sample(t, top * math.exp(-rate * t)) for t in times]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = nca.kinetics(samples, nca.Window((0.0,), 28.0), nca.Rules(nca.DEFAULT_RULE, with_peak=True))

    assert found.auc == pytest.approx(top / rate * (1 - math.exp(-rate * 28)), rel=1e-12)
    assert found.terminal.half_life == pytest.approx(math.log(2) / rate, rel=1e-12)
    assert found.terminal.adjusted == pytest.approx(1, abs=1e-12)
    assert len(found.terminal.times) == len(times)
