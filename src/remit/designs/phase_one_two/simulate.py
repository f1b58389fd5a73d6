"""Many trials of a dose-optimization design drawn at once, for sizes that the exact walk cannot hold.

Subject k of trial i draws the same number whatever the design, the other trials and their number: two designs meet
the same subjects, and more trials only lengthen the list.
"""

from __future__ import annotations

import numpy as np

from remit import streams
from remit.designs import parameters
from remit.designs.phase_one_two.chances import EffToxChances, summarized
from remit.designs.phase_one_two.design import Counts, EffToxDesign, Integers
from remit.designs.phase_one_two.truth import EffToxTruth
from remit.designs.phase_one_two.walk import MOST_STATES, TooManyStates, walk
from remit.errors import InputError


def simulate(design: EffToxDesign, truth: EffToxTruth, trials: int = 10_000, seed: int = 1) -> EffToxChances:
    """Operating characteristics from drawn trials, with their Monte Carlo standard errors.

    raises    InputError: another number of levels than the design, fewer than 2 trials
    """
    if truth.levels != design.levels:
        raise InputError(f"truth: {truth.levels} levels, but the design has {design.levels}.")
    trials = parameters.count("trials", trials, 2)
    limits = np.cumsum(truth.cells, axis=1)[:, :3]
    shape = (trials, design.levels)
    counts = Counts(*(np.zeros(shape, dtype=np.int64) for _ in range(4)))
    level: Integers = np.full(trials, design.start, dtype=np.int64)
    for step in range(design.cohorts):
        alive = np.flatnonzero(level)
        if not len(alive):
            break
        at = level[alive] - 1
        for subject in range(design.cohort):
            drawn = streams.stream(seed, "phase-one-two", "subject", step * design.cohort + subject).random(trials)
            outcome = (drawn[alive][:, None] >= limits[at]).sum(axis=1)  # 0 to 3, in the order of the cells
            counts.treated[alive, at] += 1
            counts.toxic[alive, at] += outcome >= 2
            counts.responded[alive, at] += outcome % 2 == 0
            counts.both[alive, at] += outcome == 2
        if step + 1 < design.cohorts:
            level[alive] = design.moves(Counts(*(one[alive] for one in counts)), level[alive])
    chosen = design.choices(counts)
    planned = design.cohort * design.cohorts
    return summarized(counts, np.full(trials, 1 / trials), chosen, planned, trials)


def chances(
    design: EffToxDesign,
    truth: EffToxTruth,
    trials: int = 10_000,
    seed: int = 1,
    most_states: int = MOST_STATES,
) -> EffToxChances:
    """Operating characteristics: exact where the states can be held, drawn where they cannot; `basis` says which."""
    margins = design.margins_suffice and truth.independent
    try:
        return walk(design, margins, most_states).under(truth)
    except TooManyStates:
        return simulate(design, truth, trials, seed)
