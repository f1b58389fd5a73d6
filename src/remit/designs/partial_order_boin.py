"""An interval design for dose and schedule together: escalate only to a level whose every lower neighbor is safe.

After a cohort the DLT rate at the level is compared with BOIN's two boundaries. At or below the lower one the next
level is an upper neighbor; at or above the upper one a lower neighbor; else the same. Of several the one whose rate
most probably lies between the boundaries is taken, the smaller number on a tie. An upper neighbor may be opened only
if every one of its lower neighbors was treated and does not itself ask to go down; where that holds for none, the
trial goes sideways to an untreated level, itself fit to be opened, that keeps one shut. The recommended level is the
treated and open one whose rate, isotonic on the partial order, is closest to the target.

Sources: Liu & Yuan 2015, JRSS-C 64:507, for the boundaries; Lin & Yin 2017, Stat Methods Med Res 26:2155, for the
choice between neighbors in combinations [page recalled, unverified]. The rule that every lower neighbor must be safe
is ours, so that no number of a package is reproduced.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters, partial_isotonic
from remit.designs.boin import Boin
from remit.designs.decide import Action, Decision, Guard, counted, stop
from remit.designs.ladder import DOWN, UP
from remit.designs.outcomes import Outcomes
from remit.designs.partial_order import PartialOrder, described
from remit.designs.posterior import mass

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class PartialOrderBoin:
    """The design.

    levels, target      number of levels, all cells of the grid; true DLT rate sought
    doses, schedules    the grid; levels 1 to `doses` are the doses of the first schedule
    order               instead of a grid, what is known: "1<2, 1<3, 2<4, 3<4"
    cohort, cohorts     subjects a cohort, cohorts at most
    certainty           posterior probability of exceeding the target that closes a level and all above it
    least_to_eliminate  fewest subjects at which a level can be closed
    early_stop          subjects at a level after which a decision to stay ends the trial; None for never
    """

    key: ClassVar[str] = "partial-order"

    levels: int
    target: float
    doses: int | None = None
    schedules: int | None = None
    order: tuple[tuple[int, ...], ...] | str = ()
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    low_rate: float | None = None
    high_rate: float | None = None
    certainty: float = 0.95
    least_to_eliminate: int = 3
    early_stop: int | None = None
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.start_level(self.start, parameters.count("levels", self.levels, 1))
        if self.early_stop is not None:
            parameters.count("early_stop", self.early_stop, 1)
        _ = self.boin.ladder
        _ = self.partial_order.upper_sets

    @property
    def partial_order(self) -> PartialOrder:
        """What is known of the levels."""
        return described(self.levels, self.doses, self.schedules, self.order)

    @property
    def boin(self) -> Boin:
        """The one-level BOIN whose table every level is read by."""
        return Boin(
            levels=1,
            target=self.target,
            cohort=self.cohort,
            cohorts=self.cohorts,
            low_rate=self.low_rate,
            high_rate=self.high_rate,
            certainty=self.certainty,
            least_to_eliminate=self.least_to_eliminate,
        )

    def judge(self, treated: Integers, dlts: Integers) -> Floats:
        """The DLTs: `moves` and `choices` make of them what they need."""
        return dlts.astype(np.float64)

    def moves(self, judged: Floats, treated: Integers, level: Integers, latest: tuple[Integers, Integers]) -> Integers:
        """Next level per state, 0 to stop; `latest` is not looked at."""
        order, tables = self.partial_order, _tables(self.boin)
        dlts = judged.astype(np.int64)
        asked, value = tables.asked[treated, dlts], tables.value[treated, dlts]
        open_ = self._open(treated, dlts)
        sound = (treated > 0) & open_ & (asked != DOWN)
        covers = order.covers
        # ready: every lower neighbor was treated and is sound
        ready = open_ & ~((~sound) @ covers)
        out = np.zeros(len(level), dtype=np.int64)
        for cell in range(1, self.levels + 1):
            rows = np.flatnonzero(level == cell)
            if len(rows):
                out[rows] = self._from(cell, asked[rows], value[rows], open_[rows], ready[rows], treated[rows])
        if self.early_stop is not None:
            n = treated[np.arange(len(level)), level - 1]
            out = np.where((out == level) & (n >= self.early_stop), 0, out)
        return out

    def choices(self, judged: Floats, treated: Integers) -> Integers:
        """Recommended level per final state, 0 for none."""
        dlts = judged.astype(np.int64)
        fitted = partial_isotonic.fit(self.partial_order, treated, dlts)
        allowed = (treated > 0) & self._open(treated, dlts)
        return partial_isotonic.closest(fitted, allowed, treated, self.target)

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the table and the order."""
        left = self.cohort * self.cohorts - seen.total
        names = self.partial_order.name
        if seen.total == 0:
            first = f"The trial starts at {names(seen.level)}."
            return Decision(seen.level, "start", first, min(self.cohort, left))
        if left <= 0:
            return stop(f"All {self.cohort * self.cohorts} planned subjects are treated.")
        treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
        at = np.array([seen.level])
        level = int(self.moves(dlts.astype(float), treated, at, (at, at))[0])
        action, why = self._why(seen, level, bool(self._open(treated, dlts)[0, seen.level - 1]))
        why = f"{counted(*seen.here, seen.level)}: {why}."
        why = why[0].upper() + why[1:]
        return stop(why) if level == 0 else Decision(level, action, why, min(self.cohort, left))

    def select(self, seen: Outcomes) -> int | None:
        """The treated, open level whose rate, isotonic on the order, is closest to the target."""
        return int(self.choices(np.array([seen.dlts], dtype=float), np.array([seen.treated]))[0]) or None

    def _open(self, treated: Integers, dlts: Integers) -> Booleans:
        toxic = _tables(self.boin).closed[treated, dlts]
        out: Booleans = ~(toxic | (toxic @ self.partial_order.below))
        return out

    def _from(
        self, cell: int, asked: Integers, value: Floats, open_: Booleans, ready: Booleans, treated: Integers
    ) -> Integers:
        order = self.partial_order
        place = cell - 1
        up, down = order.covers[place], order.covers[:, place]
        # what lies below an upper neighbor can keep it shut
        keeps = order.below[:, up].any(axis=1)
        above = _best(value, ready & up)
        beside = _best(value, ready & keeps & (treated == 0))
        below = _best(value, open_ & down)
        # A closed level without an open lower neighbor: any open one that was treated, or may be opened.
        anywhere = _best(value, open_ & ((treated > 0) | ready))
        here = open_[:, place]
        going_up = np.where(above > 0, above, np.where(beside > 0, beside, cell))
        going_down = np.where(below > 0, below, np.where(here, cell, anywhere))
        wish = asked[:, place]
        moved = np.where(wish == UP, going_up, np.where(wish == DOWN, going_down, cell))
        return np.where(here, moved, going_down)

    def _why(self, seen: Outcomes, level: int, here: bool) -> tuple[Action, str]:
        order = self.partial_order
        low, high = self.boin.bounds
        wish = int(_tables(self.boin).asked[seen.here])
        if not here:
            said = f"Pr(rate > {self.target:g}) exceeds {self.certainty:g} here or below, so the level is closed"
            if level == 0:
                return "stop", f"{said} and no other is open; the trial ends"
        elif wish == UP:
            said = f"the rate is at or below {low:.4g}"
        elif wish == DOWN:
            said = f"the rate is at or above {high:.4g}"
        else:
            said = f"the rate is between {low:.4g} and {high:.4g}"
        if level == 0:
            return "stop", f"the decision is to stay, and {self.early_stop} subjects at a level are enough"
        if level == seen.level:
            held = {UP: ", but no level above may be opened", DOWN: ", but nothing is below"}.get(wish, "")
            return "stay", f"{said}{held}; stay"
        if order.below[seen.level - 1, level - 1]:
            return "escalate", f"{said}, and every lower neighbor of {order.name(level)} is safe; go there"
        if order.below[level - 1, seen.level - 1]:
            return "de-escalate", f"{said}; go down to {order.name(level)}"
        new = seen.at(level)[0] == 0
        # Neither above nor below: a level nobody was treated at is still one more opened.
        return ("escalate" if new else "de-escalate"), f"{said}; go sideways to {order.name(level)}"


@dataclass(frozen=True, eq=False)
class _Tables:
    asked: Integers
    closed: Booleans
    value: Floats


@lru_cache(maxsize=64)
def _tables(boin: Boin) -> _Tables:
    """By subjects and DLTs: what the level asks, whether it is closed, Pr(rate between the boundaries)."""
    ladder, (low, high) = boin.ladder, boin.bounds
    most = ladder.most
    asked = np.zeros((most + 1, most + 1), dtype=np.int64)
    closed = np.zeros((most + 1, most + 1), dtype=bool)
    value = np.zeros((most + 1, most + 1))
    for n in range(most + 1):
        for y in range(n + 1):
            asked[n, y], closed[n, y] = ladder.move[n][y], bool(ladder.eliminated[n][y])
            value[n, y] = round(mass(y, n, low, high), 12)
    return _Tables(asked, closed, value)


def _best(value: Floats, allowed: Booleans) -> Integers:
    best = 1 + np.argmax(np.where(allowed, value, -np.inf), axis=1)
    out: Integers = np.where(allowed.any(axis=1), best, 0)
    return out
