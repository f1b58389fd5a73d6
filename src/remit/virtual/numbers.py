"""Random numbers of virtual subjects: each subject's own, in whatever block and order it is made.

A stream belongs to a trial, a purpose and a run of subjects; a subject reads its own line of it. One stream serves many
subjects because making one costs more than the numbers it gives.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from remit.streams import stream

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

RUN: Final = 32
"""Subjects per stream. Part of the definition of a draw: another number gives other subjects."""


def normals(seed: int, trial: Whole, subject: Whole, purpose: str, shape: tuple[int, ...] = ()) -> Array:
    """(subjects, *shape) standard normal numbers."""
    return _drawn(seed, trial, subject, purpose, shape, normal=True)


def uniforms(seed: int, trial: Whole, subject: Whole, purpose: str, shape: tuple[int, ...] = ()) -> Array:
    """(subjects, *shape) numbers in [0, 1)."""
    return _drawn(seed, trial, subject, purpose, shape, normal=False)


def _drawn(seed: int, trial: Whole, subject: Whole, purpose: str, shape: tuple[int, ...], *, normal: bool) -> Array:
    if not len(trial):
        return np.empty((0, *shape))
    run, line = np.divmod(subject - 1, RUN)
    _, first, place = np.unique(trial * 1_000_000 + run, return_index=True, return_inverse=True)
    runs = [_run(seed, int(trial[one]), purpose, int(run[one]), shape, normal) for one in first]
    return np.asarray(np.stack(runs)[place, line])


@lru_cache(maxsize=4096)
def _run(seed: int, trial: int, purpose: str, run: int, shape: tuple[int, ...], normal: bool) -> Array:
    """(RUN, *shape) the numbers of one run of subjects. A trial asks again for every cohort, hence the memory."""
    source = stream(seed, "trial", trial, purpose, run)
    numbers = source.standard_normal((RUN, *shape)) if normal else source.random((RUN, *shape))
    numbers.flags.writeable = False
    return numbers
