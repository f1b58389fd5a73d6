"""BILAG-2004 items by system, and the letter (0 = A, 1 = B, 2 = C, 3 = none) that they give.

Rules recalled from the 2009/2010 revision; the frame (A: a severe item scored 2-4; B: an improving severe item or a
moderate one scored 2-4; C: the rest) was confirmed against the 1988 index, where an improving severe item is only C.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from remit.criteria import is_above, is_at_least, is_at_most, is_below

VARIANT_NOTE: Final = "Letters from items: rules 2009R-unverified, recalled; sign them against the paper before use."

Items: TypeAlias = Mapping[str, float | bool | None]


class Worst(Enum):
    """How an item that was not done is read, to find the range of letters."""

    LEAST = 0
    MOST = 4


@dataclass(frozen=True, slots=True)
class Tiers:
    """Severe items (A), moderate ones (B) and mild ones (C) of a system that follows the common rule."""

    severe: tuple[str, ...]
    moderate: tuple[str, ...]
    mild: tuple[str, ...] = ()


TIERS: Final[dict[str, Tiers]] = {
    "mucocutaneous": Tiers(
        ("skin_eruption_severe", "angio_oedema_severe", "mucosal_ulceration_severe", "panniculitis_severe",
         "cutaneous_vasculitis_major"),
        ("skin_eruption_mild", "panniculitis_mild", "digital_infarcts", "alopecia_severe"),
        ("angio_oedema_mild", "mucosal_ulceration_mild", "alopecia_mild", "periungual_erythema",
         "splinter_haemorrhages"),
    ),
    "neuropsychiatric": Tiers(
        ("aseptic_meningitis", "cerebral_vasculitis", "demyelinating_syndrome", "myelopathy", "acute_confusional_state",
         "psychosis", "acute_inflammatory_demyelinating_polyradiculoneuropathy", "mononeuropathy", "cranial_neuropathy",
         "plexopathy", "polyneuropathy", "status_epilepticus", "cerebellar_ataxia"),
        ("seizure_disorder", "cerebrovascular_disease", "cognitive_dysfunction", "movement_disorder",
         "autonomic_disorder", "lupus_headache_severe", "intracranial_hypertension_headache"),
    ),
    "musculoskeletal": Tiers(
        ("myositis_severe", "arthritis_severe"), ("myositis_mild", "arthritis_moderate"), ("arthritis_mild",)
    ),
    "cardiorespiratory": Tiers(
        ("myocarditis_with_failure", "arrhythmia", "new_valvular_dysfunction", "cardiac_tamponade",
         "pleural_effusion_with_dyspnoea", "pulmonary_haemorrhage_vasculitis", "interstitial_alveolitis_pneumonitis",
         "shrinking_lung", "aortitis", "coronary_vasculitis"),
        ("pleurisy_pericarditis", "myocarditis_mild"),
    ),
    "gastrointestinal": Tiers(
        ("peritonitis", "enteritis_colitis", "intestinal_pseudo_obstruction", "acute_cholecystitis",
         "acute_pancreatitis"),
        ("abdominal_serositis_ascites", "malabsorption", "protein_losing_enteropathy", "hepatitis"),
    ),
    "ophthalmic": Tiers(
        ("orbital_inflammation", "keratitis_severe", "posterior_uveitis_severe", "scleritis_severe",
         "retinal_choroidal_occlusion", "optic_neuritis", "anterior_ischaemic_optic_neuropathy"),
        ("keratitis_mild", "anterior_uveitis", "posterior_uveitis_mild", "scleritis_mild"),
        ("episcleritis", "cotton_wool_spots"),
    ),
}  # fmt: skip

CONSTITUTIONAL: Final = ("pyrexia", "weight_loss", "lymphadenopathy_splenomegaly", "anorexia")

RENAL_FEATURES: Final = ("active_sediment", "active_nephritis", "accelerated_hypertension", "nephrotic_syndrome")
RENAL_MEASURES: Final = (
    "protein_24h_g", "previous_24h_g", "upcr_mg_mmol", "previous_upcr_mg_mmol", "creatinine_umol_l",
    "previous_creatinine_umol_l", "gfr", "previous_gfr",
)  # fmt: skip
BLOOD_BANDS: Final[dict[str, tuple[float, ...]]] = {
    "hb_g_dl": (8.0, 9.0, 11.0),
    "wcc": (1.0, 2.0, 4.0),
    "neutrophils": (0.5, 1.0, 2.0),
    "platelets": (25.0, 50.0, 150.0),
}
"""Measure -> below which it is A, B, C."""

ITEMS: Final[dict[str, tuple[str, ...]]] = {
    "constitutional": CONSTITUTIONAL,
    **{system: tiers.severe + tiers.moderate + tiers.mild for system, tiers in TIERS.items()},
    "renal": RENAL_MEASURES + RENAL_FEATURES,
    "haematological": (*BLOOD_BANDS, "lymphocytes", "ttp", "active_haemolysis", "coombs_isolated"),
}
SYSTEMS: Final = (
    "constitutional", "mucocutaneous", "neuropsychiatric", "musculoskeletal", "cardiorespiratory", "gastrointestinal",
    "ophthalmic", "renal", "haematological",
)  # fmt: skip
MEASURES: Final = frozenset((*RENAL_MEASURES, *BLOOD_BANDS, "lymphocytes"))
YES_NO: Final = frozenset((*RENAL_FEATURES, "active_haemolysis", "coombs_isolated"))
SCORED: Final = frozenset(item for items in ITEMS.values() for item in items) - MEASURES - YES_NO


def _scores(items: Items, names: tuple[str, ...], worst: Worst) -> list[float]:
    scores = []
    for name in names:
        value = items.get(name, 0)
        scores.append(float(worst.value) if value is None else float(value))
    return scores


def _active(scores: list[float]) -> int:
    return sum(1 for score in scores if score >= 2)


def _common(tiers: Tiers, items: Items, worst: Worst) -> int:
    severe = _scores(items, tiers.severe, worst)
    moderate = _scores(items, tiers.moderate, worst)
    mild = _scores(items, tiers.mild, worst)
    if _active(severe):
        return 0
    if any(severe) or _active(moderate):
        return 1
    return 2 if any(moderate) or any(mild) else 3


def _constitutional(items: Items, worst: Worst) -> int:
    (pyrexia,) = _scores(items, ("pyrexia",), worst)
    others = _scores(items, CONSTITUTIONAL[1:], worst)
    if pyrexia >= 2:
        return 0 if _active(others) >= 2 else 1
    if _active(others) >= 2:
        return 1
    return 2 if pyrexia or any(others) else 3


def _yes(items: Items, name: str, worst: Worst) -> bool:
    value = items.get(name, False)
    return worst is Worst.MOST if value is None else bool(value)


def _fallen_by_a_quarter(value: float, previous: float | bool | None) -> bool:
    """Without an earlier value no fall has been shown."""
    return bool(previous is not None and is_at_most(value, 0.75 * float(previous)))


def _renal(items: Items, worst: Worst) -> int:
    not_measured = any(items.get(name, 0) is None for name in ("protein_24h_g", "upcr_mg_mmol"))
    protein_a = not_measured and worst is Worst.MOST
    protein_b = protein_c = False
    for name, previous_name, cuts in (
        ("protein_24h_g", "previous_24h_g", (1.0, 0.5, 0.25)),
        ("upcr_mg_mmol", "previous_upcr_mg_mmol", (100.0, 50.0, 25.0)),
    ):
        value = items.get(name)
        if value is None:
            continue
        previous = items.get(previous_name)
        fallen = _fallen_by_a_quarter(float(value), previous)
        if worst is Worst.LEAST and previous_name in items and previous is None:
            fallen = True
        protein_a = protein_a or (bool(is_above(value, cuts[0])) and not fallen)
        protein_b = protein_b or (bool(is_at_least(value, cuts[1])) and not fallen)
        protein_c = protein_c or bool(is_above(value, cuts[2]))
    kidney_a, kidney_b = _kidney_function(items, worst)
    sediment = _yes(items, "active_sediment", worst)
    biopsy = _yes(items, "active_nephritis", worst)
    others = (kidney_a, _yes(items, "accelerated_hypertension", worst), _yes(items, "nephrotic_syndrome", worst))
    features = sum((protein_a, sediment, biopsy, *others))
    if features >= 2 and (protein_a or sediment or biopsy):
        return 0
    if features or protein_b or kidney_b:
        return 1
    return 2 if protein_c else 3


def _kidney_function(items: Items, worst: Worst) -> tuple[bool, bool]:
    """Feature 3 (A) and its milder form (B): creatinine above 130 and above 130 or 115 % of before, or a fallen GFR."""
    creatinine, before = items.get("creatinine_umol_l"), items.get("previous_creatinine_umol_l")
    if any(items.get(name, 0) is None for name in ("creatinine_umol_l", "gfr")) and worst is Worst.MOST:
        return True, True
    severe = mild = False
    if creatinine is not None and before is not None and is_above(creatinine, 130):
        severe = bool(is_above(creatinine, 1.3 * float(before)))
        mild = bool(is_at_least(creatinine, 1.15 * float(before)))
    gfr, gfr_before = items.get("gfr"), items.get("previous_gfr")
    if gfr is not None:
        halved = is_below(gfr, 50) and (gfr_before is None or bool(is_above(gfr_before, 50)))
        dropped = gfr_before is not None and is_below(gfr, 80) and is_below(gfr, 0.67 * float(gfr_before))
        severe = severe or bool(halved) or bool(dropped)
    return severe, mild


def _haematological(items: Items, worst: Worst) -> int:
    letter = 3
    for name, cuts in BLOOD_BANDS.items():
        if name not in items:
            continue
        value = items[name]
        if value is None:
            band = 0 if worst is Worst.MOST else 3
        else:
            band = next((index for index, cut in enumerate(cuts) if is_below(value, cut)), 3)
        letter = min(letter, band)
    (ttp,) = _scores(items, ("ttp",), worst)
    if ttp >= 2:
        letter = 0
    if ttp == 1 or _yes(items, "active_haemolysis", worst):
        letter = min(letter, 1)
    lymphocytes = items.get("lymphocytes", 99.0)
    few = worst is Worst.MOST if lymphocytes is None else bool(is_below(lymphocytes, 1.0))
    if few or _yes(items, "coombs_isolated", worst):
        letter = min(letter, 2)
    return letter


_SPECIAL: Final[dict[str, Callable[[Items, Worst], int]]] = {
    "constitutional": _constitutional,
    "renal": _renal,
    "haematological": _haematological,
}


def rank(system: str, items: Items, worst: Worst) -> int:
    """0 for A, 1 for B, 2 for C, 3 for none of them."""
    if system in _SPECIAL:
        return _SPECIAL[system](items, worst)
    return _common(TIERS[system], items, worst)
