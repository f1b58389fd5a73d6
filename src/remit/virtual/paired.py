"""Two protocols on the same virtual patients: trial by trial the difference of a number, and what the pairing gains.

Subject 4 of trial 17 draws the same numbers under both protocols, so that most of what differs between two trials is
the same in a pair and drops out of the difference (common random numbers; Law, Simulation Modeling and Analysis, ch. 11
[recalled, unverified: check before citing]).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from remit.analysis.result import Interval, Result
from remit.virtual.distribution import Distribution, distribution
from remit.virtual.rows import nearest
from remit.virtual.spread import EXACTLY, is_share, plain

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Paired:
    """One id under both protocols; a difference is the other one's value less this one's.

    pairs        trials in which both have a value; all else is over these
    error        Monte Carlo standard error of the mean difference; None with one pair
    correlation  between the two over trials; None when one of them never varies
    worth        unpaired trials that one pair replaces: the variance that independent trials would have over that of
                 the difference; None when the difference never varies
    """

    id: str
    pairs: int
    trials: int
    first: float | None
    second: float | None
    difference: float | None
    error: float | None
    low: float | None
    median: float | None
    high: float | None
    higher: int
    equal: int
    correlation: float | None
    worth: float | None
    bars: Distribution


def paired(first: pl.DataFrame, second: pl.DataFrame, ids: Sequence[str], trials: int) -> tuple[Paired, ...]:
    """Those ids that both tables have, in their order.

    first, second   (trial, id, value, …) of the same trials under either protocol
    """
    both = first.select("trial", "id", a="value").join(
        second.select("trial", "id", b="value"), on=["trial", "id"], how="inner"
    )
    known = both.drop_nulls(["a", "b"]).sort("trial")
    shared = set(both["id"].unique().to_list())
    return tuple(_one(id, known.filter(pl.col("id") == id), trials) for id in ids if id in shared)


def _one(id: str, rows: pl.DataFrame, trials: int) -> Paired:
    a, b = (rows[name].to_numpy().astype(float) for name in "ab")
    n = len(a)
    gap = b - a
    gap[np.abs(gap) <= EXACTLY] = 0.0
    bars = distribution(id, gap.tolist(), trials, difference=True)
    if not n:
        return Paired(id, 0, trials, None, None, None, None, None, None, None, 0, 0, None, None, bars)
    varies = n > 1 and float(np.ptp(a)) > 0 and float(np.ptp(b)) > 0
    spread = float(gap.var(ddof=1)) if n > 1 else None
    independent = float(a.var(ddof=1) + b.var(ddof=1)) if n > 1 else None
    order = np.sort(gap)
    return Paired(
        id=id,
        pairs=n,
        trials=trials,
        first=float(a.mean()),
        second=float(b.mean()),
        difference=float(gap.mean()),
        error=None if spread is None else math.sqrt(spread / n),
        low=nearest(order, 0.05),
        median=nearest(order, 0.5),
        high=nearest(order, 0.95),
        higher=int((gap > 0).sum()),
        equal=int((gap == 0).sum()),
        correlation=float(np.corrcoef(a, b)[0, 1]) if varies else None,
        worth=independent / spread if spread and independent is not None else None,
        bars=bars,
    )


def results(scenario: str, pairs: Sequence[Paired], titles: dict[str, str]) -> tuple[Result, ...]:
    """`simulation/{scenario}/{id}/difference/mean`: the mean difference with the interval that its Monte Carlo error
    leaves, 95 % by the normal distribution.
    """
    made = []
    for one in pairs:
        interval = None
        if one.difference is not None and one.error is not None:
            half = NORMAL_95 * one.error
            interval = Interval(0.95, one.difference - half, one.difference + half, "normal, Monte Carlo error")
        made.append(
            Result(
                id=f"simulation/{scenario}/{one.id}/difference/mean",
                title=f"{titles.get(one.id, one.id)}: other protocol less this one, mean of pairs",
                analysis="simulation",
                population="pairs of virtual trials",
                group=scenario,
                statistic="mean",
                method="paired difference",
                value=one.difference,
                n=one.pairs,
                interval=interval,
                text=mean_said(one),
                basis="scenario",
                note="" if one.pairs == one.trials else f"a value under both in {one.pairs} of {one.trials} trials",
            )
        )
    return tuple(made)


def mean_said(one: Paired) -> str:
    """`+0.6 (standard error 0.2)`; empty without a pair."""
    if one.difference is None:
        return ""
    error = error_said(one)
    return signed(one.id, one.difference) + (f" (standard error {error})" if error else "")


def error_said(one: Paired) -> str:
    """The Monte Carlo standard error as printed; empty with one pair."""
    return "" if one.error is None else _size(one.id, one.error)


def signed(id: str, value: float) -> str:
    """A difference with its sign: `+0.6`, `-4.0 points` of a share, `0`."""
    text = _size(id, abs(value))
    return text if value == 0 else f"{'+' if value > 0 else '-'}{text}"


def _size(id: str, value: float) -> str:
    return f"{100 * value:.1f} points" if is_share(id) else plain(value)
