"""The escalation designs behind `remit call`: one function per method name of `calls`."""

from __future__ import annotations

import numpy as np

from remit.designs import blrm_posterior, crm_posterior, isotonic, parameters
from remit.designs import questions as ask
from remit.designs.boin import Boin
from remit.designs.characteristics import Characteristics
from remit.designs.crm import Crm
from remit.designs.exact import exact
from remit.designs.interval import IntervalDesign
from remit.designs.keyboard import Keyboard
from remit.designs.ladder import Ladder
from remit.designs.mtpi import Mtpi
from remit.designs.mtpi2 import Mtpi2
from remit.designs.outcomes import Outcomes
from remit.designs.questions import Answer, Question
from remit.designs.skeleton import Curve, skeleton
from remit.designs.three_plus_three import ThreePlusThree
from remit.designs.tite_boin import TiteBoin, TiteOutcomes
from remit.errors import InputError

NO_LEVEL = 99
MODELS = {"empiric": "power", "power": "power", "logistic": "logistic"}
VARIANTS = {
    "korn_deescalation": (True, True),
    "korn_deescalation_top_after_three": (True, False),
    "no_deescalation": (False, True),
    "no_deescalation_top_after_three": (False, False),
}


def three_plus_three(question: Question) -> Answer:
    """Exact characteristics of a 3+3 under true rates."""
    rates = parameters.rates("p_true", ask.numbers(question, "p_true"))
    descend, confirm = VARIANTS[ask.word(question, "variant", tuple(VARIANTS), "korn_deescalation")]
    found = exact(ThreePlusThree(levels=len(rates), descend=descend, confirm_top=confirm)).under(rates)
    return {
        "total_probability": float(found.probability.sum()),
        "mtd_probability_none_then_doses": [found.none_selected, *found.selected],
        "mean_patients": list(found.treated),
        "mean_dlt": list(found.dlts),
        "expected_n": found.subjects,
        "expected_dlt": found.total_dlts,
    }


def boin_boundaries(question: Question) -> Answer:
    """The BOIN table for 1 … N subjects."""
    design = _boin(question, levels=2)
    table, (escalate, de_escalate) = design.ladder, design.bounds
    most = min(design.course.subjects, ask.count(question, "n_earlystop", 100, 1))
    out: Answer = {"lambda_e": escalate, "lambda_d": de_escalate, **_rows(table, most)}
    out["safety_stop_lowest_dose_n"] = list(range(1, most + 1)) if design.extra_safe else None
    out["safety_stop_lowest_dose_dlt_ge"] = (
        [min((y for y in range(n + 1) if table.unsafe[n][y]), default=None) for n in range(1, most + 1)]
        if design.extra_safe
        else None
    )
    return out


def boin_select_mtd(question: Question) -> Answer:
    """The recommended level of a finished BOIN trial, and the isotonic estimates of the levels treated."""
    seen = _outcomes(question)
    high = question.get("p_tox")
    target = ask.number(question, "target")
    design = Boin(
        levels=seen.levels,
        target=target,
        cohort=1,
        cohorts=max(seen.total, 1),
        high_rate=None if high is None else parameters.number("p_tox", high),
        certainty=ask.number(question, "cutoff_eli", 0.95),
        extra_safe=ask.yes_no(question, "extrasafe", False),
        offset=ask.number(question, "offset", 0.05),
        bound_mtd=ask.yes_no(question, "boundMTD", False),
    )
    fitted = isotonic.estimates(np.array([seen.treated]).T, np.array([seen.dlts]).T)[:, 0].tolist()
    return {
        "mtd": design.select(seen) or NO_LEVEL,
        "isotonic_estimate": [rate if n else None for rate, n in zip(fitted, seen.treated, strict=True)],
    }


def boin_oc(question: Question) -> Answer:
    """Exact characteristics of BOIN under true rates."""
    rates = parameters.rates("p_true", ask.numbers(question, "p_true"))
    return _percentages(exact(_boin(question, len(rates))).under(rates))


