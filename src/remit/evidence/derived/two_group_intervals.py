"""Confidence limits for the difference or ratio of two groups, and for a mean, by the usual methods.

Sources: Newcombe 1998, Stat Med 17:873 (difference from Wilson limits); Agresti & Caffo 2000, Am Stat 54:280; Katz et
al. 1978, Biometrics 34:469 (log risk ratio); Woolf 1955, Ann Hum Genet 19:251 (log odds ratio)
[volumes and pages recalled, not looked up].
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import ndtri, stdtrit

from remit.evidence.derived.p_values import Ends, Moments, standard_errors
from remit.stats.intervals import wilson

Limits = tuple[Ends, Ends]
"""Low and high limit, each from the least to the most that printed numbers leave."""


def of_difference(first: tuple[int, int], second: tuple[int, int], level: float) -> dict[str, Limits]:
    """Limits for the difference of two proportions, in percent, by method."""
    (a, n), (b, m) = first, second
    if not n or not m:
        return {}
    z, p, q = _z(level), a / n, b / m
    error = math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    found = {"Wald": (p - q - z * error, p - q + z * error)}
    half = (1 / n + 1 / m) / 2
    found["Wald with continuity correction"] = (p - q - z * error - half, p - q + z * error + half)
    (low, high), (lower, higher) = wilson(a, n, level), wilson(b, m, level)
    found["Newcombe"] = (
        p - q - math.hypot(p - low, higher - q),
        p - q + math.hypot(high - p, q - lower),
    )
    ac_p, ac_q = (a + 1) / (n + 2), (b + 1) / (m + 2)
    wide = z * math.sqrt(ac_p * (1 - ac_p) / (n + 2) + ac_q * (1 - ac_q) / (m + 2))
    found["Agresti-Caffo"] = (ac_p - ac_q - wide, ac_p - ac_q + wide)
    return {name: _exact(100 * low, 100 * high) for name, (low, high) in found.items()}


def of_ratio(first: tuple[int, int], second: tuple[int, int], level: float, odds: bool) -> dict[str, Limits]:
    """Limits for the ratio of two risks, or of two odds, by method; none where a count is 0 (or, of odds, all)."""
    (a, n), (b, m) = first, second
    if not a or not b or (odds and (a == n or b == m)):
        return {}
    z = _z(level)
    if odds:
        middle, error = math.log(a * (m - b) / (b * (n - a))), math.sqrt(1 / a + 1 / (n - a) + 1 / b + 1 / (m - b))
    else:
        middle, error = math.log(a * m / (b * n)), math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    name = "Woolf (log odds ratio)" if odds else "Katz (log risk ratio)"
    return {name: _exact(math.exp(middle - z * error), math.exp(middle + z * error))}


def of_mean_difference(first: Moments, second: Moments, level: float) -> dict[str, Limits]:
    """Limits for the difference of two means by method, over all means and SDs that print so."""
    if min(first.n, second.n) < 2:
        return {}
    gap = (float(first.mean[0] - second.mean[1]), float(first.mean[1] - second.mean[0]))
    found = {}
    for name, errors, freedom in standard_errors(first, second):
        wide = (_t(level, freedom[1]) * errors[0], _t(level, freedom[0]) * errors[1])
        found[name] = ((gap[0] - wide[1], gap[1] - wide[0]), (gap[0] + wide[0], gap[1] + wide[1]))
    return found


def of_mean(one: Moments, level: float) -> dict[str, Limits]:
    """Limits for one mean by method."""
    return dict(_of_mean(one, level)) if one.n > 1 else {}


def _of_mean(one: Moments, level: float) -> Iterator[tuple[str, Limits]]:
    low, high = float(one.mean[0]), float(one.mean[1])
    for name, factor in (("Student's t", _t(level, one.n - 1.0)), ("normal", _z(level))):
        wide = [factor * float(sd) / math.sqrt(one.n) for sd in one.sd]
        yield name, ((low - wide[1], high - wide[0]), (low + wide[0], high + wide[1]))


def _exact(low: float, high: float) -> Limits:
    return (low, low), (high, high)


def _z(level: float) -> float:
    return float(ndtri(0.5 + level / 2))


def _t(level: float, freedom: float) -> float:
    return _z(level) if math.isinf(freedom) else float(stdtrit(freedom, 0.5 + level / 2))
