"""ACR classification of lupus, 1982 list as updated 1997: four of eleven criteria, together or one after another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation

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
    """How many of the eleven are met, whether that is lupus, and which."""

    count: int
    sle: bool
    because: tuple[str, ...]


def classify(items: Iterable[str]) -> Classification:
    """Classify from part codes (or the name of a whole criterion); not listed is absent."""
    present = set(items)
    met = tuple(name for name, parts in CRITERIA.items() if name in present or present.intersection(parts))
    return Classification(len(met), len(met) >= 4, met or ("no criterion",))
