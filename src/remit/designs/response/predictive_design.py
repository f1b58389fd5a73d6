"""A design that looks at the predictive probability: its limits, its exact error rates, and a search for one.

The trial stops as not promising when the predictive probability of success falls below `below`, and as promising when
it rises above `above`; at the end it is promising when the posterior says so (`Success`).

Source: Lee & Liu 2008, Clin Trials 5:93, whose first example the search reproduces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.response.predictive import Success, predictive
from remit.designs.response.sequential import Boundaries, Course, course
from remit.errors import InputError

CUTS = (0.001, 0.005, *(round(0.01 * k, 2) for k in range(1, 31)))


@dataclass(frozen=True)
class PredictiveDesign:
    """A design and its chances.

    boundaries    its limits
    success       what the end is judged by
    below         predictive probability below which it stops
    null, good    what it does at the two rates
    """

    boundaries: Boundaries
    success: Success
    below: float
    null: Course
    good: Course


def predictive_limits(success: Success, looks: Sequence[int], below: float, above: float = 1.0) -> Boundaries:
    """Whole-number limits per look; the last look must be the end.

    below, above    predictive probabilities at which the trial stops; 0 and 1 for never
    raises          InputError: looks that do not rise or do not end with all subjects
    """
    low, high = parameters.rates("below, above", (below, above))
    if low >= high:
        raise InputError(f"below, above: below must be under above; got {low:g} and {high:g}.")
    given = tuple(parameters.count("looks", n, 1, success.most) for n in looks)
    if not given or given[-1] != success.most:
        raise InputError(f"looks: the last look must be at all {success.most} subjects.")
    few, many = [], []
    for n in given[:-1]:
        shares = [predictive(success, x, n) for x in range(n + 1)]
        few.append(sum(share < low for share in shares) - 1)
        many.append(next((x for x, share in enumerate(shares) if share > high), n + 1))
    return Boundaries(given, (*few, success.needed - 1), (*many, success.needed))


def predictive_design(
    looks: Sequence[int], p0: float, p1: float, alpha: float, beta: float, prior: tuple[float, float] | None = None
) -> PredictiveDesign:
    """The futility design with the most power among those that keep both errors; of equals the fewest subjects at p0.

    looks     numbers of subjects, the last one the end
    prior     beta prior; by default Beta(p0, 1 - p0)
    raises    InputError: rates not allowed, or no limits that keep both errors
    """
    null, good = parameters.worth_finding("A predictive design", p0, p1)
    parameters.probability("alpha", alpha)
    parameters.probability("beta", beta)
    if not looks:
        raise InputError("looks: must have at least one number of subjects.")
    most = parameters.count("looks", looks[-1], 1)
    a, b = prior or (null, 1 - null)
    # Certainties that need the same number of responders at the end are one design, so one stands for each number.
    certainties = {Success(most, null, k / 1000, a, b).needed: k / 1000 for k in range(999, 499, -1)}
    best: PredictiveDesign | None = None
    known: set[tuple[int, ...]] = set()
    for needed, certainty in sorted(certainties.items()):
        success = Success(most, null, certainty, a, b)
        single = Boundaries((most,), (needed - 1,), (needed,)) if needed <= most else None
        if single is None or course(single, good).promising < 1 - beta:
            continue
        for below in CUTS:
            limits = predictive_limits(success, looks, below)
            if limits.stop_at_most in known:
                continue
            known.add(limits.stop_at_most)
            wrong, right = course(limits, null), course(limits, good)
            if wrong.promising > alpha or right.promising < 1 - beta:
                continue
            if best is None or (right.promising, -wrong.subjects) > (best.good.promising, -best.null.subjects):
                best = PredictiveDesign(limits, success, below, wrong, right)
    if best is None:
        raise InputError("alpha, beta: no predictive design of this size keeps both errors; allow more subjects.")
    return best
