"""SLEDAI-2K: 24 yes/no items, each attributed to active lupus; the weights of the present ones add up to 0-105.

Items and weights were read in public copies of the form; the look-back is 30 days unless a variant says 10 or 28
(the original form and a published table). The clinical score leaves out the two serology items (0-101).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, is_at_most, single
from remit.instruments.sledai_laboratory import LABORATORY_ITEMS, lab_item

__all__ = [
    "CENTRAL_NERVOUS_ITEMS", "CITATION", "CODES", "ITEMS", "LABORATORY_ITEMS", "RENAL_ITEMS", "SEROLOGY_ITEMS",
    "WEIGHTS", "WINDOW_CITATION", "Item", "SledaiScore", "band", "lab_item", "score", "within_window",
]  # fmt: skip

CITATION: Final = Citation(
    "Gladman DD, Ibañez D, Urowitz MB", 2002, "J Rheumatol 29:288-91",
    note="Items and weights read in public forms; the wording of pleurisy and pericarditis is recalled, unverified.",
)  # fmt: skip
WINDOW_CITATION: Final = Citation("Touma Z, Urowitz MB, Gladman DD", 2010, "Lupus 19:49-51")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the form: its number (1-24), our code, the label people read, weight and organ domain."""

    number: int
    code: str
    label: str
    weight: int
    domain: str


ITEMS: Final[tuple[Item, ...]] = (
    Item(1, "seizure", "Seizure", 8, "central nervous system"),
    Item(2, "psychosis", "Psychosis", 8, "central nervous system"),
    Item(3, "obs", "Organic brain syndrome", 8, "central nervous system"),
    Item(4, "visual", "Visual disturbance", 8, "central nervous system"),
    Item(5, "cranial_nerve", "Cranial nerve disorder", 8, "central nervous system"),
    Item(6, "lupus_headache", "Lupus headache", 8, "central nervous system"),
    Item(7, "cva", "Cerebrovascular accident", 8, "central nervous system"),
    Item(8, "vasculitis", "Vasculitis", 8, "vascular"),
    Item(9, "arthritis", "Arthritis", 4, "musculoskeletal"),
    Item(10, "myositis", "Myositis", 4, "musculoskeletal"),
    Item(11, "urinary_casts", "Urinary casts", 4, "renal"),
    Item(12, "hematuria", "Hematuria", 4, "renal"),
    Item(13, "proteinuria", "Proteinuria", 4, "renal"),
    Item(14, "pyuria", "Pyuria", 4, "renal"),
    Item(15, "rash", "Rash", 2, "skin"),
    Item(16, "alopecia", "Alopecia", 2, "skin"),
    Item(17, "mucosal_ulcers", "Mucosal ulcers", 2, "skin"),
    Item(18, "pleurisy", "Pleurisy", 2, "serosal"),
    Item(19, "pericarditis", "Pericarditis", 2, "serosal"),
    Item(20, "low_complement", "Low complement", 2, "serology"),
    Item(21, "dna_binding", "Increased DNA binding", 2, "serology"),
    Item(22, "fever", "Fever", 1, "constitutional"),
    Item(23, "thrombocytopenia", "Thrombocytopenia", 1, "blood"),
    Item(24, "leukopenia", "Leukopenia", 1, "blood"),
)

CODES: Final[tuple[str, ...]] = tuple(item.code for item in ITEMS)
WEIGHTS: Final[dict[str, int]] = {item.code: item.weight for item in ITEMS}


def _domain(name: str) -> frozenset[str]:
    return frozenset(item.code for item in ITEMS if item.domain == name)


CENTRAL_NERVOUS_ITEMS: Final = _domain("central nervous system")
RENAL_ITEMS: Final = _domain("renal")
SEROLOGY_ITEMS: Final = _domain("serology")


@dataclass(frozen=True, slots=True)
class SledaiScore:
    """Total and clinical score with their attainable ranges; a score is None while a missing item could change it."""

    total: int | None
    clinical: int | None
    low: int
    high: int
    clinical_low: int
    clinical_high: int
    because: tuple[str, ...] = ()


def score(active: Iterable[str], missing: Iterable[str] = ()) -> SledaiScore:
    """Add up the weights.

    active   codes of the items present and attributed to lupus
    missing  codes of the items that were not assessed; every other item was assessed and absent
    returns  no total while an item is missing (the strict policy), but always the attainable range
    """
    present, absent = frozenset(active), frozenset(missing)
    low = high = clinical_low = clinical_high = 0
    for item in ITEMS:
        if item.code in present:
            certain, possible = item.weight, item.weight
        elif item.code in absent:
            certain, possible = 0, item.weight
        else:
            continue
        low += certain
        high += possible
        if item.domain != "serology":
            clinical_low += certain
            clinical_high += possible
    because = tuple(f"{code} {WEIGHTS[code]}" for code in CODES if code in present)
    unknown = tuple(f"unknown: {code}" for code in CODES if code in absent)
    return SledaiScore(
        total=low if low == high else None,
        clinical=clinical_low if clinical_low == clinical_high else None,
        low=low,
        high=high,
        clinical_low=clinical_low,
        clinical_high=clinical_high,
        because=(because + unknown) or ("no item present",),
    )


def within_window(last_present_days_before_visit: float | None, window_days: int = 30) -> Answer:
    """Whether a finding last seen some days before the visit still counts; the last day of the window counts."""
    return single(
        is_at_most(last_present_days_before_visit, window_days),
        f"seen in the {window_days} days before the visit",
    )


def band(total: int) -> str:
    """Activity band of a total: 0 remission, 1-4 low, 5-10 moderate, above 10 high."""
    if total == 0:
        return "remission"
    if total <= 4:
        return "low"
    return "moderate" if total <= 10 else "high"
