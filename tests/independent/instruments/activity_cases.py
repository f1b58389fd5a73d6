"""Questions for SLEDAI-2K, physician global, flare index, SLE-DAS, CLASI and SDI."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from independent.instruments import activity
from independent.instruments.case import ALL_ITEMS, ATTRIBUTED, FLAG, Case, Row, Rule, around, values_of

ACTIVE_LISTS: list[list[str]] = [
    [],
    *([item] for item in ALL_ITEMS),
    ["low_complement", "dna_binding"],
    ["arthritis", "rash"],
    ["arthritis", "low_complement"],
    ["fever", "thrombocytopenia", "leukopenia"],
    ALL_ITEMS,
]
SLEDAI = Case(
    activity.sledai,
    {
        "active": ACTIVE_LISTS,
        "missing": [[], ["seizure"], ["dna_binding"], ["low_complement", "dna_binding"], ["rash", "low_complement"]],
    },
    ({"active": []}, {"active": ["arthritis"]}),
)
LABORATORY: dict[str, list[dict[str, Any]]] = {
    "thrombocytopenia": [{}, *values_of("platelets_e9_l", around(100))],
    "leukopenia": [{}, *values_of("wbc_e9_l", around(3))],
    "fever": [{}, *values_of("temperature_c", around(37.5, 38))],
    "hematuria": [{}, *values_of("urine_rbc_hpf", around(5, step=1))],
    "pyuria": [{}, *values_of("urine_wbc_hpf", around(5, step=1))],
    "proteinuria": [
        {},
        *values_of("protein_24h_g", around(0.5)),
        *values_of("upcr_g_g", around(0.5, step=0.001)),
        *values_of("upcr_mg_mmol", [50, 50.1, 56, 56.54, 56.55, 56.56, 56.6, 57]),
        {"protein_24h_g": 0.9, "previous_24h_g": 0.9},
    ],
    "low_complement": [
        {},
        {"c3_g_l": 0.9, "c3_lln": 0.9, "c4_g_l": 0.1, "c4_lln": 0.1},
        {"c3_g_l": 0.89, "c3_lln": 0.9, "c4_g_l": 0.1, "c4_lln": 0.1},
        {"c3_g_l": 0.9, "c3_lln": 0.9, "c4_g_l": 0.09, "c4_lln": 0.1},
        {"c3_g_l": 0.89, "c3_lln": 0.9},
        {"c3_g_l": 0.9, "c3_lln": 0.9},
        {"c4_g_l": 0.09, "c4_lln": 0.1},
        {"c3_g_l": 0.2},
    ],
    "dna_binding": [{}, {"uln": 10}, {"dsdna": 99}, *values_of("dsdna", around(10), uln=10)],
    "arthritis": [{}, *values_of("painful_inflamed_joints", [0, 1, 2, 3, 28])],
}


def laboratory(rule: Rule, *items: str) -> list[tuple[Rule, Case]]:
    return [
        (
            rule,
            Case(
                rule,
                {
                    "value": LABORATORY[item],
                    "attributed_to_sle": ATTRIBUTED,
                    "cause": ["conditioning", "sle"] if item in ("thrombocytopenia", "leukopenia") else [],
                },
                tuple({"item": item, "value": value, "attributed_to_sle": True} for value in LABORATORY[item]),
            ),
        )
        for item in items
    ]


SELENA_PROTEIN = [
    {"protein_24h_g": now, "previous_24h_g": before}
    for now, before in [
        (0.5, 0), (0.6, 0), (0.6, 0.5), (0.6, 0.51), (0.9, 0.9), (1.1, 0.6), (1.11, 0.6), (1.2, 0.6), (0.4, 0.9),
        (2.0, 1.4),
    ]
] + [{"protein_24h_g": 0.9}, {"protein_24h_g": 0.4}, {"previous_24h_g": 0.4}, {}]  # fmt: skip

SLE_DAS = Case(
    activity.sle_das,
    {
        "flags": [[], ["arthritis"], *([flag] for flag in activity.TERMS), ["localized_rash"], ["generalized_rash"],
                  ["localized_rash", "generalized_rash"], ["alopecia", "dsdna"], ["low_complement", "dsdna"],
                  ["mucosal_ulcers", "alopecia", "low_complement", "dsdna"], list(activity.TERMS)],
        "sjc28": [0, 1, 2, 28],
        "proteinuria_mg": [0, 499, 500, 500.1, 501, 3000],
        "platelets": [5, 99, 99.9, 100, 250],
        "wbc": [0.5, 2.9, 3, 6],
    },
    (
        {"flags": [], "sjc28": 0, "proteinuria_mg": 0, "platelets": 250, "wbc": 6},
        {"flags": ["alopecia"], "sjc28": 2, "proteinuria_mg": 501, "platelets": 99, "wbc": 2.9},
    ),
)  # fmt: skip
QUIET_FLARE = {
    "sledai_prev": 6, "sledai": 6, "pga_prev": 0.5, "pga": 0.5, "pred_mg_kg_prev": 0.1, "pred_mg_kg": 0.1,
    "new_drugs": [], "hospitalised_for_sle": False,
}  # fmt: skip
FLARE = Case(
    activity.selena_flare,
    {
        "sledai_prev": [0, 6, 9, 10, 12, 13],
        "sledai": [0, 8, 9, 12, 13, 16],
        "pga_prev": [0, 0.5, 1.5, 1.6, 2.5, 2.6],
        "pga": [0.5, 1.4, 1.49, 1.5, 2.5, 2.51, 3],
        "pred_mg_kg_prev": [0, 0.1, 0.5, 0.6],
        "pred_mg_kg": [0.1, 0.11, 0.5, 0.51, 0.6],
        "new_drugs": [[], *([drug] for drug in sorted(activity.MILD_DRUGS | activity.SEVERE_DRUGS)),
                      ["nsaid", "methotrexate"]],
        "hospitalised_for_sle": FLAG,
    },
    (QUIET_FLARE, {**QUIET_FLARE, "sledai": 9}, {**QUIET_FLARE, "pga_prev": 1.5, "pga": 2.5}),
)  # fmt: skip

CASES: list[Row] = [
    ("sledai-2k", "default", SLEDAI),
    ("sledai-2k", "strict_missing", SLEDAI),
    *(("sledai-2k", "lab_item", case) for _, case in laboratory(activity.laboratory_item, *LABORATORY)),
    *(("sledai-2k", "arthritis_2K", case) for _, case in laboratory(activity.laboratory_item, "arthritis")),
    *(("sledai-2k", "arthritis_SELENA", case) for _, case in laboratory(activity.laboratory_item_selena, "arthritis")),
    *(("sledai-2k", "persistent_proteinuria", case) for _, case in laboratory(activity.laboratory_item, "proteinuria")),
    (
        "sledai-2k",
        "SELENA_new_or_rise",
        Case(
            activity.proteinuria_new_or_risen,
            {"value": SELENA_PROTEIN, "attributed_to_sle": ATTRIBUTED},
            ({"item": "proteinuria", "value": SELENA_PROTEIN[0], "attributed_to_sle": True},),
        ),
    ),
    *(
        (
            "sledai-2k",
            f"window_{days}",
            Case(
                activity.window(days),
                {"item": ["rash", "seizure"], "last_present_days_before_visit": [0, 9, 10, 11, 27, 28, 29, 30, 31, 99]},
                ({"item": "rash"},),
            ),
        )
        for days in (10, 28, 30)
    ),
    (
        "pga",
        "convert",
        Case(
            activity.pga_convert,
            {"value": [0, 0.3, 1, 1.5, 2.5, 3], "scale": ["0-3", "0-10", "0-100mm"]},
            ({"value": 1, "scale": "0-10"}, {"value": 50, "scale": "0-100mm"}, {"value": 100, "scale": "0-100mm"}),
        ),
    ),
    ("selena-flare", "default", FLARE),
    ("sle-das", "default", SLE_DAS),
    ("sle-das", "arthritis_ticked", replace(SLE_DAS, rule=activity.sle_das_ticked)),
    (
        "clasi",
        "activity",
        Case(
            activity.clasi_activity,
            {
                "areas": [
                    {},
                    *({"scalp": {"erythema": e, "scale": s}} for e in (None, 0, 1, 2, 3) for s in (None, 0, 1, 2)),
                ],
                "mucosal": [0, 1],
                "recent_hair_loss": [0, 1],
                "alopecia": [0, 1, 2, 3],
            },
            ({"areas": {"scalp": {"erythema": 3, "scale": 2}}, "mucosal": 1, "recent_hair_loss": 1, "alopecia": 3},),
        ),
    ),
    ("clasi", "activity_max", Case(activity.all_maximal("activity", 70), {"all_maximal": FLAG})),
    ("clasi", "band", Case(activity.clasi_band, {"activity": [0, 8, 9, 10, 19, 20, 21, 70]})),
    ("clasi", "CLASI-50", Case(activity.clasi_50, {"baseline": [0, 9, 10, 11, 12, 70], "now": [0, 4, 5, 6, 7, 35]})),
    ("sdi", "renal_cap", Case(activity.sdi_renal, {"gfr_lt50": [0, 1], "proteinuria_35": [0, 1], "esrd": [0, 1]})),
    ("sdi", "max", Case(activity.all_maximal("total", 47), {"all_maximal": FLAG})),
    (
        "sdi",
        "duration",
        Case(activity.sdi_duration, {"item": ["claudication"], "duration_months": [0, 5, 5.9, 6, 6.1, 99]}),
    ),
]  # fmt: skip
