"""The bridge from records to a dose decision: who was treated where, who had a DLT, whose window is still open.

A design sees counts only; this is where the counts come from, for real and virtual trials alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from remit.designs import Cohort
from remit.errors import NotDerivable
from remit.protocol import Level, Protocol
from remit.records.checks.dose_limits import UNRELATED

NO_EVENTS = "adverse events were not collected, so no DLT can be ruled out"


@dataclass(frozen=True)
class Treated:
    """One subject as a dose decision sees them.

    level      1-based; None when the level received is not one of the protocol's
    counts     whether the subject is DLT-evaluable; None while that cannot be known, and `why` says what is awaited
    dlt        whether a DLT was recorded; None when an event is still to be judged
    worst      worst grade of an event that can end a titration: emergent, begun by the end of the DLT window, and not
               recorded as unrelated to the product; None without one. `ungraded` says that some such event has no grade
    sources    record ids behind all of it
    closes     last day of the DLT window; None where the protocol or the records do not give it
    followed   last day on which the subject was seen, up to the cutoff
    cutoff     the day as of which all this holds
    """

    subject: str
    first_infusion: date
    level: int | None
    counts: bool | None
    dlt: bool | None
    worst: int | None
    ungraded: bool
    why: str
    sources: tuple[str, ...]
    closes: date | None = None
    followed: date | None = None
    cutoff: date | None = None

    @property
    def awaited(self) -> bool:
        """Whether a decision has to wait for this subject."""
        return self.dlt is not True and (self.counts is None or self.dlt is None)

    @property
    def share(self) -> float:
        """How much of the DLT window has passed without a DLT, 0 to 1; 0 where an event is still to be judged."""
        if self.dlt is None or self.closes is None or self.followed is None or self.closes <= self.first_infusion:
            return 0.0
        passed = (self.followed - self.first_infusion).days / (self.closes - self.first_infusion).days
        return min(max(passed, 0.0), 1.0)

    @property
    def wait(self) -> str:
        """What is awaited, with the protocol day (first infusion = day 0) and the date, for the minutes."""
        today = f"today is day {(self.cutoff - self.first_infusion).days}" if self.cutoff is not None else ""
        if self.counts is None and self.closes is not None and self.cutoff is not None and self.cutoff < self.closes:
            day = (self.closes - self.first_infusion).days
            return f"window open until day {day} ({self.closes.isoformat()}), {today}"
        return f"{self.why}; {today}" if today else self.why


class _Event(NamedTuple):
    dlt: str | None
    grade: int | None
    related: str | None
    start: date | None

    def can_trigger(self, closes: date | None) -> bool:
        """Whether it may end a titration: what is not known to lie outside may."""
        late = self.start is not None and closes is not None and self.start > closes
        return not late and str(self.related or "").strip().upper() not in UNRELATED


def treated(protocol: Protocol, derived: Mapping[str, pl.DataFrame]) -> tuple[Treated, ...]:
    """Everyone infused, in the order of their first infusion.

    raises   NotDerivable when the protocol declares no DLT-evaluable set: then nothing says whose outcome counts
    """
    key = next((s.key for s in protocol.analysis_sets if s.rule == "dlt-evaluable"), None)
    if key is None:
        raise NotDerivable("The protocol declares no analysis set with rule dlt-evaluable; a dose decision needs one.")
    sets = derived["adset"].filter((pl.col("SET") == key) & (pl.col("KIND") == "set"))
    membership = {row["USUBJID"]: row for row in sets.iter_rows(named=True)}
    events: dict[str, list[_Event]] | None = None
    if "adae" in derived:
        events = {}
        emergent = derived["adae"].filter(pl.col("TRTEMFL") == "Y")
        for subject, *facts in emergent.select("USUBJID", "DLTFL", "AETOXGRN", "AEREL", "ASTDT").iter_rows():
            events.setdefault(subject, []).append(_Event(*facts))
    infused = derived["adsl"].filter((pl.col("SAFFL") == "Y") & pl.col("TRTSDT").is_not_null())
    return tuple(
        _one(protocol, row, membership[row["USUBJID"]], None if events is None else events.get(row["USUBJID"], []))
        for row in infused.sort("TRTSDT", "USUBJID").iter_rows(named=True)
    )


def _one(
    protocol: Protocol,
    row: Mapping[str, object],
    member: Mapping[str, object],
    events: Sequence[_Event] | None,
) -> Treated:
    """events   emergent ones; None when the table was not collected."""
    day, level = row["TRTSDT"], row["TRT01AN"]
    assert isinstance(day, date)
    sources = member["sources"]
    closes = _closes(protocol, row)
    flags = [None] if events is None else [event.dlt for event in events]
    noted = [event for event in events or () if event.can_trigger(closes)]
    grades = [event.grade for event in noted if event.grade is not None]
    judged = NO_EVENTS if events is None else "an event is still to be judged"
    reason = str(member["REASON"] or "")
    return Treated(
        subject=str(row["USUBJID"]),
        first_infusion=day,
        level=level if isinstance(level, int) else None,
        counts={"Y": True, "N": False}.get(str(member["IN"])),
        dlt=True if "Y" in flags else None if None in flags else False,
        worst=max(grades, default=None),
        ungraded=events is None or len(grades) < len(noted),
        why=reason or (judged if None in flags else ""),
        sources=tuple(sources) if isinstance(sources, list) else (),
        closes=closes,
        followed=_day(row["LSTALVDT"]),
        cutoff=_day(row["CUTDT"]),
    )


def _closes(protocol: Protocol, row: Mapping[str, object]) -> date | None:
    level = next((level for level in protocol.levels if level.key == row["LEVEL"]), None)
    rule = protocol.dlt_of(level) if level is not None else protocol.dlt
    if rule is None:
        return None
    anchor = _day(row["TRTSDT" if rule.anchor == "first-infusion" else "TRTEDT"])
    return None if anchor is None else anchor + timedelta(days=rule.window_days)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def at_levels(people: Sequence[Treated], levels: Sequence[Level]) -> tuple[Treated, ...]:
    """Those treated at some levels of the protocol, numbered as a design over just these levels numbers them, from 1.

    levels   of one part, lowest first
    """
    place = {level.level: number for number, level in enumerate(levels, start=1)}
    return tuple(replace(one, level=place[one.level]) for one in people if one.level in place)


def cohorts(people: Sequence[Treated], *, evaluable: bool) -> tuple[Cohort, ...]:
    """The subjects one by one as a design reads them.

    evaluable   True for a decision (only those who count), False for a replay of who was treated where. A subject
                still awaited has no DLT so far
    """
    return tuple(
        Cohort(one.level, 1, int(one.dlt is True))
        for one in people
        if one.level is not None and (one.counts or one.dlt or not evaluable)
    )
