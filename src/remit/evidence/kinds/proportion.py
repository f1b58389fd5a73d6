"""`proportion`: count, denominator, percent and interval, as printed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from remit.evidence.kinds.count import more_than_all, patients_with, share_of
from remit.evidence.kinds.statement import Between, ConditionText, Name, Quantity, Statement
from remit.evidence.printed import Number, Reading, Readings, read, span
from remit.stats.intervals import INTERVALS, interval

if TYPE_CHECKING:
    from remit.evidence.physics import World

Method = Literal["clopper-pearson", "wilson", "agresti-coull", "wald", "jeffreys", "mid-p", "blaker"]


class Interval(Between):
    """Confidence limits as printed, in percent. Without `method`, every method is tried."""

    method: Method | None = None


class Proportion(Statement):
    """A proportion of patients with an event; without `count` and `percent` it is a question."""

    kind: Literal["proportion"]
    of: Name = "all"
    event: ConditionText
    count: int | None = Field(default=None, ge=0)
    n: int | None = Field(default=None, ge=0)
    denominator: int | None = Field(default=None, ge=0)
    percent: Number | None = None
    interval: Interval | None = None

    @property
    def own_n(self) -> int | None:
        """The denominator that the statement prints itself."""
        return self.n if self.n is not None else self.denominator

    def says(self) -> str:
        """Count, denominator and percent."""
        share = "" if self.percent is None else f" = {read(self.percent)} %"
        number = "how many" if self.count is None else str(self.count)
        return f"{self.event}: {number} of {self.of if self.own_n is None else self.own_n}{share}"

    def sets(self) -> tuple[str, ...]:
        """The group."""
        return (self.of,)

    def conditions(self) -> tuple[str, ...]:
        """The event."""
        return (self.event,)

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """A percent or an interval that no count of this denominator gives."""
        whole = self.own_n if self.own_n is not None else size
        if self.n is not None and self.denominator is not None and self.n != self.denominator:
            return f"n {self.n} and denominator {self.denominator} differ"
        problem = more_than_all(self.count, self.own_n, size)
        if problem is None and self.interval is not None:
            problem = self.interval.upside_down()
        if problem is not None or whole is None:
            return problem
        if whole == 0:
            return None if self.percent is None else "a percent of nobody"
        counts = self.fitting(whole, reading.numbers)
        if not counts:
            return self._misfit(whole)
        if self.interval is None:
            return None
        if self.interval.method is not None:
            return self._interval_misfit(self.interval, self.interval.method, counts, whole, reading)
        return self._outside(self.interval, counts, whole)

    def fitting(self, whole: int, reading: Reading) -> list[int]:
        """The counts of `whole` that print as this count and percent."""
        counts = range(whole + 1) if self.count is None else [self.count]
        if self.percent is None:
            return list(counts)
        allowed = span(read(self.percent), reading)
        return [count for count in counts if allowed.holds(Fraction(100 * count, whole))]

    def _misfit(self, whole: int) -> str:
        assert self.percent is not None
        printed = read(self.percent)
        if self.count is not None:
            exact = float(Fraction(100 * self.count, whole))
            decimals = (printed.decimals or 0) + 2
            return f"{self.count}/{whole} is {exact:.{decimals}f} %, which does not print as {printed} %"
        nearest = sorted(range(whole + 1), key=lambda k: abs(Fraction(100 * k, whole) - printed.value))[:2]
        shown = " and ".join(
            f"{k}/{whole} = {100 * k / whole:.{(printed.decimals or 0) + 1}f} %" for k in sorted(nearest)
        )
        return f"no count of {whole} patients prints as {printed} %; the nearest are {shown}"

    def _outside(self, printed: Interval, counts: list[int], whole: int) -> str | None:
        """No method's interval leaves out its own proportion, however the limits were cut."""
        low, high = span(read(printed.low), "either").low, span(read(printed.high), "either").high
        shares = [Fraction(100 * count, whole) for count in counts]
        if any((low is None or low <= share) and (high is None or share <= high) for share in shares):
            return None
        share = float(shares[0])
        return f"{share:.1f} % lies outside its own interval, {read(printed.low)}–{read(printed.high)} %"

    def _interval_misfit(
        self, printed: Interval, method: Method, counts: list[int], whole: int, reading: Readings
    ) -> str | None:
        if any(interval_fits(printed, method, count, whole, reading.numbers) for count in counts):
            return None
        low, high = interval(method, counts[0], whole, printed.level)
        return (
            f"the {method} interval of {counts[0]}/{whole} at {100 * printed.level:g} % is "
            f"{100 * low:.1f}–{100 * high:.1f} %, not {read(printed.low)}–{read(printed.high)} %"
        )

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """The share, and the counts that print as the percent."""
        whole = self.own_n if self.own_n is not None else size
        if self.count is not None or not whole or self.percent is None:
            return share_of(self.count, whole)
        counts = self.fitting(whole, reading.numbers)
        return "; ".join(share_of(count, whole) for count in counts[:6]) + ("; …" if len(counts) > 6 else "")

    def constrain(self, world: World, reading: Readings) -> None:
        """The count, or the counts that the percent leaves."""
        size = world.claims.size(self.of)
        whole = self.own_n if self.own_n is not None else size
        if self.count is not None:
            world.holds_in(self.of, self.event, self.count, self.own_n)
        elif self.percent is not None and whole is not None:
            expression = patients_with(world, self.of, self.event, self.own_n, None)
            if expression is not None:
                world.one_of(expression.expression, self.fitting(whole, reading.numbers))
        if self.percent is not None and whole is None:
            pairs = [(n, k) for n in range(1, world.claims.n + 1) for k in self.fitting(n, reading.numbers) if k <= n]
            world.sizes_of(self.of, self.event, pairs)

    def quantity(self, world: World) -> Quantity | None:
        """How many have the event."""
        printed = self.count
        whole = self.own_n if self.own_n is not None else world.claims.size(self.of)
        if printed is None and self.percent is not None and whole:
            counts = self.fitting(whole, "either")
            printed = counts[0] if len(counts) == 1 else None
        return patients_with(world, self.of, self.event, self.own_n, printed)


def interval_fits(printed: Interval, method: str, count: int, whole: int, reading: Reading) -> bool:
    """Whether the method's limits for count/whole print as the printed ones."""
    limits = interval(method, count, whole, printed.level)
    # A thousandth of the last digit: limits are computed in floats, and a printed end may have been cut at 0 or 100.
    for limit, text in zip(limits, (printed.low, printed.high), strict=True):
        shown = read(text)
        allowed = span(shown, reading)
        slack = Fraction(1, 1000 * 10 ** (shown.decimals or 6))
        value = Fraction(100 * min(1.0, max(0.0, limit)))
        if not any(allowed.holds(value + shift) for shift in (0, slack, -slack)):
            return False
    return True


def methods_that_fit(printed: Interval, count: int, whole: int, reading: Reading) -> list[str]:
    """Every method whose limits print as the printed ones."""
    return [method for method in INTERVALS if interval_fits(printed, method, count, whole, reading)]
