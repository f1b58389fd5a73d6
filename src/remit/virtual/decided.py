"""Dose decisions remembered: courses that are alike in all that a design may look at are decided once.

A decision is made from the remembered course itself, so that nothing else can reach it.
"""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import cast

from remit import designs
from remit.derive.dose_decision import DoseDecision, dose_decision
from remit.derive.outcomes import Treated

Seen = tuple[int, bool, bool]
"""One subject as a design sees them: level, a DLT, and a lesser event that ends a titration."""


def decided(design: designs.Design, people: Sequence[Treated]) -> DoseDecision:
    """What the design says, as `dose_decision` does.

    people   nobody of them awaited, in the order of their first infusion, at levels as the design numbers them
    """
    grade = getattr(design, "trigger_grade", 2)
    return _decided(cast(Hashable, design), grade, tuple(
        (one.level, one.dlt is True, one.ungraded or (one.worst or 0) >= grade)
        for one in people
        if one.level is not None and (one.counts or one.dlt)
    ))  # fmt: skip


@lru_cache(maxsize=32_768)
def _decided(design: Hashable, grade: int, course: tuple[Seen, ...]) -> DoseDecision:
    day = datetime.date.min
    return dose_decision(
        cast(designs.Design, design),
        [
            Treated(
                "", day, level, counts=True, dlt=dlt, worst=grade if event else None, ungraded=False, why="", sources=()
            )
            for level, dlt, event in course
        ],
    )
