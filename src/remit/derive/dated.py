"""Values of a subject by day, each with its records: what a rating looks up beside its own form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from remit.derive.bounds import days_in
from remit.records import Records
from remit.units import factor


class Dated(NamedTuple):
    """One value and its day; None is unknown."""

    day: date
    value: float | None
    sources: tuple[str, ...]


def latest(found: Sequence[Dated], day: date, within: int | None = None) -> Dated | None:
    """The last of some values, in order of day, on or before a day, and not more than `within` days before it."""
    before = [one for one in found if one.day <= day and (within is None or (day - one.day).days <= within)]
    return before[-1] if before else None


def scores_on(scores: pl.DataFrame, codes: Iterable[str]) -> Mapping[tuple[str, str], list[Dated]]:
    """Rows of ADRS by subject and parameter, in order of day, without the records of the baseline.

    A row of ADRS rests on its baseline as well; a score of another day has no record in common with it.
    """
    rows = scores.filter(pl.col("PARAMCD").is_in(list(codes)) & pl.col("ADT").is_not_null()).sort("USUBJID", "ADT")
    columns = ("USUBJID", "PARAMCD", "ADT", "AVAL", "ABLFL", "sources")
    out: dict[tuple[str, str], list[Dated]] = {}
    bases: dict[tuple[str, str], frozenset[str]] = {}
    for who, code, day, value, base, sources in rows.select(columns).iter_rows():
        if base == "Y":
            bases[who, code] = frozenset(sources)
        # a drug period may run through both days
        drop = bases.get((who, code), frozenset()) if base != "Y" and code != "PREDEQ" else frozenset()
        out.setdefault((who, code), []).append(Dated(day, value, tuple(one for one in sources if one not in drop)))
    return out


class Wanted(NamedTuple):
    """How the results of one test are read.

    convert      the factor from a recorded unit; None where it has no known way there, and such results are left out
    blank_up_to  a result below its limit of quantification is that limit where it is at most this, else left out
    """

    convert: Callable[[str], float | None]
    blank_up_to: float = 0.0


def measured_in(
    records: Records, table: str, tests: Mapping[str, Wanted]
) -> Mapping[str, Mapping[str, Sequence[Dated]]]:
    """Results of tests of LB or VS by test and subject, in order of day, each in the unit that it is wanted in."""
    frame = records.table(table).filter(pl.col(f"{table}TESTCD").is_in(list(tests)))
    out: dict[str, dict[str, list[Dated]]] = {code: {} for code in tests}
    if frame.height == 0:
        return out
    number, text, unit, when = (f"{table}{name}" for name in ("STRESN", "ORRES", "STRESU", "DTC"))
    limit = pl.col(text).str.extract(r"^\s*<\s*([0-9.]+)").cast(pl.Float64, strict=False)
    rows = frame.with_columns(days_in(frame, when).alias("_day"), limit.alias("_limit")).drop_nulls("_day")
    rows = rows.sort("USUBJID", "_day", f"{table}SEQ", "record_id", nulls_last=True)
    columns = (f"{table}TESTCD", "USUBJID", "_day", number, "_limit", unit, "record_id")
    factors: dict[tuple[str, str | None], float | None] = {}
    for code, who, day, value, below, said, record in rows.select(columns).iter_rows():
        if (code, said) not in factors:
            factors[code, said] = None if said is None else tests[code].convert(said)
        size = factors[code, said]
        result = below if value is None else value
        if size is None or result is None or (value is None and result * size > tests[code].blank_up_to):
            continue
        out[code].setdefault(who, []).append(Dated(day, result * size, (record,)))
    return out


def to_unit(kind: str, unit: str) -> Callable[[str], float | None]:
    """The factor to a unit, for `Wanted`."""
    return lambda said: factor(kind, said, unit)
