"""Which record changes may have moved a number, read from lineage: its rows that differ, and the records behind them.

A guess to be proven by `evidence.proof`: a row that repeats something from the subject's own row, or a flag that passed
another row over, does not name every record that it depends on. So the guesses come in rising order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from remit.analysis.index import Index
from remit.analysis.result import Result
from remit.evidence.record_changes import RecordChange

Derived = Mapping[str, pl.DataFrame]
Ids = frozenset[str]
Mask = npt.NDArray[np.bool_]
NONE: Ids = frozenset()
_Key = TypeVar("_Key")

# Columns of derived tables that hold the day of a row.
_DAYS = ("ADT", "ASTDT")


class Lineage:
    """Reads the candidates of any number from the derived tables of two states.

    strangers   subjects that only one of the states has: they came or went with everything recorded of them, and are
                one cause each
    """

    def __init__(self, changes: Sequence[RecordChange], before: Derived, after: Derived) -> None:
        wanted = frozenset(change.record for change in changes)
        people = [_subject_records(derived, wanted) for derived in (before, after)]
        self._near = {s: people[0].get(s, NONE) | people[1].get(s, NONE) for s in {*people[0], *people[1]}}
        self._all = _gathered((change.subject, change.record) for change in changes if change.subject)
        dated = ((c.subject, c.day, c.record) for c in changes if c.subject and c.day)
        self._daily = _gathered(((subject, day), record) for subject, day, record in dated)
        self.strangers: Mapping[str, Ids] = {
            subject: self._all[subject] for subject in set(people[0]) ^ set(people[1]) if subject in self._all
        }
        # tables that began or ceased to be collected speak for every number
        self._whole = frozenset(c.record for c in changes if c.kind in ("collected", "not collected"))
        pairs = ((before, after), (after, before))
        self._sides = [_Side(mine, other, wanted, self._near, self.strangers) for mine, other in pairs]

    def of(self, old: Result | None, new: Result | None) -> tuple[Ids, ...]:
        """Rising guesses about one number as it stood and as it stands (None where it is new or gone): the changes
        behind its rows that differ; those behind its subjects' own rows as well; those of the same days as well; every
        change of its subjects.
        """
        named: set[str] = set(self._whole)
        rows: set[tuple[str, str | None]] = set()
        for side, result in zip(self._sides, (old, new), strict=True):
            if result is not None:
                side.add(result, named, rows)
        subjects = {subject for subject, _ in rows}
        first = frozenset(named)
        second = first.union(*(self._near.get(subject, NONE) for subject in subjects))
        third = second.union(*(self._daily.get((subject, day), NONE) for subject, day in rows if day))
        fourth = third.union(*(self._all.get(subject, NONE) for subject in subjects))
        return tuple(dict.fromkeys((first, second, third, fourth)))


class _Side:
    """The derived tables of one state, beside those of the other."""

    def __init__(
        self, mine: Derived, other: Derived, wanted: Ids, near: Mapping[str, Ids], strangers: Mapping[str, Ids]
    ) -> None:
        self._index = Index(mine)
        self._differs = {name: _differs(frame, other.get(name)) for name, frame in mine.items()}
        self._touched: dict[str, dict[int, tuple[Ids, str, str | None]]] = {}
        for name, frame in mine.items():
            places = np.flatnonzero(self._differs[name])
            rows = frame.select("USUBJID", "sources", _day(frame)).gather(places)
            touched = {}
            for place, (subject, sources, day) in zip(places.tolist(), rows.iter_rows(), strict=True):
                own = wanted.intersection(sources or ())
                touched[place] = (strangers.get(subject) or own or near.get(subject, NONE), subject, day)
            self._touched[name] = touched

    def add(self, result: Result, named: set[str], rows: set[tuple[str, str | None]]) -> None:
        for selection in result.behind:
            touched = self._touched.get(selection.table)
            if not touched:
                continue
            found = self._index.rows(selection.table, selection.where)
            for place in found[self._differs[selection.table][found]].tolist():
                records, subject, day = touched[place]
                named |= records
                rows.add((subject, day))


def _day(frame: pl.DataFrame) -> pl.Expr:
    column = next((name for name in _DAYS if name in frame.columns), None)
    return (pl.lit(None, pl.String) if column is None else pl.col(column).cast(pl.String)).alias("day")


def _differs(mine: pl.DataFrame, other: pl.DataFrame | None) -> Mask:
    """Rows that the other side does not have as they are."""
    if other is None or mine.is_empty() or mine.columns != other.columns:
        return np.ones(mine.height, dtype=np.bool_)
    return np.asarray(~_hashed(mine).is_in(_hashed(other).implode()).to_numpy(), dtype=np.bool_)


def _hashed(frame: pl.DataFrame) -> pl.Series:
    flat = [
        pl.col(c).cast(pl.List(pl.String)).list.join("\x1f") for c, t in frame.schema.items() if isinstance(t, pl.List)
    ]
    return frame.with_columns(flat).hash_rows()


def _subject_records(derived: Derived, wanted: Ids) -> Mapping[str, Ids]:
    adsl = derived["adsl"]
    rows = zip(adsl["USUBJID"].to_list(), adsl["sources"].to_list(), strict=True)
    return {subject: wanted.intersection(sources or ()) for subject, sources in rows}


def _gathered(pairs: Iterable[tuple[_Key, str]]) -> dict[_Key, Ids]:
    found: dict[_Key, set[str]] = {}
    for key, record in pairs:
        found.setdefault(key, set()).add(record)
    return {key: frozenset(ids) for key, ids in found.items()}
