"""Follow virtual patients of the immune-reset model to week 24 under the steroid rule: what the seed trial would see.

Infusions on days 0, 3 and 6 after three days of conditioning; every four weeks the daily prednisone follows the
activity. Nothing is scored: items, physician's global and prednisone come out; the caller decides what remission is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remit.biology import rates
from remit.biology.immune_reset import IMMUNE_RESET, steroid_factor
from remit.biology.manifestations import baseline, items_on, next_prednisone, physician_global, serology
from remit.biology.model import Model
from remit.biology.population import draw
from remit.biology.solver import Dose, Settings, resume, solve
from remit.errors import InputError

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

SEED_TRIAL_CELLS_E9: Final = (0.75, 1.5, *(3.0,) * 5, *(6.0,) * 13)
"""Cells per infusion of the seed trial's 20 patients, in 10^9, lowest level first. The levels are assumed."""

RETURN_PER_UL: Final = 20.0
_CONDITIONING: Final = tuple(
    Dose(drug, day, amount)
    for drug, amount in (("fludarabine", 25.0), ("cyclophosphamide", 300.0))
    for day in (-5, -4, -3)
)
_KEPT: Final = ("B", "X", "A", "C3", "D")
_WEEKS_4: Final = 28
_END: Final = 168


@dataclass(frozen=True)
class Rehearsed:
    """One entry per patient.

    return_day      first day from 14 on with 20 or more B cells per uL; infinite when not by week 24
    il6_daily       greatest IL-6 in pg/mL, read once a day at the hour of the infusions, to day 28
    score           SLEDAI-2K total before treatment
    items           names along the last axis of `items_on`
    items_on        (patients, items) clinical items on at week 24
    binding, low    DNA binding raised, complement low, at week 24
    global_0_3      physician's global at week 24
    prednisone_mg   daily dose at week 24
    """

    return_day: Array
    il6_daily: Array
    score: Array
    items: tuple[str, ...]
    items_on: Flags
    binding: Flags
    low: Flags
    global_0_3: Array
    prednisone_mg: Array


def rehearse(
    cells_e9: ArrayLike,
    weights: Mapping[str, int],
    seed: int,
    place: tuple[str | int, ...],
    model: Model = IMMUNE_RESET,
) -> Rehearsed:
    """Draw one patient per entry of `cells_e9` and follow them.

    cells_e9  (patients,) 10^9 cells per infusion
    weights   points of every clinical item of `manifestations.PREVALENCE`
    model     the immune-reset model, perhaps with other typical values or spreads (`effects.around`)
    raises    InputError when a patient cannot be solved
    """
    cells = np.asarray(cells_e9, dtype=float)
    parameters = draw(model, seed, place, 0, len(cells))
    # the drawn numbers are in the array; the description as published needs no second compilation
    model = IMMUNE_RESET
    start = rates.start(model, parameters)
    binding, low = serology(start[:, model.state("A")], start[:, model.state("C3")])
    patients = baseline(seed, place, 0, 2.0 * binding + 2.0 * low, weights)
    doses = [*_CONDITIONING, *(Dose("car-nk", day, cells) for day in (0, 3, 6))]

    settings = Settings(1e-5, keep=_KEPT)
    first = course = solve(model, parameters, doses, np.array([-5.0, *range(_WEEKS_4 + 1)]), settings)
    days, b_cells = [np.arange(_WEEKS_4 + 1.0)], [course.of("B")[:, 1:]]
    prednisone = patients.prednisone_mg
    for day in range(_WEEKS_4, _END, _WEEKS_4):
        prednisone = next_prednisone(course.of("D")[:, -1], prednisone, patients.prednisone_mg)
        parameters[:, model.parameter("Est")] = steroid_factor(prednisone, patients.prednisone_mg)
        course = resume(model, parameters, course, [], np.arange(day, day + _WEEKS_4 + 1.0), settings)
        days.append(course.days[0, 1:])
        b_cells.append(course.of("B")[:, 1:])
    if len(course.failed):
        raise InputError(f"{model.key}: {course.problems[0]}")
    activity = course.of("D")[:, -1:]
    prednisone = next_prednisone(activity[:, 0], prednisone, patients.prednisone_mg)
    binding, low = serology(course.of("A")[:, -1], course.of("C3")[:, -1])
    return Rehearsed(
        return_day=_return(np.concatenate(days), np.concatenate(b_cells, axis=1)),
        il6_daily=first.of("X").max(axis=1),
        score=patients.score,
        items=patients.items,
        items_on=items_on(patients, activity)[:, 0],
        binding=binding,
        low=low,
        global_0_3=physician_global(patients, activity)[:, 0],
        prednisone_mg=prednisone,
    )


def _return(days: Array, b_cells: Array) -> Array:
    late = days >= 14
    back = b_cells[:, late] >= RETURN_PER_UL
    return np.where(back.any(axis=1), days[late][back.argmax(axis=1)], np.inf)
