"""The conduct of virtual trials: who comes when, at which level, until the design, the cohort limit or the cut ends it.

Trials go forward together, one cohort each at a time. What happens to a cohort's subjects is simulated, the records
that a decision reads are written and derived, and the declared design decides by the very function that decides a real
trial; nothing else reaches it. A cohort waits until the last DLT window of the one before is closed. When all trials
have ended, everybody's records are written at once.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from remit import designs
from remit.derive import outcomes
from remit.derive.dose_decision import dose_tables
from remit.derive.stopping import stopping
from remit.errors import InputError
from remit.protocol import Dlt, Protocol
from remit.records import Records
from remit.virtual.checked import checked
from remit.virtual.course import DLT, Course, Enrolled
from remit.virtual.decided import decided
from remit.virtual.gathered import gathered
from remit.virtual.numbers import uniforms
from remit.virtual.observe import observe
from remit.virtual.observe.failures import Failures, screen_failures
from remit.virtual.observe.tables import for_decisions, together
from remit.virtual.scenario import Scenario
from remit.virtual.stages import Designs, Stage, barred, stages
from remit.virtual.subjects import course

MOST_SUBJECTS = 200
"""A trial that its design, its size and its cut would let grow beyond this many subjects is a mistake."""
MONTH = 30.4375
FAR_DAYS = 36_525
"""A wait of a hundred years is as long as any."""


@dataclass(frozen=True)
class Step:
    """One decision of one trial: when it could be made, what it was, and why.

    level   as the protocol numbers levels
    part    key of the part that it is about; None in a trial of one part
    """

    trial: int
    day: datetime.date
    level: int | None
    subjects: int
    action: str
    reason: str
    part: str | None = None


@dataclass(frozen=True)
class End:
    """How one trial stood when it ended.

    treated, dlts   per level of the protocol, everyone infused
    outcomes        what its design had seen: evaluable subjects only; of a trial in parts, its last part's
    last_window     end of the last DLT window
    beside          of `dlts`, how many came of cytokine release or death alone, beside the scenario's rates
    finished        whether every part that opened came to its end, and none is left to open
    selected        per part that opened, the level that it recommends, as the protocol numbers levels; None is the
                    key in a trial of one part
    """

    treated: tuple[int, ...]
    dlts: tuple[int, ...]
    outcomes: designs.Outcomes
    last_window: datetime.date
    beside: int
    finished: bool
    selected: Mapping[str | None, int | None]


@dataclass(frozen=True)
class Conducted:
    """Virtual trials: the records of all of them, every dose decision in order, and how each ended."""

    records: Records
    steps: tuple[Step, ...]
    ends: Mapping[int, End]


@dataclass
class _Trial:
    """One trial on its way: who was treated, when the next may be, what comes next.

    stage, opened   which escalation is on, from 0; how many were begun
    next   as the design of the stage numbers levels; None once nobody comes any more
    """

    number: int
    opens: datetime.date
    people: tuple[outcomes.Treated, ...] = ()
    enrolled: int = 0
    beside: int = 0
    stage: int = 0
    opened: int = 0
    next: designs.Decision | None = None
    steps: list[Step] = field(default_factory=list)


def conduct(protocol: Protocol, scenario: Scenario, seed: int, trials: Sequence[int], design: Designs) -> Conducted:
    """Conduct the trials with these numbers; each is the same whichever others are conducted beside it.

    design   of the trial, or of each part by its key
    raises   InputError: the scenario does not fit the protocol
    """
    cut = checked(protocol, scenario)
    going = _Going(protocol, scenario, cut, stages(protocol, design))
    running = [going.begun(number) for number in trials]
    everyone: list[_Trial] = list(running)
    parts: list[Course] = []
    while running:
        enrolled, coming = going.enrol(seed, running)
        running = [trial for trial in running if coming.get(trial.number)]
        if not len(enrolled.trial):
            break
        parts.append(course(protocol, scenario, seed, enrolled))
        _count_beside(running, parts[-1])
        known = for_decisions(protocol, scenario, seed, parts[-1])
        _add(running, outcomes.treated(going.deciding, dose_tables(going.deciding, known, cut)))
        for trial in running:
            going.decide(trial)
        running = [trial for trial in running if trial.next is not None and trial.next.level is not None]
    records = _records(protocol, scenario, seed, everyone, parts)
    steps = tuple(step for trial in everyone for step in trial.steps)
    return Conducted(records, steps, {trial.number: going.end(trial) for trial in everyone})


class _Going:
    """What all trials of a block share while they go on.

    deciding   the protocol with no more in it than a dose decision from virtual records reads
    """

    def __init__(
        self, protocol: Protocol, scenario: Scenario, cut: datetime.date, escalations: tuple[Stage, ...]
    ) -> None:
        self.protocol, self.scenario, self.cut, self.stages = protocol, scenario, cut, escalations
        self.deciding = _deciding(protocol)
        self.window = datetime.timedelta(days=_window(protocol))

    def begun(self, number: int) -> _Trial:
        trial = _Trial(number, self.scenario.enrolment.first)
        self._open(trial, trial.opens)
        return trial

    def _open(self, trial: _Trial, day: datetime.date) -> None:
        """The next step of a trial is the first of its stage."""
        trial.opened += 1
        trial.next = self.stages[trial.stage].first()
        self._step(trial, day, trial.next, trial.next.action, trial.next.reason)

    def _step(self, trial: _Trial, day: datetime.date, decision: designs.Decision, action: str, reason: str) -> None:
        stage = self.stages[trial.stage]
        level, said = stage.declared.number(decision.level), stage.declared.spoken(reason)
        trial.steps.append(Step(trial.number, day, level, decision.subjects, action, said, stage.part))

    def enrol(self, seed: int, running: Sequence[_Trial]) -> tuple[Enrolled, dict[int, int]]:
        """The next cohort of every trial: its subjects, and how many of each trial came before the cut."""
        plan = [(trial, number) for trial in running for number in range(1, _wanted(self.scenario, trial) + 1)]
        trials = np.array([trial.number for trial, _ in plan], dtype=np.int64)
        subject = np.array([trial.enrolled + number for trial, number in plan], dtype=np.int64)
        waits = uniforms(seed, trials, subject, "arrival")
        rows: list[tuple[int, int, int, datetime.date]] = []
        came: dict[int, int] = {}
        day: datetime.date = self.scenario.enrolment.first
        for (trial, number), wait, who in zip(plan, waits.tolist(), subject.tolist(), strict=True):
            gap = -math.log1p(-wait) * MONTH / self.scenario.enrolment.per_month
            # the very first subject opens the trial; nobody is infused while it waits for a cohort's windows
            start = trial.opens if number == 1 else day
            day = start + datetime.timedelta(days=0 if who == 1 else min(math.ceil(gap), FAR_DAYS))
            if day > self.cut:
                continue
            assert trial.next is not None
            level = self.stages[trial.stage].declared.number(trial.next.level)
            assert level is not None
            rows.append((trial.number, who, level, day))
            came[trial.number] = came.get(trial.number, 0) + 1
        for trial in running:
            trial.enrolled += came.get(trial.number, 0)
            if trial.enrolled > MOST_SUBJECTS:
                raise InputError(
                    f"A virtual trial passed {MOST_SUBJECTS} subjects; set scenario › enrolment › subjects."
                )
        zero = np.array([row[3] for row in rows], dtype="datetime64[D]")
        enrolled = Enrolled(
            trial=np.array([row[0] for row in rows], dtype=np.int64),
            subject=np.array([row[1] for row in rows], dtype=np.int64),
            level=np.array([row[2] for row in rows], dtype=np.int64),
            day_zero=zero,
            last_day=(np.datetime64(self.cut) - zero).astype(np.int64),
        )
        return enrolled, came

    def decide(self, trial: _Trial) -> None:
        """What comes next in a trial."""
        closes = self.closed(trial)
        full = self.scenario.enrolment.subjects is not None and trial.enrolled >= self.scenario.enrolment.subjects
        if closes > self.cut or full or any(one.awaited for one in trial.people):
            trial.next = None
            return
        stage = self.stages[trial.stage]
        numbers = {level.level for level in stage.levels}
        here = [one for one in trial.people if one.level in numbers]
        if met := stopping(self.protocol, here):
            trial.next = None
            self._step(trial, closes, designs.Decision(None, "stop", "", 0), "stop", met)
            return
        made = decided(stage.design, outcomes.at_levels(here, stage.levels))
        trial.next, trial.opens = made.decision, closes + datetime.timedelta(days=1)
        self._step(trial, closes, made.decision, made.action, made.reason)
        if made.decision.level is None and made.action != "outside":
            self._go_on(trial, stage, closes)

    def _go_on(self, trial: _Trial, stage: Stage, closes: datetime.date) -> None:
        """To the next part, where there is one and what the part before found allows it."""
        if trial.stage + 1 == len(self.stages):
            return
        after = self.stages[trial.stage + 1]
        why = barred(stage, stage.design.select(self._seen(trial, stage)), after)
        trial.stage += 1
        if why is None:
            self._open(trial, closes)
        else:
            self._step(trial, closes, designs.Decision(None, "stop", "", 0), "stop", why)

    def _seen(self, trial: _Trial, stage: Stage) -> designs.Outcomes:
        people = outcomes.at_levels(trial.people, stage.levels)
        return designs.outcomes_of(len(stage.levels), outcomes.cohorts(people, evaluable=True))

    def closed(self, trial: _Trial) -> datetime.date:
        """The last day of the last DLT window."""
        return max(one.closes or one.first_infusion + self.window for one in trial.people)

    def end(self, trial: _Trial) -> End:
        """How the trial stands."""
        levels = [level.level for level in self.protocol.levels]
        at = {level: [one for one in trial.people if one.level == level] for level in levels}
        opened = self.stages[: trial.opened]
        seen = {stage.part: self._seen(trial, stage) for stage in opened}
        return End(
            treated=tuple(len(at[level]) for level in levels),
            dlts=tuple(sum(one.dlt is True for one in at[level]) for level in levels),
            outcomes=seen[opened[-1].part],
            last_window=self.closed(trial) if trial.people else self.scenario.enrolment.first,
            beside=trial.beside,
            finished=trial.steps[-1].level is None,
            selected={stage.part: stage.declared.number(stage.design.select(seen[stage.part])) for stage in opened},
        )


def _deciding(protocol: Protocol) -> Protocol:
    """The protocol without what a dose decision passes over: other sets, groups, and the definition of a DLT.

    Every virtual event has the investigator's call on record, and the call decides; the definition is only quoted
    beside it.
    """

    def called(rule: Dlt | None) -> Dlt | None:
        return None if rule is None else rule.model_copy(update={"definition": ()})

    return protocol.model_copy(
        update={
            "analysis_sets": tuple(one for one in protocol.analysis_sets if one.rule == "dlt-evaluable"),
            "groups": (),
            "dlt": called(protocol.dlt),
            "parts": tuple(part.model_copy(update={"dlt": called(part.dlt)}) for part in protocol.parts),
            "safety": protocol.safety.model_copy(update={"interest": ()}),
        }
    )


def _wanted(scenario: Scenario, trial: _Trial) -> int:
    assert trial.next is not None
    most = scenario.enrolment.subjects
    return trial.next.subjects if most is None else max(min(trial.next.subjects, most - trial.enrolled), 0)


def _add(running: Sequence[_Trial], treated: tuple[outcomes.Treated, ...]) -> None:
    """Each trial gets its own subjects, in the order of their first infusion."""
    by_trial: dict[int, list[outcomes.Treated]] = {}
    for one in treated:
        by_trial.setdefault(trial_of(one.subject), []).append(one)
    for trial in running:
        trial.people = (*trial.people, *by_trial.get(trial.number, ()))


def _count_beside(running: Sequence[_Trial], cohorts: Course) -> None:
    """Each trial counts the subjects with a DLT that the scenario's rates did not bring."""
    events, count = cohorts.events, len(cohorts.end_day)
    by_rate, beside = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    by_rate[events.row[events.kind == DLT]] = True
    beside[events.row[events.dlt]] = True
    numbers = cohorts.enrolled.trial[beside & ~by_rate].tolist()
    for trial in running:
        trial.beside += numbers.count(trial.number)


