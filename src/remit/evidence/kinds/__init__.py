"""Kinds of statement, one per file. To add one: a file, and a line in KINDS."""

from __future__ import annotations

from typing import Final

from remit.evidence.kinds.allocation import Allocation
from remit.evidence.kinds.comparison import Comparison
from remit.evidence.kinds.count import Count
from remit.evidence.kinds.curve import Curve
from remit.evidence.kinds.implies import Implies
from remit.evidence.kinds.order import Order
from remit.evidence.kinds.partition import Partition
from remit.evidence.kinds.patient import Patient
from remit.evidence.kinds.proportion import Proportion
from remit.evidence.kinds.registered import Registered
from remit.evidence.kinds.statement import Alone, Quantity, Statement
from remit.evidence.kinds.summary import Summary
from remit.evidence.kinds.time import Time

__all__ = [
    "KINDS",
    "Allocation",
    "Alone",
    "Comparison",
    "Count",
    "Curve",
    "Implies",
    "Order",
    "Partition",
    "Patient",
    "Proportion",
    "Quantity",
    "Registered",
    "Statement",
    "Summary",
    "Time",
]

KINDS: Final[dict[str, type[Statement]]] = {
    "partition": Partition,
    "count": Count,
    "proportion": Proportion,
    "summary": Summary,
    "time": Time,
    "implies": Implies,
    "patient": Patient,
    "order": Order,
    "registered": Registered,
    "curve": Curve,
    "comparison": Comparison,
    "allocation": Allocation,
}
