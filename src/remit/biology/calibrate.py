"""Move a scenario's typical values until its virtual trials look like a published one, and say how alike they look.

A published trial is one draw, so a target counts in units of its spread between replicate virtual trials, and knobs
that the targets do not determine stay near where they began. The same random numbers in every try make the simulation a
smooth function of the knobs, so that plain Gauss-Newton steps work. A target may be left out and predicted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]
Report = Callable[[int, int], None]
Simulate = Callable[[Mapping[str, float]], Array]

_STEP: Final = 0.1
_CLOSE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Target:
    """One published aggregate. Where `used` is false, it is left out of the calibration and predicted."""

    name: str
    value: float
    used: bool = True


@dataclass(frozen=True, slots=True)
class Knob:
    """One number that may be moved on the logarithmic scale, or the logit scale for a `share` between 0 and 1.

    pull  standard deviation, on that scale, of where it may reasonably lie around `start`
    """

    name: str
    start: float
    pull: float = 0.5
    share: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """A summary over replicate virtual trials."""

    mean: float
    sd: float
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One target before and after, 90 % of replicate trials between `low` and `high`.

    rank       share of replicate trials below the target, ties counted half; near 0 or 1 the scenario is unlike it
    predicted  after, with the knobs' uncertainty added
    """

    name: str
    target: float
    used: bool
    before: Spread
    after: Spread
    predicted: Spread
    rank: float

    @property
    def within(self) -> bool:
        """Whether the target lies in the middle 90 % of replicate trials."""
        return self.after.low <= self.target <= self.after.high


@dataclass(frozen=True)
class Calibration:
    """A calibrated scenario.

    values      knob → calibrated number
    simulations  how often the simulation ran
    scale_sd    knob → standard deviation on its scale that one such trial leaves; equal to `pull` where it says nothing
    rows        one per target
    misfit      sum of squared distances in replicate spreads and pulls: before, after each accepted step
    """

    values: Mapping[str, float]
    scale_sd: Mapping[str, float]
    rows: tuple[Row, ...]
    misfit: tuple[float, ...]
    simulations: int


def calibrate(
    targets: Sequence[Target],
    simulate: Simulate,
    knobs: Sequence[Knob],
    seed: int,
    rounds: int = 8,
    draws: int = 6,
    report: Report | None = None,
) -> Calibration:
    """Find the knobs that bring the mean over replicate trials to the targets.

    simulate  knob values by name to (replicates, targets); must use the same random numbers at every call
    rounds    Gauss-Newton steps at most
    draws     of the knobs from their uncertainty, for `predicted`
    raises    InputError for a target that no spread can weigh, a simulation of another shape or not finite
    """
    _check(targets, knobs)
    bench = _Bench(targets, knobs, simulate)
    total = 1 + rounds * (len(knobs) + 1) + draws
    start = np.array([_scale(knob, knob.start) for knob in knobs])
    pull = np.array([knob.pull for knob in knobs])
    at, made = start, bench.run(start)
    before = made
    weigh = bench.weight(made)
    slopes = np.zeros((len(targets), len(knobs)))
    path = [bench.misfit(made, weigh, at, start, pull)]
    for _ in range(rounds):
        here = made.mean(axis=0)
        for k in range(len(knobs)):
            moved = at.copy()
            moved[k] += _STEP
            slopes[:, k] = (bench.run(moved).mean(axis=0) - here) / _STEP
            if report is not None:
                report(min(bench.runs, total), total)
        matrix, right = _normal_equations(slopes, here, bench, weigh, at - start, pull)
        step = np.linalg.solve(matrix, right)
        accepted = False
        # a step too long for the slopes is halved; three halvings that do not help mean that the end is reached
        for _ in range(4):
            tried = bench.run(at + step)
            misfit = bench.misfit(tried, weigh, at + step, start, pull)
            if misfit < path[-1]:
                at, made, accepted = at + step, tried, True
                path.append(misfit)
                break
            step = step / 2.0
        if not accepted or np.abs(step / pull).max() < _CLOSE:
            break
    matrix, _ = _normal_equations(slopes, made.mean(axis=0), bench, weigh, at - start, pull)
    covariance = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    predicted = _predicted(bench, at, covariance, draws, seed, made)
    if report is not None:
        report(total, total)
    return Calibration(
        values={knob.name: _value(knob, float(x)) for knob, x in zip(knobs, at, strict=True)},
        scale_sd={knob.name: float(s) for knob, s in zip(knobs, np.sqrt(np.diag(covariance)), strict=True)},
        rows=tuple(
            Row(
                target.name,
                target.value,
                target.used,
                _spread(before[:, k]),
                _spread(made[:, k]),
                _spread(predicted[:, k]),
                float((made[:, k] < target.value).mean() + 0.5 * (made[:, k] == target.value).mean()),
            )
            for k, target in enumerate(targets)
        ),
        misfit=tuple(path),
        simulations=bench.runs,
    )


