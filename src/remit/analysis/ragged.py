"""Numbers of many groups of different size, sorted within each: the statistics of every group at once.

What `stats.summary` says of one column, said of thousands of them without a loop. A group's numbers are added up in
their own order, so that its statistics do not depend on which other groups there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from remit.stats.summaries import EXACT

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

QUANTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
STATISTICS = (*QUANTILES, "n", "mean", "sd", "min", "max", "total")


@dataclass(frozen=True, eq=False)
class Ragged:
    """values: (numbers,) by group and, within it, rising; start, size: (groups,) where each group lies in them."""

    values: Array
    group: Whole
    start: Whole
    size: Whole

    def statistic(self, name: str) -> Array:
        """(groups,) one of `STATISTICS` of each group; not a number where it has none.

        raises   KeyError for any other name
        """
        if name == "n":
            return self.size.astype(np.float64)
        if name in ("mean", "total"):
            total = self._total(self.values)
            return self._known(total if name == "total" else self._per(total, self.size))
        if name == "sd":
            mean = self._per(self._total(self.values), self.size)
            return self._per(self._total((self.values - mean[self.group]) ** 2), self.size - 1) ** 0.5
        if name == "min":
            return self._at(np.zeros_like(self.size))
        if name == "max":
            return self._at(self.size - 1)
        return self._quantile(QUANTILES[name])

    def _quantile(self, share: float) -> Array:
        """SAS definition 5, as `stats.quantile` has it."""
        place = self.size * share
        whole = np.rint(place).astype(np.int64)
        between = (self._at(np.maximum(whole - 1, 0)) + self._at(np.minimum(whole, self.size - 1))) / 2
        return np.where(abs(place - whole) <= EXACT, between, self._at(np.ceil(place).astype(np.int64) - 1))

    def _at(self, place: Whole) -> Array:
        held = self.size > 0
        out = np.full(len(self.size), np.nan)
        out[held] = self.values[(self.start + np.maximum(place, 0))[held]]
        return out

    def _total(self, values: Array) -> Array:
        return np.bincount(self.group, weights=values, minlength=len(self.size)).astype(np.float64)

    def _known(self, values: Array) -> Array:
        return np.where(self.size > 0, values, np.nan)

    def _per(self, total: Array, count: Whole) -> Array:
        out: Array = np.full(len(total), np.nan)
        np.divide(total, count, out=out, where=count > 0)
        return out


def ragged(group: Whole, values: Array, groups: int) -> Ragged:
    """Numbers in any order, each with its group, 0 to groups - 1."""
    order = np.lexsort((values, group))
    size = np.bincount(group, minlength=groups).astype(np.int64)
    return Ragged(values[order], group[order], np.cumsum(size) - size, size)
