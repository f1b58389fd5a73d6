"""What a section of the page is made from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from remit.protocol import Protocol
from remit.records.findings import Finding
from remit.report.figures.theme import level_colors
from remit.report.shelf import Shelf
from remit.report.stamp import ReportStamp


@dataclass(frozen=True)
class Column:
    """One level (or arm) as the page shows it: its key in result ids, its name, its color on every figure."""

    key: str
    name: str
    color: str


@dataclass(frozen=True)
class Material:
    """Protocol, derived tables, results, findings and stamp of one report."""

    protocol: Protocol
    derived: Mapping[str, pl.DataFrame]
    shelf: Shelf
    findings: Sequence[Finding]
    stamp: ReportStamp

    def rows(self, table: str, *columns: str) -> pl.DataFrame | None:
        """A derived table with its row numbers (`row`, as the panels count them).

        None when the table is not there, is empty, or lacks one of the columns.
        """
        frame = self.derived.get(table)
        if frame is None or not frame.height or not set(columns) <= set(frame.columns):
            return None
        return frame.with_row_index("row")

    @property
    def levels(self) -> tuple[Column, ...]:
        """The levels that somebody was infused at, lowest first; all levels of the protocol while nobody was."""
        every = self.protocol.levels
        used = [level for level in every if self.shelf.positive(f"exposure/{level.key}/count")] or list(every)
        colors = level_colors([level.key for level in every])
        return tuple(Column(level.key, level.name, colors[level.key]) for level in used)

    @property
    def unplaced(self) -> tuple[str, ...]:
        """The treated subjects at no level that the protocol declares: in every total, in no column of a level."""
        rows = self.rows("adsl", "SAFFL", "LEVEL")
        if rows is None:
            return ()
        known = pl.col("LEVEL").is_in([level.key for level in self.protocol.levels])
        return tuple(rows.filter((pl.col("SAFFL") == "Y") & ~known.fill_null(False))["USUBJID"].to_list())

    @property
    def level_word(self) -> str:
        """How a heading calls the levels of this trial."""
        return "arm" if self.protocol.levels_are == "arms" else "dose level"

    @property
    def treated(self) -> str:
        """What was done to the subjects of this trial: infused, or treated."""
        return "treated" if self.protocol.levels_are == "arms" else "infused"

    @property
    def start(self) -> str:
        """What day 0 is in this trial."""
        return "first treatment" if self.protocol.levels_are == "arms" else "first infusion"

    def visit_labels(self) -> dict[str, str]:
        """Visit key → label."""
        return {visit.key: visit.label for visit in self.protocol.visits}


# Capitals up to this length are read as an abbreviation (ICANS, SLE).
LONGEST_ABBREVIATION = 5


def cased(text: str) -> str:
    """A term that was recorded in capitals only, as people write it; any other text as it is."""
    return text.capitalize() if text.isupper() and len(text) > LONGEST_ABBREVIATION else text


def slug(text: str) -> str:
    """A term as it stands in a result id."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
