"""Titration, then 3+3, then expansion: one subject a level while nothing happens, threes afterwards, and a group more
at the level that is declared.

Titration ends at the first DLT, at the `trigger_count`-th lesser event of `trigger_grade` or more, or above
`titration_through_level`; the level where an event ended it is filled to three. Whether the expansion is part of the
exact chain or of conduct differs: the chain expands the declared level only, a replay also accepts subjects added
meanwhile at any level that the 3+3 has cleared.

Source: Simon et al. 1997, JNCI 89:1138 [page recalled, unverified] for the titration; the composite is how cell-therapy
protocols write it, and its parameters are all visible here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from remit.designs import parameters
from remit.designs.decide import Decision, Guard, counted, go, stop
from remit.designs.outcomes import Cohort, Outcomes
from remit.designs.three_plus_three import SIX, THREE, ThreePlusThree
from remit.errors import InputError

CALM, TRIGGERED, TOXIC = 0, 1, 2


@dataclass(frozen=True)
class GradedOutcomes(Outcomes):
    """Outcomes that also say how each single subject of the titration fared.

    singles    per level: 0 nothing of note, 1 an event that counts as a trigger, 2 a DLT; None: not titrated
    """

    singles: tuple[int | None, ...] = field(default=())

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.singles) != len(self.treated):
            raise InputError(f"singles: must have one entry per level; got {len(self.singles)}.")

    def after(self, cohort: Cohort) -> GradedOutcomes:
        """The outcomes once a cohort more is known."""
        plain = super().after(cohort)
        return GradedOutcomes(plain.treated, plain.dlts, plain.level, plain.last, self.singles)

    def after_single(self, level: int, single: int) -> GradedOutcomes:
        """The outcomes once a single subject of the titration is known: 0, 1 or 2 as in `singles`."""
        after = self.after(Cohort(level, 1, int(single == TOXIC)))
        singles = (*self.singles[: level - 1], single, *self.singles[level:])
        return GradedOutcomes(after.treated, after.dlts, after.level, after.last, singles)

    def merged(self) -> GradedOutcomes:
        """The same counts with the latest cohort forgotten."""
        return GradedOutcomes(self.treated, self.dlts, self.level, None, self.singles)


@dataclass(frozen=True)
class TitrationThenThree:
    """The design.

    titration_through_level   last level that is titrated; threes are mandatory above it
    trigger_grade             least grade of an event that counts as a trigger without being a DLT
    trigger_count             how many such events end the titration
    titration_subjects_count  whether the single subject is one of the three at its level
    expansion_subjects        subjects at the declared level when the trial ends; 0 for no expansion
    expansion_dlt_share       the declared level stands if at most this share of its subjects had a DLT
    gap_days                  least number of days between first infusions; for durations only
    descend, confirm_top, most_of_six   as in the 3+3
    """

    key: ClassVar[str] = "titration-3+3-expansion"

    levels: int
    start: int = 1
    cohort: int = 3
    titration_through_level: int = 1
    trigger_grade: int = 2
    trigger_count: int = 1
    titration_subjects_count: bool = True
    expansion_subjects: int = 0
    expansion_dlt_share: float = 1 / 3
    gap_days: int = 0
    descend: bool = True
    confirm_top: bool = True
    most_of_six: int = 1
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        _ = self.three
        parameters.count("titration_through_level", self.titration_through_level, 0, self.levels)
        parameters.count("trigger_grade", self.trigger_grade, 1, 5)
        parameters.count("trigger_count", self.trigger_count, 1)
        parameters.count("expansion_subjects", self.expansion_subjects, 0)
        parameters.probability("expansion_dlt_share", self.expansion_dlt_share)
        parameters.count("gap_days", self.gap_days, 0)

    @property
    def three(self) -> ThreePlusThree:
        """The 3+3 in the middle."""
        return ThreePlusThree(
            levels=self.levels,
            start=self.start,
            descend=self.descend,
            confirm_top=self.confirm_top,
            most_of_six=self.most_of_six,
            cohort=self.cohort,
        )

    def shortened(self, levels: int) -> TitrationThenThree:
        """The same rule over so many levels, from the lowest one."""
        through = min(self.titration_through_level, levels)
        return replace(self, levels=levels, start=1, titration_through_level=through)

    def begin(self) -> GradedOutcomes:
        """The outcomes before the first subject."""
        none = (0,) * self.levels
        return GradedOutcomes(none, none, self.start, None, (None,) * self.levels)

    def rule(self, seen: Outcomes) -> Decision:
        """The next level; plain outcomes are read as having no trigger that was not a DLT."""
        graded = self._graded(seen)
        level, (n, y) = graded.level, graded.here
        if graded.total == 0:
            return go(seen, level, self._opening(level), f"The trial starts at level {level}.")
        if n == 1 and graded.singles[level - 1] is not None:
            return self._titrate(graded)
        if self._expanding(graded, level):
            if n < self.expansion_subjects:
                if y > self.expansion_dlt_share * n + 1e-9:
                    return self.three.down(self._in_threes(graded), f"{counted(n, y, level)}: too toxic")
                return go(seen, level, self.expansion_subjects - n, f"{counted(n, y, level)}: the expansion goes on.")
            return stop(f"{counted(n, y, level)}: the expansion is complete.")
        decision = self.three.rule(self._in_threes(graded))
        if decision.level is not None:
            return decision
        declared = self.three.select(self._in_threes(graded))
        if declared is None or graded.at(declared)[0] >= self.expansion_subjects:
            return decision
        more = self.expansion_subjects - graded.at(declared)[0]
        return go(seen, declared, more, f"{decision.reason} Expand it to {self.expansion_subjects} subjects.")

    def select(self, seen: Outcomes) -> int | None:
        """The level of the 3+3 after its expansion; the one below if the expansion was too toxic."""
        graded = self._graded(seen)
        for level in range(1, self.levels + 1):
            n, y = graded.at(level)
            if not self._expanding(graded, level):
                continue
            if y <= self.expansion_dlt_share * n + 1e-9:
                return level
            return level - 1 if level > 1 and self.cleared(graded, level - 1) else None
        return self.three.select(self._in_threes(graded))

    def cleared(self, seen: Outcomes, level: int) -> bool:
        """Whether the 3+3 has passed a level: 0 of 3, or a tolerated number of 6, and none below too toxic."""
        threes = self._in_threes(self._graded(seen))
        n, y = threes.at(level)
        passed = (n >= THREE and y == 0) or (n >= SIX and not self.three.too_toxic(n, y))
        return passed and level <= self.three.highest_tolerable(threes)

    def expansion_room(self, seen: Outcomes, added: Outcomes) -> tuple[int, ...]:
        """How many subjects may join each level beside the escalation: up to the expansion size, where cleared.

        seen     outcomes of the escalation
        added    subjects who already joined beside it
        """
        room = []
        for level in range(1, self.levels + 1):
            (n, y), (more, toxic) = seen.at(level), added.at(level)
            safe = self.cleared(seen, level) and y + toxic <= self.expansion_dlt_share * (n + more) + 1e-9
            room.append(max(self.expansion_subjects - n - more, 0) if safe else 0)
        return tuple(room)

    def unsettled(self, seen: Outcomes, added: Outcomes) -> int | None:
        """The lowest level that subjects who joined it beside the escalation leave open or too toxic by their DLTs.

        There all its subjects count together from then on: 1 DLT in 5 asks for the sixth, 2 in 5 are too many.
        """
        for level in range(1, self.levels + 1):
            (n, y), (more, toxic) = seen.at(level), added.at(level)
            total, dlts = n + more, y + toxic
            if toxic == 0:
                continue
            if total > SIX and dlts <= self.expansion_dlt_share * total + 1e-9:
                continue
            if total == SIX and not self.three.too_toxic(total, dlts):
                continue
            return level
        return None

    def joined(self, seen: Outcomes, added: Outcomes, level: int) -> Outcomes:
        """The outcomes with the subjects who joined a level counted in, and the trial back at that level."""
        graded = self._graded(seen)
        more, toxic = added.at(level)
        treated = tuple(n + more * (at == level) for at, n in enumerate(graded.treated, start=1))
        dlts = tuple(y + toxic * (at == level) for at, y in enumerate(graded.dlts, start=1))
        return GradedOutcomes(treated, dlts, level, None, graded.singles)

    def branches(self, seen: Outcomes, decision: Decision) -> Iterable[tuple[int, Outcomes]]:
        """Each way the next cohort can turn out; a single subject of the titration also by trigger."""
        graded, level = self._graded(seen), decision.level
        assert level is not None
        if level <= self.titration_through_level and decision.subjects == 1 and graded.at(level)[0] == 0:
            for single in (CALM, TRIGGERED, TOXIC):
                yield 1, graded.after_single(level, single)
            return
        for dlts in range(decision.subjects + 1):
            yield math.comb(decision.subjects, dlts), graded.after(Cohort(level, decision.subjects, dlts))

    def singles(self, seen: Outcomes) -> tuple[int, ...]:
        """Single subjects with nothing of note, and with a trigger, per level."""
        known = self._graded(seen).singles
        return tuple(int(single == kind) for kind in (CALM, TRIGGERED) for single in known)

    def _titrate(self, seen: GradedOutcomes) -> Decision:
        level, (n, y) = seen.level, seen.here
        here = counted(n, y, level)
        triggers = sum(single == TRIGGERED for single in seen.singles)
        if y or triggers >= self.trigger_count:
            fill = THREE - 1 if self.titration_subjects_count else THREE
            event = "a DLT" if y else f"{triggers} event{'s' * (triggers > 1)} of grade {self.trigger_grade} or more"
            return go(seen, level, fill, f"{here}: {event} ends the titration, and the level is filled to three.")
        if level == self.levels:
            fill = THREE - 1 if self.titration_subjects_count else THREE
            return go(seen, level, fill, f"{here}: titration has reached the top level, which is filled to three.")
        subjects = self._opening(level + 1)
        what = "titration goes on" if subjects == 1 else "threes from here on"
        return go(seen, level + 1, subjects, f"{here}: {what} at level {level + 1}.")

    def _opening(self, level: int) -> int:
        return 1 if level <= self.titration_through_level else THREE

    def _expanding(self, seen: Outcomes, level: int) -> bool:
        return self.expansion_subjects > SIX and self._in_threes(self._graded(seen)).at(level)[0] > SIX

    def _graded(self, seen: Outcomes) -> GradedOutcomes:
        if isinstance(seen, GradedOutcomes):
            return seen
        if not self.titration_subjects_count and any(n > 1 for n in seen.treated[: self.titration_through_level]):
            raise InputError(
                "titration_subjects_count: when single subjects do not count, the outcomes must say how each fared."
            )
        started = min((level for level, n in enumerate(seen.treated, start=1) if n), default=1)
        singles = tuple(
            (TOXIC if y else CALM) if n == 1 and started <= level <= self.titration_through_level else None
            for level, (n, y) in enumerate(zip(seen.treated, seen.dlts, strict=True), start=1)
        )
        return GradedOutcomes(seen.treated, seen.dlts, seen.level, seen.last, singles)

    def _in_threes(self, seen: GradedOutcomes) -> Outcomes:
        """The counts that the 3+3 goes by."""
        if self.titration_subjects_count:
            return Outcomes(seen.treated, seen.dlts, seen.level)
        treated = tuple(n - (single is not None) for n, single in zip(seen.treated, seen.singles, strict=True))
        dlts = tuple(y - (single == TOXIC) for y, single in zip(seen.dlts, seen.singles, strict=True))
        return Outcomes(treated, dlts, seen.level)
