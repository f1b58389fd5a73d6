"""Days behind months: infusion days, the common cut, enrolment windows and the opening of dose levels.

Follow-up runs from the first infusion to the cut, so a patient's follow-up and infusion day are one number seen from
two sides. Where `follow-up-to-cut` is off, follow-up is at most that long and tells less.
"""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from remit.evidence.kinds.statement import Quantity

if TYPE_CHECKING:
    from remit.evidence.grids import Grid
    from remit.evidence.physics import World

# A day in parts, such that a half month (15.21875 days) is a whole number of them.
_PARTS = 32
_HALF_MONTH = 487
_FAR = 60_000  # days


class Clock:
    """One infusion day a patient, and the day of the cut, counted from the first date that the document prints."""

    def __init__(self, world: World, follow_up: list[Any], grid: Grid):
        self.world, self.model = world, world.model
        exact = world.claims.assumptions.months == "exact"
        self.parts = _PARTS if exact else 1
        step = _HALF_MONTH if exact else 1
        dates = list(_dates(world))
        self.epoch = min(dates) if dates else None
        far = _FAR * self.parts
        # Without a date anywhere, only differences matter, and the cut may be day 0.
        self.end = self.model.new_int_var(-far, far, "") if dates else self.model.new_constant(0)
        self.infused: list[Any] = []
        for months in follow_up:
            if world.claims.assumptions.follow_up_to_cut:
                self.infused.append(self.end - step * months)
                continue
            day = self.model.new_int_var(-far, far, "")
            self.model.add(day + step * months <= self.end)
            self.infused.append(day)
        printed = world.claims.head.publication.printed
        if printed is not None and self.epoch is not None:
            self.model.add(self.end <= self._day(printed))

    def window(self, first: datetime.date | None, last: datetime.date | None, days: int | None, attained: bool) -> None:
        """Every present patient's infusion between two days, or within so many days of each other."""
        earliest, latest = self._ends()
        if first is not None:
            self.model.add(earliest >= self._day(first))
        if last is not None:
            self.model.add(latest <= self._day(last))
        if days is not None:
            self.model.add(latest - earliest <= days * self.parts)
        if attained:
            for end, day in ((earliest, first), (latest, last)):
                if day is not None:
                    self.model.add(end == self._day(day))
            if days is not None and (first is None or last is None):
                self.model.add(latest - earliest == days * self.parts)

    def cut(self, first: datetime.date | None, last: datetime.date | None) -> None:
        """The cut between two days."""
        if first is not None:
            self.model.add(self.end >= self._day(first))
        if last is not None:
            self.model.add(self.end <= self._day(last))

    def length(self, printed: int | None) -> Quantity:
        """Days between the first and the last infusion."""
        earliest, latest = self._ends()
        return Quantity(latest - earliest, 1 / self.parts, "days", printed, None)

    def opened_in_order(self, levels: tuple[str, ...], cleared: int | None, window: int) -> None:
        """Each level opens once so many of the one before are cleared, and nobody of it is treated earlier."""
        far, gap = _FAR * self.parts, window * self.parts
        for before, after in pairwise(levels):
            opening = self.model.new_int_var(-far, far, "")
            first, second = (self.world.both_of(self.world.present, self.world.event(x)) for x in (before, after))
            for member, day in zip(second, self.infused, strict=True):
                self.model.add(day >= opening).only_enforce_if(member)
            if cleared is None:
                for member, day in zip(first, self.infused, strict=True):
                    self.model.add(day + gap <= opening).only_enforce_if(member)
                continue
            passed = [self.model.new_bool_var("") for _ in first]
            for literal, member, day in zip(passed, first, self.infused, strict=True):
                self.model.add_implication(literal, member)
                self.model.add(day + gap <= opening).only_enforce_if(literal)
            needed = self.model.new_int_var(0, cleared, "")
            self.model.add_min_equality(needed, [self.model.new_constant(cleared), sum(first)])
            self.model.add(sum(passed) >= needed)

    def _ends(self) -> tuple[Any, Any]:
        far = _FAR * self.parts
        present = self.world.present
        if self.world.sorted_by == "follow_up_months" and self.world.claims.assumptions.follow_up_to_cut:
            return self.infused[-1], self.infused[0]
        earliest, latest = self.model.new_int_var(-far, far, ""), self.model.new_int_var(-far, far, "")
        for end, sign in ((earliest, 1), (latest, -1)):
            attained = [self.model.new_bool_var("") for _ in present]
            self.model.add_bool_or(attained)
            for literal, member, day in zip(attained, present, self.infused, strict=True):
                self.model.add_implication(literal, member)
                self.model.add(sign * end <= sign * day).only_enforce_if(member)
                self.model.add(sign * end >= sign * day).only_enforce_if(literal)
        return earliest, latest

    def _day(self, day: datetime.date) -> int:
        assert self.epoch is not None
        return (day - self.epoch).days * self.parts


def _dates(world: World) -> list[datetime.date]:
    found: list[datetime.date] = []
    for statement in world.claims.statements:
        if statement.kind == "time":
            found += [d for d in (getattr(statement, "first", None), getattr(statement, "last", None)) if d is not None]
    return found
