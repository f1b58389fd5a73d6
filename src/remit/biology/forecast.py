"""When this patient's B cells come back, and when remission may be lost: bands of days given the readings so far.

The population says what patients are like, the readings so far narrow it down, and the cloud of courses that remains is
followed to a horizon. The days are those of the course itself, free of assay noise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.biology.effects import Effect, effects, scales
from remit.biology.expressions import names, parse
from remit.biology.immune_reset import IMMUNE_RESET
from remit.biology.model import Model
from remit.biology.parameters import table
from remit.biology.population import draw
from remit.biology.posterior import Cloud, posterior
from remit.biology.readings import FIT, Cohort, tiled
from remit.biology.simulated import Assay, read
from remit.biology.solver import Dose, Settings, solve
from remit.errors import InputError

Array = NDArray[np.float64]
Report = Callable[[int, int], None]

NOT_FOR_DOSING: Final = (
    "A forecast of this model is not for choosing a dose for people, nor for treating one person: the model is "
    "calibrated to one abstract of 20 patients and validated against none."
)
LEVELS: Final = (0.5, 0.8, 0.95)
_BLOCK: Final = 20

SEED_DOSES: Final[tuple[Dose, ...]] = (
    *(Dose("fludarabine", day, 25.0) for day in (-5, -4, -3)),
    *(Dose("cyclophosphamide", day, 300.0) for day in (-5, -4, -3)),
    *(Dose("car-nk", day, 6.0) for day in (0, 3, 6)),
)
"""Conditioning and three infusions of 6e9 cells, as in the seed trial."""

SEED_ASSAYS: Final = (
    Assay("car-nk", (1.0, 3.0, 4.0, 7.0, 10.0, 14.0, 21.0, 28.0), 0.4, 0.05),
    Assay("b-cells", (-5.0, 1.0, 3.0, 7.0, 14.0, 28.0, 42.0, 56.0, 70.0, 84.0, 112.0, 140.0, 168.0), 0.3, 1.0),
    Assay("anti-dsdna", (-5.0, 28.0, 56.0, 84.0, 112.0, 140.0, 168.0), 0.25, 10.0),
)
"""Readings with assumed errors and limits: 30 and 40 % for cells, 25 % for the antibody."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """The day on which a state rises to a level after having been below it.

    key    names the event
    state  a state of the model
    level  in the state's unit
    """

    key: str
    state: str
    level: float

    def days(self, grid: Array, course: Array) -> Array:
        """(…,) days for courses (…, times), between grid days by a straight line; infinite if never on the grid."""
        below = course < self.level
        been = np.logical_or.accumulate(below, axis=-1)
        up = been[..., :-1] & below[..., :-1] & ~below[..., 1:]
        place = up.argmax(axis=-1)
        before = np.take_along_axis(course, place[..., None], axis=-1)[..., 0]
        after = np.take_along_axis(course, place[..., None] + 1, axis=-1)[..., 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.clip((self.level - before) / (after - before), 0.0, 1.0)
        day = grid[place] + part * (grid[place + 1] - grid[place])
        return np.asarray(np.where(up.any(axis=-1), day, np.inf))


RETURN: Final = Crossing("b-cell-return", "B", 20.0)
LOSS: Final = Crossing("loss-of-remission", "D", 0.5)
"""Latent activity back at half of its baseline. The level is assumed: half of the disease items show above it."""


@dataclass(frozen=True)
class Band:
    """One event, all patients. Infinite means not before the horizon.

    median     (patients,) day
    low, high  (levels, patients) day, for the levels in LEVELS
    never      (patients,) probability that it does not happen before the horizon
    """

    event: Crossing
    median: Array
    low: Array
    high: Array
    never: Array


@dataclass(frozen=True)
class Forecast:
    """Bands per event, how far they reach, and what they are not for.

    as_of  the last day whose readings were used
    thin   rows of patients whose cloud holds few distinct draws, so that their bands are rough
    """

    as_of: float
    horizon: float
    bands: tuple[Band, ...]
    thin: tuple[int, ...]
    limits: tuple[str, ...]


def drivers(model: Model, states: Sequence[str]) -> tuple[str, ...]:
    """Parameters with a spread between patients that act on any of these states, in the model's order."""
    formulas = {term.name: [term.formula] for term in model.terms}
    formulas |= {switch.name: [switch.day] for switch in model.switches}
    for state in model.states:
        given = [route.factor for route in model.routes if route.state == state.name]
        formulas[state.name] = [state.rate, state.start, *given]
    found: set[str] = set()
    waiting = [model.states[model.state(name)].name for name in states]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [used for formula in formulas.get(name, []) for used in names(parse(formula))]
    return tuple(p.name for p in model.parameters if p.name in found and p.spread > 0)


def forecast(
    model: Model,
    cohort: Cohort,
    sigma: Sequence[float] | Array,
    as_of: float,
    seed: int,
    events: Sequence[Crossing] = (RETURN, LOSS),
    chosen: Sequence[Effect] = (),
    horizon: float = 730.0,
    draws: int = 400,
    place: tuple[str | int, ...] = (),
    report: Report | None = None,
) -> Forecast:
    """Bands for every patient of the cohort from what was read up to `as_of`; doses and inputs stay as planned.

    sigma    residual SD per observable of the cohort
    chosen   the population; empty means every parameter that acts on the events, as the model has it
    horizon  last day followed
    place    names the forecast, so that two with one seed draw different numbers
    raises   InputError for impossible readings or a horizon that is not after the start
    """
    if not horizon > cohort.start + 1:
        raise InputError("A forecast needs a horizon at least two days after the start.")
    wanted = tuple(chosen) or effects(model, drivers(model, [event.state for event in events]), fixed=True)
    cloud = posterior(model, cohort.until(as_of), wanted, sigma, seed, draws, place=place, report=report)
    bands = tuple(band(event, days) for event, days in zip(events, follow(model, cohort, cloud, events, horizon)))
    thin = tuple(int(row) for row in np.flatnonzero(cloud.unique < 0.3))
    return Forecast(as_of, horizon, bands, thin, (NOT_FOR_DOSING, *model.limits))


