"""The compiled trial: one loop through the arrivals, the same for every design."""

from __future__ import annotations

import math

import numpy as np

from remit.designs.calendar import scene
from remit.designs.calendar.clockwork import arrival_gap, course, dlt_day, followed
from remit.designs.calendar.machine import compiled
from remit.designs.calendar.rulings import (
    END,
    WAIT,
    adaptive_weight,
    boin,
    open_for_backfill,
    posterior,
    rolling_six,
    three_plus_three,
    tite_boin,
    tite_crm,
)
from remit.designs.calendar.scene import DLT, FAILED, LEFT, NOTHING, Clock, Floats, Log, Rule, Tables, Tally, World

PAUSE, LEAVE = 1, 2


@compiled
def run(clock: Clock, rule: Rule, tables: Tables, world: World, numbers: Floats, log: Log, tally: Tally) -> int:
    """Simulate one trial per row of numbers (trials, candidates, 6) into the tally; the log keeps the last one.

    returns   FINISHED, or OUT_OF_CANDIDATES when a trial needs more candidates than there are
    """
    move, eliminated, unsafe, switches = tables.move, tables.eliminated, tables.unsafe, tables.switches
    rates, infusions = world.rates, world.infusions
    log_level, log_cohort, log_outcome, log_resolved = log.level, log.cohort, log.outcome, log.resolved
    log_treated, treated_at = log.treated, tally.treated
    levels, rolling = rule.levels, rule.kind == scene.ROLLING
    n, y, pending = np.zeros(levels, np.int64), np.zeros(levels, np.int64), np.zeros(levels, np.int64)
    known, partial_levels = np.zeros(levels, np.int64), np.zeros(len(log.level), np.int64)
    first_at, responded = np.zeros(levels), np.zeros(levels)
    waiting, weights, events = np.zeros(len(log.level), np.int64), np.zeros(len(log.level)), np.zeros(len(log.level))
    height = np.zeros(len(tables.nodes))
    for trial in range(len(numbers)):
        n[:], y[:], pending[:], first_at[:], responded[:] = 0, 0, 0, math.inf, math.inf
        level, size, closed, cohort = rule.start, rule.cohort, levels + 1, 1
        enrolled = count = known_dlts = members = member_dlts = member_open = placed = 0
        now = arrived = 0.0
        last_treated, cohort_begun, ended = -math.inf, False, False
        candidate = -1
        while not ended:
            candidate += 1
            if candidate >= numbers.shape[1]:
                return scene.OUT_OF_CANDIDATES
            arrived = (now if clock.closed == PAUSE else arrived) + arrival_gap(
                clock, numbers[trial, candidate, scene.GAP]
            )
            now = max(now, arrived)
            place, backfill = WAIT, False
            while True:
                at = 0
                while at < count:
                    s = waiting[at]
                    if log_resolved[s] > now:
                        at += 1
                        continue
                    count -= 1
                    waiting[at] = waiting[count]
                    k, ours = log_level[s] - 1, log_cohort[s] == cohort
                    pending[k] -= 1
                    member_open -= ours
                    if log_outcome[s] == DLT:
                        y[k] += 1
                        member_dlts += ours
                        events[known_dlts] = followed(clock, infusions, log_resolved[s] - log_treated[s])
                        known_dlts += 1
                    elif log_outcome[s] != NOTHING:
                        n[k] -= 1
                        members -= ours
                        placed -= log_cohort[s] > 0
                if not rolling and members < size:
                    place = level
                    break
                certain = rule.kind != scene.BACKFILL
                for at in range(count):
                    certain = certain and log_outcome[waiting[at]] <= DLT
                if placed >= rule.total and (count == 0 or certain):
                    ended = True
                    break
                place, wished = WAIT, rule.cohort
                if rolling:
                    place = rolling_six(rule, level, n, y, pending)
                elif rule.kind == scene.TITE_BOIN or rule.kind == scene.TITE_CRM:
                    follow_up, partial = 0.0, 0
                    if placed < rule.total:
                        for at in range(count):
                            one = waiting[at]
                            share = followed(clock, infusions, now - log_treated[one])
                            if log_level[one] == level:
                                follow_up += share
                            if rule.adaptive and known_dlts > 0:
                                share = adaptive_weight(share, events, known_dlts)
                            partial_levels[partial], weights[partial] = log_level[one], share
                            partial += 1
                        if rule.kind == scene.TITE_BOIN:
                            place, closed = tite_boin(
                                rule, eliminated, level, n, y, pending[level - 1], follow_up, closed
                            )
                        else:
                            known[:] = n - pending - y
                            b, doubt = posterior(tables, y, known, partial_levels, weights, partial, height)
                            place = tite_crm(rule, switches, level, b, doubt, members, member_dlts)
                            closed = 1 if place == END else closed
                elif member_open == 0:
                    if placed >= rule.total:
                        place = END
                    elif rule.kind == scene.THREE:
                        place, wished = three_plus_three(rule, level, n, y)
                    else:
                        known[:] = n - pending
                        place, closed = boin(rule, move, eliminated, unsafe, level, known, y, closed)
                if place == END:
                    ended = True
                    break
                if place > 0:
                    if not rolling or place != level:
                        cohort += 1
                        members = member_dlts = member_open = 0
                        cohort_begun = False
                    level, size = place, min(wished, rule.total - placed)
                    break
                if rule.kind == scene.BACKFILL:
                    place = open_for_backfill(rule, move, level, n, y, pending, responded, now)
                    if place > 0:
                        backfill = True
                        break
                if clock.closed == LEAVE:
                    tally.turned_away[trial] += 1
                    break
                later = math.inf
                for at in range(count):
                    later = min(later, log_resolved[waiting[at]])
                for day in responded:
                    if day > now:
                        later = min(later, day)
                now = later
            if ended or place <= 0:
                continue
            k, s = place - 1, enrolled
            earliest = -math.inf
            if not backfill:
                earliest = last_treated + (
                    clock.stagger_subjects if cohort_begun else max(clock.stagger_subjects, clock.stagger_cohorts)
                )
                if treated_at[trial, k] == 1:
                    earliest = max(earliest, first_at[k] + clock.stagger_first)
            log.candidate[s], log.enrolled[s] = candidate, now
            log_level[s], log_cohort[s] = place, 0 if backfill else cohort
            released = now + clock.manufacturing
            if numbers[trial, candidate, scene.MAKING] < clock.failure:
                log_treated[s], log_resolved[s], log_outcome[s] = math.inf, released, FAILED
                tally.failed[trial] += 1
            else:
                toxic_after = math.inf
                if numbers[trial, candidate, scene.TOXIC] < rates[k]:
                    toxic_after = dlt_day(
                        clock,
                        infusions,
                        rates[k],
                        world.log_clear[k],
                        world.one_over_shape[k],
                        numbers[trial, candidate, scene.ONSET],
                    )
                leaving = numbers[trial, candidate, scene.LEAVING]
                log_treated[s], log_resolved[s], log_outcome[s] = course(
                    clock, released, earliest, toxic_after, leaving
                )
                treated_at[trial, k] += 1
                tally.dlts[trial, k] += log_outcome[s] == DLT
                tally.evaluable[trial, k] += log_outcome[s] <= DLT
                tally.left[trial] += log_outcome[s] == LEFT
                tally.backfilled[trial, k] += backfill
                first_at[k] = min(first_at[k], log_treated[s])
                if not backfill:
                    last_treated, cohort_begun = log_treated[s], True
                if log_outcome[s] != LEFT and numbers[trial, candidate, scene.RESPONDING] < world.responses[k]:
                    responded[k] = min(responded[k], log_treated[s] + clock.watched)
            tally.days[trial] = max(tally.days[trial], log_resolved[s])
            n[k] += 1
            pending[k] += 1
            if not backfill:
                members += 1
                member_open += 1
                placed += 1
            waiting[count] = s
            count += 1
            enrolled += 1
        tally.closed[trial], tally.enrolled[trial] = closed, enrolled
    return scene.FINISHED
