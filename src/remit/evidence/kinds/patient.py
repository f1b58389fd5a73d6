"""`patient`: one patient of whom several values are printed together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from remit.evidence.kinds.statement import Name, Quantity, Statement
from remit.evidence.printed import Number, Readings, read
from remit.protocol.doc import frozen

if TYPE_CHECKING:
    from remit.evidence.physics import World

Value = bool | Number
FOR_TEXT = {True: "yes", False: "no"}


class Patient(Statement):
    """There is a patient with these values. Two patient statements are about two patients."""

    kind: Literal["patient"]
    of: Name = "all"
    values: Annotated[dict[str, Value], Field(min_length=1, max_length=60), AfterValidator(frozen)]

    def says(self) -> str:
        """Every value."""
        return "a patient with " + ", ".join(
            f"{name} {FOR_TEXT[value] if isinstance(value, bool) else read(value)}"
            for name, value in self.values.items()
        )

    def sets(self) -> tuple[str, ...]:
        """The group."""
        return (self.of,)

    def conditions(self) -> tuple[str, ...]:
        """The events."""
        return tuple(name for name, value in self.values.items() if isinstance(value, bool))

    def figures(self) -> Iterable[tuple[str, Number]]:
        """The numbers."""
        return [(name, value) for name, value in self.values.items() if not isinstance(value, bool)]

    def constrain(self, world: World, reading: Readings) -> None:
        """One patient, not one of the other patient statements, with every value."""
        world.someone(self.of, [self._column(world, name, value, reading) for name, value in self.values.items()])

    def quantity(self, world: World) -> Quantity | None:
        """How many patients fit; it is forced when there is always one."""
        fits = world.members(self.of)
        for name, value in self.values.items():
            fits = world.both_of(fits, self._column(world, name, value, world.widest))
        return Quantity(world.number(fits), 1.0, "patients who fit", None, (0, world.claims.n))

    def _column(self, world: World, name: str, value: Value, reading: Readings) -> list[Any]:
        if isinstance(value, bool):
            column = world.condition(name)
            return column if value else [literal.negated() for literal in column]
        return world.within(name, reading.span(name, value))
