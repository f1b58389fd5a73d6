"""Rows of ADPP under way, kept by column: what is said of a window is kept once, and the records of many rows too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import polars as pl

from remit.derive.frames import listed
from remit.instruments import nca

SCHEMA: Final = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "SRCDOM": pl.String(), "ANALYTE": pl.String(),
    "PPSPEC": pl.String(), "WINDOW": pl.String(), "INFNUM": pl.Int64(), "PARAMCD": pl.String(), "PARAM": pl.String(),
    "VARIANT": pl.String(), "DEFVFL": pl.String(), "AVAL": pl.Float64(), "AVALU": pl.String(), "REASON": pl.String(),
    "GONEDY": pl.Float64(), "LAMZNPT": pl.Int64(), "R2": pl.Float64(), "R2ADJ": pl.Float64(), "DONOR": pl.String(),
    "EXLOT": pl.String(),
    "sources": pl.List(pl.String), "SENTENCE": pl.String(),
})  # fmt: skip

DEFAULT: Final = f"{nca.RULES.method}, {nca.NAMED_RULES[0]}"
MINUTES: Final = 1440

# What is said of a window as a whole, and what of each row.
_OF_WINDOW: Final = (
    "USUBJID", "LEVEL", "SAFFL", "SRCDOM", "ANALYTE", "PPSPEC", "WINDOW", "INFNUM", "DONOR", "EXLOT",
)  # fmt: skip
_OF_ROW: Final = (
    "_window", "PARAMCD", "PARAM", "VARIANT", "AVAL", "AVALU", "REASON", "GONEDY", "LAMZNPT", "R2", "R2ADJ", "SENTENCE",
    "_rests",
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """When something happened: minutes, counted from a far day, and whether the time of day is known."""

    minutes: int
    timed: bool

    def days_from(self, other: Moment, clock: bool) -> float:
        """Days since another moment: by the clock, or whole ones."""
        if clock:
            return (self.minutes - other.minutes) / MINUTES
        return float(self.minutes // MINUTES - other.minutes // MINUTES)


@dataclass(frozen=True)
class Infusion:
    """One infusion: when, of which donor and lot, and the records that say so."""

    moment: Moment
    donor: str | None
    lot: str | None
    records: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """Who and whose level, the domain, analyte and specimen, the infusions in order, and the last day known of."""

    stem: tuple[str, str | None, str, str, str, str | None]
    infusions: Sequence[Infusion]
    label: str
    unit: str
    followed: float


@dataclass(frozen=True)
class Where:
    """A window: its key, its number, the infusions in it, and the one that ends it."""

    key: str
    number: int | None
    inside: Sequence[Infusion]
    after: Sequence[Infusion] = ()

    def dated(self) -> tuple[str, ...]:
        """The records that say when it begins and ends."""
        return tuple(record for one in (*self.inside, *self.after) for record in one.records)


class Parameter(NamedTuple):
    """One parameter: code, words, value, what stands before the analyte's unit (`day` alone: days), why unknown.

    more   what its sentence says in addition
    """

    code: str
    name: str
    value: float | None
    unit: str
    why: str | None
    gone: float | None = None
    points: int | None = None
    r_squared: float | None = None
    adjusted: float | None = None
    more: str = ""


@dataclass(frozen=True)
class Table:
    """The rows under way. Those of one window share what is said of it, and many rest on the same records.

    traced   whether they say where they came from: `sources` and SENTENCE
    """

    traced: bool
    windows: list[tuple[object, ...]] = field(default_factory=list)
    rows: list[tuple[object, ...]] = field(default_factory=list)
    rests: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, subject: Subject, where: Where, rows: Iterable[tuple[Parameter, tuple[str, ...], str]]) -> None:
        """The rows of one window: each a parameter, the samples that it rests on, and its variant.

        The infusions are behind every row: they say which window it is, of which donor and lot.
        """
        place, dated = len(self.windows), where.dated()
        named = (joined(where.inside, "donor"), joined(where.inside, "lot"))
        self.windows.append((*subject.stem, where.key, where.number, *named))
        window = f"{subject.label}, {where.key.replace('-', ' ')}"
        for row, own, variant in rows:
            unit = "day" if row.unit == "day" else f"{row.unit}{subject.unit}"
            said: str | None = None
            rests: tuple[str, ...] = ()
            if self.traced:
                rests = (*own, *dated)
                said = f"{window}: {row.name} {_said(row, unit)}{row.more}"
                said = said if variant == DEFAULT else f"{said}; {variant}"
            self.rows.append((
                place, row.code, f"{subject.label}: {row.name}", variant, row.value, unit, row.why, row.gone,
                row.points, row.r_squared, row.adjusted, said, self.rests.setdefault(rests, len(self.rests)),
            ))  # fmt: skip

    def frame(self) -> pl.DataFrame:
        """All rows, in the order in which they came."""
        windows = pl.DataFrame(self.windows, schema={name: SCHEMA[name] for name in _OF_WINDOW}, orient="row")
        columns = dict(zip(_OF_ROW, zip(*self.rows))) if self.rows else dict.fromkeys(_OF_ROW, ())
        window, rests = (pl.Series(columns.pop(name), dtype=pl.UInt32) for name in ("_window", "_rests"))
        rows = [pl.Series(name, values, dtype=SCHEMA[name]) for name, values in columns.items()]
        sources = listed(sorted(set(records)) for records in self.rests)
        return windows[window].with_columns(*rows, sources[rests].alias("sources")).select(
            pl.when(pl.col("VARIANT") == DEFAULT).then(pl.lit("Y")).alias(name) if name == "DEFVFL" else name
            for name in SCHEMA.names()
        )  # fmt: skip


def _said(row: Parameter, unit: str) -> str:
    """The value in words."""
    if row.value is None:
        return f"unknown ({row.why})"
    if row.unit == "day":
        return f"{row.value:.4g}" if "day" in row.name else f"{row.value:.3g} days"
    return f"{row.value:.6g} {unit}"


def joined(infusions: Sequence[Infusion], what: str) -> str | None:
    """The donors or lots of several infusions; None where one is not known."""
    named: list[str | None] = [getattr(one, what) for one in infusions]
    known = sorted({name for name in named if name is not None})
    return " + ".join(known) if known and None not in named else None
