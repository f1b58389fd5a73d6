"""BILAG-2004: numeric scores and the letter of a system from its items, written from the table."""

from __future__ import annotations

from typing import Any

from independent.instruments.worlds import OpenText, Payload, decided, exact

ACTIVE = (2, 3, 4)
CONSTITUTIONAL_OTHERS = ("weight_loss", "lymphadenopathy_splenomegaly", "anorexia")
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "mucocutaneous": (
        (
            "skin_eruption_severe",
            "angio_oedema_severe",
            "mucosal_ulceration_severe",
            "panniculitis_severe",
            "cutaneous_vasculitis_major",
        ),
        ("skin_eruption_mild", "panniculitis_mild", "digital_infarcts", "alopecia_severe"),
        (
            "angio_oedema_mild",
            "mucosal_ulceration_mild",
            "alopecia_mild",
            "periungual_erythema",
            "splinter_haemorrhages",
        ),
    ),
    "neuropsychiatric": (("status_epilepticus",), ("seizure_disorder",), ()),
    "musculoskeletal": (
        ("myositis_severe", "arthritis_severe"),
        ("myositis_mild", "arthritis_moderate"),
        ("arthritis_mild",),
    ),
}
BLOOD = {  # below: A, B, C
    "hb_g_dl": (8, 9, 11),
    "wcc": (1.0, 2.0, 4.0),
    "neutrophils": (0.5, 1.0, 2.0),
    "platelets": (25, 50, 150),
}


def numeric(weights: dict[str, int]) -> Any:
    def rule(given: Payload) -> dict[str, Any]:
        grades = given.get("grades")
        if grades is None:
            return {"score": None}
        if len(grades) != 9:
            raise OpenText
        if None in grades:
            return {"score": None}
        return {"score": sum(weights[grade] for grade in grades)}

    return rule


def constitutional(items: dict[str, Any]) -> str | None:
    pyrexia = items["pyrexia"]
    active = sum(1 for name in CONSTITUTIONAL_OTHERS if items[name] in ACTIVE)
    if pyrexia in ACTIVE and active >= 2:
        return "A"
    if pyrexia in ACTIVE or active >= 2:
        return "B"
    if pyrexia == 1 or any(items[name] > 0 for name in CONSTITUTIONAL_OTHERS):
        return "C"
    return None


def listed(system: str, items: dict[str, Any]) -> str | None:
    severe, moderate, mild = COLUMNS[system]
    if any(items[name] in ACTIVE for name in severe):
        return "A"
    if any(items[name] == 1 for name in severe) or any(items[name] in ACTIVE for name in moderate):
        return "B"
    if any(items[name] == 1 for name in moderate) or any(items[name] > 0 for name in mild):
        return "C"
    return None


def renal(items: dict[str, Any]) -> str | None:
    protein, before = exact(items["protein_24h_g"]), exact(items["previous_24h_g"])
    fallen = protein <= before * exact(0.75) and before > 0
    heavy = protein > 1 and not fallen
    features = [heavy, bool(items["active_sediment"])]
    if sum(features) >= 2:
        return "A"
    if sum(features) == 1 or (protein >= exact(0.5) and not fallen):
        return "B"
    return "C" if protein > exact(0.25) else None


def haematological(items: dict[str, Any]) -> str | None:
    below = {name: [exact(items[name]) < exact(limit) for limit in limits] for name, limits in BLOOD.items()}
    if items["ttp"] in ACTIVE or any(answers[0] for answers in below.values()):
        return "A"
    if items["ttp"] == 1 or items["active_haemolysis"] or any(answers[1] for answers in below.values()):
        return "B"
    if items["coombs_isolated"] or exact(items["lymphocytes"]) < 1 or any(answers[2] for answers in below.values()):
        return "C"
    return None


NORMAL: dict[str, dict[str, Any]] = {
    "constitutional": dict.fromkeys(("pyrexia", *CONSTITUTIONAL_OTHERS), 0),
    "renal": {"protein_24h_g": 0, "previous_24h_g": 0, "active_sediment": False},
    "haematological": {
        "hb_g_dl": 14,
        "wcc": 6,
        "neutrophils": 4,
        "platelets": 250,
        "lymphocytes": 2,
        "ttp": 0,
        "active_haemolysis": False,
        "coombs_isolated": False,
    },
    **{
        system: dict.fromkeys([name for column in columns for name in column], 0) for system, columns in COLUMNS.items()
    },
}
TRIED: dict[str, list[Any]] = {
    "protein_24h_g": [0, 0.3, 0.5, 1.1, 5],
    "previous_24h_g": [0, 100],
    "hb_g_dl": [5, 8.5, 10, 14],
    "wcc": [0.5, 1.5, 3, 6],
    "neutrophils": [0.2, 0.7, 1.5, 4],
    "platelets": [10, 30, 100, 250],
    "lymphocytes": [0.5, 2],
    "active_sediment": [False, True],
    "active_haemolysis": [False, True],
    "coombs_isolated": [False, True],
}


def grade(given: Payload) -> dict[str, Any]:
    """Not listed is not present (a laboratory value: normal); null is not done, so every value of it is tried."""
    system = given.get("system")
    if system is None or given.get("items") is None:
        raise OpenText
    letter = {"constitutional": constitutional, "renal": renal, "haematological": haematological}.get(system)
    items = {**NORMAL[system], **given["items"]}
    domain = {name: TRIED.get(name, [0, 1, 2, 3, 4]) for name in items}
    domain["ever_active"] = [True, False]

    def complete(seen: dict[str, Any]) -> str:
        found = letter(seen) if letter else listed(system, seen)
        return found or ("D" if seen["ever_active"] else "E")

    return {"grade": decided(complete, {**items, "ever_active": given.get("ever_active")}, domain)}


def pyrexia_threshold(given: Payload) -> dict[str, Any]:
    temperature = given.get("temperature_c")
    if temperature is None:
        return {"bilag_pyrexia": None, "sledai_fever": None}
    return {"bilag_pyrexia": exact(temperature) > exact(37.5), "sledai_fever": exact(temperature) > 38}
