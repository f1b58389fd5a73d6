"""Questions for LLDAS, DORIS, SRI, BICLA, renal response and the consistency laws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from independent.instruments import states
from independent.instruments.activity import WEIGHTS
from independent.instruments.case import ALL_ITEMS, FLAG, Case, Row, around

QUIET = {
    "sledai": 2, "active": ["low_complement"], "previous_active": ["low_complement"], "pga": 0.5, "pred_mg": 5.0,
    "hemolytic_anemia": False, "gi_activity": False, "maintenance_ok": True, "investigational": "none",
    "sfi_flare_vs_baseline": "none",
}  # fmt: skip
LLDAS_TRIED: dict[str, Sequence[Any]] = {
    "pga": around(1, step=0.01),
    "pred_mg": [0, 4.9, 5, 5.1, 7.4, 7.5, 7.6],
    "hemolytic_anemia": FLAG,
    "gi_activity": FLAG,
    "maintenance_ok": FLAG,
    "investigational": [
        "none",
        *({"single_course_days_ago": days} for days in (0, 27, 29, 180)),
        {"repeated_courses": True},
    ],
    "sfi_flare_vs_baseline": ["none", "mild_moderate", "severe"],
    "previous_active": [[], ["arthritis"], ["low_complement"], ["low_complement", "dna_binding"], ["myositis"]],
}
LLDAS_ACTIVE = [item for item in ALL_ITEMS if WEIGHTS[item] <= 4]
LLDAS_STARTS = (
    QUIET,
    {**QUIET, "sledai": 0, "active": [], "previous_active": []},
    *(
        {**QUIET, "sledai": WEIGHTS[item], "active": [item], "previous_active": before}
        for item in ALL_ITEMS
        for before in ([item], [])
    ),
    {**QUIET, "sledai": 4, "active": ["low_complement", "dna_binding"], "previous_active": ["dna_binding"]},
    {
        **QUIET,
        "sledai": 5,
        "active": ["arthritis", "leukopenia"],
        "previous_active": ["arthritis", "leukopenia"],
    },
    {**QUIET, "sledai": 4, "active": ["arthritis"], "previous_active": ["arthritis"], "pga": 1.0, "pred_mg": 7.5},
)


def lldas(variant: str) -> Case:
    return Case(states.lldas(variant), LLDAS_TRIED, LLDAS_STARTS, paired=2)


REMISSION = {
    "csledai": 0, "sledai": 4, "pga": 0.2, "pred_mg": 5.0, "is_stable": True, "is_any": True, "biologic_any": False,
    "antimalarial": True, "dsdna_high": True, "c3_or_c4_low": True,
}  # fmt: skip
DORIS_TRIED: dict[str, Sequence[Any]] = {
    "pga": [*around(0.5, step=0.01), 0, 3],
    "pred_mg": [0, 0.1, 4.9, 5, 5.1, 60],
    "is_stable": FLAG,
    "is_any": FLAG,
    "biologic_any": FLAG,
    "antimalarial": FLAG,
}
DORIS_STARTS = (
    REMISSION,
    {**REMISSION, "pred_mg": 0, "is_any": False},
    {**REMISSION, "pred_mg": 0, "is_any": False, "sledai": 0, "dsdna_high": False, "c3_or_c4_low": False},
    {**REMISSION, "pred_mg": 0, "is_any": False, "sledai": 2, "dsdna_high": False},
    {**REMISSION, "pred_mg": 0, "is_any": False, "sledai": 2, "c3_or_c4_low": False},
    {**REMISSION, "pred_mg": 0, "is_any": False, "csledai": 2, "sledai": 6},
    {**REMISSION, "csledai": 1, "sledai": 5},
    {**REMISSION, "sledai": 0, "dsdna_high": False, "c3_or_c4_low": False},
    {**REMISSION, "csledai": None, "sledai": None},
)


def doris(variant: str) -> Case:
    return Case(states.doris(variant), DORIS_TRIED, DORIS_STARTS)


RESPONDER = {
    "sledai_bl": 10, "sledai": 6, "pga_bl": 1.5, "pga": 1.0, "bilag_bl": {"muc": "B", "msk": "B"},
    "bilag": {"muc": "C", "msk": "C"}, "medication_ok": True,
}  # fmt: skip
LETTER_PAIRS = [{"muc": a, "msk": b, "ren": c} for a, b, c in ("AAD", "ABD", "BBC", "BCE", "CDE", "BBB", "DAE", "CCC")]
SRI_TRIED: dict[str, Sequence[Any]] = {
    "sledai_bl": [0, 3, 4, 5, 8, 10, 30],
    "sledai": [0, 1, 2, 3, 4, 5, 6, 7, 10],
    "pga_bl": [0.7, 1.0, 1.5],
    "pga": [1.0, 1.29, 1.3, 1.31, 1.79, 1.8],
    "bilag_bl": [*LETTER_PAIRS, {"muc": "A"}, {"muc": "B", "msk": None}],
    "bilag": [*LETTER_PAIRS, {"muc": "D"}, {"muc": "C", "msk": None}],
    "medication_ok": FLAG,
}
BICLA_START = {
    "bilag_bl": {"muc": "A", "msk": "B", "ren": "D"}, "bilag": {"muc": "B", "msk": "C", "ren": "D"},
    "sledai_bl": 10, "sledai": 8, "pga_bl": 1.5, "pga": 1.4, "treatment_failure": False,
}  # fmt: skip
BICLA_TRIED: dict[str, Sequence[Any]] = {
    "bilag_bl": [*LETTER_PAIRS, {"muc": "A"}, {"muc": "B", "msk": "C", "ren": None}],
    "bilag": [*LETTER_PAIRS, {"muc": "C"}, {"muc": "C", "msk": "C", "ren": None}, {"muc": "B", "msk": "C", "ren": "B"}],
    "sledai_bl": [0, 8, 10],
    "sledai": [8, 9, 10, 11],
    "pga_bl": [0.7, 1.0, 1.5],
    "pga": [1.0, 1.29, 1.3, 1.31, 1.79, 1.8, 1.81],
    "treatment_failure": FLAG,
}


def bicla(max_new_b: int, at_most: bool = False) -> Case:
    return Case(states.bicla(max_new_b, at_most), BICLA_TRIED, (BICLA_START,))


RENAL_TRIED: dict[str, Sequence[Any]] = {
    "upcr_g_g": around(0.5, 0.7, step=0.01),
    "egfr": [47.9, 48, 53.9, 54, 55.9, 56, 59.9, 60, 62.9, 63, 71.9, 72, 80, 89.9, 90],
    "egfr_ref": [60, 70, 80, 100],
    "rescue": FLAG,
}
RENAL_STARTS = (
    {"upcr_g_g": 0.4, "egfr": 58, "egfr_ref": 70, "rescue": False},
    {"upcr_g_g": 0.5, "egfr": 100, "egfr_ref": 100, "rescue": False},
)
AURORA_STARTS = tuple({**start, "pred_mg": 5} for start in RENAL_STARTS)

CASES: list[Row] = [
    *(
        ("lldas", variant, lldas(variant))
        for variant in (
            "default", "myositis_is_major", "clinical_items_vs_previous", "sfi_vs_baseline", "investigational_literal",
            "total_only", "gc_5",
        )
    ),
    *(
        ("doris", variant, doris(variant))
        for variant in (
            "doris_2021", "gc_lt5", "pga_le", "stable_not_enforced", "clinical_off", "complete_on", "complete_off",
            "drug_free", "drug_free_no_antimalarial",
        )
    ),
    (
        "consistency",
        "doris_total",
        Case(states.doris_total, {"doris": FLAG, "sledai": [0, 1, 2, 3, 4, 5, 6, 105]}, ({},)),
    ),
    (
        "consistency",
        "grim",
        Case(
            states.grim,
            {
                "mean": [0, 0.5, 0.12, 0.13, 3.1, 3.12, 3.13, 31.3, 31.25, 31.33, 31.34, 31.37, 31.38, 31.5, 31.67],
                "n": [1, 2, 3, 4, 8, 12, 100, 1000],
                "decimals": [0, 1, 2],
            },
            ({"mean": 31.3, "n": 4, "decimals": 2},),
        ),
    ),
    (
        "consistency",
        "bilag_E_after_B",
        Case(
            states.bilag_e_after,
            {"history": [list(text) for text in ("", "E", "A", "CE", "DE", "EB", "EC", "EED", "BDE", "EEE", "ABCD")]},
        ),
    ),
    (
        "consistency",
        "sdi_falls",
        Case(states.sdi_falls, {"sdi": [[], [1], [2, 1], [1, 2], [1, 1], [0, 2, 1], [0, 1, 2, 2], [47, 46]]}),
    ),
    *(("sri", f"SRI-{x}", Case(states.sri(x), SRI_TRIED, (RESPONDER,))) for x in (4, 5, 6, 7, 8)),
    ("bicla", "default", bicla(1)),
    ("bicla", "max_new_b_0", bicla(0)),
    ("bicla", "pga_le", bicla(1, at_most=True)),
    (
        "renal-response",
        "PERR_BLISSLN",
        Case(states.renal_response(lambda upcr: upcr <= states.exact(0.7), 60, 0.8), RENAL_TRIED, RENAL_STARTS),
    ),
    (
        "renal-response",
        "CRR_BLISSLN",
        Case(states.renal_response(lambda upcr: upcr < states.exact(0.5), 90, 0.9), RENAL_TRIED, RENAL_STARTS),
    ),
    (
        "renal-response",
        "CRR_AURORA",
        Case(
            states.renal_response(lambda upcr: upcr <= states.exact(0.5), 60, 0.8, steroid=10),
            {**RENAL_TRIED, "pred_mg": [0, 9.9, 10, 10.1]},
            AURORA_STARTS,
        ),
    ),
    (
        "renal-response",
        "KDIGO_partial",
        Case(
            states.kdigo_partial,
            {
                "upcr_bl": [1, 4, 5.8, 5.9, 6, 8],
                "upcr_g_g": [0.4, 0.5, 0.6, 2.9, 2.99, 3, 3.1],
                "egfr_change_pct": [-20, -15.1, -10, -5, 0, 10, 15.1, 40],
            },
            ({"upcr_bl": 6.0, "upcr_g_g": 2.9, "egfr_change_pct": -5},),
        ),
    ),
    (
        "renal-response",
        "KDIGO_complete",
        Case(
            states.kdigo_complete,
            {"upcr_g_g": [0.4, 0.49, 0.5, 0.51], "egfr_change_pct": [-20, -15.1, -10, 0, 10, 15.1, 40]},
        ),
    ),
]  # fmt: skip
