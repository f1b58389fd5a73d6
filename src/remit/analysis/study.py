"""What every analysis is given: protocol, derived tables, the levels that were treated, and the index of rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from remit.analysis.index import Index, Wanted, Where
from remit.analysis.result import How, Role, Selection
from remit.protocol import Level, Protocol

INFUSED: Where = (("SAFFL", "Y"),)


@dataclass(frozen=True)
class Column:
    """A column of a table of results: all subjects, or those of one level.

    key      `all` or the level's key
    suffix   what an id carries for it before the statistic: empty, or `/dl3`
    where    the filter that it adds
    name     what a title says: empty, or `, DL3`
    n        subjects infused
    """

    key: str
    suffix: str
    where: Where
    name: str
    n: int


@dataclass(frozen=True, eq=False)
class Study:
    """Protocol and derived tables, with what several analyses ask of them."""

    protocol: Protocol
    derived: Mapping[str, pl.DataFrame]

    @cached_property
    def index(self) -> Index:
        """Answers selections over the derived tables."""
        return Index(self.derived)

    def table(self, name: str) -> pl.DataFrame:
        """A derived table; without rows and columns when it was not made."""
        return self.derived.get(name, pl.DataFrame())

    def has(self, name: str) -> bool:
        """Whether the table holds any row."""
        return self.table(name).height > 0

    @cached_property
    def infused(self) -> pl.DataFrame:
        """Subjects who got any study product, in order of USUBJID."""
        adsl = self.table("adsl")
        return adsl.filter(pl.col("SAFFL") == "Y").sort("USUBJID") if adsl.width else adsl

    @cached_property
    def safety_set(self) -> str:
        """Key of the analysis set of everyone infused."""
        return next((s.key for s in self.protocol.analysis_sets if s.rule == "infused"), "safety")

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Levels with at least one subject infused, lowest first."""
        seen = set(self.infused["LEVEL"].to_list())
        return tuple(level for level in self.protocol.levels if level.key in seen)

    @cached_property
    def rates_activity(self) -> bool:
        """Whether the protocol judges disease activity, so that a missing score is worth a row of its own."""
        return any(endpoint.kind in ("state", "response") for endpoint in self.protocol.endpoints)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All subjects infused, then every level that was treated."""
        at = dict(self.infused.group_by("LEVEL").len().iter_rows())
        every = Column("all", "", (), "", self.infused.height)
        return (
            every,
            *(Column(v.key, f"/{v.key}", (("LEVEL", v.key),), f", {v.name}", at[v.key]) for v in self.levels),
        )

    def only(
        self, role: Role, table: str, where: Where, subjects: Iterable[str], carries: tuple[str, How] | None = None
    ) -> Selection:
        """The selection, narrowed to these subjects where the filter alone would take others too.

        For values that are partly unknown, or conditions that equality cannot say; what the filter says stays readable.
        """
        wanted = frozenset(subjects)
        if self.index.subjects(table, where) != wanted:
            where = (*where, ("USUBJID", tuple(sorted(wanted))))
        return Selection(role, table, where, carries)

    def everyone(self, column: Column) -> Selection:
        """The subjects infused, of all levels or one, as a population."""
        return Selection("population", "adsl", (*INFUSED, *column.where))


def slug(text: str | None) -> str:
    """Words as a segment of an id: `Anemia, severe` is `anemia-severe`; nothing is `unknown`."""
    return re.sub(r"[^a-z0-9]+", "-", (text or "").lower()).strip("-") or "unknown"


def by_slug(values: Iterable[str | None]) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Distinct values grouped by their slug, both in order: spellings that differ in case only are one."""
    found: dict[str, list[str | None]] = {}
    for value in sorted(set(values), key=lambda v: (v is None, v or "")):
        found.setdefault(slug(value), []).append(value)
    for key in sorted(found):
        yield key, tuple(found[key])


def wanted(values: tuple[str | None, ...]) -> Wanted:
    """A filter value for one or several values."""
    return values[0] if len(values) == 1 else values
