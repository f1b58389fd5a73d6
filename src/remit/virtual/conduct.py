"""The conduct of virtual trials: who comes when, at which level, until the design, the cohort limit or the cut ends it.

Trials go forward together, one cohort each at a time. A cohort's subjects are simulated and written down, their records
are derived, and the declared design decides by the very function that decides a real trial; nothing else reaches it.
A cohort waits until the last DLT window of the one before is closed.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from remit import designs
from remit.derive import outcomes
from remit.derive.dose_decision import DoseDecision, dose_decision, dose_tables
from remit.derive.stopping import stopping
from remit.errors import InputError
from remit.protocol import Protocol
from remit.records import Records
from remit.virtual.course import Enrolled
from remit.virtual.numbers import uniforms
from remit.virtual.observe import observe
from remit.virtual.observe.failures import Failures, screen_failures
from remit.virtual.observe.tables import together
from remit.virtual.scenario import Scenario
from remit.virtual.subjects import course

MOST_SUBJECTS = 200
"""A trial that its design, its size and its cut would let grow beyond this many subjects is a mistake."""
MONTH = 30.4375

Decided = dict[tuple[outcomes.Treated, ...], DoseDecision]


@dataclass(frozen=True)
class Step:
    """One decision of one trial: when it could be made, what it was, and why."""

    trial: int
    day: datetime.date
    level: int | None
    subjects: int
    action: str
    reason: str


@dataclass(frozen=True)
class End:
    """How one trial stood when it ended.

    treated, dlts   per level, everyone infused
    outcomes        what its design had seen: evaluable subjects only
    last_window     end of the last DLT window
    """

    treated: tuple[int, ...]
    dlts: tuple[int, ...]
    outcomes: designs.Outcomes
    last_window: datetime.date


@dataclass(frozen=True)
class Conducted:
    """Virtual trials: the records of all of them, every dose decision in order, and how each ended."""

    records: Records
    steps: tuple[Step, ...]
    ends: Mapping[int, End]


@dataclass
class _Trial:
    """One trial on its way: who was treated, when the next may be, what comes next."""

    number: int
    opens: datetime.date
    people: tuple[outcomes.Treated, ...] = ()
    enrolled: int = 0
    next: designs.Decision | None = None
    steps: list[Step] = field(default_factory=list)


def conduct(
    protocol: Protocol, scenario: Scenario, seed: int, trials: Sequence[int], design: designs.Design
) -> Conducted:
    """Conduct the trials with these numbers; each is the same whichever others are conducted beside it.

    raises   InputError: the scenario does not fit the protocol
    """
    cut = checked(protocol, scenario)
    running = [_begun(scenario, number, design) for number in trials]
    everyone: list[_Trial] = list(running)
    parts: list[Records] = []
    made: Decided = {}
    while running:
        enrolled, coming = _enrol(protocol, scenario, seed, running, cut)
        running = [trial for trial in running if coming.get(trial.number)]
        if not len(enrolled.trial):
            break
        parts.append(observe(protocol, scenario, seed, course(protocol, scenario, seed, enrolled)))
        treated = outcomes.treated(protocol, dose_tables(protocol, parts[-1], cut))
        _add(protocol, running, treated)
        for trial in running:
            _decide(protocol, scenario, design, trial, cut, made)
        running = [trial for trial in running if trial.next is not None and trial.next.level is not None]
    failed = _failures(scenario, seed, everyone, parts)
    records = together([*parts, screen_failures(protocol, failed)] if len(failed.trial) else parts)
    steps = tuple(step for trial in everyone for step in trial.steps)
    return Conducted(records, steps, {trial.number: _end(protocol, scenario, trial) for trial in everyone})


def checked(protocol: Protocol, scenario: Scenario) -> datetime.date:
    """The data cut of the trials, once the scenario is known to fit the protocol."""
    if protocol.parts:
        raise InputError("scenario: a protocol in parts cannot be simulated; give each part a protocol of its own.")
    if len(scenario.dlt_rates) != len(protocol.levels):
        raise InputError(
            f"scenario › dlt_rates: has {len(scenario.dlt_rates)} values; the protocol has {len(protocol.levels)} "
            "levels, and each needs one."
        )
    cut = scenario.cut or protocol.last_cut()
    if cut is None:
        raise InputError("scenario › cut: the protocol declares no data cut; give a date, such as 2025-12-31.")
    if cut <= scenario.enrolment.first:
        raise InputError(
            f"scenario › cut: {cut} is not after the first infusion on {scenario.enrolment.first}; give a later date."
        )
    return cut


def _begun(scenario: Scenario, number: int, design: designs.Design) -> _Trial:
    first = designs.decide(design, designs.nobody_yet(design.levels, design.start))
    trial = _Trial(number, scenario.enrolment.first, next=first)
    trial.steps.append(Step(number, trial.opens, first.level, first.subjects, first.action, first.reason))
    return trial


def _enrol(
    protocol: Protocol, scenario: Scenario, seed: int, running: Sequence[_Trial], cut: datetime.date
) -> tuple[Enrolled, dict[int, int]]:
    """The next cohort of every trial: its subjects, and how many of each trial came before the cut."""
    plan = [(trial, number) for trial in running for number in range(1, _wanted(scenario, trial) + 1)]
    trials = np.array([trial.number for trial, _ in plan], dtype=np.int64)
    subject = np.array([trial.enrolled + number for trial, number in plan], dtype=np.int64)
    waits = uniforms(seed, trials, subject, "arrival")
    rows: list[tuple[int, int, int, datetime.date]] = []
    came: dict[int, int] = {}
    day: datetime.date = scenario.enrolment.first
    for (trial, number), wait, who in zip(plan, waits, subject, strict=True):
        gap = -math.log1p(-wait) * MONTH / scenario.enrolment.per_month
        # the very first subject opens the trial; nobody is infused while it waits for a cohort's windows
        start = trial.opens if number == 1 else day
        day = start + datetime.timedelta(days=0 if who == 1 else math.ceil(gap))
        if day > cut:
            continue
        assert trial.next is not None
        assert trial.next.level is not None
        rows.append((trial.number, int(who), trial.next.level, day))
        came[trial.number] = came.get(trial.number, 0) + 1
    for trial in running:
        trial.enrolled += came.get(trial.number, 0)
        if trial.enrolled > MOST_SUBJECTS:
            raise InputError(f"A virtual trial passed {MOST_SUBJECTS} subjects; set scenario › enrolment › subjects.")
    zero = np.array([row[3] for row in rows], dtype="datetime64[D]")
    enrolled = Enrolled(
        trial=np.array([row[0] for row in rows], dtype=np.int64),
        subject=np.array([row[1] for row in rows], dtype=np.int64),
        level=np.array([row[2] for row in rows], dtype=np.int64),
        day_zero=zero,
        last_day=(np.datetime64(cut) - zero).astype(np.int64),
    )
    return enrolled, came


def _wanted(scenario: Scenario, trial: _Trial) -> int:
    assert trial.next is not None
    most = scenario.enrolment.subjects
    return trial.next.subjects if most is None else max(min(trial.next.subjects, most - trial.enrolled), 0)


def _add(protocol: Protocol, running: Sequence[_Trial], treated: tuple[outcomes.Treated, ...]) -> None:
    """Each trial gets its own subjects, in the order of their first infusion."""
    by_trial: dict[int, list[outcomes.Treated]] = {}
    for one in treated:
        by_trial.setdefault(trial_of(one.subject), []).append(one)
    for trial in running:
        trial.people = (*trial.people, *by_trial.get(trial.number, ()))


def trial_of(subject: str) -> int:
    """The number of the trial in a virtual subject's name."""
    return int(subject[1:].partition("-")[0])


