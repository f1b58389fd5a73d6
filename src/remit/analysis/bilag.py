"""BILAG-2004 by visit: the numeric score, and how many subjects have a system with A or with B.

Only where the protocol says how it uses the instrument and letters were recorded. A subject with a missing letter has
no score and no count; the note says how many.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from remit.analysis.activity import Course, rows_of, times
from remit.analysis.numbers import ORDER, Heading, proportion, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import Study

SCORE = Course("score", "adrs", "BILAGN", "BILAG-2004 score", "score")
TALLIES = (
    Course("any-a", "adrs", "BILAGA", "At least one system with BILAG A", "score"),
    Course("any-b", "adrs", "BILAGB", "At least one system with BILAG B", "score"),
)
SYSTEMS = tuple(float(number) for number in range(1, 10))


def bilag(study: Study) -> Iterator[Result]:
    """Score and share of subjects with an A or a B, at baseline, at each visit with letters, and last."""
    rows = rows_of(study, SCORE)
    if rows is None:
        return
    for key, words, where, part in times(study, SCORE, rows):
        about = Heading(
            f"bilag/{SCORE.key}/{key}",
            f"{SCORE.title} {words}",
            study.safety_set,
            behind=(Selection("counted", "adrs", where, ("AVAL", "value")),),
        )
        yield from spread(about, part["AVAL"].to_list(), SCORE.quantity, study.protocol.rules, ORDER)
    for course in TALLIES:
        found = rows_of(study, course)
        if found is None:
            continue
        for key, words, where, part in times(study, course, found):
            known = tuple(sorted(part["AVAL"].drop_nulls().unique().to_list()))
            missing = part.filter(pl.col("AVAL").is_null()).height
            counted = Selection("counted", "adrs", (*where, ("AVAL", SYSTEMS)))
            population = Selection("population", "adrs", (*where, ("AVAL", known)))
            about = Heading(
                f"bilag/{course.key}/{key}",
                f"{course.title} {words}",
                study.safety_set,
                behind=(counted, population),
                note=f"a letter is missing in {missing}" if missing else "",
            )
            x, n = (len(study.index.subjects("adrs", s.where)) for s in (counted, population))
            yield proportion(about, x, n, study.protocol.rules)
