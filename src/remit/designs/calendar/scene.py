"""What the compiled simulator reads: a calendar, a rule and a truth as plain numbers and arrays."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.designs.calendar.timing import ACCRUALS, ANCHORS, CLOSED, ONSETS, Calendar
from remit.designs.calendar.truth import Truth
from remit.designs.ladder import Ladder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bytes = NDArray[np.int8]

NEVER: Final = 1_000_000
_NONE: Final = np.zeros(0)
_EMPTY: Final = np.zeros((0, 0))
_NO_TABLE: Final = np.zeros((0, 0), dtype=np.int8)

BOIN, THREE, TITE_BOIN, TITE_CRM, ROLLING, BACKFILL = range(6)
"""Kinds of rule."""

GAP, MAKING, LEAVING, TOXIC, ONSET, RESPONDING = range(6)
"""What each of a subject's uniform numbers decides."""

NOTHING, DLT, LEFT, FAILED = range(4)
"""What became of a subject: a complete window, a DLT, not evaluable, no cells."""

FINISHED, OUT_OF_CANDIDATES = 0, 1
"""What became of a trial."""

NEARLY_ONE: Final = 1 - 1e-12


class Clock(NamedTuple):
    """A calendar; words are numbered by their place in `ACCRUALS`, `CLOSED`, `ANCHORS` and `ONSETS`.

    Scalars only, as in `Rule`: compiled code counts references to each array of a tuple that it hands on, which takes
    longer than the work itself.
    """

    accrual: int
    closed: int
    anchor: int
    onset: int
    gap: float
    window: float
    watched: float
    late: float
    stagger_first: float
    stagger_subjects: float
    stagger_cohorts: float
    manufacturing: float
    failure: float
    not_evaluable: float


class Rule(NamedTuple):
    """A design. What a kind does not read means nothing.

    kind, levels, start, cohort, total   total: subjects planned, backfill apart
    early, plain                         subjects at a level that end the trial on a decision to stay; plain: on any
    escalate, de_escalate, most_pending  TITE-BOIN
    target, restrict, certainty, adaptive    TITE-CRM; certainty 2 for no stopping
    descend, confirm_top, most_of_six    3+3 and rolling six
    cap, lowest, below                   BF-BOIN: largest number at a level, backfill the lowest open level, a response
                                         below opens a level too
    """

    kind: int = BOIN
    levels: int = 1
    start: int = 1
    cohort: int = 1
    total: int = 1
    early: int = NEVER
    plain: bool = False
    escalate: float = 0.0
    de_escalate: float = 0.0
    most_pending: float = 0.0
    target: float = 0.0
    restrict: bool = True
    certainty: float = 2.0
    adaptive: bool = False
    descend: bool = True
    confirm_top: bool = True
    most_of_six: int = 1
    cap: int = 0
    lowest: bool = False
    below: bool = False


class Tables(NamedTuple):
    """The arrays of a design; empty where it reads none.

    move, eliminated, unsafe   (subjects + 1, DLTs + 1): the tables of a ladder
    nodes, base, over          (nodes,): CRM grid in b, prior weights, and where level 1 is too toxic
    toxic, clear, curve        (levels, nodes): log of the rate, log of one minus the rate, and the rate
    switches                   (levels - 1,): the b above which the next level is closer to the target
    """

    move: Bytes = _NO_TABLE
    eliminated: Bytes = _NO_TABLE
    unsafe: Bytes = _NO_TABLE
    nodes: Floats = _NONE
    base: Floats = _NONE
    over: Floats = _NONE
    toxic: Floats = _EMPTY
    clear: Floats = _EMPTY
    curve: Floats = _EMPTY
    switches: Floats = _NONE


class World(NamedTuple):
    """True rates per level, what a Weibull onset needs of them (log(1 - rate), one over the shape), infusion days."""

    rates: Floats
    responses: Floats
    log_clear: Floats
    one_over_shape: Floats
    infusions: Floats


