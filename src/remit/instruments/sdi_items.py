"""The items of the SLICC/ACR damage index: domain and points of each, and the total with its range."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from remit.instruments.sdi import DOMAINS

ITEMS: Final[dict[str, tuple[str, int]]] = {
    "cataract": ("ocular", 1), "retinal_change_optic_atrophy": ("ocular", 1),
    "cognitive_impairment_psychosis": ("neuropsychiatric", 1), "seizures_six_months": ("neuropsychiatric", 1),
    "stroke": ("neuropsychiatric", 2), "neuropathy": ("neuropsychiatric", 1),
    "transverse_myelitis": ("neuropsychiatric", 1),
    "gfr_below_half": ("renal", 1), "proteinuria_3_5": ("renal", 1), "end_stage_renal_disease": ("renal", 3),
    "pulmonary_hypertension": ("pulmonary", 1), "pulmonary_fibrosis": ("pulmonary", 1),
    "shrinking_lung": ("pulmonary", 1), "pleural_fibrosis": ("pulmonary", 1), "pulmonary_infarction": ("pulmonary", 1),
    "angina_cabg": ("cardiovascular", 1), "myocardial_infarction": ("cardiovascular", 2),
    "cardiomyopathy": ("cardiovascular", 1), "valvular_disease": ("cardiovascular", 1),
    "pericarditis_six_months": ("cardiovascular", 1),
    "claudication": ("peripheral vascular", 1), "minor_tissue_loss": ("peripheral vascular", 1),
    "major_tissue_loss": ("peripheral vascular", 2), "venous_thrombosis": ("peripheral vascular", 1),
    "bowel_infarction_resection": ("gastrointestinal", 2), "mesenteric_insufficiency": ("gastrointestinal", 1),
    "chronic_peritonitis": ("gastrointestinal", 1), "stricture_upper_gi_surgery": ("gastrointestinal", 1),
    "pancreatic_insufficiency": ("gastrointestinal", 1),
    "muscle_atrophy_weakness": ("musculoskeletal", 1), "deforming_arthritis": ("musculoskeletal", 1),
    "osteoporotic_fracture": ("musculoskeletal", 1), "avascular_necrosis": ("musculoskeletal", 2),
    "osteomyelitis": ("musculoskeletal", 1), "tendon_rupture": ("musculoskeletal", 1),
    "scarring_alopecia": ("skin", 1), "extensive_scarring": ("skin", 1), "skin_ulcer_six_months": ("skin", 1),
    "premature_gonadal_failure": ("gonadal", 1), "diabetes": ("diabetes", 1), "malignancy": ("malignancy", 2),
}  # fmt: skip
"""Item -> (domain, most points)."""


@dataclass(frozen=True, slots=True)
class Damage:
    """The total (None while an item that could change it is missing), its range, and the points per domain."""

    total: int | None
    low: int
    high: int
    domains: dict[str, int]


def total(points: Mapping[str, int], missing: Collection[str] = ()) -> Damage:
    """Add up; end-stage kidney disease replaces the two lesser items, and no domain exceeds its maximum.

    points    item -> points; not listed is no damage
    missing   items not assessed
    """
    low = _domains(points)
    high = _domains({**points, **{item: ITEMS[item][1] for item in missing}})
    least, most = sum(low.values()), sum(high.values())
    return Damage(least if least == most else None, least, most, {name: value for name, value in low.items() if value})


def _domains(points: Mapping[str, int]) -> dict[str, int]:
    found = dict.fromkeys(DOMAINS, 0)
    for item, value in points.items():
        found[ITEMS[item][0]] += value
    return {name: min(value, DOMAINS[name]) for name, value in found.items()}
