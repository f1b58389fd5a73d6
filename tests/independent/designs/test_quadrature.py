"""CRM and BLRM posteriors against scipy's adaptive quadrature."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from remit.designs.blrm import PER_PIECE, REACH, SLOPES, WIDEST
from remit.designs.blrm_posterior import Model, posterior, rule
from remit.designs.crm import Crm
from remit.designs.crm_posterior import PRIOR_SD, bayes
from remit.designs.skeleton import Curve

GUESSES = (0.08, 0.15, 0.25, 0.40)
SEEN = [
    ((3, 3, 0, 0), (0, 1, 0, 0)),
    ((3, 6, 9, 3), (0, 1, 2, 2)),
    ((3, 0, 0, 0), (3, 0, 0, 0)),
    ((3, 3, 3, 3), (0, 0, 0, 0)),
]


def rate(model: str, guess: float, b: float) -> float:
    if model == "power":
        return guess ** math.exp(b)
    return float(expit(3 + math.exp(b) * (math.log(guess / (1 - guess)) - 3)))


@pytest.mark.parametrize("model", ["power", "logistic"])
@pytest.mark.parametrize(("treated", "dlts"), SEEN)
def test_crm_posterior_agrees_with_adaptive_quadrature(
    model: str, treated: tuple[int, ...], dlts: tuple[int, ...]
) -> None:
    def height(b: float) -> float:
        p = [rate(model, guess, b) for guess in GUESSES]
        return float(
            norm.pdf(b, scale=PRIOR_SD)
            * np.prod([q**y * (1 - q) ** (n - y) for q, n, y in zip(p, treated, dlts, strict=True)])
        )

    def moment(weight):  # type: ignore[no-untyped-def]
        pieces = [(-8, -2), (-2, 0), (0, 2), (2, 8)]
        return sum(quad(lambda b: weight(b) * height(b), a, c, epsabs=0, epsrel=1e-11)[0] for a, c in pieces)

    whole = moment(lambda b: 1)
    mean = moment(lambda b: b) / whole
    variance = moment(lambda b: (b - mean) ** 2) / whole

    found = bayes(Curve(GUESSES, model), 0.25, dlts, [n - y for n, y in zip(treated, dlts, strict=True)])

    assert found.b == pytest.approx(mean, abs=1e-6)
    assert found.variance == pytest.approx(variance, abs=1e-6)


@pytest.mark.parametrize("model", ["power", "logistic"])
@pytest.mark.parametrize(("treated", "dlts"), SEEN)
def test_the_few_nodes_of_the_design_give_the_same_mean_and_a_right_chance(
    model: str, treated: tuple[int, ...], dlts: tuple[int, ...]
) -> None:
    design = Crm(levels=4, target=0.25, skeleton=GUESSES, model=model, stop_certainty=0.9)
    _, mean, unsafe = design.judge(np.array([treated]), np.array([dlts]))[0]

    others = [n - y for n, y in zip(treated, dlts, strict=True)]
    fine = bayes(design.curve, 0.25, dlts, others)
    edge = design.curve.parameter(1, 0.25)

    def height(b: float) -> float:
        p = [rate(model, guess, b) for guess in GUESSES]
        fit = np.prod([q**y * (1 - q) ** m for q, m, y in zip(p, others, dlts, strict=True)])
        return float(norm.pdf(b, scale=PRIOR_SD) * fit)

    inside, outside = (
        sum(quad(height, a, c, epsabs=0, epsrel=1e-11)[0] for a, c in pieces)
        for pieces in ([(-8, edge - 1), (edge - 1, edge)], [(edge, edge + 1), (edge + 1, 8)])
    )
    assert mean == pytest.approx(fine.b, abs=1e-6)
    assert unsafe == pytest.approx(inside / (inside + outside), abs=1e-6)


@pytest.mark.parametrize(("treated", "dlts"), SEEN[:2])
def test_blrm_interval_chances_agree_with_adaptive_quadrature(treated: tuple[int, ...], dlts: tuple[int, ...]) -> None:
    model = Model((10.0, 20.0, 40.0, 80.0), 40.0, (-1.2, 0.3), (1.5, 0.8), -0.3)
    others = [n - y for n, y in zip(treated, dlts, strict=True)]
    logs = np.log(np.array(model.doses) / model.reference)
    spread = 1.5 * math.sqrt(1 - 0.3**2)

    def height(alpha: float, lamda: float) -> float:
        line = alpha + math.exp(lamda) * logs
        center = -1.2 - 0.3 * 1.5 * (lamda - 0.3) / 0.8
        fit = -np.array(dlts) @ np.logaddexp(0, -line) - np.array(others) @ np.logaddexp(0, line)
        return math.exp(fit) * norm.pdf(alpha, center, spread) * norm.pdf(lamda, 0.3, 0.8)

    def above(level: int | None) -> float:
        def inner(lamda: float) -> float:
            center = -1.2 - 0.3 * 1.5 * (lamda - 0.3) / 0.8
            low, high = center - 8 * spread, center + 8 * spread
            if level is not None:
                low = min(max(math.log(0.33 / 0.67) - math.exp(lamda) * logs[level], low), high)
            middle = (low + high) / 2
            parts = ((low, (low + middle) / 2), ((low + middle) / 2, middle), (middle, high))
            return sum(quad(height, a, b, args=(lamda,), epsabs=1e-13, epsrel=1e-9)[0] for a, b in parts)

        grid = np.linspace(0.3 - 7 * 0.8, 0.3 + 7 * 0.8, 45)
        return float(np.trapezoid([inner(lamda) for lamda in grid], grid))

    whole = above(None)
    expected = [above(level) / whole for level in (1, 3)]

    fine = [posterior(model, dlts, others)[2][level].over for level in (1, 3)]
    few = rule(model, SLOPES, PER_PIECE, WIDEST, REACH)
    mass = few.heights(np.array([dlts], dtype=float), np.array([others], dtype=float))[0]

    assert fine == pytest.approx(expected, abs=1e-6)
    assert (mass @ few.over)[[1, 3]] == pytest.approx(expected, abs=2e-5)