class Log(NamedTuple):
    """Subjects of the trial at hand in the order of enrollment; candidate: their place among all arrivals, from 0.

    cohort   number of the cohort, from 1; 0 for backfill
    """

    candidate: Integers
    level: Integers
    cohort: Integers
    outcome: Integers
    enrolled: Floats
    treated: Floats
    resolved: Floats


class Tally(NamedTuple):
    """Per trial: counts per level (trials, levels), and one number each (trials,).

    treated, dlts, evaluable, backfilled   subjects per level; evaluable: a complete window or a DLT
    closed                       the lowest level shut for good; levels + 1 for none
    turned_away, failed, left    arrivals lost; subjects without cells; subjects not evaluable
    enrolled                     subjects in the log
    days                         until the last outcome is known
    """

    treated: Integers
    dlts: Integers
    evaluable: Integers
    backfilled: Integers
    closed: Integers
    turned_away: Integers
    failed: Integers
    left: Integers
    enrolled: Integers
    days: Floats


def clock(calendar: Calendar) -> Clock:
    """The numbers of a calendar."""
    return Clock(
        ACCRUALS.index(calendar.accrual),
        CLOSED.index(calendar.while_closed),
        ANCHORS.index(calendar.anchor),
        ONSETS.index(calendar.onset),
        float(calendar.gap_days),
        float(calendar.window_days),
        float(calendar.watched_days),
        float(calendar.late_share),
        float(calendar.stagger_first_days),
        float(calendar.stagger_subjects_days),
        float(calendar.stagger_cohorts_days),
        float(calendar.manufacturing_days),
        float(calendar.manufacturing_failure),
        float(calendar.not_evaluable),
    )


def world(truth: Truth, calendar: Calendar) -> World:
    """The numbers of a truth."""
    rates = np.array(truth.rates, dtype=float)
    # A Weibull curve never reaches 1, and has no shape at 0, where no DLT asks for one.
    inner = np.clip(rates, 1e-12, NEARLY_ONE)
    log_clear = np.log1p(-inner)
    shape = np.log(log_clear / np.log1p(-(1 - calendar.late_share) * inner)) / math.log(2)
    responses = np.zeros(len(rates)) if truth.responses is None else np.array(truth.responses, dtype=float)
    return World(rates, responses, log_clear, 1 / shape, np.array(calendar.infusion_days, dtype=float))


def tables(ladder: Ladder) -> Tables:
    """Move, eliminated and unsafe of a ladder as square arrays; where DLTs exceed subjects the entry means nothing."""
    made = []
    for rows in (ladder.move, ladder.eliminated, ladder.unsafe):
        square = np.zeros((len(rows), len(rows)), dtype=np.int8)
        for n, row in enumerate(rows):
            square[n, : len(row)] = row
        made.append(square)
    return Tables(move=made[0], eliminated=made[1], unsafe=made[2])


def empty(trials: int, candidates: int, levels: int) -> tuple[Log, Tally]:
    """A log and a tally in which nothing has happened yet."""

    def zeros(*shape: int) -> Integers:
        return np.zeros(shape, dtype=np.int64)

    def days(*shape: int) -> Floats:
        return np.zeros(shape)

    shape = (trials, levels)
    return (
        Log(
            candidate=zeros(candidates),
            level=zeros(candidates),
            cohort=zeros(candidates),
            outcome=zeros(candidates),
            enrolled=days(candidates),
            treated=days(candidates),
            resolved=days(candidates),
        ),
        Tally(
            treated=zeros(*shape),
            dlts=zeros(*shape),
            evaluable=zeros(*shape),
            backfilled=zeros(*shape),
            closed=zeros(trials),
            turned_away=zeros(trials),
            failed=zeros(trials),
            left=zeros(trials),
            enrolled=zeros(trials),
            days=days(trials),
        ),
    )
