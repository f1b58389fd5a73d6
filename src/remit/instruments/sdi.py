"""SLICC/ACR damage index, 0-47: irreversible change since lupus began. It can never fall."""

from __future__ import annotations

from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, is_at_least, single
from remit.instruments.grade import Grade

CITATION: Final = Citation(
    "Gladman D et al.", 1996, "Arthritis Rheum 39:363-9", "10.1002/art.1780390303",
    note="The maximum is printed as 46 and as 47; 47 with the renal domain capped at 3.",
)  # fmt: skip

DOMAINS: Final[dict[str, int]] = {
    "ocular": 2, "neuropsychiatric": 6, "renal": 3, "pulmonary": 5, "cardiovascular": 6, "peripheral vascular": 5,
    "gastrointestinal": 6, "musculoskeletal": 7, "skin": 3, "gonadal": 1, "diabetes": 1, "malignancy": 2,
}  # fmt: skip
"""Domain -> most points."""
MAXIMUM: Final = sum(DOMAINS.values())

AT_EVENT: Final = frozenset(
    (
        "stroke", "cva", "cerebrovascular_accident", "mi", "myocardial_infarction", "cabg", "pericardiectomy",
        "pulmonary_infarction", "pulmonary_infarct", "pulmonary_resection", "bowel_infarct", "bowel_infarction",
        "bowel_resection", "infarct_resection", "infarction_or_resection", "fracture", "osteoporotic_fracture",
        "avascular_necrosis", "tendon_rupture", "malignancy", "tissue_loss", "minor_tissue_loss", "major_tissue_loss",
    )
)  # fmt: skip
"""Items scored once, when they happen; every other item must last six months."""


def renal(gfr_below_half: bool | None, proteinuria_3_5: bool | None, end_stage: bool | None) -> Grade:
    """Renal domain: end-stage disease is 3 and replaces the two lesser items; the domain ends at 3."""
    if end_stage:
        return Grade(3, 3, 3, ("end-stage kidney disease",))
    lesser = (gfr_below_half, proteinuria_3_5)
    low = lesser.count(True)
    high = 3 if end_stage is None else low + lesser.count(None)
    said = tuple(text for text, truth in zip(("GFR < 50 %", "proteinuria ≥ 3.5 g/24 h"), lesser, strict=True) if truth)
    if low == high:
        return Grade(low, low, low, said or ("no renal damage",))
    return Grade(None, low, high, ("unknown: a renal item",))


def scored(item: str | None, duration_months: float | None) -> Answer:
    """Whether an item counts yet: six months, or at once for an event such as a stroke."""
    if item in AT_EVENT:
        return single(True, "scored at the event")
    lasted = is_at_least(duration_months, 6)
    return single(None if item is None and lasted is False else lasted, "present for 6 months")
