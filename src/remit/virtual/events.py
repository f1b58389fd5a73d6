"""Adverse events: dose-limiting toxicity by the scenario's rates, cytokine release, infections, cytopenias, others.

Whether a subject has a dose-limiting toxicity compares one number of the subject's own with the rate of the level
received: two designs that meet the same subject at the same level see the same answer, and at a higher level at least
as much. Durations and grades are assumed; a dose-limiting event lasts long enough to meet the protocol's definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from remit.errors import InputError
from remit.protocol import Protocol
from remit.virtual.course import (
    CRS,
    CYTOPENIA,
    DIED,
    DLT,
    INFECTION,
    OTHER,
    Array,
    Enrolled,
    Events,
    Flags,
    Whole,
)
from remit.virtual.fever import Fever
from remit.virtual.numbers import uniforms
from remit.virtual.scenario import Scenario
from remit.virtual.terms import DEATH, TERMS, Term, of_kind
from remit.virtual.visits import NEVER, Calendar, level_at, schedule_days

__all__ = ["TERMS", "Term", "Toxicity", "events", "toxicity"]

MONTH_DAYS: Final = 30.4375
B_CELL_FREE_DAYS: Final = 90
MOST: Final = 24
"""No subject has more infections, nor more other events, than this."""
DLT_DAYS: Final = (10, 35)
"""A dose-limiting event lasts this long: over 7 days at its grade, as definitions ask."""


@dataclass(frozen=True)
class Toxicity:
    """(subjects,) each: whether there is a dose-limiting toxicity, its onset (NEVER without), term, grade, length."""

    happens: Flags
    day: Whole
    term: Whole
    grade: Whole
    days: Whole


def toxicity(protocol: Protocol, scenario: Scenario, seed: int, enrolled: Enrolled) -> Toxicity:
    """Who has a dose-limiting toxicity at the level received, beside what cytokine release brings.

    raises   InputError: not one rate per level
    """
    if len(scenario.dlt_rates) != len(protocol.levels):
        raise InputError(
            f"scenario › dlt_rates: has {len(scenario.dlt_rates)} values; the protocol has {len(protocol.levels)} "
            "levels, and each needs one."
        )
    place = level_at(protocol, enrolled.level)
    chance = uniforms(seed, enrolled.trial, enrolled.subject, "toxicity", (5,))
    windows = np.array([_window(protocol, position) for position in range(len(protocol.levels))])[place]
    happens = (chance[:, 0] < np.array(scenario.dlt_rates)[place]) & (windows > 0)
    day = 1 + np.floor(chance[:, 1] * windows).astype(np.int64)
    low, high = DLT_DAYS
    return Toxicity(
        happens=happens,
        day=np.where(happens, day, NEVER),
        term=_one_of(DLT, chance[:, 2]),
        grade=np.where(chance[:, 3] < 0.25, 4, 3),
        days=(low + np.floor(chance[:, 4] * (high - low + 1))).astype(np.int64),
    )


def events(
    protocol: Protocol,
    scenario: Scenario,
    seed: int,
    enrolled: Enrolled,
    when: Calendar,
    toxic: Toxicity,
    feverish: Fever,
) -> Events:
    """All events that begin under observation, in the order of subject, onset and term."""
    at = enrolled.trial, enrolled.subject
    rates = scenario.events
    parts = [_dlt_events(toxic), _crs_events(protocol, enrolled, feverish), _deaths(protocol, enrolled, when)]
    if protocol.conditioning:
        parts.append(_cytopenias(rates.cytopenia, uniforms(seed, *at, "cytopenia", (4,))))
    infections = uniforms(seed, *at, "infections", (MOST, 5))
    parts.append(_repeated(infections, rates.infections_per_month, 2.0, INFECTION, rates.serious_infections))
    others = uniforms(seed, *at, "other events", (MOST, 5))
    parts.append(_repeated(others, rates.other_per_month, 1.0, OTHER, 0.0))
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
    seen = np.flatnonzero(joined["start"] <= when.end_day[joined["row"]])
    order = seen[np.lexsort((joined["term"][seen], joined["start"][seen], joined["row"][seen]))]
    return Events(**{name: values[order] for name, values in joined.items()})


def _window(protocol: Protocol, position: int) -> int:
    level = protocol.levels[position]
    rule = protocol.dlt_of(level)
    if rule is None:
        return 0
    last = schedule_days(protocol, level)[-1] if rule.anchor == "last-infusion" else 0
    return rule.window_days + last


def _one_of(kind: int, chance: Array) -> Whole:
    places, shares = of_kind(kind)
    return np.array(places)[np.searchsorted(np.array(shares)[:-1], chance, side="right")]


def _of(
    kind: int,
    row: Whole,
    term: Whole,
    start: Whole,
    end: Whole,
    grade: Whole,
    *,
    serious: Flags,
    related: bool,
    dlt: Flags | None = None,
) -> Events:
    count = len(row)
    return Events(
        row=row,
        kind=np.full(count, kind),
        term=term,
        start=start,
        end=end,
        grade=grade,
        serious=serious,
        related=np.full(count, related),
        dlt=np.zeros(count, dtype=bool) if dlt is None else dlt,
    )


def _dlt_events(toxic: Toxicity) -> Events:
    row = np.flatnonzero(toxic.happens)
    start = toxic.day[row]
    yes = np.ones(len(row), dtype=bool)
    end = start + toxic.days[row]
    return _of(DLT, row, toxic.term[row], start, end, toxic.grade[row], serious=yes, related=True, dlt=yes)


def _crs_events(protocol: Protocol, enrolled: Enrolled, feverish: Fever) -> Events:
    row = np.flatnonzero(feverish.day >= 0)
    grade = feverish.grade[row]
    least = np.array([_crs_dlt_grade(protocol, position) for position in range(len(protocol.levels))])
    windows = np.array([_window(protocol, position) for position in range(len(protocol.levels))])
    place = level_at(protocol, enrolled.level[row])
    start = feverish.day[row]
    dlt = (grade >= least[place]) & (start <= windows[place])
    term = _one_of(CRS, np.zeros(len(row)))
    end = start + feverish.days[row]
    return _of(CRS, row, term, start, end, grade, serious=grade >= 2, related=True, dlt=dlt)


def _crs_dlt_grade(protocol: Protocol, position: int) -> int:
    """The lowest grade of cytokine release that the level's definition counts; 9 when it counts none."""
    rule = protocol.dlt_of(protocol.levels[position])
    keys = {one.key for one in protocol.safety.interest if TERMS[_CRS_TERM].decod in one.terms}
    lines = rule.definition if rule is not None else ()
    counted = [line.at_least_grade or 1 for line in lines if line.counts and line.interest in keys]
    return min(counted, default=9)


