"""A partial order of levels: of some pairs it is known which is the more toxic, of others it is not.

With dose and schedule both escalated, more of either is more toxic, but a higher dose given less often may be above
or below a lower dose given more often. Cells are numbered from 1; in a grid the doses of the first schedule come
first, then those of the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.errors import InputError

MOST_CELLS = 16
MOST_UPPER_SETS = 300
Booleans = NDArray[np.bool_]
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PartialOrder:
    """The order.

    cells       number of cells
    pairs       (lower, higher): the first is known to be less toxic than the second; what follows from them is known
                as well
    doses       doses a schedule, where the cells are a grid; None otherwise
    """

    cells: int
    pairs: Pairs
    doses: int | None = None

    def __post_init__(self) -> None:
        parameters.count("levels", self.cells, 1, MOST_CELLS)
        for lower, higher in self.pairs:
            for cell in (lower, higher):
                parameters.count(f"order, {lower}<{higher}", cell, 1, self.cells)
            if lower == higher:
                raise InputError(f"order: {lower}<{higher} says that a level is below itself.")
        cycle = _cycle(self.cells, self.pairs)
        if cycle:
            raise InputError(f"order: must not run in a circle; it says {'<'.join(map(str, cycle))}.")

    @property
    def below(self) -> Booleans:
        """below[a - 1, b - 1]: a is known to be less toxic than b, directly or through others."""
        return _closure(self.cells, self.pairs)

    @property
    def covers(self) -> Booleans:
        """Like `below`, but only where nothing lies between: the steps that an escalation may take."""
        return _covers(self.cells, self.pairs)

    def lower(self, cell: int) -> tuple[int, ...]:
        """The lower neighbors of a cell."""
        return tuple((1 + np.flatnonzero(self.covers[:, cell - 1])).tolist())

    def upper(self, cell: int) -> tuple[int, ...]:
        """The upper neighbors of a cell."""
        return tuple((1 + np.flatnonzero(self.covers[cell - 1])).tolist())

    def name(self, cell: int) -> str:
        """How the minutes call a cell: `level 5 (dose 2, schedule 2)`."""
        if self.doses is None:
            return f"level {cell}"
        return f"level {cell} (dose {(cell - 1) % self.doses + 1}, schedule {(cell - 1) // self.doses + 1})"

    def extensions(self, most: int) -> tuple[tuple[int, ...], ...]:
        """Complete orders that agree with this one, lowest cell first, at most so many, in order of their numbers."""
        found: list[tuple[int, ...]] = []
        for one in _extensions(self.below):
            found.append(one)
            if len(found) == most:
                break
        return tuple(found)

    def agrees(self, ordering: tuple[int, ...]) -> bool:
        """Whether a complete order holds every cell once and contradicts nothing that is known."""
        if sorted(ordering) != list(range(1, self.cells + 1)):
            return False
        place = {cell: at for at, cell in enumerate(ordering)}
        return all(place[a + 1] < place[b + 1] for a, b in np.argwhere(self.below).tolist())

    @property
    def upper_sets(self) -> Booleans:
        """Every set of cells that holds, with a cell, all that is above it; shape (sets, cells), the empty set not.

        raises    InputError when there are too many to fit rates by
        """
        return _upper_sets(self.cells, self.pairs)


def grid(doses: int, schedules: int) -> PartialOrder:
    """The order of a grid: along each row and column, and no more."""
    doses = parameters.count("doses", doses, 1, MOST_CELLS)
    schedules = parameters.count("schedules", schedules, 1, MOST_CELLS)
    if doses * schedules > MOST_CELLS:
        raise InputError(f"doses, schedules: must make at most {MOST_CELLS} levels; got {doses * schedules}.")
    across = [(row * doses + k, row * doses + k + 1) for row in range(schedules) for k in range(1, doses)]
    up = [(row * doses + k, (row + 1) * doses + k) for row in range(schedules - 1) for k in range(1, doses + 1)]
    return PartialOrder(doses * schedules, tuple(across + up), doses)


def described(
    levels: int, doses: int | None, schedules: int | None, order: tuple[tuple[int, ...], ...] | str
) -> PartialOrder:
    """The order a design's parameters describe: a grid, or pairs like `1<2, 1<3`.

    raises    InputError: both or neither, a grid of another number of cells, pairs that cannot be read
    """
    held = order if isinstance(order, str) else tuple(tuple(pair) for pair in order)
    return _described(parameters.count("levels", levels, 1, MOST_CELLS), doses, schedules, held)


@lru_cache(maxsize=64)
def _described(
    levels: int, doses: int | None, schedules: int | None, order: tuple[tuple[int, ...], ...] | str
) -> PartialOrder:
    if order:
        if doses is not None or schedules is not None:
            raise InputError("order: give either an order or doses and schedules, not both.")
        return PartialOrder(levels, _read(order))
    if doses is None or schedules is None:
        raise InputError('order: give doses and schedules, or an order like "1<2, 1<3, 2<4, 3<4".')
    made = grid(doses, schedules)
    if made.cells != levels:
        raise InputError(f"levels: {doses} doses and {schedules} schedules make {made.cells} levels; got {levels}.")
    return made


def grid_orderings(doses: int, schedules: int) -> tuple[tuple[int, ...], ...]:
    """Six complete orders of a grid, equal ones once: across, up, and along its diagonals.

    Across doses, across schedules, up every diagonal, down every diagonal, and up and down by turns, beginning with
    either. Source: Wages & Conaway 2013, Pharm Stat 12:217 [pages recalled, unverified].
    """
    cells = [(row, k) for row in range(schedules) for k in range(doses)]

    def diagonal(turn: int) -> tuple[int, ...]:
        def place(cell: tuple[int, int]) -> tuple[int, int]:
            row, k = cell
            rising = turn == 0 or (turn == 2 and (row + k) % 2 == 0) or (turn == 3 and (row + k) % 2 == 1)
            return row + k, row if rising else k

        return number(sorted(cells, key=place))

    def number(placed: list[tuple[int, int]]) -> tuple[int, ...]:
        return tuple(row * doses + k + 1 for row, k in placed)

    across = number(cells)
    up = number(sorted(cells, key=lambda cell: (cell[1], cell[0])))
    return tuple(dict.fromkeys([across, up, *(diagonal(turn) for turn in range(4))]))


def _read(order: tuple[tuple[int, ...], ...] | str) -> Pairs:
    if not isinstance(order, str):
        for pair in order:
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise InputError("order: must be pairs of levels, the lower one first.")
        return tuple((parameters.count("order", a, 1), parameters.count("order", b, 1)) for a, b in order)
    pairs = []
    for part in order.replace(";", ",").split(","):
        chained = [one.strip() for one in part.split("<")]
        if len(chained) < 2 or not all(one.isdecimal() for one in chained):
            raise InputError(f'order: "{part.strip()}" is not a pair like 1<2.')
        pairs += [(int(a), int(b)) for a, b in pairwise(chained)]
    return tuple(pairs)


def _cycle(cells: int, pairs: Pairs) -> list[int]:
    after: dict[int, list[int]] = {cell: [b for a, b in pairs if a == cell] for cell in range(1, cells + 1)}
    done: set[int] = set()

    def search(path: list[int]) -> list[int]:
        for following in after[path[-1]]:
            if following in path:
                return [*path[path.index(following) :], following]
            if following not in done:
                found = search([*path, following])
                if found:
                    return found
        done.add(path[-1])
        return []

    return next((found for cell in range(1, cells + 1) if cell not in done and (found := search([cell]))), [])


@lru_cache(maxsize=64)
def _closure(cells: int, pairs: Pairs) -> Booleans:
    known = np.zeros((cells, cells), dtype=bool)
    for lower, higher in pairs:
        known[lower - 1, higher - 1] = True
    for middle in range(cells):
        known |= known[:, middle, None] & known[None, middle, :]
    known.setflags(write=False)
    return known


@lru_cache(maxsize=64)
def _covers(cells: int, pairs: Pairs) -> Booleans:
    below = _closure(cells, pairs)
    between = (below.astype(np.int64) @ below.astype(np.int64)) > 0
    out: Booleans = below & ~between
    out.setflags(write=False)
    return out


@lru_cache(maxsize=64)
def _upper_sets(cells: int, pairs: Pairs) -> Booleans:
    below = _closure(cells, pairs)
    above = [int(sum(1 << b for b in np.flatnonzero(below[a]).tolist())) for a in range(cells)]
    reached, waiting = {0}, [0]
    while waiting:
        held = waiting.pop()
        for cell in range(cells):
            grown = held | 1 << cell
            if grown not in reached and above[cell] & ~held == 0:
                reached.add(grown)
                waiting.append(grown)
        if len(reached) > MOST_UPPER_SETS:
            raise InputError(f"order: leaves too much open among {cells} levels; say more, or use fewer levels.")
    sets = sorted(reached - {0})
    return np.array([[bool(one >> cell & 1) for cell in range(cells)] for one in sets])


def _extensions(below: Booleans) -> Iterator[tuple[int, ...]]:
    cells = len(below)

    def grown(placed: tuple[int, ...], left: frozenset[int]) -> Iterator[tuple[int, ...]]:
        if not left:
            yield placed
        for cell in sorted(left):
            if not any(below[other - 1, cell - 1] for other in left):
                yield from grown((*placed, cell), left - {cell})

    yield from grown((), frozenset(range(1, cells + 1)))
