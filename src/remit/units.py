"""Laboratory units: the few conversions that lupus and cell-therapy records need.

Molar masses behind the factors: creatinine 113.1 g/mol, bilirubin 584.7 g/mol (17.1 is the conventional rounding).
Anti-dsDNA units are assay-specific and deliberately absent: compare a value with its own laboratory's limit only.
"""

from __future__ import annotations

from typing import Final

MG_PER_MMOL_IN_ONE_G_PER_G: Final = 113.1
"""Protein to creatinine ratio: 1 g/g = 113.1 mg/mmol, so 0.5 g/g = 56.55 mg/mmol (often rounded to 50 in print)."""

CREATININE_UMOL_L_IN_ONE_MG_DL: Final = 88.4
BILIRUBIN_UMOL_L_IN_ONE_MG_DL: Final = 17.1

SPELLINGS: Final[dict[str, str]] = {
    "x10^9/l": "10^9/L",
    "10^9/l": "10^9/L",
    "10*9/l": "10^9/L",
    "10e9/l": "10^9/L",
    "giga/l": "10^9/L",
    "10^3/ul": "10^9/L",
    "10*3/ul": "10^9/L",
    "k/ul": "10^9/L",
    "gi/l": "10^9/L",
    "10^6/l": "/uL",
    "10*6/l": "/uL",
    "cells/ul": "/uL",
    "/ul": "/uL",
    "cells/mm3": "/uL",
    "mg/dl": "mg/dL",
    "g/dl": "g/dL",
    "g/l": "g/L",
    "umol/l": "umol/L",
    "g/g": "g/g",
    "mg/mg": "g/g",
    "mg/g": "mg/g",
    "mg/mmol": "mg/mmol",
}

FACTORS: Final[dict[str, dict[tuple[str, str], float]]] = {
    "count": {("10^9/L", "/uL"): 1000.0},
    "mass": {("g/L", "mg/dL"): 100.0, ("g/dL", "g/L"): 10.0, ("g/dL", "mg/dL"): 1000.0},
    "creatinine": {("mg/dL", "umol/L"): CREATININE_UMOL_L_IN_ONE_MG_DL},
    "bilirubin": {("mg/dL", "umol/L"): BILIRUBIN_UMOL_L_IN_ONE_MG_DL},
    "protein-creatinine": {
        ("g/g", "mg/mmol"): MG_PER_MMOL_IN_ONE_G_PER_G,
        ("g/g", "mg/g"): 1000.0,
        ("mg/mmol", "mg/g"): 1000.0 / MG_PER_MMOL_IN_ONE_G_PER_G,
    },
}
"""Kind of quantity -> (from, to) -> multiply by. The other direction divides."""


def canonical(unit: str) -> str:
    """One spelling per unit; a unit we do not know comes back as written."""
    plain = unit.strip().replace("µ", "u").replace("μ", "u").replace(" ", "")
    return SPELLINGS.get(plain.lower(), unit.strip())


def factor(kind: str, unit: str, to: str) -> float | None:
    """What to multiply a value in `unit` by to have it in `to`; None when no conversion is known (a data problem).

    kind   a key of FACTORS
    """
    source, target = canonical(unit), canonical(to)
    if source == target:
        return 1.0
    known = FACTORS.get(kind, {})
    if (source, target) in known:
        return known[source, target]
    if (target, source) in known:
        return 1.0 / known[target, source]
    return None


def convert(kind: str, value: float, unit: str, to: str) -> float | None:
    """A value in another unit; None when no conversion is known."""
    multiply_by = factor(kind, unit, to)
    return None if multiply_by is None else value * multiply_by
