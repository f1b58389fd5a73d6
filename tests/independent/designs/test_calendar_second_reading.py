"""Calendar-time trials read a second time: slow, in plain Python, from the written rules, fed the same uniform numbers.

Nothing is shared with the compiled simulator but the numbers themselves and the readable designs (`TiteBoin`, the BOIN
table). Every subject of every trial must have the same level, cohort, days and outcome.
"""

import math
from dataclasses import dataclass

import pytest

from remit.designs import Boin, Outcomes
from remit.designs.calendar import Calendar, Truth, build, course, numbers
from remit.designs.tite_boin import TiteBoin, TiteOutcomes

TRIALS = 60  # under each calendar
RATES = (0.08, 0.2, 0.35, 0.5)
RESPONSES = (0.3, 0.4, 0.5, 0.6)
MONTH = 30.4375

PLAIN = Calendar(window_days=28, per_month=2)
FAST = Calendar(window_days=84, per_month=6, while_closed="leave", onset="late", late_share=0.8, accrual="uniform")
CELLS = Calendar(
    window_days=28,
    per_month=3,
    while_closed="pause",
    infusion_days=(0, 7, 14),
    anchor="each-infusion",
    onset="weibull",
    late_share=0.6,
    stagger_first_days=14,
    stagger_subjects_days=3,
    stagger_cohorts_days=10,
    manufacturing_days=18,
    manufacturing_failure=0.08,
    not_evaluable=0.1,
)
LAST = Calendar(window_days=21, per_month=4, accrual="fixed", infusion_days=(0, 5), not_evaluable=0.15)
CALENDARS = {"plain": PLAIN, "fast": FAST, "cells": CELLS, "last": LAST}


@dataclass
class Person:
    candidate: int
    level: int
    cohort: int | None
    enrolled: float
    treated: float
    resolved: float
    outcome: str
    responds: float  # day on which a response is known; infinite for none


class Trial:
    """The trial so far, and what can be seen of it on a day."""

    def __init__(self, calendar, uniform, responses=None):
        self.calendar, self.uniform, self.responses = calendar, uniform, responses
        self.people: list[Person] = []
        self.turned_away = 0

    def lost(self, one, day):
        return one.outcome in ("not evaluable", "no cells") and one.resolved <= day

    def present(self, day, level=None, cohort=None):
        return [
            one
            for one in self.people
            if not self.lost(one, day)
            and (level is None or one.level == level)
            and (cohort is None or one.cohort == cohort)
        ]

    def dlts(self, people, day):
        return sum(one.outcome == "DLT" and one.resolved <= day for one in people)

    def pending(self, people, day):
        return [one for one in people if one.resolved > day]

    def share(self, one, day):
        c, since = self.calendar, day - one.treated
        starts = {"first-infusion": (0.0,), "last-infusion": c.infusion_days[-1:], "each-infusion": c.infusion_days}
        shares = [min(max((since - start) / c.window_days, 0), 1) for start in starts[c.anchor]]
        return sum(shares) / len(shares)

    def next_event(self, day):
        days = [one.resolved for one in self.people] + [one.responds for one in self.people]
        return min(d for d in days if d > day)

    def gap(self, candidate):
        u, mean = self.uniform[candidate][0], MONTH / self.calendar.per_month
        kind = self.calendar.accrual
        return -mean * math.log(1 - u) if kind == "poisson" else mean if kind == "fixed" else 2 * mean * u

    def dlt_after(self, candidate, rate):
        c, u = self.calendar, self.uniform[candidate][4]
        start = {"first-infusion": 0.0, "last-infusion": c.infusion_days[-1]}.get(c.anchor)
        if start is None:
            which = int(u * len(c.infusion_days))
            start, u = c.infusion_days[which], u * len(c.infusion_days) - which
        if c.onset == "weibull":
            # F(t) = 1 - exp(-k t^a) on windows, with F(1) = rate and F(1/2) = (1 - late_share) rate
            k = -math.log(1 - rate)
            a = math.log(k / -math.log(1 - (1 - c.late_share) * rate), 2)
            u = (-math.log(1 - u * rate) / k) ** (1 / a)
        elif c.onset == "late":
            early = 1 - c.late_share
            u = u / early / 2 if u < early else 0.5 + (u - early) / c.late_share / 2
        return start + u * c.window_days

    def enroll(self, candidate, level, cohort, day):
        c, u = self.calendar, self.uniform[candidate]
        if u[1] < c.manufacturing_failure:
            release = day + c.manufacturing_days
            self.people.append(Person(candidate, level, cohort, day, math.inf, release, "no cells", math.inf))
            return
        treated = day + c.manufacturing_days
        before = [one for one in self.people if one.outcome != "no cells"]
        escalation = [one for one in before if one.cohort is not None]
        if cohort is not None and escalation:
            latest = escalation[-1]
            treated = max(treated, latest.treated + c.stagger_subjects_days)
            if latest.cohort != cohort:
                treated = max(treated, latest.treated + c.stagger_cohorts_days)
            there = [one.treated for one in before if one.level == level]
            if len(there) == 1:
                treated = max(treated, there[0] + c.stagger_first_days)
        end = treated + c.window_days + (0 if c.anchor == "first-infusion" else c.infusion_days[-1])
        resolved, outcome = end, "no DLT"
        if u[3] < RATES[level - 1]:
            resolved, outcome = treated + self.dlt_after(candidate, RATES[level - 1]), "DLT"
        if u[2] < c.not_evaluable:
            leaves = treated + u[2] / c.not_evaluable * (end - treated)
            if leaves < resolved:
                resolved, outcome = leaves, "not evaluable"
        responds = math.inf
        if self.responses and outcome != "not evaluable" and u[5] < self.responses[level - 1]:
            responds = end
        self.people.append(Person(candidate, level, cohort, day, treated, resolved, outcome, responds))

    def run(self, answer):
        """answer(day) says ("enroll", level, cohort), "wait" or "end"."""
        day = arrived = 0.0
        candidate = 0
        while True:
            arrived = (day if self.calendar.while_closed == "pause" else arrived) + self.gap(candidate)
            day = max(day, arrived)
            while (said := answer(day)) == "wait":
                if self.calendar.while_closed == "leave":
                    self.turned_away += 1
                    break
                day = self.next_event(day)
            if said == "end":
                return
            if said != "wait":
                self.enroll(candidate, said[1], said[2], day)
            candidate += 1


