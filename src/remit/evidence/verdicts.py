"""Verdicts: can these statements hold together, and what does each add to the others?

A statement is *impossible* when it stands in the conflict, *forced* when the other statements leave nothing else,
*undetermined* with the exact range that the others leave, *not-reported* when nothing narrows what it asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from remit.evidence import solver
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP, Part, names_of, part_of, parts
from remit.evidence.conflict import smallest
from remit.evidence.derived import facts
from remit.evidence.grids import Grid, grids
from remit.evidence.judged import (
    ALL_TRUE,
    Checked,
    Judged,
    ends_of,
    is_question,
    listed,
    scale_of,
    unreported,
    verdict_of,
    were,
)
from remit.evidence.kinds import Quantity, Registered, Statement, Summary
from remit.evidence.laws import LAWS
from remit.evidence.physics import World, build
from remit.evidence.printed import Readings, base_reading, is_months
from remit.evidence.solver import Budget, Found
from remit.evidence.unseen import unseen

Progress = Callable[[str], None]

_LONGEST = 2.0
"""Seconds that one statement's range may take at least; a sixth of the whole limit where that is more."""

_QUICK = 30
"""The part of the whole limit that one subset may take while a conflict is sought, where another would serve too."""


def check(claims: Claims, limit: float = 30.0, progress: Progress = lambda _: None) -> Checked:
    """Verdicts on a document.

    limit      seconds of solving; where they do not suffice, the answer says "not decided"
    progress   is told in words what is being worked on
    """
    return _Check(claims, Budget(limit), progress).all()


