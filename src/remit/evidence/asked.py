"""Questions to drawn cohorts: "lldas at DL4", "median follow_up_months in over-6-months".

A question is an optional statistic, an event, condition or variable, and an optional set after "at", "in" or "among":
a group, a part of a partition, or a condition. The words are those of the document, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remit.errors import InputError, nearest
from remit.evidence import solver
from remit.evidence.claims import Claims
from remit.evidence.cohorts import Cohorts
from remit.evidence.components import part_of
from remit.evidence.grids import grids
from remit.evidence.kinds.statement import Quantity
from remit.evidence.physics import World, build
from remit.evidence.solver import Budget
from remit.evidence.verdicts import reach
from remit.evidence.where import parse

STATISTICS: Final = ("mean", "median", "min", "max")
_TEXT: Final = re.compile(
    r"(?:(?P<statistic>count|mean|median|min|max)\s+(?:of\s+)?)?(?P<what>.+?)(?:\s+(?:at|in|among)\s+(?P<set>.+))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """A question, understood.

    statistic   "count" of patients, or a statistic of a variable
    what        the event or condition counted, or the variable
    group       group of the document; "all" without one
    where       condition on top of the group; None without one
    """

    text: str
    statistic: str
    what: str
    group: str
    where: str | None


@dataclass(frozen=True)
class Asked:
    """The answer over draws, and what is possible at all.

    values     (draws,) of the number; NaN in a draw in which nobody is in the set
    possible   least and largest value that the statements allow, by the solver; None where it was not decided, or the
               solver cannot be asked
    open       whether everything that patients could do at all is possible: then nothing printed bears on it
    """

    question: Question
    values: NDArray[np.float64]
    possible: tuple[float, float] | None
    open: bool
    why: str = ""


def question(claims: Claims, text: str) -> Question:
    """A question in words of the document.

    raises   InputError of one sentence: the word that is not the document's, and the nearest that is
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise InputError('--ask "": empty; ask for something like "lldas at DL4".')
    statistic = (match["statistic"] or "").lower()
    what = _known(claims, match["what"].strip(), text)
    group, where = ("all", None) if match["set"] is None else _set(claims, match["set"].strip(), text)
    variables = set(grids(claims))
    if what in variables:
        if statistic not in STATISTICS:
            raise InputError(
                f'--ask "{text}": {what} is a number, not an event; ask for its {", ".join(STATISTICS)}, or compare it.'
            )
        return Question(text, statistic, what, group, where)
    if statistic in STATISTICS:
        raise InputError(f'--ask "{text}": {what} is yes or no and has no {statistic}; ask for its count.')
    return Question(text, "count", what, group, where)


def ask(cohorts: Cohorts, one: Question, limit: float = 20.0) -> Asked:
    """The answer to a question over drawn cohorts, with the exact range by the solver within so many seconds."""
    tables = cohorts.tables
    members = tables.members(one.group)
    if one.where is not None:
        members = members & tables.condition(one.where)
    size = members.sum(axis=1)
    if one.statistic == "count":
        values = (members & tables.condition(one.what)).sum(axis=1).astype(np.float64)
    else:
        values = _statistic(cohorts.values(one.what), members, one.statistic)
        values = np.where(size > 0, values, np.nan)
    possible, is_open, why = _possible(cohorts, one, Budget(limit))
    return Asked(one, values, possible, is_open, why)


def _statistic(values: NDArray[np.float64], members: NDArray[np.bool_], which: str) -> NDArray[np.float64]:
    found = np.full(len(values), np.nan)
    ways: dict[str, Callable[[Any], Any]] = {"mean": np.mean, "median": np.median, "min": np.min, "max": np.max}
    compute = ways[which]
    for row, (value, member) in enumerate(zip(values, members, strict=True)):
        if member.any():
            found[row] = compute(value[member])
    return np.round(found, 6)


