"""Was the allocation that happened one that the declared design allows?

The subjects are followed one by one through every course that the design could have taken with these counts (which
subject of a cohort had the DLT is not always known, and a cohort may be recorded in parts). The first cohort that no
course explains is the violation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from remit.designs.decide import Decision, Design, counted, decide
from remit.designs.outcomes import Cohort, Outcomes, nobody_yet
from remit.designs.walk import Branching
from remit.errors import InputError


@runtime_checkable
class Expanding(Protocol):
    """A design that lets subjects join levels beside the escalation."""

    def expansion_room(self, seen: Outcomes, added: Outcomes) -> tuple[int, ...]:
        """How many more may join each level."""

    def unsettled(self, seen: Outcomes, added: Outcomes) -> int | None:
        """The lowest level whose joined subjects, by their DLTs, must count in the escalation."""

    def joined(self, seen: Outcomes, added: Outcomes, level: int) -> Outcomes:
        """The outcomes with the subjects who joined a level counted in."""


@dataclass(frozen=True)
class Replay:
    """The answer.

    allowed           whether every cohort is one that the design could have treated
    first_violation   a sentence about the first one that is not; None when all are
    cohort            its number, from 1; None when all are allowed
    finished          whether the design would treat nobody else
    next              what the design says now; None after a violation or while a cohort is incomplete
    readings          every way to read the trial so far and what the design says then, the calmest first. A design
                      that also looks at lesser events has several, and whoever knows those events chooses
    """

    allowed: bool
    first_violation: str | None
    cohort: int | None
    finished: bool
    next: Decision | None
    readings: tuple[tuple[Outcomes, Decision], ...] = ()


@dataclass(frozen=True)
class _Open:
    """A cohort that has begun: level, planned subjects, subjects and DLTs so far."""

    level: int
    planned: int
    treated: int
    dlts: int


@dataclass(frozen=True)
class _Course:
    """One way to read the trial so far: closed cohorts, subjects added beside them, the cohort that is open."""

    seen: Outcomes
    added: Outcomes
    open: _Open | None


Fits = Callable[[Outcomes], bool]


def replay(design: Design, cohorts: Sequence[Cohort], fits: Fits | None = None) -> Replay:
    """Follow a trial through its declared design.

    cohorts   in the order in which they were treated; single subjects are cohorts of one
    fits      whether a reading agrees with what else is known, such as lesser events; a reading that does not is
              dropped where it arises
    raises    InputError: a level that the design lacks
    """
    for cohort in cohorts:
        if cohort.level > design.levels:
            raise InputError(f"level: the design has levels 1 to {design.levels}; a cohort is at level {cohort.level}.")
    begin = design.begin() if isinstance(design, Branching) else nobody_yet(design.levels, design.start)
    courses = {_Course(begin, nobody_yet(design.levels), None)}
    for number, cohort in enumerate(cohorts, start=1):
        reached = {course for course in _follow(design, courses, cohort) if fits is None or fits(course.seen)}
        if not reached:
            return Replay(False, _violation(design, courses, number, cohort), number, False, None)
        courses = reached
    # sorted, because a set has no order and two runs must say the same
    closed = {course if course.open is None else _cut_short(design, course) for course in courses}
    settled = {_settled(design, course) for course in closed if course is not None}
    ordered = sorted(settled, key=lambda course: (_calm(course.seen), _calm(course.added)))
    readings = tuple((course.seen, _said(design, course)) for course in ordered)
    stops = [decision for _, decision in readings if decision.level is None]
    first = next(iter(stops or [decision for _, decision in readings]), None)
    return Replay(True, None, None, bool(stops), first, readings)


def _settled(design: Design, course: _Course) -> _Course:
    """The course with those subjects counted in whose DLTs the escalation may not pass over."""
    while isinstance(design, Expanding):
        level = design.unsettled(course.seen, course.added)
        if level is None:
            break
        added = course.added
        left = Outcomes(
            tuple(n * (at != level) for at, n in enumerate(added.treated, start=1)),
            tuple(y * (at != level) for at, y in enumerate(added.dlts, start=1)),
            added.level,
        )
        course = _Course(design.joined(course.seen, added, level), left, course.open)
    return course


def _cut_short(design: Design, course: _Course) -> _Course | None:
    """The course with its open cohort closed before it is full, where its DLTs lead down whatever the rest may have."""
    if course.open is None or course.open.dlts == 0:
        return None
    level, dlts = course.open.level, course.open.dlts
    so_far = course.seen.after(Cohort(level, course.open.treated, dlts))
    at_best = course.seen.after(Cohort(level, course.open.planned, dlts))
    for seen in (so_far, at_best):
        decision = decide(design, seen)
        if decision.level is not None and decision.level >= level:
            return None
    return _Course(so_far, course.added, None)


def _said(design: Design, course: _Course) -> Decision:
    """The decision, and in its sentence those who joined beside the escalation."""
    decision = decide(design, course.seen)
    beside = [
        counted(n, y, level)
        for level, (n, y) in enumerate(zip(course.added.treated, course.added.dlts, strict=True), start=1)
        if n
    ]
    if not beside:
        return decision
    return replace(decision, reason=f"{decision.reason} Beside the escalation: {', '.join(beside)}.")


def _calm(seen: Outcomes) -> tuple[object, ...]:
    singles: tuple[int | None, ...] = getattr(seen, "singles", ())
    return tuple(-1 if s is None else s for s in singles), seen.treated, seen.dlts, seen.level, seen.last or (0, 0)


def _follow(design: Design, courses: Iterable[_Course], cohort: Cohort) -> set[_Course]:
    now = {(course, 0) for course in courses}
    for _ in range(cohort.treated):
        now = {
            (after, dlts + dlt)
            for course, dlts in now
            for dlt in (0, 1)
            if dlts + dlt <= cohort.dlts
            for after in _one_more(design, course, cohort.level, dlt)
        }
    return {course for course, dlts in now if dlts == cohort.dlts}


def _one_more(design: Design, course: _Course, level: int, dlt: int) -> Iterable[_Course]:
    """Each way in which the design can explain one subject more."""
    if course.open is not None and course.open.level != level:
        course = _cut_short(design, course) or course
    if course.open is None:
        course = _settled(design, course)
    begun = course.open
    if begun is None:
        decision = decide(design, course.seen)
        begun = _Open(decision.level or 0, decision.subjects, 0, 0)
    if begun.level != level:
        # Beside the escalation, never at the level it is about to treat: there its own cohort comes first.
        if isinstance(design, Expanding) and design.expansion_room(course.seen, course.added)[level - 1] > 0:
            yield _Course(course.seen, course.added.after(Cohort(level, 1, dlt)).merged(), course.open)
        return
    begun = _Open(level, begun.planned, begun.treated + 1, begun.dlts + dlt)
    if begun.treated < begun.planned:
        yield _Course(course.seen, course.added, begun)
        return
    for seen in _closed(design, course.seen, begun):
        yield _Course(seen, course.added, None)


def _closed(design: Design, seen: Outcomes, cohort: _Open) -> Iterable[Outcomes]:
    if not isinstance(design, Branching):
        return (seen.after(Cohort(cohort.level, cohort.planned, cohort.dlts)),)
    total = seen.dlts[cohort.level - 1] + cohort.dlts
    decision = Decision(cohort.level, "stay", "", cohort.planned)
    return tuple(after for _, after in design.branches(seen, decision) if after.dlts[cohort.level - 1] == total)


def _violation(design: Design, courses: Iterable[_Course], number: int, cohort: Cohort) -> str:
    happened = f"Cohort {number}: {counted(cohort.treated, cohort.dlts, cohort.level)}"
    # Of several readings, the one that had come furthest is the most helpful to the reader.
    best = max(courses, key=lambda course: (course.open is None, course.seen.total, -course.added.total))
    if best.open is not None:
        done, planned = best.open.treated, best.open.planned
        return f"{happened}, but level {best.open.level} had {done} of the {planned} subjects that the design asks for."
    decision = decide(design, best.seen)
    if decision.level is None:
        return f"{happened}, but the design ends the trial: {decision.reason}"
    if decision.level == cohort.level:
        return f"{happened}, but the design treats {decision.subjects} there: {decision.reason}"
    return f"{happened}, but the design goes to level {decision.level}: {decision.reason}"
