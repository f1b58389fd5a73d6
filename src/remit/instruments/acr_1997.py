"""ACR classification of lupus, 1982 list as updated 1997: four of eleven criteria, together or one after another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth

CITATION: Final = Citation(
    "Hochberg MC", 1997, "Arthritis Rheum 40:1725", note="The dipstick rule is printed as 3+ and as > 3+; we use 3+."
)

CRITERIA: Final[dict[str, tuple[str, ...]]] = {
    "malar_rash": ("malar_rash",),
    "discoid_rash": ("discoid_rash",),
    "photosensitivity": ("photosensitivity",),
    "oral_ulcers": ("oral_ulcers",),
    "arthritis": ("arthritis",),
    "serositis": ("pleuritis", "pericarditis"),
    "renal": ("proteinuria_persistent", "cellular_casts"),
    "neurologic": ("seizure", "psychosis"),
    "hematologic": ("hemolytic_anemia", "leukopenia_twice", "lymphopenia_twice", "thrombocytopenia"),
    "immunologic": ("anti_dna", "anti_sm", "antiphospholipid"),
    "ana": ("ana",),
}
"""Criterion -> its parts; any one fulfils it, and it counts once."""

ITEMS: Final = tuple(part for parts in CRITERIA.values() for part in parts)


@dataclass(frozen=True, slots=True)
class Classification:
    """How many of the eleven are met (None while missing parts could add one), whether that is lupus, and which."""

    count: int | None
    sle: Truth
    because: tuple[str, ...]


def classify(items: Iterable[str], missing: Iterable[str] = ()) -> Classification:
    """Classify from part codes (or the name of a whole criterion); not listed is absent, `missing` never looked for."""
    met = _met(set(items))
    possible = _met(set(items) | set(missing))
    if len(possible) == len(met):
        return Classification(len(met), len(met) >= 4, met or ("no criterion",))
    opened = tuple(f"unknown: {name}" for name in possible if name not in met)
    sle = True if len(met) >= 4 else (None if len(possible) >= 4 else False)
    return Classification(None, sle, (*met, *opened))


def _met(present: set[str]) -> tuple[str, ...]:
    return tuple(name for name, parts in CRITERIA.items() if name in present or present.intersection(parts))