class _Bench:
    """The simulation with its targets and knobs; counts how often it ran."""

    def __init__(self, targets: Sequence[Target], knobs: Sequence[Knob], simulate: Simulate) -> None:
        self.targets, self.knobs, self.simulate = targets, knobs, simulate
        self.wanted = np.array([target.value for target in targets])
        self.used = np.array([target.used for target in targets])
        self.runs = 0

    def run(self, at: Array) -> Array:
        self.runs += 1
        values = {knob.name: _value(knob, float(x)) for knob, x in zip(self.knobs, at, strict=True)}
        made = np.asarray(self.simulate(values), dtype=float)
        if made.ndim != 2 or made.shape[1] != len(self.targets) or len(made) < 20:
            raise InputError(
                f"The simulation must give 20 or more replicate trials in rows, {len(self.targets)} targets in columns."
            )
        for k, target in enumerate(self.targets):
            if not np.isfinite(made[:, k]).all():
                raise InputError(f'Target "{target.name}" is not a finite number in every replicate trial.')
        return made

    def weight(self, made: Array) -> Array:
        spread = made.std(axis=0)
        for k, target in enumerate(self.targets):
            if target.used and spread[k] == 0:
                raise InputError(f'Target "{target.name}" is the same in every replicate trial; nothing weighs it.')
        return np.where(self.used, 1.0 / np.where(spread > 0, spread, 1.0), 0.0)

    def misfit(self, made: Array, weigh: Array, at: Array, start: Array, pull: Array) -> float:
        apart = (made.mean(axis=0) - self.wanted) * weigh
        return float((apart**2).sum() + (((at - start) / pull) ** 2).sum())


def _normal_equations(
    slopes: Array, here: Array, bench: _Bench, weigh: Array, moved: Array, pull: Array
) -> tuple[Array, Array]:
    scaled = slopes * weigh[:, None]
    matrix = scaled.T @ scaled + np.diag(1.0 / pull**2)
    right = scaled.T @ ((bench.wanted - here) * weigh) - moved / pull**2
    return matrix, right


def _predicted(bench: _Bench, at: Array, covariance: Array, draws: int, seed: int, made: Array) -> Array:
    root = np.linalg.cholesky(covariance)
    normal = stream(seed, "calibrate", "predict").standard_normal((draws, len(at)))
    again = [bench.run(at + root @ row) for row in normal]
    return np.concatenate(again) if again else made


def _spread(values: Array) -> Spread:
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
    return Spread(float(values.mean()), float(values.std()), float(low), float(median), float(high))


def _scale(knob: Knob, value: float) -> float:
    return float(np.log(value / (1.0 - value)) if knob.share else np.log(value))


def _value(knob: Knob, scale: float) -> float:
    return float(1.0 / (1.0 + np.exp(-scale)) if knob.share else np.exp(scale))


def _check(targets: Sequence[Target], knobs: Sequence[Knob]) -> None:
    if not any(target.used for target in targets) or not knobs:
        raise InputError("A calibration needs at least one target that is used and one knob.")
    for names in ([target.name for target in targets], [knob.name for knob in knobs]):
        for name in names:
            if names.count(name) > 1:
                raise InputError(f'"{name}" stands twice; every target and every knob has its own name.')
    for knob in knobs:
        if not (0 < knob.start < (1.0 if knob.share else np.inf) and knob.pull > 0):
            raise InputError(f'Knob "{knob.name}" needs a start in its range and a pull above 0.')