def keyboard_boundaries(question: Question) -> Answer:
    """The keyboard table for 1 … N subjects; -1 where no number of DLTs escalates."""
    design = _keyboard(question, 2)
    out = _rows(design.ladder, design.course.subjects)
    escalate = [design.ladder.escalate_at_most(n) for n in range(1, design.course.subjects + 1)]
    out["escalate_if_dlt_le"] = [-1 if y is None else y for y in escalate]
    return out


def keyboard_oc(question: Question) -> Answer:
    """Exact characteristics of keyboard under true rates."""
    rates = parameters.rates("p_true", ask.numbers(question, "p_true"))
    return _percentages(exact(_keyboard(question, len(rates))).under(rates))


def mtpi_decisions(question: Question) -> Answer:
    """Decisions of mTPI or mTPI-2 at a middle level for every number of DLTs."""
    kinds: dict[str, type[IntervalDesign]] = {"mtpi": Mtpi, "mtpi2": Mtpi2}
    kind = kinds[ask.word(question, "design", tuple(kinds))]
    sizes = ask.counts(question, "n", 1)
    design = kind(
        levels=3,
        target=ask.number(question, "target"),
        below=ask.number(question, "epsilon1", 0.05),
        above=ask.number(question, "epsilon2", 0.05),
        certainty=ask.number(question, "exclusion_certainty", 0.95),
        least_to_eliminate=1,
        cohort=1,
        cohorts=max(sizes),
    )
    table = design.ladder
    cells = [(n, y) for n in sizes for y in range(n + 1)]
    letters = {1: "E", 0: "S", -1: "D"}
    return {
        "n": [n for n, _ in cells],
        "dlt": [y for _, y in cells],
        "decision": ["DU" if table.eliminated[n][y] else letters[table.move[n][y]] for n, y in cells],
    }


def crm_skeleton(question: Question) -> Answer:
    """A skeleton by the indifference interval."""
    return {
        "skeleton": list(
            skeleton(
                ask.number(question, "halfwidth"),
                ask.number(question, "target"),
                ask.count(question, "nu", least=1),
                ask.count(question, "nlevel", least=1),
                _model(question),
                ask.number(question, "intcpt", 3.0),
            )
        )
    }


def crm_posterior_of(question: Question) -> Answer:
    """The estimated curve after subjects listed one by one."""
    curve = _curve(question)
    target, prior_sd = ask.number(question, "target"), ask.number(question, "prior_sd", crm_posterior.PRIOR_SD)
    level = ask.number(question, "conf_level", 0.90)
    dlts, others = _per_level(question, len(curve.skeleton))
    if ask.word(question, "method", ("bayes", "mle"), "bayes") == "bayes":
        found = crm_posterior.bayes(curve, target, dlts, others, prior_sd, level)
    else:
        found = crm_posterior.likelihood(curve, target, dlts, others, level)
    return {
        "estimate": found.b,
        "post_var": found.variance,
        "ptox": list(found.rates),
        "ptoxL": None if found.low is None else list(found.low),
        "ptoxU": None if found.high is None else list(found.high),
        "mtd": found.level,
    }


def titecrm_posterior(question: Question) -> Answer:
    """The estimated curve while some subjects are still in their DLT window."""
    curve = _curve(question)
    ask.same_length(question, "level", "dlt", "followup")
    dlts, _ = _per_level(question, len(curve.skeleton))
    dlt, followup = ask.counts(question, "dlt", 0, 1), ask.numbers(question, "followup")
    window = ask.number(question, "obswin")
    if window <= 0 or min(followup) < 0:
        raise InputError("followup, obswin: times must not be negative, and the window must be above 0.")
    adaptive = ask.word(question, "scheme", ("linear", "adaptive"), "linear") == "adaptive"
    weights = crm_posterior.weights(followup, dlt, window, adaptive)
    partial = [
        (at, weight) for at, event, weight in zip(ask.counts(question, "level"), dlt, weights, strict=True) if not event
    ]
    none = [0] * len(curve.skeleton)
    found = crm_posterior.bayes(curve, ask.number(question, "target"), dlts, none, partial=partial)
    return {
        "weights": list(weights),
        "estimate": found.b,
        "post_var": found.variance,
        "ptox": list(found.rates),
        "mtd": found.level,
    }