_CRS_TERM: Final = of_kind(CRS)[0][0]


def _deaths(protocol: Protocol, enrolled: Enrolled, when: Calendar) -> Events:
    row = np.flatnonzero(when.end_reason == DIED)
    day = when.end_day[row]
    windows = np.array([_window(protocol, position) for position in range(len(protocol.levels))])
    yes = np.ones(len(row), dtype=bool)
    dlt = day <= windows[level_at(protocol, enrolled.level[row])]
    term, grade = np.full(len(row), DEATH), np.full(len(row), 5)
    return _of(OTHER, row, term, day, day, grade, serious=yes, related=False, dlt=dlt)


def _cytopenias(share: float, chance: Array) -> Events:
    """Neutrophils fall in the first week after the cells, as conditioning makes them, and are back in two weeks."""
    row = np.flatnonzero(chance[:, 0] < share)
    start = 1 + np.floor(chance[row, 1] * 6).astype(np.int64)
    days = 4 + np.floor(chance[row, 2] * 9).astype(np.int64)
    grade = np.where(chance[row, 3] < 0.3, 4, 3)
    none = np.zeros(len(row), dtype=bool)
    return _of(
        CYTOPENIA, row, _one_of(CYTOPENIA, chance[row, 3]), start, start + days, grade, serious=none, related=False
    )


def _repeated(chance: Array, per_month: float, early: float, kind: int, severe: float) -> Events:
    """Events at a rate, `early` times as high in the first 90 days; grade 1 or 2, or 3 for the share that is severe."""
    none = np.zeros(0, dtype=np.int64)
    if per_month <= 0:
        return _of(kind, none, none, none, none, none, serious=none.astype(bool), related=False)
    spent = np.cumsum(-np.log1p(-chance[:, :, 0]), axis=1) * MONTH_DAYS / per_month
    first = B_CELL_FREE_DAYS * early
    day = np.where(spent < first, spent / early, B_CELL_FREE_DAYS + spent - first)
    row, place = np.nonzero(day < NEVER)
    start = np.floor(day[row, place]).astype(np.int64)
    term, gravity, length = (chance[row, place, column] for column in (1, 2, 3))
    grave = gravity < severe
    days = np.floor(np.where(grave, 10 + 15 * length, 2 + 10 * length)).astype(np.int64)
    mild = np.where(chance[row, place, 4] < 0.4, 2, 1)
    grade = np.where(grave, 3, mild)
    return _of(kind, row, _one_of(kind, term), start, start + days, grade, serious=grave, related=False)
