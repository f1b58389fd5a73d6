"""Non-compartmental analysis of one profile: peak, areas, terminal half-life and persistence, without a model.

Built for cell kinetics (transgene copies, CAR-positive cells), so a profile may hold several infusions. Times are days
from the first infusion, values are in one unit. Nothing is guessed: what the samples cannot say is None, with a reason.

Samples below the limit of quantification decide areas and the last day, and there is no consensus on what they are
worth, so the rule has a name of three words: what stands in for such a sample before the first quantified one, between
quantified ones, and after the last. The default `zero-drop-zero` keeps the outer ones as 0 and leaves the middle ones
out. Places are judged within each infusion's interval: a sample just before the second infusion ends the first one's.

Sources: Gabrielsson & Weiner, Pharmacokinetic and Pharmacodynamic Data Analysis, 5th ed. 2016 (areas, choice of the
terminal points); the choice of points is the one that Phoenix WinNonlin and the R package NonCompart document.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

from remit.citations import Citation
from remit.errors import InputError, nearest

CITATION: Final = Citation(
    "Gabrielsson J, Weiner D", 2016, "Pharmacokinetic and Pharmacodynamic Data Analysis, 5th ed.",
    note="Areas and terminal points; the rules for samples below quantification are conventions, not from the book.",
)  # fmt: skip

Stand = Literal["zero", "half", "limit", "drop"]
Area = Literal["linear-up-log-down", "linear"]

NAMED_RULES: Final = (
    "zero-drop-zero", "zero-drop-half", "zero-drop-drop", "zero-half-half", "zero-zero-zero", "half-half-half",
    "limit-limit-limit", "drop-drop-drop",
)  # fmt: skip

DAY: Final = 1.0
"""A sample this close to a moment (days) stands for it: the one before an infusion, the last one before the horizon."""

LEAST_POINTS: Final = 3
TIE: Final = 1e-4
"""Adjusted R² this close to the best is as good: the fit with more points is taken."""

_SIZE: Final[dict[Stand, float | None]] = {"zero": 0.0, "half": 0.5, "limit": 1.0, "drop": None}

_Moment = tuple[list[float], list[float]]
"""The quantified values at one time, and the limits known there."""

NEVER: Final = "no sample above the limit of quantification"
NO_SAMPLE: Final = "no sample after the infusion"
NO_START: Final = "no sample at or within a day before the infusion"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample.

    time     days from the first infusion, negative before it
    value    None when below the limit of quantification or not measured
    below    whether it was measured and below the limit; a number under `limit` is that too
    limit    the limit of quantification; None unknown
    """

    time: float
    value: float | None = None
    below: bool = False
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class BelowRule:
    """What stands in for a sample below quantification, by its place among the quantified ones of its infusion.

    zero, half (of the limit), limit, or drop (left out). With no limit known, half and limit leave it out.
    """

    first: Stand
    middle: Stand
    last: Stand


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a history one profile is.

    infusions   days, rising; the curve starts at the first, the terminal phase after the last
    horizon     day on which `auc` ends. A quantified last sample within a day of it stands for it; an earlier one
                leaves the area unknown; one below quantification holds its stand-in to the horizon
    before      what is known to be there at the first infusion without a sample (0 before any cells); None: unknown
    followed    last day of which anything is known: no area reaches beyond it
    """

    infusions: tuple[float, ...]
    horizon: float
    before: float | None = None
    followed: float = math.inf


@dataclass(frozen=True, slots=True)
class Rules:
    """The conventions.

    with_peak   whether the peak may be one of the terminal points: yes for what falls from the infusion on
    """

    below: BelowRule
    method: Area = "linear-up-log-down"
    with_peak: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the curve: a quantified value, or what stands in for one."""

    time: float
    value: float
    quantified: bool


@dataclass(frozen=True, slots=True)
class Terminal:
    """The log-linear fit of the terminal phase.

    half_life    days; None when there is no such phase, and then `because` says why
    rate         λ per day; intercept is the fitted ln(value) at time 0
    times        of the points used
    """

    half_life: float | None
    rate: float | None
    intercept: float | None
    times: tuple[float, ...]
    r_squared: float | None
    adjusted: float | None
    because: str


