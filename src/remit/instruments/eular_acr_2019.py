"""2019 EULAR/ACR classification of lupus: an antinuclear antibody ever, then weighted items, the highest per domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, all_of, is_above, is_at_least

CITATION: Final = Citation("Aringer M et al.", 2019, "Ann Rheum Dis 78:1151-9", "10.1136/annrheumdis-2018-214819")

CLINICAL: Final[dict[str, dict[str, int]]] = {
    "constitutional": {"fever": 2},
    "hematological": {"leukopenia": 3, "thrombocytopenia": 4, "hemolysis": 4},
    "neuropsychiatric": {"delirium": 2, "psychosis": 3, "seizure": 5},
    "mucocutaneous": {"alopecia": 2, "oral_ulcers": 2, "subacute_or_discoid": 4, "acute_cutaneous": 6},
    "serosal": {"effusion": 5, "acute_pericarditis": 6},
    "musculoskeletal": {"synovitis": 6},
    "renal": {"proteinuria": 4, "class_II_V": 8, "class_III_IV": 10},
}
IMMUNOLOGY: Final[dict[str, dict[str, int]]] = {
    "antiphospholipid": {"antiphospholipid": 2},
    "complement": {"low_c3_or_c4": 3, "low_c3_and_c4": 4},
    "specific antibodies": {"dsdna": 6, "smith": 6},
}
ITEMS: Final = tuple(item for domain in (*CLINICAL.values(), *IMMUNOLOGY.values()) for item in domain)


@dataclass(frozen=True, slots=True)
class Classification:
    """Whether it is lupus, the score (None unless the entry criterion holds), and the domains that scored."""

    sle: Truth
    score: int | None
    because: tuple[str, ...]


def fever_item(celsius: float | None) -> Truth:
    """The fever item needs more than 38.3 °C (SLEDAI: 38.0)."""
    return is_above(celsius, 38.3)


def classify(ana_titre: float | None, items: Iterable[str], missing: Iterable[str] = ()) -> Classification:
    """Classify from everything that ever occurred.

    ana_titre  the reciprocal (80 for 1:80), the highest ever; None is unknown
    items      codes of ITEMS; not listed is absent
    missing    codes never looked for (a biopsy, a serology): while they could decide, the answer is unknown
    """
    present = set(items)
    open_items = set(missing) - present
    answer = _classified(ana_titre, present)
    if not open_items or answer.sle:
        return answer
    most = _classified(ana_titre, present | open_items)
    said = tuple(f"unknown: {item}" for item in ITEMS if item in open_items)
    score = answer.score if most.score == answer.score else None
    return Classification(answer.sle if most.sle == answer.sle else None, score, (*answer.because, *said))


def _classified(ana_titre: float | None, present: set[str]) -> Classification:
    points = {
        name: max((weight for item, weight in domain.items() if item in present), default=0)
        for name, domain in (*CLINICAL.items(), *IMMUNOLOGY.items())
    }
    total = sum(points.values())
    clinical = any(points[name] for name in CLINICAL)
    entry = is_at_least(ana_titre, 80)
    sle = all_of((entry, clinical, total >= 10))
    scored = tuple(f"{name} {value}" for name, value in points.items() if value)
    if sle:
        return Classification(True, total, scored)
    reasons = []
    if not entry:
        reasons.append("not: ANA ≥ 1:80" if entry is False else "unknown: ANA ≥ 1:80")
    if not clinical:
        reasons.append("not: a clinical criterion")
    if total < 10:
        reasons.append("not: total ≥ 10")
    return Classification(sle, total if entry else None, tuple(reasons))
