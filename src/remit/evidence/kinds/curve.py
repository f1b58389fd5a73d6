"""`curve`: numbers at risk and survival at times, as read off a Kaplan-Meier figure."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from remit.evidence.kinds.statement import Name, Statement
from remit.evidence.printed import Number, Readings, read, span
from remit.protocol.doc import Doc

if TYPE_CHECKING:
    from remit.evidence.physics import World


class Step(Doc):
    """One time of a curve: how many are at risk just before it, and the share without the event (0 to 1)."""

    t: Annotated[int | float, Field(ge=0)]
    at_risk: int | None = Field(default=None, ge=0, alias="at-risk")
    survival: Number | None = None


class Curve(Statement):
    """A Kaplan-Meier curve of a time variable; `of` is the group it is drawn for."""

    kind: Literal["curve"]
    variable: Name
    of: Name = "all"
    n: int | None = Field(default=None, ge=0)
    at: tuple[Step, ...] = Field(min_length=1)

    def says(self) -> str:
        """Every time."""
        return f"{self.variable}: " + "; ".join(
            f"t {step.t:g}"
            + ("" if step.at_risk is None else f", {step.at_risk} at risk")
            + ("" if step.survival is None else f", S {read(step.survival)}")
            for step in self.at
        )

    def sets(self) -> tuple[str, ...]:
        """The group."""
        return (self.of,)

    def figures(self) -> Iterable[tuple[str, Number]]:
        """The times."""
        return [(self.variable, step.t) for step in self.at]

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """A number at risk that grows, a survival that rises, or a fall deeper than those who left can make."""
        steps = sorted(self.at, key=lambda step: step.t)
        risk = self.n if self.n is not None else size
        before, highest, lowest = risk, Fraction(1), Fraction(1)
        for position, step in enumerate(steps):
            if step.at_risk is not None:
                if before is not None and step.at_risk > before:
                    return f"{step.at_risk} at risk at t {step.t:g} after {before} before"
                before = step.at_risk
            if step.survival is None:
                continue
            shown, allowed = read(step.survival), span(read(step.survival), reading.numbers)
            high = Fraction(1) if allowed.high is None else min(Fraction(1), allowed.high)
            low = Fraction(0) if allowed.low is None else max(Fraction(0), allowed.low)
            if high < low:
                return f"survival {shown} at t {step.t:g} is not between 0 and 1"
            if low > highest:
                return f"survival rises to {shown} at t {step.t:g}"
            # Whoever is still at risk later has had no event by now, so the curve cannot have fallen further than this.
            later = next((other.at_risk for other in steps[position + 1 :] if other.at_risk is not None), None)
            if later is not None and risk and high < lowest * Fraction(later, risk):
                return f"survival {shown} at t {step.t:g} is too low: {later} of {risk} are still at risk afterwards"
            highest, lowest = min(highest, high), low
            risk = step.at_risk if step.at_risk is not None else risk
        return None

    def constrain(self, world: World, reading: Readings) -> None:
        """As many times at or after t as are at risk."""
        members = world.subset(self.of, self.n)
        for step in self.at:
            if step.at_risk is not None:
                reached = world.compare(self.variable, ">=", Fraction(repr(step.t)))
                world.model.add(world.number(world.both_of(members, reached)) == step.at_risk)
