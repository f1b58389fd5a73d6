"""Questions for CTCAE v5, the two classification sets, doses and days."""

from __future__ import annotations

from independent.instruments import grades
from independent.instruments.case import Case, Row, around


def falling(key: str, second: float, third: float, fourth: float | None, lln: float, step: float) -> Case:
    edges = [edge for edge in (second, third, fourth, lln) if edge is not None]
    return Case(
        grades.falling(key, second, third, fourth),
        {key: around(*edges, step=step), "lln": [lln, second, round(second - step, 6), round(second + step, 6)]},
        ({key: second, "lln": lln},),
    )


ENZYME = Case(
    grades.aminotransferase,
    {
        "value_u_l": [39, 40, 41, 48, 79, 80, 81, 119, 120, 121, 199, 200, 201, 240, 241, 400, 401, 799, 800, 801,
                      1600, 1601],
        "uln": [40],
        "baseline_u_l": [30, 40, 41, 80],
    },
    tuple({"value_u_l": 120, "uln": 40, "baseline_u_l": base} for base in (30, 40, 80, None)),
)  # fmt: skip
BILIRUBIN = Case(
    grades.bilirubin,
    {
        "value_mg_dl": [0.9, 1, 1.1, 1.5, 1.6, 2, 2.1, 3, 3.1, 6, 6.1, 10, 10.1, 20, 20.1],
        "uln": [1.0],
        "baseline_mg_dl": [0.6, 1, 1.1, 2],
    },
    tuple({"value_mg_dl": 1.5, "uln": 1.0, "baseline_mg_dl": base} for base in (0.6, 1.0, 2.0, None)),
)
CREATININE = Case(
    grades.creatinine,
    {
        "value_umol_l": [75, 76, 80, 89, 90, 91, 135, 136, 149, 150, 151, 270, 271, 540, 541],
        "uln": [90],
        "baseline_umol_l": [45, 50, 60, 90, 100, 200],
    },
    tuple({"value_umol_l": 80, "uln": 90, "baseline_umol_l": base} for base in (50, 90, None)),
)
EULAR_ITEMS = [item for domain in grades.CLINICAL_DOMAINS + grades.IMMUNOLOGY_DOMAINS for item in domain]
EULAR_LISTS = [
    [],
    *([item] for item in EULAR_ITEMS),
    ["antiphospholipid", "low_c3_and_c4", "dsdna"],
    ["antiphospholipid", "low_c3_and_c4", "dsdna", "smith", "alopecia"],
    ["synovitis", "proteinuria"], ["synovitis", "low_c3_or_c4"], ["synovitis", "low_c3_and_c4"],
    ["dsdna", "low_c3_or_c4"], ["fever", "dsdna", "alopecia"], ["class_II_V", "proteinuria"],
    ["class_II_V", "fever"], ["class_II_V", "alopecia", "oral_ulcers"], ["acute_cutaneous", "delirium"],
    ["acute_cutaneous", "leukopenia"], ["acute_cutaneous", "thrombocytopenia", "leukopenia"],
    ["acute_pericarditis", "effusion", "seizure"], ["low_c3_or_c4", "low_c3_and_c4", "synovitis"], EULAR_ITEMS,
]  # fmt: skip
ACR_PARTS = sorted(part for criterion in grades.ACR_CRITERIA for part in criterion)
ACR_LISTS = [
    [], *([part] for part in ACR_PARTS), ["malar_rash", "oral_ulcers", "arthritis"],
    ["malar_rash", "oral_ulcers", "arthritis", "ana"], ["pleuritis", "pericarditis", "arthritis", "ana"],
    ["pleuritis", "pericarditis", "arthritis", "ana", "anti_dna"], ["seizure", "psychosis", "anti_dna", "anti_sm"],
    ["hemolytic_anemia", "leukopenia_twice", "lymphopenia_twice", "thrombocytopenia", "ana"], ACR_PARTS,
]  # fmt: skip

