"""Rolling six: up to six subjects at a level at the same time, and up as soon as nothing pending can forbid it.

Each arriving subject asks anew. Two DLTs: the level is too toxic; go to the highest level below it and complete that to
six. No DLT in three or more with nothing pending, or at most one in six however the pending ones end: one level up.
Fewer than six: stay. Else wait. As in a 3+3 with descent, the level declared has six subjects and at most one DLT.

Source: Skolnik et al. 2008, J Clin Oncol 26:190. The rule is read as "act when the worst outcome of everybody pending
would still allow it", which gives the decisions of the published table as we recall it [unverified].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from remit.designs import parameters
from remit.designs.three_plus_three import SIX, ThreePlusThree
from remit.errors import InputError


@dataclass(frozen=True)
class RollingSix:
    """The design.

    levels, start   number of levels, and the first one
    cohort          always 6, the most at a level
    """

    key: ClassVar[str] = "rolling-six"

    levels: int
    start: int = 1
    cohort: int = SIX

    def __post_init__(self) -> None:
        parameters.count("levels", self.levels, 1)
        parameters.start_level(self.start, self.levels)
        if self.cohort != SIX:
            raise InputError(f"cohort: a rolling six treats up to 6 subjects at a level; got {self.cohort}.")

    @property
    def thirds(self) -> ThreePlusThree:
        """The 3+3 that declares the same level from the same counts."""
        return ThreePlusThree(self.levels, self.start)
