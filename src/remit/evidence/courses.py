"""Every course that a declared design can take to the counts that were printed.

An abstract prints how many were treated at each level, seldom in which order, and often not who had a dose-limiting
toxicity (DLT). So all of it is tried: from nobody treated, each cohort that the design asks for, with each number of
DLTs that the printed counts leave room for; beside it, where the design expands levels during the escalation, single
subjects there. Equal counts are one state, as in the exact engine (`designs.walk`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Final

from remit import designs
from remit.designs.decide import Decision, Design, decide
from remit.designs.outcomes import Cohort, Outcomes, nobody_yet
from remit.designs.replay import Expanding
from remit.designs.walk import Branching
from remit.errors import InputError

MOST_STATES: Final = 15_000
MOST_VARIANTS: Final = 400

Counts = tuple[int, ...]


@dataclass(frozen=True)
class End:
    """One way to have treated the printed numbers: DLTs per level, whether the trial is over, what it would recommend.

    level   None when nothing is recommended, or the trial is not over
    """

    dlts: Counts
    finished: bool
    level: int | None


@dataclass(frozen=True)
class Reached:
    """What the design allows.

    ends      every end, of every variant of the design that is left open
    settings  for each variant with an end: what it sets
    furthest  a sentence about where the course that comes furthest can go no further; empty when there is an end
    cut       whether there were more states than are looked at
    """

    ends: frozenset[End]
    settings: tuple[Mapping[str, object], ...]
    furthest: str
    cut: bool


# What a publication seldom says about these designs; impossible must hold for every reading of it.
_OPEN: Final[dict[str, dict[str, tuple[object, ...]]]] = {
    "3+3": {"descend": (True, False), "confirm_top": (True, False), "most_of_six": (1, 2)},
    "titration-3+3-expansion": {
        "descend": (True, False),
        "confirm_top": (True, False),
        "most_of_six": (1, 2),
    },
}


def variants(name: str, given: Mapping[str, object], treated: Counts) -> Iterator[dict[str, object]]:
    """Every way to fill in what the document leaves open, the common one first."""
    free = dict(_OPEN.get(name, {}))
    if name == "titration-3+3-expansion":
        top = max((level for level, n in enumerate(treated, 1) if n), default=1)
        free["titration_through_level"] = tuple(range(top, -1, -1))
        free["expansion_subjects"] = (*sorted({n for n in treated if n > 6}, reverse=True), 0)
    left = {key: values for key, values in free.items() if key not in given}
    for values in product(*left.values()):
        yield dict(zip(left, values, strict=True))


def buildable(name: str, given: Mapping[str, object], levels: int) -> None:
    """Nothing when the design can be built.

    raises   InputError: a design or parameter that is not known, or fewer levels than are printed
    """
    design = designs.build(name, {"levels": levels, **given})
    if design.levels < levels:
        raise InputError(f"levels: the design has {design.levels}; {levels} are printed.")


def courses(
    name: str, given: Mapping[str, object], treated: Counts, dlts: tuple[int | None, ...], total: int | None = None
) -> Reached:
    """Where a design can be once these were treated.

    name, given    as `designs.build` takes them; `levels` is the number of counts unless given
    treated, dlts  per level, lowest first; DLTs None where they are not printed
    total          DLTs of all levels together, where only that is printed
    raises         InputError: a design or parameter that is not known
    """
    parameters = tuple(sorted({"levels": len(treated), **given}.items()))
    return _courses(name, parameters, treated, dlts, total)


@lru_cache(maxsize=256)
def _courses(
    name: str,
    parameters: tuple[tuple[str, Any], ...],
    treated: Counts,
    dlts: tuple[int | None, ...],
    total: int | None,
) -> Reached:
    given = dict(parameters)
    ends: set[End] = set()
    settings: list[Mapping[str, object]] = []
    furthest: tuple[int, str] = (-1, "")
    cut = False
    for number, setting in enumerate(variants(name, given, treated)):
        if number >= MOST_VARIANTS:
            cut = True
            break
        search = _Search(designs.build(name, {**given, **setting}), treated, dlts, total)
        search.run()
        if search.ends:
            ends |= search.ends
            settings.append(setting)
        furthest = max(furthest, search.furthest, key=lambda found: found[0])
        cut = cut or search.cut
    return Reached(frozenset(ends), tuple(settings), "" if ends else furthest[1], cut)


class _Search:
    def __init__(self, design: Design, treated: Counts, dlts: tuple[int | None, ...], total: int | None):
        missing = (0,) * (design.levels - len(treated))
        self.design, self.treated = design, (*treated, *missing)
        limits = [n if y is None else y for n, y in zip(treated, dlts, strict=True)]
        self.most = (*(limits if total is None else [min(limit, total) for limit in limits]), *missing)
        self.exact = (*dlts, *missing)
        self.total = total
        self.ends: set[End] = set()
        self.furthest: tuple[int, str] = (-1, "")
        self.cut = False

    def run(self) -> None:
        design = self.design
        begin = design.begin() if isinstance(design, Branching) else nobody_yet(design.levels, design.start)
        waiting = [(begin, nobody_yet(design.levels))]
        known = set(waiting)
        while waiting:
            seen, added = waiting.pop()
            for after in self._next(seen, added):
                if after not in known:
                    if len(known) >= MOST_STATES:
                        self.cut = True
                        return
                    known.add(after)
                    waiting.append(after)

    def _next(self, seen: Outcomes, added: Outcomes) -> Iterator[tuple[Outcomes, Outcomes]]:
        decision = decide(self.design, seen)
        treated, dlts = _sum(seen.treated, added.treated), _sum(seen.dlts, added.dlts)
        self._arrive(seen, treated, dlts, decision)
        if decision.level is not None:
            place = decision.level - 1
            room = self.treated[place] - treated[place]
            if decision.subjects <= room:
                for after in self._closed(seen, decision):
                    if self._fits(_sum(after.dlts, added.dlts)):
                        yield after.merged(), added
            elif room > 0:
                # The last cohort, not complete yet.
                done = (*treated[:place], treated[place] + room, *treated[place + 1 :])
                for more in range(room + 1):
                    self._end(done, (*dlts[:place], dlts[place] + more, *dlts[place + 1 :]), None)
        if isinstance(self.design, Expanding):
            for place, room in enumerate(self.design.expansion_room(seen, added)):
                if room <= 0 or place + 1 == decision.level or treated[place] >= self.treated[place]:
                    continue
                for more in (0, 1):
                    if dlts[place] + more <= self.most[place]:
                        yield seen, added.after(Cohort(place + 1, 1, more)).merged()

    def _closed(self, seen: Outcomes, decision: Decision) -> Iterator[Outcomes]:
        if isinstance(self.design, Branching):
            for _, after in self.design.branches(seen, decision):
                yield after
            return
        assert decision.level is not None
        for more in range(decision.subjects + 1):
            yield seen.after(Cohort(decision.level, decision.subjects, more))

    def _fits(self, dlts: Counts) -> bool:
        within = all(y <= most for y, most in zip(dlts, self.most, strict=True))
        return within and (self.total is None or sum(dlts) <= self.total)

    def _arrive(self, seen: Outcomes, treated: Counts, dlts: Counts, decision: Decision) -> None:
        if sum(treated) > self.furthest[0]:
            self.furthest = (sum(treated), self._stuck(treated, decision))
        over = decision.level is None
        self._end(treated, dlts, seen if over else None)

    def _end(self, treated: Counts, dlts: Counts, over: Outcomes | None) -> None:
        if treated != self.treated or not self._fits(dlts) or (self.total is not None and sum(dlts) != self.total):
            return
        if any(printed is not None and printed != y for printed, y in zip(self.exact, dlts, strict=True)):
            return
        self.ends.add(End(dlts, over is not None, None if over is None else self.design.select(over)))

    def _stuck(self, treated: Counts, decision: Decision) -> str:
        left = [
            f"{n - done} at level {level}"
            for level, (n, done) in enumerate(zip(self.treated, treated, strict=True), 1)
            if n > done
        ]
        rest = ", ".join(left) or "nobody"
        if not sum(treated):
            return f"the design begins with {decision.subjects} at level {decision.level}; the report has {rest}"
        asks = f"treats {decision.subjects} at level {decision.level}"
        if decision.level is None:
            asks = f"ends ({decision.reason.rstrip('.')})"
        return f"after {_listed(treated)} the design {asks}; the report has {rest} more"


def _sum(first: Counts, second: Counts) -> Counts:
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _listed(treated: Counts) -> str:
    return ", ".join(f"{n} at level {level}" for level, n in enumerate(treated, 1) if n)


__all__ = ["End", "Reached", "courses", "variants"]