def _decide(
    protocol: Protocol, scenario: Scenario, design: designs.Design, trial: _Trial, cut: datetime.date, made: Decided
) -> None:
    """What comes next. Equal courses are decided once: `made` remembers them."""
    closes = _closed(protocol, trial)
    full = scenario.enrolment.subjects is not None and trial.enrolled >= scenario.enrolment.subjects
    if closes > cut or full or any(one.awaited for one in trial.people):
        trial.next = None
        return
    if met := stopping(protocol, trial.people):
        trial.next = None
        trial.steps.append(Step(trial.number, closes, None, 0, "stop", met))
        return
    people = tuple(_anonymous(one) for one in trial.people)
    decided = made.get(people) or made.setdefault(people, dose_decision(design, people))
    trial.next, trial.opens = decided.decision, closes + datetime.timedelta(days=1)
    step = Step(trial.number, closes, decided.decision.level, decided.decision.subjects, decided.action, decided.reason)
    trial.steps.append(step)


def _end(protocol: Protocol, scenario: Scenario, trial: _Trial) -> End:
    levels = range(1, len(protocol.levels) + 1)
    at = {level: [one for one in trial.people if one.level == level] for level in levels}
    course = outcomes.cohorts(trial.people, evaluable=True)
    return End(
        treated=tuple(len(at[level]) for level in levels),
        dlts=tuple(sum(one.dlt is True for one in at[level]) for level in levels),
        outcomes=designs.outcomes_of(len(protocol.levels), course),
        last_window=_closed(protocol, trial) if trial.people else scenario.enrolment.first,
    )


def _closed(protocol: Protocol, trial: _Trial) -> datetime.date:
    """The last day of the last DLT window."""
    window = datetime.timedelta(days=_window(protocol))
    return max(one.closes or one.first_infusion + window for one in trial.people)


def _window(protocol: Protocol) -> int:
    """Days from a first infusion to the end of the longest DLT window."""
    days = [0]
    for level in protocol.levels:
        rule = protocol.dlt_of(level)
        if rule is not None:
            last = protocol.schedule(level.schedule).days[-1] if rule.anchor == "last-infusion" else 0
            days.append(rule.window_days + last)
    return max(days)


def _anonymous(one: outcomes.Treated) -> outcomes.Treated:
    """The subject without what no design looks at, so that equal courses are decided once."""
    return outcomes.Treated("", datetime.date.min, one.level, one.counts, one.dlt, one.worst, one.ungraded, "", ())


def _failures(scenario: Scenario, seed: int, trials: Sequence[_Trial], parts: Sequence[Records]) -> Failures:
    """Subjects screened in vain before each one enrolled: as many as the share of failures says, at random."""
    share = scenario.enrolment.screen_failures
    when = {one.subject: one.first_infusion for trial in trials for one in trial.people}
    names = sorted(when)
    if not names or share <= 0:
        return Failures.nobody()
    if share >= 1:
        raise InputError("scenario › enrolment › screen_failures: must be below 1, or nobody is ever enrolled.")
    number = np.array([trial_of(name) for name in names], dtype=np.int64)
    subject = np.array([int(name.rpartition("-")[2]) for name in names], dtype=np.int64)
    vain = np.floor(np.log1p(-uniforms(seed, number, subject, "screen failures")) / math.log(share)).astype(np.int64)
    row = np.repeat(np.arange(len(names)), vain)
    order = np.concatenate([np.arange(count) for count in vain]) if len(vain) else vain
    day = np.array([when[names[one]] for one in row], dtype="datetime64[D]") - (20 + 5 * order).astype(int)
    return Failures.of(number[row], day)
