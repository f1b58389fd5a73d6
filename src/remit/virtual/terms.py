"""The words of virtual adverse events: preferred term, body system, scale of the grade, and how often each is the one.

MedDRA preferred terms and system organ classes as cell-therapy trials print them. How often each occurs is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.virtual.course import CRS, CYTOPENIA, DLT, INFECTION, OTHER

CTCAE, ASTCT = "CTCAE 5.0", "ASTCT 2019"


@dataclass(frozen=True, slots=True)
class Term:
    """One kind of event.

    kinds    of event that it can be
    weight   how often it is the one, among the terms of its kind
    """

    decod: str
    body_system: str
    toxicity_scale: str
    kinds: tuple[int, ...]
    weight: float


_INFECTIONS = "Infections and infestations"
_GENERAL = "General disorders and administration site conditions"
_GUT = "Gastrointestinal disorders"
_NERVES = "Nervous system disorders"
_TESTS = "Investigations"

TERMS: Final[tuple[Term, ...]] = (
    Term("Cytokine release syndrome", "Immune system disorders", ASTCT, (CRS,), 1.0),
    Term("Neutrophil count decreased", _TESTS, CTCAE, (CYTOPENIA,), 1.0),
    Term("Alanine aminotransferase increased", _TESTS, CTCAE, (DLT,), 4.0),
    Term("Pneumonia", _INFECTIONS, CTCAE, (DLT,), 2.0),
    Term("Hypotension", "Vascular disorders", CTCAE, (DLT,), 1.0),
    Term("Acute kidney injury", "Renal and urinary disorders", CTCAE, (DLT,), 1.0),
    Term("Colitis", _GUT, CTCAE, (DLT,), 1.0),
    Term("Encephalopathy", _NERVES, CTCAE, (DLT,), 1.0),
    Term("Upper respiratory tract infection", _INFECTIONS, CTCAE, (INFECTION,), 5.0),
    Term("Urinary tract infection", _INFECTIONS, CTCAE, (INFECTION,), 3.0),
    Term("Herpes zoster", _INFECTIONS, CTCAE, (INFECTION,), 2.0),
    Term("COVID-19", _INFECTIONS, CTCAE, (INFECTION,), 2.0),
    Term("Pneumonia", _INFECTIONS, CTCAE, (INFECTION,), 1.0),
    Term("Headache", _NERVES, CTCAE, (OTHER,), 3.0),
    Term("Nausea", _GUT, CTCAE, (OTHER,), 3.0),
    Term("Fatigue", _GENERAL, CTCAE, (OTHER,), 3.0),
    Term("Diarrhea", _GUT, CTCAE, (OTHER,), 2.0),
    Term("Vomiting", _GUT, CTCAE, (OTHER,), 1.0),
    Term("Insomnia", "Psychiatric disorders", CTCAE, (OTHER,), 2.0),
    Term("Dizziness", _NERVES, CTCAE, (OTHER,), 2.0),
    Term("Back pain", "Musculoskeletal and connective tissue disorders", CTCAE, (OTHER,), 1.0),
    Term("Cough", "Respiratory, thoracic and mediastinal disorders", CTCAE, (OTHER,), 1.0),
    Term("Hypokalemia", "Metabolism and nutrition disorders", CTCAE, (OTHER,), 1.0),
    Term("Cardiac arrest", "Cardiac disorders", CTCAE, (), 0.0),
)
"""Position in this tuple is `Events.term`. A term in no kind is used for deaths from other causes."""

DEATH: Final = len(TERMS) - 1


def of_kind(kind: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Positions of the terms of a kind, and the share up to and including each."""
    places = tuple(place for place, term in enumerate(TERMS) if kind in term.kinds)
    total = sum(TERMS[place].weight for place in places)
    shares, so_far = [], 0.0
    for place in places:
        so_far += TERMS[place].weight / total
        shares.append(so_far)
    return places, tuple(shares)
