"""A table as the page shows it: what stands in each cell, and how the cell is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True)
class Cell:
    """One cell. `kind` is the class it is set with: `num` (right-aligned), `ci` (interval), or a tint `g1` … `g5`."""

    content: Markup | str
    kind: str = "num"


@dataclass(frozen=True)
class Row:
    """A row with its heading; `kind` `group` makes it a heading for the rows that follow, `sub` indents it."""

    head: Markup | str
    cells: Sequence[Cell] = ()
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption, its column headings and its foot."""

    key: str
    caption: Markup | str
    head: Sequence[Markup | str]
    rows: Sequence[Row]
    foot: Markup | str = ""
    corner: str = ""
    kinds: Sequence[str] = field(default=())


FOOT = "– none · NE not evaluable · nc not collected"
