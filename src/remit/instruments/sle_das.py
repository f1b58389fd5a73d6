"""SLE-DAS: a continuous activity score, 0.366 plus weighted terms (natural logarithms), with three bands.

The coefficients come from one public calculator that quotes figure 1 of the paper: a single source. Jumps at the
thresholds are part of the score: proteinuria 500 mg adds nothing, 501 mg adds 6.11.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import is_above, is_at_most, is_below

CITATION: Final = Citation(
    "Jesus D et al.", 2019, "Ann Rheum Dis 78:365-71", "10.1136/annrheumdis-2018-214502",
    note="Bands: 2021, doi 10.1136/annrheumdis-2021-220363. Arthritis is derived from the swollen joints by default.",
)  # fmt: skip

INTERCEPT: Final = 0.366
WORST: Final = "moderate_severe"
ARTHRITIS: Final = 3.132
PER_SWOLLEN_JOINT: Final = 0.454
WEIGHTS: Final[dict[str, float]] = {
    "mucocutaneous_vasculitis": 4.408,
    "localized_rash": 3.138,
    "generalized_rash": 3.887,
    "alopecia": 0.973,
    "mucosal_ulcers": 2.769,
    "low_complement": 0.754,
    "dsdna": 0.956,
    "neuropsychiatric": 18.0,
    "systemic_vasculitis": 18.0,
    "cardiac_pulmonary": 18.0,
    "myositis": 9.0,
    "serositis": 6.0,
    "haemolytic_anemia": 9.0,
}
FLAGS: Final = ("arthritis", *WEIGHTS)


@dataclass(frozen=True, slots=True)
class Score:
    """The score, its band, and "rash_exclusive" when both rashes were ticked (the generalized one counts)."""

    score: float | None
    category: str | None
    flag: str | None
    because: tuple[str, ...]


def score(
    flags: Iterable[str],
    sjc28: float | None,
    proteinuria_mg: float | None,
    platelets: float | None,
    wbc: float | None,
    arthritis_from_joints: bool = True,
) -> Score:
    """Score at one visit.

    flags                  codes of FLAGS that are present
    proteinuria_mg         mg/24 h or mg/g; platelets and wbc ×10⁹/L
    arthritis_from_joints  False: arthritis is the tick in `flags` instead of one swollen joint or more
    returns                no score while a number is unknown; the band all the same when what is known exceeds 7.64
                           already, because every term adds
    """
    present = set(flags)
    flag = "rash_exclusive" if {"localized_rash", "generalized_rash"} <= present else None
    if flag:
        present.discard("localized_rash")
    numbers = {"swollen joints": sjc28, "proteinuria": proteinuria_mg, "platelets": platelets, "white cells": wbc}
    unknown = tuple(f"unknown: {name}" for name, value in numbers.items() if value is None)
    arthritis = sjc28 is not None and sjc28 >= 1 if arthritis_from_joints else "arthritis" in present
    terms = {name: weight for name, weight in WEIGHTS.items() if name in present}
    terms["arthritis"] = ARTHRITIS if arthritis else 0.0
    terms["swollen joints"] = PER_SWOLLEN_JOINT * (sjc28 or 0.0)
    if proteinuria_mg is not None and is_above(proteinuria_mg, 500):
        terms["proteinuria"] = -17.584 + 3.811 * math.log(proteinuria_mg)
    if platelets is not None and is_below(platelets, 100):
        terms["platelets"] = 26.105 - 5.577 * math.log(platelets)
    if wbc is not None and is_below(wbc, 3):
        terms["white cells"] = 6.118 - 5.058 * math.log(wbc)
    total = INTERCEPT + math.fsum(terms.values())
    band = category(total)
    if unknown:
        return Score(None, band if band == WORST else None, flag, unknown)
    because = tuple(f"{name} {value:.3f}" for name, value in terms.items() if value)
    return Score(total, band, flag, because or ("nothing active",))


def category(total: float) -> str:
    """Band of a score: 2.08 or less remission, 7.64 or less mild, above that moderate_severe."""
    if is_at_most(total, 2.08):
        return "remission"
    return "mild" if is_at_most(total, 7.64) else WORST