def tite_boin_next_dose(question: Question) -> Answer:
    """The next level while some subjects are pending; 0 when the trial stops."""
    ask.same_length(question, "n", "n_pending", "dlt", "pending_followup_total")
    treated, dlts = ask.counts(question, "n"), ask.counts(question, "dlt")
    seen = Outcomes(treated, dlts, ask.count(question, "current_dose", least=1, most=len(treated)))
    boin = Boin(
        levels=seen.levels,
        target=ask.number(question, "target"),
        certainty=ask.number(question, "cutoff_eli", 0.95),
        least_to_eliminate=ask.count(question, "n_min_elimination", 3, 1),
    )
    design = TiteBoin(boin, ask.number(question, "window"), ask.number(question, "max_pending_fraction", 0.5))
    pending = ask.counts(question, "n_pending")
    decision, waits = design.rule(TiteOutcomes(seen, pending, ask.numbers(question, "pending_followup_total")))
    first = design.closed(seen) or seen.levels + 1
    return {
        "next_dose": decision.level or 0,
        "suspend_or_pending": int(waits),
        "early_stop": int(decision.level is None),
        "eliminated": [int(level >= first) for level in range(1, seen.levels + 1)],
    }


def crm_oc(question: Question) -> Answer:
    """Exact characteristics of a CRM under true rates."""
    rates = parameters.rates("p_true", ask.numbers(question, "p_true"))
    size, total = ask.count(question, "mcohort", 1, 1), ask.count(question, "n", least=1)
    if total % size:
        raise InputError(f"n: must be a multiple of mcohort; got {total} and {size}.")
    design = Crm(
        levels=len(rates),
        target=ask.number(question, "target"),
        skeleton=ask.numbers(question, "skeleton"),
        model=_model(question),
        prior_sd=ask.number(question, "prior_sd", crm_posterior.PRIOR_SD),
        restrict=ask.yes_no(question, "restrict", True),
        cohort=size,
        cohorts=total // size,
        start=ask.count(question, "start", 1, 1),
    )
    found = exact(design).under(rates)
    return {
        "mtd_selection": list(found.selected),
        "mean_patients": list(found.treated),
        "mean_dlt": list(found.dlts),
    }


def blrm_posterior_of(question: Question) -> Answer:
    """The posterior of a two-parameter logistic model, level by level."""
    doses = ask.numbers(question, "doses")
    mean, limits = ask.numbers(question, "prior_mean"), ask.numbers(question, "intervals")
    sd, correlation = _covariance(question["prior_cov"])
    if len(mean) != 2 or len(limits) != 2:
        raise InputError("prior_mean, intervals: must be two numbers each.")
    ask.same_length(question, "doses", "n", "dlt")
    seen = _outcomes(question)
    model = blrm_posterior.Model(
        doses, ask.number(question, "ref_dose"), (mean[0], mean[1]), sd, correlation, (limits[0], limits[1])
    )
    others = [n - y for n, y in zip(seen.treated, seen.dlts, strict=True)]
    alpha, lamda, levels = blrm_posterior.posterior(model, seen.dlts, others)
    names = {"low": "q025", "median": "q50", "high": "q975"}
    words = ("mean", "sd", "low", "median", "high", "under", "target", "over")
    per_dose = [{names.get(word, word): getattr(level, word) for word in words} for level in levels]
    return {"quadrature": {"alpha0_mean": alpha, "log_alpha1_mean": lamda, "per_dose": per_dose}}


