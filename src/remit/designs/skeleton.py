"""The prior guesses of a CRM: one-parameter curves, and skeletons from an indifference interval.

    power      p(b) = q ** exp(b)
    logistic   logit p(b) = intercept + exp(b) * x, where x = logit(q) - intercept, so that p(0) = q

Sources: O'Quigley, Pepe & Fisher 1990, Biometrics 46:33; Lee & Cheung 2009, Clin Trials 6:227 [formula recalled; the
numbers are those of the R package dfcrm 0.2.2.1]. The intercept of 3 is dfcrm's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.errors import InputError

Floats = NDArray[np.float64]
MODELS = ("power", "logistic")
INTERCEPT = 3.0


@dataclass(frozen=True)
class Curve:
    """A one-parameter dose-toxicity curve.

    skeleton    prior guess of the DLT rate per level, rising
    model       power or logistic
    intercept   of the logistic model; larger than the logit of every guess
    """

    skeleton: tuple[float, ...]
    model: str = "power"
    intercept: float = INTERCEPT

    def __post_init__(self) -> None:
        parameters.word("model", self.model, MODELS)
        parameters.number("intercept", self.intercept)
        guesses = [parameters.probability("skeleton", guess) for guess in self.skeleton]
        if not guesses or not parameters.rising(guesses):
            raise InputError("skeleton: the guesses must rise from each level to the next.")
        if self.model == "logistic" and logit(guesses[-1]) >= self.intercept:
            raise InputError(f"intercept: must be above the logit of every guess; got {self.intercept:g}.")

    @property
    def scaled(self) -> Floats:
        """log q (power) or x (logistic): negative numbers that exp(b) multiplies; shape (levels,)."""
        q = np.array(self.skeleton)
        line: Floats = np.log(q) if self.model == "power" else np.log(q / (1 - q)) - self.intercept
        return line

    def rates(self, b: Floats) -> Floats:
        """DLT rates; b of shape (...), result of shape (..., levels)."""
        p: Floats = np.exp(self.logs(b)[0])
        return p

    def logs(self, b: Floats) -> tuple[Floats, Floats]:
        """log p and log(1 - p), each of shape (..., levels), finite also where p rounds to 0 or 1."""
        stretched = np.exp(np.asarray(b))[..., None] * self.scaled
        if self.model == "power":
            return stretched, np.log(np.maximum(-np.expm1(stretched), 1e-300))
        line = self.intercept + stretched
        return -np.logaddexp(0, -line), -np.logaddexp(0, line)

    def parameter(self, level: int, rate: float) -> float:
        """The b at which a level, from 1, has this rate; minus infinity when no b gives one so high."""
        top = math.log(rate) if self.model == "power" else logit(rate) - self.intercept
        share = top / float(self.scaled[level - 1])
        return math.log(share) if share > 0 else -math.inf

    def switches(self, target: float) -> Floats:
        """The b above which level d + 1 is closer to the target than level d; shape (levels - 1,), rising.

        On a tie the lower level is the closer one.
        """
        low: Floats = np.full(len(self.skeleton) - 1, -40.0)
        high: Floats = np.full(len(self.skeleton) - 1, 40.0)
        for _ in range(80):
            middle = 0.5 * (low + high)
            p = self.rates(middle)
            at = np.arange(len(middle))
            above = p[at, at] + p[at, at + 1] > 2 * target
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        switch: Floats = 0.5 * (low + high)
        return switch


def skeleton(
    halfwidth: float, target: float, at: int, levels: int, model: str = "power", intercept: float = INTERCEPT
) -> tuple[float, ...]:
    """A skeleton by the indifference interval: CRM will end within target ± halfwidth of a level like this.

    halfwidth   half-width of the interval of rates that are as good as the target
    at          level, from 1, whose prior guess is the target
    raises      InputError: target ± halfwidth not inside (0, 1), `at` not a level
    """
    parameters.probability("target", target)
    parameters.word("model", model, MODELS)
    levels = parameters.count("levels", levels, 1)
    at = parameters.count("at", at, 1, levels)
    if not 0 < parameters.number("halfwidth", halfwidth) < min(target, 1 - target):
        raise InputError(f"halfwidth: target ± halfwidth must lie between 0 and 1; got {target:g} ± {halfwidth:g}.")
    power = model == "power"

    def line(rate: float) -> float:
        return math.log(rate) if power else logit(rate) - intercept

    low, high = line(target - halfwidth), line(target + halfwidth)
    scaled = [0.0] * levels
    scaled[at - 1] = line(target)
    for k in range(at - 1, 0, -1):
        scaled[k - 1] = low / (high / scaled[k])
    for k in range(at, levels):
        scaled[k] = high / (low / scaled[k - 1])
    return tuple(math.exp(x) if power else 1 / (1 + math.exp(-x - intercept)) for x in scaled)


def logit(rate: float) -> float:
    """log(rate / (1 - rate))."""
    return math.log(rate / (1 - rate))
