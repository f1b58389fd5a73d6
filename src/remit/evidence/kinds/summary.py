"""`summary`: mean, SD, median, quartiles and range of a variable, as printed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from remit.days import MONTH_DAYS
from remit.evidence.derived.moments import moments_misfit
from remit.evidence.kinds.statement import Between, Name, Quantity, Statement
from remit.evidence.laws import is_whole
from remit.evidence.printed import Number, Readings, is_months, read, span

if TYPE_CHECKING:
    from remit.evidence.physics import World

_MONTH_DAYS = Fraction(MONTH_DAYS)
PLACES = ("mean", "median", "q1", "q3", "min", "max")


class Summary(Statement):
    """Statistics of one variable over a group; without any, its range is asked. `interval` is that of the mean."""

    kind: Literal["summary"]
    variable: Name
    of: Name = "all"
    n: int | None = Field(default=None, ge=0)
    integer: bool = False
    mean: Number | None = None
    sd: Number | None = None
    median: Number | None = None
    q1: Number | None = None
    q3: Number | None = None
    min: Number | None = None
    max: Number | None = None
    interval: Between | None = None

    @property
    def printed(self) -> dict[str, Number]:
        """The statistics that are printed, by name."""
        found = {name: getattr(self, name) for name in (*PLACES, "sd")}
        return {name: value for name, value in found.items() if value is not None}

    def says(self) -> str:
        """Every statistic."""
        numbers = ", ".join(f"{name} {read(value)}" for name, value in self.printed.items())
        return f"{self.variable}: {numbers or 'what range'}" + (f" (n = {self.n})" if self.n is not None else "")

    def sets(self) -> tuple[str, ...]:
        """The group."""
        return (self.of,)

    def figures(self) -> Iterable[tuple[str, Number]]:
        """The statistics, the SD among them: it is in the variable's unit too."""
        return [(self.variable, value) for value in self.printed.values()]

    def whole(self) -> tuple[str, ...]:
        """The variable, where the document says that it is whole-numbered."""
        return (self.variable,) if self.integer else ()

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """GRIM, GRIMMER and the limits that range, mean and SD set each other."""
        if self.n is not None and size is not None and self.n > size:
            return f"{self.n} patients in a group of {size}: a part cannot be larger than the whole"
        if self.interval is not None and (problem := self.interval.upside_down()) is not None:
            return problem
        whole = self.n if self.n is not None else size
        if whole == 0 and self.printed:
            return "statistics of nobody"
        shown = {name: reading.shown(self.variable, value) for name, value in self.printed.items()}
        spans = {name: reading.span(self.variable, value) for name, value in self.printed.items()}
        if "sd" in spans and is_months(self.variable):
            spans["sd"] = span(shown["sd"], "either")
        return moments_misfit(shown, spans, whole, self.integer or is_whole(self.variable))

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """The sum behind a mean of whole numbers; the days behind a range in months."""
        n = self.n if self.n is not None else size
        if self.mean is not None and n and (self.integer or is_whole(self.variable)):
            mean = read(self.mean)
            total, below = mean.value * n, floor(mean.value * n)
            near = ", ".join(f"{k}/{n} = {k / n:.{max(2, (mean.decimals or 0) + 1)}f}" for k in (below, below + 1))
            return f"{n} × {mean} = {float(total):g}; whole sums beside it: {near}"
        if is_months(self.variable) and self.min is not None and self.max is not None:
            return self._days(reading)
        return ""

    def _days(self, reading: Readings) -> str:
        days = []
        for value in (self.max, self.min):
            assert value is not None
            allowed = reading.span(self.variable, value)
            if allowed.low is None or allowed.high is None:
                return ""
            days.append((ceil(allowed.low * _MONTH_DAYS), floor(allowed.high * _MONTH_DAYS)))
        (least, most), (low, high) = days
        return (
            f"maximum {self.max} months = {least} to {most} days, minimum {self.min} = {max(0, low)} to {high} days; "
            f"between them at least {least} − {high} = {least - high} days"
        )

    def constrain(self, world: World, reading: Readings) -> None:
        """Each statistic, but for the SD of a variable that is not whole-numbered (see `contradiction`)."""
        size = self.n if self.n is not None else world.claims.size(self.of)
        members = world.subset(self.of, self.n)
        for name, value in self.printed.items():
            allowed = reading.span(self.variable, value)
            if name == "mean":
                world.mean(self.variable, members, size, allowed)
            elif name == "sd":
                if size is not None and size > 1:
                    spans = {key: reading.span(self.variable, number) for key, number in self.printed.items()}
                    world.sd(self.variable, members, size, spans)
            else:
                world.order_statistic(self.variable, members, size, name, allowed)

    def quantity(self, world: World) -> Quantity | None:
        """The first statistic that is printed; the value of a patient when none is."""
        size = self.n if self.n is not None else world.claims.size(self.of)
        name = next((name for name in PLACES if name in self.printed), "value")
        return world.statistic(self.variable, world.subset(self.of, self.n), size, name, self.printed.get(name))

    def assumes(self) -> tuple[str, ...]:
        """Quartiles have many definitions."""
        return ("quartiles",) if self.q1 is not None or self.q3 is not None else ()
