"""Questions for CRS, ICANS, ICAHT, LICATS, GvHD, DLT and B cells."""

from __future__ import annotations

from typing import Any

from independent.instruments import toxicity
from independent.instruments.case import FLAG, Case, Row, around

CRS_START = {
    "fever_c": 38.5, "fever_attributable": True, "prior_crs": False, "anticytokine_or_antipyretic": False,
    "vasopressors": [], "fluid_responsive_hypotension": False, "oxygen": "none",
}  # fmt: skip
CRS = Case(
    toxicity.crs,
    {
        "fever_c": [37, 37.9, 38, 38.1],
        "fever_attributable": FLAG,
        "prior_crs": FLAG,
        "anticytokine_or_antipyretic": FLAG,
        "vasopressors": [
            [], ["vasopressin"], ["norepinephrine"], ["norepinephrine", "vasopressin"],
            ["norepinephrine", "phenylephrine"], ["epinephrine", "dopamine", "vasopressin"],
            ["norepinephrine", "norepinephrine"],
        ],
        "fluid_responsive_hypotension": FLAG,
        "oxygen": list(toxicity.CRS_OXYGEN),
        "outcome": ["resolved", "ongoing", "death_due_to_crs"],
    },
    (
        CRS_START,
        {**CRS_START, "fever_c": 37.0, "prior_crs": True, "anticytokine_or_antipyretic": True},
        *({**CRS_START, "oxygen": "low_flow_cannula", "o2_l_min": flow} for flow in (0, 2, 6, 6.1, 7)),
        {**CRS_START, "oxygen": "high_flow_cannula", "o2_l_min": 7},
    ),
)  # fmt: skip
ICANS = Case(
    toxicity.icans,
    {
        "ice": list(range(11)),
        "arousal": ["alert", "voice", "tactile", "unarousable"],
        "seizure": [
            "none",
            "brief_resolved",
            "eeg_nonconvulsive_resolved",
            "prolonged_over_5min",
            "repetitive_no_return",
        ],
        "motor_deep_focal": FLAG,
        "edema": ["none", "focal", "diffuse"],
    },
    ({"ice": 10, "arousal": "alert", "seizure": "none", "motor_deep_focal": False, "edema": "none"},),
)
ICE = Case(
    toxicity.ice_score,
    {"orientation": range(5), "naming": range(4), "command": range(2), "writing": range(2), "attention": range(2)},
    ({"orientation": 4, "naming": 3, "command": 1, "writing": 1, "attention": 1},),
)


def counts(default: int = 2000, **changed: Any) -> dict[str, Any]:
    """Days 0 to 30; `d5_8=400` sets days 5 to 8, `d3=None` leaves the day out."""
    series: dict[int, Any] = dict.fromkeys(range(31), default)
    for days, value in changed.items():
        first, _, last = days.removeprefix("d").partition("_")
        for day in range(int(first), int(last or first) + 1):
            series[day] = value
    return {str(day): value for day, value in series.items() if value is not None}


ANC = [
    counts(),
    *(counts(**{f"d5_{4 + length}": 400}) for length in (1, 6, 7, 13, 14, 25)),
    *(counts(**{f"d5_{4 + length}": 100}) for length in (1, 6, 7, 13, 14)),
    counts(d5_8=500), counts(d5_8=501), counts(d5_11=101), counts(d5_11=100),
    counts(d5_7=400, d11_14=400), counts(d5_7=400, d10_14=400), counts(d5_6=400, d9_10=400),
    counts(d5_10=400, d13_18=400), counts(d5_10=400, d14_19=400), counts(d5_7=90, d10_12=90),
    counts(d3_30=400), counts(d4_30=400), counts(400), counts(500), counts(501), counts(d0_2=501, d3_30=500),
    counts(d28_30=400), counts(d5_7=None), counts(d5_11=None), counts(d5_12=None),
    counts(d4=400, d5_7=None, d8=400), counts(d4=400, d5_7=None, d8=1200), counts(d4=0, d5_11=None, d12=800),
    counts(d29_30=None), counts(d0=None), {},
]  # fmt: skip
DLT_EVENTS: list[dict[str, Any]] = [
    *({"type": kind, "grade": grade, "day": 20} for kind in ("CRS", "ICANS", "aGvHD", "IEC-HS") for grade in range(6)),
    *({"type": "CRS", "grade": 3, "day": day} for day in (0, 13, 14, 27, 28, 29, 41, 42, 43)),
    *(
        {"type": kind, "grade": grade, "day": 20, "duration_d": lasted, "cause": cause}
        for kind in ("neutropenia", "thrombocytopenia")
        for grade, lasted, cause in [
            (4, 28, "cells"), (4, 29, "cells"), (3, 40, "cells"), (4, 29, "conditioning"), (4, None, "cells"),
            (4, 29, None),
        ]
    ),
    *(
        {"type": "infusion_reaction", "grade": grade, "day": 20, "duration_d": lasted}
        for grade in (2, 3, 4)
        for lasted in (0.5, 1, 2, None)
    ),
    *(
        {"type": "non_haematological", "grade": grade, "day": 20, "duration_d": lasted, "cause": cause}
        for grade in (2, 3, 4)
        for lasted in (7, 8, None)
        for cause in ("cells", "other", "infection", None)
    ),
    *({"type": "death", "grade": 5, "day": 20, "cause": cause} for cause in ("cells", "sle", "infection", None)),
    {"type": "CRS", "grade": 2, "day": None},
    {"type": "CRS", "grade": None, "day": 20},
    {"type": "CRS", "grade": 3},
]  # fmt: skip
DLT_EVALUABLE: list[dict[str, Any]] = [
    {
        "infusions_received": received,
        "followed_days_after_last": followed,
        "stopped_for_dlt": stopped,
        "had_dlt": had,
    }
    for received in (0, 1, 2, 3, None)
    for followed in (27, 28, 29, None)
    for stopped in (True, False, None)
    for had in (True, False, None)
]


