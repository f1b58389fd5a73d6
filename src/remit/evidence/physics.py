"""The constraint model: n unseen patients, their events and values, and what the statements say about them.

Events are booleans, variables are whole multiples of a grid step (see `grids`). Patients bear no names, so they are put
in the order of one variable to spare the solver the permutations. Every constraint is necessary: where a publication
leaves open what it means (quartiles, values between grid points) the weakest reading is modeled, so that "impossible"
is true under every reading.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from remit.evidence import calendar, rank, solver
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP, Part
from remit.evidence.grids import Grid, above, below
from remit.evidence.kinds.statement import Quantity
from remit.evidence.laws import LAWS, SEROLOGY
from remit.evidence.printed import Number, Readings, Span, base_reading, is_months
from remit.evidence.where import OPPOSITE, Comparison, compares, parse


class World:
    """Everything that could be, as a constraint model that statements narrow down."""

    linear = False

    def __init__(
        self,
        claims: Claims,
        grids: dict[str, Grid],
        names: frozenset[str] | None = None,
        model: Any = None,
        present: list[Any] | None = None,
    ):
        self.claims = claims
        self.names = frozenset(claims.names()) if names is None else names
        self.grids = grids
        self.model: Any = solver.new_model() if model is None else model
        self.true: Any = self.model.new_constant(1)
        self.present: list[Any] = [self.true] * claims.n if present is None else present
        self.widest: Readings = claims.readings("either")
        self.sorted_by: str | None = None
        self._events: dict[str, list[Any]] = {}
        self._variables: dict[str, list[Any]] = {}
        self._compared: dict[tuple[str, str, Fraction], list[Any]] = {}
        self._groups: dict[str, list[Any]] = {"all": self.present}
        self._conditions: dict[str, list[Any]] = {}
        self._chosen: list[list[Any]] = []
        self._both: dict[tuple[int, int], Any] = {}
        self._event_names = claims.events()
        self._partitions = {s.id: set(s.categories()) for s in claims.statements if s.kind == "partition"}
        self.clock: calendar.Clock | None = None

    # ---- what patients have ----

    def event(self, name: str) -> list[Any]:
        """One boolean a patient: has the event."""
        if name not in self._events:
            self._events[name] = [self.model.new_bool_var("") for _ in self.present]
        return self._events[name]

    def variable(self, name: str) -> list[Any]:
        """One whole number a patient: the variable's value in grid steps."""
        if name not in self._variables:
            grid = self.grids[name]
            column = [self.model.new_int_var(grid.low, grid.high, "") for _ in self.present]
            self._variables[name] = column
            if name == FOLLOW_UP:
                self.clock = calendar.Clock(self, column, grid)
        return self._variables[name]

    def order_by(self, name: str) -> None:
        """Patients in ascending order of a variable: they bear no names, so any order is as good."""
        column = self.variable(name)
        for first, second in pairwise(column):
            self.model.add(first <= second)
        self.sorted_by = name

    @property
    def has_follow_up(self) -> bool:
        """Whether the document speaks of follow-up in months."""
        return FOLLOW_UP in self.grids

    def is_sure(self, literal: Any) -> bool:
        """Whether a literal is the constant true."""
        return bool(literal.index == self.true.index)

    def both(self, first: Any, second: Any) -> Any:
        """A literal for the one and the other."""
        if self.is_sure(first) or first is second:
            return second
        if self.is_sure(second):
            return first
        key = (first.index, second.index)
        if key not in self._both:
            product = self.model.new_bool_var("")
            self.model.add_bool_and(first, second).only_enforce_if(product)
            self.model.add_bool_or(first.negated(), second.negated(), product)
            self._both[key] = self._both[key[1], key[0]] = product
        return self._both[key]

    def both_of(self, first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
        """`both`, patient by patient."""
        return [self.both(a, b) for a, b in zip(first, second, strict=True)]

    def number(self, column: Sequence[Any]) -> Any:
        """How many patients a column holds for."""
        return sum(column)

    # ---- conditions and groups ----

    def compare(self, name: str, op: str, number: Fraction) -> list[Any]:
        """One literal a patient: the variable against a number."""
        if op in ("<", "<=", "!="):
            return [literal.negated() for literal in self.compare(name, OPPOSITE[op], number)]
        key = (name, op, number)
        if key not in self._compared:
            grid, column = self.grids[name], self.variable(name)
            self._compared[key] = [self._literal(x, grid, op, number) for x in column]
        return self._compared[key]

    def within(self, name: str, span: Span) -> list[Any]:
        """One literal a patient: the variable inside a span. The literal may be false for a value inside."""
        first, last = self.grids[name].limits(span)
        literals = []
        for x in self.variable(name):
            literal = self.model.new_bool_var("")
            if first > last:
                self.model.add(literal == 0)
            else:
                self.model.add_linear_constraint(x, first, last).only_enforce_if(literal)
            literals.append(literal)
        return literals

    def condition(self, text: str) -> list[Any]:
        """One literal a patient: the condition holds."""
        if text not in self._conditions:
            literals = [self.true] * len(self.present)
            for part, positive in parse(text):
                column = self._part(part)
                literals = self.both_of(literals, column if positive else [x.negated() for x in column])
            self._conditions[text] = literals
        return self._conditions[text]

    def members(self, name: str) -> list[Any]:
        """One literal a patient: in the group, whose printed size holds."""
        if name not in self._groups:
            group = self.claims.group(name)
            literals = self.members(group.of)
            inside = self.condition(group.where) if group.where else [self.model.new_bool_var("") for _ in literals]
            literals = self.both_of(literals, inside)
            self._groups[name] = literals
            if group.count is not None:
                self.model.add(sum(literals) == group.count)
        return self._groups[name]

    def subset(self, of: str, n: int | None) -> list[Any]:
        """The group, or n unknown members of it where a statement has its own n."""
        members = self.members(of)
        if n is None or n == self.claims.size(of):
            return members
        chosen = self.both_of(members, [self.model.new_bool_var("") for _ in members])
        self.model.add(sum(chosen) == n)
        return chosen

    def someone(self, of: str, columns: Sequence[Sequence[Any]]) -> None:
        """There is a patient of the group, not one of those named elsewhere, for whom every column holds."""
        chosen = [self.model.new_bool_var("") for _ in self.present]
        self.model.add_exactly_one(chosen)
        for column in (self.members(of), *columns):
            for choice, literal in zip(chosen, column, strict=True):
                self.model.add_implication(choice, literal)
        self._chosen.append(chosen)
        for each in zip(*self._chosen, strict=True):
            self.model.add_at_most_one(each)

    def nobody_with(self, *columns: Sequence[Any]) -> None:
        """No patient for whom every column holds."""
        for literals in zip(*columns, strict=True):
            self.model.add_bool_or([literal.negated() for literal in literals])

    def each_in_one(self, members: Sequence[Any], columns: Sequence[Sequence[Any]]) -> None:
        """Every member is in exactly one of the columns."""
        for member, *literals in zip(members, *columns, strict=True):
            self.model.add(sum(literals) == 1).only_enforce_if(member)

    def each_in_at_most_one(self, columns: Sequence[Sequence[Any]]) -> None:
        """Nobody is in two of the columns."""
        for literals in zip(*columns, strict=True):
            self.model.add_at_most_one(literals)

    # ---- what statements say ----

    def holds_in(self, of: str, event: str, count: int, n: int | None) -> None:
        """So many of a group have an event; with an n of its own, among some n of the group."""
        members = self.members(of)
        having = self.both_of(members, self.condition(event))
        if n is None or n == self.claims.size(of):
            self.model.add(sum(having) == count)
            return
        self.model.add(sum(having) >= count)
        self.model.add(sum(members) - sum(having) >= n - count)

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
        self.model.add(size == sum(members))
        self.model.add(count == sum(self.both_of(members, self.condition(event))))
        self.model.add_allowed_assignments([size, count], pairs)

    def mean(self, name: str, members: list[Any], size: int | None, span: Span) -> None:
        """The mean of a variable over members lies in a span."""
        grid = self.grids[name]
        total = rank.total(self, name, members)
        slack = Fraction(1, 2) if grid.real else Fraction(0)  # a value moves by half a step when put on the grid
        low, high = (None if end is None else end / grid.step for end in (span.low, span.high))
        if size is not None:
            if low is not None:
                self.model.add(total >= above((low - slack) * size, span.low_open and not grid.real))
            if high is not None:
                self.model.add(total <= below((high + slack) * size, span.high_open and not grid.real))
            return
        count = sum(members)
        for end, sign in ((low, 1), (high, -1)):
            if end is not None:
                bound = end - sign * slack
                self.model.add(sign * (bound.denominator * total - bound.numerator * count) >= 0)

    def sd(self, name: str, members: list[Any], size: int, spans: Mapping[str, Span]) -> None:
        """The SD (n − 1) of a whole-numbered variable over members lies in its span; of others nothing is modeled."""
        if not self.grids[name].real and not is_months(name):
            rank.squares(self, name, members, size, spans)

    def order_statistic(self, name: str, members: list[Any], size: int | None, which: str, span: Span) -> None:
        """Median, quartile, minimum or maximum of a variable over members lies in a span."""
        rank.constrain(self, name, members, size, which, span)

    def statistic(
        self, name: str, members: list[Any], size: int | None, which: str, printed: Number | None
    ) -> Quantity | None:
        """The statistic as a quantity whose range can be asked."""
        return rank.quantity(self, name, members, size, which, printed)

    def infusions_within(
        self, first: datetime.date | None, last: datetime.date | None, days: int | None, attained: bool
    ) -> None:
        """Every first infusion lies in a window."""
        if self.follow_up_clock():
            self.follow_up_clock().window(first, last, days, attained)

    def cut_within(self, first: datetime.date | None, last: datetime.date | None) -> None:
        """The cut lies in a window."""
        if self.follow_up_clock():
            self.follow_up_clock().cut(first, last)

    def infusion_window(self, printed: int | None) -> Quantity | None:
        """Days between the first and the last infusion."""
        clock = self.follow_up_clock()
        return None if clock is None else clock.length(printed)

    def opened_in_order(self, levels: tuple[str, ...], cleared: int | None, window: int) -> None:
        """Levels open one after the other."""
        clock = self.follow_up_clock()
        if clock is not None:
            clock.opened_in_order(levels, cleared, window)

    def follow_up_clock(self) -> Any:
        """The calendar behind follow-up; None when the document does not speak of follow-up."""
        if not self.has_follow_up:
            return None
        self.variable(FOLLOW_UP)
        return self.clock

    def laws(self) -> None:
        """What the instruments forbid."""
        known = {name.lower(): name for name in sorted(self.names)}
        for law in LAWS:
            event, name = known.get(law.event), known.get(law.variable)
            if event in self._event_names and name in self.grids:
                self._law(event, name, law.values, law.most)
        total, clinical = known.get("sledai"), known.get("csledai")
        if total in self.grids and clinical in self.grids:
            for x, y in zip(self.variable(total), self.variable(clinical), strict=True):
                self.model.add_linear_expression_in_domain(x - y, solver.domain(list(SEROLOGY)))

    # ---- private ----

    def _law(self, event: str, name: str, allowed: tuple[int, ...] | None, most: Fraction | None) -> None:
        grid = self.grids[name]
        for literal, x in zip(self.event(event), self.variable(name), strict=True):
            if allowed is not None and grid.step == 1:
                constraint = self.model.add_linear_expression_in_domain(x, solver.domain(list(allowed)))
            else:
                limit = most if most is not None else Fraction(max(allowed or (0,)))
                constraint = self.model.add(x <= grid.at_most(limit, False))
            constraint.only_enforce_if(literal)

    def _part(self, part: Comparison) -> list[Any]:
        if not part.op:
            return self.event(part.name)
        if part.word is not None:
            column = self.event(part.word)
            return column if part.op == "=" else [x.negated() for x in column]
        assert part.number is not None
        if part.name in self._event_names:
            column = self.event(part.name)
            truth = [compares(part.op, Fraction(value), part.number) for value in (0, 1)]
            if truth == [False, True]:
                return column
            if truth == [True, False]:
                return [x.negated() for x in column]
            return [self.true if truth[0] else self.true.negated()] * len(column)
        return self.compare(part.name, part.op, part.number)

    def _literal(self, x: Any, grid: Grid, op: str, number: Fraction) -> Any:
        literal = self.model.new_bool_var("")
        if op == "=":
            first, last = grid.at_least(number, False), grid.at_most(number, False)
            if first > last:
                self.model.add(literal == 0)
                return literal
            self.model.add(x == first).only_enforce_if(literal)
            if not grid.real:
                self.model.add(x != first).only_enforce_if(literal.negated())
            return literal
        first = grid.at_least(number, op == ">")
        last = grid.at_most(number, op == ">=")
        self.model.add(x >= first).only_enforce_if(literal)
        self.model.add(x <= last).only_enforce_if(literal.negated())
        return literal


def build(claims: Claims, grids: dict[str, Grid], part: Part, loose: frozenset[str] = frozenset()) -> World:
    """The world in which the statements and groups of one part of a document hold.

    loose   ids of statements whose numbers may be cut off as well as rounded
    """
    world = World(claims, grids, part.names)
    key = FOLLOW_UP if FOLLOW_UP in part.names and FOLLOW_UP in grids else _most_used(part)
    if key is not None:
        world.order_by(key)
    impose(world, part, loose)
    return world


def impose(world: World, part: Part, loose: frozenset[str] = frozenset()) -> None:
    """Put the statements and groups of a part, and the laws of the instruments, into a world."""
    claims = world.claims
    base = base_reading(claims.assumptions.rounding)
    for name in part.groups:
        world.members(name)
    for statement in part.statements:
        reading = claims.readings("either" if statement.id in loose else base)
        size = claims.size(statement.sets()[0]) if statement.sets() else claims.n
        if statement.contradiction(size, reading) is not None:
            world.model.add_bool_or([])
        else:
            statement.constrain(world, reading)
    if claims.assumptions.instrument_laws:
        world.laws()


def _most_used(part: Part) -> str | None:
    names = [str(getattr(s, "variable", "")) for s in part.statements if s.kind == "summary" and s.sets() == ("all",)]
    return max(names, key=names.count) if names else None
