"""Uniform draws by counting: every multiset of patients is written down, and weighed by the tables that are it.

Patients bear no names, so whether statements hold depends only on how many patients there are of each sort. A multiset
with counts k stands for n! / (k1! k2! …) tables of numbered patients; drawn with that weight and put into random order
every table is equally likely, exactly.
"""

from __future__ import annotations

from math import comb, prod
from typing import Final

import numpy as np

from remit.evidence.layout import Layout
from remit.evidence.tables import CUT, Column, Flags, Whole
from remit.streams import stream

MOST_SORTS: Final = 300
MOST: Final = 40_000
"""Multisets that are written down at most."""
_BLOCK: Final = 4_000


def count_of(layout: Layout) -> int | None:
    """Multisets of patients in the box of a part, whether they fit or not; None where counting is not tried."""
    if CUT in layout.boxes:
        return None
    sorts = prod(high - low + 1 for low, high in layout.boxes.values())
    if sorts > MOST_SORTS:
        return None
    count = comb(layout.claims.n + sorts - 1, layout.claims.n)
    return count if count <= MOST else None


class Counted:
    """All multisets that fit a part, with their weights."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.names = list(layout.boxes)
        ranges = [np.arange(low, high + 1) for low, high in layout.boxes.values()]
        self.sorts = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
        rows = self._all()
        fits = np.concatenate([self._fit(rows[at : at + _BLOCK]) for at in range(0, len(rows), _BLOCK)])
        self.rows: Whole = rows[fits]
        weights = _orders(self.rows)
        self.tables = round(float(weights.sum())) if len(weights) else 0
        self.shares = np.cumsum(weights / weights.sum()) if len(weights) else weights

    def draw(self, seed: int, place: str, numbers: range) -> dict[str, Column]:
        """Tables of the draws with these numbers, each by its own stream."""
        n = self.layout.claims.n
        found = np.empty((len(numbers), n), dtype=np.int64)
        for at, number in enumerate(numbers):
            source = stream(seed, "claims", "counted", place, number)
            row = self.rows[min(int(np.searchsorted(self.shares, source.random(), side="right")), len(self.rows) - 1)]
            found[at] = source.permutation(row)
        return self._columns(found)

    def _all(self) -> Whole:
        """(multisets, patients) sorts in rising order."""
        n, sorts = self.layout.claims.n, len(self.sorts)
        rows = np.arange(sorts)[:, None]
        for _ in range(n - 1):
            room = sorts - rows[:, -1]
            repeated = np.repeat(rows, room, axis=0)
            start = np.repeat(np.cumsum(room) - room, room)
            following = np.arange(len(repeated)) - start + repeated[:, -1]
            rows = np.concatenate([repeated, following[:, None]], axis=1)
        return rows

    def _fit(self, rows: Whole) -> Flags:
        tables = self.layout.tables(self._columns(rows))
        found = np.zeros(len(rows))
        for _, test in self.layout.tests():
            found = found + test(tables)
        return np.asarray(found == 0, dtype=np.bool_)

    def _columns(self, rows: Whole) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for place, name in enumerate(self.names):
            column = self.sorts[rows, place]
            found[name] = column.astype(np.bool_) if name in self.layout.flags else column
        return found


def _orders(rows: Whole) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """n! / (k1! k2! …) for each multiset, as floats: exact as far as they are, and far beyond what a draw can tell."""
    weights = np.ones(len(rows))
    run = np.ones(len(rows))
    for place in range(1, rows.shape[1]):
        same = rows[:, place] == rows[:, place - 1]
        run = np.where(same, run + 1, 1)
        weights = weights * (place + 1) / run
    return weights
