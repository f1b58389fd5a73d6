"""Result rows about virtual trials: a number of trials out of all, and a quantity with the middle 90 % of trials."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remit.analysis import printed
from remit.analysis.result import Interval, Result
from remit.protocol import Rules
from remit.virtual.spread import plain


def some_trials(scenario: str, stem: str, title: str, x: int, n: int, rules: Rules, note: str = "") -> Result:
    """x of n virtual trials; the interval is what so few trials leave open, by the protocol's own method."""
    return Result(
        id=f"simulation/{scenario}/{stem}/proportion",
        title=title,
        analysis="simulation",
        population="virtual trials",
        group=scenario,
        statistic="proportion",
        method="share of virtual trials",
        value=x / n if n else None,
        n=x,
        denominator=n,
        interval=printed.limits(x, n, rules) if n else None,
        text=printed.proportion(x, n, rules) if n else "",
        basis="scenario",
        note=note if n else "; ".join(part for part in ("no trial has one", note) if part),
    )


def over_trials(scenario: str, stem: str, title: str, values: Sequence[float], *, points: bool = False) -> Result:
    """The median of a quantity over the trials that have it, with the middle 90 % of them.

    points   the quantity is a distance between two shares: printed in percentage points
    """
    known = np.sort(np.asarray(values, dtype=float))
    low, value, high = (nearest(known, share) for share in (0.05, 0.5, 0.95)) if len(known) else (None, None, None)
    text = ""
    if low is not None and value is not None and high is not None:
        shown = [plain(round(100 * number, 1)) if points else plain(number) for number in (value, low, high)]
        text = f"{shown[0]}{' points' if points else ''} (90 % of trials {shown[1]}–{shown[2]})"
    return Result(
        id=f"simulation/{scenario}/{stem}/median",
        title=f"{title}, median of virtual trials",
        analysis="simulation",
        population="virtual trials",
        group=scenario,
        statistic="median",
        method="virtual trials",
        value=value,
        n=len(known),
        interval=None if value is None else Interval(0.9, low, high, "5 to 95 % of virtual trials"),
        text=text,
        basis="scenario",
        note="" if text else "no trial has one",
    )


def nearest(known: np.ndarray[tuple[int], np.dtype[np.float64]], share: float) -> float:
    """The value of the trial nearest to a share of the way through the sorted values."""
    return float(known[int(np.floor(share * (len(known) - 1) + 0.5))])
