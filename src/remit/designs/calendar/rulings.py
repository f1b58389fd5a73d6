"""The decisions of the designs, compiled. Levels count from 1; END ends the trial, WAIT waits.

n counts everybody at a level who is not lost, pending subjects included; y the DLTs seen. The rules themselves are
explained where they are written to be read: `remit.designs.boin`, `tite_boin`, `crm`, `three_plus_three`, and here in
`rolling_six.py` and `backfill.py`.
"""

from __future__ import annotations

import math

from remit.designs.calendar import scene
from remit.designs.calendar.machine import compiled
from remit.designs.calendar.scene import Bytes, Floats, Integers, Rule, Tables

END, WAIT = 0, -1


@compiled
def lowest_closed(eliminated: Bytes, n: Integers, y: Integers, closed: int) -> int:
    """The lowest level eliminated now or before."""
    for level in range(1, min(closed, len(n) + 1)):
        if eliminated[n[level - 1], y[level - 1]]:
            return level
    return closed


@compiled
def conflict_free(table: Bytes, level: int, n: Integers, y: Integers) -> int:
    """BF-BOIN: the level to go to when lower levels, with their backfill, may contradict the current one."""
    move = table[n[level - 1], y[level - 1]]
    lowest = 0
    for k in range(1, level):
        if n[k - 1] > 0:
            below = table[n[k - 1], y[k - 1]]
            if (move > 0 and below <= 0) or (move <= 0 and below < 0):
                lowest = k
    if lowest == 0:
        return int(level + move)
    subjects, dlts, goal = 0, 0, lowest - 1
    for k in range(lowest, level + 1):
        subjects += n[k - 1]
        dlts += y[k - 1]
        if table[subjects, dlts] >= 0:
            goal = k
    pooled = table[subjects, dlts]
    return int(goal if pooled < 0 else level + pooled)


@compiled
def boin(
    rule: Rule, move: Bytes, eliminated: Bytes, unsafe: Bytes, level: int, n: Integers, y: Integers, closed: int
) -> tuple[int, int]:
    """BOIN and BF-BOIN on complete windows: next level, and the lowest closed one."""
    closed = lowest_closed(eliminated, n, y, closed)
    if rule.kind == scene.BACKFILL:
        goal = conflict_free(move, level, n, y)
        if closed <= level:
            return min(max(goal, 1), closed - 1), closed
    else:
        goal = level + move[n[level - 1], y[level - 1]]
        if closed <= level:
            return closed - 1, closed
    if level == 1 and unsafe[n[0], y[0]]:
        return END, 1
    goal = max(min(goal, rule.levels, closed - 1), 1)
    if n[level - 1] >= rule.early and (goal == level or rule.plain):
        return END, closed
    return goal, closed


@compiled
def tite_boin(
    rule: Rule, eliminated: Bytes, level: int, n: Integers, y: Integers, pending: int, follow_up: float, closed: int
) -> tuple[int, int]:
    """TITE-BOIN: n with, y without the pending; follow_up in windows, added up over those pending at the level."""
    closed = lowest_closed(eliminated, n, y, closed)
    if closed <= level:
        return closed - 1, closed
    here = n[level - 1]
    if pending > rule.most_pending * here:
        return WAIT, closed
    effective = here - pending + follow_up
    if effective <= 0:
        return level, closed
    rate = y[level - 1] / effective
    if rate <= rule.escalate and level < rule.levels and closed != level + 1:
        return level + 1, closed
    if rate >= rule.de_escalate and level > 1:
        return level - 1, closed
    return level, closed


@compiled
def posterior(
    tables: Tables, y: Integers, complete: Integers, levels: Integers, weights: Floats, partial: int, height: Floats
) -> tuple[float, float]:
    """TITE-CRM: posterior mean of b, and the probability that level 1 is too toxic.

    complete         subjects with a complete window and no DLT, per level
    levels, weights  of the first `partial` entries: subjects still in their window
    height           (nodes,) is overwritten
    """
    top = -math.inf
    for node in range(len(tables.nodes)):
        total = 0.0
        for k in range(len(y)):
            if y[k] > 0:
                total += y[k] * tables.toxic[k, node]
            if complete[k] > 0:
                total += complete[k] * tables.clear[k, node]
        height[node] = total
        top = max(top, total)
    mass, first, unsafe = 0.0, 0.0, 0.0
    for node in range(len(tables.nodes)):
        value = tables.base[node] * math.exp(height[node] - top)
        for one in range(partial):
            value *= 1 - weights[one] * tables.curve[levels[one] - 1, node]
        mass += value
        first += value * tables.nodes[node]
        unsafe += value * tables.over[node]
    return first / mass, unsafe / mass


