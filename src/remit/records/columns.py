"""How a column is declared: five words over dataframely's columns, with the CDISC attributes in the metadata.

`text`, `coded`, `date`, `number`, `count` each say what a cell may hold. Cells are nullable unless the
variable is required (core Req); a required cell that is empty is a finding, never a reason to lose the row.
Labels, core and role are those of SDTMIG 3.4; a column that is not in the guide has core "Sponsor".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import dataframely as dy
import polars as pl

from remit.days import precision_of
from remit.records.codelists import Codelist

Core = Literal["Req", "Exp", "Perm", "Sponsor"]


def text(label: str, core: Core, role: str) -> dy.Column:
    """Free text. "NA" is text, and leading zeros are kept."""
    return dy.String(nullable=core != "Req", metadata=_facts(label, "Char", core, role))


def coded(label: str, core: Core, role: str, codelist: Codelist) -> dy.Column:
    """Text from a codelist; when the codelist is not extensible, no other value can be used."""
    check = None if codelist.extensible else {"codelist": lambda cell: cell.is_in(list(codelist.terms))}
    metadata = _facts(label, "Char", core, role, codelist=codelist)
    return dy.String(nullable=core != "Req", check=check, metadata=metadata)


def date(label: str, core: Core, role: str = "Timing") -> dy.Column:
    """An ISO 8601 date or date and time as text, possibly partial; a day that no calendar has is refused."""
    return dy.String(
        nullable=core != "Req",
        check={"date": is_date},
        metadata=_facts(label, "Char", core, role, date=True),
    )


def number(
    label: str,
    core: Core,
    role: str,
    *,
    low: float | None = None,
    high: float | None = None,
    unit: str | None = None,
) -> dy.Column:
    """A finite number, within `low` to `high` inclusive where these are given."""
    metadata = _facts(label, "Num", core, role, unit=unit)
    return dy.Float64(nullable=core != "Req", min=low, max=high, metadata=metadata)


def count(label: str, core: Core, role: str, *, low: int | None = None) -> dy.Column:
    """A whole number, such as a sequence number or a study day."""
    return dy.Int64(nullable=core != "Req", min=low, metadata=_facts(label, "Num", core, role))


def identifier() -> dy.Column:
    """The record's own name, unique in its table; not an SDTM variable."""
    return dy.String(primary_key=True, metadata=_facts("Record Identifier", "Char", "Sponsor", "Identifier"))


def is_date(cell: pl.Expr) -> pl.Expr:
    """Whether text is an ISO 8601 date, whole or cut from the right, of the years 1900 to 2199. Null stays
    null.
    """
    plausible = cell.str.strip_chars().str.slice(0, 2).is_in(["19", "20", "21"])
    return pl.when(cell.is_not_null()).then(precision_of(cell).is_not_null() & plausible)


def facts(column: dy.Column) -> Mapping[str, Any]:
    """The CDISC attributes of a declared column: label, type, core, role, and codelist, unit or date where it
    has one.
    """
    return column.metadata or {}


def _facts(label: str, kind: str, core: Core, role: str, **more: object) -> dict[str, Any]:
    return {"label": label, "type": kind, "core": core, "role": role, **more}
