"""Which rows a selection selects, and how many records stand behind several selections, for thousands of them at once.

The same filters as `trace` expands, answered by codes instead of by a scan per filter: every column that a filter names
is coded once, and a filter is narrowed condition by condition from a beginning that many filters share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from remit.analysis.result import Scalar, Selection

Wanted = Scalar | tuple[Scalar, ...]
Where = tuple[tuple[str, Wanted], ...]
Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


class Index:
    """Derived tables, ready for many selections. A table that is not there has no rows."""

    def __init__(self, derived: Mapping[str, pl.DataFrame]) -> None:
        self._derived = derived
        self._columns: dict[tuple[str, str], _Column] = {}
        self._stems: dict[tuple[str, Where], Whole] = {}
        self._records: dict[str, tuple[Whole, Whole]] | None = None
        self._behind: dict[tuple[str, Where], Whole] = {}
        self._stamps: Whole = np.zeros(0, dtype=np.int64)
        self._stamp = 0
        self._counted: tuple[Sequence[Selection], int] = ((), 0)

    def rows(self, table: str, where: Where) -> Whole:
        """Positions of the selected rows, rising."""
        if not where:
            return np.arange(self._height(table))
        *stem, (column, wanted) = where
        before = self._stem(table, tuple(stem))
        return before[self._column(table, column).hits(before, wanted)]

    def _stem(self, table: str, where: Where) -> Whole:
        """Rows of a filter that others go on from: an analysis asks the same beginning of many."""
        if (table, where) not in self._stems:
            self._stems[table, where] = self.rows(table, where)
        return self._stems[table, where]

    def subjects(self, table: str, where: Where) -> frozenset[str]:
        """USUBJID of the selected rows."""
        rows = self.rows(table, where)
        names = self._column(table, "USUBJID").among(rows) if len(rows) else ()
        return frozenset(str(name) for name in names)

    def count(self, table: str, where: Where) -> int:
        """How many subjects the selected rows have."""
        rows = self.rows(table, where)
        return len(np.unique(self._column(table, "USUBJID").codes[rows])) if len(rows) else 0

    def records(self, behind: Sequence[Selection]) -> int:
        """How many distinct records stand behind the rows of all the selections together."""
        # the statistics of one quantity come one after the other, and share what is behind them
        if behind is not self._counted[0]:
            self._counted = behind, self._distinct(behind)
        return self._counted[1]

    def _distinct(self, behind: Sequence[Selection]) -> int:
        found = sorted((self._codes(s.table, s.where) for s in behind), key=len, reverse=True)
        if not found:
            return 0
        self._stamp += 1
        total = 0
        for codes in found:
            fresh = codes[self._stamps[codes] != self._stamp]
            self._stamps[fresh] = self._stamp
            total += len(fresh)
        return total

    def _height(self, table: str) -> int:
        return self._derived[table].height if table in self._derived else 0

    def _column(self, table: str, column: str) -> _Column:
        if (table, column) not in self._columns:
            self._columns[table, column] = _Column(self._derived[table][column])
        return self._columns[table, column]

    def _codes(self, table: str, where: Where) -> Whole:
        """Distinct codes of the records behind the selected rows."""
        if (table, where) not in self._behind:
            if self._records is None:
                self._records = self._coded()
            rows = self.rows(table, where)
            offsets, codes = self._records.get(table, (np.zeros(1, np.int64), np.zeros(0, np.int64)))
            starts = offsets[rows]
            lengths = offsets[rows + 1] - starts if len(rows) else starts
            ends = np.cumsum(lengths)
            total = int(ends[-1]) if len(ends) else 0
            places = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
            self._behind[table, where] = np.unique(codes[places])
        return self._behind[table, where]

    def _coded(self) -> dict[str, tuple[Whole, Whole]]:
        """Per table: where each row's records start, and the records as numbers that all tables share."""
        tables = {n: f["sources"] for n, f in self._derived.items() if "sources" in f.columns and f.height}
        lengths = {n: s.list.len().fill_null(0).to_numpy().astype(np.int64) for n, s in tables.items()}
        flat = [s.drop_nulls().list.explode(empty_as_null=False, keep_nulls=False) for s in tables.values()]
        text = (
            pl.concat([s.cast(pl.String).rename("record") for s in flat])
            if flat
            else pl.Series("record", [], pl.String)
        )
        codes = text.cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)
        self._stamps = np.zeros(int(codes.max()) + 1 if len(codes) else 0, dtype=np.int64)
        found: dict[str, tuple[Whole, Whole]] = {}
        start = 0
        for name, counts in lengths.items():
            end = start + int(counts.sum())
            found[name] = (np.concatenate([[0], np.cumsum(counts)]), codes[start:end])
            start = end
        return found


class _Column:
    """One column as codes: 0 for null, then its values as they come. A list column holds what it contains."""

    def __init__(self, column: pl.Series) -> None:
        self._lists = isinstance(column.dtype, pl.List)
        self._height = len(column)
        if self._lists:
            lengths = column.list.len().fill_null(0).to_numpy()
            self._rows = np.repeat(np.arange(self._height), lengths)
            column = column.drop_nulls().list.explode(empty_as_null=False, keep_nulls=False)
        values = column.drop_nulls().unique()
        self._values: list[Scalar] = values.to_list()
        self._code: dict[Scalar, int] = {value: place for place, value in enumerate(self._values, start=1)}
        places = pl.Series(np.arange(1, len(values) + 1))
        self.codes: Whole = column.replace_strict(values, places, default=0, return_dtype=pl.Int64).to_numpy()

    def hits(self, rows: Whole, wanted: Wanted) -> Mask:
        """(rows,) which of these rows hold what is wanted."""
        asked = wanted if isinstance(wanted, tuple) else (wanted,)
        codes = [0 if value is None else self._code.get(value, -1) for value in asked]
        if not self._lists:
            return _among(self.codes[rows], codes)
        held: Mask = np.zeros(self._height, dtype=np.bool_)
        held[self._rows[_among(self.codes, codes)]] = True
        return held[rows]

    def among(self, rows: Whole) -> list[Scalar]:
        """What these rows hold, each once; nothing for null."""
        return [self._values[code - 1] for code in np.unique(self.codes[rows]).tolist() if code]


def _among(found: Whole, codes: Sequence[int]) -> Mask:
    hit: Mask = found == codes[0] if len(codes) == 1 else np.isin(found, codes)
    return hit
