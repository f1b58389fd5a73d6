"""The uniform numbers of a trial's subjects, tied to their place: candidate j of trial k has the same six under every
design, in any number of trials, and however many of the others are drawn.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from remit.designs.calendar.scene import Floats
from remit.streams import stream

TRIALS: Final = 512
"""Trials per random stream. Part of the definition of a draw, as is CANDIDATES: another number gives other subjects."""

CANDIDATES: Final = 32
"""Candidates per random stream."""

PER_CANDIDATE: Final = 6


def draw(seed: int, block: int, chunks: int) -> Floats:
    """Numbers of the trials of a block, from 0: shape (TRIALS, chunks * CANDIDATES, 6), each in [0, 1)."""
    shape = (TRIALS, CANDIDATES, PER_CANDIDATE)
    parts = [stream(seed, "calendar", "trials", block, "candidates", chunk).random(shape) for chunk in range(chunks)]
    return parts[0] if chunks == 1 else np.concatenate(parts, axis=1)
