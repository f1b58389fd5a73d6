"""Many trials in calendar time, one after another in blocks, on one thread.

The numbers of a trial are tied to its place (`numbers.py`), so the first 1,000 trials of 10,000 are those of 1,000, and
two designs meet the same subjects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from remit.designs import parameters
from remit.designs.calendar import numbers
from remit.designs.calendar.course import Course, course_of
from remit.designs.calendar.scene import FINISHED, Clock, Log, Rule, Tables, Tally, World, clock, empty, world
from remit.designs.calendar.simulated import Simulated
from remit.designs.calendar.sums import Sums
from remit.designs.calendar.timing import Calendar
from remit.designs.calendar.translation import CalendarDesign, checked, choices, tolerated, translated
from remit.designs.calendar.truth import Truth
from remit.errors import InputError

MOST_TRIALS: Final = 10_000_000
MOST_CHUNKS: Final = 128
Report = Callable[[int, int], None]


def simulate(
    design: CalendarDesign,
    calendar: Calendar,
    truth: Truth,
    trials: int = 10_000,
    seed: int = 1,
    report: Report | None = None,
) -> Simulated:
    """The operating characteristics of a design in calendar time.

    report   called with (trials done, trials) after each block of trials
    raises   InputError: what does not fit together, or a trial that needs more than 4,096 arrivals
    """
    trials = parameters.count("trials", trials, 2, MOST_TRIALS)
    stage = _Stage.of(design, calendar, truth)
    over = tolerated(design) if truth.over is None else truth.over
    sums, chunks = Sums(truth.rates, over), 1
    for block, first in enumerate(range(0, trials, numbers.TRIALS)):
        rows = slice(0, min(numbers.TRIALS, trials - first))
        tally, _, chunks = _trials(stage, (seed, block), rows, chunks)
        sums.add(tally, choices(design, tally.evaluable, tally.dlts, tally.closed))
        if report is not None:
            report(min(first + numbers.TRIALS, trials), trials)
    return sums.simulated(design.key, seed)


def course(design: CalendarDesign, calendar: Calendar, truth: Truth, trial: int, seed: int = 1) -> Course:
    """One of the trials that `simulate` runs with this seed, subject by subject; trial counts from 0."""
    trial = parameters.count("trial", trial, 0, MOST_TRIALS - 1)
    block, row = divmod(trial, numbers.TRIALS)
    tally, log, _ = _trials(_Stage.of(design, calendar, truth), (seed, block), slice(row, row + 1), 1)
    level = choices(design, tally.evaluable, tally.dlts, tally.closed)
    return course_of(tally, log, int(level[0]) or None)


class _Stage(NamedTuple):
    clock: Clock
    rule: Rule
    tables: Tables
    world: World

    @staticmethod
    def of(design: CalendarDesign, calendar: Calendar, truth: Truth) -> _Stage:
        checked(design, calendar, truth)
        return _Stage(clock(calendar), *translated(design), world(truth, calendar))


def _trials(stage: _Stage, place: tuple[int, int], rows: slice, chunks: int) -> tuple[Tally, Log, int]:
    """Some trials of a block; begins with so many chunks of candidates, and returns how many were needed."""
    from remit.designs.calendar.kernel import run

    while chunks <= MOST_CHUNKS:
        uniform = numbers.draw(*place, chunks)[rows]
        log, tally = empty(len(uniform), uniform.shape[1], stage.rule.levels)
        if run(*stage, uniform, log, tally) == FINISHED:
            return tally, log, chunks
        chunks *= 2
    raise InputError(
        f"per_month: a trial needs more than {MOST_CHUNKS * numbers.CANDIDATES:,} arrivals; let fewer arrive, or let"
        " them wait."
    )