class _Check:
    def __init__(self, claims: Claims, budget: Budget, progress: Progress):
        self.claims, self.budget, self.progress = claims, budget, progress
        self.grids: dict[str, Grid] = grids(claims)
        self.wider: dict[str, Grid] = grids(claims, 2)
        self.by_id = {statement.id: statement for statement in claims.statements}
        self.loose: frozenset[str] = frozenset()

    def all(self) -> Checked:
        self.progress("can all statements hold together")
        answers = {part: self._part_possible(part) for part in parts(self.claims, self.claims.statements)}
        broken = [part for part, found in answers.items() if found == "no"]
        if broken:
            return self._impossible(broken)
        if "unknown" in answers.values():
            return self._undecided()
        judged = []
        for position, statement in enumerate(self.claims.statements):
            self.progress(f"{statement.id} ({position + 1} of {len(self.by_id)})")
            judged.append(self._judge(statement))
        self.progress("derived facts")
        cut = tuple(i for i in self.by_id if i in self.loose)
        why = ALL_TRUE
        if cut:
            why = f"The statements can all be true together only if {listed(cut)} {were(cut)} cut off, not rounded."
        return Checked("possible", (), tuple(judged), facts(self.claims, self._about, self.budget), cut, why)

    def _about(self, names: Sequence[str]) -> World:
        """The world of all statements that hang together with some names."""
        return build(self.claims, self.grids, part_of(self.claims, names, self.claims.statements), self.loose)

    def _part_possible(self, part: Part) -> Found:
        """Whether a part can be true, and, where only cut-off numbers make it so, which have to be."""
        found = self._holds(part, frozenset())
        if found != "no" or self.claims.assumptions.rounding != "either":
            return found
        cut = frozenset(s.id for s in part.statements)
        found = self._holds(part, cut)
        if found == "yes":
            for name in sorted(cut, key=list(self.by_id).index):
                if self._holds(part, cut - {name}) == "yes":
                    cut -= {name}
            self.loose |= cut
        return found

    def _holds(self, part: Part, loose: frozenset[str]) -> Found:
        world = unseen(self.claims, self.grids, part, loose)
        return solver.feasible(world.model, self.budget, world.linear)

    def _subset_possible(self, ids: frozenset[str], claims: Claims, budget: Budget | None = None) -> Found:
        """Whether some statements can be true together, however their numbers were cut."""
        chosen = [s for s in self.claims.statements if s.id in ids]
        loose = ids if claims.assumptions.rounding == "either" else frozenset()
        if any(self._misfit_of_whole(s, claims) for s in chosen):
            return "no"
        for part in parts(claims, chosen):
            world = unseen(claims, self.grids, part, loose)
            found = solver.feasible(world.model, budget or self.budget, world.linear)
            if found != "yes":
                return found
        return "yes"

    def _misfit_of_whole(self, statement: Statement, claims: Claims) -> bool:
        """Whether a summary cannot be now that another statement calls its variable whole: seen before it is solved."""
        if not isinstance(statement, Summary) or self.grids[statement.variable].step != 1:
            return False
        size = claims.size(statement.of)
        reading = claims.readings(claims.assumptions.rounding)
        return statement.model_copy(update={"integer": True}).contradiction(size, reading) is not None

    def _quickly(self, ids: frozenset[str], claims: Claims) -> Found:
        """The same, given up after a fraction of the time."""
        budget = self.budget.share(self.budget.seconds / _QUICK)
        found = self._subset_possible(ids, claims, budget)
        self.budget.spend(budget)
        return found

    # ---- impossible ----

    def _impossible(self, broken: Sequence[Part]) -> Checked:
        self.progress("which statements cannot hold together")
        if self._subset_possible(frozenset(), self.claims) == "no":
            return self._groups_conflict()
        found, late = [], False
        for part in broken:
            ids = [s.id for s in part.statements]
            conflict = smallest(
                ids, lambda ids: self._subset_possible(ids, self.claims), lambda ids: self._quickly(ids, self.claims)
            )
            late = late or conflict is None
            found.append(ids if conflict is None else conflict)
        conflict = min(found, key=len)
        everything = {i for ids in found for i in ids}
        judged = tuple(
            Judged(s.id, "impossible", None, self._leans(s), self._why_not(s, found))
            if s.id in everything
            else self._beside(s)
            for s in self.claims.statements
        )
        why = self._conflict_words([self.by_id[i] for i in conflict])
        why += f" Whether fewer of them conflict is not decided in {self.budget.seconds:g} s." if late else ""
        others = [", ".join(ids) for ids in found if ids != conflict]
        why += f" Nor can these: {'; '.join(others)}." if others else ""
        return Checked("impossible", tuple(conflict), judged, facts(self.claims, None, self.budget), (), why)

    def _beside(self, statement: Statement) -> Judged:
        """A statement that is not in the conflict: its own arithmetic still holds."""
        alone = statement.alone(self._reading(statement))
        if alone is not None:
            return Judged(statement.id, alone.verdict, alone.range, self._leans(statement), alone.why)
        said = f"{statement.says()}: not part of the conflict"
        return Judged(statement.id, "undetermined", None, self._leans(statement), said)

    def _why_not(self, statement: Statement, conflicts: Sequence[Sequence[str]]) -> str:
        own = self._own_contradiction(statement)
        mine = next(ids for ids in conflicts if statement.id in ids)
        return own if own is not None else self._conflict_words([self.by_id[i] for i in mine])

    def _groups_conflict(self) -> Checked:
        names = [name for name, group in self.claims.head.groups.items() if group.count is not None]

        def possible(kept: frozenset[str]) -> Found:
            return self._subset_possible(frozenset(), self._without_counts(set(names) - kept))

        conflict = smallest(names, possible)
        if conflict is None:
            return self._undecided(known="The groups cannot all be true; a smallest set that conflicts was")
        counts = ", ".join(f"{name} {self.claims.size(name)}" for name in conflict)
        why = f"The groups alone cannot be so among {self.claims.n} patients: {counts}."
        judged = tuple(
            Judged(s.id, "undetermined", None, self._leans(s), f"{s.says()}: not part of the conflict")
            for s in self.claims.statements
        )
        return Checked("impossible", tuple(conflict), judged, facts(self.claims, None, self.budget), (), why)

    def _without_counts(self, names: set[str]) -> Claims:
        groups = {
            name: group.model_copy(update={"count": None}) if name in names else group
            for name, group in self.claims.head.groups.items()
        }
        return self.claims.model_copy(update={"head": self.claims.head.model_copy(update={"groups": groups})})

    def _groups_needed(self, statements: Sequence[Statement]) -> list[str]:
        """The groups whose printed counts the conflict rests on."""
        ids = frozenset(s.id for s in statements)
        printed = [name for name, group in self.claims.head.groups.items() if group.count is not None]
        return [n for n in printed if self._subset_possible(ids, self._without_counts({n})) == "yes"]

    def _conflict_words(self, statements: Sequence[Statement]) -> str:
        own = self._own_contradiction(statements[0]) if len(statements) == 1 else None
        if own is not None:
            return f"{statements[0].id}: {own}."
        groups = [f"{name} is {self.claims.size(name)}" for name in self._groups_needed(statements)]
        given = f" of whom {' and '.join(groups)}" if groups else ""
        if len(statements) == 1:
            text = f"{statements[0].id} cannot be true of {self.claims.n} patients{given}: {statements[0].says()}."
        else:
            said = "; ".join(f"{s.id} ({s.says()})" for s in statements)
            text = f"These {len(statements)} cannot hold together for {self.claims.n} patients{given}: {said}."
        leans = [self.claims.assumptions.words(key) for key in self._keys(statements)]
        return text + (f" Assumed: {'; '.join(leans)}." if leans else "") + self._ways_out(statements)

    def _own_contradiction(self, statement: Statement) -> str | None:
        size = self.claims.size(statement.sets()[0]) if statement.sets() else self.claims.n
        loosest = self.claims.assumptions.rounding
        return statement.contradiction(size, self.claims.readings(loosest))

    def _ways_out(self, statements: Sequence[Statement]) -> str:
        """Which single assumption, dropped, would make the conflict possible."""
        ways = []
        for key, update, words in _SWITCHES:
            if (
                key not in self._keys(statements)
                or getattr(self.claims.assumptions, next(iter(update))) in update.values()
            ):
                continue
            head = self.claims.head.model_copy(
                update={"assumptions": self.claims.assumptions.model_copy(update=update)}
            )
            other = self.claims.model_copy(update={"head": head})
            free = self.claims.assumptions.rounding == "either"
            loose = frozenset(s.id for s in statements) if free else frozenset()
            worlds = [unseen(other, grids(other), part, loose) for part in parts(other, statements)]
            if all(solver.feasible(world.model, self.budget, world.linear) == "yes" for world in worlds):
                ways.append(words)
        return f" It would be possible if {' or if '.join(ways)}." if ways else ""

    def _undecided(self, known: str = "Whether the statements can all be true is") -> Checked:
        why = f"{known} not decided in {self.budget.seconds:g} s."
        judged = tuple(
            Judged(s.id, "undetermined", None, self._leans(s), f"{s.says()}: not decided")
            for s in self.claims.statements
        )
        return Checked("undecided", (), judged, facts(self.claims, None, self.budget), (), why)

    # ---- possible ----

    def _judge(self, statement: Statement) -> Judged:
        leans, said = self._leans(statement), statement.says()
        if isinstance(statement, Registered):
            return self._registered(statement)
        alone = statement.alone(self._reading(statement))
        if alone is not None:
            return Judged(statement.id, alone.verdict, alone.range, leans, alone.why)
        asked = is_question(statement, self.claims)
        others = [s for s in self.claims.statements if asked or s is not statement]
        part = part_of(self.claims, names_of(self.claims, statement), others)
        world = unseen(self.claims, self.grids, part, self.loose, (statement,))
        quantity = statement.quantity(world)
        if quantity is None:
            return Judged(
                statement.id, "undetermined", None, leans, f"{said}: can be true; no single number to range over"
            )
        budget = self.budget.share(max(_LONGEST, self.budget.seconds / 6))
        ends = reach(world, quantity, budget)
        is_open = ends is not None and self._is_open(statement, part, ends, budget)
        self.budget.spend(budget)
        if ends is None:
            why = f"{said}: can be true; its range is not decided in {budget.seconds:.3g} s"
            return Judged(statement.id, "undetermined", None, leans, why)
        if is_open:
            why = f"{said}: nothing else in the document limits it"
            return Judged(statement.id, "not-reported" if asked else "undetermined", None, leans, why)
        verdict, why = verdict_of(statement, quantity, ends, asked)
        if statement.id in self.loose:
            why += "; printed so only if cut off, not rounded"
        reached = ends_of(quantity, ends)
        scale = scale_of(quantity, reached)
        return Judged(statement.id, verdict, reached, leans, why, quantity.unit, quantity.printed, scale)

    def _reading(self, statement: Statement) -> Readings:
        assumed = self.claims.assumptions.rounding
        return self.claims.readings("either" if statement.id in self.loose else base_reading(assumed))

    def _is_open(self, statement: Statement, part: Part, ends: tuple[int, int], budget: Budget) -> bool:
        """Whether the range has an end only because the grid has one."""
        variable = getattr(statement, "variable", None)
        if statement.kind != "summary" or not isinstance(variable, str) or self.grids[variable].bounded:
            return False
        wider = unseen(self.claims, self.wider, part, self.loose, (statement,))
        again = statement.quantity(wider)
        return again is not None and reach(wider, again, budget) != ends

    def _registered(self, statement: Registered) -> Judged:
        missing = unreported(statement, self.claims)
        if missing:
            return Judged(
                statement.id, "not-reported", None, (), f"registered, and not in the document: {listed(missing)}"
            )
        return Judged(
            statement.id, "undetermined", None, (), f"{statement.says()}: every registered endpoint is reported"
        )

    def _leans(self, statement: Statement) -> tuple[str, ...]:
        words = [self.claims.assumptions.words(key) for key in self._keys([statement])]
        if statement.id in self.loose:
            words.append(self.claims.assumptions.words("truncation"))
        return tuple(words)

    def _keys(self, statements: Sequence[Statement]) -> list[str]:
        keys: list[str] = []
        follow_up = FOLLOW_UP in self.grids
        for statement in statements:
            names = {variable for variable, _ in statement.figures()}
            keys += [key for key in statement.assumes() if key == "quartiles" or follow_up]
            texts = list(statement.conditions()) + [
                self.claims.head.groups[g].where or "" for g in statement.sets() if g in self.claims.head.groups
            ]
            variable = getattr(statement, "variable", "")
            if any(is_months(name) for name in (*names, variable)) or any("months" in text for text in texts):
                keys.append("months")
            if self.claims.assumptions.instrument_laws and self._has_law(names | {variable} | set(texts)):
                keys.append("instrument-laws")
        order = ("months", "follow-up-to-cut", "infusion-equals-enrolment", "instrument-laws", "quartiles")
        on = {
            "follow-up-to-cut": self.claims.assumptions.follow_up_to_cut,
            "infusion-equals-enrolment": self.claims.assumptions.infusion_equals_enrolment,
        }
        return [key for key in order if key in keys and on.get(key, True)]

    def _has_law(self, names: set[str]) -> bool:
        present = {e.lower() for e in self.claims.events()} | {v.lower() for v in self.grids}
        lower = {name.lower() for name in names}
        return any(
            law.event in present and law.variable in present and (law.event in lower or law.variable in lower)
            for law in LAWS
        )


def reach(world: World, quantity: Quantity, budget: Budget) -> tuple[int, int] | None:
    """The least and the largest value of a quantity, in its steps; None when not decided in time or not possible."""
    found, low = solver.least(world.model, quantity.expression, budget, world.linear)
    if found != "yes" or low is None:
        return None
    found, high = solver.most(world.model, quantity.expression, budget, world.linear)
    return None if found != "yes" or high is None else (low, high)


_SWITCHES: tuple[tuple[str, dict[str, object], str], ...] = (
    ("months", {"months": "truncated"}, "months were cut off instead of rounded"),
    ("months", {"months": "rounded"}, "months were rounded instead"),
    ("infusion-equals-enrolment", {"infusion_equals_enrolment": False}, "infusion were not on the day of enrolment"),
    ("follow-up-to-cut", {"follow_up_to_cut": False}, "follow-up ended before the cut in some"),
    ("instrument-laws", {"instrument_laws": False}, "the names did not mean what the instruments define"),
)
