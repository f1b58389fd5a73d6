"""Arithmetic that printed or recorded numbers cannot escape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, Truth, is_equal, single

CITATION: Final = Citation(
    "Brown NJL, Heathers JAJ", 2017, "Soc Psychol Personal Sci 8:363-9 (GRIM)", checked=False,
    note="The other three laws follow from the definitions of DORIS, BILAG-2004 and the damage index.",
)  # fmt: skip


def doris_total(doris: Truth, sledai: float | None) -> Answer:
    """Contradiction when a subject in DORIS remission has a total other than 0, 2 or 4 (clinical 0, serology 0-4)."""
    law = "a DORIS visit has SLEDAI 0, 2 or 4"
    possible = None if sledai is None else any(is_equal(sledai, total) for total in (0, 2, 4))
    if doris is False or possible is True:
        return Answer(False, (law,))
    if doris is None or possible is None:
        return Answer(None, ("unknown: " + law,))
    return Answer(True, (law + "; this total is not",))


def possible_integer_mean(mean: float, n: int, decimals: int) -> Answer:
    """Whether n whole numbers can have this mean, printed with so many decimals (half a last digit either way)."""
    half = 0.5 * 10.0**-decimals
    candidates = (math.floor(mean * n) / n, math.ceil(mean * n) / n)
    nearest_mean = min(candidates, key=lambda other: abs(other - mean))
    return single(
        abs(nearest_mean - mean) <= half + 1e-9, f"a mean of {n} whole numbers", f"nearest mean {nearest_mean:g}"
    )


def bilag_e_after_active(history: Sequence[str | None]) -> Answer:
    """Contradiction when E (never affected) follows A, B, C or D in one system."""
    law = "E cannot follow A-D"
    unknown_before = active_before = doubtful = False
    for letter in history:
        if letter is None:
            unknown_before = True
            doubtful = doubtful or active_before
        elif letter == "E":
            if active_before:
                return Answer(True, (law,))
            doubtful = doubtful or unknown_before
        else:
            active_before = True
    return Answer(None, ("unknown: a grade is missing",)) if doubtful else Answer(False, (law + "; it does not here",))


def damage_falls(scores: Sequence[float | None]) -> Answer:
    """Contradiction when the damage index is lower than at an earlier visit; a missing visit leaves it open."""
    highest = -math.inf
    for value in scores:
        if value is None:
            continue
        if value < highest:
            return Answer(True, ("damage cannot decrease",))
        highest = value
    if None in scores and len(scores) > 1:
        return Answer(None, ("unknown: a score is missing",))
    return Answer(False, ("damage does not decrease",))