@compiled
def tite_crm(rule: Rule, switches: Floats, level: int, b: float, unsafe: float, latest: int, latest_dlts: int) -> int:
    """TITE-CRM: the level closest to the target, one level up at most and none after a toxic cohort."""
    if unsafe > rule.certainty:
        return END
    goal = 1
    for switch in switches:
        if switch < b:
            goal += 1
    if rule.restrict:
        goal = min(goal, level if latest_dlts >= rule.target * latest else level + 1)
    return goal


@compiled
def adaptive_weight(share: float, events: Floats, known: int) -> float:
    """Cheung and Chappell's adaptive weight of a follow-up, given the times of the DLTs seen, all in windows."""
    passed, start, end = 0, 0.0, 1.0
    for event in events[:known]:
        if event <= share:
            passed += 1
            start = max(start, event)
        else:
            end = min(end, event)
    part = (share - start) / (end - start) if end > start else 0.0
    return (passed + part) / (known + 1)


@compiled
def too_toxic(rule: Rule, n: int, y: int) -> bool:
    """3+3 and rolling six: above what the design tolerates."""
    if n >= 6:
        return y * 6 > rule.most_of_six * n
    return y >= 2 if n <= 3 else y > rule.most_of_six


@compiled
def tolerable(rule: Rule, n: Integers, y: Integers) -> int:
    """The highest level below every too toxic one; 0 for none."""
    for level in range(1, rule.levels + 1):
        if too_toxic(rule, n[level - 1], y[level - 1]):
            return level - 1
    return rule.levels


@compiled
def three_plus_three(rule: Rule, level: int, n: Integers, y: Integers) -> tuple[int, int]:
    """3+3 on complete windows: next level and how many there."""
    highest = tolerable(rule, n, y)
    if highest < level:
        if highest == 0 or not rule.descend or n[highest - 1] >= 6:
            return END, 0
        return highest, (3 if n[highest - 1] < 3 else 6) - n[highest - 1]
    here = n[level - 1]
    if here < 3:
        return level, 3 - here
    if 3 < here < 6:
        return level, 6 - here
    capped = highest == level and level < rule.levels
    if here == 3 and (y[level - 1] == 1 or capped or (level == rule.levels and rule.confirm_top)):
        return level, 3
    return (END, 0) if capped or level == rule.levels else (level + 1, 3)


@compiled
def rolling_six(rule: Rule, level: int, n: Integers, y: Integers, pending: Integers) -> int:
    """Rolling six: the level of the next subject; up only if no outcome still pending could change that."""
    highest = tolerable(rule, n, y)
    if highest == 0:
        return END
    level = min(level, highest)
    here, worst = n[level - 1], y[level - 1] + pending[level - 1]
    final = here >= 6 and worst <= rule.most_of_six
    if highest == level:
        if final:
            return END
    elif final or (here >= 3 and worst == 0):
        return level + 1
    return level if here < 6 else WAIT


@compiled
def open_for_backfill(
    rule: Rule, move: Bytes, level: int, n: Integers, y: Integers, pending: Integers, responded: Floats, now: float
) -> int:
    """BF-BOIN: the level at which an arriving subject may be backfilled; 0 for none."""
    found, seen = 0, False
    for k in range(1, level):
        a, dlts = n[k - 1] - pending[k - 1], y[k - 1]
        more, more_dlts = a + n[k] - pending[k], dlts + y[k]
        if move[a, dlts] < 0 and move[more, more_dlts] < 0:
            break
        here = responded[k - 1] <= now
        seen = here or (seen and rule.below)
        if seen and n[k - 1] < rule.cap:
            found = k
            if rule.lowest:
                break
    return found
