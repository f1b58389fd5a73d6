"""When things happen to a subject: infusions, visits, and the end of observation.

Day 0 is the first infusion. A failed lot delays its infusion by two days and the visit goes with it; every other visit
falls near its planned day and inside its window. Infusions stop at a dose-limiting toxicity. All of it is the
scenario's assumption; nothing depends on how a subject fares but death and those stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from remit.errors import InputError
from remit.protocol import Level, Protocol, Visit
from remit.virtual.course import COMPLETED, DIED, LOST, ONGOING, WITHDRAWN, Array, Enrolled, Flags, Whole
from remit.virtual.numbers import normals, uniforms
from remit.virtual.scenario import Scenario

NEVER: Final = 99_999
"""Stands for a day that does not come: an unplanned visit, no toxicity."""
DELAY_DAYS: Final = 2
EARLY_DAYS, EARLY_SHARE = 28, 0.3
"""Up to this day visits keep closer to their plan: by this share of the usual spread. Assumed."""
YEAR_DAYS: Final = 365.25


@dataclass(frozen=True)
class Calendar:
    """Protocol days, one row per subject.

    infusion_day    (subjects, infusions), -1 when not given
    visit_day       (subjects, visits), NEVER where the protocol plans no day
    attended        (subjects, visits)
    end_day, end_reason    (subjects,) as in `Course`
    """

    infusion_day: Whole
    visit_day: Whole
    attended: Flags
    end_day: Whole
    end_reason: Whole


def calendar(protocol: Protocol, scenario: Scenario, seed: int, enrolled: Enrolled, toxic_day: Whole) -> Calendar:
    """The days of every subject.

    toxic_day   (subjects,) onset of a dose-limiting toxicity, after which nothing more is infused; NEVER without
    raises      InputError: more infusions than there are lots
    """
    visits = len(protocol.visits)
    infusions = planned_infusions(protocol, enrolled.level)
    _check_lots(scenario, enrolled, infusions)
    chance = uniforms(seed, enrolled.trial, enrolled.subject, "calendar", (infusions.shape[1] + visits + 3,))
    failed, missed, ends = np.split(chance, [infusions.shape[1], infusions.shape[1] + visits], axis=1)
    infused = _delayed(infusions, failed < scenario.enrolment.failed_lots)
    moved = normals(seed, enrolled.trial, enrolled.subject, "visit days", (visits,)) * scenario.visiting.late_sd_days
    visit_day = _visit_days(protocol, infusions, infused, moved)
    last_infusion = infused.max(axis=1, initial=0, where=infused != NEVER)
    kept = (visit_day <= last_infusion[:, None]) | (missed >= scenario.visiting.missed)
    kept &= visit_day != NEVER
    end_day, reason = _ends(scenario, enrolled, visit_day, kept, ends, last_infusion)
    attended = kept & (visit_day <= end_day[:, None])
    attended &= ~((reason == DIED)[:, None] & (visit_day == end_day[:, None]))
    given = (infused <= end_day[:, None]) & (infused <= toxic_day[:, None])
    return Calendar(np.where(given, infused, -1), visit_day, attended, end_day, reason)


def level_at(protocol: Protocol, level: Whole) -> Whole:
    """(subjects,) position in protocol.levels of a level's number.

    raises   InputError for a level that the protocol does not have
    """
    numbers = [one.level for one in protocol.levels]
    known = np.array(numbers)
    order = np.argsort(known)
    place = np.asarray(order[np.searchsorted(known[order], level).clip(max=len(known) - 1)], dtype=np.int64)
    if not (known[place] == level).all():
        raise InputError(f"enrolled: a level is not one of the protocol's: {', '.join(str(one) for one in numbers)}.")
    return place


def schedule_days(protocol: Protocol, level: Level) -> tuple[int, ...]:
    """The protocol days on which a level is infused."""
    schedule = protocol.schedule(level.schedule)
    if schedule.daily_through is None:
        return schedule.days
    return tuple(range(schedule.days[0], schedule.daily_through + 1))


def planned_infusions(protocol: Protocol, level: Whole) -> Whole:
    """(subjects, infusions) planned days, as many columns as the longest schedule has; NEVER where there are fewer."""
    days = [schedule_days(protocol, one) for one in protocol.levels]
    table = np.full((len(days), max(len(one) for one in days)), NEVER, dtype=np.int64)
    for row, one in enumerate(days):
        table[row, : len(one)] = one
    return np.asarray(table[level_at(protocol, level)])


def _check_lots(scenario: Scenario, enrolled: Enrolled, infusions: Whole) -> None:
    lots = scenario.enrolment.lots
    needed = int(((infusions != NEVER).sum(axis=1) * enrolled.subject).max(initial=0))
    if lots is not None and needed > lots:
        raise InputError(
            f"scenario › enrolment › lots: {lots} are too few for the {needed} infusions planned up to the last "
            "subject; give more, or set enrolment › subjects lower."
        )


def _delayed(planned: Whole, failed: Flags) -> Whole:
    """The first infusion defines day 0, so that only later ones can be late."""
    day = planned.copy()
    for number in range(1, day.shape[1]):
        late = planned[:, number] + DELAY_DAYS * failed[:, number]
        day[:, number] = np.where(planned[:, number] == NEVER, NEVER, np.maximum(late, day[:, number - 1] + 1))
    return day


def _visit_days(protocol: Protocol, planned: Whole, infused: Whole, moved: Array) -> Whole:
    conditioned = {day for agent in protocol.conditioning for day in agent.days}
    day = np.full(moved.shape, NEVER, dtype=np.int64)
    for place, visit in enumerate(protocol.visits):
        if visit.day is None:
            continue
        low, high = window(visit)
        scale = 0.0 if visit.day in conditioned else EARLY_SHARE if 0 <= visit.day <= EARLY_DAYS else 1.0
        near = np.clip(np.rint(visit.day + moved[:, place] * scale), low, high).astype(np.int64)
        match = planned == visit.day
        here = match.any(axis=1)
        with_infusion = np.where(match, infused, 0).sum(axis=1)
        day[:, place] = np.where(here, with_infusion, near)
        if place:
            # a visit never falls on or before the one before it, as far as its window allows
            before = day[:, place - 1]
            behind = ~here & (before != NEVER) & (day[:, place] <= before)
            day[:, place] = np.where(behind, np.maximum(np.minimum(before + 1, high), day[:, place]), day[:, place])
    return day


def window(visit: Visit) -> tuple[int, int]:
    """First and last protocol day that count as a visit with a planned day."""
    assert visit.day is not None
    return visit.window if visit.window is not None else (visit.day, visit.day)


def _ends(
    scenario: Scenario, enrolled: Enrolled, visit_day: Whole, kept: Flags, chance: Array, last_infusion: Whole
) -> tuple[Whole, Whole]:
    last_visit = visit_day.max(axis=1, initial=0, where=visit_day != NEVER)
    withdrawn = _waiting(chance[:, 0], scenario.visiting.withdrawn_per_year)
    # nobody is lost between two infusions
    lost = last_infusion + _waiting(chance[:, 1], scenario.visiting.lost_per_year)
    died = _waiting(chance[:, 2], scenario.events.deaths_per_year)
    days = np.stack([died, withdrawn, lost, last_visit, enrolled.last_day])
    reasons = np.array([DIED, WITHDRAWN, LOST, COMPLETED, ONGOING])
    first = days.argmin(axis=0)
    end, reason = days.min(axis=0), reasons[first]
    # whoever is lost was last seen at the last visit kept
    contact = np.where(kept & (visit_day <= end[:, None]), visit_day, 0).max(axis=1, initial=0)
    return np.where(reason == LOST, np.maximum(contact, last_infusion), end), reason


def _waiting(chance: Array, per_year: float) -> Whole:
    if per_year <= 0:
        return np.full(len(chance), NEVER, dtype=np.int64)
    days = np.ceil(-np.log1p(-chance) / per_year * YEAR_DAYS)
    return np.clip(days, 1, NEVER).astype(np.int64)
