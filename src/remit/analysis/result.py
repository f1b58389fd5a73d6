"""One number: what it is, how it was made, and the derived rows behind it.

A result is the only thing that a report may print. Its row in `results.json` uses the words of the CDISC Analysis
Results Standard where it has one. `behind` stores the *filter* that made the number, not a list of rows:
`analysis.trace` expands it on demand into derived rows and from there into records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Basis = Literal["records", "protocol", "scenario"]
Role = Literal["counted", "population"]
How = Literal["value", "sum", "min", "max", "bounded", "protocol-day"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Interval:
    """Confidence limits, unrounded, in the unit of the value. A null limit does not exist (not reached)."""

    level: float
    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True)
class Selection:
    """Rows of one derived table that stand behind a number.

    role    `counted` rows make the numerator or carry the values; `population` rows are those it could have been
    table   lower-case name of the derived table
    where   (column, wanted) pairs, all of which must hold: a scalar means equal, a tuple means one of, None means null
    carries the column that holds the quantity, where the number is made of one, and how a subject's rows give one
            value: the row's own, their sum, least or greatest; `bounded` values may be known only to lie below LLOQ,
            `protocol-day` is a study day of which the first is day 0
    """

    role: Role
    table: str
    where: tuple[tuple[str, Scalar | tuple[Scalar, ...]], ...]
    carries: tuple[str, How] | None = None


@dataclass(frozen=True)
class Result:
    """One number of the report.

    id           stable kebab-case path; never changes meaning
    title        the same in words, for people
    value        the number, unrounded; None when there is none, and then `note` says why
    n            numerator of a proportion, otherwise the subjects that contribute
    denominator  denominator of a proportion, otherwise None
    text         as printed
    basis        `records`, `protocol` (design properties) or `scenario` (virtual trials)
    sources      how many distinct records stand behind it
    """

    id: str
    title: str
    analysis: str
    population: str
    group: str
    statistic: str
    method: str
    value: float | None
    n: int | None = None
    denominator: int | None = None
    interval: Interval | None = None
    text: str = ""
    basis: Basis = "records"
    sources: int = 0
    note: str = ""
    behind: tuple[Selection, ...] = ()

    def row(self) -> Mapping[str, object]:
        """The result as it stands in `results.json` (contract `results/1`), keys in a fixed order."""
        interval = self.interval
        return {
            "id": self.id,
            "title": self.title,
            "analysis": self.analysis,
            "population": self.population,
            "group": self.group,
            "statistic": self.statistic,
            "method": self.method,
            "value": self.value,
            "n": self.n,
            "denominator": self.denominator,
            "interval": interval
            and {"level": interval.level, "low": interval.low, "high": interval.high, "method": interval.method},
            "text": self.text,
            "basis": self.basis,
            "sources": self.sources,
            "note": self.note,
            "behind": [
                {
                    "role": s.role,
                    "table": s.table,
                    "where": {c: list(w) if isinstance(w, tuple) else w for c, w in s.where},
                }
                for s in self.behind
            ],
        }
