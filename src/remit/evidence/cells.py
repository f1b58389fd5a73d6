"""The kinds of patient that a part of a document tells apart: events, groups, and intervals of values.

A variable is divided only where a condition or a single patient's value needs it. Events of one partition exclude each
other, and each group of a partition stands once instead of in all its combinations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, prod, sqrt
from typing import Final

from remit.evidence.claims import Claims
from remit.evidence.grids import Grid
from remit.evidence.kinds import Partition, Patient, Statement, Summary
from remit.evidence.laws import LAWS
from remit.evidence.printed import Span
from remit.evidence.where import OPPOSITE, Comparison, compares, parse

MOST_CELLS: Final = 1_500
MOST_COUNTS: Final = 12_000
"""Cells, and values of all variables in all cells, beyond which one row a patient is the smaller model."""

Ends = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """The events its patients have, the groups they are in, and where each of their values lies (in grid steps).

    coarse   variables of which only the sum is ever asked in this cell, so that single values are not told apart
    """

    events: frozenset[str]
    groups: frozenset[str]
    values: Mapping[str, Ends]
    coarse: frozenset[str] = frozenset()

    def low(self, name: str) -> int:
        """The least value of a variable in the cell."""
        return self.values[name][0]

    def high(self, name: str) -> int:
        """The largest value of a variable in the cell."""
        return self.values[name][1]


@dataclass(frozen=True)
class Plan:
    """The cells of a part, and whom a condition or a group takes in."""

    claims: Claims
    grids: Mapping[str, Grid]
    names: frozenset[str]
    cells: tuple[Cell, ...]

    def meets(self, cell: Cell, text: str) -> bool:
        """Whether a condition holds for a cell, which is divided where conditions divide."""
        return all(self._holds(cell, part) == positive for part, positive in parse(text))

    def inside(self, cell: Cell, group: str) -> bool:
        """Whether a cell is in a group."""
        if group == "all":
            return True
        found = self.claims.group(group)
        own = self.meets(cell, found.where) if found.where is not None else group in cell.groups
        return own and self.inside(cell, found.of)

    def compares(self, cell: Cell, name: str, op: str, number: Fraction) -> bool:
        """Whether a variable of a cell stands so to a number."""
        if op in ("<", "<=", "!="):
            return not self.compares(cell, name, OPPOSITE[op], number)
        return compares(op, cell.low(name) * self.grids[name].step, number)

    def _holds(self, cell: Cell, part: Comparison) -> bool:
        if not part.op:
            return part.name in cell.events
        if part.word is not None:
            return (part.word in cell.events) == (part.op == "=")
        assert part.number is not None
        if part.name in self.grids and part.name not in self.claims.events():
            return self.compares(cell, part.name, part.op, part.number)
        return compares(part.op, Fraction(int(part.name in cell.events)), part.number)


def plan(
    claims: Claims,
    grids: Mapping[str, Grid],
    names: frozenset[str],
    statements: Sequence[Statement],
    groups: Sequence[str],
    asked: Sequence[Statement],
) -> Plan | None:
    """The cells for a part; None when there would be too many, or a variable has no ends.

    statements   those that hold
    asked        those that are only asked about; the cells are divided for their conditions too
    """
    variables = sorted(names & set(grids))
    spoken = [*statements, *asked]
    cuts = _cuts(claims, grids, variables, spoken, groups)
    intervals = [_intervals((grids[name].low, grids[name].high), cuts.get(name, set())) for name in variables]
    free = [name for name in groups if claims.group(name).where is None]
    choices = _events(names & claims.events(), spoken)
    number = prod(map(len, choices)) * prod(map(len, intervals)) * 2 ** len(free)
    if number > MOST_CELLS:
        return None
    rough = Plan(claims, grids, names, tuple(
        Cell(
            frozenset(name for some in picked for name in some),
            frozenset(name for name, isin in zip(free, member, strict=True) if isin),
            dict(zip(variables, ends, strict=True)),
        )
        for picked in product(*choices)
        for member in product((False, True), repeat=len(free))
        for ends in product(*intervals)
    ))  # fmt: skip
    cells = tuple(_narrowed(rough, cell, variables, statements, asked) for cell in rough.cells)
    fine = sum(high - low + 1 for c in cells for name, (low, high) in c.values.items() if name not in c.coarse)
    return None if fine > MOST_COUNTS else Plan(claims, grids, names, cells)


def _narrowed(
    rough: Plan, cell: Cell, variables: Sequence[str], statements: Sequence[Statement], asked: Sequence[Statement]
) -> Cell:
    """The cell with each variable within the ends that summaries of its groups leave."""
    values, coarse = dict(cell.values), set()
    for name in variables:
        low, high = cell.values[name]
        about = [
            s
            for s in (*statements, *asked)
            if isinstance(s, Summary) and s.variable == name and rough.inside(cell, s.of)
        ]
        for summary in about:
            size = rough.claims.size(summary.of)
            if summary not in asked and summary.n in (None, size):
                first, last = _limits(rough.claims, rough.grids[name], summary, summary.n or size)
                low, high = max(low, first), min(high, last)
        law = _by_law(rough.claims, name, cell.events)
        high = high if law is None else min(high, floor(law / rough.grids[name].step))
        if law is None and all(_only_sums(s, s in asked) for s in about):
            coarse.add(name)
        # An empty range needs a value for the cell to be built; what emptied it then leaves nobody there.
        values[name] = (low, high) if low <= high else (low, low)
    return Cell(cell.events, cell.groups, values, frozenset(coarse))


def _by_law(claims: Claims, name: str, events: Iterable[str]) -> Fraction | None:
    """The most that an instrument allows a variable of patients with these events."""
    if not claims.assumptions.instrument_laws:
        return None
    has = {event.lower() for event in events}
    found = [
        law.most if law.most is not None else Fraction(max(law.values or (0,)))
        for law in LAWS
        if law.variable == name.lower() and law.event in has
    ]
    return min(found, default=None)


def _only_sums(summary: Summary, asked: bool) -> bool:
    if asked and "mean" in summary.printed:
        return True
    return bool(summary.printed) and set(summary.printed) <= {"mean"}


def _limits(claims: Claims, grid: Grid, summary: Summary, size: int | None) -> Ends:
    low, high = grid.low, grid.high
    spans = {key: claims.readings("either").span(summary.variable, value) for key, value in summary.printed.items()}
    if "min" in spans:
        low = max(low, grid.limits(spans["min"])[0])
    if "max" in spans:
        high = min(high, grid.limits(spans["max"])[1])
    reach = _reach_of(spans, size) if size else None
    if reach is not None:
        low, high = max(low, ceil(reach[0] / grid.step)), min(high, floor(reach[1] / grid.step))
    return low, high


def _events(events: Iterable[str], statements: Iterable[Statement]) -> list[list[tuple[str, ...]]]:
    """Independent choices: one part (or none) of each partition of everyone, and yes or no of every other event."""
    left = set(events)
    found: list[list[tuple[str, ...]]] = []
    for statement in statements:
        if not isinstance(statement, Partition) or statement.of != "all" or statement.n is not None:
            continue
        parts = [name for name in statement.parts if name in left]
        # Parts that an earlier partition has taken stand there; these then are told apart one by one.
        if len(parts) == len(statement.parts):
            found.append([(name,) for name in parts])
            left -= set(parts)
    return found + [[(), (name,)] for name in sorted(left)]


def _cuts(
    claims: Claims,
    grids: Mapping[str, Grid],
    variables: Sequence[str],
    statements: Sequence[Statement],
    groups: Sequence[str],
) -> dict[str, set[int]]:
    """For each variable, the values at which a new interval begins."""
    texts = [text for statement in statements for text in statement.conditions()]
    for name in {g for statement in statements for g in statement.sets() if g != "all"} | set(groups):
        while name != "all":
            group = claims.group(name)
            texts += [group.where] if group.where is not None else []
            name = group.of
    found: dict[str, set[int]] = {}
    for text in texts:
        for part, _ in parse(text):
            if part.name in variables and part.number is not None:
                steps = part.number / grids[part.name].step
                found.setdefault(part.name, set()).update({ceil(steps), floor(steps) + 1})
    for statement in statements:
        if isinstance(statement, Patient):
            for name, value in statement.figures():
                for numbers in ("rounded", "truncated", "either"):
                    span = claims.readings(numbers).span(name, value)
                    first, last = grids[name].limits(span)
                    found.setdefault(name, set()).update({first, last + 1})
    return found


def _intervals(domain: Ends, cuts: Iterable[int]) -> list[Ends]:
    low, high = domain
    starts = [low, *sorted(cut for cut in cuts if low < cut <= high), high + 1]
    return [(first, after - 1) for first, after in pairwise(starts)]


def _reach_of(spans: Mapping[str, Span], n: int) -> tuple[Fraction, Fraction] | None:
    """How far a value can be from the mean: (n − 1)/√n times the SD (Samuelson 1968, JASA 63:1522)."""
    mean, sd = spans.get("mean"), spans.get("sd")
    if mean is None or sd is None or mean.low is None or mean.high is None or sd.high is None:
        return None
    far = Fraction(ceil(float(sd.high) * (n - 1) / sqrt(n) + 1))
    return mean.low - far, mean.high + far
