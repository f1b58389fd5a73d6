"""The SLEDAI items that a measured value decides, under the SLEDAI-2K and the SELENA wording.

Gladman 2002, J Rheumatol 29:288-91; joint rule as stated in Cipriano 2015, doi 10.4081/reumatismo.2015.828.
SELENA differences (more than two joints; proteinuria new or risen by more than 0.5 g/24 h) are recalled, unverified.

A value beyond its limit is not enough: blood counts, urine and fever also need the assessor's word that lupus is the
cause (conditioning makes counts fall, an infection makes fever). Complement, anti-DNA and joints count unless denied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

from remit.criteria import Answer, Truth, all_of, any_of, is_above, is_at_least, is_at_most, is_below, single
from remit.units import MG_PER_MMOL_IN_ONE_G_PER_G

Values: TypeAlias = Mapping[str, float | None]
Wording: TypeAlias = Literal["2K", "SELENA"]

LABORATORY_ITEMS: Final[dict[str, tuple[str, ...]]] = {
    "thrombocytopenia": ("platelets_e9_l",),
    "leukopenia": ("wbc_e9_l",),
    "fever": ("temperature_c",),
    "proteinuria": ("protein_24h_g", "upcr_mg_mmol", "upcr_g_g", "previous_24h_g"),
    "hematuria": ("urine_rbc_hpf",),
    "pyuria": ("urine_wbc_hpf",),
    "low_complement": ("c3_g_l", "c3_lln", "c4_g_l", "c4_lln"),
    "dna_binding": ("dsdna", "uln"),
    "arthritis": ("painful_inflamed_joints",),
}
"""Item code -> the values that decide it."""

NEEDS_ATTRIBUTION: Final = frozenset(("thrombocytopenia", "leukopenia", "fever", "proteinuria", "hematuria", "pyuria"))

LUPUS_CAUSES: Final = frozenset(("sle", "lupus", "active_sle"))
SILENT_CAUSES: Final = frozenset(("", "unknown", "none"))

SENTENCES: Final[dict[str, str]] = {
    "thrombocytopenia": "platelets < 100 ×10⁹/L",
    "leukopenia": "white cells < 3 ×10⁹/L",
    "fever": "temperature > 38 °C",
    "proteinuria": "protein > 0.5 g/24 h",
    "hematuria": "> 5 red cells per field",
    "pyuria": "> 5 white cells per field",
    "low_complement": "C3 or C4 below the laboratory's lower limit",
    "dna_binding": "anti-dsDNA above the laboratory's upper limit",
    "arthritis": "joints with pain and inflammation at threshold",
}


def _protein_g_per_day(values: Values) -> float | None:
    """The 24 h amount, else the protein to creatinine ratio in g/g, which stands for it."""
    for name, per_gram in (("protein_24h_g", 1.0), ("upcr_g_g", 1.0), ("upcr_mg_mmol", MG_PER_MMOL_IN_ONE_G_PER_G)):
        value = values.get(name)
        if value is not None:
            return value / per_gram
    return None


def _proteinuria(values: Values, wording: Wording) -> Truth:
    protein = _protein_g_per_day(values)
    over = is_above(protein, 0.5)
    if wording == "2K" or protein is None:
        return over
    previous = values.get("previous_24h_g")
    risen = None if previous is None else is_above(protein - previous, 0.5)
    return all_of((over, any_of((is_at_most(previous, 0.5), risen))))


def _low_complement(values: Values) -> Truth:
    """A pair of which nothing is given was not measured and leaves the item to the other pair."""
    pairs = [
        (values.get(f"{name}_g_l"), values.get(f"{name}_lln"))
        for name in ("c3", "c4")
        if values.get(f"{name}_g_l") is not None or values.get(f"{name}_lln") is not None
    ]
    return any_of(is_below(value, lower) for value, lower in pairs) if pairs else None


def _arthritis(values: Values, wording: Wording) -> Truth:
    return is_at_least(values.get("painful_inflamed_joints"), 2 if wording == "2K" else 3)


_THRESHOLDS: Final[dict[str, Callable[[Values, Wording], Truth]]] = {
    "thrombocytopenia": lambda values, wording: is_below(values.get("platelets_e9_l"), 100),
    "leukopenia": lambda values, wording: is_below(values.get("wbc_e9_l"), 3.0),
    "fever": lambda values, wording: is_above(values.get("temperature_c"), 38.0),
    "proteinuria": _proteinuria,
    "hematuria": lambda values, wording: is_above(values.get("urine_rbc_hpf"), 5),
    "pyuria": lambda values, wording: is_above(values.get("urine_wbc_hpf"), 5),
    "low_complement": lambda values, wording: _low_complement(values),
    "dna_binding": lambda values, wording: is_above(values.get("dsdna"), values.get("uln")),
    "arthritis": _arthritis,
}


def lab_item(item: str, values: Values, attributed: Truth, variant: Wording = "2K", cause: str | None = None) -> Answer:
    """Whether a measured item is present.

    item        a key of LABORATORY_ITEMS
    values      the keys listed there; absent or None is unknown
    attributed  the assessor's decision that active lupus is the cause
    variant     "2K": at least 2 joints, persistent proteinuria counts; "SELENA": more than 2 joints, proteinuria
                only when new (0.5 g/24 h or less before) or risen by more than 0.5 g/24 h
    cause       another known cause (infection, drug, conditioning, …) excludes the item; "sle" attributes it
    returns     present or not; unknown when the value is, or when it is beyond the limit and nobody attributed it
    """
    over = _THRESHOLDS[item](values, variant)
    sentence = SENTENCES[item]
    if over is False:
        return single(False, sentence)
    if cause is not None and cause.lower() not in SILENT_CAUSES:
        if cause.lower() not in LUPUS_CAUSES:
            return Answer(False, ("not: attributed to lupus (another cause is known)",), (over, False))
        attributed = True if attributed is None else attributed
    if attributed is False:
        return Answer(False, ("not: attributed to lupus",), (over, False))
    if over is None:
        return single(None, sentence)
    if attributed is None and item in NEEDS_ATTRIBUTION:
        return Answer(None, ("unknown: attributed to lupus",), (over, None))
    return Answer(True, (sentence,), (over, attributed))
