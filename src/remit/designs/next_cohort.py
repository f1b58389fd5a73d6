"""What the next cohort is worth: how likely it is to change the decision, and how much it will teach.

Three courses are compared: three more subjects here, the first three at the next level, or waiting until the last open
window has closed. Each number of DLTs that a cohort can have is enumerated with its predictive probability (beta-
binomial under the plain prior), and the design itself decides after each: nothing is simulated.

Source: the posterior predictive distribution (Spiegelhalter, Abrams & Myles 2004, chapter 3) [recalled, unverified].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from remit.designs.beliefs import Belief, Pending, Rate, State, beliefs_of, states
from remit.designs.decide import Decision, Design, decide
from remit.designs.outcomes import Cohort, Outcomes
from remit.errors import InputError

SUBJECTS = 3
MOST_PENDING = 10  # open windows of which every way to turn out is enumerated

Kind = Literal["more-here", "next-level", "wait"]
After = Callable[[tuple[bool, ...]], Decision]


@dataclass(frozen=True)
class Posterior:
    """What is known under one prior: the prior in words, and the DLT rate of each level, lowest first."""

    prior: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Chance:
    """One decision that may follow, its probability, and the numbers of DLTs after which it does."""

    action: str
    level: int | None
    probability: float
    dlts: tuple[int, ...]


@dataclass(frozen=True)
class Forecast:
    """What a course of action brings under one prior.

    chances       each decision that may follow; probabilities add up to 1
    changes       probability that the decision changes: see `Option`
    width         length of the 95 % interval for the DLT rate of the option's level now; None when waiting
    width_after   its expected length afterwards
    """

    prior: str
    chances: tuple[Chance, ...]
    changes: float | None
    width: float | None
    width_after: float | None


@dataclass(frozen=True)
class Option:
    """One course of action.

    kind       more-here: three more at the current level. "Changes" means that the next level, or the end of the
               trial, is another than today's decision.
               next-level: the first three at the level above. "Changes" means that the trial comes back: goes below
               that level, or ends without it.
               wait: until the last open window has closed; without one, nothing changes but the time
    level      where the subjects go; None when waiting, and when there is no level above
    allowed    whether the design does this now; `why` says why not, or what else there is to know
    days       how long to wait; 0 without an open window
    """

    kind: Kind
    level: int | None
    subjects: int
    allowed: bool
    why: str
    days: int
    forecasts: tuple[Forecast, ...]


@dataclass(frozen=True)
class NextCohort:
    """The answer: what is known now, under each prior, and the three options."""

    posteriors: tuple[Posterior, ...]
    options: tuple[Option, ...]


def next_cohort(
    design: Design,
    known: Outcomes,
    seen: Outcomes | None,
    pending: Sequence[Pending] = (),
    after: After | None = None,
    days: int = 0,
) -> NextCohort:
    """What is known of each level, and what the three options are worth.

    known     everybody whose outcome is known
    seen      the same as the design reads them (without subjects beside the escalation); None while a cohort is
              incomplete: then nothing but waiting is compared
    pending   subjects whose window is open; while there are any, nobody else is treated
    after     the decision once each of them is known: True for a DLT, in the order given. Without it, or with more
              than ten of them, waiting has no forecast
    days      until the last of their windows has closed
    raises    InputError: outcomes with another number of levels than the design, a level that it lacks
    """
    if known.levels != design.levels:
        raise InputError(f"outcomes: {known.levels} levels, but the design has {design.levels}.")
    for one in pending:
        if one.level > design.levels:
            raise InputError(f"level: must be one of the levels 1 to {design.levels}; got {one.level}.")
    beliefs = beliefs_of(design)
    posteriors = tuple(
        Posterior(belief.name, tuple(belief.rate(mixed, level) for level in range(1, known.levels + 1)))
        for belief in beliefs
        for mixed in [states(belief, known, pending)]
    )
    wait = _wait(beliefs, known, pending, after, days)
    if pending or seen is None:
        return NextCohort(posteriors, (wait,))
    now = decide(design, seen)
    options = (_here(design, beliefs, known, seen, now), _above(design, beliefs, known, seen, now), wait)
    return NextCohort(posteriors, options)


def predictive(belief: Belief, known: Outcomes, level: int, subjects: int = SUBJECTS) -> tuple[float, ...]:
    """Probability of 0, 1, … DLTs in the next subjects at a level."""
    before = belief.evidence(known.treated, known.dlts)
    chances = []
    for dlts in range(subjects + 1):
        later = known.after(Cohort(level, subjects, dlts))
        chances.append(math.comb(subjects, dlts) * math.exp(belief.evidence(later.treated, later.dlts) - before))
    return tuple(chances)


def _here(design: Design, beliefs: Sequence[Belief], known: Outcomes, seen: Outcomes, now: Decision) -> Option:
    level = seen.level
    same = now.level == level
    why = "" if same else f"The design does something else now. {now.reason}"
    later = _decisions(design, seen, level)
    if isinstance(later, str):
        return Option("more-here", level, SUBJECTS, False, later, 0, ())

    def changed(outcome: Outcomes, then: Decision) -> bool:
        if now.level is None and then.level is None:
            return design.select(outcome) != design.select(seen)
        return then.level != now.level

    return Option("more-here", level, SUBJECTS, same, why, 0, _forecasts(beliefs, known, level, later, changed))


def _above(design: Design, beliefs: Sequence[Belief], known: Outcomes, seen: Outcomes, now: Decision) -> Option:
    level = seen.level + 1
    if level > design.levels:
        why = f"Level {seen.level} is the top level; there is none above."
        return Option("next-level", None, SUBJECTS, False, why, 0, ())
    allowed = now.level == level
    why = "" if allowed else f"The design does not open level {level} now. {now.reason}"
    if allowed and now.subjects != SUBJECTS:
        why = f"The design treats {now.subjects} there, not {SUBJECTS}."
    if known.at(level)[0] == 0:
        why = f"{why} Nobody was treated at level {level} yet, so the prior decides.".strip()
    later = _decisions(design, seen, level)
    if isinstance(later, str):
        return Option("next-level", level, SUBJECTS, False, later, 0, ())

    def returns(outcome: Outcomes, then: Decision) -> bool:
        there = then.level if then.level is not None else design.select(outcome)
        return there is None or there < level

    return Option("next-level", level, SUBJECTS, allowed, why, 0, _forecasts(beliefs, known, level, later, returns))


def _wait(
    beliefs: Sequence[Belief], known: Outcomes, pending: Sequence[Pending], after: After | None, days: int
) -> Option:
    if not pending:
        return Option("wait", None, 0, True, "No window is open: nothing changes but the time.", 0, ())
    why = f"{len(pending)} window{'' if len(pending) == 1 else 's'} still open; nobody else is treated meanwhile."
    if after is None or len(pending) > MOST_PENDING:
        return Option("wait", None, 0, True, why, days, ())
    ways = [
        (turned, after(turned)) for turned in product((False, True), repeat=len(pending)) if _possible(turned, pending)
    ]
    forecasts = []
    for belief in beliefs:
        heights = [_height(belief, known, pending, turned) for turned, _ in ways]
        top = max(heights)
        total = math.fsum(math.exp(height - top) for height in heights)
        shares = [math.exp(height - top) / total for height in heights]
        found = [(sum(turned), then, share) for (turned, then), share in zip(ways, shares, strict=True)]
        forecasts.append(Forecast(belief.name, _gathered(found), None, None, None))
    return Option("wait", None, 0, True, why, days, tuple(forecasts))


def _possible(turned: tuple[bool, ...], pending: Sequence[Pending]) -> bool:
    return not any(toxic and one.share >= 1 for toxic, one in zip(turned, pending, strict=True))


def _height(belief: Belief, known: Outcomes, pending: Sequence[Pending], turned: tuple[bool, ...]) -> float:
    """Log weight of one way in which the pending subjects turn out."""
    treated, dlts = list(known.treated), list(known.dlts)
    height = 0.0
    for toxic, one in zip(turned, pending, strict=True):
        treated[one.level - 1] += 1
        dlts[one.level - 1] += int(toxic)
        height += math.log(1 - one.share) if toxic else 0.0
    return height + belief.evidence(tuple(treated), tuple(dlts))


def _decisions(design: Design, seen: Outcomes, level: int) -> list[tuple[Outcomes, Decision]] | str:
    """Outcome and decision after each number of DLTs; a sentence when the design has no room for the cohort."""
    try:
        later = [seen.after(Cohort(level, SUBJECTS, dlts)) for dlts in range(SUBJECTS + 1)]
        return [(outcome, decide(design, outcome)) for outcome in later]
    except InputError as refused:
        return f"The design has no rule for {SUBJECTS} more at level {level}: {refused}"


def _forecasts(
    beliefs: Sequence[Belief],
    known: Outcomes,
    level: int,
    later: Sequence[tuple[Outcomes, Decision]],
    changed: Callable[[Outcomes, Decision], bool],
) -> tuple[Forecast, ...]:
    made = []
    for belief in beliefs:
        shares = predictive(belief, known, level)
        found = [(dlts, then, share) for dlts, ((_, then), share) in enumerate(zip(later, shares, strict=True))]
        changes = math.fsum(
            share for (outcome, then), share in zip(later, shares, strict=True) if changed(outcome, then)
        )
        after = [known.after(Cohort(level, SUBJECTS, dlts)) for dlts in range(SUBJECTS + 1)]
        widths = [belief.rate([State(1.0, one.treated, one.dlts)], level).width for one in after]
        now = belief.rate([State(1.0, known.treated, known.dlts)], level).width
        expected = math.fsum(share * width for share, width in zip(shares, widths, strict=True))
        made.append(Forecast(belief.name, _gathered(found), changes, now, expected))
    return tuple(made)


def _gathered(found: Sequence[tuple[int, Decision, float]]) -> tuple[Chance, ...]:
    """Equal decisions together, in the order of the fewest DLTs that lead to them."""
    groups: dict[tuple[str, int | None], list[tuple[int, float]]] = {}
    for dlts, then, share in sorted(found, key=lambda one: one[0]):
        groups.setdefault((then.action, then.level), []).append((dlts, share))
    return tuple(
        Chance(action, level, math.fsum(share for _, share in ways), tuple(sorted({dlts for dlts, _ in ways})))
        for (action, level), ways in groups.items()
    )
