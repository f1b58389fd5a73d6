"""SLEDAI-2K, physician global, SLE-DAS, flare index, CLASI and SDI, written from their definitions."""

from __future__ import annotations

import math
from typing import Any

from independent.instruments.worlds import OpenText, Payload, decided, exact

WEIGHTS = {
    "seizure": 8, "psychosis": 8, "obs": 8, "visual": 8, "cranial_nerve": 8, "lupus_headache": 8, "cva": 8,
    "vasculitis": 8,
    "arthritis": 4, "myositis": 4, "urinary_casts": 4, "hematuria": 4, "proteinuria": 4, "pyuria": 4,
    "rash": 2, "alopecia": 2, "mucosal_ulcers": 2, "pleurisy": 2, "pericarditis": 2, "low_complement": 2,
    "dna_binding": 2,
    "fever": 1, "thrombocytopenia": 1, "leukopenia": 1,
}  # fmt: skip
SEROLOGY = {"low_complement", "dna_binding"}
NEED_ATTRIBUTION = {"hematuria", "proteinuria", "pyuria", "thrombocytopenia", "leukopenia", "fever"}


def sledai(given: Payload) -> dict[str, Any]:
    active = set(given.get("active") or [])
    missing = set(given.get("missing") or [])
    if active & missing:
        raise OpenText
    low = sum(WEIGHTS[item] for item in active)
    high = low + sum(WEIGHTS[item] for item in missing)
    clinical = sum(WEIGHTS[item] for item in active - SEROLOGY)
    return {
        "total": None if missing else low,
        "clinical": None if missing - SEROLOGY else clinical,
        "min": low,
        "max": high,
    }


def over(value: float | None, limit: float) -> bool | None:
    return None if value is None else exact(value) > exact(limit)


def under(value: float | None, limit: float | None) -> bool | None:
    return None if value is None or limit is None else exact(value) < exact(limit)


def either(*answers: bool | None) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def both(*answers: bool | None) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def over_half_gram(value: dict[str, Any]) -> bool | None:
    """0.5 g a day; a ratio stands for it, 1 g/g = 113.1 mg/mmol exactly."""
    if value.get("protein_24h_g") is not None:
        return over(value["protein_24h_g"], 0.5)
    if value.get("upcr_g_g") is not None:
        return over(value["upcr_g_g"], 0.5)
    return over(value.get("upcr_mg_mmol"), 56.55)


def threshold(item: str, value: dict[str, Any], arthritis_more_than: int) -> bool | None:
    if item == "thrombocytopenia":
        return under(value.get("platelets_e9_l"), 100)
    if item == "leukopenia":
        return under(value.get("wbc_e9_l"), 3.0)
    if item == "fever":
        return over(value.get("temperature_c"), 38.0)
    if item == "hematuria":
        return over(value.get("urine_rbc_hpf"), 5)
    if item == "pyuria":
        return over(value.get("urine_wbc_hpf"), 5)
    if item == "proteinuria":
        return over_half_gram(value)
    if item == "low_complement":
        c3 = under(value.get("c3_g_l"), value.get("c3_lln"))
        c4 = under(value.get("c4_g_l"), value.get("c4_lln"))
        if {c3, c4} == {False, None}:
            raise OpenText  # one normal fraction, the other not measured
        return either(c3, c4)
    if item == "dna_binding":
        return under(value.get("uln"), value.get("dsdna"))
    if item == "arthritis":
        return over(value.get("painful_inflamed_joints"), arthritis_more_than)
    raise OpenText


def with_attribution(item: str, over_limit: bool | None, given: Payload) -> dict[str, Any]:
    """Score only what is present and attributed; serology needs no attribution decision."""
    attributed = given.get("attributed_to_sle")
    if given.get("cause") == "conditioning" and item in {"thrombocytopenia", "leukopenia"}:
        return {"present": False}
    if attributed is None and given.get("cause") == "sle":
        attributed = True  # naming lupus as the cause is the decision
    if attributed is None and item in SEROLOGY:
        return {"present": over_limit}
    if attributed is None and item == "arthritis" and over_limit:
        raise OpenText  # only urine, blood-count and fever items are said to wait for the decision
    return {"present": both(over_limit, attributed)}


