"""The decision table of a design that reads one level at a time, row by row as it is printed in a protocol."""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs.decide import Design
from remit.designs.exact import OneLevelAtATime
from remit.errors import InputError

LETTERS = {1: "E", 0: "S", -1: "D"}
WORDS = {"E": "escalate", "S": "stay", "D": "de-escalate", "DU": "de-escalate and never return"}


@dataclass(frozen=True)
class Row:
    """One number of subjects at a level.

    subjects        n
    escalate        escalate with so many DLTs or fewer; None for never
    de_escalate     de-escalate with so many or more; None for never
    eliminate       close the level with so many or more; None for never
    letters         E, S, D or DU for 0, 1, … n DLTs
    """

    subjects: int
    escalate: int | None
    de_escalate: int | None
    eliminate: int | None
    letters: tuple[str, ...]


def decision_table(design: Design, most: int | None = None) -> tuple[Row, ...]:
    """Rows for 1, 2, … subjects at a level.

    most      last row; None: all the subjects of the trial
    raises    InputError for a design whose decision depends on more than one level
    """
    if not isinstance(design, OneLevelAtATime):
        raise InputError(f"{design.key}: has no decision table; its decision depends on more than the current level.")
    table = design.ladder
    last = table.most if most is None else min(most, table.most)
    return tuple(
        Row(
            n,
            table.escalate_at_most(n),
            table.de_escalate_at_least(n),
            table.eliminate_at_least(n),
            tuple("DU" if table.eliminated[n][y] else LETTERS[table.move[n][y]] for y in range(n + 1)),
        )
        for n in range(1, last + 1)
    )
