"""Random numbers by place: every place in a simulation has its own stream, found from the seed and the
place's name alone.

A virtual subject draws the same numbers whether it is simulated first, last, alone or on another machine, so
two designs meet the same subjects and any number of workers give one answer. This is the only file that
touches `numpy.random`.

Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox, a counter-based generator).
"""

from __future__ import annotations

import hashlib
from operator import index

import numpy as np


def stream(seed: int, *place: str | int) -> np.random.Generator:
    """The generator of one place.

    seed       any integer, negative too
    place      words and numbers that name the place, from the outside in: "trial", 17, "subject", 4
    returns    a fresh generator at the start of its stream: asking twice gives the same numbers twice. The
               bits depend on nothing but seed and place; numpy keeps them for ever, but may change how
               `normal` and its kin are made of them in a later version, so the manifest names numpy's version
    raises     TypeError for a place that is neither text nor a whole number
    """
    return np.random.Generator(np.random.Philox(key=_key(seed, place)))


def _key(seed: int, place: tuple[str | int, ...]) -> int:
    # Kind and length come before each part, so ("ab", "c") and ("a", "bc"), 1 and "1", are different places.
    digest = hashlib.sha256()
    for part in (seed, *place):
        kind, text = ("t", part) if isinstance(part, str) else ("n", str(index(part)))
        content = text.encode()
        digest.update(f"{kind}{len(content)}:".encode())
        digest.update(content)
    return int.from_bytes(digest.digest()[:16], "little")
