"""Designs that answer one JSON object at a time, for `remit call NAME`.

Names and keys are those of the reference cases the designs are tested against. Dose levels count from 1, 99 stands
for "no level", percentages are 0 to 100. Where a key is absent or null its default is used if it has one; else the
answer's values are null. Anything malformed raises InputError with one sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from remit.designs import calls_dose_optimization, calls_escalation, calls_response
from remit.designs.calendar import calls as calls_calendar
from remit.designs.questions import Answer, Question
from remit.stats.calls import Method, chosen


def _method(inputs: str, outputs: str, answer: Callable[[Question], Answer]) -> dict[str, Method]:
    return {"default": Method(tuple(inputs.split()), tuple(outputs.split()), answer)}


_EFFTOX = "design phi_t phi_e u1 u2 u3 u4 c_t c_e ncohort cohortsize startdose n_star explore s1 s2"
_PARTIAL = "design target doses schedules order skeleton ncohort cohortsize"
_BOIN_OC = "mtd_selection_percent mean_patients mean_dlt total_dlt total_n percent_stop_no_mtd"

METHODS: Final[dict[str, dict[str, Method]]] = {
    "three_plus_three_exact": _method(
        "p_true variant",
        "total_probability mtd_probability_none_then_doses mean_patients mean_dlt expected_n expected_dlt",
        calls_escalation.three_plus_three,
    ),
    "boin_boundaries": _method(
        "target ncohort cohortsize n_earlystop p_saf p_tox cutoff_eli extrasafe offset",
        "lambda_e lambda_d n escalate_if_dlt_le deescalate_if_dlt_ge eliminate_if_dlt_ge"
        " safety_stop_lowest_dose_n safety_stop_lowest_dose_dlt_ge",
        calls_escalation.boin_boundaries,
    ),
    "boin_select_mtd": _method(
        "target n dlt boundMTD extrasafe cutoff_eli offset p_tox",
        "mtd isotonic_estimate",
        calls_escalation.boin_select_mtd,
    ),
    "boin_oc": _method(
        "target p_true ncohort cohortsize n.earlystop titration extrasafe offset cutoff_eli boundMTD startdose"
        " p_saf p_tox",
        _BOIN_OC,
        calls_escalation.boin_oc,
    ),
    "keyboard_boundaries": _method(
        "target ncohort cohortsize marginL marginR cutoff_eli",
        "n escalate_if_dlt_le deescalate_if_dlt_ge eliminate_if_dlt_ge",
        calls_escalation.keyboard_boundaries,
    ),
    "keyboard_oc": _method(
        "target p_true ncohort cohortsize marginL marginR cutoff_eli",
        _BOIN_OC,
        calls_escalation.keyboard_oc,
    ),
    "mtpi_mtpi2_decisions": _method(
        "design target epsilon1 epsilon2 exclusion_certainty n", "n dlt decision", calls_escalation.mtpi_decisions
    ),
    "crm_skeleton": _method("halfwidth target nu nlevel model intcpt", "skeleton", calls_escalation.crm_skeleton),
    "crm_posterior": _method(
        "skeleton target level dlt model method intcpt prior_sd conf_level",
        "estimate post_var ptox ptoxL ptoxU mtd",
        calls_escalation.crm_posterior_of,
    ),
    "titecrm_posterior": _method(
        "skeleton target level dlt followup obswin scheme model",
        "weights estimate post_var ptox mtd",
        calls_escalation.titecrm_posterior,
    ),
    "crm_oc": _method(
        "p_true skeleton target n start mcohort model restrict prior_sd",
        "mtd_selection mean_patients mean_dlt",
        calls_escalation.crm_oc,
    ),
    "blrm_posterior": _method(
        "prior_mean prior_cov ref_dose doses n dlt intervals", "quadrature", calls_escalation.blrm_posterior_of
    ),
    "tite_boin_next_dose": _method(
        "target n n_pending dlt pending_followup_total current_dose window max_pending_fraction cutoff_eli"
        " n_min_elimination",
        "next_dose suspend_or_pending early_stop eliminated",
        calls_escalation.tite_boin_next_dose,
    ),
    "tite_boin_oc": _method(
        "target p_true ncohort cohortsize window accrual_rate max_pending_fraction",
        "PCS PCA POS POA selpercent npatients nptsdosepct ntox totaltox totaln percentstop duration sdduration"
        " simu.setup",
        calls_calendar.tite_boin_oc,
    ),
    "bf_boin_oc": _method(
        "target p_true p_response ncohort cohortsize n_earlystop n_cap end_backfill n_per_month dlt_window_months"
        " accrual ntrial",
        "selpercent npatients ntox totaltox totaln percentstop duration",
        calls_calendar.bf_boin_oc,
    ),
    "boin12_rds": _method(
        "sample_sizes phi_t phi_e u1 u2 u3 u4 c_t c_e prior_alpha prior_beta",
        "n tox eff admissible rds",
        calls_response.boin12_rds,
    ),
    "efftox_next_dose": _method(
        f"{_EFFTOX} n tox eff both current_dose",
        "next_dose action reason obd",
        calls_dose_optimization.efftox_next_dose,
    ),
    "efftox_oc": _method(
        f"{_EFFTOX} p_tox p_eff odds_ratio trials seed",
        "basis obd_selection_percent obd_selection_error percent_none mean_patients mean_tox mean_eff total_n",
        calls_dose_optimization.efftox_oc,
    ),
    "partial_order_next_dose": _method(
        f"{_PARTIAL} n dlt current_dose last_dlt",
        "next_dose action reason mtd",
        calls_dose_optimization.partial_order_next_dose,
    ),
    "partial_order_oc": _method(f"{_PARTIAL} p_true", _BOIN_OC, calls_dose_optimization.partial_order_oc),
    "simon_two_stage": _method("p0 p1 alpha beta nmax", "optimal minimax admissible_n", calls_response.simon_two_stage),
    "simon_inference": _method("r1 n1 n x p0 alpha", "pumvue p.value", calls_response.simon_inference_of),
    "single_stage_ahern": _method("p0 p1 alpha beta", "n r type1 type2", calls_response.single_stage_ahern),
    "predictive_probability": _method(
        "responses n nmax prior_alpha prior_beta p0 theta_t",
        "predictive_probability",
        calls_response.predictive_probability,
    ),
    "predictive_boundaries": _method(
        "kind type theta nmax prior_alpha prior_beta p0 theta_t", "n bound", calls_response.predictive_boundaries
    ),
    "bop2_design": _method(
        "looks p0 p1 alpha tox0 tox1",
        "looks stop_if_responses_le stop_if_toxicities_ge lambda gamma type1 power expected_n_null",
        calls_response.bop2_design,
    ),
    "predictive_design": _method(
        "p0 p1 alpha beta looks prior_alpha prior_beta",
        "looks stop_if_le promising_if_ge certainty below size power EN_p0",
        calls_response.predictive_design_of,
    ),
    "posterior_boundaries": _method(
        "looks least wanted futile_below effective_above prior_alpha prior_beta ps",
        "looks stop_if_le stop_if_ge oc_columns oc",
        calls_response.posterior_boundaries,
    ),
    "bayes_toxicity_boundary": _method(
        "prior_alpha prior_beta p0 cutoff nmax n_min", "n stop_if_tox_ge", calls_response.bayes_toxicity_boundary
    ),
    "toxicity_stopping_rule": _method(
        "ns p0 alpha type param ps", "rule_columns rule oc_columns oc", calls_response.toxicity_stopping_rule
    ),
    "toxicity_boundary_repeated_test": _method(
        "pLo pHi looks cP0 cP1 delta", "lo_bdry hi_bdry oc oc_columns", calls_response.toxicity_boundary_repeated_test
    ),
}
"""Method name → variant → what it reads, gives and does; the first variant is the default."""


def call(name: str, question: object, variant: str | None = None) -> Answer:
    """Answer one decoded JSON object.

    name, variant   keys of `METHODS`; no variant means the first
    returns         the variant's output keys; null where an input that is needed is unknown
    raises          InputError: unknown name, variant or key, or a value that is not what the key holds
    """
    method, asked = chosen(METHODS, name, question, variant)
    known: Question = {key: value for key, value in asked.items() if value is not None}
    try:
        return method.answer(known)
    except KeyError as absent:
        if absent.args[0] not in method.inputs:
            raise
        return dict.fromkeys(method.outputs)
