"""The value of the next cohort, computed a second time in another way: exact fractions, and integration over rates.

Nothing here uses `remit.designs.beliefs`: the posterior is integrated on a grid of rates (or of the model's
parameters), subject by subject, and every sequence of outcomes is walked one by one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import integrate, stats

from remit.designs import Cohort, Design, Outcomes, Pending, build, decide, next_cohort, outcomes_of
from remit.designs.blrm_posterior import posterior
from remit.designs.crm import Crm

COURSES = {
    "one level": [Cohort(1, 3, 0)],
    "two levels": [Cohort(1, 3, 0), Cohort(2, 3, 1)],
    "back": [Cohort(1, 3, 0), Cohort(2, 3, 2)],
}
DESIGNS = {"3+3": {}, "boin": {"target": 0.3}, "keyboard": {"target": 0.25}, "i3+3": {"target": 0.3}}


def one_by_one(subjects: int, dlts: int, outcomes: tuple[int, ...]) -> Fraction:
    """Probability of one sequence of outcomes by Laplace's rule of succession, subject after subject."""
    share = Fraction(1)
    for toxic in outcomes:
        next_dlt = Fraction(dlts + 1, subjects + 2)
        share *= next_dlt if toxic else 1 - next_dlt
        subjects, dlts = subjects + 1, dlts + toxic
    return share


def sequences(design: Design, seen: Outcomes, level: int) -> dict[tuple[str, int | None], Fraction]:
    found: dict[tuple[str, int | None], Fraction] = defaultdict(Fraction)
    for outcomes in product((0, 1), repeat=3):
        then = decide(design, seen.after(Cohort(level, 3, sum(outcomes))))
        found[then.action, then.level] += one_by_one(*seen.at(level), outcomes)
    return found


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("key", DESIGNS)
def test_every_sequence_of_outcomes_gives_the_same_chances(key: str, course: str) -> None:
    design = build(key, {"levels": 4, **DESIGNS[key]})
    seen = outcomes_of(4, COURSES[course])
    now = decide(design, seen)

    found = next_cohort(design, seen, seen)

    for option, level in zip(found.options, (seen.level, seen.level + 1), strict=False):
        slow = sequences(design, seen, level)
        (forecast,) = option.forecasts
        assert {(c.action, c.level): c.probability for c in forecast.chances} == pytest.approx(slow, abs=1e-12)
        assert sum(slow.values()) == 1
        if option.kind == "more-here" and now.level is not None:
            another = sum(share for (_, to), share in slow.items() if to != now.level)
            assert forecast.changes == pytest.approx(another, abs=1e-12)


@pytest.mark.parametrize(("n", "y"), [(0, 0), (3, 0), (6, 1), (13, 0), (5, 5)])
def test_limits_and_expected_length_are_those_of_the_beta_distribution(n: int, y: int) -> None:
    design = build("boin", {"levels": 2, "target": 0.3})
    seen = Outcomes((n, 0), (y, 0), 1)

    found = next_cohort(design, seen, seen)

    def length(subjects: int, dlts: int) -> float:
        low, high = stats.beta(1 + dlts, 1 + subjects - dlts).ppf([0.025, 0.975])
        return float(high - low)

    rate = found.posteriors[0].rates[0]
    assert (rate.low, rate.median, rate.high) == pytest.approx(
        stats.beta(1 + y, 1 + n - y).ppf([0.025, 0.5, 0.975]), abs=1e-10
    )
    (forecast,) = found.options[0].forecasts
    chances = [stats.betabinom(3, 1 + y, 1 + n - y).pmf(k) for k in range(4)]
    after = sum(share * length(n + 3, y + k) for k, share in enumerate(chances))
    assert (forecast.width, forecast.width_after) == pytest.approx((length(n, y), after), abs=1e-9)


@pytest.mark.parametrize("shares", [(0.5,), (0.1, 0.9), (0.0, 0.4, 1.0)])
def test_open_windows_are_the_likelihood_of_a_dlt_at_any_time(shares: tuple[float, ...]) -> None:
    """Each pending subject counts as 1 - share * p, integrated over the rate."""
    design = build("boin", {"levels": 1, "target": 0.3})
    known = Outcomes((4,), (1,), 1)
    p = np.linspace(0, 1, 200_001)
    height = p * (1 - p) ** 3 * np.prod([1 - share * p for share in shares], axis=0)
    total = np.trapezoid(height, p)
    cumulative = integrate.cumulative_trapezoid(height, p, initial=0) / total

    found = next_cohort(design, known, None, [Pending(1, share) for share in shares])

    rate = found.posteriors[0].rates[0]
    assert rate.mean == pytest.approx(np.trapezoid(height * p, p) / total, abs=1e-9)
    assert (rate.low, rate.median, rate.high) == pytest.approx(np.interp([0.025, 0.5, 0.975], cumulative, p), abs=1e-5)


