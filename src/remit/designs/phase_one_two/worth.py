"""How desirable levels are, and which are closed, for many states at once: the arithmetic under the designs.

With `Tradeoff` as what is wanted. The total utility of a level, from 0 (all toxicity alone) to its subjects (all
response alone), counts as that many successes of a beta posterior.

Source: Lin et al. 2020, JCO Precis Oncol 4:1393.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from remit.designs.boin12 import Tradeoff
from remit.designs.phase_one_two.design import Booleans, Counts, Floats, Integers
from remit.designs.posterior import exceeds

DIGITS = 12  # desirabilities that agree so far share a rank in the table


def margins_suffice(tradeoff: Tradeoff) -> bool:
    """Whether counts of responses and of toxicities tell the total utility: u1 + u4 = u2 + u3."""
    u1, u2, u3, u4 = tradeoff.utilities
    return abs(u1 + u4 - u2 - u3) <= 1e-9


def worth(tradeoff: Tradeoff, counts: Counts) -> Floats:
    """Total utility as a number of successes, between 0 and the subjects; shape (states, levels)."""
    u1, u2, u3, u4 = tradeoff.utilities
    n, t, e = counts.treated, counts.toxic, counts.responded
    total = (u2 - u4) * n + (u1 - u2) * e - (u2 - u4) * t
    if not margins_suffice(tradeoff):
        total = total + (u3 + u2 - u1 - u4) * counts.both
    out: Floats = total / (u1 - u4)
    return out


def desirability(tradeoff: Tradeoff, counts: Counts) -> Floats:
    """Quasi-posterior probability that a level's mean utility exceeds the benchmark; shape (states, levels).

    Rounded so that what shares a rank in the rank table is equal here.
    """
    from scipy.special import betaincc

    successes = np.round(worth(tradeoff, counts), 9)
    # Thousands of states hold few distinct levels: the special function is asked once for each.
    pairs, back = np.unique(counts.treated + 1j * successes, return_inverse=True)
    n, x = pairs.real, pairs.imag
    share = np.round(betaincc(tradeoff.alpha + x, tradeoff.beta + n - x, tradeoff.benchmark), DIGITS)
    out: Floats = share[back].reshape(successes.shape)
    return out


def mean_utility(tradeoff: Tradeoff, counts: Counts) -> Floats:
    """Posterior mean utility on the scale of the utilities; shape (states, levels)."""
    u1, _, _, u4 = tradeoff.utilities
    share = (tradeoff.alpha + worth(tradeoff, counts)) / (tradeoff.alpha + tradeoff.beta + counts.treated)
    out: Floats = np.round(u4 + (u1 - u4) * share, 9)
    return out


def too_toxic(tradeoff: Tradeoff, counts: Counts) -> Booleans:
    """Levels closed for toxicity: their own, or that of a level below; shape (states, levels)."""
    table = closed_tables(tradeoff, int(counts.treated.max(initial=0)))[0]
    out: Booleans = np.logical_or.accumulate(table[counts.treated, counts.toxic], axis=1)
    return out


def futile(tradeoff: Tradeoff, counts: Counts) -> Booleans:
    """Levels closed for too few responses; shape (states, levels)."""
    table = closed_tables(tradeoff, int(counts.treated.max(initial=0)))[1]
    out: Booleans = table[counts.treated, counts.responded]
    return out


def first_best(value: Floats, allowed: Booleans, upper: bool = False) -> Integers:
    """The allowed level with the largest value, from 1, 0 for none; of equals the lowest, or the highest (`upper`)."""
    held = np.where(allowed, value, -np.inf)
    if upper:
        place = held.shape[1] - np.argmax(held[:, ::-1], axis=1)
    else:
        place = 1 + np.argmax(held, axis=1)
    out: Integers = np.where(allowed.any(axis=1), place, 0)
    return out


@lru_cache(maxsize=128)
def closed_tables(tradeoff: Tradeoff, most: int) -> tuple[Booleans, Booleans]:
    """Closed for toxicity, and for too few responses, by subjects and events; each of shape (most + 1, most + 1)."""
    toxic = np.zeros((most + 1, most + 1), dtype=bool)
    poor = np.zeros((most + 1, most + 1), dtype=bool)
    for n in range(most + 1):
        for y in range(n + 1):
            over = exceeds(y, n, tradeoff.toxicity, tradeoff.alpha, tradeoff.beta)
            toxic[n, y] = over >= tradeoff.certain_toxic
            reached = exceeds(y, n, tradeoff.response, tradeoff.alpha, tradeoff.beta)
            poor[n, y] = 1 - reached >= tradeoff.certain_futile
    return toxic, poor
