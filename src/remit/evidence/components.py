"""Which statements have to do with each other.

Two statements that share no event, variable or group, not even through others, cannot disturb each other: patients bear
no names, so any column of values can stand beside any other. Solving each such part alone is what keeps verdicts fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remit.evidence.claims import Claims
from remit.evidence.kinds import Statement
from remit.evidence.laws import LAWS
from remit.evidence.where import parse

FOLLOW_UP = "follow_up_months"
_PATIENTS = "\x00patients"  # patient statements are about different patients, so they know of each other


@dataclass(frozen=True)
class Part:
    """Statements and groups that hang together, and the names of the events, variables and groups they share."""

    statements: tuple[Statement, ...]
    groups: tuple[str, ...]
    names: frozenset[str]


def part_of(claims: Claims, names: Iterable[str], among: Sequence[Statement]) -> Part:
    """Everything among these statements that hangs together with some names."""
    reached = set(names)
    groups: set[str] = set()
    statements: set[str] = set()
    while True:
        before = (len(reached), len(groups), len(statements))
        for name in claims.head.groups:
            own = names_of_group(claims, name)
            if name not in groups and own & reached:
                groups.add(name)
                reached |= own
        for statement in among:
            own = names_of(claims, statement)
            if statement.id not in statements and own & reached:
                statements.add(statement.id)
                reached |= own
        reached |= _by_law(claims, reached)
        if (len(reached), len(groups), len(statements)) == before:
            break
    return Part(
        tuple(s for s in among if s.id in statements),
        tuple(g for g in claims.head.groups if g in groups),
        frozenset(reached),
    )


def parts(claims: Claims, among: Sequence[Statement]) -> list[Part]:
    """These statements, and all groups, divided into parts that have nothing to do with each other."""
    found: list[Part] = []
    for statement in among:
        if not any(statement in part.statements for part in found):
            part = part_of(claims, names_of(claims, statement), among)
            found.append(part if part.statements else Part((statement,), (), frozenset()))
    for group in claims.head.groups:
        if not any(group in part.groups for part in found):
            found.append(part_of(claims, names_of_group(claims, group), ()))
    return found


def names_of(claims: Claims, statement: Statement) -> set[str]:
    """The events, variables and groups that a statement speaks of."""
    names = {variable for variable, _ in statement.figures()} | set(statement.categories())
    variable = getattr(statement, "variable", None)
    names |= {variable} if isinstance(variable, str) else set()
    for text in statement.conditions():
        names |= names_in(claims, text)
    for group in statement.sets():
        if group != "all":
            names |= names_of_group(claims, group)
    if statement.kind in ("time", "order"):
        names.add(FOLLOW_UP)
    if statement.kind == "patient":
        names.add(_PATIENTS)
    return names


def names_of_group(claims: Claims, name: str) -> set[str]:
    """A group's own name, and what its condition and the group around it speak of."""
    group = claims.group(name)
    names = {f"\x00{name}"}
    if group.where is not None:
        names |= names_in(claims, group.where)
    return names if group.of == "all" else names | names_of_group(claims, group.of)


def names_in(claims: Claims, text: str) -> set[str]:
    """The events and variables in a condition; a partition's word stands for all of its parts."""
    found: set[str] = set()
    for part, _ in parse(text):
        found.add(part.name if part.word is None else part.word)
    return found


def _by_law(claims: Claims, names: set[str]) -> set[str]:
    if not claims.assumptions.instrument_laws:
        return set()
    known = {name.lower(): name for name in sorted(claims.names())}
    lower = {name.lower() for name in names}
    pairs = [{law.event, law.variable} for law in LAWS] + [{"sledai", "csledai"}]
    return {known[n] for pair in pairs if pair & lower and pair <= set(known) for n in pair}
