"""Yes, no or unknown: named questions about facts, and how they combine.

Every rule of remit (a disease state, an eligibility line, a toxicity definition) is a handful of criteria. A criterion
answers True, False or None; None means that it cannot be told from the facts, and never silently becomes no.
Combination follows Kleene's strong three-valued logic (Kleene 1952, Introduction to Metamathematics, section 64
[section recalled, unverified]): one clear no settles an `all_of`, one clear yes settles an `any_of`.

Comparisons allow 1e-9 at a limit, so that 2.5 - 2.2 is still 0.3; they are meant for raw values, never rounded ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Truth: TypeAlias = bool | None
Facts: TypeAlias = Mapping[str, object]
Relation: TypeAlias = Literal["≤", "<", "≥", ">", "="]

TOLERANCE: Final = 1e-9


def is_at_most(value: float | None, limit: float | None) -> Truth:
    """value ≤ limit; unknown when either is."""
    return None if value is None or limit is None else value <= limit + TOLERANCE


def is_below(value: float | None, limit: float | None) -> Truth:
    """value < limit; unknown when either is."""
    return None if value is None or limit is None else value < limit - TOLERANCE


def is_at_least(value: float | None, limit: float | None) -> Truth:
    """value ≥ limit; unknown when either is."""
    return None if value is None or limit is None else value >= limit - TOLERANCE


def is_above(value: float | None, limit: float | None) -> Truth:
    """value > limit; unknown when either is."""
    return None if value is None or limit is None else value > limit + TOLERANCE


def is_equal(value: float | None, other: float | None) -> Truth:
    """value = other; unknown when either is."""
    return None if value is None or other is None else abs(value - other) <= TOLERANCE


COMPARISONS: Final[dict[Relation, Callable[[float | None, float | None], Truth]]] = {
    "≤": is_at_most,
    "<": is_below,
    "≥": is_at_least,
    ">": is_above,
    "=": is_equal,
}


def negation(truth: Truth) -> Truth:
    """Kleene not: unknown stays unknown."""
    return None if truth is None else not truth


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene and: False if any is False, else unknown if any is unknown, else True (also for no truths at all)."""
    answer: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            answer = None
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene or: True if any is True, else unknown if any is unknown, else False (also for no truths at all)."""
    answer: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            answer = None
    return answer


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """Whether `count` or more are True; unknown while the unknown ones could still decide it."""
    seen = tuple(truths)
    certain = seen.count(True)
    if certain >= count:
        return True
    return None if certain + seen.count(None) >= count else False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One named question.

    name      short word for code and columns
    sentence  what must hold, as the report prints it: "PGA ≤ 1"
    test      reads the facts, answers True, False or None
    fact      says the met fact with its value ("PGA 0.2"); an empty text is left out of the report
    """

    name: str
    sentence: str
    test: Callable[[Facts], Truth]
    fact: Callable[[Facts], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Met, not met or unknown, and why.

    met      True, False or None (cannot be told)
    because  when met: the facts; otherwise "not: …" for what failed, then "unknown: …" for what could not be told
    parts    the truth of each group of criteria, in the order of the definition
    """

    met: Truth
    because: tuple[str, ...] = ()
    parts: tuple[Truth, ...] = ()


def limit(name: str, label: str, relation: Relation, bound: float, unit: str = "") -> Criterion:
    """A number among the facts compared with a fixed limit."""
    compare = COMPARISONS[relation]
    tail = f" {unit}" if unit else ""

    def test(facts: Facts) -> Truth:
        return compare(facts[name], bound)  # type: ignore[arg-type]

    def fact(facts: Facts) -> str:
        return f"{label} {facts[name]:g}{tail}"

    return Criterion(name, f"{label} {relation} {bound:g}{tail}", test, fact)


def holds(name: str, sentence: str, fact: str = "") -> Criterion:
    """A yes/no fact that must be yes."""

    def test(facts: Facts) -> Truth:
        return facts[name]  # type: ignore[return-value]

    return Criterion(name, sentence, test, lambda facts: fact)


def fails(name: str, sentence: str, fact: str = "") -> Criterion:
    """A yes/no fact that must be no; the sentence is worded for the good case ("no haemolytic anemia")."""

    def test(facts: Facts) -> Truth:
        return negation(facts[name])  # type: ignore[arg-type]

    return Criterion(name, sentence, test, lambda facts: fact)


def judge(groups: Sequence[Sequence[Criterion]], facts: Facts) -> Answer:
    """All criteria of all groups must hold.

    groups   the parts of a definition, each one or more criteria
    facts    every name that the criteria read; None is unknown
    returns  the answer, its reasons, and one truth per group
    """
    failed: list[str] = []
    unknown: list[str] = []
    parts: list[Truth] = []
    for group in groups:
        part: Truth = True
        for criterion in group:
            truth = criterion.test(facts)
            if truth is False:
                part = False
                failed.append("not: " + criterion.sentence)
            elif truth is None:
                unknown.append("unknown: " + criterion.sentence)
                if part is True:
                    part = None
        parts.append(part)
    if failed:
        return Answer(False, (*failed, *unknown), tuple(parts))
    if unknown:
        return Answer(None, tuple(unknown), tuple(parts))
    reasons = (criterion.fact(facts) for group in groups for criterion in group)
    return Answer(True, tuple(reason for reason in reasons if reason), tuple(parts))


def single(truth: Truth, sentence: str, fact: str = "") -> Answer:
    """The answer to one question, worded like `judge` words it."""
    if truth is None:
        return Answer(None, ("unknown: " + sentence,), (None,))
    return Answer(truth, (fact or sentence,) if truth else ("not: " + sentence,), (truth,))
