"""Uniform draws by walking: a Markov chain over tables whose walls are soft, seen only where every statement holds.

The chain steps over all tables in the box of a part; one that is b patients away from fitting is exp(−hardness·b) as
likely as one that fits. Every step can be taken back with the same chance (Metropolis et al. 1953, J Chem Phys 21),
so all tables that fit are equally likely; and because no wall is closed, every table can be reached from every other,
whatever the shape of what fits. A draw is where the chain stands after a fixed number of visits to tables that fit.
How many that takes is found by a pilot of chains that start far apart (autocorrelation as in Sokal 1997).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remit.errors import NotDerivable
from remit.evidence.layout import Layout
from remit.evidence.tables import CUT, Column, Flags, Tables, Whole
from remit.streams import stream

Array = NDArray[np.float64]
Progress = Callable[[str], None]

PILOTS: Final = 48
"""Chains of the pilot."""
SEARCHES: Final = 12
"""Walks from anywhere in the box that look for further starts."""
_COOLING: Final = 16
MARKS: Final = 48
"""Times that the pilot is looked at, one sweep of visits apart; twice as often each time that is too few."""
MOST_MARKS: Final = 1536
LONG_ENOUGH: Final = 15
"""The pilot is believed when it is so many times as long as the autocorrelation time that it finds."""
TIMES: Final = 20
"""A draw takes so many times the longest autocorrelation time of the pilot."""
_CHUNK: Final = 256
_SOFTEST: Final = 1.5
_HARDEST: Final = 12.0
_TUNING_ROUNDS: Final = 7
_TUNING_STEPS: Final = 1024
_PATIENCE: Final = 4_000
"""Sweeps after which a chain that never found a table that fits is given up."""


@dataclass(frozen=True)
class Pace:
    """What the pilot found: how hard the walls are, how many visits a draw takes, and how sure that is.

    visits      to tables that fit, from the start to the draw
    memory      longest autocorrelation time of any number looked at, in visits
    apart       largest ratio of spread between to spread within chains from different starts (1 when they agree)
    settled     whether the pilot was long enough to tell: at least LONG_ENOUGH memories, and `apart` below 1.1
    share       of steps at tables that fit
    """

    hardness: float
    visits: int
    memory: float
    apart: float
    settled: bool
    share: float


class _Move:
    """One kind of step: its columns change for one or two patients of each chain; each is its own reverse's equal."""

    def __init__(self, kind: str, column: str) -> None:
        self.kind, self.column = kind, column


