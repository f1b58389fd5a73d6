"""A design with the names of its levels, and a result row that rests on no record."""

from __future__ import annotations

from dataclasses import dataclass

from remit.analysis.result import Basis, Result
from remit.designs import Design
from remit.stats.rounding import percent


@dataclass(frozen=True)
class Named:
    """A design with what its levels are called.

    stem      what the ids of its rows begin with: `design`, or `design/sad` for a part of the trial
    label     what a title calls it
    levels    (key, name) per level of the design, lowest first
    design    None for one in calendar time, which is simulated and has no table
    places    index of each of these levels among those of the protocol, for rates given per level of the protocol
    """

    stem: str
    label: str
    design: Design | None
    levels: tuple[tuple[str, str], ...]
    places: tuple[int, ...] = ()


def percent_text(rate: float) -> str:
    """A rate with the decimals that it was stated with, one at most."""
    return f"{percent(rate, 0 if abs(rate * 100 - round(rate * 100)) < 1e-9 else 1)} %"


def row(
    id: str,
    title: str,
    group: str,
    statistic: str,
    value: float | None,
    text: str,
    basis: Basis,
    note: str,
    method: str,
) -> Result:
    """A row of the design analysis: nothing is behind it, and its note says what it rests on."""
    return Result(
        id=id,
        title=title,
        analysis="design",
        population="possible-trials",
        group=group,
        statistic=statistic,
        method=method,
        value=value,
        text=text,
        basis=basis,
        note=note,
    )
