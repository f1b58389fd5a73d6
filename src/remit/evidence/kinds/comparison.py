"""`comparison`: two groups beside each other, with the p-value and the interval that are printed for them.

Counts, or means with SDs, are enough to compute both again. What needs every patient's values (log-rank, paired tests)
is said to be not reported, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from remit.evidence.derived.p_values import (
    NEEDS_PATIENTS,
    OF_COUNTS,
    OF_MEANS,
    SLACK,
    Ends,
    Moments,
    of_counts,
    of_means,
)
from remit.evidence.derived.two_group_intervals import Limits, of_difference, of_mean_difference, of_ratio
from remit.evidence.kinds.statement import Alone, Between, ConditionText, Name, Statement
from remit.evidence.printed import Number, Printed, Readings, Span, read, span
from remit.protocol.doc import Doc

if TYPE_CHECKING:
    from remit.evidence.physics import World

Test = Literal[
    "fisher", "chi-square", "chi-square-uncorrected", "chi-square-corrected", "z", "t", "student", "welch",
    "log-rank", "cox", "paired-t", "wilcoxon", "mann-whitney", "mcnemar", "mixed-model", "other",
]  # fmt: skip


class Side(Doc):
    """One of the two groups: n with a count, or with a mean and SD; `of` names a group of the document."""

    of: Name | None = None
    n: int = Field(ge=1)
    count: int | None = Field(default=None, ge=0)
    mean: Number | None = None
    sd: Number | None = None


class Comparison(Statement):
    """Two groups compared; without `test`, every usual test is tried."""

    kind: Literal["comparison"]
    event: ConditionText | None = None
    what: Name | None = None
    first: Side
    second: Side
    test: Test | None = None
    sides: Literal[1, 2] | None = None
    p: Number | None = None
    measure: Literal["difference", "risk-ratio", "odds-ratio"] = "difference"
    interval: Between | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        both = (self.first, self.second)
        counts = [side.count is not None for side in both]
        means = [side.mean is not None and side.sd is not None for side in both]
        if self.test not in NEEDS_PATIENTS and not all(counts) and not all(means):
            raise ValueError("both sides need a count, or both a mean and an sd")
        if all(counts) and self.test in OF_MEANS and self.test not in OF_COUNTS:
            raise ValueError(f"the test {self.test} compares means; counts are compared by {', '.join(OF_COUNTS)}")
        if all(means) and self.test in OF_COUNTS and self.test not in OF_MEANS:
            raise ValueError(f"the test {self.test} compares counts; means are compared by {', '.join(OF_MEANS)}")
        return self

    def says(self) -> str:
        """Both groups and the p-value."""
        named = self.event or self.what
        between = f"{_side(self.first)} against {_side(self.second)}"
        test = "" if self.test is None else f" ({self.test})"
        p = "" if self.p is None else f", p {_sign(read(self.p))}"
        return (f"{named}: " if named else "") + between + p + test

    def sets(self) -> tuple[str, ...]:
        """The groups of both sides, where they are named."""
        return tuple(side.of for side in (self.first, self.second) if side.of is not None)

    def conditions(self) -> tuple[str, ...]:
        """The event, where patients of the document have it."""
        return (self.event,) if self.event is not None and self.sets() else ()

    def figures(self) -> Iterable[tuple[str, Number]]:
        """None: means and SDs of a comparison are checked alone."""
        return ()

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """A count above its n, or a p-value or interval that the named test does not give."""
        for side in (self.first, self.second):
            if side.count is not None and side.count > side.n:
                return f"{side.count} of {side.n}: a count cannot exceed the number of patients"
            if side.sd is not None and (high := span(read(side.sd), reading.numbers).high) is not None and high < 0:
                return f"an SD is not negative: {read(side.sd)}"
        if self.interval is not None and (problem := self.interval.upside_down()) is not None:
            return problem
        if self.p is None or self.test is None or self.test in NEEDS_PATIENTS:
            return None
        tests = self.p_values(reading)
        if not tests or reproducing(self.p, tests, reading):
            return None
        given = "; ".join(f"{name} {_shown(ends)}" for name, ends in tests.items() if not name.endswith("one-sided"))
        return f"p {_sign(read(self.p))} is not what {_side(self.first)} against {_side(self.second)} give: {given}"

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """Every p-value that the printed numbers give."""
        return "; ".join(f"{name} p = {_shown(ends)}" for name, ends in self.p_values(reading).items())

    def constrain(self, world: World, reading: Readings) -> None:
        """The counts of sides that are groups of the document."""
        for side in (self.first, self.second):
            if side.of is not None and side.count is not None and self.event is not None:
                world.holds_in(side.of, self.event, side.count, side.n)

    def p_values(self, reading: Readings) -> dict[str, Ends]:
        """P-values by test: those that the document names, or all; one-sided ones unless it says two sides."""
        if self.test in NEEDS_PATIENTS:
            return {}
        every = self._every(reading)
        forms = None if self.test is None else (OF_COUNTS if self._of_counts else OF_MEANS)[self.test]
        return {
            name: ends
            for name, ends in every.items()
            if (forms is None or name.removesuffix(", one-sided") in forms)
            and (self.sides is None or name.endswith("one-sided") == (self.sides == 1))
        }

    def limits(self, reading: Readings) -> dict[str, Limits]:
        """Confidence limits by method, for the measure and level that are printed; none without an interval."""
        if self.interval is None:
            return {}
        level = self.interval.level
        if not self._of_counts:
            both = self._moments(reading)
            return of_mean_difference(*both, level) if both is not None and self.measure == "difference" else {}
        counts = self._counts()
        if counts is None:
            return {}
        if self.measure == "difference":
            return of_difference(*counts, level)
        return of_ratio(*counts, level, odds=self.measure == "odds-ratio")

    def alone(self, reading: Readings) -> Alone | None:
        """Which tests give the printed p-value; what the p-value is where none is printed."""
        said = self.says()
        if self.test in NEEDS_PATIENTS:
            needs = NEEDS_PATIENTS[str(self.test)]
            return Alone("not-reported", None, f"{said}: {self.test} needs {needs}, which is not reported")
        tests = self.p_values(reading)
        if not tests:
            return Alone("not-reported", None, f"{said}: the numbers leave no test to compute")
        two = {name: ends for name, ends in tests.items() if not name.endswith("one-sided")} or tests
        reach = (min(low for low, _ in two.values()), max(high for _, high in two.values()))
        given = "; ".join(f"{name} p = {_shown(ends)}" for name, ends in two.items())
        if self.p is None:
            one = reach[0] == reach[1]
            return Alone("forced" if one else "undetermined", reach, f"{said}: p not printed; {given}")
        fitting = reproducing(self.p, tests, reading)
        if not fitting:
            return Alone("undetermined", reach, f"{said}: none of the tests known here gives that p-value; {given}")
        only = all(name.endswith("one-sided") for name in fitting)
        why = f"{said}: given by {'; '.join(fitting)}" + ("; no two-sided test gives it" if only else "")
        return Alone("forced" if self.test is not None else "undetermined", reach, why)

    @property
    def _of_counts(self) -> bool:
        return self.first.count is not None and self.second.count is not None

    def _counts(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        a, b = self.first, self.second
        if a.count is None or b.count is None or a.count > a.n or b.count > b.n:
            return None
        return (a.count, a.n), (b.count, b.n)

    def _every(self, reading: Readings) -> dict[str, Ends]:
        if self._of_counts:
            counts = self._counts()
            return {} if counts is None else of_counts(*counts)
        both = self._moments(reading)
        return {} if both is None else of_means(*both)

    def _moments(self, reading: Readings) -> tuple[Moments, Moments] | None:
        found = [moments_of(side.n, side.mean, side.sd, reading) for side in (self.first, self.second)]
        return None if found[0] is None or found[1] is None else (found[0], found[1])


def moments_of(n: int, mean: Number | None, sd: Number | None, reading: Readings) -> Moments | None:
    """A mean and SD as the ends of what prints so; None where one is missing or a bound."""
    if mean is None or sd is None:
        return None
    means, sds = span(read(mean), reading.numbers), span(read(sd), reading.numbers)
    if means.low is None or means.high is None or sds.low is None or sds.high is None or sds.high < 0:
        return None
    return Moments(n, (means.low, means.high), (max(Fraction(0), sds.low), sds.high))


def reproducing(printed: Number, values: dict[str, Ends], reading: Readings) -> list[str]:
    """The names whose values, from least to most, meet what prints so."""
    allowed = span(read(printed), reading.numbers)
    return [name for name, ends in values.items() if meets(allowed, ends)]


def meets(allowed: Span, ends: Ends) -> bool:
    """Whether some value between two ends prints so; a float's last digits may be off."""
    low, high = (Fraction(end) for end in ends)
    # A bound is sharp: "p < 0.05" is not true of 0.05 itself.
    if allowed.high_open and allowed.high is not None and low >= allowed.high:
        return False
    slack = Fraction(SLACK) * (1 + abs(high))
    above = allowed.high is None or low - slack <= allowed.high
    below = allowed.low is None or high + slack >= allowed.low
    return above and below


def _side(side: Side) -> str:
    if side.count is not None:
        return f"{side.count}/{side.n}"
    if side.mean is None:
        return f"{side.n} patients"
    return f"{read(side.mean)}" + ("" if side.sd is None else f" (SD {read(side.sd)})") + f", n {side.n}"


def _sign(printed: Printed) -> str:
    return str(printed) if printed.sense else f"= {printed}"


def _shown(ends: Ends) -> str:
    low, high = (f"{end:.3g}" for end in ends)
    return low if low == high else f"{low} to {high}"
