"""From latent activity to what is seen: disease items, serology, the physician's global, the steroid, the fever.

A patient starts with some items; an item is on while activity is above that item's own threshold. Serology is read off
the antibody and C3. Nothing is scored here: totals, states and grades come from the code that scores real patients.
No noise, no missed visit and no flare item either; those belong to the observation of a trial.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.biology.population import CHUNK
from remit.errors import InputError
from remit.streams import stream

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

PREVALENCE: Final[dict[str, float]] = {
    "proteinuria": 0.55,
    "arthritis": 0.50,
    "rash": 0.45,
    "alopecia": 0.35,
    "hematuria": 0.25,
    "mucosal_ulcers": 0.20,
    "leukopenia": 0.20,
    "pyuria": 0.12,
    "thrombocytopenia": 0.12,
    "pleurisy": 0.07,
    "urinary_casts": 0.06,
    "vasculitis": 0.06,
    "pericarditis": 0.05,
    "myositis": 0.03,
}
"""SLEDAI-2K descriptor → share of patients who have it before treatment. Assumed."""

THRESHOLD_SHAPE: Final = (6.0, 5.0)
"""Beta distribution of an item's threshold. Calibrated."""

DNA_UPPER_LIMIT_IU_ML: Final = 100.0
C3_LOWER_LIMIT_G_L: Final = 0.8

FEVER_IL6_PG_ML: Final = 43.0
"""Fever, the sign of grade 1 cytokine release, while IL-6 is above this. Calibrated to one reading a day, at the hour
of the infusion (10 % of patients); read without a gap, 21 % cross it, as IL-6 peaks ten hours after a dose."""
SEVERE_IL6_PG_ML: Final = 300.0
"""Signs of grade 2 while IL-6 is above this. Calibrated."""

_ATTEMPTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a baseline must satisfy: lowest and highest total score, lowest clinical score."""

    total_low: int = 8
    total_high: int = 26
    clinical_low: int = 4


@dataclass(frozen=True, slots=True)
class Baseline:
    """Patients before treatment.

    items          names along the last axis
    present        (patients, items)
    threshold      (patients, items): an item that is present stays on while activity is above it
    score          (patients,) sum of the weights, serology included
    global_0_3     (patients,) physician's global assessment, 1 to 3
    prednisone_mg  (patients,) mg per day, 5 to 60
    """

    items: tuple[str, ...]
    present: Flags
    threshold: Array
    score: Array
    global_0_3: Array
    prednisone_mg: Array


def baseline(
    seed: int,
    place: tuple[str | int, ...],
    first: int,
    serology_score: Array,
    weights: Mapping[str, int],
    limits: Limits | None = None,
) -> Baseline:
    """Draw the patients from `first` on, one per entry of `serology_score`; each the same in any block.

    serology_score  (patients,) points that the antibody and C3 at baseline bring
    weights         points per item, for every item of PREVALENCE
    raises          InputError when hardly anyone can satisfy `limits`
    """
    bounds = limits or Limits()
    count = len(serology_score)
    items = tuple(PREVALENCE)
    points = np.array([weights[item] for item in items], dtype=float)
    rows = np.arange(first, first + count)
    present = np.zeros((count, len(items)), dtype=bool)
    threshold = np.empty((count, len(items)))
    normal = np.empty((count, 2))
    for chunk in range(rows[0] // CHUNK, rows[-1] // CHUNK + 1):
        here = np.flatnonzero(rows // CHUNK == chunk)
        inside = rows[here] % CHUNK
        threshold[here] = stream(seed, *place, "threshold", chunk).beta(*THRESHOLD_SHAPE, (CHUNK, len(items)))[inside]
        normal[here] = stream(seed, *place, "global and prednisone", chunk).standard_normal((CHUNK, 2))[inside]
        present[here] = _redrawn(seed, (*place, "items", chunk), inside, serology_score[here], points, bounds)
    score = serology_score + present @ points
    return Baseline(
        items=items,
        present=present,
        threshold=threshold,
        score=score,
        global_0_3=np.clip(0.9 + 0.075 * score + 0.25 * normal[:, 0], 1.0, 3.0),
        prednisone_mg=np.clip(15.0 * np.exp(0.5 * normal[:, 1]), 5.0, 60.0),
    )


def serology(anti_dsdna: Array, c3: Array) -> tuple[Flags, Flags]:
    """(DNA binding raised, complement low) for anti-dsDNA in IU/mL and C3 in g/L, any equal shapes."""
    return anti_dsdna > DNA_UPPER_LIMIT_IU_ML, c3 < C3_LOWER_LIMIT_G_L


def items_on(patients: Baseline, activity: Array) -> Flags:
    """(patients, times, items) that are on, for activity (patients, times); 1 is activity at baseline."""
    return patients.present[:, None, :] & (activity[:, :, None] > patients.threshold[:, None, :])


def physician_global(patients: Baseline, activity: Array) -> Array:
    """(patients, times) physician's global on 0-3, without the noise of a visit."""
    return np.clip(patients.global_0_3[:, None] * np.maximum(activity, 0.0) ** 1.12, 0.0, 3.0)


def next_prednisone(activity: Array, dose_mg: Array, baseline_mg: Array) -> Array:
    """The daily dose after a four-weekly visit: (patients,) each.

    Activity below 0.75 halves it down to 10 mg and then gives 5; below 0.3 it gives 2.5 and then 0; above 1.1 it goes
    back to the baseline dose. Assumed. A trial reads a score instead of the latent activity.
    """
    lower = np.where(dose_mg > 10.0, np.maximum(dose_mg / 2.0, 10.0), np.minimum(dose_mg, 5.0))
    least = np.where(dose_mg > 2.5, np.where(dose_mg > 5.0, lower, 2.5), 0.0)
    tapered = np.where(activity < 0.3, least, np.where(activity < 0.75, lower, dose_mg))
    return np.where(activity > 1.1, baseline_mg, tapered)


def _redrawn(
    seed: int, place: tuple[str | int, ...], inside: NDArray[np.int64], serology_score: Array, points: Array, at: Limits
) -> Flags:
    share = np.array(list(PREVALENCE.values()))
    chosen = np.zeros((len(inside), len(share)), dtype=bool)
    waiting = np.arange(len(inside))
    for attempt in range(_ATTEMPTS):
        drawn = (stream(seed, *place, attempt).random((CHUNK, len(share))) < share)[inside[waiting]]
        clinical = drawn @ points
        total = clinical + serology_score[waiting]
        good = (total >= at.total_low) & (total <= at.total_high) & (clinical >= at.clinical_low)
        chosen[waiting[good]] = drawn[good]
        waiting = waiting[~good]
        if len(waiting) == 0:
            return chosen
    raise InputError(
        f"No patient could be drawn with a SLEDAI-2K total of {at.total_low} to {at.total_high} and a clinical score "
        f"of at least {at.clinical_low}; widen the limits."
    )
