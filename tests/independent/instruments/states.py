"""LLDAS, DORIS, SRI, BICLA, renal response and the consistency laws, written from their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from independent.instruments.activity import SEROLOGY
from independent.instruments.worlds import OpenText, Payload, decided, exact

RENAL = {"urinary_casts", "hematuria", "proteinuria", "pyuria"}
NERVOUS = {"seizure", "psychosis", "obs", "visual", "cranial_nerve", "lupus_headache", "cva"}
MAJOR = RENAL | NERVOUS | {"vasculitis", "pleurisy", "pericarditis", "fever"}
ONE_COURSE = "single_course_days_ago"


def investigational_met(product: Any, literal: bool) -> bool:
    """One past course stops mattering after 28 days, unless the criterion is read to the letter."""
    if product == "none":
        return True
    if product.get("repeated_courses"):
        return False
    if ONE_COURSE not in product or product[ONE_COURSE] is None:
        raise OpenText
    return not literal and product[ONE_COURSE] > 28


def lldas(variant: str) -> Any:
    def complete(seen: dict[str, Any]) -> bool:
        active = set(seen["active"])
        major = MAJOR | ({"myositis"} if variant == "myositis_is_major" else set())
        low_activity = (
            seen["sledai"] <= 4 and not active & major and not seen["hemolytic_anemia"] and not seen["gi_activity"]
        )
        new = active - set(seen["previous_active"])
        if seen["previous_active"] == ["no earlier assessment"]:
            new = {"anything"}  # at baseline the criterion is unknown, whatever is active
        if variant == "clinical_items_vs_previous":
            new -= SEROLOGY
        nothing_new = not new
        if variant == "sfi_vs_baseline":
            nothing_new = seen["sfi_flare_vs_baseline"] == "none"
        if variant == "total_only":
            nothing_new = True
        steroid = exact(seen["pred_mg"]) <= exact(5 if variant == "gc_5" else 7.5)
        treatment = seen["maintenance_ok"] and investigational_met(
            seen["investigational"], variant == "investigational_literal"
        )
        return low_activity and nothing_new and exact(seen["pga"]) <= 1 and steroid and treatment

    def rule(given: Payload) -> dict[str, Any]:
        domain: dict[str, list[Any]] = {
            "sledai": [0, 5],
            "active": [[]],
            "previous_active": [given.get("active") or [], ["no earlier assessment"]],
            "pga": [0, 3],
            "pred_mg": [0, 60],
            "hemolytic_anemia": [False, True],
            "gi_activity": [False, True],
            "maintenance_ok": [True, False],
            "investigational": ["none", {"repeated_courses": True}],
            "sfi_flare_vs_baseline": ["none", "severe"],
        }
        return {"lldas": decided(complete, given, domain)}

    return rule


DORIS_DOMAIN: dict[str, list[Any]] = {
    "csledai": [0, 1],
    "pga": [0, 3],
    "pred_mg": [0, 1, 60],
    "is_stable": [True, False],
    "is_any": [False, True],
    "biologic_any": [False, True],
    "antimalarial": [False, True],
    "dsdna_high": [False, True],
    "c3_or_c4_low": [False, True],
}


def doris(variant: str) -> Any:
    def complete(seen: dict[str, Any]) -> bool:
        pga, steroid = exact(seen["pga"]), exact(seen["pred_mg"])
        none_used = not seen["is_any"] and not seen["biologic_any"]
        if variant in {"clinical_off", "complete_off", "drug_free", "drug_free_no_antimalarial"}:
            treatment = steroid == 0 and none_used
            if variant == "drug_free_no_antimalarial":
                treatment = treatment and not seen["antimalarial"]
        else:
            allowed = steroid < 5 if variant == "gc_lt5" else steroid <= 5
            treatment = allowed and (none_used or seen["is_stable"] or variant == "stable_not_enforced")
        global_met = pga <= exact(0.5) if variant == "pga_le" else pga < exact(0.5)
        serology = not seen["dsdna_high"] and not seen["c3_or_c4_low"]
        if variant not in {"complete_on", "complete_off"}:
            serology = True
        return seen["csledai"] == 0 and global_met and treatment and serology

    def rule(given: Payload) -> dict[str, Any]:
        if given.get("csledai") is None and given.get("sledai") is not None:
            raise OpenText  # a total may settle the clinical part through the serology
        return {"doris": decided(complete, given, DORIS_DOMAIN)}

    return rule


# --- responders ------------------------------------------------------------------------------------------------------

LETTERS = "ABCDE"


def change_of_letters(before: dict[str, str], now: dict[str, str]) -> tuple[int, int]:
    """How many systems are newly A, how many newly B (C, D or E before)."""
    new_a = sum(1 for system in now if now[system] == "A" and before[system] != "A")
    new_b = sum(1 for system in now if now[system] == "B" and before[system] in "CDE")
    return new_a, new_b


def with_letters(given: Payload, complete: Any, domain: dict[str, list[Any]]) -> Any:
    """Give every system named on either side its own key, so that each unknown letter can be tried."""
    if given.get("bilag_bl") is None:
        given = {**given, "bilag": None}  # letters without their baseline settle nothing
    if given.get("bilag") is None:
        systems = sorted({**(given.get("bilag_bl") or {}), "ren": 0, "msk": 0})[:3]
    else:
        systems = sorted({**given["bilag"], **given["bilag_bl"]})
        if set(given["bilag"]) != set(given["bilag_bl"]):
            raise OpenText  # a system named on one side only
    flat: dict[str, Any] = {key: value for key, value in given.items() if not key.startswith("bilag")}
    wide = dict(domain)
    for when in ("bilag_bl", "bilag"):
        for system in systems:
            flat[f"{when}.{system}"] = (given.get(when) or {}).get(system)
            wide[f"{when}.{system}"] = list(LETTERS)

    def narrow(seen: dict[str, Any]) -> Any:
        before = {system: seen[f"bilag_bl.{system}"] for system in systems}
        now = {system: seen[f"bilag.{system}"] for system in systems}
        return complete(seen, before, now)

    return decided(narrow, flat, wide)


def sri(fall: int) -> Any:
    def complete(seen: dict[str, Any], before: dict[str, str], now: dict[str, str]) -> bool:
        new_a, new_b = change_of_letters(before, now)
        return (
            seen["sledai_bl"] - seen["sledai"] >= fall
            and new_a == 0
            and new_b <= 1
            and exact(seen["pga"]) - exact(seen["pga_bl"]) < exact(0.3)
            and seen["medication_ok"]
        )

    def rule(given: Payload) -> dict[str, Any]:
        domain: dict[str, list[Any]] = {
            "sledai_bl": [0, 105],
            "sledai": [0, 105],
            "pga_bl": [0, 3],
            "pga": [0, 3],
            "medication_ok": [True, False],
        }
        return {"response": with_letters(given, complete, domain)}

    return rule


def bicla(max_new_b: int, at_most: bool = False) -> Any:
    def complete(seen: dict[str, Any], before: dict[str, str], now: dict[str, str]) -> bool | str:
        new_a, new_b = change_of_letters(before, now)
        if not set(before.values()) & set("AB"):
            return "not evaluable"
        worse = exact(seen["pga"]) - exact(seen["pga_bl"])
        return (
            all(now[system] in "BCD" for system in before if before[system] == "A")
            and all(now[system] in "CD" for system in before if before[system] == "B")
            and new_a == 0
            and new_b <= max_new_b
            and seen["sledai"] <= seen["sledai_bl"]
            and (worse <= exact(0.3) if at_most else worse < exact(0.3))
            and not seen["treatment_failure"]
        )

    def rule(given: Payload) -> dict[str, Any]:
        domain: dict[str, list[Any]] = {
            "sledai_bl": [0, 105],
            "sledai": [0, 105],
            "pga_bl": [0, 3],
            "pga": [0, 3],
            "treatment_failure": [False, True],
        }
        before, now = given.get("bilag_bl") or {}, given.get("bilag") or {}
        if any(now.get(system) == "E" and letter in ("A", "B") for system, letter in before.items()):
            raise OpenText  # E after A or B cannot be; what BICLA makes of it is not written
        answer = with_letters(given, complete, domain)
        return {"response": None if answer == "not evaluable" else answer}

    return rule


# --- renal response --------------------------------------------------------------------------------------------------


def renal_response(upcr_met: Any, enough: int, kept: float, steroid: float | None = None) -> Any:
    def complete(seen: dict[str, Any]) -> bool:
        filtration, reference = exact(seen["egfr"]), exact(seen["egfr_ref"])
        return (
            upcr_met(exact(seen["upcr_g_g"]))
            and (filtration >= enough or filtration >= exact(kept) * reference)
            and not seen["rescue"]
            and (steroid is None or exact(seen["pred_mg"]) <= exact(steroid))
        )

    def rule(given: Payload) -> dict[str, Any]:
        domain: dict[str, list[Any]] = {
            "upcr_g_g": [0, 9],
            "egfr": [0, 150],
            "egfr_ref": [1, 200],
            "rescue": [False, True],
        }
        if steroid is not None:
            domain["pred_mg"] = [0, 60]
        return {"response": decided(complete, given, domain)}

    return rule


def kdigo_partial(given: Payload) -> dict[str, Any]:
    def complete(seen: dict[str, Any]) -> bool:
        now, before, change = exact(seen["upcr_g_g"]), exact(seen["upcr_bl"]), exact(seen["egfr_change_pct"])
        if before == 0:
            raise OpenText
        if 10 < abs(change) <= 15:
            raise OpenText  # "within ±10–15 %"
        return now * 2 <= before and now < 3 and abs(change) <= 10

    return {
        "response": decided(
            complete, given, {"upcr_g_g": [0, 9], "upcr_bl": [0.1, 99], "egfr_change_pct": [0, -50, 50]}
        )
    }


def kdigo_complete(given: Payload) -> dict[str, Any]:
    def complete(seen: dict[str, Any]) -> bool:
        change = exact(seen["egfr_change_pct"])
        if 10 < abs(change) <= 15:
            raise OpenText  # "within ±10–15 %"
        return exact(seen["upcr_g_g"]) < exact(0.5) and abs(change) <= 10

    return {"response": decided(complete, given, {"upcr_g_g": [0, 9], "egfr_change_pct": [0, -50, 50]})}


# --- consistency -----------------------------------------------------------------------------------------------------


def doris_total(given: Payload) -> dict[str, Any]:
    def complete(seen: dict[str, Any]) -> bool:
        return seen["doris"] and seen["sledai"] not in (0, 2, 4)

    return {"contradiction": decided(complete, given, {"doris": [False, True], "sledai": [0, 1]})}


def grim(given: Payload) -> dict[str, Any]:
    """Some whole-number total must round, up or to even, to the printed mean."""
    mean, n, decimals = given.get("mean"), given.get("n"), given.get("decimals")
    if mean is None or n is None or decimals is None:
        return {"possible_integer_mean": None}
    printed, half = exact(mean), Fraction(1, 2 * 10**decimals)
    if (printed * 10**decimals).denominator != 1 or n == 0:
        raise OpenText
    low, high = (printed - half) * n, (printed + half) * n
    return {"possible_integer_mean": any(low <= total <= high for total in range(int(low) - 2, int(high) + 3))}


def bilag_e_after(given: Payload) -> dict[str, Any]:
    history = given.get("history")
    if history is None:
        return {"contradiction": None}
    if None in history:
        raise OpenText
    return {
        "contradiction": any(
            letter == "E" and any(earlier in "ABCD" for earlier in history[:at]) for at, letter in enumerate(history)
        )
    }


def sdi_falls(given: Payload) -> dict[str, Any]:
    values = given.get("sdi")
    if values is None:
        return {"contradiction": None}
    if None in values:
        raise OpenText
    return {"contradiction": any(b < a for a, b in pairwise(values))}
