"""The quick way through a design that looks at all levels at once, like CRM and BLRM.

States of one size are done together: what the design computes from the counts alone is computed once per distinct
counts, and the move from it, the current level and the latest cohort. States are packed into one 64-bit integer.
"""

from __future__ import annotations

import math
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from remit.designs import size as sizes
from remit.designs.chain import Chain

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
WIDTH = 63


@runtime_checkable
class CountRule(Protocol):
    """A design with cohorts of one size whose arithmetic can be done for many outcomes at once."""

    @property
    def levels(self) -> int:
        """Number of levels."""

    @property
    def start(self) -> int:
        """First level."""

    @property
    def cohort(self) -> int:
        """Subjects a cohort."""

    @property
    def cohorts(self) -> int:
        """Cohorts at most."""

    def judge(self, treated: Integers, dlts: Integers) -> Floats:
        """What the counts say, one row per state; counts of shape (states, levels)."""

    def moves(self, judged: Floats, treated: Integers, level: Integers, latest: tuple[Integers, Integers]) -> Integers:
        """Next level per state, 0 to stop; `latest` is the latest cohort as (treated, DLTs)."""

    def choices(self, judged: Floats, treated: Integers) -> Integers:
        """Recommended level per final state, 0 for none."""


def fits(design: CountRule) -> bool:
    """Whether a state of the design fits into one integer."""
    return _width(design) * design.levels + design.levels.bit_length() <= WIDTH


def walk(design: CountRule) -> Chain:
    """Every final state of the design without guards."""
    size, levels = design.cohort, design.levels
    width, low = _width(design), levels.bit_length()
    whole = np.array([n for k in range(design.cohorts + 1) for n in [k * size] * (k * size + 1)])
    first = np.concatenate([np.arange(k * size + 1) for k in range(design.cohorts + 1)])
    shifts = np.arange(levels) * width
    orders = np.array([math.comb(size, y) for y in range(size + 1)], dtype=np.float64)
    keys: Integers = np.array([design.start])
    ways: Floats = np.ones(1)
    ends: list[tuple[Integers, Floats, Integers]] = []
    walked = weighed = 0
    growth = sizes.counted(size * design.cohorts, getattr(design, "most_judged", sizes.MOST_JUDGED))
    for step in range(1, design.cohorts + 1):
        walked += len(keys) * (size + 1)
        sizes.outcomes(walked)
        level = keys & ((1 << low) - 1)
        place = low + (level - 1) * width
        cell = (keys >> place) & ((1 << width) - 1)
        # From n to n + size subjects the number of the pair grows by n + 1, and by one more for each DLT.
        grown = (whole[cell] + 1)[:, None] + np.arange(size + 1)
        after = ((keys - level)[:, None] + (grown << place[:, None])).ravel()
        number = (ways[:, None] * orders).ravel()
        counts, back = np.unique(after >> low, return_inverse=True)
        pairs = (counts[:, None] >> shifts) & ((1 << width) - 1)
        treated, dlts = whole[pairs], first[pairs]
        weighed += len(counts)
        growth.reached(step * size, weighed)
        judged = design.judge(treated, dlts)
        if step == design.cohorts:
            total = np.bincount(back, weights=number).astype(np.float64)
            ends.append((counts, total, design.choices(judged, treated)))
            break
        was = np.repeat(level, size + 1)
        latest = (np.full(len(after), size), np.tile(np.arange(size + 1), len(level)))
        onward = design.moves(judged[back], treated[back], was, latest)
        stopped = onward == 0
        if stopped.any():
            here = np.bincount(back[stopped], weights=number[stopped], minlength=len(counts)).astype(np.float64)
            some = here > 0
            ends.append((counts[some], here[some], design.choices(judged[some], treated[some])))
        after, onward, number = after[~stopped], onward[~stopped], number[~stopped]
        if not len(after):
            break
        keys, back = np.unique(after + onward, return_inverse=True)
        ways = np.bincount(back, weights=number).astype(np.float64)
    keys, paths, selected = (np.concatenate(columns) for columns in zip(*ends, strict=True))
    sizes.final_states(len(keys))
    pairs = (keys >> shifts[:, None]) & ((1 << width) - 1)
    treated, dlts = whole[pairs].T, first[pairs].T
    return Chain(
        planned=design.cohort * design.cohorts,
        treated=treated,
        dlts=dlts,
        paths=paths,
        cohorts=treated.sum(axis=1) / size,
        selected=selected,
    )


def _width(design: CountRule) -> int:
    return sum(k * design.cohort + 1 for k in range(design.cohorts + 1)).bit_length()