@dataclass(frozen=True, slots=True)
class Kinetics:
    """What one profile says. A None has its reason under the same name in `because`.

    cmax, tmax     the highest quantified value, and its (first) time
    clast, tlast   the last quantified value after the first infusion, and its time
    gone           first sample below quantification after tlast; None while the last sample is above it
    auc_last       area from the infusion to tlast
    auc            area from the infusion to the horizon
    """

    cmax: float | None
    tmax: float | None
    clast: float | None
    tlast: float | None
    gone: float | None
    auc_last: float | None
    auc: float | None
    terminal: Terminal
    because: dict[str, str]


def below_rule(name: str) -> BelowRule:
    """The rule of a name such as `zero-drop-half` (first, middle, last); InputError names the nearest one."""
    words = name.split("-")
    allowed = get_args(Stand)
    if len(words) != 3 or any(word not in allowed for word in words):
        raise InputError(
            f'"{name}" is not a rule for samples below quantification.{nearest(name, NAMED_RULES)} '
            f"Write first-middle-last, each of {', '.join(allowed)}: {NAMED_RULES[0]}."
        )
    first, middle, last = (next(a for a in allowed if a == word) for word in words)
    return BelowRule(first, middle, last)


def below_words(rule: BelowRule) -> str:
    """The rule as a clause: what stands in before the first quantified sample, between two, and after the last."""
    said = {"zero": "0", "half": "half the limit", "limit": "the limit", "drop": "left out"}
    first, middle, last = (said[stand] for stand in (rule.first, rule.middle, rule.last))
    if first == middle == last:
        return f"below quantification: {first}"
    return f"below quantification: {first} before, {middle} between, {last} after"


DEFAULT_RULE: Final = below_rule(NAMED_RULES[0])
RULES: Final = Rules(DEFAULT_RULE)


def one_unit(units: Iterable[str | None]) -> tuple[str | None, str]:
    """(unit, "") of a profile, or (None, why there is none): different units make no curve."""
    found = sorted({unit.strip().replace("µ", "u").replace("μ", "u") for unit in units if unit and unit.strip()})
    if len(found) > 1:
        return None, f"recorded in {' and '.join(found)}: values in different units make no curve"
    return (found[0], "") if found else (None, "")


def points(
    samples: Iterable[Sample], rule: BelowRule = DEFAULT_RULE, infusions: Sequence[float] = (0.0,)
) -> list[Point]:
    """The curve: measured samples in order of time, those below quantification by the rule, one point a moment.

    infusions   days, rising; each starts an interval in which first, middle and last are judged
    returns     several quantified samples at one moment are their mean; one below beside them is left out
    """
    intervals: dict[int, dict[float, _Moment]] = {}
    for sample in samples:
        if sample.value is not None or sample.below:
            moments = intervals.setdefault(bisect_right(infusions, sample.time), {})
            values, limits = moments.setdefault(sample.time, ([], []))
            if sample.value is not None and _known(sample):
                values.append(sample.value)
            if sample.limit is not None:
                limits.append(sample.limit)
    return [point for place in sorted(intervals) for point in _interval(intervals[place], rule)]


def _interval(moments: dict[float, _Moment], rule: BelowRule) -> list[Point]:
    quantified = [time for time, (values, _) in moments.items() if values]
    first, last = (min(quantified), max(quantified)) if quantified else (math.inf, -math.inf)
    made = []
    for time in sorted(moments):
        values, limits = moments[time]
        if values:
            made.append(Point(time, math.fsum(values) / len(values), True))
            continue
        # with nothing quantified in the interval every sample comes before the first one
        size = _SIZE[rule.first if time < first else rule.last if time > last else rule.middle]
        if size == 0.0:
            made.append(Point(time, 0.0, False))
        elif size is not None and limits:
            made.append(Point(time, size * max(limits), False))
    return made


