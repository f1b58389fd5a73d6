"""What a drawn table of one part of a document holds: its columns, what each may be, and where a walk may start.

Every limit is found by the solver, so no number outside can be part of any cohort. A variable that nothing printed
limits has no uniform draw, and is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from remit.errors import InputError, NotDerivable
from remit.evidence import solver
from remit.evidence.broken import broken, group_broken, has_own_members, lawful, laws_broken, patients_broken
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP, Part
from remit.evidence.grids import Grid
from remit.evidence.kinds import Partition
from remit.evidence.physics import World, build
from remit.evidence.printed import Readings
from remit.evidence.solver import Budget
from remit.evidence.tables import CUT, INFUSED, Column, Tables, chosen
from remit.evidence.verdicts import reach
from remit.evidence.where import parse
from remit.streams import stream

STARTS: Final = 6
_FARTHEST: Final = 50_000
"""Days from its epoch at which the model's calendar ends: a cut there has no limit of its own."""


@dataclass(frozen=True)
class Layout:
    """The columns of one part, the box that each lives in, and how far tables are from what the part says.

    boxes    column → first and last whole number; flags have 0 and 1
    codes    part → (column, code)
    cut      ordinal of the day of the cut, where it is known from elsewhere
    """

    claims: Claims
    grids: Mapping[str, Grid]
    part: Part
    loose: frozenset[str]
    boxes: Mapping[str, tuple[int, int]]
    codes: Mapping[str, tuple[str, int]]
    flags: frozenset[str]
    cut: int | None

    def tables(self, columns: Mapping[str, Column]) -> Tables:
        """Tables with these columns."""
        return Tables(self.claims, self.grids, dict(columns), self.codes)

    def tests(self) -> list[tuple[frozenset[str], Any]]:
        """Everything the part says: which columns it looks at, and the distance of tables from it."""
        found: list[tuple[frozenset[str], Any]] = []
        patients = [s for s in self.part.statements if s.kind == "patient"]
        for statement in self.part.statements:
            if statement.kind in ("patient", "registered"):
                continue
            looks = self._looks([*statement.conditions(), *statement.categories()], statement.sets(), statement)
            found.append((looks, _of_statement(statement, self._reading(statement.id))))
        if patients:
            names = [text for s in patients for text in (*s.conditions(), *(name for name, _ in s.figures()))]
            groups = tuple(group for s in patients for group in s.sets())
            reading = self._reading("" if not any(s.id in self.loose for s in patients) else patients[0].id)
            found.append((self._looks(names, groups, None), _of_patients(patients, reading)))
        for name in self.part.groups:
            found.append((self._looks([], (name,), None), _of_group(name)))
        tied = lawful(list(self.boxes)) if self.claims.assumptions.instrument_laws else frozenset()
        if tied:
            found.append((tied, laws_broken))
        return [(looks & frozenset(self.boxes), test) for looks, test in found]

    def _reading(self, statement: str) -> Readings:
        base = "truncated" if self.claims.assumptions.rounding == "truncated" else "rounded"
        return self.claims.readings("either" if statement in self.loose else base)  # type: ignore[arg-type]

    def _looks(self, texts: Sequence[str], groups: Sequence[str], statement: Any) -> frozenset[str]:
        names: set[str] = set()
        for text in texts:
            names |= {text} | {c.name if c.word is None else c.word for c, _ in parse(text)}
        variable = getattr(statement, "variable", None)
        names |= {variable} if isinstance(variable, str) else set()
        if statement is not None:
            names |= {name for name, _ in statement.figures()} | {chosen(statement.id)}
            if statement.kind in ("time", "order"):
                names |= {FOLLOW_UP, CUT, INFUSED}
        for group in groups:
            while group != "all":
                own = self.claims.group(group)
                names |= {chosen(group)}
                names |= self._looks([own.where], (), None) if own.where else set()
                group = own.of
        return frozenset(self.codes[name][0] if name in self.codes else name for name in names)


def layout(
    claims: Claims,
    grids: Mapping[str, Grid],
    wider: Mapping[str, Grid],
    part: Part,
    loose: frozenset[str],
    budget: Budget,
    cut: int | None,
) -> Layout:
    """The layout of a part.

    wider    grids with ends twice as far: a limit that moves with them is none
    cut      ordinal of the day of the cut, where it is known; else the document's dates say what it may be
    raises   InputError: a variable without a limit. NotDerivable: not decided in time, or no cut on that day
    """
    world = _world(claims, grids, part, loose, cut)
    if cut is not None and solver.feasible(world.model, budget) == "no":
        raise NotDerivable("The cut of the protocol is not a day on which the document's dates allow a cut.")
    events = sorted((claims.events() & part.names) - set(grids))
    codes: dict[str, tuple[str, int]] = {}
    for one in part.statements:
        if isinstance(one, Partition) and one.of == "all" and one.n in (None, claims.n):
            codes.update({p: (one.id, k) for k, p in enumerate(one.parts) if p not in codes})
            break
    homes = {column for column, _ in codes.values()}
    boxes: dict[str, tuple[int, int]] = {home: (0, sum(c == home for c, _ in codes.values()) - 1) for home in homes}
    flags = {name for name in events if name not in codes}
    flags |= {chosen(name) for name in part.groups if not claims.group(name).where}
    flags |= {chosen(one.id) for one in part.statements if has_own_members(claims, one)}
    boxes |= dict.fromkeys(sorted(flags), (0, 1))
    for name in sorted(set(grids) & part.names):
        boxes[name] = _box(claims, grids, wider, part, loose, cut, name, budget)
    if world.clock is not None and any(one.kind in ("time", "order") for one in part.statements):
        boxes |= _days(world, claims, budget)
    return Layout(claims, grids, part, loose, boxes, codes, frozenset(flags), cut)


