"""Statistics of the ground floor: what numpy and scipy do not already have, and nothing about trials."""

from remit.stats.intervals import INTERVALS, interval, lower_bound, upper_bound
from remit.stats.rounding import fixed, half_even, half_up, percent
from remit.stats.summaries import Summary, quantile, summary
from remit.stats.survival import BANDS, KaplanMeier, kaplan_meier, numbers_at_risk, reverse_kaplan_meier
from remit.stats.turnbull import Turnbull, turnbull

__all__ = [
    "BANDS",
    "INTERVALS",
    "KaplanMeier",
    "Summary",
    "Turnbull",
    "fixed",
    "half_even",
    "half_up",
    "interval",
    "kaplan_meier",
    "lower_bound",
    "numbers_at_risk",
    "percent",
    "quantile",
    "reverse_kaplan_meier",
    "summary",
    "turnbull",
    "upper_bound",
]
