"""CTCAE v5 laboratory grades, the two classification sets, doses and days, written from their definitions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from independent.instruments.worlds import OpenText, Payload, decided, exact


def falling(key: str, second: float, third: float, fourth: float | None) -> Any:
    """Grade of a value that falls: the printed lower edge belongs to the milder grade."""

    def rule(given: Payload) -> dict[str, Any]:
        if given.get(key) is None:
            return {"grade": None}
        value, limit = exact(given[key]), given.get("lln")
        if fourth is not None and value < exact(fourth):
            return {"grade": 4}
        if value < exact(third):
            return {"grade": 3}
        if value < exact(second):
            return {"grade": 2}
        if limit is None:
            return {"grade": None}
        return {"grade": 1 if value < exact(limit) else 0}

    return rule


def rising(value: Fraction, edges: tuple[Fraction, ...]) -> int:
    """How many edges the value is above: the printed upper edge belongs to the milder grade."""
    return sum(1 for edge in edges if value > edge)


def times(unit: float, *factors: float) -> tuple[Fraction, ...]:
    return tuple(exact(factor) * exact(unit) for factor in factors)


def aminotransferase(given: Payload) -> dict[str, Any]:
    value, upper, baseline = given.get("value_u_l"), given.get("uln"), given.get("baseline_u_l")
    if value is None or upper is None:
        if value is None or baseline is None:
            return {"grade": None}
        raise OpenText
    if baseline is None or baseline <= upper:
        return {"grade": rising(exact(value), times(upper, 1, 3, 5, 20))}
    grade = rising(exact(value), times(baseline, 1.5, 3, 5, 20))
    return {"grade": 1 if exact(value) == exact(1.5) * exact(baseline) else grade}


def bilirubin(given: Payload) -> dict[str, Any]:
    value, upper, baseline = given.get("value_mg_dl"), given.get("uln"), given.get("baseline_mg_dl")
    if value is None or upper is None:
        if value is None or baseline is None:
            return {"grade": None}
        raise OpenText
    unit = upper if baseline is None or baseline <= upper else baseline
    return {"grade": rising(exact(value), times(unit, 1, 1.5, 3, 10))}


def creatinine(given: Payload) -> dict[str, Any]:
    value, upper, baseline = given.get("value_umol_l"), given.get("uln"), given.get("baseline_umol_l")
    if value is None or upper is None:
        if value is None or baseline is None:
            return {"grade": None}
        raise OpenText
    by_limit = rising(exact(value), times(upper, 1, 1.5, 3, 6))
    if baseline is None:
        return {"grade": by_limit}
    by_baseline = 3 if exact(value) > 3 * exact(baseline) else 2 if exact(value) > exact(1.5) * exact(baseline) else 0
    return {"grade": max(by_limit, by_baseline)}


def creatine_kinase(given: Payload) -> dict[str, Any]:
    value, upper = given.get("value_u_l"), given.get("uln")
    if value is None or upper is None:
        return {"grade": None}
    return {"grade": rising(exact(value), times(upper, 1, 2.5, 5, 10))}


def fibrinogen(given: Payload) -> dict[str, Any]:
    """By the share of the lower limit or by the fall from baseline, whichever is worse; below 0.5 g/L is 4."""
    value, lower, baseline = given.get("value_g_l"), given.get("lln"), given.get("baseline_g_l")
    if value is None or lower is None or not baseline:
        if value is not None and value < 0.5:
            return {"grade": 4}
        raise OpenText
    share, kept = exact(value) / exact(lower), exact(value) / exact(baseline)
    by_limit = sum(1 for edge in (1, 0.75, 0.5, 0.25) if share < exact(edge))
    by_fall = 4 if kept <= exact(0.25) else 3 if kept <= exact(0.5) else 2 if kept <= exact(0.75) else 0
    if share >= 1 and by_fall:
        raise OpenText  # a fall that stays within the reference range
    return {"grade": 4 if value < 0.5 else max(by_limit, by_fall)}


def fever(given: Payload) -> dict[str, Any]:
    temperature, hours = given.get("temp_c"), given.get("hours")
    if temperature is None:
        return {"grade": None}
    if temperature <= 40:
        return {"grade": 0 if temperature < 38 else 1 if temperature <= 39 else 2}
    return {"grade": None if hours is None else 3 if hours <= 24 else 4}


def infection(given: Payload) -> dict[str, Any]:
    order = {"local": 1, "oral_antibiotic": 2, "iv_antibiotic": 3, "urgent_intervention": 4}
    return {"grade": order.get(given.get("treatment") or "")}


def febrile_neutropenia(given: Payload) -> dict[str, Any]:
    def complete(seen: dict[str, Any]) -> int:
        return 3 if exact(seen["anc_e9_l"]) < 1 and exact(seen["single_temp_c"]) > exact(38.3) else 0

    return {"grade": decided(complete, given, {"anc_e9_l": [0.1, 5], "single_temp_c": [37, 40]})}


# --- classification --------------------------------------------------------------------------------------------------

CLINICAL_DOMAINS: list[dict[str, int]] = [
    {"fever": 2},
    {"leukopenia": 3, "thrombocytopenia": 4, "hemolysis": 4},
    {"delirium": 2, "psychosis": 3, "seizure": 5},
    {"alopecia": 2, "oral_ulcers": 2, "subacute_or_discoid": 4, "acute_cutaneous": 6},
    {"effusion": 5, "acute_pericarditis": 6},
    {"synovitis": 6},
    {"proteinuria": 4, "class_II_V": 8, "class_III_IV": 10},
]
IMMUNOLOGY_DOMAINS: list[dict[str, int]] = [
    {"antiphospholipid": 2},
    {"low_c3_or_c4": 3, "low_c3_and_c4": 4},
    {"dsdna": 6, "smith": 6},
]


def highest(domain: dict[str, int], items: set[str]) -> int:
    return max((weight for item, weight in domain.items() if item in items), default=0)


def eular_acr(given: Payload) -> dict[str, Any]:
    items = set(given.get("items") or [])
    titre, temperature = given.get("ana_titre"), given.get("temperature_c")
    answer: dict[str, Any] = {}
    if temperature is not None:
        answer["fever_item"] = exact(temperature) > exact(38.3)
        if answer["fever_item"] != ("fever" in items):
            raise OpenText  # whether a temperature counts without its item is not written
    if titre is None:
        raise OpenText
    if titre < 80:
        return {**answer, "sle": False, "score": None}
    clinical = sum(highest(domain, items) for domain in CLINICAL_DOMAINS)
    total = clinical + sum(highest(domain, items) for domain in IMMUNOLOGY_DOMAINS)
    return {**answer, "sle": total >= 10 and clinical > 0, "score": total}


ACR_CRITERIA: list[set[str]] = [
    {"malar_rash"},
    {"discoid_rash"},
    {"photosensitivity"},
    {"oral_ulcers"},
    {"arthritis"},
    {"pleuritis", "pericarditis"},
    {"proteinuria_persistent", "cellular_casts"},
    {"seizure", "psychosis"},
    {"hemolytic_anemia", "leukopenia_twice", "lymphopenia_twice", "thrombocytopenia"},
    {"anti_dna", "anti_sm", "antiphospholipid"},
    {"ana"},
]


def acr_1997(given: Payload) -> dict[str, Any]:
    items = set(given.get("items") or [])
    count = sum(1 for criterion in ACR_CRITERIA if criterion & items)
    return {"count": count, "sle": count >= 4}


# --- doses and days --------------------------------------------------------------------------------------------------

EQUAL_TO_FIVE = {
    "prednisone": 5, "prednisolone": 5, "methylprednisolone": 4, "dexamethasone": 0.75, "betamethasone": 0.75,
    "hydrocortisone": 20, "cortisone": 25, "triamcinolone": 4, "deflazacort": 6,
}  # fmt: skip


def prednisone_betamethasone_0_6(given: Payload) -> dict[str, Any]:
    if given.get("drug") == "betamethasone" and given.get("mg") is not None:
        return {"prednisone_mg": float(exact(given["mg"]) * 5 / exact(0.6))}
    return prednisone(given)


def prednisone(given: Payload) -> dict[str, Any]:
    drug, dose = given.get("drug"), given.get("mg")
    if drug is None or dose is None:
        return {"prednisone_mg": None}
    return {"prednisone_mg": float(exact(dose) * 5 / exact(EQUAL_TO_FIVE[drug]))}


def prednisone_threshold(given: Payload) -> dict[str, Any]:
    drug, dose = given.get("drug"), given.get("mg")
    if drug is None or dose is None:
        return {"prednisone_mg": None, "lldas_gc": None}
    return {**prednisone(given), "lldas_gc": exact(dose) * 5 / exact(EQUAL_TO_FIVE[drug]) <= exact(7.5)}


def mosteller(given: Payload) -> dict[str, Any]:
    if given.get("cm") is None or given.get("kg") is None:
        return {"m2": None}
    return {"m2": math.sqrt(given["cm"] * given["kg"] / 3600)}


def conditioning(given: Payload) -> dict[str, Any]:
    area, days = mosteller(given)["m2"], given.get("days")
    totals: dict[str, Any] = {}
    for key, drug in (("flu_total_mg", "flu_mg_m2"), ("cy_total_mg", "cy_mg_m2")):
        dose = given.get(drug)
        totals[key] = None if None in (area, days, dose) else area * dose * days  # type: ignore[operator]
    return totals


def study_day(given: Payload) -> dict[str, Any]:
    """The infusion is protocol day 0 and CDISC day 1; the day before is -1 in both."""
    day = given.get("protocol_day")
    return {"study_day": None if day is None else day + 1 if day >= 0 else day}
