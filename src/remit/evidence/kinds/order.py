"""`order`: dose levels were opened one after the other, each after patients of the one before were cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from remit.evidence.kinds.statement import Name, Statement
from remit.evidence.printed import Readings

if TYPE_CHECKING:
    from remit.evidence.physics import World


class Order(Statement):
    """Levels in the order they opened. A level opens when `cleared` patients of the one before (all of them where
    it is not given, or where there are fewer) have been observed for the DLT window."""

    kind: Literal["order"]
    levels: tuple[Name, ...] = Field(min_length=2)
    cleared: int | None = Field(default=None, ge=1)
    dlt_window_days: int = Field(default=28, ge=0, alias="dlt-window-days")

    def says(self) -> str:
        """The order and the gate."""
        gate = "all" if self.cleared is None else str(self.cleared)
        return f"{' → '.join(self.levels)}, {gate} cleared for {self.dlt_window_days} days before the next opens"

    def categories(self) -> tuple[str, ...]:
        """The levels."""
        return self.levels

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """A level that opens twice."""
        return None if len(set(self.levels)) == len(self.levels) else "a level stands twice in the order"

    def constrain(self, world: World, reading: Readings) -> None:
        """Infusion days that follow the gates."""
        world.opened_in_order(self.levels, self.cleared, self.dlt_window_days)

    def assumes(self) -> tuple[str, ...]:
        """Follow-up tells the infusion day only if it runs to a common cut."""
        return ("follow-up-to-cut",)
