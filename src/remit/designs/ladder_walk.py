"""The quick way through a ladder design: states packed into whole numbers, all states of one size at a time.

A level's (subjects, DLTs) is numbered among the pairs that can occur, the numbers of all levels and the place of
the next cohort share one 64-bit integer, and equal integers are merged by sorting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.designs import ladder as ladders
from remit.designs import size as sizes
from remit.designs.chain import Chain
from remit.designs.ladder import Course, Ladder

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
WIDTH = 63
WHOLE, SINGLE, FILL = 0, 1, 2  # kinds of next cohort


@dataclass(frozen=True)
class _Cells:
    """The (subjects, DLTs) pairs that a level can have, numbered."""

    subjects: Integers
    dlts: Integers
    first: dict[int, int]  # subjects → number of the pair with no DLT
    move: Integers
    closed: NDArray[np.bool_]
    fatal: NDArray[np.bool_]  # at the lowest level: ends the trial


def fits(course: Course) -> bool:
    """Whether a state of the design fits into one integer."""
    cells = sum(n + 1 for n in _sizes(course))
    return cells.bit_length() * course.levels + course.levels.bit_length() + 2 <= WIDTH


def walk(ladder: Ladder, course: Course) -> Chain:
    """Every final state of a ladder design without guards."""
    cells = _cells(ladder, course)
    titrating = course.titration and course.cohort > 1
    width = len(cells.subjects).bit_length()
    low = course.levels.bit_length()
    shift = low + (2 if titrating else 0)
    mask, level_mask = (1 << width) - 1, (1 << low) - 1
    start = course.start | ((SINGLE if titrating else WHOLE) << low)
    waiting: dict[int, list[tuple[Integers, Floats, Floats]]] = {
        0: [(np.array([start], np.int64), np.ones(1), np.zeros(1))]
    }
    ends: list[tuple[Integers, Floats, Floats]] = []
    walked = 0
    while waiting:
        done = min(waiting)
        arrived = waiting.pop(done)
        keys, ways, cohorts = arrived[0] if len(arrived) == 1 and done == 0 else _merged(arrived, titrating)
        kinds = (keys >> low) & 3 if titrating else None
        for kind, size in ((WHOLE, course.cohort), (SINGLE, 1), (FILL, course.cohort - 1)):
            if kinds is None:
                if kind != WHOLE:
                    break
                some, many, sums = keys, ways, cohorts
            else:
                here = kinds == kind
                if not here.any():
                    continue
                some, many, sums = keys[here] ^ (kind << low), ways[here], cohorts[here]
            size = min(size, course.subjects - done)
            total = done + size
            walked += len(some) * (size + 1)
            sizes.outcomes(walked)
            level = some & level_mask
            place = shift + (level - 1) * width
            cell = (some >> place) & mask
            orders = np.array([math.comb(size, y) for y in range(size + 1)], dtype=np.float64)
            # Adding y DLTs in n subjects moves the pair's number by the same step, wherever y falls.
            step = _steps(cells, size)[cell]
            new = cell[:, None] + step
            after = (some[:, None] + (step << place[:, None])).ravel()
            number = (many[:, None] * orders).ravel()
            summed = ((sums + many)[:, None] * orders).ravel() if titrating else number
            if total >= course.subjects:
                ends.append((after >> shift, number, summed))
                continue
            if kind == SINGLE:
                code = _titrated(cells, course, new, level[:, None], low).ravel()
                ended = np.zeros(len(after), dtype=bool)
            else:
                above = after.reshape(new.shape) >> np.minimum(place + width, WIDTH)[:, None]
                code, ended = _moves(cells, course, new, level[:, None], above & mask)
            if ended.any():
                ends.append((after[ended] >> shift, number[ended], summed[ended]))
                keep = ~ended
                after, number, summed, code = after[keep], number[keep], summed[keep], code[keep]
                if not len(after):
                    continue
            waiting.setdefault(total, []).append((after + code, number, summed))
    keys, paths, sums = _merged(ends, titrating)
    sizes.final_states(len(keys))
    return _chain(ladder, course, cells, keys, paths, sums if titrating else None, width, mask)


def _moves(
    cells: _Cells, course: Course, cell: Integers, level: Integers, above: Integers
) -> tuple[Integers, NDArray[np.bool_]]:
    """What to add to the key for the next level, and which states are final; both flat.

    cell, above   number of the pair at the level and at the one above it; shape (states, outcomes)
    level         shape (states, 1)
    """
    lowest = level == 1
    move = cells.move[cell]
    np.putmask(move, (move > 0) & ((level == course.levels) | cells.closed[above]), 0)
    np.putmask(move, (move < 0) & lowest, 0)
    ended = lowest & cells.fatal[cell]
    if course.early_stop is not None:
        enough = (cells.subjects >= course.early_stop) & ~cells.closed
        ended |= enough[cell] if course.plain_early_stop else enough[cell] & (move == 0)
    return move.ravel(), ended.ravel()


def _titrated(cells: _Cells, course: Course, cell: Integers, level: Integers, low: int) -> Integers:
    """What to add to the key after a single subject of the titration."""
    onward = (cells.dlts[cell] == 0) & (level < course.levels)
    return np.where(onward, 1 + (SINGLE << low), FILL << low)


def _sizes(course: Course) -> list[int]:
    """Numbers of subjects that one level can have."""
    whole = [course.cohort]
    if course.titration and course.cohort > 1:
        whole += [1, course.cohort - 1]
    reached = {0}
    for done in range(course.subjects):
        if done in reached:
            reached |= {min(done + size, course.subjects) for size in whole}
    if course.titration or course.subjects % course.cohort:
        return list(range(course.subjects + 1))  # the last, shorter cohort can follow any number
    return sorted(reached)


def _cells(ladder: Ladder, course: Course) -> _Cells:
    first: dict[int, int] = {}
    pairs: list[tuple[int, int]] = []
    for n in _sizes(course):
        first[n] = len(pairs)
        pairs += [(n, y) for y in range(n + 1)]
    return _Cells(
        subjects=np.array([n for n, _ in pairs]),
        dlts=np.array([y for _, y in pairs]),
        first=first,
        move=np.array([ladder.move[n][y] for n, y in pairs]),
        closed=np.array([ladder.eliminated[n][y] for n, y in pairs]),
        fatal=np.array([ladder.eliminated[n][y] or ladder.unsafe[n][y] for n, y in pairs]),
    )


def _steps(cells: _Cells, size: int) -> Integers:
    """By how much a pair's number grows with 0, 1, … DLTs in `size` more subjects; shape (pairs, size + 1)."""
    base = np.array([cells.first.get(n + size, 0) for n in range(int(cells.subjects[-1]) + 1)])
    here = np.arange(len(cells.subjects))
    grown: Integers = (base[cells.subjects] + cells.dlts - here)[:, None] + np.arange(size + 1)
    return grown


def _merged(parts: list[tuple[Integers, Floats, Floats]], summed: bool) -> tuple[Integers, Floats, Floats]:
    if len(parts) == 1:
        keys, ways, sums = parts[0]
    else:
        keys, ways, sums = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(keys)
    keys = keys[order]
    first = np.empty(len(keys), dtype=bool)
    first[0] = True
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    total = np.add.reduceat(ways[order], starts)
    return keys[starts], total, np.add.reduceat(sums[order], starts) if summed else total


def _chain(
    ladder: Ladder,
    course: Course,
    cells: _Cells,
    keys: Integers,
    paths: Floats,
    sums: Floats | None,
    width: int,
    mask: int,
) -> Chain:
    cell = (keys >> (np.arange(course.levels) * width)[:, None]) & mask
    # One row per level in memory, one per state to the reader: everything that follows goes level by level.
    treated, dlts = cells.subjects[cell].T, cells.dlts[cell].T
    cohorts = sums / paths if sums is not None else np.ceil(treated.sum(axis=1) / course.cohort)
    return Chain(
        planned=course.subjects,
        treated=treated,
        dlts=dlts,
        paths=paths,
        cohorts=cohorts,
        selected=ladders.selections(ladder, course, treated, dlts),
    )
