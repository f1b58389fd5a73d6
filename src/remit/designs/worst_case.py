"""The worst that a design can do: the rising curve of true rates under which a chance is smallest or largest.

    worst(chain, lambda found: found.overdosed(0.33, 0.6), largest=True, limits=(0.33,))

A search, not a proof. A coarse grid and the curves that step over a limit give the starts; from each, blocks of
neighboring levels move together by ever smaller steps, down to `FINEST`, as long as it helps. Every value is exact for
its curve. A chance that counts levels *above* a limit jumps there, so its supremum is approached from just above and
reached nowhere: the search stands `FINEST` above the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from remit.designs import parameters
from remit.designs.chain import Chain
from remit.designs.characteristics import Characteristics
from remit.errors import InputError

FINEST = 1e-4
COARSE = (0.08, 0.02)
FINE = (0.005, 0.001, FINEST)
GAIN = 1e-9
KEPT = 3  # starts that are refined to the end
# A budget in states weighed, so that a large design does not search for minutes.
WEIGHED, LEAST_CURVES = 40_000_000, 100

Rates = tuple[float, ...]


@dataclass(frozen=True)
class Worst:
    """The worst curve that the search found, and the value there."""

    rates: tuple[float, ...]
    value: float


def worst(
    chain: Chain,
    quantity: Callable[[Characteristics], float],
    largest: bool = True,
    between: tuple[float, float] = (0.0, 1.0),
    steps: int = 24,
    limits: Sequence[float] = (),
) -> Worst:
    """The curve under which a quantity is largest (or smallest), as far as the search finds it.

    quantity   of the characteristics under a curve
    between    rates that the curve may take, in [0, 1]; it never falls from one level to the next
    steps      grid points of a rate, for the starts
    limits     rates at which the quantity jumps, such as the one above which a level is an over-dose
    raises     InputError: rates not between 0 and 1, or fewer than two steps
    """
    low, high = (_share("between", one) for one in between)
    if low >= high:
        raise InputError(f"between: must be two rising rates; got {low:g} and {high:g}.")
    steps = parameters.count("steps", steps, 2)
    edges = sorted({_share("limits", one) for one in limits})
    marks = [round(rate, 9) for edge in edges for rate in (edge, edge + FINEST) if low <= rate <= high]
    sign = 1.0 if largest else -1.0
    search = _Search(
        lambda rates: sign * quantity(chain.under(rates)),
        (low, *marks, high),
        max(LEAST_CURVES, WEIGHED // max(chain.states, 1)),
    )
    starts = [_best(search, group) for group in _over_the_limits(chain.levels, low, high, marks)]
    grid = [low + (high - low) * k / (steps - 1) for k in range(steps)]
    starts += sorted((_on_grid(search, one, grid) for one in _starts(chain.levels, steps)), key=search.value)[-KEPT:]
    near = {search.refined(one, COARSE) for one in dict.fromkeys(starts)}
    top = sorted(near, key=lambda rates: (search.value(rates), rates))[-KEPT:]
    best = max((search.refined(one, FINE) for one in top), key=search.value)
    return Worst(best, sign * search.value(best))


@dataclass
class _Search:
    """Curves tried so far, and how one is improved."""

    quantity: Callable[[Rates], float]
    marks: Rates  # values worth trying exactly; the first and the last are the ends of the scale
    budget: int
    known: dict[Rates, float] = field(default_factory=dict)

    def value(self, rates: Rates) -> float:
        """The quantity under a curve, larger is worse."""
        if rates not in self.known:
            self.known[rates] = self.quantity(rates)
        return self.known[rates]

    def refined(self, rates: Rates, lengths: Sequence[float]) -> Rates:
        """The curve after moving blocks of levels as long as it helps, by each length in turn."""
        here = rates
        for length in lengths:
            better = True
            while better:
                better = False
                for first in range(len(here)):
                    for last in range(first, len(here)):
                        if len(self.known) >= self.budget:
                            return here
                        moved = self._moved(here, first, last, length)
                        if moved != here:
                            here, better = moved, True
        return here

    def _moved(self, here: Rates, first: int, last: int, length: float) -> Rates:
        bottom = here[first - 1] if first else self.marks[0]
        top = here[last + 1] if last + 1 < len(here) else self.marks[-1]
        block = here[first : last + 1]
        shifted = [tuple(rate + step for rate in block) for step in (length, -length)]
        level = [(mark,) * len(block) for mark in self.marks if bottom <= mark <= top]
        for values in (*shifted, *level):
            held = tuple(min(max(round(rate, 9), bottom), top) for rate in values)
            curve = (*here[:first], *held, *here[last + 1 :])
            gain = self.value(curve) - self.value(here)
            if gain > GAIN:
                while held == values and values in shifted:
                    # The same step once more, as long as it helps: a far maximum is reached in a few looks.
                    step = values[0] - block[0]
                    values = tuple(round(rate + step, 9) for rate in values)
                    held = tuple(min(max(rate, bottom), top) for rate in values)
                    further = (*here[:first], *held, *here[last + 1 :])
                    if self.value(further) <= self.value(curve) + GAIN:
                        break
                    curve = further
                return curve
        return here


def _best(search: _Search, curves: Sequence[Rates]) -> Rates:
    return max(curves, key=search.value)


def _over_the_limits(levels: int, low: float, high: float, marks: Sequence[float]) -> list[list[Rates]]:
    """For each mark and each level at which the curve first reaches it: such curves."""
    return [
        [(below,) * at + (mark,) * (levels - at) for below in {low, (low + mark) / 2, *(m for m in marks if m < mark)}]
        for mark in marks
        for at in range(levels)
    ]


def _on_grid(search: _Search, start: tuple[int, ...], grid: Sequence[float]) -> Rates:
    """The best curve of the grid that moving one rate at a time reaches."""
    here = start

    def value(places: tuple[int, ...]) -> float:
        return search.value(tuple(grid[at] for at in places))

    while len(search.known) < search.budget // 3:
        before = here
        for level in range(len(here)):
            bottom = here[level - 1] if level else 0
            top = here[level + 1] if level + 1 < len(here) else len(grid) - 1
            here = max(((*here[:level], at, *here[level + 1 :]) for at in range(bottom, top + 1)), key=value)
        if value(here) <= value(before) + GAIN:
            break
        # Another round: a rate that was held back by its neighbor may now move.
    return tuple(grid[at] for at in here)


def _starts(levels: int, steps: int) -> list[tuple[int, ...]]:
    """Flat curves, straight ones, and steps at every level, as places on the grid."""
    last = steps - 1
    flat = [(at,) * levels for at in (0, last // 4, last // 2)]
    straight = [tuple(round(last * k / max(levels - 1, 1)) for k in range(levels))]
    jumps = [tuple(last // 4 if k < at else last // 2 for k in range(levels)) for at in range(1, levels)]
    return [*flat, *straight, *jumps]


def _share(name: str, value: float) -> float:
    share = parameters.number(name, value)
    if not 0 <= share <= 1:
        raise InputError(f"{name}: must be between 0 and 1; got {share:g}.")
    return share
