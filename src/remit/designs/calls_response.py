"""The response and monitoring designs behind `remit call`: one function per method name of `calls`."""

from __future__ import annotations

from remit.designs import boin12, parameters
from remit.designs import questions as ask
from remit.designs.questions import Answer, Question
from remit.designs.response import (
    ahern,
    bop2,
    monitoring,
    posterior_bounds,
    predictive,
    predictive_design,
    sequential,
    simon,
    simon_inference,
)
from remit.errors import InputError


def boin12_rds(question: Question) -> Answer:
    """The rank table of BOIN12."""
    u1, u2, u3, u4 = (ask.number(question, key) for key in ("u1", "u2", "u3", "u4"))
    wanted = boin12.Tradeoff(
        toxicity=ask.number(question, "phi_t"),
        response=ask.number(question, "phi_e"),
        utilities=(u1, u2, u3, u4),
        certain_toxic=ask.number(question, "c_t", 0.95),
        certain_futile=ask.number(question, "c_e", 0.90),
        alpha=ask.number(question, "prior_alpha", 1.0),
        beta=ask.number(question, "prior_beta", 1.0),
    )
    rows = boin12.rank_table(wanted, ask.counts(question, "sample_sizes"))
    return {
        "n": [row.subjects for row in rows],
        "tox": [row.toxicities for row in rows],
        "eff": [row.responses for row in rows],
        "admissible": [row.rank is not None for row in rows],
        "rds": [row.rank for row in rows],
    }


def simon_two_stage(question: Question) -> Answer:
    """Optimal, minimax and admissible two-stage designs."""
    found = simon.simon(
        ask.number(question, "p0"),
        ask.number(question, "p1"),
        ask.number(question, "alpha"),
        ask.number(question, "beta"),
        ask.count(question, "nmax", 100),
    )
    sizes = [one.n for one in found.admissible]
    return {
        "optimal": _two_stage(found.optimal),
        "minimax": _two_stage(found.minimax),
        # From minimax to optimal; where they are one design it stands at both ends.
        "admissible_n": sizes if len(sizes) > 1 else sizes * 2,
    }


def simon_inference_of(question: Question) -> Answer:
    """Inference after a two-stage trial; the upper limit is the one that clinfun prints, ours stands beside it."""
    alpha = ask.number(question, "alpha", 0.05)
    found = simon_inference.inference(
        ask.count(question, "r1"),
        ask.count(question, "n1"),
        ask.count(question, "n"),
        ask.count(question, "x"),
        ask.number(question, "p0"),
        alpha,
    )
    return {
        "pumvue": found.estimate,
        "p.value": found.p_value,
        f"{100 * alpha:g}% LCL": found.low,
        f"{100 - 100 * alpha:g}% UCL": found.high_by_p_value,
        "upper_limit_that_keeps_alpha": found.high,
    }


def single_stage_ahern(question: Question) -> Answer:
    """The first three single-stage designs."""
    found = ahern.ahern(
        ask.number(question, "p0"),
        ask.number(question, "p1"),
        ask.number(question, "alpha"),
        ask.number(question, "beta"),
    )
    return {
        "n": [one.n for one in found],
        "r": [one.r for one in found],
        "type1": [one.type1 for one in found],
        "type2": [one.type2 for one in found],
    }


def predictive_probability(question: Question) -> Answer:
    """Predictive probability of success at the end."""
    share = predictive.predictive(_success(question), ask.count(question, "responses"), ask.count(question, "n"))
    return {"predictive_probability": share}


def predictive_boundaries(question: Question) -> Answer:
    """Where the predictive probability stops a trial, listed at the numbers of subjects at which the limit changes."""
    ask.word(question, "kind", ("predictive",), "predictive")
    theta = parameters.probability("theta", question["theta"])
    futility = ask.word(question, "type", ("futility", "superiority")) == "futility"
    bounds = (predictive.futility_bounds if futility else predictive.superiority_bounds)(_success(question), theta)
    changes = [at for at, bound in enumerate(bounds) if at == 0 or bound != bounds[at - 1]]
    return {"n": [at + 1 for at in changes], "bound": [bounds[at] for at in changes]}


def predictive_design_of(question: Question) -> Answer:
    """A futility design by predictive probability that keeps both errors, with the most power."""
    p0 = ask.number(question, "p0")
    found = predictive_design.predictive_design(
        ask.counts(question, "looks", 1),
        p0,
        ask.number(question, "p1"),
        ask.number(question, "alpha"),
        ask.number(question, "beta"),
        (ask.number(question, "prior_alpha", p0), ask.number(question, "prior_beta", 1 - p0)),
    )
    return {
        "looks": list(found.boundaries.looks),
        "stop_if_le": list(found.boundaries.stop_at_most),
        "promising_if_ge": found.success.needed,
        "certainty": found.success.certainty,
        "below": found.below,
        "size": found.null.promising,
        "power": found.good.promising,
        "EN_p0": found.null.subjects,
    }


