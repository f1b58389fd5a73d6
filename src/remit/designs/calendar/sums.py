"""Sums over simulated trials, block by block, and the means and standard errors they give."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remit.designs.calendar.scene import Floats, Integers, Tally
from remit.designs.calendar.simulated import QUANTILES, Simulated

Counts = Integers | NDArray[np.bool_]


class Sums:
    """What the blocks so far add up to; of two trials or more, or there is no standard error."""

    def __init__(self, rates: Sequence[float], over: float) -> None:
        self.over = over
        # A billionth: a level exactly at the limit is not above it, however the two are stored.
        self._toxic = np.array(rates) > over + 1e-9
        self._selected = np.zeros(len(self._toxic) + 1, dtype=np.int64)
        self._sums: dict[str, tuple[Integers, Integers]] = {}
        self._days: list[Floats] = []
        self._product = 0

    def add(self, tally: Tally, chosen: Integers) -> None:
        """Add a block; chosen: the recommended level per trial, 0 for none."""
        self._selected += np.bincount(chosen, minlength=len(self._selected))
        subjects, over = tally.treated.sum(axis=1), tally.treated[:, self._toxic].sum(axis=1)
        for name, counts in (
            ("treated", tally.treated),
            ("dlts", tally.dlts),
            ("backfilled", tally.backfilled),
            ("turned_away", tally.turned_away),
            ("failed", tally.failed),
            ("left", tally.left),
            ("subjects", subjects),
            ("total_dlts", tally.dlts.sum(axis=1)),
            ("over", over),
        ):
            total, squares = self._sums.get(name, (0, 0))
            self._sums[name] = total + counts.sum(axis=0), squares + (counts * counts).sum(axis=0)
        self._product += int((subjects * over).sum())
        self._days.append(tally.days)

    def simulated(self, design: str, seed: int) -> Simulated:
        """The result."""
        days = np.concatenate(self._days)
        trials = len(days)
        shares = self._selected / trials
        share_errors = np.sqrt(shares * (1 - shares) / trials)
        treated, treated_error = self._levels("treated", trials)
        dlts, dlts_error = self._levels("dlts", trials)
        backfilled, backfilled_error = self._levels("backfilled", trials)
        turned_away, turned_away_error = self._one("turned_away", trials)
        failed, failed_error = self._one("failed", trials)
        replaced, replaced_error = self._one("left", trials)
        overdosed, overdosed_error = self._share_over(trials)
        return Simulated(
            design=design,
            trials=trials,
            seed=seed,
            over=self.over,
            selected=tuple(shares[1:].tolist()),
            selected_error=tuple(share_errors[1:].tolist()),
            none_selected=float(shares[0]),
            none_selected_error=float(share_errors[0]),
            treated=treated,
            treated_error=treated_error,
            dlts=dlts,
            dlts_error=dlts_error,
            backfilled=backfilled,
            backfilled_error=backfilled_error,
            subjects_error=self._one("subjects", trials)[1],
            total_dlts_error=self._one("total_dlts", trials)[1],
            duration_days=float(days.mean()),
            duration_days_error=float(days.std(ddof=1)) / math.sqrt(trials),
            duration_quantiles=tuple(np.quantile(days, QUANTILES).tolist()),
            turned_away=turned_away,
            turned_away_error=turned_away_error,
            failed=failed,
            failed_error=failed_error,
            replaced=replaced,
            replaced_error=replaced_error,
            overdosed=overdosed,
            overdosed_error=overdosed_error,
        )

    def _levels(self, name: str, trials: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        total, squares = self._sums[name]
        mean = total / trials
        error = np.sqrt(np.maximum(squares - total * mean, 0) / (trials - 1) / trials)
        return tuple(mean.tolist()), tuple(error.tolist())

    def _one(self, name: str, trials: int) -> tuple[float, float]:
        total, squares = (np.atleast_1d(one) for one in self._sums[name])
        self._sums[name] = total, squares
        mean, error = self._levels(name, trials)
        return mean[0], error[0]

    def _share_over(self, trials: int) -> tuple[float, float]:
        """Over-dosed among treated, and its standard error as a ratio of two means (delta method)."""
        over, over_squares = (int(np.squeeze(one)) for one in self._sums["over"])
        subjects, squares = (int(np.squeeze(one)) for one in self._sums["subjects"])
        share = over / subjects
        spread = over_squares - 2 * share * self._product + share * share * squares
        return share, math.sqrt(max(spread, 0.0)) / subjects
