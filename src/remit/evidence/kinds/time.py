"""`time`: first and last day of something, usually enrolment, and the day of the data cut."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from remit.evidence.kinds.statement import Quantity, Statement
from remit.evidence.printed import Readings

if TYPE_CHECKING:
    from remit.evidence.physics import World


class Time(Statement):
    """A window of days. Patients lie inside it; `attained: true` says that its ends are patients' days."""

    kind: Literal["time"]
    of: Literal["enrolment", "infusion", "cut"] = "enrolment"
    first: datetime.date | None = None
    last: datetime.date | None = None
    days: int | None = Field(default=None, ge=0)
    attained: bool = False

    @property
    def length(self) -> int | None:
        """The days between first and last, as printed or from the dates."""
        if self.first is not None and self.last is not None:
            return (self.last - self.first).days
        return self.days

    def says(self) -> str:
        """The window and its length."""
        ends = " to ".join(str(day) for day in (self.first, self.last) if day is not None)
        length = "" if self.length is None else f"{self.length} days"
        return f"{self.of}: " + " · ".join(part for part in (ends, length) if part)

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """A last day before the first, or a length that is not the dates'."""
        if self.first is None or self.last is None:
            return None
        between = (self.last - self.first).days
        if between < 0:
            return f"the last day, {self.last}, is before the first, {self.first}"
        if self.days is not None and self.days not in (between, between + 1):
            return f"{self.first} to {self.last} is {between} days, not {self.days}"
        return None

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """The days between two dates."""
        if self.first is None or self.last is None:
            return ""
        return f"{self.first} to {self.last} = {(self.last - self.first).days} days"

    def constrain(self, world: World, reading: Readings) -> None:
        """Every infusion (or the cut) inside the window."""
        if self.of == "cut":
            world.cut_within(self.first, self.last)
        elif self.of == "infusion" or world.claims.assumptions.infusion_equals_enrolment:
            world.infusions_within(self.first, self.last, self.days, self.attained)
        elif self.first is not None:
            world.infusions_within(self.first, None, None, False)

    def quantity(self, world: World) -> Quantity | None:
        """Days between the first and the last infusion."""
        if self.of == "cut" or not world.has_follow_up:
            return None
        return world.infusion_window(self.length)

    def assumes(self) -> tuple[str, ...]:
        """Enrolment is taken for infusion."""
        return () if self.of != "enrolment" else ("infusion-equals-enrolment", "follow-up-to-cut")
