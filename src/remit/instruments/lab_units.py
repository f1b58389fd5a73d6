"""The units in which a laboratory may state a gradable value, and what to multiply it by to reach the unit of the term.

Molar masses behind the factors: calcium 40.08, magnesium 24.305, glucose 180.16, cholesterol 386.65, triglycerides
885.7 (triolein), uric acid 168.11, hemoglobin monomer 16 114 g/mol.
"""

from __future__ import annotations

from typing import Final

from remit.units import BILIRUBIN_UMOL_L_IN_ONE_MG_DL, CREATININE_UMOL_L_IN_ONE_MG_DL, canonical

_COUNT: Final = {"10^9/L": 1.0, "/uL": 0.001}
_ENZYME: Final = {"U/L": 1.0, "IU/L": 1.0}
_ION: Final = {"mmol/L": 1.0, "mEq/L": 1.0}
_HEMOGLOBIN: Final = {"g/dL": 1.0, "g/L": 0.1, "mmol/L": 1.6114}
_CALCIUM: Final = {"mmol/L": 1.0, "mg/dL": 10 / 40.08}
_MAGNESIUM: Final = {"mmol/L": 1.0, "mg/dL": 10 / 24.305}

UNITS: Final[dict[str, dict[str, float]]] = {
    **dict.fromkeys(
        ("neutrophils", "platelets", "lymphocytes", "leukocytes", "cd4", "lymphocytes_high", "leukocytosis",
         "eosinophils"), _COUNT,
    ),
    **dict.fromkeys(("alt", "ast", "ck", "alp", "ggt", "ldh", "lipase", "amylase"), _ENZYME),
    **dict.fromkeys(("sodium_low", "sodium_high", "potassium_low", "potassium_high"), _ION),
    **dict.fromkeys(("anemia", "hemoglobin_high"), _HEMOGLOBIN),
    **dict.fromkeys(("calcium_low", "calcium_high", "ionized_calcium_low", "ionized_calcium_high"), _CALCIUM),
    **dict.fromkeys(("magnesium_low", "magnesium_high"), _MAGNESIUM),
    "bilirubin": {"mg/dL": 1.0, "umol/L": 1 / BILIRUBIN_UMOL_L_IN_ONE_MG_DL},
    "creatinine": {"umol/L": 1.0, "mg/dL": CREATININE_UMOL_L_IN_ONE_MG_DL},
    "fibrinogen": {"g/L": 1.0, "mg/dL": 0.01},
    "haptoglobin": {"g/L": 1.0, "mg/dL": 0.01},
    "albumin": {"g/L": 1.0, "g/dL": 10.0},
    "glucose_low": {"mmol/L": 1.0, "mg/dL": 10 / 180.16},
    "urate_high": {"umol/L": 1.0, "mg/dL": 10_000 / 168.11, "mmol/L": 1000.0},
    "cholesterol": {"mmol/L": 1.0, "mg/dL": 10 / 386.65},
    "triglycerides": {"mmol/L": 1.0, "mg/dL": 10 / 885.7},
    "aptt": {"s": 1.0},
    "inr": {"1": 1.0},
    "egfr": {"mL/min/1.73m2": 1.0},
    "proteinuria": {"g/24h": 1.0, "mg/24h": 0.001},
}  # fmt: skip
"""Term -> unit -> factor; the first unit is the term's own."""


def to_term_unit(term: str, unit: str) -> float | None:
    """What to multiply a value in `unit` by; None when the term is never stated in that unit."""
    wanted = canonical(unit).lower()
    return next((factor for known, factor in UNITS[term].items() if known.lower() == wanted), None)
