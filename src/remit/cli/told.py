"""From drawn cohorts to the facts that records are made of: which column of a claims document is which fact."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

import numpy as np

from remit.errors import InputError, nearest
from remit.evidence.claims import Claims
from remit.evidence.cohorts import Cohorts, partitions
from remit.evidence.grids import MONTH_DAYS, grids
from remit.evidence.kinds import Partition
from remit.protocol import Protocol
from remit.virtual.told import Facts

EVENTS: Final = {
    "crs": ("crs", "cytokine release syndrome"),
    "infection": ("infection", "infections"),
    "doris": ("doris", "doris-2021"),
    "lldas": ("lldas",),
}
YEARS: Final = ("disease_years", "disease_duration_years")
RETURN: Final = ("b_cell_return_months",)
FOLLOW_UP: Final = "follow_up_months"


def check_told(protocol: Protocol, claims: Claims) -> None:
    """Refuse a document that cannot become records of this protocol, before anything is drawn.

    raises   InputError: no follow-up, or parts that are not the protocol's levels
    """
    if FOLLOW_UP not in grids(claims):
        raise InputError(
            f"statements: nothing is said of {FOLLOW_UP}, so nobody knows when patients were treated; leave out "
            "--trial, or add a summary of it."
        )
    _leveled(protocol, claims)


def facts_of(protocol: Protocol, cohorts: Cohorts, cut: datetime.date) -> tuple[Facts, tuple[str, ...]]:
    """The facts of every drawn patient, in the order of first infusion within each draw, and the columns left out.

    The document has passed `check_told`.
    """
    days = cohorts.follow_up_days()
    assert days is not None
    draws, n = days.shape
    order = np.argsort(-days, axis=1, kind="stable")
    row = np.arange(draws)[:, None]
    level = _levels(protocol, cohorts)
    used = {FOLLOW_UP}
    columns = {name.lower(): name for name in cohorts.tables.columns}

    def flat(values: np.ndarray) -> np.ndarray:
        return np.asarray(values[row, order]).ravel()

    def event(key: str) -> np.ndarray | None:
        name = next((columns[one] for one in EVENTS[key] if one in columns), None)
        if name is None or name in cohorts.tables.grids:
            return None
        used.add(name)
        return flat(cohorts.tables.event(name))

    def number(names: Sequence[str], scale: float) -> np.ndarray | None:
        name = next((columns[one] for one in names if one in columns and one in cohorts.tables.grids), None)
        if name is None:
            return None
        used.add(name)
        return flat(cohorts.values(name)) * scale

    back = number(RETURN, float(MONTH_DAYS))
    followed = flat(days)
    facts = Facts(
        trial=np.repeat(np.arange(cohorts.first, cohorts.first + draws), n),
        subject=np.tile(np.arange(1, n + 1), draws),
        level=flat(level),
        day_zero=np.datetime64(cut) - followed.astype("timedelta64[D]"),
        follow_up_days=followed,
        disease_years=number(YEARS, 1.0),
        b_cell_return_day=None if back is None else np.rint(back).astype(np.int64),
        crs=event("crs"),
        infection=event("infection"),
        doris=event("doris"),
        lldas=event("lldas"),
    )
    used |= {column for column, _ in cohorts.tables.codes.values()}
    left = [name for name in cohorts.tables.columns if name not in used and not name.startswith("\x00")]
    return facts, tuple(sorted(left))


def answered(protocol: Protocol, facts: Facts) -> tuple[str, ...]:
    """Beginnings of the ids of results that told facts decide."""
    found = ["disposition/infused/", "follow-up/months/"]
    found += [f"exposure/{level.key}/count" for level in protocol.levels]
    found += [f"efficacy/{group.key}/count" for group in protocol.groups if group.measure == "follow-up-months"]
    found += ["baseline/disease-duration-years/"] if facts.disease_years is not None else []
    found += ["b-cells/reconstitution-months/"] if facts.b_cell_return_day is not None else []
    found += ["safety/crs/"] if facts.crs is not None else []
    found += ["safety/infection/"] if facts.infection is not None else []
    for instrument, told in (("doris", facts.doris), ("lldas", facts.lldas)):
        if told is not None:
            found += [f"efficacy/{one.key}/" for one in protocol.headline if one.instrument == instrument]
    return tuple(found)


def _levels(protocol: Protocol, cohorts: Cohorts) -> np.ndarray:
    """(draws, patients) number of the protocol's level."""
    statement = _leveled(protocol, cohorts.claims)
    known = _words(protocol)
    found = np.full(cohorts.tables.shape, protocol.levels[0].level, dtype=np.int64)
    for part in () if statement is None else statement.categories():
        found = np.where(cohorts.tables.event(part), known[part.lower()], found)
    return found


def _leveled(protocol: Protocol, claims: Claims) -> Partition | None:
    """The partition of everyone into the protocol's levels; None where there is one level and no partition."""
    known, ways = _words(protocol), partitions(claims)
    for statement in ways:
        if all(part.lower() in known for part in statement.categories()):
            return statement
    names = [one.name for one in protocol.levels]
    if not ways:
        if len(names) == 1:
            return None
        raise InputError(
            f"statements: nobody says who was treated at which level; add a partition of all into {', '.join(names)}."
        )
    # the partition that comes nearest to the levels is the one that was meant
    meant = max(ways, key=lambda one: sum(part.lower() in known for part in one.categories()))
    strange = next(part for part in meant.categories() if part.lower() not in known)
    raise InputError(
        f'statements › {meant.id}: "{strange}" is not a level of the protocol.{nearest(strange, names)} '
        f"Levels: {', '.join(names)}."
    )


def _words(protocol: Protocol) -> dict[str, int]:
    return {word.lower(): one.level for one in protocol.levels for word in (one.name, one.key, one.arm)}
