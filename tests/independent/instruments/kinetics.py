"""Non-compartmental analysis again, slowly: numerical integration of the curve, numpy's line fit, plain scans."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from scipy import integrate

from independent.instruments.case import Rule

# day, value (None: below quantification), limit of quantification (None: none is printed)
Taken: TypeAlias = tuple[float, float | None, float | None]
# day, value, whether it was quantified
Curve: TypeAlias = list[tuple[float, float, bool]]

ANSWERS = (
    "cmax", "tmax", "clast", "tlast", "gone_by", "auc_last", "auc", "half_life", "half_life_points", "half_life_days",
    "r_squared", "r_squared_adjusted",
)  # fmt: skip


def stand_ins(samples: Sequence[Taken], infusions: Sequence[float], rule: str) -> Curve:
    """The curve by scanning: what each moment is worth."""
    first, middle, last = rule.split("-")
    curve: Curve = []
    for time in sorted({t for t, _, _ in samples}):
        here = [(v, limit) for t, v, limit in samples if t == time]
        values = [v for v, _ in here if v is not None]
        if values:
            curve.append((time, sum(values) / len(values), True))
            continue
        interval = len([i for i in infusions if i <= time])
        mates = [t for t, v, _ in samples if v is not None and len([i for i in infusions if i <= t]) == interval]
        before, after = any(t < time for t in mates), any(t > time for t in mates)
        stand = middle if before and after else last if before else first
        limits = [limit for _, limit in here if limit is not None]
        if stand == "zero":
            curve.append((time, 0.0, False))
        elif stand != "drop" and limits:
            curve.append((time, max(limits) / (2 if stand == "half" else 1), False))
    return curve


def height(curve: Curve, time: float, logarithmic: bool) -> float:
    for (t1, v1, _), (t2, v2, _) in pairwise(curve):
        if t1 <= time <= t2 and t1 < t2:
            part = (time - t1) / (t2 - t1)
            if logarithmic and 0 < v2 < v1:
                return math.exp((1 - part) * math.log(v1) + part * math.log(v2))
            return (1 - part) * v1 + part * v2
    raise AssertionError("outside the curve")


def area(curve: Curve, start: float, end: float, logarithmic: bool) -> float:
    knots = sorted({start, *(t for t, _, _ in curve if start < t < end), end})
    pieces = [
        integrate.quad(lambda t: height(curve, t, logarithmic), a, b, epsabs=1e-12, epsrel=1e-12)[0]
        for a, b in pairwise(knots)
    ]
    return float(sum(pieces))


def half_life(curve: Curve, after: float, with_peak: bool = False) -> dict[str, Any] | None:
    seen = [(t, v) for t, v, quantified in curve if quantified and t >= after]
    if not seen:
        return None
    top = max(v for _, v in seen)
    peak = next(t for t, v in seen if v == top)
    tail = [(t, v) for t, v in seen if t > peak or (with_peak and t == peak)]
    fits = []
    for k in range(3, len(tail) + 1):
        t, y = np.array([p[0] for p in tail[-k:]]), np.log([p[1] for p in tail[-k:]])
        slope = float(np.polyfit(t - t.mean(), y, 1)[0])
        if slope < 0 and np.ptp(y) > 0:
            r_squared = float(np.corrcoef(t, y)[0, 1] ** 2)
            adjusted = 1 - (1 - r_squared) * (k - 1) / (k - 2)
            fits.append({
                "k": k, "half": math.log(2) / -slope, "r2": r_squared, "adjusted": adjusted, "days": t.tolist(),
            })  # fmt: skip
    if not fits:
        return None
    best = max(fit["adjusted"] for fit in fits)
    return [fit for fit in fits if fit["adjusted"] >= best - 1e-4][-1]


def read(pairs: Sequence[Sequence[Any]]) -> list[Taken]:
    """Samples as asked: a zero is no amount, null was not measured."""
    found: list[Taken] = []
    for day, value in pairs:
        if isinstance(value, str):
            found.append((day, None, float(value.removeprefix("<"))))
        elif value is not None:
            found.append((day, value if value > 0 else None, None))
    return found


def nca(logarithmic: bool) -> Rule:
    """What `remit call nca` must answer."""

    def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
        nothing = dict.fromkeys(ANSWERS)
        units = {unit.strip().replace("µ", "u") for unit in asked.get("units") or [] if unit and unit.strip()}
        if asked.get("samples") is None or len(units) > 1:
            return nothing
        samples = read(asked["samples"])
        infusions = asked.get("infusions") or [0]
        zero = infusions[0]
        end = asked["horizon"] if asked.get("horizon") is not None else zero + 28
        whole = stand_ins(samples, infusions, asked.get("below_rule") or "zero-drop-zero")
        curve = begun(whole, zero, asked.get("value_before"))
        seen = [(t, v) for t, v, quantified in curve if quantified and t >= zero]
        if not seen:
            return nothing
        top = max(v for _, v in seen)
        lost = [t for t, v, _ in samples if v is None and t > seen[-1][0]]
        found = {
            "cmax": top, "tmax": min(t for t, v in seen if v == top), "clast": seen[-1][1], "tlast": seen[-1][0],
            "gone_by": min(lost) if lost else None,
        }  # fmt: skip
        if curve[0][0] <= zero:
            found["auc_last"] = area(curve, zero, seen[-1][0], logarithmic)
            reached = extended(curve, infusions[-1], end, bool(lost))
            found["auc"] = None if reached is None else area(reached, zero, end, logarithmic)
        fit = half_life(curve, infusions[-1], bool(asked.get("with_peak")))
        if fit is not None:
            found |= {
                "half_life": fit["half"], "half_life_points": fit["k"], "half_life_days": fit["days"],
                "r_squared": fit["r2"], "r_squared_adjusted": fit["adjusted"],
            }  # fmt: skip
        return nothing | found

    return answer


def begun(curve: Curve, zero: float, value_before: float | None) -> Curve:
    """From the first infusion on, with what was there when it began."""
    earlier, later = [p for p in curve if p[0] < zero], [p for p in curve if p[0] >= zero]
    if earlier and zero - earlier[-1][0] <= 1:
        return [(zero, earlier[-1][1], False), *later]
    if value_before is not None and not any(t == zero for t, _, _ in later):
        return [(zero, value_before, False), *later]
    return later


def extended(curve: Curve, last_infusion: float, end: float, lost: bool) -> Curve | None:
    """The curve held to the horizon where it may be; None where nothing is known of the end."""
    day, value, quantified = curve[-1]
    if day >= end:
        return curve
    if day < last_infusion or (quantified and (end - day > 1 or lost)):
        return None
    return [*curve, (end, value, quantified)]
