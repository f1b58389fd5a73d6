"""Two reports of one trial: the smallest patient-level explanations of what changed between them.

One constraint model holds both reports over the same unseen patients. A patient may leave, join, or have an event
recorded differently; a definition may change for everyone. Each of these counts one; explanations of the smallest total
are all listed, equal ones once. What may change with time (remission, scores, doses) needs no explanation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from remit.evidence import solver
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP, Part
from remit.evidence.grids import grids
from remit.evidence.kinds import Count, Proportion
from remit.evidence.physics import World, impose
from remit.evidence.solver import Budget
from remit.evidence.verdicts import check

CHANGES_WITH_TIME: Final = frozenset({"doris", "lldas", "sledai", "csledai", "pga", "prednisolone"})
_MORE_JOINED: Final = 2
_MOST_LISTED: Final = 60


@dataclass(frozen=True)
class Explanation:
    """Changes that make both reports true.

    size      how many changes
    counts    how many of each, e.g. {"left": 2, "left with crs": 1}
    words     the explanation in a sentence
    """

    size: int
    counts: dict[str, int]
    words: str


@dataclass(frozen=True)
class Reconciled:
    """What changed, and every explanation of the smallest size (and of a few more changes, where asked)."""

    verdict: Literal["reconciled", "impossible", "undecided"]
    why: str
    changed: tuple[str, ...]
    explanations: tuple[Explanation, ...]
    left_over: tuple[str, ...]
    assumptions: tuple[str, ...]


def reconcile(
    first: Claims,
    second: Claims,
    more: int = 0,
    limit: float = 30.0,
    progress: Callable[[str], None] = lambda _: None,
) -> Reconciled:
    """Explanations of how the second report follows from the first.

    more    lists explanations with up to so many changes more than the smallest
    limit   seconds of solving
    """
    budget = Budget(limit)
    pair = _Pair(first, second)
    progress("smallest number of changes")
    found, size = solver.least(pair.model, pair.cost, budget)
    if found == "unknown" or (found == "yes" and size is None):
        return pair.answer("undecided", f"Not decided in {limit:g} s.", [])
    if found == "no" or size is None:
        return pair.answer("impossible", _alone(first, second, limit), [])
    explanations: list[Explanation] = []
    pair.model.clear_objective()
    pair.model.add(pair.cost >= size)
    pair.model.add(pair.cost <= size + more)
    complete = False
    while len(explanations) < _MOST_LISTED:
        progress(f"explanation {len(explanations) + 1}")
        values = solver.values(pair.model, [*pair.counts.values(), pair.cost], budget)
        if values is None:
            complete = budget.left > 0
            break
        counts = dict(zip(pair.counts, values, strict=False))
        explanations.append(Explanation(values[-1], {k: v for k, v in counts.items() if v}, _words(counts)))
        pair.forbid(counts)
    explanations = sorted(_needed(explanations), key=lambda e: (e.size, e.words))
    smallest = sum(e.size == size for e in explanations)
    why = "Nothing needs to have changed." if size == 0 else (
        f"At least {size} change{'' if size == 1 else 's'} lie{'s' if size == 1 else ''} between the two reports; "
        f"{smallest} explanation{'' if smallest == 1 else 's'} of that size{'' if complete else ', perhaps more'}."
    )  # fmt: skip
    return pair.answer("reconciled", why, explanations)


@dataclass
class _Unit:
    """What is compared patient by patient: one event, or the parts of one partition."""

    name: str
    events: tuple[str, ...]
    changed: Any = field(default=None)


class _Pair:
    def __init__(self, first: Claims, second: Claims):
        self.claims = (first, second)
        self.model = solver.new_model()
        joining = max(0, second.n - first.n) + min(_MORE_JOINED, second.n)
        everyone = first.n + joining
        sure, never = self.model.new_constant(1), self.model.new_constant(0)
        before = [sure] * first.n + [never] * joining
        after = [self.model.new_bool_var("") for _ in range(everyone)]
        self.model.add(sum(after) == second.n)
        self.counts: dict[str, Any] = {}
        self.cost: Any = 0
        self.worlds = [self._world(first, before), self._world(second, after)]
        self.stay = after[: first.n]
        self.left = [literal.negated() for literal in self.stay]
        self.joined = after[first.n :]
        self._count("left", self.left)
        self._count("joined", self.joined)
        self.cost = self.counts["left"] + self.counts["joined"]
        self.shared = sorted((first.events() & second.events()) - CHANGES_WITH_TIME)
        for unit in self._units():
            self._compare(unit)
        self._link_follow_up()

    def _world(self, claims: Claims, present: list[Any]) -> World:
        world = World(claims, grids(claims), model=self.model, present=present)
        impose(world, Part(claims.statements, tuple(claims.head.groups), world.names), self._loose(claims))
        return world

    def _loose(self, claims: Claims) -> frozenset[str]:
        free = claims.assumptions.rounding == "either"
        return frozenset(s.id for s in claims.statements) if free else frozenset()

    def _units(self) -> list[_Unit]:
        units: list[_Unit] = []
        taken: set[str] = set()
        for statement in self.claims[0].statements:
            parts = tuple(name for name in statement.categories() if name in self.shared)
            if statement.kind == "partition" and parts:
                units.append(_Unit(statement.id, parts))
                taken |= set(parts)
        return units + [_Unit(name, (name,)) for name in self.shared if name not in taken]

    def _compare(self, unit: _Unit) -> None:
        """Who stays has the unit as before, or is changed; or its definition changed."""
        model, size = self.model, self.claims[0].n
        rule = model.new_bool_var("")
        single = len(unit.events) == 1
        if not single:
            model.add(rule == 0)
        changed = [model.new_bool_var("") for _ in range(size)]
        for name in unit.events:
            columns = [world.event(name) for world in self.worlds]
            gained, lost = ([model.new_bool_var("") for _ in range(size)] for _ in range(2))
            for i in range(size):
                old, new = columns[0][i], columns[1][i]
                model.add_bool_or(self.stay[i].negated(), rule, changed[i], old.negated(), new)
                model.add_bool_or(self.stay[i].negated(), rule, changed[i], old, new.negated())
                for literal, has, lacks in ((gained[i], new, old), (lost[i], old, new)):
                    # Named exactly, so that equal explanations are counted equal.
                    model.add_bool_and(changed[i], has, lacks.negated()).only_enforce_if(literal)
                    model.add_bool_or(literal, changed[i].negated(), has.negated(), lacks)
            self._count(f"{name}: no → yes", gained)
            self._count(f"{name}: yes → no", lost)
            for what, literals, column in (
                ("left", self.left, columns[0][:size]),
                ("joined", self.joined, columns[1][size:]),
            ):
                self._count(
                    f"{what} with {name}", [self._unless(rule, a, b) for a, b in zip(literals, column, strict=True)]
                )
        for i in range(size):
            # Changed only if something differs, and never under a changed rule or for who left.
            model.add_implication(changed[i], self.stay[i])
            model.add_bool_or(changed[i].negated(), rule.negated())
            different = [model.new_bool_var("") for _ in unit.events]
            for literal, name in zip(different, unit.events, strict=True):
                old, new = (world.event(name)[i] for world in self.worlds)
                model.add(old + new == 1).only_enforce_if(literal)
            model.add_bool_or(changed[i].negated(), *different)
        self.counts[f"definition of {unit.name} changed"] = rule
        self.cost = self.cost + rule + sum(changed)

    def _unless(self, rule: Any, first: Any, second: Any) -> Any:
        literal = self.model.new_bool_var("")
        self.model.add_bool_and(first, second, rule.negated()).only_enforce_if(literal)
        self.model.add_bool_or(literal, first.negated(), second.negated(), rule)
        return literal

    def _count(self, name: str, literals: list[Any]) -> None:
        total = self.model.new_int_var(0, len(literals), "")
        self.model.add(total == sum(literals))
        self.counts[name] = total

    def _link_follow_up(self) -> None:
        """Whoever stays is followed longer by what lies between the two cuts, in everyone the same."""
        a, b = self.worlds
        exact = any(c.assumptions.months == "exact" or not c.assumptions.follow_up_to_cut for c in self.claims)
        self.linked = a.has_follow_up and b.has_follow_up and not exact
        if not self.linked:
            return
        columns = a.variable(FOLLOW_UP), b.variable(FOLLOW_UP)
        longer = self.model.new_int_var(0, a.grids[FOLLOW_UP].high, "")
        for stays, before, after in zip(self.stay, *columns, strict=False):
            self.model.add(after == before + longer).only_enforce_if(stays)
        # Patients bear no names: in the order of the first report's follow-up.
        for earlier, later in zip(columns[0][: self.claims[0].n], columns[0][1 : self.claims[0].n], strict=False):
            self.model.add(earlier <= later)

    def forbid(self, counts: dict[str, int]) -> None:
        """No explanation with these counts again."""
        different = []
        for name, value in counts.items():
            literal = self.model.new_bool_var("")
            self.model.add(self.counts[name] != value).only_enforce_if(literal)
            different.append(literal)
        self.model.add_bool_or(different)

    def answer(
        self, verdict: Literal["reconciled", "impossible", "undecided"], why: str, explanations: list[Explanation]
    ) -> Reconciled:
        """The answer with what changed and what was not compared."""
        first, second = self.claims
        return Reconciled(
            verdict, why, _changed(first, second), tuple(explanations), self._left_over(), self._assumptions()
        )

    def _left_over(self) -> tuple[str, ...]:
        first, second = self.claims
        known = (first.names() | first.events(), second.names() | second.events())
        compared = set(self.shared) | ({FOLLOW_UP} if self.linked else set())
        both = sorted((known[0] & known[1]) - compared)
        found = [f"{name}: in both reports, and may change with time; not compared patient by patient" for name in both]
        for here, there, which in ((0, 1, "first"), (1, 0, "second")):
            only = sorted(known[here] - known[there])
            if only:
                found.append(f"only in the {which} report, so not comparable: {', '.join(only)}")
        return tuple(found)

    def _assumptions(self) -> tuple[str, ...]:
        found = ["both reports are about the same trial, and patients who stay are the same persons"]
        if self.linked:
            found.append("whoever stays was followed to the second cut as well")
        extra = max(0, self.claims[1].n - self.claims[0].n) + min(_MORE_JOINED, self.claims[1].n)
        return (*found, f"at most {extra} joined after the first report")


def _needed(explanations: list[Explanation]) -> list[Explanation]:
    """Without those that are another one and an idle change on top."""

    def idle(small: Explanation, large: Explanation) -> bool:
        for name in {*small.counts, *large.counts}:
            less, more = small.counts.get(name, 0), large.counts.get(name, 0)
            if more < less or (" with " in name and more != less):
                return False
        return small.size < large.size

    return [e for e in explanations if not any(idle(other, e) for other in explanations)]


def _alone(first: Claims, second: Claims, limit: float) -> str:
    for name, claims in (("first", first), ("second", second)):
        checked = check(claims, limit)
        if checked.verdict == "impossible":
            return f"The {name} report cannot be true by itself. {checked.why}"
    return "The two cannot be reconciled under these assumptions."


def _changed(first: Claims, second: Claims) -> tuple[str, ...]:
    found = [f"patients: {first.n} → {second.n}"] if first.n != second.n else []
    for before in first.statements:
        for after in second.statements:
            if not isinstance(before, Count | Proportion) or not isinstance(after, Count | Proportion):
                continue
            if before.event == after.event and before.says() != after.says():
                found.append(f"{before.says()} → {after.says().split(': ', 1)[1]}")
    return tuple(found)


def _words(counts: dict[str, int]) -> str:
    parts: list[str] = []
    for what in ("left", "joined"):
        if not counts[what]:
            continue
        withs = [(k.removeprefix(f"{what} with "), v) for k, v in counts.items() if k.startswith(f"{what} with ") and v]
        detail = "; ".join(f"{v} of them with {k}" for k, v in withs)
        parts.append(
            f"{counts[what]} patient{'' if counts[what] == 1 else 's'} {what}" + (f" ({detail})" if detail else "")
        )
    for name, value in counts.items():
        if not value or name in ("left", "joined") or name.startswith(("left with", "joined with")):
            continue
        if name.startswith("definition of"):
            parts.append(f"the {name}")
        else:
            event, change = name.rsplit(": ", 1)
            parts.append(f"{event} recorded differently in {value} ({change})")
    return ", ".join(parts) or "no change"
