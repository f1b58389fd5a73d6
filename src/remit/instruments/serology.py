"""Serological remission: normal anti-dsDNA and normal complement, each by the limit of its own laboratory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, Truth, all_of, is_at_least, is_at_most, negation

CITATION: Final = Citation(
    "van Vollenhoven RF et al.", 2017, "Ann Rheum Dis 76:554-61",
    note="The complete states of the framework ask for normal serology; as an answer of its own it is our reading.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Serology:
    """One visit; None is unknown. dsdna_positive and complement_low stand for results without a number."""

    dsdna: float | None = None
    dsdna_uln: float | None = None
    c3: float | None = None
    c3_lln: float | None = None
    c4: float | None = None
    c4_lln: float | None = None
    dsdna_positive: Truth = None
    complement_low: Truth = None


def judge(visit: Serology) -> Answer:
    """Anti-dsDNA not raised, C3 not low, C4 not low; a value exactly at its limit is normal."""
    antibody = is_at_most(visit.dsdna, visit.dsdna_uln)
    lines = {
        "anti-dsDNA not raised": negation(visit.dsdna_positive) if antibody is None else antibody,
        "C3 not low": is_at_least(visit.c3, visit.c3_lln),
        "C4 not low": is_at_least(visit.c4, visit.c4_lln),
    }
    if visit.complement_low is not None:
        for name in ("C3 not low", "C4 not low"):
            lines[name] = not visit.complement_low if lines[name] is None else lines[name]
    met = all_of(lines.values())
    if met:
        return Answer(True, ("serology normal",), tuple(lines.values()))
    said = [f"not: {name}" for name, truth in lines.items() if truth is False]
    said += [f"unknown: {name}" for name, truth in lines.items() if truth is None]
    return Answer(met, tuple(said), tuple(lines.values()))