def _possible(cohorts: Cohorts, one: Question, budget: Budget) -> tuple[tuple[float, float] | None, bool, str]:
    claims, own = cohorts.claims, grids(cohorts.claims)
    names = {c.name if c.word is None else c.word for text in (one.what, one.where) if text for c, _ in parse(text)}
    names |= {f"\x00{one.group}"} if one.group != "all" else set()
    part = part_of(claims, names, claims.statements)
    world = build(claims, own, part, cohorts.loose)
    quantity = _quantity(world, one)
    if quantity is None:
        return None, False, "the solver has no such number where the size of the set is not printed"
    ends = reach(world, quantity, budget)
    if ends is None:
        return None, False, f"not decided in {budget.seconds:g} s"
    low, high = (round(end * quantity.step, 6) for end in ends)
    return (low, high), _is_open(cohorts, one, names, ends, budget), ""


def _is_open(cohorts: Cohorts, one: Question, names: set[str], ends: tuple[int, int], budget: Budget) -> bool:
    """Whether the range is as wide as it can be for a set of that size: a count from nobody to everybody."""
    claims, own = cohorts.claims, grids(cohorts.claims)
    if one.statistic == "count":
        if ends[0] > 0:
            return False
        world = build(claims, own, part_of(claims, names, claims.statements), cohorts.loose)
        found, most = solver.most(world.model, sum(_members(world, one)), budget)
        return found == "yes" and most == ends[1]
    world = build(claims, own, part_of(claims, names, ()), frozenset())
    free = _quantity(world, one)
    return free is not None and reach(world, free, budget) == ends


def _members(world: World, one: Question) -> list[Any]:
    members = world.members(one.group)
    return members if one.where is None else world.both_of(members, world.condition(one.where))


def _quantity(world: World, one: Question) -> Quantity | None:
    members = _members(world, one)
    size = world.claims.size(one.group) if one.where is None else _printed_size(world.claims, one)
    if one.statistic == "count":
        total: Any = sum(world.both_of(members, world.condition(one.what)))
        return Quantity(total, 1.0, "patients", None, None)
    return world.statistic(one.what, members, size, one.statistic, None)


def _printed_size(claims: Claims, one: Question) -> int | None:
    """The size of a part that a partition prints; None for any other set."""
    if one.group != "all":
        return None
    for statement in claims.statements:
        counts = getattr(statement, "parts", None)
        if statement.kind == "partition" and counts and statement.sets() == ("all",) and one.where in counts:
            count = counts[one.where]
            return None if count is None else int(count)
    return None


def _words(claims: Claims) -> list[str]:
    variables = grids(claims)
    return sorted(claims.events() | set(variables))


def _known(claims: Claims, text: str, asked: str) -> str:
    """The text with every name as the document writes it."""
    words = {word.lower(): word for word in _words(claims)}
    if text.lower() in words:
        return words[text.lower()]
    try:
        parts = parse(text)
    except ValueError as problem:
        raise InputError(f'--ask "{asked}": {problem}.') from None
    found: list[str] = []
    for part, positive in parts:
        name = words.get(part.name.lower())
        if part.word is not None and part.name not in words:
            name = next((s.id for s in claims.statements if s.kind == "partition" and s.id == part.name), None)
        if name is None:
            raise _unknown(asked, part.name, _words(claims))
        if part.word is not None and part.word.lower() not in words:
            raise _unknown(asked, part.word, _words(claims))
        shown = name if not part.op else f"{name} {part.op} {words[part.word.lower()] if part.word else part.number}"
        if part.number is not None:
            shown = f"{name} {part.op} {float(part.number):g}"
        found.append(shown if positive else f"not {shown}")
    return " and ".join(found)


def _set(claims: Claims, text: str, asked: str) -> tuple[str, str | None]:
    groups = {name.lower(): name for name in ("all", *claims.head.groups)}
    if text.lower() in groups:
        return groups[text.lower()], None
    try:
        return "all", _known(claims, text, asked)
    except InputError:
        if re.fullmatch(r"[\w.-]+", text):
            raise _unknown(asked, text, [*groups.values(), *_words(claims)]) from None
        raise


def _unknown(asked: str, word: str, allowed: Sequence[str]) -> InputError:
    known = sorted(set(allowed))
    return InputError(f'--ask "{asked}": "{word}" is not a word of the document.{nearest(word, known)} Words: '
                      f"{', '.join(known)}.")  # fmt: skip