CASES: list[Row] = [
    ("ctcae-v5", "neutrophils", falling("value_e9_l", 1.5, 1.0, 0.5, 2.0, 0.01)),
    ("ctcae-v5", "platelets", falling("value_e9_l", 75, 50, 25, 150, 1)),
    ("ctcae-v5", "leukocytes", falling("value_e9_l", 3.0, 2.0, 1.0, 4.0, 0.01)),
    ("ctcae-v5", "lymphocytes", falling("value_e9_l", 0.8, 0.5, 0.2, 1.0, 0.01)),
    ("ctcae-v5", "cd4", falling("value_e9_l", 0.5, 0.2, 0.05, 0.6, 0.01)),
    ("ctcae-v5", "anemia", falling("hb_g_dl", 10.0, 8.0, None, 12.0, 0.1)),
    ("ctcae-v5", "alt", ENZYME),
    ("ctcae-v5", "ast", ENZYME),
    ("ctcae-v5", "bilirubin", BILIRUBIN),
    ("ctcae-v5", "creatinine", CREATININE),
    (
        "ctcae-v5",
        "ck",
        Case(
            grades.creatine_kinase,
            {"value_u_l": [199, 200, 201, 500, 501, 1000, 1001, 2000, 2001], "uln": [200]},
            ({"uln": 200},),
        ),
    ),
    (
        "ctcae-v5",
        "fibrinogen",
        Case(
            grades.fibrinogen,
            {
                "value_g_l": [0.4, 0.49, 0.5, 0.51, 0.99, 1, 1.01, 1.49, 1.5, 1.51, 1.99, 2, 2.01, 3],
                "lln": [2],
                "baseline_g_l": [1, 2, 3, 4, 6],
            },
            ({"value_g_l": 1.5, "lln": 2, "baseline_g_l": 2},),
        ),
    ),
    ("ctcae-v5", "fever", Case(grades.fever, {"temp_c": around(38, 39, 40), "hours": [0, 6, 24, 24.1, 25]})),
    (
        "ctcae-v5",
        "infection",
        Case(grades.infection, {"treatment": ["local", "oral_antibiotic", "iv_antibiotic", "urgent_intervention"]}),
    ),
    (
        "ctcae-v5",
        "febrile_neutropenia",
        Case(
            grades.febrile_neutropenia,
            {"anc_e9_l": [0.4, 0.99, 1.0, 1.01], "single_temp_c": [37, 37.9, 38.2, 38.3, 38.4, 40]},
        ),
    ),
    (
        "eular-acr-2019",
        "default",
        Case(
            grades.eular_acr,
            {"ana_titre": [0, 40, 79, 80, 81, 640], "items": EULAR_LISTS, "temperature_c": [37, 38.3, 38.4]},
            ({"ana_titre": 80, "items": ["class_III_IV"]},),
        ),
    ),
    ("acr-1997", "default", Case(grades.acr_1997, {"items": ACR_LISTS})),
    *(
        (
            "prednisone-equivalent",
            variant,
            Case(
                rule,
                {"drug": list(grades.EQUAL_TO_FIVE),
                 "mg": [0, 0.75, 1.125, 1.13, 4, 6, 6.1, 7.5, 7.6, 9, 20, 30, 37.5]},
            ),
        )
        for variant, rule in (
            ("default", grades.prednisone), ("threshold", grades.prednisone_threshold),
            ("betamethasone_0_6", grades.prednisone_betamethasone_0_6),
        )
    ),
    ("bsa", "mosteller", Case(grades.mosteller, {"cm": [120, 160, 190], "kg": [30, 50, 120.5]})),
    (
        "bsa",
        "conditioning",
        Case(
            grades.conditioning,
            {
                "cm": [160, 175],
                "kg": [50, 80],
                "flu_mg_m2": [0, 25, 30],
                "cy_mg_m2": [0, 300, 1000],
                "days": [0, 1, 3],
            },
            ({"cm": 160, "kg": 50, "flu_mg_m2": 25, "cy_mg_m2": 300, "days": 3},),
        ),
    ),
    ("study-day", "cdisc", Case(grades.study_day, {"protocol_day": [-30, -5, -2, -1, 0, 1, 2, 27, 28, 365]})),
]  # fmt: skip
