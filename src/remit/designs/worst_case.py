"""The worst that a design can do: the rising curve of true rates under which a chance is smallest or largest.

    worst(chain, lambda found: found.overdosed(0.33, 0.6), largest=True)

Search by moving one rate at a time on a grid, from several starts, as long as it helps. Every value is exact; that no
worse curve exists between the grid's points or beyond a local optimum is not proved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.chain import Chain
from remit.designs.characteristics import Characteristics
from remit.errors import InputError


@dataclass(frozen=True)
class Worst:
    """The curve found, and the value there."""

    rates: tuple[float, ...]
    value: float


def worst(
    chain: Chain,
    quantity: Callable[[Characteristics], float],
    largest: bool = True,
    between: tuple[float, float] = (0.01, 0.70),
    steps: int = 24,
) -> Worst:
    """The curve under which a quantity is largest (or smallest).

    quantity   of the characteristics under a curve
    between    rates that the curve may take; it never falls from one level to the next
    steps      grid points of a rate
    raises     InputError: rates not between 0 and 1, or fewer than two steps
    """
    low, high = (parameters.probability("between", one) for one in between)
    if low >= high:
        raise InputError(f"between: must be two rising rates; got {low:g} and {high:g}.")
    steps = parameters.count("steps", steps, 2)
    grid = [low + (high - low) * k / (steps - 1) for k in range(steps)]
    sign = 1.0 if largest else -1.0
    known: dict[tuple[int, ...], float] = {}

    def value(places: tuple[int, ...]) -> float:
        if places not in known:
            known[places] = sign * quantity(chain.under([grid[at] for at in places]))
        return known[places]

    best = max((_climb(start, steps, value) for start in _starts(chain.levels, steps)), key=value)
    return Worst(tuple(grid[at] for at in best), sign * value(best))


def _climb(start: tuple[int, ...], steps: int, value: Callable[[tuple[int, ...]], float]) -> tuple[int, ...]:
    here = start
    while True:
        better = here
        for level in range(len(here)):
            bottom = here[level - 1] if level else 0
            top = here[level + 1] if level + 1 < len(here) else steps - 1
            options = [(*here[:level], at, *here[level + 1 :]) for at in range(bottom, top + 1)]
            here = max(options, key=value)
        if value(here) <= value(better) + 1e-12:
            return better
        # Another round: a rate that was held back by its neighbor may now move.


def _starts(levels: int, steps: int) -> Sequence[tuple[int, ...]]:
    """Flat curves, straight ones, and steps at every level."""
    last = steps - 1
    flat = [(at,) * levels for at in (0, last // 3, 2 * last // 3, last)]
    straight = [tuple(round(last * k / max(levels - 1, 1)) for k in range(levels))]
    jumps = [tuple(last // 3 if k < at else 2 * last // 3 for k in range(levels)) for at in range(1, levels)]
    return [*flat, *straight, *jumps]