def dlt(anchor_at_first: bool) -> list[Case]:
    rule = toxicity.dlt(anchor_at_first)
    return [
        Case(rule, {"last_infusion_day": [0, 7, 14], "event": DLT_EVENTS}),
        Case(rule, {"last_infusion_day": [0, 7, 14], "evaluable": DLT_EVALUABLE}),
    ]


CD19 = [
    [[0, 200], [7, 3], [28, 1], [56, 6], [84, 12], [112, 30]],
    [[0, 200], [7, 10], [28, 9.9], [56, 10], [84, 10]],
    [[0, 200], [7, 3], [28, 12], [56, 9], [84, 12], [112, 30]],
    [[0, 200], [7, 3], [28, 1], [56, 12]],
    [[0, 200], [7, 3], [28, 1], [56, 6]],
    [[0, 200], [7, 50], [28, 40]],
    [[0, 9], [7, 3], [28, 1]],
    [[0, 10], [7, 9], [28, 10], [56, 11]],
    [[-7, 180], [0, 150], [7, 3], [28, 20], [56, 30]],
    [[0, 200], [7, 9], [14, 10], [21, 9], [28, 10], [35, 9]],
]

CASES: list[Row] = [
    ("crs-astct", "ASTCT", CRS),
    ("icans-astct", "ASTCT", ICANS),
    ("ice", "score", ICE),
    ("icaht", "early_cumulative", Case(toxicity.icaht_early(longest=False), {"anc_per_ul_by_day": ANC})),
    ("icaht", "early_longest_run", Case(toxicity.icaht_early(longest=True), {"anc_per_ul_by_day": ANC})),
    (
        "icaht",
        "late",
        Case(
            toxicity.icaht_late,
            {
                "anc_per_ul_after_day30": [
                    [], [1600], [90], *([edge, 2000] for edge in around(100, 500, 1000, 1500, step=1)),
                    [2000, 400, 900], [1600, 1700],
                ]
            },
        ),
    ),
    (
        "icaht",
        "late_single_value",
        Case(
            lambda given: toxicity.icaht_late(given, fewest=1),
            {"anc_per_ul_after_day30": [[], [1501], [1500], [1000], [500], [100], [2000, 400]]},
        ),
    ),
    ("icaht", "unit", Case(toxicity.icaht_unit, {"anc_e9_l": [0, 0.1, 0.5, 0.57, 1.1, 1.5, 2.3]})),
    (
        "t-icaht",
        "early",
        Case(
            toxicity.t_icaht_early,
            {"days_below_50": [0, 1, 6, 7, 13, 14, 31], "days_below_20": [0, 1, 6, 7, 13, 14, 31]},
        ),
    ),
    (
        "t-icaht",
        "late",
        Case(
            toxicity.t_icaht_late,
            {"days_below_100": [0, 1, 31], "days_below_50": [0, 1, 14], "days_below_20": [0, 1, 13, 14]},
            ({"days_below_100": 31, "days_below_50": 14, "days_below_20": 0},),
        ),
    ),
    ("licats", "onset_class", Case(toxicity.licats_onset, {"onset_day": [0, 1, 13, 14, 15, 29, 30, 31, 200]})),
    (
        "licats",
        "grade",
        Case(
            toxicity.licats_grade,
            {
                "resolution": ["spontaneous", "outpatient_treatment"],
                "hospitalisation": ["none", "new", "prolonged"],
                "icu": FLAG,
                "glucocorticoid_treatment": FLAG,
            },
        ),
    ),
    ("licats", "eligible", Case(toxicity.licats_eligible, {"organ_affected_before": FLAG})),
    (
        "gvhd-magic",
        "overall",
        Case(
            toxicity.gvhd_overall,
            {"skin": range(5), "liver": range(5), "upper_gi": range(2), "lower_gi": range(5)},
            ({"skin": 0, "liver": 0, "upper_gi": 0, "lower_gi": 0},),
        ),
    ),
    ("gvhd-magic", "liver_stage", Case(toxicity.gvhd_liver, {"bili_mg_dl": around(0, 2, 3, 6, 15, step=0.05)})),
    ("gvhd-magic", "skin_stage", Case(toxicity.gvhd_skin, {"rash_bsa_pct": [0, 0.1, 1, 24, 24.9, 25, 50, 50.1, 99]})),
    (
        "gvhd-magic",
        "lower_gi_stage",
        Case(
            toxicity.gvhd_lower,
            {
                "ml_per_day": [0, 499, 499.5, 500, 999, 999.5, 1000, 1500, 1500.5, 1501, 4000],
                "episodes_per_day": [0, 2, 3, 4, 5, 7, 8, 20],
                "severe_pain_ileus_or_gross_blood": FLAG,
            },
        ),
    ),
    *(("dlt", "template", case) for case in dlt(anchor_at_first=False)),
    *(("dlt", "first_infusion", case) for case in dlt(anchor_at_first=True)),
    ("b-cells", "default", Case(toxicity.b_cells, {"cd19_per_ul": CD19})),
    ("b-cells", "pct", Case(toxicity.b_cells_percent, {"cd19_pct_lymphocytes": [0, 0.9, 0.99, 1, 1.01, 20]})),
]  # fmt: skip
