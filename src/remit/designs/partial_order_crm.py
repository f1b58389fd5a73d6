"""PO-CRM: one CRM per possible complete order of the levels; the order that the data favor is believed for now.

Every order puts the same skeleton onto its own sequence of levels. After each cohort the posterior weight of each
order is its prior weight times the marginal likelihood of the data under its curve; the heaviest order (the first
listed on a tie; in the paper at random) gives the rates, by the curve at the posterior mean of its parameter. The
level closest to the target is next, among those whose every lower neighbor was treated and, after a cohort whose share
of DLTs reaches the target, among those not estimated to be more toxic than the current one.

Sources: Wages, Conaway & O'Quigley 2011, Biometrics 67:1555; orders of a grid: Wages & Conaway 2013, Pharm Stat 12:217
[pages recalled, unverified]. The restrictions are ours, in the manner of our CRM; the paper has an initial stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from remit.designs import crm_posterior, parameters
from remit.designs.decide import Action, Decision, Guard, counted, stop
from remit.designs.outcomes import Outcomes
from remit.designs.partial_order import PartialOrder, described, grid_orderings
from remit.designs.skeleton import INTERCEPT, Curve, skeleton
from remit.errors import InputError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Orderings = tuple[tuple[int, ...], ...]
EDGES = (-6.5, -2.5, 0.0, 2.5, 6.5)  # prior standard deviations
NODES = 20
CHUNK = 2_000
MOST_ORDERINGS = 24
TIE = 9  # digits


@dataclass(frozen=True)
class PartialOrderCrm:
    """The design.

    levels, target      number of levels, all cells of the grid; true DLT rate sought
    doses, schedules    the grid; levels 1 to `doses` are the doses of the first schedule
    order               instead of a grid, what is known: "1<2, 1<3, 2<4, 3<4"
    orderings           complete orders to weigh, lowest level first: "1 2 3 4; 1 3 2 4"; by default six of a grid, or
                        all there are of another order
    skeleton            prior guess of the rate per place in an order; without one, by indifference interval of
                        `halfwidth` around the target, with place `guess` (the middle one) as the prior guess
    model, prior_sd     power or logistic; standard deviation of the parameter's normal prior
    restrict            only up after every lower neighbor was treated, and not after a cohort with too many DLTs
    stop_certainty      stop when the lowest level's rate exceeds the target with more than this probability, over all
                        orders by weight; None for never
    cohort, cohorts     subjects a cohort, cohorts at most
    """

    key: ClassVar[str] = "po-crm"

    levels: int
    target: float
    doses: int | None = None
    schedules: int | None = None
    order: tuple[tuple[int, ...], ...] | str = ()
    orderings: Orderings | str = ()
    skeleton: tuple[float, ...] = ()
    model: str = "power"
    prior_sd: float = crm_posterior.PRIOR_SD
    halfwidth: float = 0.05
    guess: int | None = None
    restrict: bool = True
    stop_certainty: float | None = None
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        parameters.start_level(self.start, parameters.count("levels", self.levels, 1))
        parameters.probability("target", self.target)
        parameters.count("cohort", self.cohort, 1)
        parameters.count("cohorts", self.cohorts, 1)
        if self.stop_certainty is not None:
            parameters.probability("stop_certainty", self.stop_certainty)
        if parameters.number("prior_sd", self.prior_sd) <= 0:
            raise InputError(f"prior_sd: must be above 0; got {self.prior_sd:g}.")
        if len(self.curve.skeleton) != self.levels:
            raise InputError(f"skeleton: must have one guess for each of the {self.levels} levels.")
        _ = self.complete_orders

    @property
    def partial_order(self) -> PartialOrder:
        """What is known of the levels."""
        return described(self.levels, self.doses, self.schedules, self.order)

    @property
    def complete_orders(self) -> Orderings:
        """The complete orders that are weighed."""
        return _complete(self.partial_order, self.doses, self.schedules, self.orderings)

    @property
    def curve(self) -> Curve:
        """The curve by place in an order."""
        return _curve(self.skeleton, self.levels, self.target, self.halfwidth, self.guess, self.model)

    def judge(self, treated: Integers, dlts: Integers) -> Floats:
        """Per state: heaviest order (from 0), its weight, Pr(lowest level too toxic), rate per level."""
        grid = _grid(self.curve, self.target, self.prior_sd)
        places = [np.array(one) - 1 for one in self.complete_orders]
        parts = []
        for at in range(0, len(treated), CHUNK):
            y, n = dlts[at : at + CHUNK].astype(float), treated[at : at + CHUNK].astype(float)
            height = np.stack([y[:, one] @ grid.toxic + (n - y)[:, one] @ grid.clear for one in places])
            # one scale per state for all orders: their weights are compared
            height -= height.max(axis=(0, 2))[None, :, None]
            mass = np.exp(height) @ grid.summed  # (orders, states, 3)
            evidence = mass[:, :, 0]
            weight = evidence / evidence.sum(axis=0)
            chosen = np.argmax(np.round(weight, TIE), axis=0)
            states = np.arange(len(y))
            by_place = self.curve.rates(mass[chosen, states, 1] / evidence[chosen, states])
            rates = np.empty_like(by_place)
            order = np.stack(places)[chosen]
            np.put_along_axis(rates, order, by_place, axis=1)
            unsafe = mass[:, :, 2].sum(axis=0) / evidence.sum(axis=0)
            parts.append(np.column_stack([chosen, weight[chosen, states], unsafe, rates]))
        return np.concatenate(parts)

    def moves(self, judged: Floats, treated: Integers, level: Integers, latest: tuple[Integers, Integers]) -> Integers:
        """Next level per state, 0 to stop."""
        rates = judged[:, 3:]
        allowed = np.ones(rates.shape, dtype=bool)
        if self.restrict:
            untreated = treated == 0
            # A level nobody was treated at needs all its lower neighbors treated; one that was treated stays allowed.
            allowed = ~untreated | ~(untreated @ self.partial_order.covers)
            here = rates[np.arange(len(level)), level - 1][:, None]
            incoherent = (latest[1] >= self.target * latest[0])[:, None]
            allowed &= ~(incoherent & (rates > here + 1e-12))
        wished = self._closest(rates, allowed)
        if self.stop_certainty is None:
            return wished
        return np.where(judged[:, 2] > self.stop_certainty, 0, wished)

    def choices(self, judged: Floats, treated: Integers) -> Integers:
        """Recommended level per final state, 0 for none: the closest one, tried or next to be tried."""
        rates = judged[:, 3:]
        untreated = treated == 0
        allowed = ~untreated | ~(untreated @ self.partial_order.covers) if self.restrict else np.isfinite(rates)
        chosen = self._closest(rates, allowed)
        if self.stop_certainty is None:
            return chosen
        return np.where(judged[:, 2] > self.stop_certainty, 0, chosen)

    def rule(self, seen: Outcomes) -> Decision:
        """The next level by the estimated curve of the heaviest order.

        Where the latest cohort is not known, all subjects of the current level stand in for it.
        """
        left = self.cohort * self.cohorts - seen.total
        name = self.partial_order.name
        if seen.total == 0:
            return Decision(seen.level, "start", f"The trial starts at {name(seen.level)}.", min(self.cohort, left))
        if left <= 0:
            return stop(f"All {self.cohort * self.cohorts} planned subjects are treated.")
        treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
        judged = self.judge(treated, dlts)
        n, y = seen.last or seen.here
        level = int(self.moves(judged, treated, np.array([seen.level]), (np.array([n]), np.array([y])))[0])
        here = counted(*seen.here, seen.level)
        here = here[0].upper() + here[1:]
        if level == 0:
            return stop(
                f"{here}: the rate of the lowest level exceeds {self.target:g} with probability {judged[0, 2]:.3f},"
                f" above {self.stop_certainty:g}; the trial ends."
            )
        believed = self.complete_orders[int(judged[0, 0])]
        rate = judged[0, 2 + level]
        why = (
            f"{here}: the data favor the order {'<'.join(map(str, believed))} (weight {judged[0, 1]:.2f});"
            f" of the levels within reach {name(level)} with an estimated rate of {rate:.3f} is closest to"
            f" {self.target:g}."
        )
        action: Action = "stay"
        if level != seen.level:
            action = "escalate" if believed.index(level) > believed.index(seen.level) else "de-escalate"
        return Decision(level, action, why, min(self.cohort, left))

    def select(self, seen: Outcomes) -> int | None:
        """The level closest to the target on the estimated curve of the heaviest order."""
        if seen.total == 0:
            return None
        treated, dlts = np.array([seen.treated]), np.array([seen.dlts])
        return int(self.choices(self.judge(treated, dlts), treated)[0]) or None

    def _closest(self, rates: Floats, allowed: NDArray[np.bool_]) -> Integers:
        distance = np.where(allowed, np.round(np.abs(rates - self.target), TIE), np.inf)
        # On a tie the less toxic level, as in our CRM.
        near = distance == distance.min(axis=1, keepdims=True)
        out: Integers = 1 + np.argmin(np.where(near, rates, np.inf), axis=1)
        return out


@dataclass(frozen=True, eq=False)
class _Grid:
    toxic: Floats
    clear: Floats
    summed: Floats


@lru_cache(maxsize=64)
def _grid(curve: Curve, target: float, prior_sd: float) -> _Grid:
    """log p and log(1 - p) by place and node; columns weight, weight times b, weight where place 1 is too toxic."""
    meet = curve.parameter(1, target) / prior_sd
    edges = sorted({*EDGES, meet} if -EDGES[-1] < meet < EDGES[-1] else {*EDGES})
    nodes, weights, over = [], [], []
    for low, high in pairwise(edges):
        x, w = np.polynomial.legendre.leggauss(NODES)
        nodes.append(prior_sd * ((low + high) / 2 + (high - low) / 2 * x))
        weights.append(w * (high - low) / 2)
        over.append(np.full(len(x), float(high <= meet)))
    b, weight = np.concatenate(nodes), np.concatenate(weights)
    base = weight * np.exp(-b * b / (2 * prior_sd**2))
    toxic, clear = curve.logs(b)
    summed = np.stack([base, base * b, base * np.concatenate(over)], axis=1)
    return _Grid(np.ascontiguousarray(toxic.T), np.ascontiguousarray(clear.T), summed)


@lru_cache(maxsize=64)
def _complete(known: PartialOrder, doses: int | None, schedules: int | None, orderings: Orderings | str) -> Orderings:
    if not orderings:
        if doses is not None and schedules is not None:
            return grid_orderings(doses, schedules)
        every = known.extensions(MOST_ORDERINGS + 1)
        if len(every) > MOST_ORDERINGS:
            raise InputError(f"orderings: the order allows more than {MOST_ORDERINGS}; list those to weigh.")
        return every
    given = _read(orderings)
    for one in given:
        if not known.agrees(one):
            raise InputError(
                f"orderings: {' '.join(map(str, one))} must hold each level once and agree with the order."
            )
    return given


@lru_cache(maxsize=64)
def _curve(
    guesses: tuple[float, ...], levels: int, target: float, halfwidth: float, guess: int | None, model: str
) -> Curve:
    if not guesses:
        at = (levels + 1) // 2 if guess is None else parameters.count("guess", guess, 1, levels)
        guesses = skeleton(halfwidth, target, at, levels, model, INTERCEPT)
    return Curve(guesses, model, INTERCEPT)


def _read(orderings: Orderings | str) -> Orderings:
    if not isinstance(orderings, str):
        return tuple(tuple(parameters.count("orderings", cell, 1) for cell in one) for one in orderings)
    try:
        return tuple(
            tuple(int(cell) for cell in one.replace("<", " ").replace(",", " ").split())
            for one in orderings.split(";")
            if one.strip()
        )
    except ValueError:
        raise InputError('orderings: must be levels in order, like "1 2 3 4; 1 3 2 4".') from None
