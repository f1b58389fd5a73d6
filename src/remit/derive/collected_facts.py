"""Facts about toxicity as they were collected in FA (or RS): who, which event, which day, what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.criteria import Truth
from remit.derive.bounds import days_in
from remit.records import Records

TRUTHS = {"Y": True, "YES": True, "PRESENT": True, "N": False, "NO": False, "NONE": False, "ABSENT": False}


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer.

    group   the event it is about (--SPID); None where the site gave it no name
    day     protocol day; None without a whole date
    """

    code: str
    group: str | None
    day: int | None
    on: date | None
    text: str | None
    number: float | None
    record: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers about one subject and one topic, in order of time."""

    facts: tuple[Fact, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """Every record behind."""
        return tuple(one.record for one in self.facts)

    def groups(self) -> Mapping[str | None, Facts]:
        """The answers by the event that they are about."""
        found: dict[str | None, list[Fact]] = {}
        for one in self.facts:
            found.setdefault(one.group, []).append(one)
        return {group: Facts(tuple(some)) for group, some in found.items()}

    def days(self) -> Mapping[int, Facts]:
        """The answers with a whole date, by protocol day."""
        found: dict[int, list[Fact]] = {}
        for one in self.facts:
            if one.day is not None:
                found.setdefault(one.day, []).append(one)
        return {day: Facts(tuple(found[day])) for day in sorted(found)}

    def last(self, code: str, day: int | None = None) -> Fact | None:
        """The latest answer to a question, on or before a day where one is given."""
        some = [one for one in self.facts if one.code == code and (one.text is not None or one.number is not None)]
        if day is not None:
            some = [one for one in some if one.day is not None and one.day <= day]
        return some[-1] if some else None

    def truth(self, code: str, day: int | None = None) -> Truth:
        """Whether the latest answer is yes; None without an answer, or for one that is neither yes nor no."""
        one = self.last(code, day)
        return None if one is None or one.text is None else TRUTHS.get(one.text.strip().upper())

    def word(self, code: str) -> str | None:
        """The latest answer as a word of the instruments: lower case, joined by underscores."""
        one = self.last(code)
        return None if one is None or one.text is None else as_word(one.text)

    def number(self, code: str) -> float | None:
        """The latest answer that is a number."""
        one = self.last(code)
        return None if one is None else one.number

    def stage(self, code: str, most: int) -> int | None:
        """The latest answer as a whole number from 0 to `most`; None for any other."""
        value = self.number(code)
        return int(value) if value is not None and value.is_integer() and 0 <= value <= most else None


def as_word(text: str) -> str:
    """`High flow cannula` is `high_flow_cannula`."""
    return "_".join(text.strip().lower().replace("-", " ").split())


def facts_about(records: Records, category: str, objects: Sequence[str], first: Mapping[str, date]) -> dict[str, Facts]:
    """Subject -> the answers about a topic: FACAT or RSCAT names it, or FAOBJ holds one of the words.

    first   subject -> day of the first cells; others are left out
    """
    rows: list[tuple[str, Fact]] = []
    for domain in ("FA", "RS"):
        if records.collected(domain):
            rows += _rows(records.table(domain), domain, category, objects, first)
    rows.sort(key=lambda row: (row[0], row[1].on is None, row[1].on or date.max, row[1].record))
    found: dict[str, list[Fact]] = {}
    for subject, fact in rows:
        found.setdefault(subject, []).append(fact)
    return {subject: Facts(tuple(some)) for subject, some in found.items()}


def _rows(
    frame: pl.DataFrame, domain: str, category: str, objects: Sequence[str], first: Mapping[str, date]
) -> Iterable[tuple[str, Fact]]:
    about = pl.col(f"{domain}CAT").str.to_uppercase() == category
    if domain == "FA":
        subject = pl.col("FAOBJ").str.to_uppercase()
        about = pl.any_horizontal(about.fill_null(False), *(subject.str.contains(w, literal=True) for w in objects))
    mine = frame.filter(about & pl.col("USUBJID").is_in(list(first)))
    if not mine.height:
        return
    group = f"{domain}SPID" if f"{domain}SPID" in mine.columns else f"{domain}GRPID"
    chosen = mine.select(
        "USUBJID",
        f"{domain}TESTCD",
        pl.col(group) if group in mine.columns else pl.lit(None, pl.String).alias("group"),
        days_in(mine, f"{domain}DTC").alias("on"),
        pl.coalesce(f"{domain}STRESC", f"{domain}ORRES").alias("text"),
        pl.coalesce(
            pl.col(f"{domain}STRESN"), pl.coalesce(f"{domain}STRESC", f"{domain}ORRES").cast(pl.Float64, strict=False)
        ).alias("number"),
        "record_id",
    )
    for who, code, event, on, text, number, record in chosen.iter_rows():
        day = None if on is None else (on - first[who]).days
        yield who, Fact(code, event, day, on, text, number, record)
