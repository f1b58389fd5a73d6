"""The course of the disease: the model solved from visit to visit, what is scored there, the steroid that follows.

The model is solved for all subjects together from one steroid decision to the next, because the dose that a score
brings changes what comes after. States are kept on every day, at the hour of an infusion and just before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from remit.biology import find, solver, steroid_factor
from remit.biology.manifestations import serology
from remit.biology.model import Model
from remit.errors import InputError, nearest
from remit.instruments.sledai_2k import CODES, SEROLOGY_ITEMS, WEIGHTS
from remit.protocol import Protocol
from remit.virtual import steroid
from remit.virtual.course import Array, Enrolled, Flags, Patients, Whole
from remit.virtual.numbers import normals, uniforms
from remit.virtual.scenario import Scenario
from remit.virtual.visits import NEVER, Calendar, schedule_days, window

STATES: Final = ("B", "Nb", "A", "C3", "L", "D", "X")
SETTINGS: Final = solver.Settings(relative_tolerance=1e-5, keep=STATES)
FEVER_WATCH_DAYS: Final = 15
"""IL-6 is read daily until this many days after the last planned infusion."""
_WEIGHT: Final = np.array([WEIGHTS[code] for code in CODES], dtype=float)
_CLINICAL: Final = np.array([code not in SEROLOGY_ITEMS for code in CODES])


@dataclass(frozen=True)
class Followed:
    """(subjects, visits) arrays as in `Course`, NaN after the end of observation; IL-6 is (subjects, days from 0)."""

    states: Array
    items: Flags
    pga: Array
    prednisone_mg: Array
    il6_daily: Array


def follow(
    protocol: Protocol, scenario: Scenario, seed: int, enrolled: Enrolled, who: Patients, when: Calendar, cells: Array
) -> Followed:
    """Solve and score every subject.

    cells    (subjects, infusions) 10^9 cells, 0 when not given
    raises   InputError when the model cannot be solved under the scenario's parameters
    """
    return _Following(protocol, scenario, seed, enrolled, who, when).run(
        _doses(protocol, find(scenario.model), who, when, cells)
    )


class _Following:
    """The arrays that fill up from decision to decision."""

    def __init__(
        self, protocol: Protocol, scenario: Scenario, seed: int, enrolled: Enrolled, who: Patients, when: Calendar
    ) -> None:
        self.model = find(scenario.model)
        self.protocol, self.who, self.when = protocol, who, when
        self.table = who.parameters.copy()
        self.shape = when.visit_day.shape
        count, visits = self.shape
        self.begin = _first_day(protocol)
        last = max(day for level in protocol.levels for day in schedule_days(protocol, level))
        self.states = np.full((count, visits, len(STATES)), np.nan)
        self.il6 = np.full((count, last + FEVER_WATCH_DAYS + 1), np.nan)
        self.items = np.zeros((count, visits, len(CODES)), dtype=bool)
        self.pga = np.full((count, visits), np.nan)
        self.prednisone = np.zeros((count, visits))
        noise = normals(seed, enrolled.trial, enrolled.subject, "global", (visits,))
        self.noise = noise * scenario.assays.pga_sd_points
        self.recorded = uniforms(seed, enrolled.trial, enrolled.subject, "global recorded", (visits,))
        self.recorded_share = 1.0 - scenario.visiting.pga_missing
        self.place = np.array([CODES.index(item) for item in who.baseline.items])

    def run(self, doses: Sequence[solver.Dose]) -> Followed:
        count, visits = self.shape
        entry = self.who.baseline.prednisone_mg
        dose = entry.copy()
        self.clinical_0 = self.who.baseline.present @ _WEIGHT[self.place]
        self.pga_0 = self.who.baseline.global_0_3.copy()
        self.verdict = np.full(count, steroid.HOLD)
        stepped = np.full(count, -NEVER)
        here = np.full(count, self.begin, dtype=np.int64)
        course: solver.Course | None = None
        rows = np.arange(count)
        done = 0
        for place in self._decisions():
            until = np.maximum(self.when.visit_day[:, place], here + 1)
            rows, course = self._advance(rows, course, doses, here, until)
            for visit in range(done, place + 1):
                self._score(visit)
                if visit < place:
                    self.prednisone[:, visit] = dose
            day = self.when.visit_day[:, place]
            due = self.when.attended[:, place] & (day - stepped >= steroid.STEP_DAYS)
            verdict = np.where(self.when.attended[:, place], self.verdict, steroid.HOLD)
            new = steroid.next_dose(verdict, dose, entry, due)
            stepped = np.where(new != dose, day, stepped)
            dose = new
            self.prednisone[:, place] = dose
            self.table[:, self.model.parameter("Est")] = steroid_factor(dose, entry)
            here, done = until, place + 1
        if done < visits:
            until = np.maximum(here + 1, self.when.visit_day.max(axis=1, initial=0, where=self.when.visit_day != NEVER))
            self._advance(rows, course, doses, here, until)
            for visit in range(done, visits):
                self._score(visit)
                self.prednisone[:, visit] = dose
        return Followed(self.states, self.items, self.pga, self.prednisone, self.il6)

    def _decisions(self) -> list[int]:
        """Visits at which the steroid may change: the first scored one after treatment, and every later one."""
        planned = [(place, visit) for place, visit in enumerate(self.protocol.visits) if visit.day is not None]
        scored = [place for place, visit in planned if (visit.day or 0) > 0 and "SLEDAI-2K" in visit.assessments]
        return [place for place, _ in planned if scored and place >= scored[0]]

    def _advance(
        self,
        rows: Whole,
        course: solver.Course | None,
        doses: Sequence[solver.Dose],
        here: Whole,
        until: Whole,
    ) -> tuple[Whole, solver.Course | None]:
        """Solve those still observed from `here` to `until` and keep what visits and the fever need."""
        going = self.when.end_day[rows] >= here[rows]
        if course is not None:
            course = _of(course, going)
        rows = rows[going]
        if len(rows) == 0:
            return rows, course
        start, end = here[rows], until[rows]
        grid = _days_between(start, end)
        given = [_later(one, rows, start) for one in doses]
        if course is None:
            course = solver.solve(self.model, self.table[rows], given, grid, SETTINGS)
        else:
            course = solver.resume(self.model, self.table[rows], course, given, grid, SETTINGS)
        if len(course.failed):
            raise InputError(
                f"scenario › parameters: the model cannot be solved for {len(course.failed)} subjects: "
                f"{solver.REASONS[int(course.status[course.failed[0]])]}."
            )
        self._keep(rows, start, end, course.values)
        return rows, course

    def _keep(self, rows: Whole, start: Whole, end: Whole, values: Array) -> None:
        last = values.shape[1] - 1
        day = self.when.visit_day[rows]
        inside = (day > start[:, None]) & (day <= end[:, None])
        inside &= day <= self.when.end_day[rows, None]
        row, visit = np.nonzero(inside)
        self.states[rows[row], visit] = values[row, last - (end[row] - day[row, visit])]
        watched = np.arange(self.il6.shape[1])
        inside = (watched > start[:, None]) & (watched <= end[:, None])
        row, at = np.nonzero(inside)
        self.il6[rows[row], at] = values[row, last - (end[row] - at), STATES.index("X")]

    def _score(self, visit: int) -> None:
        """Items and global at one visit; the verdict of whoever was scored there."""
        planned = self.protocol.visits[visit].assessments
        attended = self.when.attended[:, visit]
        activity = self.states[:, visit, STATES.index("D")]
        baseline = self.who.baseline
        on = np.zeros((len(activity), len(CODES)), dtype=bool)
        on[:, self.place] = activity[:, None] > baseline.threshold
        binding, low = serology(*(self.states[:, visit, STATES.index(name)] for name in ("A", "C3")))
        on[:, CODES.index("dna_binding")] = binding
        on[:, CODES.index("low_complement")] = low
        self.items[:, visit] = on
        if "PGA" in planned:
            value = baseline.global_0_3 * np.maximum(activity, 0.0) ** 1.12 + self.noise[:, visit]
            said = attended & (self.recorded[:, visit] < self.recorded_share)
            self.pga[:, visit] = np.where(said, np.round(np.clip(value, 0.0, 3.0), 1), np.nan)
        if "SLEDAI-2K" not in planned:
            return
        if (self.protocol.visits[visit].day or 0) <= 0:
            self.pga_0 = np.where(np.isnan(self.pga[:, visit]), self.pga_0, self.pga[:, visit])
            return
        clinical = on[:, _CLINICAL] @ _WEIGHT[_CLINICAL]
        found = steroid.verdict(clinical, self.clinical_0, self.pga[:, visit], self.pga_0)
        self.verdict = np.where(attended, found, self.verdict)


def _first_day(protocol: Protocol) -> int:
    """A day before everything: the same for every subject of a protocol."""
    conditioned = [day for agent in protocol.conditioning for day in agent.days]
    visited = [window(visit)[0] for visit in protocol.visits if visit.day is not None]
    return min([0, *conditioned, *visited]) - 1


def _doses(protocol: Protocol, model: Model, who: Patients, when: Calendar, cells: Array) -> list[solver.Dose]:
    surface = who.parameters[:, model.parameter("BSA")]
    size = {"mg/m2/d": np.ones_like(surface), "mg/kg/d": who.weight_kg / surface, "mg/d": 1.0 / surface}
    known = [route.key for route in model.routes]
    conditioning = []
    for agent in protocol.conditioning:
        if agent.drug not in known:
            raise InputError(f"conditioning › {agent.drug}: the model has no such drug.{nearest(agent.drug, known)}")
        for day in agent.days:
            conditioning.append(
                solver.Dose(agent.drug, np.full(len(cells), float(day)), agent.amount * size[agent.unit])
            )
    infusions = when.infusion_day.astype(float)
    return conditioning + [solver.Dose("car-nk", infusions[:, n], cells[:, n]) for n in range(cells.shape[1])]


def _later(dose: solver.Dose, rows: Whole, start: Whole) -> solver.Dose:
    """The dose for these subjects; what was given before the start is no dose at it."""
    day, amount = np.asarray(dose.day)[rows], np.asarray(dose.amount)[rows]
    past = day < start
    return solver.Dose(dose.route, np.where(past, start, day), np.where(past, 0.0, amount))


def _of(course: solver.Course, going: Flags) -> solver.Course:
    """The end of a course, which is all that going on needs, for some of its subjects."""
    return replace(
        course,
        days=course.days[going, -1:],
        values=course.values[going, -1:],
        status=course.status[going],
        end=course.end[going],
        end_step=course.end_step[going],
        steps=course.steps[going],
    )


def _days_between(start: Whole, end: Whole) -> Array:
    """(subjects, days) every day to `end`; short courses are filled up after their start, which changes no step."""
    length = int((end - start).max()) + 1
    days = (end[:, None] - np.arange(length - 1, -1, -1)[None, :]).astype(float)
    filled = start[:, None] + np.arange(length)[None, :] * 1e-6
    days = np.where(days <= start[:, None], filled, days)
    days[:, 0] = start
    return days
