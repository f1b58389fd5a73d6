"""`partition`: every patient of a group is in exactly one part, so the counts add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from remit.evidence.kinds.statement import Name, Quantity, Statement
from remit.evidence.printed import Readings
from remit.protocol.doc import frozen

if TYPE_CHECKING:
    from remit.evidence.physics import World

Count = Annotated[int, Field(ge=0)]


class Partition(Statement):
    """Parts with their counts; a part without a count (`null`) is asked."""

    kind: Literal["partition"]
    of: Name = "all"
    parts: Annotated[dict[str, Count | None], Field(min_length=1, max_length=60), AfterValidator(frozen)]
    n: int | None = Field(default=None, ge=0)

    def says(self) -> str:
        """Every part with its count."""
        return ", ".join(f"{part} {'?' if count is None else count}" for part, count in self.parts.items())

    def sets(self) -> tuple[str, ...]:
        """The group."""
        return (self.of,)

    def categories(self) -> tuple[str, ...]:
        """The parts."""
        return tuple(self.parts)

    @property
    def total(self) -> int:
        """The sum of the counts that are printed."""
        return sum(count for count in self.parts.values() if count is not None)

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """Counts that do not add up to the group."""
        whole = self.n if self.n is not None else size
        if self.n is not None and size is not None and self.n > size:
            return f"{self.n} patients in a group of {size}: a part cannot be larger than the whole"
        if whole is None:
            return None
        sum_text = " + ".join(str(count) for count in self.parts.values() if count is not None)
        complete = all(count is not None for count in self.parts.values())
        if self.total > whole or (complete and self.total != whole):
            return f"{sum_text} = {self.total}, not {whole}: the parts do not add up to the group"
        return None

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """The parts added up, beside the group."""
        counts = [str(count) for count in self.parts.values() if count is not None]
        whole = self.n if self.n is not None else size
        beside = "" if whole is None else f"; the group has {whole}"
        return f"{' + '.join(counts)} = {self.total}{beside}" if counts else ""

    def constrain(self, world: World, reading: Readings) -> None:
        """Each member in one part; each part with its count."""
        members = world.subset(self.of, self.n)
        parts = {part: world.event(part) for part in self.parts}
        world.each_in_one(members, list(parts.values()))
        for part, count in self.parts.items():
            if count is not None:
                world.model.add(world.number(world.both_of(members, parts[part])) == count)

    def quantity(self, world: World) -> Quantity | None:
        """The one part that is asked."""
        asked = [part for part, count in self.parts.items() if count is None]
        if len(asked) != 1:
            return None
        members = world.subset(self.of, self.n)
        expression = world.number(world.both_of(members, world.event(asked[0])))
        return Quantity(expression, 1.0, f"patients in {asked[0]}", None, (0, world.claims.n))
