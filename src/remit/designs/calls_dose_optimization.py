"""The dose-optimization and partial-order designs behind `remit call`: one function per method name of `calls`."""

from __future__ import annotations

from remit.designs import parameters
from remit.designs import questions as ask
from remit.designs.decide import decide
from remit.designs.exact import exact
from remit.designs.outcomes import Outcomes
from remit.designs.partial_order_boin import PartialOrderBoin
from remit.designs.partial_order_crm import PartialOrderCrm
from remit.designs.phase_one_two import (
    EFFTOX_DESIGNS,
    Boin12,
    EffToxDesign,
    UBoin,
    associated,
    chances,
    decide_efftox,
    efftox_margins,
)
from remit.designs.questions import Answer, Question

NO_LEVEL = 99
PARTIAL = (PartialOrderBoin.key, PartialOrderCrm.key)


def efftox_next_dose(question: Question) -> Answer:
    """The next level of a dose-optimization trial, why, and the level recommended if it ended now."""
    ask.same_length(question, "n", "tox", "eff", "both")
    n, tox, eff, both = (ask.counts(question, key) for key in ("n", "tox", "eff", "both"))
    design = _efftox(question, len(n))
    seen = efftox_margins(n, tox, eff, both, ask.count(question, "current_dose", least=1, most=len(n)))
    decision = decide_efftox(design, seen)
    return {
        "next_dose": decision.level or NO_LEVEL,
        "action": decision.action,
        "reason": decision.reason,
        "obd": design.select(seen) or NO_LEVEL,
    }


def efftox_oc(question: Question) -> Answer:
    """Operating characteristics of a dose-optimization design; `basis` says whether exact or simulated."""
    ask.same_length(question, "p_tox", "p_eff")
    tox, eff = ask.numbers(question, "p_tox"), ask.numbers(question, "p_eff")
    found = chances(
        _efftox(question, len(tox)),
        associated(tox, eff, ask.number(question, "odds_ratio", 1.0)),
        ask.count(question, "trials", 10_000, 2, 1_000_000),
        ask.count(question, "seed", 1),
    )
    return {
        "basis": found.basis,
        "obd_selection_percent": [100 * share for share in found.selected],
        "obd_selection_error": [100 * error for error in found.error],
        "percent_none": 100 * found.none_selected,
        "mean_patients": list(found.treated),
        "mean_tox": list(found.toxicities),
        "mean_eff": list(found.responses),
        "total_n": found.subjects,
    }


def partial_order_next_dose(question: Question) -> Answer:
    """The next level of a trial on a partial order, why, and the level recommended if it ended now."""
    ask.same_length(question, "n", "dlt")
    n, dlt = ask.counts(question, "n"), ask.counts(question, "dlt")
    design = _partial(question, len(n))
    at = ask.count(question, "current_dose", least=1, most=len(n))
    last = None
    if "last_dlt" in question:
        size = min(design.cohort, n[at - 1])
        last = (size, ask.count(question, "last_dlt", 0, most=size))
    decision = decide(design, seen := Outcomes(n, dlt, at, last))
    return {
        "next_dose": decision.level or NO_LEVEL,
        "action": decision.action,
        "reason": decision.reason,
        "mtd": design.select(seen) or NO_LEVEL,
    }


def partial_order_oc(question: Question) -> Answer:
    """Exact operating characteristics of a design on a partial order."""
    rates = parameters.rates("p_true", ask.numbers(question, "p_true"))
    found = exact(_partial(question, len(rates))).under(rates)
    return {
        "mtd_selection_percent": [100 * share for share in found.selected],
        "mean_patients": list(found.treated),
        "mean_dlt": list(found.dlts),
        "total_dlt": found.total_dlts,
        "total_n": found.subjects,
        "percent_stop_no_mtd": 100 * found.none_selected,
    }


def _efftox(question: Question, levels: int) -> EffToxDesign:
    toxicity, response = ask.number(question, "phi_t"), ask.number(question, "phi_e")
    utilities = (
        ask.number(question, "u1", 100.0),
        ask.number(question, "u2", 40.0),
        ask.number(question, "u3", 60.0),
        ask.number(question, "u4", 0.0),
    )
    cuts = (ask.number(question, "c_t", 0.95), ask.number(question, "c_e", 0.90))
    size, most = ask.count(question, "cohortsize", 3, 1), ask.count(question, "ncohort", 10, 1)
    start = ask.count(question, "startdose", 1, 1)
    if ask.word(question, "design", tuple(EFFTOX_DESIGNS), Boin12.key) == Boin12.key:
        return Boin12(
            levels,
            toxicity,
            response,
            utilities,
            cohort=size,
            cohorts=most,
            start=start,
            enough=ask.count(question, "n_star", 6, 1),
            explore=ask.yes_no(question, "explore", True),
            certain_toxic=cuts[0],
            certain_futile=cuts[1],
        )
    return UBoin(
        levels,
        toxicity,
        response,
        utilities,
        first_stage=ask.count(question, "s1", 12, 1),
        second_stage=ask.count(question, "s2", 24, 1),
        cohort=size,
        cohorts=most,
        start=start,
        certain_toxic=cuts[0],
        certain_futile=cuts[1],
    )


def _partial(question: Question, levels: int) -> PartialOrderBoin | PartialOrderCrm:
    target = ask.number(question, "target")
    order = question.get("order", ())
    pairs = order if isinstance(order, str) else tuple(ask.counts({"order": one}, "order", 1) for one in _rows(order))
    doses, schedules = (
        ask.count(question, key, least=1) if key in question else None for key in ("doses", "schedules")
    )
    size, most = ask.count(question, "cohortsize", 3, 1), ask.count(question, "ncohort", 10, 1)
    if ask.word(question, "design", PARTIAL, PARTIAL[0]) == PARTIAL[0]:
        return PartialOrderBoin(levels, target, doses, schedules, pairs, cohort=size, cohorts=most)
    guesses = ask.numbers(question, "skeleton") if "skeleton" in question else ()
    return PartialOrderCrm(levels, target, doses, schedules, pairs, skeleton=guesses, cohort=size, cohorts=most)


def _rows(order: object) -> list[object]:
    return list(order) if isinstance(order, list | tuple) else [order]
