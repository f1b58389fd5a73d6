"""Kaplan-Meier: the share still without the event, from times of which some are censored.

Own product-limit rather than `scipy.stats.ecdf`: that has no log band, no rows for times with censoring only,
no numbers at risk there, no quantiles with limits, and importing scipy.stats takes 0.6 s. The recursion is
three lines; scipy and lifelines check it in the tests.

Sources: Kaplan & Meier 1958, Journal of the American Statistical Association 53:457; Greenwood 1926
(variance); Brookmeyer & Crowley 1982, Biometrics 38:29 (limits of a quantile); Schemper & Smith 1996,
Controlled Clinical Trials 17:343 (follow-up by the reversed curve). Volumes and pages are recalled, not
looked up.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from scipy.special import ndtri

Band = Literal["log-log", "log", "plain"]
BANDS: Final[tuple[Band, ...]] = ("log-log", "log", "plain")

# Products of fractions such as 19/20 · 18/19 miss 0.9 by some last bits; a curve this near a height is at it.
_AT_LEVEL: Final = 1e-9


class Quantile(NamedTuple):
    """A time with its confidence limits, in the unit of the data; None is "not reached"."""

    time: float | None
    low: float | None
    high: float | None


class Estimate(NamedTuple):
    """The curve at one time, None where the data do not say, and the number still at risk then."""

    survival: float | None
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True)
class KaplanMeier:
    """A curve: one step per distinct time, also where there is only censoring.

    time       rising, in the unit of the data
    at_risk    subjects with this time or a later one
    events, censored   of those, at this very time; an event comes before a censoring of the same time
    survival   share without the event just after this time
    error      Greenwood's standard error of log survival; None where survival is 0
    low, high  pointwise limits inside [0, 1]; None where the method has none: survival 0, and for log-log
               also 1
    """

    band: Band
    level: float
    time: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    censored: tuple[int, ...]
    survival: tuple[float, ...]
    error: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]

    def quantile(self, share: float) -> Quantile:
        """The time by which a share of the subjects has had the event, with limits from the band.

        A curve that is flat exactly at that height gives the middle of the flat stretch, up to the last time
        observed. Raises ValueError unless 0 < share < 1.
        """
        if not 0 < share < 1:
            raise ValueError("The share of a quantile lies between 0 and 1, both excluded.")
        height = 1 - share
        return Quantile(
            _reached(self.time, self.survival, height),
            _reached(self.time, self.low, height),
            _reached(self.time, self.high, height),
        )

    @property
    def median(self) -> Quantile:
        """The time by which half of the subjects have had the event."""
        return self.quantile(0.5)

    def at(self, time: float) -> Estimate:
        """The curve at a time of interest.

        Before the first time survival is 1. After the last one it is unknown (None), except that a curve that
        has come down to 0 stays there: a curve says nothing about times nobody was followed to.
        """
        place = bisect_right(self.time, time) - 1
        later = bisect_left(self.time, time)
        at_risk = self.at_risk[later] if later < len(self.time) else 0
        if not self.time or (time > self.time[-1] and self.survival[-1] > 0):
            return Estimate(None, None, None, at_risk)
        if place < 0:
            edge = None if self.band == "log-log" else 1.0
            return Estimate(1.0, edge, edge, at_risk)
        return Estimate(self.survival[place], self.low[place], self.high[place], at_risk)


def kaplan_meier(
    times: Sequence[float], events: Sequence[bool | int], band: Band = "log-log", level: float = 0.95
) -> KaplanMeier:
    """Estimate the curve.

    times      one per subject, from its start to its event or to its last contact; 0 or more
    events     one per subject: 1 or True the event happened at that time, 0 or False not by then (censored)
    band       scale on which the limits are symmetric. log-log keeps them inside (0, 1) and is the default
               (as in SAS); log is R's default; plain is Greenwood's own; the last two are cut off at 1, plain
               also at 0
    level      coverage of each limit pair, 0 < level < 1
    raises     ValueError for lengths that differ, times that are negative or not finite, events other than 0
               and 1, a band or level that does not exist
    """
    if len(times) != len(events):
        raise ValueError("Kaplan-Meier needs one event indicator per time.")
    if band not in BANDS:
        raise ValueError(f"A Kaplan-Meier band is one of {', '.join(BANDS)}.")
    if not 0 < level < 1:
        raise ValueError("A confidence level lies between 0 and 1, both excluded (0.95, not 95).")
    observed = np.asarray(times, dtype=np.float64)
    happened = np.asarray(events, dtype=np.float64)
    if not np.isfinite(observed).all() or (observed < 0).any():
        raise ValueError("Times to an event are finite and not negative.")
    if not np.isin(happened, (0.0, 1.0)).all():
        raise ValueError("An event indicator is 1 (event) or 0 (censored).")

    distinct, position, present = np.unique(observed, return_inverse=True, return_counts=True)
    deaths = np.bincount(position, weights=happened, minlength=len(distinct)).astype(np.int64)
    at_risk = len(observed) - np.cumsum(present) + present
    left = at_risk - deaths
    survival = np.cumprod(left / at_risk)
    last_ones = left == 0
    variance = np.cumsum(np.where(last_ones, 0.0, deaths / (at_risk * np.where(last_ones, 1, left))))
    z = -float(ndtri((1 - level) / 2))
    shares = survival.tolist()
    errors = [None if share == 0 else math.sqrt(value) for share, value in zip(shares, variance.tolist())]
    limits = [_limits(share, error, z, band) for share, error in zip(shares, errors)]
    return KaplanMeier(
        band=band,
        level=level,
        time=tuple(distinct.tolist()),
        at_risk=tuple(at_risk.tolist()),
        events=tuple(deaths.tolist()),
        censored=tuple((present - deaths).tolist()),
        survival=tuple(shares),
        error=tuple(errors),
        low=tuple(low for low, _ in limits),
        high=tuple(high for _, high in limits),
    )


def reverse_kaplan_meier(
    times: Sequence[float], events: Sequence[bool | int], band: Band = "log-log", level: float = 0.95
) -> KaplanMeier:
    """Follow-up: event and censoring change places, so an early event does not count as short follow-up.

    Takes what `kaplan_meier` takes; its median is the usual "median follow-up".
    """
    return kaplan_meier(times, [1 - value for value in events], band, level)


def numbers_at_risk(times: Sequence[float], at: Sequence[float]) -> tuple[int, ...]:
    """How many subjects have a time at or after each of the times in `at`: the row under a survival
    figure."""
    ordered = sorted(times)
    return tuple(len(ordered) - bisect_left(ordered, time) for time in at)


def _limits(share: float, error: float | None, z: float, band: Band) -> tuple[float | None, float | None]:
    if error is None or (share == 1 and band == "log-log"):
        return None, None
    if band == "plain":
        return max(share - z * error * share, 0.0), min(share + z * error * share, 1.0)
    if band == "log":
        return share * math.exp(-z * error), min(share * math.exp(z * error), 1.0)
    stretch = math.exp(z * error / -math.log(share))
    return float(share**stretch), float(share ** (1 / stretch))


def _reached(time: Sequence[float], curve: Sequence[float | None], height: float) -> float | None:
    known = [(when, value) for when, value in zip(time, curve) if value is not None]
    for place, (when, value) in enumerate(known):
        if value < height - _AT_LEVEL:
            return when
        if value <= height + _AT_LEVEL:
            later = (after for after, lower in known[place:] if lower < value - _AT_LEVEL)
            return (when + next(later, known[-1][0])) / 2
    return None
