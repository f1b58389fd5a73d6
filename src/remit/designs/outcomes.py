"""What a design may see: how many subjects were treated and how many had a dose-limiting toxicity (DLT), per level.

Nothing else reaches a design: no dates, no subject, no table. `derive/outcomes.py` makes these counts from records,
and a virtual trial goes through the same bridge.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remit.designs import parameters
from remit.errors import InputError


@dataclass(frozen=True, slots=True)
class Cohort:
    """Subjects treated together.

    level      level they were treated at, from 1
    treated    subjects, at least 1
    dlts       how many of them had a DLT
    """

    level: int
    treated: int
    dlts: int

    def __post_init__(self) -> None:
        parameters.count("level", self.level, 1)
        parameters.count("treated", self.treated, 1)
        parameters.count("dlts", self.dlts, 0)
        if self.dlts > self.treated:
            raise InputError(f"dlts: {self.dlts} DLTs in {self.treated} subjects; at most one per subject counts.")


@dataclass(frozen=True)
class Outcomes:
    """Counts so far. Hashable: equal outcomes are one state of the trial.

    treated, dlts   per level, lowest first; evaluable subjects only
    level           where the latest cohort was treated, from 1; with nobody treated yet, where the trial starts
    last            the latest cohort as (treated, DLTs), which coherence rules need; None when it is not known
    """

    treated: tuple[int, ...]
    dlts: tuple[int, ...]
    level: int
    last: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not self.treated or len(self.treated) != len(self.dlts):
            raise InputError(
                f"treated and dlts: must have one count per level each; got {len(self.treated)} and {len(self.dlts)}."
            )
        for place, (subjects, dlts) in enumerate(zip(self.treated, self.dlts, strict=True), start=1):
            if isinstance(subjects, int) and isinstance(dlts, int) and 0 <= dlts <= subjects:
                continue
            parameters.count(f"treated, level {place}", subjects)
            parameters.count(f"dlts, level {place}", dlts)
            raise InputError(f"dlts: level {place} has {dlts} DLTs in {subjects} subjects; at most one each counts.")
        if not 1 <= self.level <= len(self.treated):
            raise InputError(f"level: must be one of the levels 1 to {len(self.treated)}; got {self.level}.")

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.treated)

    @property
    def total(self) -> int:
        """Subjects treated at all levels together."""
        return sum(self.treated)

    @property
    def here(self) -> tuple[int, int]:
        """(treated, DLTs) at the current level."""
        return self.treated[self.level - 1], self.dlts[self.level - 1]

    def at(self, level: int) -> tuple[int, int]:
        """(treated, DLTs) at a level, from 1."""
        return self.treated[level - 1], self.dlts[level - 1]

    def after(self, cohort: Cohort) -> Outcomes:
        """The outcomes once a cohort more is known."""
        if cohort.level > self.levels:
            raise InputError(f"level: must be one of the levels 1 to {self.levels}; got {cohort.level}.")
        treated, dlts = list(self.treated), list(self.dlts)
        treated[cohort.level - 1] += cohort.treated
        dlts[cohort.level - 1] += cohort.dlts
        return Outcomes(tuple(treated), tuple(dlts), cohort.level, (cohort.treated, cohort.dlts))

    def merged(self) -> Outcomes:
        """The same counts with the latest cohort forgotten, so that equal counts are one state."""
        return Outcomes(self.treated, self.dlts, self.level)


def nobody_yet(levels: int, start: int = 1) -> Outcomes:
    """The outcomes before the first subject."""
    levels = parameters.count("levels", levels, 1)
    return Outcomes((0,) * levels, (0,) * levels, parameters.start_level(start, levels))


def outcomes_of(levels: int, cohorts: Iterable[Cohort]) -> Outcomes:
    """The outcomes of a sequence of cohorts, in the order in which they were treated."""
    seen = nobody_yet(levels)
    for cohort in cohorts:
        seen = seen.after(cohort)
    return seen