def posterior_boundaries(question: Question) -> Answer:
    """Limits for response by posterior probability, and their exact chances under given rates."""
    limits = posterior_bounds.posterior_bounds(
        ask.counts(question, "looks", 1),
        ask.number(question, "least"),
        ask.number(question, "wanted"),
        ask.number(question, "futile_below"),
        ask.number(question, "effective_above"),
        (ask.number(question, "prior_alpha", 1.0), ask.number(question, "prior_beta", 1.0)),
    )
    found = [(rate, sequential.course(limits, rate)) for rate in ask.numbers(question, "ps")]
    return {
        "looks": list(limits.looks),
        "stop_if_le": list(limits.stop_at_most),
        "stop_if_ge": list(limits.stop_at_least),
        "oc_columns": ["p", "promising", "stopped early", "E(subjects)"],
        "oc": [[rate, one.promising, one.stopped_early, one.subjects] for rate, one in found],
    }


def bayes_toxicity_boundary(question: Question) -> Answer:
    """The fewest events that stop, by number of subjects."""
    most = ask.count(question, "nmax", least=1)
    bounds = monitoring.bayes_boundary(
        most,
        ask.number(question, "p0"),
        ask.number(question, "cutoff"),
        ask.number(question, "prior_alpha", 1.0),
        ask.number(question, "prior_beta", 1.0),
        ask.count(question, "n_min", 1),
    )
    return {"n": list(range(1, most + 1)), "stop_if_tox_ge": bounds}


def toxicity_stopping_rule(question: Question) -> Answer:
    """A calibrated stopping rule, and its chances under given rates."""
    looks = ask.counts(question, "ns", 1)
    prior = ask.numbers(question, "param") if "param" in question else None
    if prior is not None and len(prior) != 2:
        raise InputError("param: must be the two parameters of a beta prior.")
    boundary = monitoring.calibrated(
        looks,
        ask.number(question, "p0"),
        ask.number(question, "alpha"),
        ask.word(question, "type", monitoring.KINDS),
        (prior[0], prior[1]) if prior else None,
    )
    rates = parameters.rates("ps", ask.numbers(question, "ps"))
    found = [(rate, monitoring.chances(looks, boundary, rate)) for rate in rates]
    return {
        "rule_columns": ["N evaluable", "Reject bdry"],
        "rule": [[n, limit] for n, limit in zip(looks, boundary, strict=True)],
        "oc_columns": ["p", "Reject Prob", "E(events)"],
        "oc": [[rate, one.stopped, one.events] for rate, one in found],
    }


def toxicity_boundary_repeated_test(question: Question) -> Answer:
    """Two neighboring repeated-test boundaries, and their chances at six rates from pLo to pHi."""
    looks = ask.counts(question, "looks", 1)
    low, high = ask.number(question, "pLo"), ask.number(question, "pHi")
    if not 0 < low < high < 1:
        raise InputError(f"pLo, pHi: must rise between 0 and 1; got {low:g} and {high:g}.")
    liberal, strict = monitoring.repeated(
        looks, low, ask.number(question, "cP0", 0.1), ask.number(question, "delta", 0.0)
    )
    rows = []
    for step in range(6):
        rate = low + (high - low) * step / 5
        pair = [monitoring.chances(looks, [x + 1 for x in bounds], rate) for bounds in (liberal, strict)]
        rows.append([rate, *(value for one in pair for value in (one.stopped, one.stopped_early, one.subjects))])
    columns = [f"{word}.{end}" for end in ("lo", "hi") for word in ("pcross", "pstop", "ess")]
    return {"lo_bdry": list(liberal), "hi_bdry": list(strict), "oc": rows, "oc_columns": ["ptox", *columns]}


def _two_stage(design: simon.TwoStage) -> Answer:
    return {
        "r1": design.r1,
        "n1": design.n1,
        "r": design.r,
        "n": design.n,
        "EN_p0": design.expected_n,
        "PET_p0": design.stop_early,
        "size": design.size,
        "power": design.power,
    }


def _success(question: Question) -> predictive.Success:
    return predictive.Success(
        most=ask.count(question, "nmax", least=1),
        p0=ask.number(question, "p0"),
        certainty=ask.number(question, "theta_t"),
        alpha=ask.number(question, "prior_alpha", 1.0),
        beta=ask.number(question, "prior_beta", 1.0),
    )


def bop2_design(question: Question) -> Answer:
    """The BOP2 design with the most power: of response alone, or (with rates of toxicity) of both together."""
    looks, alpha = ask.counts(question, "looks", 1), ask.number(question, "alpha")
    p0, p1 = ask.number(question, "p0"), ask.number(question, "p1")
    if "tox0" in question or "tox1" in question:
        # The less safe rate belongs to the null; within each pair, response and toxicity are independent.
        worst, best = parameters.probability("tox0", question["tox0"]), parameters.probability("tox1", question["tox1"])
        if not best < worst:
            raise InputError(f"BOP2 needs tox1 < tox0; got tox0={worst:g}, tox1={best:g}.")
        low, high = parameters.worth_finding("BOP2", p0, p1)
        null, good = (_independent(p, t) for p, t in ((low, worst), (high, best)))
        found = bop2.bop2_joint(looks, low, worst, null, good, alpha)
    else:
        found = bop2.bop2(looks, p0, p1, alpha)
    return {
        "looks": list(found.looks),
        "stop_if_responses_le": list(found.stop_at_most),
        "stop_if_toxicities_ge": None if found.stop_at_least is None else list(found.stop_at_least),
        "lambda": found.lambda_,
        "gamma": found.gamma,
        "type1": found.type1,
        "power": found.power,
        "expected_n_null": found.subjects,
    }


def _independent(response: float, toxicity: float) -> bop2.Cells:
    return bop2.Cells(response * (1 - toxicity), response * toxicity, (1 - response) * toxicity)