def trial_of(subject: str) -> int:
    """The number of the trial in a virtual subject's name."""
    return int(subject[1:].partition("-")[0])


def _window(protocol: Protocol) -> int:
    """Days from a first infusion to the end of the longest DLT window."""
    days = [0]
    for level in protocol.levels:
        rule = protocol.dlt_of(level)
        if rule is not None:
            last = protocol.schedule(level.schedule).days[-1] if rule.anchor == "last-infusion" else 0
            days.append(rule.window_days + last)
    return max(days)


def _records(
    protocol: Protocol, scenario: Scenario, seed: int, trials: Sequence[_Trial], parts: Sequence[Course]
) -> Records:
    """Everybody's records, those screened in vain among them."""
    made = [observe(protocol, scenario, seed, gathered(parts))]
    failed = _failures(scenario, seed, trials)
    if len(failed.trial):
        made.append(screen_failures(protocol, failed))
    return together(made)


def _failures(scenario: Scenario, seed: int, trials: Sequence[_Trial]) -> Failures:
    """Subjects screened in vain before each one enrolled: as many as the share of failures says, at random."""
    share = scenario.enrolment.screen_failures
    when = {one.subject: one.first_infusion for trial in trials for one in trial.people}
    names = sorted(when)
    if not names or share <= 0:
        return Failures.nobody()
    number = np.array([trial_of(name) for name in names], dtype=np.int64)
    subject = np.array([int(name.rpartition("-")[2]) for name in names], dtype=np.int64)
    vain = np.floor(np.log1p(-uniforms(seed, number, subject, "screen failures")) / math.log(share)).astype(np.int64)
    row = np.repeat(np.arange(len(names)), vain)
    order = np.concatenate([np.arange(count) for count in vain]) if len(vain) else vain
    day = np.array([when[names[one]] for one in row], dtype="datetime64[D]") - (20 + 5 * order).astype(int)
    return Failures.of(number[row], day)
