"""3+3, with every variant that changes the answer.

Three subjects at a level: none with a DLT, go up; one, treat three more; two or more, the level is too toxic. Of six,
one DLT is tolerated. The variants: whether the level below a too toxic one is completed to six (Korn) or simply
declared; whether the top level is declared after 0 of 3; whether 2 of 6 is tolerated ("at most one third").

Sources: Storer 1989, Biometrics 45:925; Korn et al. 1994, Stat Med 13:1799. With descent and the top confirmed it is
the design whose exact path tables Norris gives (arXiv 2012.05301).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from remit.designs import parameters
from remit.designs.decide import Decision, Guard, counted, go, stop
from remit.designs.outcomes import Outcomes
from remit.errors import InputError

THREE, SIX = 3, 6


@dataclass(frozen=True)
class ThreePlusThree:
    """The design.

    levels, start   number of levels, and the first one
    descend         after a too toxic level, complete the level below to six; False: that level is the answer as it is
    confirm_top     treat six at the top level before it is declared; False: 0 of 3 is enough
    most_of_six     DLTs of six that are tolerated: 1, or 2 where the protocol says "at most one third"
    cohort          always 3
    """

    key: ClassVar[str] = "3+3"

    levels: int
    start: int = 1
    descend: bool = True
    confirm_top: bool = True
    most_of_six: int = 1
    cohort: int = 3
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.count("levels", self.levels, 1)
        parameters.start_level(self.start, self.levels)
        parameters.count("most_of_six", self.most_of_six, 1, 2)
        if self.cohort != THREE:
            raise InputError(f"cohort: a 3+3 treats 3 subjects at a time; got {self.cohort}.")

    def shortened(self, levels: int) -> ThreePlusThree:
        """The same rule over so many levels, from the lowest one."""
        return replace(self, levels=levels, start=1)

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the counts at this one and the levels around it."""
        level, (n, y) = seen.level, seen.here
        if seen.total == 0:
            return go(seen, level, THREE, f"The trial starts at level {level}.")
        here = counted(n, y, level)
        if self.too_toxic(n, y):
            return self.down(seen, f"{here}: too toxic")
        if n < THREE:
            return go(seen, level, THREE - n, f"{here}: the first three are not complete.")
        if THREE < n < SIX:
            return go(seen, level, SIX - n, f"{here}: the six are not complete.")
        capped = level < self.levels and self.too_toxic(*seen.at(level + 1))
        if n == THREE and (y == 1 or capped or (level == self.levels and self.confirm_top)):
            why = (
                "one DLT in three asks for three more"
                if y == 1
                else f"level {level + 1} is too toxic, so this level is completed to six"
                if capped
                else "the top level is completed to six"
            )
            return go(seen, level, THREE, f"{here}: {why}.")
        if capped:
            return stop(f"{here}, and level {level + 1} is too toxic: level {level} is the maximum tolerated dose.")
        if level == self.levels:
            return stop(f"{here}, and there is no higher level: level {level} is declared.")
        return go(seen, level + 1, THREE, f"{here}: escalate to level {level + 1}.")

    def select(self, seen: Outcomes) -> int | None:
        """The maximum tolerated dose: below every too toxic level, treated, and complete where the variant says so."""
        for level in range(self.highest_tolerable(seen), 0, -1):
            n, y = seen.at(level)
            if n == 0:
                continue
            declared = level == self.levels and not self.confirm_top and n >= THREE and y == 0
            if not self.descend or declared or n >= SIX:
                return level
        return None

    def too_toxic(self, subjects: int, dlts: int) -> bool:
        """Whether a level is above what the design tolerates: 2 of 3, or more than 1 (or 2) of 6."""
        if subjects >= SIX:
            return dlts * SIX > self.most_of_six * subjects
        return dlts >= 2 if subjects <= THREE else dlts > self.most_of_six

    def highest_tolerable(self, seen: Outcomes) -> int:
        """The highest level below every too toxic one; 0 when the lowest is too toxic."""
        for level in range(1, self.levels + 1):
            if self.too_toxic(*seen.at(level)):
                return level - 1
        return self.levels

    def down(self, seen: Outcomes, why: str) -> Decision:
        """To the highest level below every too toxic one: complete it to six, or declare it."""
        below = self.highest_tolerable(seen)
        if below == 0:
            return stop(f"{why}; no level is tolerated.")
        n, y = seen.at(below)
        if not self.descend:
            if n == 0:
                return stop(f"{why}; level {below} was not treated, so no level is declared.")
            return stop(f"{why}; level {below} is the maximum tolerated dose.")
        if n >= SIX:
            return stop(f"{why}; level {below} is the maximum tolerated dose, after {counted(n, y, below)}.")
        missing = THREE - n if n < THREE else SIX - n
        return go(seen, below, missing, f"{why}; level {below} is completed to six.")
