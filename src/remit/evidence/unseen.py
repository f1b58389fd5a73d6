"""The smaller of two models of the unseen patients: by counts where that is possible, else one row a patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from remit.evidence.cells import plan
from remit.evidence.census import Census
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP, Part
from remit.evidence.grids import Grid
from remit.evidence.kinds import Statement
from remit.evidence.physics import World, build, impose


def unseen(
    claims: Claims,
    grids: Mapping[str, Grid],
    part: Part,
    loose: frozenset[str] = frozenset(),
    asked: Sequence[Statement] = (),
) -> World:
    """The world in which the statements and groups of one part of a document hold.

    loose   ids of statements whose numbers may be cut off as well as rounded
    asked   statements that do not hold there, but whose numbers are asked
    """
    if suits(claims, grids, part.names):
        cells = plan(claims, grids, part.names, part.statements, part.groups, asked)
        if cells is not None:
            # It answers what kinds of statement ask of a world, cell by cell instead of patient by patient.
            world = cast(World, Census(claims, grids, cells))
            impose(world, part, loose)
            return world
    return build(claims, dict(grids), part, loose)


def suits(claims: Claims, grids: Mapping[str, Grid], names: Iterable[str]) -> bool:
    """Whether names can be counted: no calendar, and whole-numbered variables that are not tied to each other."""
    variables = [name for name in names if name in grids]
    tied = {"sledai", "csledai"} <= {name.lower() for name in variables} and claims.assumptions.instrument_laws
    return FOLLOW_UP not in variables and not tied and not any(grids[name].real for name in variables)
