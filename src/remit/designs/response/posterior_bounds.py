"""Bayesian limits for response: stop while the posterior says that the rate is too low, or already high enough.

Futility: Pr(rate > `wanted` | data) < `futile_below`. Efficacy: Pr(rate > `least` | data) > `effective_above`. The
last look decides by the efficacy limit alone, so that every trial ends promising or not.

Source: Thall & Simon 1994, Biometrics 50:337 [page recalled, unverified].
"""

from __future__ import annotations

from collections.abc import Sequence

from remit.designs import parameters
from remit.designs.posterior import exceeds
from remit.designs.response.sequential import Boundaries
from remit.errors import InputError


def posterior_bounds(
    looks: Sequence[int],
    least: float,
    wanted: float,
    futile_below: float,
    effective_above: float,
    prior: tuple[float, float] = (1.0, 1.0),
) -> Boundaries:
    """Whole-number limits per look.

    looks             numbers of subjects, rising
    least, wanted     rate to exceed for efficacy, rate that must still be possible; least <= wanted
    futile_below      0 for a trial that never stops for futility before its end
    effective_above   posterior probability above which the rate is called high enough
    prior             beta prior
    raises            InputError: rates or probabilities not allowed, limits that meet
    """
    low, high = parameters.probability("least", least), parameters.probability("wanted", wanted)
    if low > high:
        raise InputError(f"least, wanted: least must not be above wanted; got {low:g} and {high:g}.")
    (cut,) = parameters.rates("futile_below", (futile_below,))
    sure = parameters.probability("effective_above", effective_above)
    for name, value in zip(("prior_alpha", "prior_beta"), prior, strict=True):
        parameters.positive(name, value)
    few, many = [], []
    for n in (parameters.count("looks", n, 1) for n in looks):
        few.append(sum(exceeds(x, n, high, *prior) < cut for x in range(n + 1)) - 1)
        many.append(next((x for x in range(n + 1) if exceeds(x, n, low, *prior) > sure), n + 1))
    if few:
        few[-1] = many[-1] - 1
    return Boundaries(tuple(looks), tuple(few), tuple(many))
