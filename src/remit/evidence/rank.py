"""Sums, squares and order statistics of a variable over members whose names, and perhaps number, are unknown.

The k-th smallest of the members is at most h when at least k members are at most h, and at least l when fewer than k
are below l. The median of an even number is the mean of the middle two. Quartiles have nine definitions and more
(Hyndman & Fan 1996, Am Stat 50:361); all of them lie between the two order statistics used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

from remit.evidence import solver
from remit.evidence.kinds.statement import Quantity
from remit.evidence.printed import Number, Span, read

if TYPE_CHECKING:
    from remit.evidence.grids import Grid
    from remit.evidence.physics import World


_FEW: Final = 40
_LADDER: Final = 120


def total(world: World, name: str, members: list[Any]) -> Any:
    """The sum of a variable over members, in grid steps."""
    grid, terms = world.grids[name], []
    for x, member in zip(world.variable(name), members, strict=True):
        if world.is_sure(member):
            terms.append(x)
            continue
        term = world.model.new_int_var(min(0, grid.low), max(0, grid.high), "")
        world.model.add(term == x).only_enforce_if(member)
        world.model.add(term == 0).only_enforce_if(member.negated())
        terms.append(term)
    return sum(terms)


def squares(world: World, name: str, members: list[Any], size: int, spans: Mapping[str, Span]) -> None:
    """n Σx² − (Σx)² = n (n − 1) SD² lies between the squares of the ends of the SD's span.

    spans   of "sd", and of "mean", "min" and "max" where they are printed: they make the squares few
    """
    model, grid, span = world.model, world.grids[name], spans["sd"]
    low = grid.limits(spans["min"])[0] if "min" in spans else grid.low
    high = grid.limits(spans["max"])[1] if "max" in spans else grid.high
    if high < low:
        return
    solver.squarable(name, size * (high - low))
    # The SD does not move with the values, so they are counted from the lowest.
    values, powers = [], []
    for x, member in zip(world.variable(name), members, strict=True):
        value = model.new_int_var(0, high - low, "")
        if world.is_sure(member):
            model.add(value == x - low)
        else:
            model.add(value == x - low).only_enforce_if(member)
            model.add(value == 0).only_enforce_if(member.negated())
        values.append(value)
        powers.append(_square(world, value, high - low))
    factor = size * (size - 1)
    least = 0 if span.low is None or span.low <= 0 else ceil(factor * (span.low / grid.step) ** 2)
    most = None if span.high is None else floor(factor * (span.high / grid.step) ** 2)
    sums = _few_sums(spans.get("mean"), size, grid, low)
    if sums is None:
        whole = model.new_int_var(0, size * (high - low), "")
        model.add(whole == sum(values))
        square = model.new_int_var(0, (size * (high - low)) ** 2, "")
        model.add_multiplication_equality(square, [whole, whole])
        model.add(size * sum(powers) - square >= least)
        if most is not None:
            model.add(size * sum(powers) - square <= most)
        return
    cases = [model.new_bool_var("") for _ in sums]
    model.add_bool_or(cases)
    for case, whole in zip(cases, sums, strict=True):
        model.add(sum(values) == whole).only_enforce_if(case)
        model.add(sum(powers) >= -(-(least + whole**2) // size)).only_enforce_if(case)
        if most is not None:
            model.add(sum(powers) <= (most + whole**2) // size).only_enforce_if(case)


def _few_sums(mean: Span | None, size: int, grid: Grid, low: int) -> range | None:
    """The sums, counted from the lowest value, that the mean leaves, when they are few."""
    if mean is None or mean.low is None or mean.high is None:
        return None
    first = ceil(mean.low / grid.step * size) - low * size
    last = floor(mean.high / grid.step * size) - low * size
    return range(max(0, first), last + 1) if last - first < _FEW else None


def _square(world: World, value: Any, high: int) -> Any:
    """The square of a value from 0: the sum of the first odd numbers, as many as the value."""
    model = world.model
    if high > _LADDER:
        power = model.new_int_var(0, high**2, "")
        model.add_multiplication_equality(power, [value, value])
        return power
    steps = [model.new_bool_var("") for _ in range(high)]
    for lower, upper in pairwise(steps):
        model.add_implication(upper, lower)
    model.add(value == sum(steps))
    return sum((2 * k + 1) * step for k, step in enumerate(steps))


def constrain(world: World, name: str, members: list[Any], size: int | None, which: str, span: Span) -> None:
    """Put one order statistic of a variable into a span."""
    grid = world.grids[name]
    first, last = grid.limits(span)
    if which in ("min", "max"):
        _extreme(world, name, members, which, first, last)
        return
    if size is None:
        _share(world, name, members, which, first, last)
        return
    if which == "median":
        if size % 2:
            _between(world, name, members, (size + 1) // 2, first, last)
        else:
            _middle(world, name, members, size // 2, grid, span)
        return
    low_rank, high_rank = quartile_ranks(size, which)
    _at_most(world, name, members, low_rank, last)
    _at_least(world, name, members, high_rank, first)


def quartile_ranks(size: int, which: str) -> tuple[int, int]:
    """Ranks between which every usual definition puts the quartile."""
    if which == "q1":
        return max(1, floor(size / 4)), min(size, ceil(size / 4 + 1))
    low, high = quartile_ranks(size, "q1")
    return size + 1 - high, size + 1 - low


def quantity(
    world: World, name: str, members: list[Any], size: int | None, which: str, printed: Number | None
) -> Quantity | None:
    """A statistic as an expression whose least and largest value can be asked; None where the model has none."""
    grid, model = world.grids[name], world.model
    shown = None if printed is None else float(read(printed).value)
    step = float(grid.step)
    if which == "mean":
        return None if not size else Quantity(total(world, name, members), step / size, "mean", shown, None)
    if which == "median" and size and size % 2 == 0:
        low, high = _middle_pair(world, name, members, size // 2)
        return Quantity(low + high, step / 2, "median", shown, None)
    if which in ("q1", "q3") or (which == "median" and not size):
        return None
    trivial = (grid.low * step, grid.high * step) if grid.bounded else None
    column = _sorted_whole(world, name, members)
    if column is not None and which in ("min", "median", "max"):
        place = {"min": 0, "median": len(column) // 2, "max": len(column) - 1}[which]
        return Quantity(column[place], step, which, shown, trivial)
    value = model.new_int_var(grid.low, grid.high, "")
    chosen = [model.new_bool_var("") for _ in members]
    model.add_exactly_one(chosen)
    for literal, member, x in zip(chosen, members, world.variable(name), strict=True):
        model.add_implication(literal, member)
        model.add(value == x).only_enforce_if(literal)
        if which in ("min", "max"):
            model.add(value <= x if which == "min" else value >= x).only_enforce_if(member)
    if which == "median" and size:
        _middle_member(world, name, members, size // 2, value)
    return Quantity(value, step, "value of a patient" if which == "value" else which, shown, trivial)


def _middle_member(world: World, name: str, members: list[Any], below: int, value: Any) -> None:
    """`value` is the middle one: as many members to be put at or below it as at or above it."""
    model = world.model
    low, high = ([model.new_bool_var("") for _ in members] for _ in range(2))
    for x, member, under, over in zip(world.variable(name), members, low, high, strict=True):
        model.add_implication(under, member)
        model.add_implication(over, member)
        model.add_bool_or(under.negated(), over.negated())
        model.add(x <= value).only_enforce_if(under)
        model.add(x >= value).only_enforce_if(over)
    model.add(sum(low) == below)
    model.add(sum(high) == below)
    # The one left over is the middle one itself.
    for x, member, under, over in zip(world.variable(name), members, low, high, strict=True):
        rest = model.new_bool_var("")
        model.add_bool_or(member.negated(), under, over, rest)
        model.add(x == value).only_enforce_if(rest)


def _extreme(world: World, name: str, members: list[Any], which: str, first: int, last: int) -> None:
    attained = []
    for x, member in zip(world.variable(name), members, strict=True):
        bound = x >= first if which == "min" else x <= last
        world.model.add(bound).only_enforce_if(member)
        literal = world.model.new_bool_var("")
        world.model.add_implication(literal, member)
        world.model.add(x <= last if which == "min" else x >= first).only_enforce_if(literal)
        attained.append(literal)
    world.model.add_bool_or(attained)


def _sorted_whole(world: World, name: str, members: list[Any]) -> list[Any] | None:
    whole = world.sorted_by == name and all(world.is_sure(member) for member in members)
    return world.variable(name) if whole else None


def _between(world: World, name: str, members: list[Any], rank: int, first: int, last: int) -> None:
    _at_most(world, name, members, rank, last)
    _at_least(world, name, members, rank, first)


def _at_most(world: World, name: str, members: list[Any], rank: int, limit: int) -> None:
    column = _sorted_whole(world, name, members)
    if column is not None:
        world.model.add(column[rank - 1] <= limit)
        return
    world.model.add(sum(_side(world, name, members, limit, low=True)) >= rank)


def _at_least(world: World, name: str, members: list[Any], rank: int, limit: int) -> None:
    column = _sorted_whole(world, name, members)
    if column is not None:
        world.model.add(column[rank - 1] >= limit)
        return
    world.model.add(sum(_side(world, name, members, limit, low=False)) >= sum(members) - rank + 1)


def _side(world: World, name: str, members: list[Any], limit: int, *, low: bool) -> list[Any]:
    """A literal a patient that may be true only for a member at or below (at or above) the limit."""
    found = []
    for x, member in zip(world.variable(name), members, strict=True):
        literal = world.model.new_bool_var("")
        world.model.add_implication(literal, member)
        world.model.add(x <= limit if low else x >= limit).only_enforce_if(literal)
        found.append(literal)
    return found


def _share(world: World, name: str, members: list[Any], which: str, first: int, last: int) -> None:
    """For a group of unknown size: not more than the statistic's share of it lies beyond the span, plus one."""
    below, extra = {"median": (2, 0), "q1": (4, 4), "q3": (4, 4)}[which]
    parts = {"median": (1, 1), "q1": (1, 3), "q3": (3, 1)}[which]
    at_least = sum(_side(world, name, members, first, low=False))
    at_most = sum(_side(world, name, members, last, low=True))
    count = sum(members)
    world.model.add(below * at_least + extra >= parts[1] * count)
    world.model.add(below * at_most + extra >= parts[0] * count)


