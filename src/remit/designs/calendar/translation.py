"""A design as the compiled simulator reads it, and its choice of a level from the final counts of many trials."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from remit.designs import ladder
from remit.designs.boin import Boin
from remit.designs.calendar import scene
from remit.designs.calendar.backfill import BackfillBoin
from remit.designs.calendar.rolling_six import RollingSix
from remit.designs.calendar.scene import NEVER, Integers, Rule, Tables, tables
from remit.designs.calendar.timing import Calendar
from remit.designs.calendar.tite_boin import TimedBoin
from remit.designs.calendar.tite_crm import TimedCrm
from remit.designs.calendar.truth import Truth
from remit.designs.crm import _grid
from remit.designs.outcomes import Outcomes
from remit.designs.three_plus_three import ThreePlusThree
from remit.errors import InputError

CalendarDesign = Boin | ThreePlusThree | TimedBoin | TimedCrm | RollingSix | BackfillBoin
WINDOWLESS = (Boin, ThreePlusThree, RollingSix)
"""Designs for which a DLT may be known at once."""


def checked(design: CalendarDesign, calendar: Calendar, truth: Truth) -> None:
    """Whether the three fit together; InputError with one sentence when they do not."""
    if len(truth.rates) != design.levels:
        raise InputError(f"rates: must have one rate for each of the {design.levels} levels; got {len(truth.rates)}.")
    if calendar.window_days == 0 and not isinstance(design, WINDOWLESS):
        raise InputError(f"window_days: must be above 0 for {design.key}, which looks into open windows.")
    if isinstance(design, BackfillBoin) and truth.responses is None:
        raise InputError("responses: bf-boin needs the true response rate of each level.")
    if truth.responses is not None and not isinstance(design, BackfillBoin):
        raise InputError(f"responses: {design.key} looks at no response; leave them out.")
    if isinstance(design, Boin | ThreePlusThree) and design.guards:
        raise InputError(f"guards: {design.key} in calendar time has none.")
    if isinstance(design, Boin) and design.titration:
        raise InputError("titration: boin in calendar time has none.")


def translated(design: CalendarDesign) -> tuple[Rule, Tables]:
    """The numbers of a design."""
    if isinstance(design, ThreePlusThree):
        return _thirds(design, scene.THREE), Tables()
    if isinstance(design, RollingSix):
        return _thirds(design.thirds, scene.ROLLING)._replace(cohort=1), Tables()
    if isinstance(design, TimedCrm):
        return _curve(design)
    if isinstance(design, TimedBoin):
        escalate, de_escalate = design.boin.bounds
        timed = _ladder(design.boin)._replace(
            kind=scene.TITE_BOIN, escalate=escalate, de_escalate=de_escalate, most_pending=float(design.most_pending)
        )
        return timed, tables(design.boin.ladder)
    if isinstance(design, BackfillBoin):
        backfill = _ladder(design.boin)._replace(
            kind=scene.BACKFILL,
            cap=design.cap,
            lowest=design.prefer == "lowest",
            below=design.response == "level-or-below",
        )
        return backfill, tables(design.pooled.ladder)
    return _ladder(design), tables(design.ladder)


def choices(design: CalendarDesign, evaluable: Integers, dlts: Integers, closed: Integers) -> Integers:
    """The recommended level per trial, 0 for none.

    evaluable, dlts   shape (trials, levels)
    closed            shape (trials,): levels from here on are shut for good and not chosen
    """
    allowed = np.arange(1, design.levels + 1) < closed[:, None]
    n, y = np.where(allowed, evaluable, 0), np.where(allowed, dlts, 0)
    if isinstance(design, ThreePlusThree | RollingSix):
        thirds = design.thirds if isinstance(design, RollingSix) else design
        rows = zip(evaluable.tolist(), dlts.tolist(), strict=True)
        return np.array([_declared(thirds, tuple(a), tuple(b)) for a, b in rows], dtype=np.int64)
    if isinstance(design, TimedCrm):
        # A level that a CRM stops at is not shut to the curve: all counts enter, and a stopped trial recommends none.
        found = design.crm.choices(design.crm.judge(evaluable, dlts), evaluable)
        return np.where(closed == 1, 0, found)
    if isinstance(design, TimedBoin | BackfillBoin):
        boin = design.boin if isinstance(design, TimedBoin) else design.pooled
    else:
        boin = design
    return ladder.selections(boin.ladder, boin.course, n, y)


def tolerated(design: CalendarDesign) -> float:
    """The rate above which a subject is over-dosed when nobody says another: the target, or one third."""
    return 1 / 3 if isinstance(design, ThreePlusThree | RollingSix) else design.target


def _ladder(design: Boin) -> Rule:
    return Rule(
        kind=scene.BOIN,
        levels=design.levels,
        start=design.start,
        cohort=design.cohort,
        total=design.course.subjects,
        early=NEVER if design.early_stop is None else design.early_stop,
        plain=design.plain_early_stop,
    )


def _thirds(design: ThreePlusThree, kind: int) -> Rule:
    return Rule(
        kind=kind,
        levels=design.levels,
        start=design.start,
        cohort=design.cohort,
        total=NEVER,
        descend=design.descend,
        confirm_top=design.confirm_top,
        most_of_six=design.most_of_six,
    )


def _curve(design: TimedCrm) -> tuple[Rule, Tables]:
    crm, stops = design.crm, design.stop_certainty is not None
    nodes, base, toxic, clear, over = _grid(crm.curve, crm.target, crm.prior_sd, stops)
    rule = Rule(
        kind=scene.TITE_CRM,
        levels=crm.levels,
        start=crm.start,
        cohort=crm.cohort,
        total=crm.cohort * crm.cohorts,
        target=float(crm.target),
        restrict=crm.restrict,
        certainty=2.0 if crm.stop_certainty is None else float(crm.stop_certainty),
        adaptive=design.scheme == "adaptive",
    )
    return rule, Tables(
        nodes=nodes,
        base=base,
        over=over,
        toxic=toxic,
        clear=clear,
        curve=np.exp(toxic),
        switches=crm.curve.switches(crm.target),
    )


@lru_cache(maxsize=20_000)
def _declared(design: ThreePlusThree, treated: tuple[int, ...], dlts: tuple[int, ...]) -> int:
    return design.select(Outcomes(treated, dlts, 1)) or 0
