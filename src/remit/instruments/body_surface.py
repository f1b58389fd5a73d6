"""Body surface after Mosteller, and the conditioning doses that follow from it."""

from __future__ import annotations

import math
from typing import Final

from remit.citations import Citation

CITATION: Final = Citation("Mosteller RD", 1987, "N Engl J Med 317:1098", checked=False)


def mosteller(cm: float, kg: float) -> float:
    """Square meters: the root of height times weight over 3600."""
    return math.sqrt(cm * kg / 3600.0)


def total_mg(m2: float, mg_m2_per_day: float, days: float) -> float:
    """Whole dose of a conditioning agent over its days."""
    return m2 * mg_m2_per_day * days
