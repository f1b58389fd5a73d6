"""`implies`: whoever has the one has the other, but for the exceptions that are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from remit.evidence.kinds.statement import ConditionText, Name, Quantity, Statement
from remit.evidence.printed import Readings

if TYPE_CHECKING:
    from remit.evidence.physics import World


class Implies(Statement):
    """A law between two conditions, such as remission within low disease activity."""

    kind: Literal["implies"]
    of: Name = "all"
    if_: ConditionText = Field(alias="if")
    then: ConditionText
    except_: tuple[ConditionText, ...] = Field(default=(), alias="except")

    def says(self) -> str:
        """The law."""
        exceptions = f", except {', '.join(self.except_)}" if self.except_ else ""
        return f"whoever has {self.if_} has {self.then}{exceptions}"

    def sets(self) -> tuple[str, ...]:
        """The group."""
        return (self.of,)

    def conditions(self) -> tuple[str, ...]:
        """Both sides and the exceptions."""
        return (self.if_, self.then, *self.except_)

    def constrain(self, world: World, reading: Readings) -> None:
        """No member with the one and neither the other nor an exception."""
        lacking = [[literal.negated() for literal in world.condition(text)] for text in (self.then, *self.except_)]
        world.nobody_with(world.members(self.of), world.condition(self.if_), *lacking)

    def quantity(self, world: World) -> Quantity | None:
        """How many break the law; it is forced when nobody can."""
        breaking = world.both_of(world.members(self.of), world.condition(self.if_))
        for text in (self.then, *self.except_):
            breaking = world.both_of(breaking, [literal.negated() for literal in world.condition(text)])
        return Quantity(world.number(breaking), 1.0, "patients who break it", 0, None)
