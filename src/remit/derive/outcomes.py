"""The bridge from records to a dose decision: who was treated where, who had a DLT, whose window is still open.

A design sees counts only; this is where the counts come from, for real and virtual trials alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.designs import Cohort
from remit.errors import NotDerivable
from remit.protocol import Protocol


@dataclass(frozen=True)
class Treated:
    """One subject as a dose decision sees them.

    level      1-based; None when the level received is not one of the protocol's
    counts     whether the subject is DLT-evaluable; None while that cannot be known, and `why` says what is awaited
    dlt        whether a DLT was recorded; None when an event is still to be judged
    worst      worst grade of an emergent event; None without one. `ungraded` says that some event has no grade
    sources    record ids behind all of it
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

    @property
    def awaited(self) -> bool:
        """Whether a decision has to wait for this subject."""
        return self.dlt is not True and (self.counts is None or self.dlt is None)


def treated(protocol: Protocol, derived: Mapping[str, pl.DataFrame]) -> tuple[Treated, ...]:
    """Everyone infused, in the order of their first infusion.

    raises   NotDerivable when the protocol declares no DLT-evaluable set: then nothing says whose outcome counts
    """
    key = next((s.key for s in protocol.analysis_sets if s.rule == "dlt-evaluable"), None)
    if key is None:
        raise NotDerivable("The protocol declares no analysis set with rule dlt-evaluable; a dose decision needs one.")
    sets = derived["adset"].filter((pl.col("SET") == key) & (pl.col("KIND") == "set"))
    membership = {row["USUBJID"]: row for row in sets.iter_rows(named=True)}
    events: dict[str, list[tuple[str | None, int | None]]] = {}
    if "adae" in derived:
        emergent = derived["adae"].filter(pl.col("TRTEMFL") == "Y")
        for subject, flag, grade in emergent.select("USUBJID", "DLTFL", "AETOXGRN").iter_rows():
            events.setdefault(subject, []).append((flag, grade))
    infused = derived["adsl"].filter((pl.col("SAFFL") == "Y") & pl.col("TRTSDT").is_not_null())
    return tuple(
        _one(row, membership[row["USUBJID"]], events.get(row["USUBJID"], []))
        for row in infused.sort("TRTSDT", "USUBJID").iter_rows(named=True)
    )


def _one(
    row: Mapping[str, object], member: Mapping[str, object], events: list[tuple[str | None, int | None]]
) -> Treated:
    day, level = row["TRTSDT"], row["TRT01AN"]
    assert isinstance(day, date)
    sources, flags = member["sources"], [flag for flag, _ in events]
    grades = [grade for _, grade in events if grade is not None]
    return Treated(
        subject=str(row["USUBJID"]),
        first_infusion=day,
        level=level if isinstance(level, int) else None,
        counts={"Y": True, "N": False}.get(str(member["IN"])),
        dlt=True if "Y" in flags else None if None in flags else False,
        worst=max(grades, default=None),
        ungraded=len(grades) < len(events),
        why=str(member["REASON"] or ("an event is still to be judged" if None in flags else "")),
        sources=tuple(sources) if isinstance(sources, list) else (),
    )


def cohorts(people: tuple[Treated, ...], *, evaluable: bool) -> tuple[Cohort, ...]:
    """The subjects one by one as a design reads them.

    evaluable   True for a decision (only those who count), False for a replay of who was treated where. A subject
                still awaited has no DLT so far
    """
    return tuple(
        Cohort(one.level, 1, int(one.dlt is True))
        for one in people
        if one.level is not None and (one.counts or one.dlt or not evaluable)
    )