def laboratory_item(given: Payload, arthritis_more_than: int = 1) -> dict[str, Any]:
    item = given.get("item")
    if item is None:
        return {"present": None}
    over_limit = threshold(item, given.get("value") or {}, arthritis_more_than)
    return with_attribution(item, over_limit, given)


def laboratory_item_selena(given: Payload) -> dict[str, Any]:
    return laboratory_item(given, arthritis_more_than=2)


def proteinuria_new_or_risen(given: Payload) -> dict[str, Any]:
    """Counts when new (over the limit now, not before) or risen by more than 0.5 g a day."""
    if given.get("item") != "proteinuria":
        raise OpenText
    value = given.get("value") or {}
    now, before = value.get("protein_24h_g"), value.get("previous_24h_g")
    over_now = over(now, 0.5)
    new_or_risen: bool | None = None
    if now is not None and before is not None:
        new_or_risen = exact(before) <= exact(0.5) or exact(now) - exact(before) > exact(0.5)
    return with_attribution("proteinuria", both(over_now, new_or_risen), given)


def window(days: int) -> Any:
    def rule(given: Payload) -> dict[str, Any]:
        ago = given.get("last_present_days_before_visit")
        return {"present": None if ago is None else ago <= days}

    return rule


def pga_convert(given: Payload) -> dict[str, Any]:
    value, scale = given.get("value"), given.get("scale")
    if value is None or scale is None:
        return {"pga_0_3": None}
    if value > {"0-3": 3, "0-10": 10, "0-100mm": 100}[scale]:
        raise OpenText  # refused; test_malformed.py says how
    factor = {"0-3": exact(1), "0-10": exact(0.3), "0-100mm": exact(0.03)}[scale]
    return {"pga_0_3": float(exact(value) * factor)}


# --- SLE-DAS ---------------------------------------------------------------------------------------------------------

TERMS = {
    "mucocutaneous_vasculitis": 4.408, "alopecia": 0.973, "mucosal_ulcers": 2.769, "low_complement": 0.754,
    "dsdna": 0.956, "neuropsychiatric": 18, "systemic_vasculitis": 18, "cardiac_pulmonary": 18, "myositis": 9,
    "serositis": 6, "haemolytic_anemia": 9,
}  # fmt: skip


def sle_das(given: Payload, ticked: bool = False) -> dict[str, Any]:
    flags = set(given.get("flags") or [])
    labs = ("sjc28", "proteinuria_mg", "platelets", "wbc")
    if any(given.get(key) is None for key in labs):
        # every term adds, so what is known already bounds the score from below
        quiet = {"sjc28": 0, "proteinuria_mg": 0, "platelets": 250, "wbc": 6}
        least = sle_das({**given, **{key: quiet[key] for key in labs if given.get(key) is None}}, ticked)
        return {**least, "score": None, "category": least["category"] if least["score"] > 7.64 else None}
    joints, protein, platelets, white = (given[key] for key in labs)
    if platelets <= 0 or white <= 0:
        raise OpenText
    score = 0.366 + sum(TERMS.get(flag, 0) for flag in flags)
    score += 0.454 * joints
    if ("arthritis" in flags) if ticked else joints >= 1:
        score += 3.132
    if "generalized_rash" in flags:
        score += 3.887
    elif "localized_rash" in flags:
        score += 3.138
    if protein > 500:
        score += -17.584 + 3.811 * math.log(protein)
    if platelets < 100:
        score += 26.105 - 5.577 * math.log(platelets)
    if white < 3:
        score += 6.118 - 5.058 * math.log(white)
    band = "remission" if score <= 2.08 else "mild" if score <= 7.64 else "moderate_severe"
    answer = {"score": score, "category": band}
    if {"generalized_rash", "localized_rash"} <= flags:
        answer["flag"] = "rash_exclusive"
    return answer