class Walk:
    """The chains of one part. Every chain draws from its own stream, so its end depends on no other chain."""

    def __init__(self, layout: Layout, starts: Sequence[Mapping[str, Column]], seed: int, place: str) -> None:
        self.layout, self.starts, self.seed, self.place = layout, starts, seed, place
        self.tests = layout.tests()
        self.n = layout.claims.n
        self.touched = {
            name: [at for at, (looks, _) in enumerate(self.tests) if name in looks] for name in layout.boxes
        }
        self.moves = self._moves()
        self.sweep = max(1, self.n * len([name for name in layout.boxes if name != CUT]))

    # ---- what is asked of it ----

    def pace(self, progress: Progress, out_of_time: Callable[[], bool]) -> Pace:
        """Tune the walls, then watch the pilot until it has forgotten where it started."""
        progress("looking for starts that lie far apart")
        self.starts = [*self.starts, *self._found(out_of_time)]
        hardness, share = self._tuned(progress, out_of_time)
        marks = MARKS
        while True:
            progress(f"watching {PILOTS} chains for {marks} sweeps")
            seen = self._watched(hardness, marks, out_of_time)
            memory, apart = _memory(seen), _apart(seen)
            settled = marks >= LONG_ENOUGH * memory and apart < 1.1
            if settled or 2 * marks > MOST_MARKS or out_of_time():
                sweeps = int(np.ceil(max(TIMES * memory, 20)))
                sweeps = min(sweeps, 2 * MOST_MARKS)
                return Pace(hardness, sweeps * self.sweep, memory * self.sweep, apart, settled, share)
            marks *= 2

    def draw(self, pace: Pace, numbers: range, out_of_time: Callable[[], bool]) -> dict[str, Column]:
        """Tables at the ends of the chains with these numbers."""
        state = self._begin("draw", numbers)
        self._run(state, pace.hardness, pace.visits, None, out_of_time)
        return dict(state.columns)

    # ---- chains ----

    def _begin(self, what: str, numbers: range) -> _State:
        starts = self.starts
        columns: dict[str, Column] = {}
        sources = [stream(self.seed, "claims", "walk", self.place, what, number) for number in numbers]
        orders = [source.permutation(self.n) for source in sources]
        chosen = [starts[number % len(starts)] for number in numbers]
        for name, (low, high) in self.layout.boxes.items():
            rows = []
            for source, order, start in zip(sources, orders, chosen, strict=True):
                if name == CUT:
                    rows.append(np.asarray(start[CUT]))
                elif name in start:
                    rows.append(np.clip(np.asarray(start[name])[order], low, high))
                else:
                    rows.append(source.integers(low, high + 1, self.n))
            column = np.stack(rows).astype(np.int64)
            columns[name] = column.astype(np.bool_) if name in self.layout.flags else column
        return _State(self.layout.tables(columns), columns, sources, np.zeros(len(sources), dtype=np.int64))

    def _run(
        self,
        state: _State,
        hardness: float,
        visits: int,
        record: _Record | None,
        out_of_time: Callable[[], bool],
        steps: int | None = None,
    ) -> int:
        """Step until every chain has had its visits (or for so many steps). Returns steps taken."""
        tables, count = state.tables, len(state.sources)
        distance = np.stack([test(tables) for _, test in self.tests]) if self.tests else np.zeros((1, count))
        rows = np.arange(count)
        taken, lost = 0, _PATIENCE * self.sweep
        while steps is None or taken < steps:
            if out_of_time():
                raise NotDerivable("time")
            schedule = stream(self.seed, "claims", "walk", self.place, "schedule", taken // _CHUNK)
            kinds = schedule.integers(0, len(self.moves), _CHUNK)
            chance = np.stack([source.random((_CHUNK, 5)) for source in state.sources], axis=1)
            for at in range(_CHUNK):
                going = state.visits < visits
                if not going.any():
                    return taken
                self._step(state, self.moves[int(kinds[at])], chance[at], distance, hardness, going, rows)
                taken += 1
                fits = going & (distance.sum(axis=0) == 0)
                state.visits += fits
                state.fitting += int(fits.sum())
                state.stepped += int(going.sum())
                if record is not None:
                    record.look(tables, state.visits, fits)
            if taken > lost and (state.visits == 0).any():
                raise NotDerivable("lost")
        return taken

    def _step(
        self, state: _State, move: _Move, chance: Array, distance: Array, hardness: float, going: Column, rows: Whole
    ) -> None:
        column = state.columns[move.column]
        before = column.copy()
        self._propose(column, move, chance, rows)
        touched = self.touched[move.column]
        new = np.stack([self.tests[at][1](state.tables) for at in touched]) if touched else np.zeros((0, len(rows)))
        old = distance[touched]
        worse = new.sum(axis=0) - old.sum(axis=0)
        low, high = self.layout.boxes[move.column]
        inside: Flags = np.ones(len(rows), dtype=np.bool_)
        if move.column not in self.layout.flags:
            outside = (column < low) | (column > high)
            inside = np.logical_not(outside if column.ndim == 1 else outside.any(axis=1))
        taken = going & inside & (np.log(chance[:, 4] + 1e-300) < -hardness * worse)
        column[~taken] = before[~taken]
        if touched:
            distance[touched] = np.where(taken[None, :], new, old)

    def _propose(self, column: Column, move: _Move, chance: Array, rows: Whole) -> None:
        low, high = self.layout.boxes[move.column]
        width = high - low + 1
        if move.kind == "cut":
            column += _hop(chance[:, 2], chance[:, 3], width)
            return
        first = (chance[:, 0] * self.n).astype(np.int64)
        second = (chance[:, 1] * self.n).astype(np.int64)
        if move.kind == "flip":
            column[rows, first] = ~column[rows, first]
        elif move.kind == "set":
            column[rows, first] = low + (chance[:, 2] * width).astype(np.int64)
        elif move.kind == "near":
            column[rows, first] += _hop(chance[:, 2], chance[:, 3], width)
        elif move.kind == "swap":
            column[rows, first], column[rows, second] = column[rows, second], column[rows, first]
        elif move.kind == "push":
            self._push(column, chance, rows, first, width)
        else:
            # what one gives the other gets: sums stay
            hop = np.where(first == second, 0, _hop(chance[:, 2], chance[:, 3], width))
            column[rows, first] += hop
            column[rows, second] -= hop

    def _push(self, column: Column, chance: Array, rows: Whole, first: Whole, width: int) -> None:
        """Everybody from one patient's value on, up or down, moves alike; a step that would pass others is none."""
        hop = _hop(chance[:, 2], chance[:, 3], width)
        value = column[rows, first][:, None]
        above = (chance[:, 1] < 0.5)[:, None]
        moving = np.where(above, column >= value, column <= value)
        after = value + hop[:, None]
        met = ~moving & np.where(above, column >= after, column <= after)
        hop = np.where(met.any(axis=1), 0, hop)
        column += (moving * hop[:, None]).astype(column.dtype)

    def _moves(self) -> list[_Move]:
        found: list[_Move] = []
        many = len(self.layout.boxes) > 1
        for name, (low, high) in self.layout.boxes.items():
            if name == CUT:
                found += [_Move("cut", name)]
            elif name in self.layout.flags:
                found += [_Move("flip", name), *([_Move("swap", name)] if many else [])]
            elif name in self.layout.grids:
                found += [_Move(kind, name) for kind in ("set", "near", "push")] if high > low else []
                found += [_Move("trade", name)] if self._has_sum(name) else []
                found += [_Move("swap", name)] if many else []
            else:
                found += [_Move("set", name), *([_Move("swap", name)] if many else [])]
        return found or [_Move("swap", next(iter(self.layout.boxes)))]

    def _has_sum(self, name: str) -> bool:
        return any(
            getattr(one, "variable", None) == name and getattr(one, "mean", None) is not None
            for one in self.layout.part.statements
        )

    # ---- the pilot ----

    def _found(self, out_of_time: Callable[[], bool]) -> list[Mapping[str, Column]]:
        """Tables that fit, walked to from tables drawn at random from the whole box while the walls grow harder."""
        state = self._begin("find", range(SEARCHES))
        for row, source in enumerate(state.sources):
            for name, (low, high) in self.layout.boxes.items():
                column = state.columns[name]
                column[row] = source.integers(low, high + 1, column.shape[1:] or None)
        for round_ in range(_COOLING):
            hardness = _SOFTEST * (_HARDEST / _SOFTEST) ** (round_ / (_COOLING - 1)) / 2
            self._run(state, hardness, NEVER, None, out_of_time, steps=4 * self.sweep)
        far = sum(test(state.tables) for _, test in self.tests)
        fit = np.flatnonzero(np.broadcast_to(far == 0, SEARCHES))[: len(self.starts)]
        return [{name: column[row].copy() for name, column in state.columns.items()} for row in fit]

    def _tuned(self, progress: Progress, out_of_time: Callable[[], bool]) -> tuple[float, float]:
        progress("tuning the walk")
        hardness, share = _SOFTEST, 1.0
        state = self._begin("tune", range(PILOTS))
        for _ in range(_TUNING_ROUNDS):
            state.fitting = state.stepped = 0
            before = state.visits.copy()
            self._run(state, hardness, NEVER, None, out_of_time, steps=_TUNING_STEPS)
            share = state.fitting / max(state.stepped, 1)
            slowest = float(np.min(state.visits - before)) / _TUNING_STEPS
            # softer walls are easier to cross, but behind very soft ones chains get lost
            if share >= 0.4 and slowest >= 0.15:
                break
            hardness = min(hardness * 1.4, _HARDEST)
        return hardness, share

    def _watched(self, hardness: float, marks: int, out_of_time: Callable[[], bool]) -> Array:
        """(chains, marks, numbers) what the pilot looks at, one sweep of visits apart."""
        state = self._begin("pilot", range(PILOTS))
        record = _Record(self.layout, marks, self.sweep)
        self._run(state, hardness, marks * self.sweep, record, out_of_time)
        return record.seen


NEVER: Final = 2**60


@dataclass
class _State:
    tables: Tables
    columns: Mapping[str, Column]
    sources: list[Any]
    visits: Whole
    fitting: int = 0
    stepped: int = 0

    def __post_init__(self) -> None:
        self.columns = self.tables.columns


class _Record:
    """Numbers of the pilot, none of which depends on the order of patients: a draw puts them into random order anyway.

    Of every column the sum, the sum of squares, and the smallest, middle and largest value; of two columns the sum of
    their products.
    """

    def __init__(self, layout: Layout, marks: int, every: int) -> None:
        self.layout, self.marks, self.every = layout, marks, every
        self.names = list(layout.boxes)
        self.pairs = [(a, b) for k, a in enumerate(self.names) for b in self.names[k + 1 :] if CUT not in (a, b)][:20]
        self.seen = np.zeros((0, marks, 0))

    def look(self, tables: Tables, visits: Whole, fits: Column) -> None:
        rows = np.flatnonzero(fits & (visits % self.every == 0) & (visits <= self.marks * self.every))
        if not len(rows):
            return
        columns = {name: np.asarray(tables.columns[name], dtype=np.float64)[rows] for name in self.names}
        numbers: list[Array] = []
        for name, column in columns.items():
            if name == CUT:
                numbers.append(column)
                continue
            ordered = np.sort(column, axis=1)
            numbers += [column.sum(axis=1), (column**2).sum(axis=1)]
            numbers += [ordered[:, at] for at in (0, ordered.shape[1] // 2, -1)]
        numbers += [(columns[a] * columns[b]).sum(axis=1) for a, b in self.pairs]
        if self.seen.shape[2] == 0:
            self.seen = np.zeros((len(visits), self.marks, len(numbers)))
        self.seen[rows, visits[rows] // self.every - 1] = np.stack(numbers, axis=1)


def _hop(far: Array, side: Array, width: int) -> Whole:
    """A step up or down, near ones and far ones alike: its size is as likely between 1 and 10 as between 10 and 100."""
    size = np.floor(np.exp(far * np.log(max(width, 2)))).astype(np.int64)
    return np.asarray(np.where(side < 0.5, -size, size), dtype=np.int64)


def _memory(seen: Array) -> float:
    """Longest integrated autocorrelation time, in marks, over the numbers that move."""
    marks = seen.shape[1]
    centered = seen - seen.mean(axis=(0, 1), keepdims=True)
    variance = (centered**2).mean(axis=(0, 1))
    longest = 1.0
    for at in np.flatnonzero(variance > 1e-12):
        one = centered[:, :, at]
        total = 1.0
        for lag in range(1, marks // 2):
            share = float((one[:, lag:] * one[:, :-lag]).mean() / variance[at])
            total += 2 * share
            # the window closes when it is five times what it has found
            if lag >= 5 * total or share < 0.01:
                break
        longest = max(longest, total)
    return longest


def _apart(seen: Array) -> float:
    """Largest Gelman-Rubin ratio over the second half of the marks."""
    half = seen[:, seen.shape[1] // 2 :]
    within = half.var(axis=1, ddof=1).mean(axis=0)
    between = half.mean(axis=1).var(axis=0, ddof=1)
    moving = within > 1e-12
    stuck = ~moving & (between > 1e-12)
    if stuck.any():
        return float("inf")
    if not moving.any():
        return 1.0
    length = half.shape[1]
    return float(np.sqrt((within[moving] * (length - 1) / length + between[moving]) / within[moving]).max())
