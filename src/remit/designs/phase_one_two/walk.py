"""A dose-optimization design solved: every way the trial can end, equal states merged, with its number of paths.

At each level a state holds one cell: the counts of the four outcomes, or, where the design needs the margins alone,
the subjects, toxicities and responses. The probability of an end is its number of paths times a product of powers of
the true rates, so that the chain is walked once and every truth is a weighted sum. With margins alone that product
needs response and toxicity to be independent; a truth in which they are not needs the four counts, and more states.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from remit.designs import chain as counts_chain
from remit.designs.phase_one_two.chances import EffToxChances, summarized
from remit.designs.phase_one_two.design import Counts, EffToxDesign, Floats, Integers
from remit.designs.phase_one_two.truth import EffToxTruth
from remit.errors import InputError

MOST_STATES = 1_000_000
BITS = 63
BLOCK = 65_536  # states asked at once, so that their arrays stay small


class TooManyStates(InputError):
    """The exact walk would need more states than it may hold; simulate instead."""


@dataclass(frozen=True)
class Cells:
    """What can be counted at one level, numbered.

    counts     subjects, toxicities, responses, both; shape (cells, 4), the last column 0 with margins alone
    following  cell after each outcome of a cohort, -1 where the trial cannot go on; shape (cells, outcomes)
    orders     number of orders of each outcome of a cohort
    """

    counts: Integers
    following: Integers
    orders: Floats


@dataclass(frozen=True, eq=False)
class EffToxChain:
    """The ends of a design.

    planned    largest number of subjects
    margins    whether only margins were counted: then only truths with independence can be asked
    cells      the numbered cells
    ends       cell per level; shape (ends, levels)
    paths      number of ways, in order, to reach the end
    selected   recommended level from 1, 0 for none
    """

    planned: int
    margins: bool
    cells: Cells
    ends: Integers
    paths: Floats
    selected: Integers

    @property
    def states(self) -> int:
        """Number of ends, equal ones merged."""
        return len(self.paths)

    @cached_property
    def counts(self) -> Counts:
        """Counts at the ends."""
        return _counted(self.cells, self.ends)

    def probability(self, truth: EffToxTruth) -> Floats:
        """Probability of each end.

        raises    InputError: another number of levels; margins alone and a truth without independence
        """
        levels = self.ends.shape[1]
        if truth.levels != levels:
            raise InputError(f"truth: {truth.levels} levels, but the design has {levels}.")
        n, t, e, b = self.cells.counts.T
        total: Floats = np.zeros(self.states)
        for place in range(levels):
            if self.margins:
                if not truth.independent:
                    raise InputError("truth: response and toxicity depend on each other; walk with the four counts.")
                rates = np.array([truth.toxicity[place], truth.response[place]])
                powers = np.stack([t, n - t, e, n - e], axis=1)
                shares = np.array([rates[0], 1 - rates[0], rates[1], 1 - rates[1]])
            else:
                powers = np.stack([e - b, n - t - e + b, b, t - b], axis=1)
                shares = truth.cells[place]
            logs = np.where(shares > 0, np.log(np.where(shares > 0, shares, 1.0)), counts_chain.NEVER)
            total += (powers @ logs)[self.ends[:, place]]
        out: Floats = self.paths * np.exp(total)
        return out

    def under(self, truth: EffToxTruth) -> EffToxChances:
        """Operating characteristics, exact, under one truth."""
        found = summarized(self.counts, self.probability(truth), self.selected, self.planned)
        if abs(found.total - 1) > counts_chain.TOLERANCE:
            raise RuntimeError(f"This is a bug in remit, not in your design: probabilities add up to {found.total!r}.")
        return found


def walk(design: EffToxDesign, margins: bool | None = None, most_states: int = MOST_STATES) -> EffToxChain:
    """Every end of a design.

    margins       count margins alone; by default where the design's decisions need no more
    most_states   give up beyond so many states alive at once
    raises        TooManyStates; InputError for margins where the design needs the four counts
    """
    margins = design.margins_suffice if margins is None else margins
    if margins and not design.margins_suffice:
        raise InputError("margins: with these utilities the design needs the four counts.")
    cells = _cells(design.cohort, design.cohorts, margins)
    levels = design.levels
    width = (len(cells.counts) - 1).bit_length()
    low = levels.bit_length()
    if width * levels + low > BITS:
        raise TooManyStates(f"exact: {levels} levels with {design.cohorts} cohorts do not fit; simulate instead.")
    shifts = low + np.arange(levels) * width
    mask = (1 << width) - 1
    keys: Integers = np.array([design.start], dtype=np.int64)
    ways: Floats = np.ones(1)
    ends: list[tuple[Integers, Floats, Integers]] = []
    for step in range(1, design.cohorts + 1):
        level = keys & ((1 << low) - 1)
        place = shifts[level - 1]
        cell = (keys >> place) & mask
        grown = cells.following[cell] - cell[:, None]
        after = (keys[:, None] + (grown << place[:, None])).ravel()
        number = (ways[:, None] * cells.orders).ravel()
        keys, ways = _merged(after, number)
        if len(keys) > most_states:
            raise TooManyStates(f"exact: more than {most_states} states after {step} cohorts; simulate instead.")
        level = keys & ((1 << low) - 1)
        onward = np.zeros_like(level)
        if step < design.cohorts:
            for at in _blocks(len(keys)):
                onward[at] = design.moves(_counted(cells, (keys[at, None] >> shifts) & mask), level[at])
        done = onward == 0
        if done.any():
            final, total = _merged(keys[done] - level[done], ways[done])
            placed = (final[:, None] >> shifts) & mask
            chosen = [design.choices(_counted(cells, placed[at])) for at in _blocks(len(final))]
            ends.append((placed, total, np.concatenate(chosen)))
        keys, ways = _merged((keys - level + onward)[~done], ways[~done])
        if not len(keys):
            break
    placed, paths, selected = (np.concatenate(column) for column in zip(*ends, strict=True))
    return EffToxChain(design.cohort * design.cohorts, margins, cells, placed, paths, selected)


def _blocks(states: int) -> list[slice]:
    return [slice(at, at + BLOCK) for at in range(0, states, BLOCK)]


def _merged(keys: Integers, ways: Floats) -> tuple[Integers, Floats]:
    one, back = np.unique(keys, return_inverse=True)
    return one, np.bincount(back, weights=ways, minlength=len(one)).astype(np.float64)


def _counted(cells: Cells, placed: Integers) -> Counts:
    return Counts(*(cells.counts[:, column][placed] for column in range(4)))


@lru_cache(maxsize=32)
def _cells(cohort: int, cohorts: int, margins: bool) -> Cells:
    rows = [row for k in range(cohorts + 1) for row in _outcomes(cohort * k, margins)]
    known = {row: place for place, row in enumerate(rows)}
    results = _outcomes(cohort, margins)
    following = np.array(
        [[known.get(tuple(a + b for a, b in zip(row, one, strict=True)), -1) for one in results] for row in rows]
    )
    orders = np.array([_orders(one, margins) for one in results], dtype=np.float64)
    return Cells(np.array(rows, dtype=np.int64), following.astype(np.int64), orders)


def _outcomes(n: int, margins: bool) -> list[tuple[int, ...]]:
    pairs = [(t, e) for t in range(n + 1) for e in range(n + 1)]
    if margins:
        return [(n, t, e, 0) for t, e in pairs]
    return [(n, t, e, b) for t, e in pairs for b in range(max(0, t + e - n), min(t, e) + 1)]


def _orders(one: tuple[int, ...], margins: bool) -> int:
    n, t, e, b = one
    if margins:
        return math.comb(n, t) * math.comb(n, e)
    return math.comb(n, t) * math.comb(t, b) * math.comb(n - t, e - b)