def tite_boin(trial, levels, target):
    design = TiteBoin(Boin(levels, target), window=1.0)
    state = {"level": 1, "cohort": 1, "size": 3}

    def answer(day):
        if len(trial.present(day, cohort=state["cohort"])) < state["size"]:
            return "enroll", state["level"], state["cohort"]
        placed = len(trial.present(day))
        if placed >= 30:
            to_be_lost = [
                one for one in trial.pending(trial.people, day) if one.outcome in ("not evaluable", "no cells")
            ]
            return "wait" if to_be_lost else "end"
        groups = [trial.present(day, level) for level in range(1, levels + 1)]
        seen = Outcomes(tuple(map(len, groups)), tuple(trial.dlts(group, day) for group in groups), state["level"])
        pending = [trial.pending(group, day) for group in groups]
        followed = tuple(sum(trial.share(one, day) for one in group) for group in pending)
        decision, waits = design.rule(TiteOutcomes(seen, tuple(map(len, pending)), followed))
        if decision.level is None:
            return "end"
        if waits:
            return "wait"
        state.update(level=decision.level, cohort=state["cohort"] + 1, size=min(3, 30 - placed))
        return "enroll", state["level"], state["cohort"]

    trial.run(answer)


def rolling_six(trial, levels, _target):
    state = {"level": 1, "stay": 1}

    def answer(day):
        groups = [trial.present(day, level) for level in range(1, levels + 1)]
        dlts = [trial.dlts(group, day) for group in groups]
        toxic = [level for level in range(1, levels + 1) if dlts[level - 1] >= 2]
        top = toxic[0] - 1 if toxic else levels
        if top == 0:
            return "end"
        level = min(state["level"], top)
        n, y, open_ = len(groups[level - 1]), dlts[level - 1], len(trial.pending(groups[level - 1], day))
        # Every way the pending may end must allow it.
        endings = [y + more for more in range(open_ + 1)]
        tolerated = n >= 6 and all(total <= 1 for total in endings)
        clean = n >= 3 and all(total == 0 for total in endings)
        if level == top and tolerated:
            return "end"
        if level < top and (tolerated or clean):
            level += 1
        elif n >= 6:
            return "wait"
        if level != state["level"]:
            state.update(level=level, stay=state["stay"] + 1)
        return "enroll", level, state["stay"]

    trial.run(answer)


