"""Where the next cohorts can lead: the dose-transition pathway of a design as a flat list of steps, parents first.

The tree is made by the same `decide` as everywhere. A design that grades single subjects (titration) also branches by
an event that ends the titration without being a DLT. Neighboring counts that end the tree in the same decision are
one step.

The name is that of Yap et al. 2017, Clin Cancer Res 23:7440 [page recalled, unverified].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from remit import designs
from remit.designs import Cohort, Decision, Design, Outcomes
from remit.errors import InputError

MOST_STEPS = 2_000
MOST_AHEAD = 4


@dataclass(frozen=True)
class Seen:
    """How one cohort turned out.

    level, treated   where, from 1, and how many
    dlts             least and most DLTs that this step stands for; the same number twice unless steps were merged
    event            whether a single subject had an event that counts against the titration without being a DLT
    """

    level: int
    treated: int
    dlts: tuple[int, int]
    event: bool = False

    @property
    def text(self) -> str:
        """The outcome as people write it: `1/3`, `2–3/3`, `0/1 + event`."""
        low, high = self.dlts
        counted = str(low) if low == high else f"{low}–{high}"
        return f"{counted}/{self.treated}" + (" + event" if self.event else "")

    @property
    def slug(self) -> str:
        """The outcome as a segment of an id, after the key of the level."""
        low, high = self.dlts
        counted = str(low) if low == high else f"{low}-to-{high}"
        return f"{counted}-of-{self.treated}" + ("-event" if self.event else "")


@dataclass(frozen=True)
class Step:
    """One outcome of the cohorts so far and the decision it leads to.

    cohorts    outcomes since the root; none at the root
    decision   what the design says then; of merged steps, of the one with the fewest DLTs
    reasons    the sentence of each merged step
    """

    cohorts: tuple[Seen, ...]
    decision: Decision
    reasons: tuple[str, ...]


@dataclass
class _Node:
    seen: Seen | None
    decision: Decision
    reasons: list[str]
    children: list[_Node] = field(default_factory=list)


def begin(design: Design, cohorts: Iterable[Cohort] = ()) -> Outcomes:
    """The outcomes of a design after some cohorts; before the first subject when there are none.

    raises   InputError: a cohort at a level that the design has not
    """
    opening = getattr(design, "begin", None)
    seen: Outcomes = opening() if opening is not None else designs.nobody_yet(design.levels, design.start)
    single: Callable[[int, int], Outcomes] | None
    for cohort in cohorts:
        single = getattr(seen, "after_single", None)
        if cohort.treated == 1 and single is not None and cohort.level <= design.levels:
            seen = single(cohort.level, 2 * cohort.dlts)
        else:
            seen = seen.after(cohort)
    return seen


def steps(design: Design, seen: Outcomes, ahead: int = 2) -> tuple[Step, ...]:
    """Every step from these outcomes on, a parent before its children and fewer DLTs before more.

    ahead    cohorts to look ahead, 1 to 4
    raises   InputError: more cohorts ahead than that, or a tree too large to read
    """
    if not 1 <= ahead <= MOST_AHEAD:
        raise InputError(f"ahead: must be 1 to {MOST_AHEAD} cohorts; got {ahead}.")
    left = [MOST_STEPS]
    return tuple(_flat(_grown(design, None, seen, ahead, left), ()))


def outcomes(design: Design, seen: Outcomes, decision: Decision) -> Iterable[tuple[Seen, Outcomes]]:
    """Each way the next cohort can turn out, fewest DLTs first."""
    level = decision.level
    assert level is not None
    graded = getattr(design, "branches", None)
    if graded is None:
        for dlts in range(decision.subjects + 1):
            yield Seen(level, decision.subjects, (dlts, dlts)), seen.after(Cohort(level, decision.subjects, dlts))
        return
    for _, after in graded(seen, decision):
        dlts = after.at(level)[1] - seen.at(level)[1]
        fresh = decision.subjects == 1 and seen.at(level)[0] == 0 and hasattr(after, "singles")
        yield Seen(level, decision.subjects, (dlts, dlts), fresh and after.singles[level - 1] == 1), after


def _grown(design: Design, came: Seen | None, seen: Outcomes, ahead: int, left: list[int]) -> _Node:
    left[0] -= 1
    if left[0] < 0:
        raise InputError(f"The tree has more than {MOST_STEPS} steps; look fewer cohorts ahead.")
    decision = designs.decide(design, seen)
    node = _Node(came, decision, [decision.reason])
    if ahead and decision.level is not None:
        for outcome, after in outcomes(design, seen, decision):
            child = _grown(design, outcome, after, ahead - 1, left)
            last = node.children[-1] if node.children else None
            if last is not None and _alike(last, child):
                assert last.seen is not None
                last.seen = Seen(outcome.level, outcome.treated, (last.seen.dlts[0], outcome.dlts[1]))
                last.reasons.extend(child.reasons)
            else:
                node.children.append(child)
    return node


def _alike(one: _Node, other: _Node) -> bool:
    """Whether two ends of the tree say the same."""
    if one.children or other.children or one.seen is None or other.seen is None:
        return False
    same = (one.decision.level, one.decision.action, one.decision.subjects)
    return not (one.seen.event or other.seen.event) and same == (
        other.decision.level,
        other.decision.action,
        other.decision.subjects,
    )


def _flat(node: _Node, above: tuple[Seen, ...]) -> Iterable[Step]:
    path = (*above, node.seen) if node.seen is not None else above
    yield Step(path, node.decision, tuple(dict.fromkeys(node.reasons)))
    for child in node.children:
        yield from _flat(child, path)
