"""CRS, ICANS, ICE, ICAHT, LICATS, GvHD, dose-limiting toxicity and B cells, written from their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from independent.instruments.worlds import OpenText, Payload, decided, exact

CRS_OXYGEN = {
    "none": 1, "blow_by": 2, "low_flow_cannula": 2, "high_flow_cannula": 3, "face_mask": 3, "non_rebreather": 3,
    "venturi": 3, "cpap": 4, "bipap": 4, "intubated": 4,
}  # fmt: skip
CRS_DOMAIN: dict[str, list[Any]] = {
    "fever_c": [36, 39],
    "fever_attributable": [True, False],
    "prior_crs": [False, True],
    "anticytokine_or_antipyretic": [False, True],
    "vasopressors": [[], ["norepinephrine"], ["norepinephrine", "dopamine"]],
    "fluid_responsive_hypotension": [False, True],
    "oxygen": ["none", "blow_by", "face_mask", "cpap"],
    "o2_l_min": [0],
    "outcome": ["ongoing"],
}


def crs_of_complete(seen: dict[str, Any]) -> int:
    if seen["outcome"] == "death_due_to_crs":
        return 5
    fever = exact(seen["fever_c"]) >= 38 and seen["fever_attributable"]
    if not fever and not (seen["prior_crs"] and seen["anticytokine_or_antipyretic"]):
        return 0
    pressors = set(seen["vasopressors"]) - {"vasopressin"}
    if len(pressors) >= 2:
        hypotension = 4
    elif seen["vasopressors"]:
        hypotension = 3
    else:
        hypotension = 2 if seen["fluid_responsive_hypotension"] else 1
    hypoxia = CRS_OXYGEN[seen["oxygen"]]
    if seen["oxygen"] == "low_flow_cannula" and exact(seen["o2_l_min"]) > 6:
        hypoxia = 3
    return max(hypotension, hypoxia)


def crs(given: Payload) -> dict[str, Any]:
    return {"grade": decided(crs_of_complete, given, CRS_DOMAIN)}


ICANS_DOMAIN: dict[str, list[Any]] = {
    "ice": [0, 5, 8, 10],
    "arousal": ["alert", "voice", "tactile", "unarousable"],
    "seizure": ["none"],
    "motor_deep_focal": [False, True],
    "edema": ["none"],
}


def icans_of_complete(seen: dict[str, Any]) -> int:
    ice = seen["ice"]
    by_ice = 0 if ice == 10 else 1 if ice >= 7 else 2 if ice >= 3 else 3
    by_arousal = {"alert": 0, "voice": 2, "tactile": 3, "unarousable": 4}[seen["arousal"]]
    by_seizure = {
        "none": 0,
        "brief_resolved": 3,
        "eeg_nonconvulsive_resolved": 3,
        "prolonged_over_5min": 4,
        "repetitive_no_return": 4,
    }[seen["seizure"]]
    by_motor = 4 if seen["motor_deep_focal"] else 0
    by_edema = {"none": 0, "focal": 3, "diffuse": 4}[seen["edema"]]
    return max(by_ice, by_arousal, by_seizure, by_motor, by_edema)


def icans(given: Payload) -> dict[str, Any]:
    return {"grade": decided(icans_of_complete, given, ICANS_DOMAIN)}


def ice_score(given: Payload) -> dict[str, Any]:
    parts = [given.get(key) for key in ("orientation", "naming", "command", "writing", "attention")]
    return {"score": None if None in parts else sum(x or 0 for x in parts)}


# --- neutrophils and platelets ---------------------------------------------------------------------------------------


def filled(values: dict[int, Fraction], instead: int) -> dict[int, Fraction]:
    """Days 0 to 30, at most seven missing in a row filled on the straight line between their neighbors.

    A day that cannot be filled gets `instead`.
    """
    whole: dict[int, Fraction] = {}
    for day in range(31):
        before = max((d for d in values if d <= day), default=None)
        after = min((d for d in values if d >= day), default=None)
        if before is None or after is None or after - before - 1 > 7:
            whole[day] = Fraction(instead)
        elif before == after:
            whole[day] = values[day]
        else:
            share = Fraction(day - before, after - before)
            whole[day] = values[before] + (values[after] - values[before]) * share
    return whole


def joined_runs(low: list[int]) -> list[tuple[int, int]]:
    """Low days as (first, last) runs; two runs with at most two days between them are one."""
    runs: list[tuple[int, int]] = []
    for day in low:
        if runs and day - runs[-1][1] - 1 <= 2:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def icaht_early(longest: bool) -> Any:
    def days_low(values: dict[int, Fraction], limit: int) -> int:
        lengths = [last - first + 1 for first, last in joined_runs([d for d in range(31) if values[d] <= limit])]
        return max(lengths, default=0) if longest else sum(lengths)

    def rule(given: Payload) -> dict[str, Any]:
        sent = given.get("anc_per_ul_by_day")
        if sent is None:
            return {"grade": None}
        values = {int(day): exact(count) for day, count in sent.items() if count is not None}
        worst, best = graded(filled(values, 0)), graded(filled(values, 9999))
        return {"grade": worst if worst == best else None}

    def graded(whole: dict[int, Fraction]) -> int:
        deep, low = days_low(whole, 100), days_low(whole, 500)
        never_above = any(all(whole[day] <= 500 for day in range(start, 31)) for start in range(4))
        if deep >= 14 or never_above:
            return 4
        if any(a <= 3 and b == 30 for a, b in joined_runs([d for d in whole if whole[d] <= 500])):
            raise OpenText  # a joined gap inside "never above 500"
        if deep >= 7 or low >= 14:
            return 3
        return 2 if low >= 7 else 1 if low >= 1 else 0

    return rule


def icaht_late(given: Payload, fewest: int = 2) -> dict[str, Any]:
    values = given.get("anc_per_ul_after_day30")
    if values is None:
        return {"grade": None}
    if None in values:
        raise OpenText
    if len(values) < fewest:
        return {"grade": None}
    lowest = min(values)
    return {"grade": sum(1 for limit in (1500, 1000, 500, 100) if lowest <= limit)}


def icaht_unit(given: Payload) -> dict[str, Any]:
    count = given.get("anc_e9_l")
    return {"anc_per_ul": None if count is None else float(exact(count) * 1000)}


def t_icaht_early(given: Payload) -> dict[str, Any]:
    below_50, below_20 = given.get("days_below_50"), given.get("days_below_20")
    if below_50 is not None and below_20 is not None and below_20 > below_50:
        raise OpenText  # every day below 20 is a day below 50
    if below_50 is None or below_20 is None:
        if (below_20 or 0) >= 1 or below_50 == 0:
            return {"grade": (4 if below_20 >= 14 else 3) if below_20 else 0}
        return {"grade": None}
    if below_20 >= 14:
        return {"grade": 4}
    if below_20 >= 1:
        return {"grade": 3}
    return {"grade": 2 if below_50 >= 7 else 1 if below_50 >= 1 else 0}


def t_icaht_late(given: Payload) -> dict[str, Any]:
    def complete(seen: dict[str, Any]) -> int:
        if seen["days_below_20"] >= 1:
            return 4 if seen["days_below_20"] >= 14 else 3
        return 2 if seen["days_below_50"] >= 1 else 1 if seen["days_below_100"] >= 1 else 0

    keys = ("days_below_100", "days_below_50", "days_below_20")
    if any(given.get(key) is None for key in keys) or not given[keys[0]] >= given[keys[1]] >= given[keys[2]]:
        raise OpenText  # a count that is not there may follow from the others
    return {"grade": complete(dict(given))}


# --- LICATS and GvHD -------------------------------------------------------------------------------------------------


def licats_onset(given: Payload) -> dict[str, Any]:
    day = given.get("onset_day")
    if day is None:
        return {"class": None}
    return {"class": "early" if day <= 14 else "intermediate" if day <= 30 else "late"}


def licats_grade(given: Payload) -> dict[str, Any]:
    """Intensive care 4, hospital stay 3, steroid or other treatment 2, gone by itself 1."""
    if given.get("icu"):
        return {"grade": 4}
    if given.get("hospitalisation") in ("new", "prolonged"):
        return {"grade": 3}
    if given.get("resolution") == "outpatient_treatment" and given.get("glucocorticoid_treatment") is False:
        raise OpenText
    if given.get("glucocorticoid_treatment") or given.get("resolution") == "outpatient_treatment":
        return {"grade": 2}
    return {"grade": 1 if given.get("resolution") == "spontaneous" else None}


def licats_eligible(given: Payload) -> dict[str, Any]:
    return {"licats": given.get("organ_affected_before")}


def gvhd_of_complete(seen: dict[str, Any]) -> int:
    skin, liver, upper, lower = seen["skin"], seen["liver"], seen["upper_gi"], seen["lower_gi"]
    if skin == 4 or liver == 4 or lower == 4:
        return 4
    if liver in (2, 3) or lower in (2, 3):
        return 3
    if skin == 3 or liver == 1 or upper == 1 or lower == 1:
        return 2
    return 1 if skin in (1, 2) else 0


def gvhd_overall(given: Payload) -> dict[str, Any]:
    stages = [0, 1, 2, 3, 4]
    domain = {"skin": stages, "liver": stages, "upper_gi": [0, 1], "lower_gi": stages}
    return {"grade": decided(gvhd_of_complete, given, domain)}


def gvhd_liver(given: Payload) -> dict[str, Any]:
    bilirubin = given.get("bili_mg_dl")
    if bilirubin is None:
        return {"stage": None}
    if bilirubin < 2:
        return {"stage": 0}
    return {"stage": 1 if bilirubin <= 3 else 2 if bilirubin <= 6 else 3 if bilirubin <= 15 else 4}


def gvhd_skin(given: Payload) -> dict[str, Any]:
    """Stage 4 needs erythroderma over 50 % with bullae and desquamation over 5 %; without them it is 3."""
    area = given.get("rash_bsa_pct")
    if area is None:
        return {"stage": None}
    if area == 0:
        return {"stage": 0}
    return {"stage": 1 if area < 25 else 2 if area <= 50 else 3}


def gvhd_lower(given: Payload) -> dict[str, Any]:
    if given.get("severe_pain_ileus_or_gross_blood"):
        return {"stage": 4}
    volume, episodes = given.get("ml_per_day"), given.get("episodes_per_day")
    if volume is not None:
        return {"stage": 0 if volume < 500 else 1 if volume < 1000 else 2 if volume <= 1500 else 3}
    if episodes is not None:
        return {"stage": 0 if episodes < 3 else 1 if episodes <= 4 else 2 if episodes <= 7 else 3}
    return {"stage": None}


# --- dose-limiting toxicity ------------------------------------------------------------------------------------------

DLT_EVENT_DOMAIN: dict[str, list[Any]] = {
    "grade": [0, 1, 2, 3, 4, 5],
    "day": [-1, 0, 14, 15, 20, 28, 29, 999],
    "duration_d": [0, 1, 2, 7, 8, 28, 29],
    "cause": ["cells", "conditioning", "sle", "infection", "other"],
}


def limiting(event: dict[str, Any]) -> bool:
    kind, grade, lasted, cause = event["type"], event["grade"], event["duration_d"], event["cause"]
    if kind in ("CRS", "ICANS", "IEC-HS"):
        return grade >= 3
    if kind == "aGvHD":
        return grade >= 2
    if kind in ("neutropenia", "thrombocytopenia"):
        return grade >= 4 and lasted > 28 and cause != "conditioning"
    if kind == "infusion_reaction":
        return grade >= 3 and lasted > 1
    if kind == "non_haematological":
        return grade >= 3 and cause == "cells" and lasted > 7
    return cause != "sle"  # death


def dlt(anchor_at_first: bool) -> Any:
    def rule(given: Payload) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        last = given.get("last_infusion_day")
        event = given.get("event")
        if event is not None:
            if event.get("type") is None:
                raise OpenText
            if not anchor_at_first and (last is None or 0 <= (event.get("day") or 0) < last):
                raise OpenText  # between first and last infusion
            start = 0 if anchor_at_first else last
            if event.get("cause") is None and event["type"] in ("neutropenia", "thrombocytopenia", "death"):
                raise OpenText  # a cause that nobody gave: unknown, or not the excluded one

            def complete(seen: dict[str, Any]) -> bool:
                first = seen["start"]
                return first <= seen["day"] <= first + 28 and limiting({**seen, "type": event["type"]})

            domain = {**DLT_EVENT_DOMAIN, "start": [0, 14]}
            answer["dlt"] = decided(complete, {**event, "start": start}, domain)
        evaluable = given.get("evaluable")
        if evaluable is not None:
            if evaluable.get("stopped_for_dlt") and not evaluable.get("had_dlt"):
                raise OpenText  # stopped for a DLT that is denied or not recorded

            def assess(seen: dict[str, Any]) -> bool:
                got = seen["infusions_received"] >= 3 or (seen["infusions_received"] >= 1 and seen["stopped_for_dlt"])
                window_end = 28 - seen["last"] if anchor_at_first else 28  # in days after the last infusion
                return got and (seen["had_dlt"] or seen["followed_days_after_last"] >= window_end)

            domain = {
                "infusions_received": [0, 1, 2, 3],
                "followed_days_after_last": [0, 27, 28],
                "stopped_for_dlt": [False, True],
                "had_dlt": [False, True],
                "last": [0, 14],
            }
            answer["evaluable"] = decided(assess, {**evaluable, "last": last}, domain)
        return answer

    return rule


# --- B cells ---------------------------------------------------------------------------------------------------------


def b_cells(given: Payload) -> dict[str, Any]:
    samples = given.get("cd19_per_ul")
    if not samples or any(count is None for _, count in samples):
        raise OpenText
    if samples[0][0] > 0:
        raise OpenText  # no baseline sample
    baseline = [count for day, count in samples if day <= 0][-1]
    if baseline < 10:
        return {"depletion_assessable": False}
    after = [(day, count) for day, count in samples if day > 0]
    low = [day for day, count in after if count < 10]
    if not low:
        return {"depleted_day": None, "reconstituted_day": None, "aplasia": None}
    answer: dict[str, Any] = {"depleted_day": low[0], "reconstituted_day": None}
    for (day, count), (_, following) in pairwise(after):
        if day > low[0] and count >= 10 and following >= 10:
            answer["reconstituted_day"] = day
            earlier = max(d for d, _ in samples if d < day)
            answer["interval"] = [earlier, day]
            return answer
    answer["censor_day"] = after[-1][0]
    return answer


def b_cells_percent(given: Payload) -> dict[str, Any]:
    share = given.get("cd19_pct_lymphocytes")
    return {"depleted": None if share is None else exact(share) < 1}