def sle_das_ticked(given: Payload) -> dict[str, Any]:
    return sle_das(given, ticked=True)


# --- flare index -----------------------------------------------------------------------------------------------------

MILD_DRUGS = {"nsaid", "hydroxychloroquine"}
SEVERE_DRUGS = {"cyclophosphamide", "azathioprine", "methotrexate", "mycophenolate"}


def flare_of_complete(seen: dict[str, Any]) -> str:
    rise = seen["sledai"] - seen["sledai_prev"]
    pga_rise = exact(seen["pga"]) - exact(seen["pga_prev"])
    steroid, steroid_before = exact(seen["pred_mg_kg"]), exact(seen["pred_mg_kg_prev"])
    drugs = set(seen["new_drugs"])
    severe = (
        (seen["sledai"] > 12 and rise > 0)
        or (steroid > exact(0.5) and steroid > steroid_before)
        or bool(drugs & SEVERE_DRUGS)
        or seen["hospitalised_for_sle"]
        or (exact(seen["pga"]) > exact(2.5) and pga_rise > 0)
    )
    if severe:
        return "severe"
    mild = (
        (rise >= 3 and seen["sledai"] <= 12)
        or steroid > steroid_before
        or bool(drugs & MILD_DRUGS)
        or (pga_rise >= 1 and exact(seen["pga"]) <= exact(2.5))
    )
    return "mild_moderate" if mild else "none"


FLARE_DOMAIN: dict[str, list[Any]] = {  # a rise from an unknown value is unknown, however low the new value
    "sledai_prev": [-9, 0, 1, 4, 9, 12, 105],
    "sledai": [0, 3, 4, 12, 13, 105],
    "pga_prev": [-9, 0, 1, 3],
    "pga": [0, 1, 2.5, 3],
    "pred_mg_kg_prev": [0, 0.5, 9],
    "pred_mg_kg": [0, 0.4, 9],
    "new_drugs": [[], ["nsaid"], ["methotrexate"]],
    "hospitalised_for_sle": [False, True],
}


def selena_flare(given: Payload) -> dict[str, Any]:
    return {"flare": decided(flare_of_complete, given, FLARE_DOMAIN)}


# --- CLASI and SDI ---------------------------------------------------------------------------------------------------


def clasi_activity(given: Payload) -> dict[str, Any]:
    tops = [given.get(key) for key in ("mucosal", "recent_hair_loss", "alopecia")]
    areas = given.get("areas")
    if areas is None or None in tops or any(None in area.values() for area in areas.values()):
        return {"activity": None}
    return {"activity": sum(sum(area.values()) for area in areas.values()) + sum(tops)}


def all_maximal(key: str, maximum: int) -> Any:
    def rule(given: Payload) -> dict[str, Any]:
        if given.get("all_maximal") is False:
            raise OpenText
        return {key: maximum if given.get("all_maximal") else None}

    return rule


def clasi_band(given: Payload) -> dict[str, Any]:
    activity = given.get("activity")
    if activity is None:
        return {"band": None}
    return {"band": "mild" if activity <= 9 else "moderate" if activity <= 20 else "severe"}


def clasi_50(given: Payload) -> dict[str, Any]:
    """Needs a baseline of at least 10; below that the question does not apply."""
    baseline, now = given.get("baseline"), given.get("now")
    if baseline is None or baseline < 10:
        return {"response": None}
    return {"response": None if now is None else exact(now) * 2 <= exact(baseline)}


def sdi_renal(given: Payload) -> dict[str, Any]:
    if given.get("esrd") == 1:
        return {"renal": 3}
    lesser = [given.get("gfr_lt50"), given.get("proteinuria_35")]
    if given.get("esrd") is None or None in lesser:
        return {"renal": None}
    return {"renal": sum(x or 0 for x in lesser)}


AT_THE_EVENT = {"stroke", "myocardial_infarction"}


def sdi_duration(given: Payload) -> dict[str, Any]:
    item, months = given.get("item"), given.get("duration_months")
    if item != "claudication":
        raise OpenText
    return {"scored": None if months is None else months >= 6}
