"""Calendar-time designs that answer one JSON object, for `remit call NAME`.

Keys are those of two reference cases, in months and percent. Where a package has conventions of its own the nearest
setting here is used: gaps between arrivals uniform, a waiting subject holds the line (TITE-BOIN), one who finds no
place is lost (BF-BOIN).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from remit.designs import parameters
from remit.designs import questions as ask
from remit.designs.calendar.backfill import BackfillBoin
from remit.designs.calendar.simulate import simulate
from remit.designs.calendar.simulated import Simulated
from remit.designs.calendar.timing import ACCRUALS, MONTH_DAYS, Calendar
from remit.designs.calendar.tite_boin import TimedBoin
from remit.designs.calendar.truth import Truth
from remit.designs.questions import Answer, Question
from remit.errors import InputError

TRIALS: Final = 10_000
SEED: Final = 1


def tite_boin_oc(question: Question) -> Answer:
    """TITE-BOIN: onset by a Weibull curve with half of the DLTs in the second half of the window, 10,000 trials."""
    rates, target = ask.numbers(question, "p_true"), ask.number(question, "target")
    design = TimedBoin(
        levels=len(rates),
        target=target,
        cohort=ask.count(question, "cohortsize", least=1),
        cohorts=ask.count(question, "ncohort", least=1),
        most_pending=ask.number(question, "max_pending_fraction", 0.5),
    )
    calendar = Calendar(
        window_days=ask.number(question, "window") * MONTH_DAYS,
        per_month=ask.number(question, "accrual_rate"),
        accrual="uniform",
        while_closed="pause",
        onset="weibull",
        late_share=0.5,
    )
    found = simulate(design, calendar, Truth(rates), TRIALS, SEED)
    best = min(range(len(rates)), key=lambda at: abs(rates[at] - target))
    shares = [100 * n / found.subjects for n in found.treated]
    return {
        "PCS": 100 * found.selected[best],
        "PCA": shares[best],
        "POS": 100 * sum(found.selected[best + 1 :]),
        "POA": sum(shares[best + 1 :]),
        "selpercent": _percent(found.selected),
        "npatients": list(found.treated),
        "nptsdosepct": shares,
        "ntox": list(found.dlts),
        "totaltox": found.total_dlts,
        "totaln": found.subjects,
        "percentstop": 100 * found.none_selected,
        "duration": found.duration_days / MONTH_DAYS,
        "sdduration": found.duration_days_error * math.sqrt(found.trials) / MONTH_DAYS,
        "simu.setup": _setup(found),
    }


def bf_boin_oc(question: Question) -> Answer:
    """BF-BOIN: DLTs at any time of the window alike."""
    rates = ask.numbers(question, "p_true")
    if not ask.yes_no(question, "end_backfill", True):
        raise InputError("end_backfill: must be true; backfill ends with the escalation.")
    stop = question.get("n_earlystop")
    design = BackfillBoin(
        levels=len(rates),
        target=ask.number(question, "target"),
        cohort=ask.count(question, "cohortsize", least=1),
        cohorts=ask.count(question, "ncohort", least=1),
        early_stop=None if stop is None else parameters.count("n_earlystop", stop, 1),
        cap=ask.count(question, "n_cap", 12, 1) + 1,  # the package looks before it adds, so one more gets in
    )
    calendar = Calendar(
        window_days=ask.number(question, "dlt_window_months") * MONTH_DAYS,
        per_month=ask.number(question, "n_per_month"),
        accrual=ask.word(question, "accrual", ACCRUALS, "uniform"),
        while_closed="leave",
    )
    truth = Truth(rates, ask.numbers(question, "p_response"))
    found = simulate(design, calendar, truth, ask.count(question, "ntrial", 1000, 1), SEED)
    return {
        "selpercent": _percent(found.selected),
        "npatients": list(found.treated),
        "ntox": list(found.dlts),
        "totaltox": [found.total_dlts],
        "totaln": [found.subjects],
        "percentstop": 100 * found.none_selected,
        "duration": found.duration_days / MONTH_DAYS,
    }


def _percent(shares: Sequence[float]) -> list[float]:
    return [100 * share for share in shares]


def _setup(found: Simulated) -> Answer:
    return {"design": found.design, "trials": found.trials, "seed": found.seed}
