"""The items of BILAG-2004 by system, as the form of items in RS names them; measured values come from the laboratory.

The names are those of `remit.instruments.bilag_items`, in its order; a test holds the two together.
"""

from __future__ import annotations

SCORED: dict[str, tuple[str, ...]] = {
    "constitutional": ("pyrexia", "weight_loss", "lymphadenopathy_splenomegaly", "anorexia"),
    "mucocutaneous": (
        "skin_eruption_severe", "angio_oedema_severe", "mucosal_ulceration_severe", "panniculitis_severe",
        "cutaneous_vasculitis_major", "skin_eruption_mild", "panniculitis_mild", "digital_infarcts", "alopecia_severe",
        "angio_oedema_mild", "mucosal_ulceration_mild", "alopecia_mild", "periungual_erythema", "splinter_haemorrhages",
    ),
    "neuropsychiatric": (
        "aseptic_meningitis", "cerebral_vasculitis", "demyelinating_syndrome", "myelopathy", "acute_confusional_state",
        "psychosis", "acute_inflammatory_demyelinating_polyradiculoneuropathy", "mononeuropathy", "cranial_neuropathy",
        "plexopathy", "polyneuropathy", "status_epilepticus", "cerebellar_ataxia", "seizure_disorder",
        "cerebrovascular_disease", "cognitive_dysfunction", "movement_disorder", "autonomic_disorder",
        "lupus_headache_severe", "intracranial_hypertension_headache",
    ),
    "musculoskeletal": (
        "myositis_severe", "arthritis_severe", "myositis_mild", "arthritis_moderate", "arthritis_mild",
    ),
    "cardiorespiratory": (
        "myocarditis_with_failure", "arrhythmia", "new_valvular_dysfunction", "cardiac_tamponade",
        "pleural_effusion_with_dyspnoea", "pulmonary_haemorrhage_vasculitis", "interstitial_alveolitis_pneumonitis",
        "shrinking_lung", "aortitis", "coronary_vasculitis", "pleurisy_pericarditis", "myocarditis_mild",
    ),
    "gastrointestinal": (
        "peritonitis", "enteritis_colitis", "intestinal_pseudo_obstruction", "acute_cholecystitis",
        "acute_pancreatitis", "abdominal_serositis_ascites", "malabsorption", "protein_losing_enteropathy", "hepatitis",
    ),
    "ophthalmic": (
        "orbital_inflammation", "keratitis_severe", "posterior_uveitis_severe", "scleritis_severe",
        "retinal_choroidal_occlusion", "optic_neuritis", "anterior_ischaemic_optic_neuropathy", "keratitis_mild",
        "anterior_uveitis", "posterior_uveitis_mild", "scleritis_mild", "episcleritis", "cotton_wool_spots",
    ),
    "renal": (),
    "haematological": ("ttp",),
}  # fmt: skip
"""Items scored 0 not present, 1 improving, 2 same, 3 worse, 4 new."""

YES_NO: dict[str, tuple[str, ...]] = {
    "renal": ("active_sediment", "active_nephritis", "accelerated_hypertension", "nephrotic_syndrome"),
    "haematological": ("active_haemolysis", "coombs_isolated"),
}

SYSTEMS = tuple(SCORED)
HISTORY = "history"
"""The part of the form that says which systems were ever active."""

ATTRIBUTED = "low_counts_attributed"
"""Whether low blood counts are due to lupus, not to a drug; only then do they count."""


def ever_active(system: str) -> str:
    """Name of the item that asks whether a system was ever A to D."""
    return f"{system}_ever_active"
