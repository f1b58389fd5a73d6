"""`count`: so many patients of a group had an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from remit.evidence.kinds.statement import ConditionText, Name, Quantity, Statement
from remit.evidence.printed import Readings

if TYPE_CHECKING:
    from remit.evidence.physics import World


class Count(Statement):
    """A number of patients with an event; without `count` it is a question."""

    kind: Literal["count"]
    of: Name = "all"
    event: ConditionText
    count: int | None = Field(default=None, ge=0)
    n: int | None = Field(default=None, ge=0)

    def says(self) -> str:
        """Count, denominator, event."""
        number = "how many" if self.count is None else str(self.count)
        return f"{self.event}: {number} of {self.of if self.n is None else self.n}"

    def sets(self) -> tuple[str, ...]:
        """The group."""
        return (self.of,)

    def conditions(self) -> tuple[str, ...]:
        """The event."""
        return (self.event,)

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """A count above the number of patients."""
        return more_than_all(self.count, self.n, size)

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """The count as a share."""
        return share_of(self.count, self.n if self.n is not None else size)

    def constrain(self, world: World, reading: Readings) -> None:
        """The count, in the group or among `n` of it."""
        if self.count is not None:
            world.holds_in(self.of, self.event, self.count, self.n)

    def quantity(self, world: World) -> Quantity | None:
        """How many have the event."""
        return patients_with(world, self.of, self.event, self.n, self.count)


def more_than_all(count: int | None, n: int | None, size: int | None) -> str | None:
    """Why a count cannot be a part of its whole, or None."""
    if n is not None and size is not None and n > size:
        return f"{n} patients in a group of {size}: a part cannot be larger than the whole"
    whole = n if n is not None else size
    if count is not None and whole is not None and count > whole:
        return f"{count} of {whole}: a count cannot exceed the number of patients"
    return None


def share_of(count: int | None, whole: int | None) -> str:
    """A count and its denominator as a percent, written out; empty where one is not known."""
    return f"{count}/{whole} = {100 * count / whole:.2f} %" if count is not None and whole else ""


def patients_with(world: World, of: str, event: str, n: int | None, printed: int | None) -> Quantity | None:
    """The number of a group's patients with an event; with an `n` of its own, among those n."""
    size = world.claims.size(of)
    if n is not None and n != size:
        evaluable = world.subset(of, n)
        expression = world.number(world.both_of(evaluable, world.condition(event)))
        return Quantity(expression, 1.0, "patients", printed, (0, n))
    whole = size if size is not None else world.claims.n
    expression = world.number(world.both_of(world.members(of), world.condition(event)))
    return Quantity(expression, 1.0, "patients", printed, (0, whole))