def backfill(trial, levels, target):
    low, high = Boin(levels, target).bounds
    table = Boin(levels, target, cohort=1, cohorts=200).ladder
    state = {"level": 1, "cohort": 1, "size": 3, "closed": levels + 1}

    def asks(n, y):
        if table.eliminated[n][y]:
            return "down"
        return "up" if y / n <= low else "down" if y / n >= high else "stay"

    def known(day, *at):
        people = [one for level in at for one in trial.present(day, level) if one.resolved <= day]
        return len(people), trial.dlts(people, day)

    def wished(day, d):
        here, lower = asks(*known(day, d)), {k: asks(*known(day, k)) for k in range(1, d)}
        against = [k for k, says in lower.items() if (says != "up" if here == "up" else says == "down")]
        if not against:
            return d + {"up": 1, "stay": 0, "down": -1}[here]
        pools = {k: asks(*known(day, *range(against[-1], k + 1))) for k in range(against[-1], d + 1)}
        if pools[d] != "down":
            return d + (pools[d] == "up")
        return max([k for k, says in pools.items() if says != "down"], default=against[-1] - 1)

    def open_level(day, d):
        allowed = []
        for k in range(1, d):
            n, y = known(day, k)
            pooled = known(day, k, k + 1)
            if n and asks(n, y) == "down" and asks(*pooled) == "down":
                break
            response = any(one.responds <= day for one in trial.people if one.level == k)
            if response and len(trial.present(day, k)) < 9:
                allowed.append(k)
        return max(allowed, default=None)

    def answer(day):
        cohort = trial.present(day, cohort=state["cohort"])
        if len(cohort) < state["size"]:
            return "enroll", state["level"], state["cohort"]
        if trial.pending(cohort, day):
            lower = open_level(day, state["level"])
            return ("enroll", lower, None) if lower else "wait"
        placed = len([one for one in trial.present(day) if one.cohort is not None])
        if placed >= 24:
            return "end"
        d = state["level"]
        for level in range(levels, 0, -1):
            n, y = known(day, level)
            if n and table.eliminated[n][y]:
                state["closed"] = min(state["closed"], level)
        goal = wished(day, d)
        if state["closed"] == 1:
            return "end"
        goal = min(max(goal, 1), levels, state["closed"] - 1)
        if goal == d and known(day, d)[0] >= 12:
            return "end"
        state.update(level=goal, cohort=state["cohort"] + 1, size=min(3, 24 - placed))
        return "enroll", goal, state["cohort"]

    trial.run(answer)


DESIGNS = {
    "tite-boin": (tite_boin, {"levels": 4, "target": 0.3}, None),
    "rolling-six": (rolling_six, {"levels": 4}, None),
    "bf-boin": (backfill, {"levels": 4, "target": 0.3, "cohorts": 8, "early_stop": 12, "cap": 9}, RESPONSES),
}


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("key", DESIGNS)
def test_every_trial_takes_the_same_course_as_in_the_second_reading(key: str, calendar: str) -> None:
    read, given, responses = DESIGNS[key]
    design, truth, when = build(key, given), Truth(RATES, responses), CALENDARS[calendar]
    uniform = numbers.draw(7, 0, 32).tolist()

    for trial in range(TRIALS):
        ours = course(design, when, truth, trial, seed=7)
        theirs = Trial(when, uniform[trial], responses)
        read(theirs, 4, 0.3)

        assert ours.turned_away == theirs.turned_away
        assert [(one.candidate, one.level, one.cohort, one.outcome) for one in ours.subjects] == [
            (one.candidate + 1, one.level, one.cohort, one.outcome) for one in theirs.people
        ], trial
        for mine, other in zip(ours.subjects, theirs.people, strict=True):
            treated = math.inf if mine.treated_day is None else mine.treated_day
            assert (mine.enrolled_day, treated, mine.resolved_day) == pytest.approx(
                (other.enrolled, other.treated, other.resolved), rel=1e-12
            )


@pytest.mark.parametrize("key", DESIGNS)
def test_the_calendars_above_exercise_losses_backfill_and_waiting(key: str) -> None:
    _, given, responses = DESIGNS[key]
    courses = [course(build(key, given), CELLS, Truth(RATES, responses), trial, seed=7) for trial in range(TRIALS)]
    outcomes = {one.outcome for found in courses for one in found.subjects}

    assert outcomes == {"no DLT", "DLT", "not evaluable", "no cells"}
    assert any(one.cohort is None for found in courses for one in found.subjects) == (key == "bf-boin")