def _known(sample: Sample) -> bool:
    # a zero, or a number under the stated limit, is no quantified amount
    if sample.value is None or sample.value <= 0 or sample.below:
        return False
    return sample.limit is None or sample.value >= sample.limit


def segment(start: Point, end: Point, method: Area = "linear-up-log-down") -> float:
    """Area under one step of the curve: trapezoid, or the exponential's area where it falls between two values above 0.

    A step that falls to zero, or starts there, is a trapezoid under either method.
    """
    width = end.time - start.time
    if method == "linear-up-log-down" and 0 < end.value < start.value:
        # log1p keeps the digits where both ends are nearly equal
        fall = start.value - end.value
        return width * fall / -math.log1p(-fall / start.value)
    return width * (start.value + end.value) / 2


def area(curve: Sequence[Point], start: float, end: float, method: Area = "linear-up-log-down") -> float | None:
    """Area under the curve between two days; None where the curve does not reach from one to the other."""
    if not curve or end < start or curve[0].time > start or curve[-1].time < end:
        return None
    pieces = []
    for left, right in pairwise(curve):
        if left.time >= end or right.time <= start:
            continue
        # a step is one shape: a part of one that falls to zero is a trapezoid too, although both its ends are above 0
        shape: Area = method if 0 < right.value < left.value else "linear"
        if left.time < start:
            left = Point(start, _between(left, right, start, shape), left.quantified)
        if right.time > end:
            right = Point(end, _between(left, right, end, shape), right.quantified)
        pieces.append(segment(left, right, shape))
    return math.fsum(pieces)


def _between(left: Point, right: Point, time: float, method: Area) -> float:
    part = (time - left.time) / (right.time - left.time)
    if method == "linear-up-log-down" and 0 < right.value < left.value:
        return left.value * math.pow(right.value / left.value, part)
    return left.value + part * (right.value - left.value)


def terminal(curve: Sequence[Point], after: float = -math.inf, with_peak: bool = False) -> Terminal:
    """Half-life from the straight line through ln(value) of the last quantified points.

    Of the last 3, 4, … points behind the peak, the set with the best adjusted R² that falls; within 1e-4 of the best,
    the one with most points.

    after       only points at or after this day: the last infusion, because one line cannot span two
    with_peak   whether the peak itself may be one of the points
    """
    seen = [point for point in curve if point.quantified and point.time >= after]
    if not seen:
        return Terminal(None, None, None, (), None, None, NEVER)
    peak = _peak(seen)
    tail = [p for p in seen if p.time > peak.time or (with_peak and p.time == peak.time)]
    if len(tail) < LEAST_POINTS:
        behind = "from the peak on" if with_peak else "after the peak"
        because = f"{len(tail)} quantified point{'' if len(tail) == 1 else 's'} {behind}, {LEAST_POINTS} needed"
        return Terminal(None, None, None, (), None, None, because)
    fits = [fit for k in range(LEAST_POINTS, len(tail) + 1) if (fit := _line(tail[-k:])) is not None]
    if not fits:
        return Terminal(None, None, None, (), None, None, "the last points do not fall")
    best = max(fit.adjusted for fit in fits if fit.adjusted is not None)
    return next(fit for fit in reversed(fits) if fit.adjusted is not None and fit.adjusted >= best - TIE)


def _line(tail: Sequence[Point]) -> Terminal | None:
    """Least squares through ln(value); None unless it falls."""
    n = len(tail)
    times, logs = [p.time for p in tail], [math.log(p.value) for p in tail]
    middle, height = math.fsum(times) / n, math.fsum(logs) / n
    spread = math.fsum((t - middle) ** 2 for t in times)
    total = math.fsum((v - height) ** 2 for v in logs)
    slope = math.fsum((t - middle) * (v - height) for t, v in zip(times, logs)) / spread
    if slope >= 0 or total == 0:
        return None
    intercept = height - slope * middle
    left = math.fsum((v - intercept - slope * t) ** 2 for t, v in zip(times, logs))
    r_squared = 1 - left / total
    adjusted = 1 - (1 - r_squared) * (n - 1) / (n - 2)
    return Terminal(math.log(2) / -slope, -slope, intercept, tuple(times), r_squared, adjusted, "")


