"""The constraint model by counts: how many patients are of each kind, instead of one row a patient.

Patients bear no names, so a cohort is known by how many of them have each combination of events and intervals of
values (a *cell*), and, for a variable, how many of a cell have each value. Sums, sums of squares and order statistics
are then linear in counts, and the size of the model does not grow with the number of patients.

It answers the questions of `physics.World` with the same words; in place of one literal a patient stands one `Some` a
cell. It serves what has no calendar and no fine grid: see `unseen`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NamedTuple

from remit.evidence import solver
from remit.evidence.cells import Plan
from remit.evidence.claims import Claims
from remit.evidence.grids import Grid, above, below
from remit.evidence.kinds.statement import Quantity
from remit.evidence.laws import LAWS
from remit.evidence.printed import Number, Readings, Span, read
from remit.evidence.rank import quartile_ranks

MOST_CASES: Final = 150
"""Sums that a mean may leave for their squares to be a ladder; beyond, the square is a product."""


@dataclass(frozen=True)
class Some:
    """The patients of a cell for whom something holds: all of them, none, or (of a subset) `count` of them."""

    count: Any
    holds: bool
    cell: int
    subset: int | None = None

    def negated(self) -> Some:
        """Those of the cell for whom it does not hold."""
        return Some(self.count, not self.holds, self.cell)


class Bin(NamedTuple):
    """How many patients of a cell have a value from low to high, and the sum of their values."""

    low: int
    high: int
    count: Any
    total: Any


class Census:
    """Everything that could be, as counts that statements narrow down."""

    linear = True

    def __init__(self, claims: Claims, grids: Mapping[str, Grid], plan: Plan):
        self.claims, self.grids, self.plan = claims, grids, plan
        self.model: Any = solver.new_model()
        self.zero: Any = self.model.new_constant(0)
        self.widest: Readings = claims.readings("either")
        self.counts = [self.model.new_int_var(0, claims.n, "") for _ in plan.cells]
        self.model.add(sum(self.counts) == claims.n)
        self.present = self._column(lambda cell: True)
        self.has_follow_up = False
        self._groups: dict[str, list[Some]] = {"all": self.present}
        self._spread: dict[tuple[str, int | None], list[list[Bin]]] = {}
        self._subsets: list[list[Any]] = []
        self._chosen: list[dict[int, Any]] = []

    # ---- what patients have ----

    def event(self, name: str) -> list[Some]:
        """One entry a cell: has the event."""
        return self._column(lambda cell: name in cell.events)

    def compare(self, name: str, op: str, number: Fraction) -> list[Some]:
        """One entry a cell: the variable against a number, at which the cells are divided."""
        return self._column(lambda cell: self.plan.compares(cell, name, op, number))

    def within(self, name: str, span: Span) -> list[Some]:
        """One entry a cell: the variable inside a span, at whose ends the cells are divided."""
        first, last = self.grids[name].limits(span)
        return self._column(lambda cell: first <= cell.low(name) and cell.high(name) <= last)

    def both(self, first: Some, second: Some) -> Some:
        """The one and the other."""
        own = first if first.subset is not None else second
        return Some(own.count, first.holds and second.holds, first.cell, own.subset)

    def both_of(self, first: Sequence[Some], second: Sequence[Some]) -> list[Some]:
        """`both`, cell by cell."""
        return [self.both(a, b) for a, b in zip(first, second, strict=True)]

    def number(self, column: Sequence[Some]) -> Any:
        """How many patients a column holds for."""
        return self._sum(entry.count for entry in column if entry.holds)

    def condition(self, text: str) -> list[Some]:
        """One entry a cell: the condition holds."""
        return self._column(lambda cell: self.plan.meets(cell, text))

    def members(self, name: str) -> list[Some]:
        """One entry a cell: in the group, whose printed size holds."""
        if name not in self._groups:
            group = self.claims.group(name)
            self.members(group.of)
            self._groups[name] = self._column(lambda cell: self.plan.inside(cell, name))
            if group.count is not None:
                self.model.add(self.number(self._groups[name]) == group.count)
        return self._groups[name]

    def subset(self, of: str, n: int | None) -> list[Some]:
        """The group, or n unknown members of it where a statement has its own n."""
        members = self.members(of)
        if n is None or n == self.claims.size(of):
            return members
        counts = [self.model.new_int_var(0, self.claims.n, "") for _ in members]
        for count, whole in zip(counts, self.counts, strict=True):
            self.model.add(count <= whole)
        self._subsets.append(counts)
        which = len(self._subsets) - 1
        chosen = [Some(count, entry.holds, entry.cell, which) for count, entry in zip(counts, members, strict=True)]
        self.model.add(self.number(chosen) == n)
        return chosen

    # ---- what statements say ----

    def someone(self, of: str, columns: Sequence[Sequence[Some]]) -> None:
        """There is a patient of the group, not one of those named elsewhere, for whom every column holds."""
        fits = self.members(of)
        for column in columns:
            fits = self.both_of(fits, column)
        chosen = {entry.cell: self.model.new_bool_var("") for entry in fits if entry.holds}
        self.model.add(self._sum(chosen.values()) == 1)
        self._chosen.append(chosen)
        for cell, count in enumerate(self.counts):
            self.model.add(self._sum(one[cell] for one in self._chosen if cell in one) <= count)

    def nobody_with(self, *columns: Sequence[Some]) -> None:
        """No patient for whom every column holds."""
        for entries in zip(*columns, strict=True):
            if all(entry.holds for entry in entries):
                self.model.add(self.counts[entries[0].cell] == 0)

    def each_in_one(self, members: Sequence[Some], columns: Sequence[Sequence[Some]]) -> None:
        """Every member is in exactly one of the columns."""
        for member, *entries in zip(members, *columns, strict=True):
            if member.holds and sum(entry.holds for entry in entries) != 1:
                self.model.add(member.count == 0)

    def each_in_at_most_one(self, columns: Sequence[Sequence[Some]]) -> None:
        """Nobody is in two of the columns."""
        for entries in zip(*columns, strict=True):
            if sum(entry.holds for entry in entries) > 1:
                self.model.add(self.counts[entries[0].cell] == 0)

    def holds_in(self, of: str, event: str, count: int, n: int | None) -> None:
        """So many of a group have an event; with an n of its own, among some n of the group."""
        members = self.members(of)
        having = self.number(self.both_of(members, self.condition(event)))
        if n is None or n == self.claims.size(of):
            self.model.add(having == count)
            return
        self.model.add(having >= count)
        self.model.add(self.number(members) - having >= n - count)

    def one_of(self, expression: Any, values: list[int]) -> None:
        """An expression takes one of these values."""
        if values:
            self.model.add_linear_expression_in_domain(expression, solver.domain(values))
        else:
            self.model.add_bool_or([])

    def sizes_of(self, of: str, event: str, pairs: list[tuple[int, int]]) -> None:
        """Size of a group and count of an event in it are one of these pairs."""
        size, count = (self.model.new_int_var(0, self.claims.n, "") for _ in range(2))
        members = self.members(of)
        self.model.add(size == self.number(members))
        self.model.add(count == self.number(self.both_of(members, self.condition(event))))
        self.model.add_allowed_assignments([size, count], pairs)

    def mean(self, name: str, members: Sequence[Some], size: int | None, span: Span) -> None:
        """The mean of a variable over members lies in a span."""
        total = self._total(name, members)
        low, high = (None if end is None else end / self.grids[name].step for end in (span.low, span.high))
        if size is not None:
            if low is not None:
                self.model.add(total >= above(low * size, span.low_open))
            if high is not None:
                self.model.add(total <= below(high * size, span.high_open))
            return
        for end, sign in ((low, 1), (high, -1)):
            if end is not None:
                self.model.add(sign * (end.denominator * total - end.numerator * self.number(members)) >= 0)

    def sd(self, name: str, members: Sequence[Some], size: int, spans: Mapping[str, Span]) -> None:
        """n Σx² − (Σx)² = n (n − 1) SD² lies between the squares of the ends of the SD's span."""
        model, step, span = self.model, self.grids[name].step, spans["sd"]
        total, squares = self._total(name, members), self._squares(name, members)
        factor = size * (size - 1)
        least = 0 if span.low is None or span.low <= 0 else above(factor * (span.low / step) ** 2, False)
        most = None if span.high is None else below(factor * (span.high / step) ** 2, False)
        mean = spans.get("mean")
        if mean is not None and mean.low is not None and mean.high is not None:
            sums = range(above(mean.low / step * size, False), below(mean.high / step * size, False) + 1)
            if len(sums) <= MOST_CASES:
                square = self._square_of(total, sums)
                model.add(size * squares - square >= least)
                if most is not None:
                    model.add(size * squares - square <= most)
                return
        far = size * max(max(abs(one.low), abs(one.high)) for one in self._over(name, members))
        solver.squarable(name, far)
        whole = model.new_int_var(-far, far, "")
        model.add(whole == total)
        square = model.new_int_var(0, far**2, "")
        model.add_multiplication_equality(square, [whole, whole])
        model.add(size * squares - square >= least)
        if most is not None:
            model.add(size * squares - square <= most)

    def order_statistic(self, name: str, members: Sequence[Some], size: int | None, which: str, span: Span) -> None:
        """Median, quartile, minimum or maximum of a variable over members lies in a span."""
        first, last = self.grids[name].limits(span)
        if which in ("min", "max"):
            inside = self._from(name, members, *((first, None) if which == "min" else (None, last)))
            self.model.add(inside == self.number(members))
            self.model.add(self._from(name, members, first, last) >= 1)
        elif size is None:
            self._share(name, members, which, first, last)
        elif which == "median" and size % 2 == 0:
            middle = sum(self._ranked(name, members, rank) for rank in (size // 2, size // 2 + 1))
            if span.low is not None:
                self.model.add(middle >= self.grids[name].at_least(2 * span.low, span.low_open))
            if span.high is not None:
                self.model.add(middle <= self.grids[name].at_most(2 * span.high, span.high_open))
        else:
            ranks = ((size + 1) // 2,) * 2 if which == "median" else quartile_ranks(size, which)
            self.model.add(self._from(name, members, None, last) >= ranks[0])
            self.model.add(self._from(name, members, first, None) >= size - ranks[1] + 1)

    def statistic(
        self, name: str, members: Sequence[Some], size: int | None, which: str, printed: Number | None
    ) -> Quantity | None:
        """The statistic as a quantity whose range can be asked."""
        grid = self.grids[name]
        step, shown = float(grid.step), None if printed is None else float(read(printed).value)
        if which == "mean":
            return None if not size else Quantity(self._total(name, members), step / size, "mean", shown, None)
        if which in ("q1", "q3") or (which != "value" and not size):
            return None
        trivial = (grid.low * step, grid.high * step) if grid.bounded else None
        if which == "value":
            return Quantity(self._value(name, members), step, "value of a patient", shown, trivial)
        assert size is not None
        if which == "median" and size % 2 == 0:
            middle = self._ranked(name, members, size // 2) + self._ranked(name, members, size // 2 + 1)
            return Quantity(middle, step / 2, "median", shown, None)
        rank = {"min": 1, "max": size, "median": (size + 1) // 2}[which]
        return Quantity(self._ranked(name, members, rank), step, which, shown, trivial)

    def infusion_window(self, printed: int | None) -> Quantity | None:
        """None: there is no calendar here."""
        return None

    def infusions_within(self, *_: object) -> None:
        """Nothing: without follow-up there is no calendar here."""

    cut_within = opened_in_order = infusions_within

    def laws(self) -> None:
        """What the instruments forbid."""
        known = {name.lower(): name for name in sorted(self.plan.names)}
        for law in LAWS:
            event, name = known.get(law.event), known.get(law.variable)
            if event is None or name is None or name not in self.grids or event not in self.claims.events():
                continue
            most = law.most if law.most is not None else Fraction(max(law.values or (0,)))
            for entry, bins in zip(self.event(event), self._bins(name, None), strict=True):
                for one in bins if entry.holds else ():
                    real = one.low * self.grids[name].step
                    if real > most or (law.values is not None and real not in law.values):
                        self.model.add(one.count == 0)

    # ---- private ----

    def _sum(self, terms: Iterable[Any]) -> Any:
        # from a variable that is 0: a sum without terms then still makes a constraint
        return sum(terms, start=self.zero)

    def _column(self, holds: Any) -> list[Some]:
        return [Some(self.counts[i], bool(holds(cell)), i) for i, cell in enumerate(self.plan.cells)]

    def _bins(self, name: str, subset: int | None) -> list[list[Bin]]:
        """For each cell, how many of it (or of a subset in it) have which values of a variable."""
        key = (name, subset)
        if key not in self._spread:
            whole = self.counts if subset is None else self._subsets[subset]
            spread = []
            for i, cell in enumerate(self.plan.cells):
                low, high = cell.values[name]
                if name in cell.coarse:
                    spread.append([self._coarse(whole[i], low, high)])
                    if subset is not None:
                        rest, every = self.counts[i] - whole[i], self._bins(name, None)[i][0].total
                        self.model.add(every - spread[-1][0].total >= low * rest)
                        self.model.add(every - spread[-1][0].total <= high * rest)
                    continue
                counts = [self.model.new_int_var(0, self.claims.n, "") for _ in range(low, high + 1)]
                bins = [Bin(value, value, count, value * count) for value, count in enumerate(counts, low)]
                self.model.add(self._sum(counts) == whole[i])
                if subset is not None:
                    for one, all_of_it in zip(bins, self._bins(name, None)[i], strict=True):
                        self.model.add(one.count <= all_of_it.count)
                spread.append(bins)
            self._spread[key] = spread
        return self._spread[key]

    def _coarse(self, count: Any, low: int, high: int) -> Bin:
        total = self.model.new_int_var(self.claims.n * min(low, 0), self.claims.n * max(high, 0), "")
        self.model.add(total >= low * count)
        self.model.add(total <= high * count)
        return Bin(low, high, count, total)

    def _over(self, name: str, members: Sequence[Some]) -> Iterator[Bin]:
        """The bins of all members."""
        subset = next((entry.subset for entry in members if entry.subset is not None), None)
        for entry, bins in zip(members, self._bins(name, subset), strict=True):
            if entry.holds:
                yield from bins

    def _total(self, name: str, members: Sequence[Some]) -> Any:
        return self._sum(one.total for one in self._over(name, members))

    def _squares(self, name: str, members: Sequence[Some]) -> Any:
        return self._sum(one.low**2 * one.count for one in self._over(name, members))

    def _square_of(self, total: Any, sums: range) -> Any:
        """The square of a total that is one of these: each step from one to the next adds an odd number."""
        if not sums:
            self.model.add_bool_or([])
            return self.zero
        steps = [self.model.new_bool_var("") for _ in sums[1:]]
        for lower, upper in pairwise(steps):
            self.model.add_implication(upper, lower)
        self.model.add(total == sums[0] + self._sum(steps))
        return sums[0] ** 2 + self._sum((2 * whole + 1) * step for whole, step in zip(sums, steps, strict=False))

    def _from(self, name: str, members: Sequence[Some], first: int | None, last: int | None) -> Any:
        """How many members have a value from first to last; without an end where it is None."""
        return self._sum(
            one.count
            for one in self._over(name, members)
            if (first is None or one.low >= first) and (last is None or one.high <= last)
        )

    def _by_value(self, name: str, members: Sequence[Some]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for one in self._over(name, members):
            found.setdefault(one.low, []).append(one.count)
        return found or {0: []}

    def _ranked(self, name: str, members: Sequence[Some], rank: int) -> Any:
        """The rank-th smallest: the lowest value, and one more for each value with fewer than that at or below it."""
        by_value = self._by_value(name, members)
        low, high = min(by_value), max(by_value)
        reached: list[Any] = []
        so_far: Any = self.zero
        for value in range(low, high):
            so_far = so_far + self._sum(by_value.get(value, []))
            enough = self.model.new_bool_var("")
            self.model.add(so_far >= rank).only_enforce_if(enough)
            self.model.add(so_far <= rank - 1).only_enforce_if(enough.negated())
            reached.append(enough)
        return high - self._sum(reached)

    def _value(self, name: str, members: Sequence[Some]) -> Any:
        by_value = self._by_value(name, members)
        value = self.model.new_int_var(min(by_value), max(by_value), "")
        picks = {each: self.model.new_bool_var("") for each in by_value}
        self.model.add_exactly_one(picks.values())
        for each, pick in picks.items():
            self.model.add(self._sum(by_value[each]) >= 1).only_enforce_if(pick)
            self.model.add(value == each).only_enforce_if(pick)
        return value

    def _share(self, name: str, members: Sequence[Some], which: str, first: int, last: int) -> None:
        """As `rank` does for a group of unknown size."""
        times, extra = {"median": (2, 0), "q1": (4, 4), "q3": (4, 4)}[which]
        parts = {"median": (1, 1), "q1": (1, 3), "q3": (3, 1)}[which]
        count = self.number(members)
        self.model.add(times * self._from(name, members, first, None) + extra >= parts[1] * count)
        self.model.add(times * self._from(name, members, None, last) + extra >= parts[0] * count)