def test_waiting_enumerates_how_the_open_windows_can_end() -> None:
    """Two open windows, each subject's later DLT drawn given none so far: p (1 - share) / (1 - share p)."""
    design = build("3+3", {"levels": 2})
    known, shares = Outcomes((1, 0), (0, 0), 1), (0.25, 0.75)
    p = np.linspace(0, 1, 200_001)
    before = (1 - p) * np.prod([1 - share * p for share in shares], axis=0)

    def chance(turned: tuple[bool, ...]) -> float:
        each = [
            p * (1 - share) / (1 - share * p) if toxic else (1 - p) / (1 - share * p)
            for toxic, share in zip(turned, shares, strict=True)
        ]
        with np.errstate(invalid="ignore"):
            joint = before * np.prod(each, axis=0)
        return float(np.trapezoid(joint, p) / np.trapezoid(before, p))

    by_count: dict[int, float] = defaultdict(float)
    for turned in product((False, True), repeat=2):
        by_count[sum(turned)] += chance(turned)

    found = next_cohort(
        design,
        known,
        None,
        [Pending(1, share) for share in shares],
        lambda turned: decide(design, known.after(Cohort(1, 2, sum(turned)))),
        days=21,
    )

    (wait,) = found.options
    (forecast,) = wait.forecasts
    assert wait.days == 21
    assert [(c.action, c.level, c.dlts) for c in forecast.chances] == [
        ("escalate", 2, (0,)),
        ("stay", 1, (1,)),
        ("stop", None, (2,)),
    ]
    assert [c.probability for c in forecast.chances] == pytest.approx([by_count[k] for k in range(3)], abs=1e-9)


def test_a_crm_predicts_by_its_own_curve() -> None:
    design = build("crm", {"levels": 3, "target": 0.3, "skeleton": "0.1 0.3 0.5"})
    assert isinstance(design, Crm)
    seen = outcomes_of(3, [Cohort(1, 3, 0), Cohort(2, 3, 1)])

    def likelihood(b: float, more: tuple[int, int] = (0, 0)) -> float:
        p = [q ** math.exp(b) for q in (0.1, 0.3, 0.5)]
        known = (1 - p[0]) ** 3 * p[1] * (1 - p[1]) ** 2
        y, n = more
        return known * p[1] ** y * (1 - p[1]) ** (n - y) * math.exp(-b * b / (2 * 1.34))

    whole = integrate.quad(likelihood, -9, 9, epsabs=1e-14)[0]
    chances = [
        math.comb(3, y) * integrate.quad(likelihood, -9, 9, ((y, 3),), epsabs=1e-14)[0] / whole for y in range(4)
    ]

    found = next_cohort(design, seen, seen)

    own = found.options[0].forecasts[1]
    assert "CRM" in own.prior
    by_dlts = {dlts: c.probability for c in own.chances for dlts in c.dlts[:1]}
    together = {c.dlts[0]: sum(chances[y] for y in c.dlts) for c in own.chances}
    assert by_dlts == pytest.approx(together, abs=1e-8)
    below = integrate.quad(likelihood, math.log(math.log(found.posteriors[1].rates[1].low) / math.log(0.3)), 9)[0]
    assert below / whole == pytest.approx(0.025, abs=2e-4)


def test_a_blrm_has_the_quantiles_of_its_posterior() -> None:
    given: dict[str, object] = {"levels": 3, "doses": "10 20 40", "reference": 40.0, "prior_sd": "1.5 0.8"}
    design = build("blrm", given)
    seen = outcomes_of(3, [Cohort(1, 3, 0), Cohort(2, 3, 1)])

    found = next_cohort(design, seen, seen)

    _, _, summaries = posterior(design.model, (0, 1, 0), (3, 2, 0))  # type: ignore[attr-defined]
    for rate, summary in zip(found.posteriors[1].rates, summaries, strict=True):
        assert rate.mean == pytest.approx(summary.mean, abs=1e-6)
        assert (rate.low, rate.median, rate.high) == pytest.approx(
            (summary.low, summary.median, summary.high), abs=2e-3
        )
