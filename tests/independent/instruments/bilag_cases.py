"""Questions for BILAG-2004."""

from __future__ import annotations

from typing import Any

from independent.instruments import bilag
from independent.instruments.case import FLAG, Case, Row, around, values_of

NINE = [list(letters) for letters in ("ABCDEEEEE", "EEEEEEEEE", "AAAAAAAAA", "BBBBBBBBB", "CCCCCCCCC", "DDDDDDDDD")] + [
    ["A", None, "C", "D", "E", "E", "E", "E", "E"]
]
SCORES = (None, 0, 1, 2, 3, 4)


def one_by_one(system: str) -> list[dict[str, Any]]:
    names = bilag.NORMAL[system]
    return [{}, *({name: score} for name in names for score in SCORES)]


BILAG_ITEMS: dict[str, list[dict[str, Any]]] = {
    "constitutional": [
        *one_by_one("constitutional"),
        {"pyrexia": 2, "weight_loss": 3},
        {"pyrexia": 2, "weight_loss": 3, "anorexia": 1},
        {"pyrexia": 2, "weight_loss": 3, "anorexia": 4},
        {"pyrexia": 1, "weight_loss": 3, "anorexia": 4},
        {"pyrexia": 0, "lymphadenopathy_splenomegaly": 2, "anorexia": 4},
        {"pyrexia": None, "lymphadenopathy_splenomegaly": 2, "anorexia": 4},
        {"pyrexia": 4, "lymphadenopathy_splenomegaly": None, "anorexia": 4},
    ],
    "mucocutaneous": [
        *one_by_one("mucocutaneous"),
        {"skin_eruption_severe": 2, "skin_eruption_mild": None},
        {"skin_eruption_severe": None, "skin_eruption_mild": 2},
        {"alopecia_severe": 1, "alopecia_mild": 4},
    ],
    "musculoskeletal": [
        *one_by_one("musculoskeletal"),
        {"arthritis_severe": 1, "arthritis_mild": 3},
        {"arthritis_moderate": 1, "arthritis_mild": None},
    ],
    "neuropsychiatric": one_by_one("neuropsychiatric"),
    "renal": [
        {},
        *values_of("protein_24h_g", [0, 0.25, 0.26, 0.49, 0.5, 0.51, 1.0, 1.01, 3]),
        *({"protein_24h_g": a, "previous_24h_g": b} for a in (0.26, 0.5, 0.74, 0.75, 0.76, 1.5, 1.51) for b in (1, 2)),
        *({"protein_24h_g": a, "active_sediment": True} for a in (0, 0.5, 1.0, 1.01, 3)),
        {"protein_24h_g": 1.5, "previous_24h_g": 2, "active_sediment": True},
        {"protein_24h_g": 1.51, "previous_24h_g": 2, "active_sediment": True},
        {"active_sediment": True},
        {"active_sediment": None},
        {"protein_24h_g": 0.4, "active_sediment": None},
        {"protein_24h_g": 1.2, "active_sediment": None},
    ],
    "haematological": [
        {},
        *values_of("hb_g_dl", [7.9, 8, 8.9, 8.95, 9, 10.9, 10.95, 11]),
        *values_of("wcc", [0.9, 1, 1.9, 1.95, 2, 3.9, 4]),
        *values_of("neutrophils", [0.4, 0.5, 0.9, 0.95, 1, 1.9, 2]),
        *values_of("platelets", [24, 24.5, 25, 49, 49.5, 50, 149, 149.5, 150]),
        *values_of("lymphocytes", [0.9, 1, 1.1]),
        *values_of("ttp", SCORES),
        *values_of("active_haemolysis", [True, False, None]),
        *values_of("coombs_isolated", [True, False, None]),
        {"hb_g_dl": None, "ttp": 2},
        {"hb_g_dl": 8.5, "platelets": None},
        {"hb_g_dl": 9.5, "coombs_isolated": None},
    ],
}

CASES: list[Row] = [
    *(
        ("bilag-2004", variant, Case(bilag.numeric(dict(zip("ABCDE", weights))), {"grades": NINE}))
        for variant, weights in (
            ("numeric", (12, 8, 1, 0, 0)),
            ("numeric_12_5_1", (12, 5, 1, 0, 0)),
            ("numeric_9_3_1", (9, 3, 1, 0, 0)),
        )
    ),
    *(
        (
            "bilag-2004",
            "grade",
            Case(bilag.grade, {"items": items, "ever_active": FLAG}, ({"system": system, "ever_active": False},)),
        )
        for system, items in BILAG_ITEMS.items()
    ),
    ("bilag-2004", "pyrexia_threshold", Case(bilag.pyrexia_threshold, {"temperature_c": around(37.5, 38)})),
]  # fmt: skip
