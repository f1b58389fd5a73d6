"""What a design says at a level for each number of subjects and DLTs there, as one word a cell.

A design that reads one level at a time has one table for every level. The decision of any other design (3+3, CRM,
BLRM) depends on the other levels too; its grid is shown level by level on the straight way up: every level below went
up without a DLT, and the current level was stayed at until the count in question was reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remit import designs
from remit.analysis.pathway import begin, outcomes
from remit.designs import Decision, Design, Outcomes
from remit.designs.decision_table import WORDS
from remit.designs.exact import OneLevelAtATime

MOST_AT_LEVEL = 9
MOST_COLUMNS = 10
MOVES = {"escalate": 1, "stay": 0, "de-escalate": -1, "eliminate": -1}
SHORT = {**WORDS, "DU": "eliminate"}


@dataclass(frozen=True)
class GridCell:
    """One count and what follows.

    level            current level, from 1; None when the table is the same at every level
    subjects, dlts   at the current level
    words            escalate, stay, de-escalate, eliminate, stop; several when the order of cohorts matters
    """

    level: int | None
    subjects: int
    dlts: int
    words: tuple[str, ...]


def cells(design: Design) -> tuple[GridCell, ...]:
    """The cells in the order of level, subjects, DLTs; for a ladder at multiples of the cohort size only.

    Empty for a design whose levels are only partly ordered.
    """
    if isinstance(design, OneLevelAtATime):
        cohort = design.course.cohort
        rows = [row for row in designs.decision_table(design) if row.subjects % cohort == 0][:MOST_COLUMNS]
        return tuple(
            GridCell(None, row.subjects, dlts, (SHORT[letter],))
            for row in rows
            for dlts, letter in enumerate(row.letters)
        )
    # Levels on a grid of doses and schedules have no straight way up.
    return () if hasattr(design, "order") else tuple(_straight_up(design))


def _straight_up(design: Design) -> Iterable[GridCell]:
    seen = begin(design)
    decision = designs.decide(design, seen)
    visited: set[int] = set()
    while decision.level is not None and decision.level not in visited:
        level = decision.level
        visited.add(level)
        yield from _at_level(design, level, seen, decision)
        # on without a DLT, until the level is left
        while decision.level == level:
            _, seen = next(iter(outcomes(design, seen, decision)))
            decision = designs.decide(design, seen)
        if decision.level is not None and decision.level < level:
            return


def _at_level(design: Design, level: int, seen: Outcomes, decision: Decision) -> Iterable[GridCell]:
    found: dict[tuple[int, int], dict[str, None]] = {}
    most = max(MOST_AT_LEVEL, 2 * decision.subjects)
    # With everybody treated the trial ends whatever was seen; such a cell would say nothing about the rule.
    planned = getattr(design, "cohort", 0) * getattr(design, "cohorts", 0) or None
    waiting = [(seen, decision)]
    known = set()
    while waiting:
        before, towards = waiting.pop(0)
        for _, after in outcomes(design, before, towards):
            n, y = after.at(level)
            if n > most or after in known or (planned is not None and after.total >= planned):
                continue
            known.add(after)
            said = designs.decide(design, after)
            word = "stop" if said.level is None else said.action
            found.setdefault((n, y), {})[word] = None
            if said.level == level:
                waiting.append((after, said))
    for (n, y), words in sorted(found.items()):
        yield GridCell(level, n, y, tuple(words))