def _boin(question: Question, levels: int) -> Boin:
    low, high = question.get("p_saf"), question.get("p_tox")
    stop = question.get("n.earlystop")
    return Boin(
        levels=levels,
        target=ask.number(question, "target"),
        cohort=ask.count(question, "cohortsize", least=1),
        cohorts=ask.count(question, "ncohort", least=1),
        start=ask.count(question, "startdose", 1, 1),
        low_rate=None if low is None else parameters.number("p_saf", low),
        high_rate=None if high is None else parameters.number("p_tox", high),
        certainty=ask.number(question, "cutoff_eli", 0.95),
        early_stop=None if stop is None else parameters.count("n.earlystop", stop, 1),
        titration=ask.yes_no(question, "titration", False),
        extra_safe=ask.yes_no(question, "extrasafe", False),
        offset=ask.number(question, "offset", 0.05),
        bound_mtd=ask.yes_no(question, "boundMTD", False),
    )


def _keyboard(question: Question, levels: int) -> Keyboard:
    return Keyboard(
        levels=levels,
        target=ask.number(question, "target"),
        cohort=ask.count(question, "cohortsize", least=1),
        cohorts=ask.count(question, "ncohort", least=1),
        below=ask.number(question, "marginL", 0.05),
        above=ask.number(question, "marginR", 0.05),
        certainty=ask.number(question, "cutoff_eli", 0.95),
        least_to_eliminate=1,  # the package of the reference cases eliminates from the first subject on
    )


def _rows(table: Ladder, most: int) -> Answer:
    sizes = range(1, most + 1)
    return {
        "n": list(sizes),
        "escalate_if_dlt_le": [table.escalate_at_most(n) for n in sizes],
        "deescalate_if_dlt_ge": [table.de_escalate_at_least(n) for n in sizes],
        "eliminate_if_dlt_ge": [table.eliminate_at_least(n) for n in sizes],
    }


def _percentages(found: Characteristics) -> Answer:
    return {
        "mtd_selection_percent": [100 * share for share in found.selected],
        "mean_patients": list(found.treated),
        "mean_dlt": list(found.dlts),
        "total_dlt": found.total_dlts,
        "total_n": found.subjects,
        "percent_stop_no_mtd": 100 * found.none_selected,
    }


def _outcomes(question: Question) -> Outcomes:
    ask.same_length(question, "n", "dlt")
    treated, dlts = ask.counts(question, "n"), ask.counts(question, "dlt")
    highest = max((place for place, n in enumerate(treated, start=1) if n), default=1)
    return Outcomes(treated, dlts, highest)


def _model(question: Question) -> str:
    return MODELS[ask.word(question, "model", tuple(MODELS), "empiric")]


def _curve(question: Question) -> Curve:
    return Curve(ask.numbers(question, "skeleton"), _model(question), ask.number(question, "intcpt", 3.0))


def _per_level(question: Question, levels: int) -> tuple[list[int], list[int]]:
    """Subjects with and without a DLT per level, from one entry per subject."""
    ask.same_length(question, "level", "dlt")
    dlts, others = [0] * levels, [0] * levels
    for at, event in zip(ask.counts(question, "level", 1, levels), ask.counts(question, "dlt", 0, 1), strict=True):
        (dlts if event else others)[at - 1] += 1
    return dlts, others


def _covariance(value: object) -> tuple[tuple[float, float], float]:
    """Standard deviations and correlation from a 2 by 2 covariance matrix."""
    rows = [list(row) for row in value if isinstance(row, list | tuple)] if isinstance(value, list | tuple) else []
    if len(rows) != 2 or any(len(row) != 2 for row in rows):
        raise InputError("prior_cov: must be two rows of two numbers.")
    (a, b), (c, d) = ([parameters.number("prior_cov", one) for one in row] for row in rows)
    if a <= 0 or d <= 0 or b != c or b * b >= a * d:
        raise InputError("prior_cov: must be a symmetric, positive definite matrix.")
    return (a**0.5, d**0.5), b / (a * d) ** 0.5