def _world(claims: Claims, grids: Mapping[str, Grid], part: Part, loose: frozenset[str], cut: int | None) -> World:
    world = build(claims, dict(grids), part, loose)
    if world.clock is not None and world.clock.epoch is not None and cut is not None:
        world.model.add(world.clock.end == (cut - world.clock.epoch.toordinal()) * world.clock.parts)
    return world


def _box(
    claims: Claims,
    grids: Mapping[str, Grid],
    wider: Mapping[str, Grid],
    part: Part,
    loose: frozenset[str],
    cut: int | None,
    name: str,
    budget: Budget,
) -> tuple[int, int]:
    found = []
    for grid in (grids, wider):
        world = _world(claims, grid, part, loose, cut)
        if world.sorted_by == name:
            column = world.variable(name)
            least, low = solver.least(world.model, column[0], budget)
            most, high = solver.most(world.model, column[-1], budget)
            ends = (low, high) if least == most == "yes" and low is not None and high is not None else None
        else:
            quantity = world.statistic(name, world.present, claims.n, "value", None)
            ends = None if quantity is None else reach(world, quantity, budget)
        if ends is None:
            raise NotDerivable(f"What {name} can be is not decided in {budget.said}; give --limit more seconds.")
        if grid[name].bounded:
            return ends
        found.append(ends)
    if found[0] != found[1]:
        where = "below" if found[0][0] != found[1][0] else "above"
        raise InputError(
            f"{name}: nothing in the document limits it from {where}, so no draw of it can be uniform. Add a statement "
            f"of kind summary with its min and max."
        )
    return found[0]


def _days(world: World, claims: Claims, budget: Budget) -> dict[str, tuple[int, int]]:
    clock = world.clock
    assert clock is not None
    found: dict[str, tuple[int, int]] = {}
    if clock.epoch is not None:
        _, low = solver.least(world.model, clock.end, budget)
        _, high = solver.most(world.model, clock.end, budget)
        if low is None or high is None:
            raise NotDerivable(
                f"When the cut can be is not decided in {budget.said}; give --limit more seconds."
            )
        if max(-low, high) >= _FARTHEST * clock.parts:
            raise InputError("time: nothing in the document limits the day of the cut; add publication › printed.")
        shift = clock.epoch.toordinal() * clock.parts
        found[CUT] = (low + shift, high + shift)
    if not claims.assumptions.follow_up_to_cut:
        raise InputError(
            "assumptions › follow-up-to-cut: cohorts with dates can be drawn only where everyone is followed to one "
            "cut; leave it on, or leave out the statements of kind time and order."
        )
    return found


def starts(layout: Layout, budget: Budget, seed: int) -> list[Mapping[str, Column]]:
    """Tables found by the solver, each on its way from other random values.

    They keep every statement but for values between grid points.
    raises   NotDerivable when none was found in time
    """
    world = _world(layout.claims, layout.grids, layout.part, layout.loose, layout.cut)
    codes, boxes = layout.codes, layout.boxes
    names = [name for name in boxes if name in world.grids]
    events = sorted((world.claims.events() & world.names) - set(world.grids))
    columns = [world.variable(name) for name in names] + [world.event(name) for name in events]
    clock = world.clock
    days = [clock.end] if CUT in boxes and clock is not None else []
    flat = [x for column in columns for x in column] + days
    found: list[Mapping[str, Column]] = []
    for number in range(STARTS):
        # First tables that the solver meets on its way from random values: the best ones would take a time that
        # depends on the machine, and so would the draws.
        source = stream(seed, "claims", "start", number)
        world.model.clear_hints()
        for name, column in zip([*names, *events], columns, strict=True):
            low, high = boxes.get(name, (0, 1))
            wanted = source.integers(low, high + 1, len(column))
            for x, value in zip(column, np.sort(wanted) if name == world.sorted_by else wanted, strict=True):
                world.model.add_hint(x, int(value))
        values = solver.values(world.model, flat, budget)
        if values is None:
            break
        n = world.claims.n
        table: dict[str, Column] = {
            name: np.array(values[k * n : (k + 1) * n], dtype=np.int64) for k, name in enumerate([*names, *events])
        }
        for part, (home, code) in codes.items():
            there = table.pop(part, np.zeros(n, dtype=np.int64))
            table[home] = np.where(there > 0, code, table.get(home, np.zeros(n, dtype=np.int64)))
        if days and clock is not None and clock.epoch is not None:
            table[CUT] = np.array(values[-1] + clock.epoch.toordinal() * clock.parts)
        found.append(table)
    if not found:
        raise NotDerivable(f"No cohort was found in {budget.said}; give --limit more seconds.")
    return found


def _of_statement(statement: Any, reading: Readings) -> Any:
    return lambda tables: broken(tables, statement, reading)


def _of_patients(statements: Sequence[Any], reading: Readings) -> Any:
    return lambda tables: patients_broken(tables, statements, reading)


def _of_group(name: str) -> Any:
    return lambda tables: group_broken(tables, name)