def _peak(seen: Sequence[Point]) -> Point:
    return max(seen, key=lambda point: (point.value, -point.time))


def kinetics(samples: Iterable[Sample], window: Window, rules: Rules = RULES) -> Kinetics:
    """Everything about one profile, from its first infusion on.

    samples   any order; those before the infusion give its starting value only: the last one within a day stands at it
    """
    measured = [sample for sample in samples if sample.value is not None or sample.below]
    start = window.infusions[0]
    curve = _started(points(measured, rules.below, window.infusions), window)
    seen = [point for point in curve if point.quantified and point.time >= start]
    fit = terminal(curve, window.infusions[-1], rules.with_peak)
    because = {"half_life": fit.because} if fit.because else {}
    if not seen:
        said = NEVER if any(sample.time >= start for sample in measured) else NO_SAMPLE
        because |= dict.fromkeys(("cmax", "tmax", "clast", "tlast", "auc_last", "auc"), said)
        return Kinetics(None, None, None, None, None, None, None, fit, because)
    top, last = _peak(seen), seen[-1]
    gone = _gone(measured, last.time)
    if curve[0].time > start:
        because |= dict.fromkeys(("auc_last", "auc"), NO_START)
        return Kinetics(top.value, top.time, last.value, last.time, gone, None, None, fit, because)
    auc_last = area(curve, start, last.time, rules.method)
    auc, why = _to_horizon(curve, window, gone, rules.method)
    if auc is None:
        because["auc"] = why
    return Kinetics(top.value, top.time, last.value, last.time, gone, auc_last, auc, fit, because)


def area_to_horizon(samples: Iterable[Sample], window: Window, rules: Rules = RULES) -> tuple[float | None, str]:
    """(`auc` of `kinetics`, ""), or (None, why): for the area alone under several conventions."""
    measured = [sample for sample in samples if sample.value is not None or sample.below]
    curve = _started(points(measured, rules.below, window.infusions), window)
    start = window.infusions[0]
    seen = [point.time for point in curve if point.quantified and point.time >= start]
    if not seen:
        return None, NEVER if any(sample.time >= start for sample in measured) else NO_SAMPLE
    if curve[0].time > start:
        return None, NO_START
    return _to_horizon(curve, window, _gone(measured, seen[-1]), rules.method)


def _gone(measured: Sequence[Sample], last: float) -> float | None:
    """The first sample below quantification after the last quantified one."""
    return min((s.time for s in measured if s.time > last and not _known(s)), default=None)


def _started(curve: list[Point], window: Window) -> list[Point]:
    """The curve from the first infusion on, with the value it starts from."""
    start = window.infusions[0]
    before = [point for point in curve if point.time < start]
    after = [point for point in curve if point.time >= start]
    if before and start - before[-1].time <= DAY:
        # what was there before the infusion is no value of this profile: it never makes its peak or its last day
        return [Point(start, before[-1].value, False), *after]
    if window.before is not None and not (after and after[0].time == start):
        return [Point(start, window.before, False), *after]
    return after


def _to_horizon(curve: Sequence[Point], window: Window, gone: float | None, method: Area) -> tuple[float | None, str]:
    """(area to the horizon, ""), or (None, why)."""
    start, end, last = window.infusions[0], window.horizon, curve[-1]
    if last.time < end:
        short = f"last sample on day {last.time:.4g}, before day {end:g}"
        if window.followed < end - DAY:
            return None, f"followed to day {window.followed:.4g}, not to day {end:g}"
        if last.time < window.infusions[-1]:
            return None, "no sample after the last infusion"
        if last.quantified and end - last.time > DAY:
            return None, short
        if gone is not None and last.quantified:
            return None, f"{short}: what came later is below quantification and left out"
        curve = [*curve, Point(end, last.value, last.quantified)]
    return area(curve, start, end, method), ""
