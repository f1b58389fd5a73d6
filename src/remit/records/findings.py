"""A data problem as a row: which table, record and column, which rule, what was seen and what to do about it.

Bad data never stop the work: the cell becomes unknown or the row is set aside, and a finding says so. A
finding is a message to the person who keeps the data, so it may quote a value; exceptions and logs never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import polars as pl

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

COLUMNS = ("severity", "table", "record", "column", "rule", "what", "remedy")


@dataclass(frozen=True)
class Finding:
    """One problem, or one thing that was understood in a way somebody should know of.

    table      table name ("LB"), or "FOLDER" for a file that became no table
    record     record id, or None when the whole column, table or file is meant
    column     column, or None when the whole row or table is meant
    rule       "<table>-<kind>", such as LB-UNIT; the kinds are listed in `records.rules.RULES`
    severity   error: a value or row could not be used, or a contradiction that could change a dose decision or a
               result; warning: usable, but look at it; note: what was assumed while reading
    """

    table: str
    record: str | None
    column: str | None
    rule: str
    severity: Severity
    what: str
    remedy: str


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then by table, rule, column and record, so that two runs list the same findings alike."""
    return sorted(findings, key=_place)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that need a person."""
    return [finding for finding in findings if finding.severity == "error"]


def counted(number: int, thing: str) -> str:
    """ "1 row", "2 rows", for messages."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def to_dicts(findings: Iterable[Finding]) -> list[dict[str, str | None]]:
    """The findings as plain rows, in the order given, for JSON."""
    return [{name: row[name] for name in COLUMNS} for row in map(asdict, findings)]


def to_frame(findings: Sequence[Finding]) -> pl.DataFrame:
    """The findings as a table of text columns, in the order given."""
    return pl.DataFrame(to_dicts(findings), schema=dict.fromkeys(COLUMNS, pl.String))


def _place(finding: Finding) -> tuple[int, str, str, str, tuple[tuple[int, int, str], ...], str]:
    return (
        SEVERITIES.index(finding.severity),
        finding.table,
        finding.rule,
        finding.column or "",
        _natural(finding.record or ""),
        finding.what,
    )


def _natural(record_id: str) -> tuple[tuple[int, int, str], ...]:
    # AE/…/10 comes after AE/…/9: a part that is a number is compared as one
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in record_id.split("/")
    )
