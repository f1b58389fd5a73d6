"""The dose decision from records: what the declared design says about the subjects treated so far.

The committee's page, the command line and a virtual trial all ask here. A design sees counts only; which of several
readings of the trial holds (a cohort may be recorded in parts, a subject may belong to an expansion) is settled by the
lesser events on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit import designs
from remit.derive import outcomes
from remit.derive.adae import adae
from remit.derive.adset import adset
from remit.derive.known import known_by
from remit.derive.subjects import subjects
from remit.protocol import Protocol
from remit.records import Records

_NO_SCORES = pl.DataFrame(
    schema={
        "USUBJID": pl.String(),
        "PARAMCD": pl.String(),
        "AVAL": pl.Float64(),
        "APROTDY": pl.Int64(),
        "sources": pl.List(pl.String()),
    }
)


@dataclass(frozen=True)
class DoseDecision:
    """What comes next.

    decision   level, size and sentence; the level is None when the trial stops or has left its design
    action     start, escalate, stay, de-escalate, stop, or `outside` when no course of the design explains the trial
    seen       the outcomes as the design reads them; None outside, and while a cohort is incomplete
    """

    decision: designs.Decision
    action: str
    reason: str
    seen: designs.Outcomes | None = None


def dose_tables(protocol: Protocol, records: Records, cutoff: date) -> Mapping[str, pl.DataFrame]:
    """The derived tables that a dose decision reads: subjects, events and sets, without scores or measurements."""
    known = known_by(records, cutoff)
    people = subjects(protocol, known, cutoff).sort("USUBJID")
    events = adae(protocol, known, people)
    tables = {"adsl": people, "adset": adset(protocol, people, events, _NO_SCORES)}
    return {**tables, "adae": events} if records.collected("AE") else tables


def dose_decision(design: designs.Design, people: Sequence[outcomes.Treated]) -> DoseDecision:
    """The next level for subjects whose outcomes are all known, in the order of their first infusion."""
    followed = allocation(design, people, evaluable=True)
    if followed.readings:
        # subjects may be read as cohort or as expansion; a reading in which the trial is complete settles it
        seen, chosen = next(
            (reading for reading in followed.readings if reading[1].level is None), followed.readings[0]
        )
        return DoseDecision(chosen, chosen.action, chosen.reason, seen)
    nothing = designs.Decision(None, "stop", "", 0)
    if not followed.allowed:
        return DoseDecision(nothing, "outside", f"The trial left its declared design. {followed.first_violation}")
    last = outcomes.cohorts(people, evaluable=True)[-1].level
    stay = designs.Decision(last, "stay", "", 1)
    return DoseDecision(stay, "stay", f"The cohort at level {last} is not complete yet.")


def allocation(design: designs.Design, people: Sequence[outcomes.Treated], *, evaluable: bool) -> designs.Replay:
    """The trial followed through its design, by DLTs and by the lesser events on record.

    evaluable   as in `outcomes.cohorts`: True for a decision, False for who was treated where
    """
    course = outcomes.cohorts(people, evaluable=evaluable)
    return designs.replay(design, course, lambda seen: _fits(design, people, seen))


def _fits(design: designs.Design, people: Sequence[outcomes.Treated], seen: designs.Outcomes) -> bool:
    """Whether a reading agrees with the lesser events on record; an event without a grade counts as a trigger."""
    if not isinstance(seen, designs.GradedOutcomes):
        return True
    threshold = getattr(design, "trigger_grade", 2)
    for level, single in enumerate(seen.singles, start=1):
        if single is None:
            continue
        alone = next((one for one in people if one.level == level and (one.counts or one.dlt)), None)
        if alone is None:
            continue
        event = alone.ungraded or (alone.worst or 0) >= threshold
        if single != (2 if alone.dlt else 1 if event else 0):
            return False
    return True
