"""A smallest set of statements that cannot hold together.

Smallest by number, not only irreducible: by the duality of conflicts and corrections, a set that meets every known
"what has to be given up" and is itself impossible is a smallest conflict (Ignatiev et al. 2015, Smallest MUS extraction
with minimal hitting set dualization, CP 2015) [recalled, not looked up].
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from remit.evidence.solver import Found


def smallest(
    names: list[str],
    possible: Callable[[frozenset[str]], Found],
    quickly: Callable[[frozenset[str]], Found] | None = None,
) -> list[str] | None:
    """A smallest subset of names that is not possible together, in the order of names.

    possible   whether a subset holds together; "unknown" when it was not decided in time
    quickly    the same, with less time: where it gives up, another subset is tried
    returns    None when the time ran out; an empty list when even nothing is impossible
    """
    corrections: list[frozenset[str]] = []
    answers: dict[frozenset[str], Found] = {}

    def ask(subset: frozenset[str], how: Callable[[frozenset[str]], Found]) -> Found:
        if answers.get(subset, "unknown") == "unknown":
            answers[subset] = how(subset)
        return answers[subset]

    while True:
        guess = _hitting(names, corrections)
        found = ask(guess, possible)
        if found == "unknown":
            return None
        if found == "no":
            return [name for name in names if name in guess]
        grown = guess
        for name in names:
            if name in grown:
                continue
            # Any subset that holds together serves, so one that takes long is left out.
            if ask(grown | {name}, quickly or possible) == "yes":
                grown |= {name}
        missing = frozenset(names) - grown
        if not missing:
            raise ValueError("these names hold together; there is no conflict")
        corrections.append(missing)


def _hitting(names: list[str], corrections: list[frozenset[str]]) -> frozenset[str]:
    """A smallest set that meets every correction; the earliest in the order of names."""
    used = [name for name in names if any(name in correction for correction in corrections)]
    for size in range(len(used) + 1):
        for chosen in combinations(used, size):
            subset = frozenset(chosen)
            if all(subset & correction for correction in corrections):
                return subset
    return frozenset(used)