def follow(model: Model, cohort: Cohort, cloud: Cloud, events: Sequence[Crossing], horizon: float) -> list[Array]:
    """Days of each event, (draws, patients), for every draw of the cloud followed to the horizon."""
    draws = len(cloud.phi)
    columns = scales(model, cloud.effects)
    base = table(model, cohort.patients, cohort.inputs)
    base[:, columns.columns] = [effect.typical for effect in cloud.effects]
    parameters = np.tile(base, (draws, 1))
    parameters[:, columns.columns] = columns.values(cloud.phi)[0].reshape(len(parameters), -1)
    doses = tiled(cohort.doses, cohort.patients, draws)
    found = event_days(model, parameters, doses, cohort.start, events, horizon)
    return [days.reshape(draws, cohort.patients) for days in found]


def event_days(
    model: Model, parameters: Array, doses: Sequence[Dose], start: float, events: Sequence[Crossing], horizon: float
) -> list[Array]:
    """Days of each event, (rows,), in courses with these parameters (rows, parameters)."""
    grid = np.unique(np.append(np.arange(start, horizon), horizon))
    kept = tuple(dict.fromkeys(event.state for event in events))
    settings = Settings(FIT.relative_tolerance, keep=kept)
    course = solve(model, parameters, doses, grid, settings)
    return [event.days(grid, course.of(event.state)) for event in events]


def band(event: Crossing, days: Array) -> Band:
    """Quantiles over draws: (draws, patients) to bands."""
    tails = np.array([(1 - level) / 2 for level in LEVELS])
    low = np.quantile(days, tails, axis=0, method="inverted_cdf")
    high = np.quantile(days, 1 - tails, axis=0, method="inverted_cdf")
    median = np.quantile(days, 0.5, axis=0, method="inverted_cdf")
    return Band(event, median, low, high, np.isinf(days).mean(axis=0))


@dataclass(frozen=True)
class Coverage:
    """How often bands held the truth in virtual patients, whose truth is known.

    events    keys, in order
    covered   (events, levels) share of patients
    error     (events, levels) standard error of that share, were it at its level
    never, expected_never  (events,) share of patients without the event before the horizon, and what bands expected
    median_error  (events,) median distance in days of the band's median from the truth, over patients with both
    patients  how many
    """

    events: tuple[str, ...]
    covered: Array
    error: Array
    never: Array
    expected_never: Array
    median_error: Array
    patients: int
    limits: tuple[str, ...]


def coverage(
    n: int,
    seed: int,
    as_of: float = 56.0,
    model: Model = IMMUNE_RESET,
    doses: Sequence[Dose] = SEED_DOSES,
    assays: Sequence[Assay] = SEED_ASSAYS,
    events: Sequence[Crossing] = (RETURN, LOSS),
    draws: int = 400,
    horizon: float = 730.0,
    start: float = -5.0,
    report: Report | None = None,
) -> Coverage:
    """Draw n patients from the model, read them, forecast each from what was read up to `as_of`, and count.

    Right bands hold the truth as often as they say when patients are like the population; whether people are, it
    cannot say.
    """
    if n < 1:
        raise InputError("Coverage needs at least 1 patient.")
    parameters = draw(model, seed, ("coverage",), 0, n)
    everyone = read(model, parameters, doses, start, assays, seed, ("coverage",))
    sigma = [assay.residual for assay in assays]
    truth = event_days(model, parameters, doses, start, events, horizon)
    inside, distance, expected = [], [], []
    for first in range(0, n, _BLOCK):
        rows = slice(first, min(first + _BLOCK, n))
        place = ("coverage", first)
        cohort = everyone.only(rows)
        made = forecast(model, cohort, sigma, as_of, seed, events, horizon=horizon, draws=draws, place=place)
        inside.append([(b.low <= day[rows]) & (day[rows] <= b.high) for b, day in zip(made.bands, truth)])
        expected.append([b.never for b in made.bands])
        with np.errstate(invalid="ignore"):
            distance.append([np.abs(b.median - day[rows]) for b, day in zip(made.bands, truth)])
        if report is not None:
            report(rows.stop, n)
    held = np.concatenate([np.array(block_held) for block_held in inside], axis=-1)
    apart = np.concatenate([np.array(block_apart) for block_apart in distance], axis=-1)
    level = np.array(LEVELS)
    return Coverage(
        events=tuple(event.key for event in events),
        covered=held.mean(axis=-1),
        error=np.tile(np.sqrt(level * (1 - level) / n), (len(events), 1)),
        never=np.array([np.isinf(days).mean() for days in truth]),
        expected_never=np.concatenate([np.array(block) for block in expected], axis=-1).mean(axis=-1),
        median_error=np.array([_median_of_finite(row) for row in apart]),
        patients=n,
        limits=(NOT_FOR_DOSING, *model.limits),
    )


def _median_of_finite(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")