def _middle(world: World, name: str, members: list[Any], rank: int, grid: Grid, span: Span) -> None:
    low, high = _middle_pair(world, name, members, rank)
    if span.low is not None:
        world.model.add(low + high >= grid.at_least(2 * span.low, span.low_open) - (1 if grid.real else 0))
    if span.high is not None:
        world.model.add(low + high <= grid.at_most(2 * span.high, span.high_open) + (1 if grid.real else 0))


def _middle_pair(world: World, name: str, members: list[Any], rank: int) -> tuple[Any, Any]:
    """The middle two of an even number of members."""
    column = _sorted_whole(world, name, members)
    if column is not None:
        return column[rank - 1], column[rank]
    grid, model = world.grids[name], world.model
    low, high = (model.new_int_var(grid.low, grid.high, "") for _ in range(2))
    model.add(low <= high)
    lower = [model.new_bool_var("") for _ in members]
    model.add(sum(lower) == rank)
    ends: tuple[list[Any], list[Any]] = ([], [])
    for x, member, under in zip(world.variable(name), members, lower, strict=True):
        model.add_implication(under, member)
        model.add(x <= low).only_enforce_if(under)
        model.add(x >= high).only_enforce_if([member, under.negated()])
        for is_low, found in zip((True, False), ends, strict=True):
            literal = model.new_bool_var("")
            model.add_implication(literal, member)
            model.add_implication(literal, under if is_low else under.negated())
            model.add(x >= low if is_low else x <= high).only_enforce_if(literal)
            found.append(literal)
    for found in ends:
        model.add_bool_or(found)
    return low, high
