"""Every kind of finding there is: what it means, how grave it is and what to do, said once.

`READING` are the rules that hold while records are taken in: a cell or row that breaks one becomes unknown or
is set aside. The rules between records are in `records.checks.rules`. The reference page of findings is
generated from both.
"""

from __future__ import annotations

from dataclasses import dataclass

from remit.records.findings import Finding, Severity


@dataclass(frozen=True)
class Rule:
    """A kind of finding. A finding's `rule` is its table and this id: LB-DATE."""

    id: str
    title: str
    severity: Severity
    remedy: str


READING: tuple[Rule, ...] = (
    # files
    Rule(
        "FILE",
        "A file whose name is no table's",
        "warning",
        "Rename the file after its table, or take it out.",
    ),
    Rule(
        "UNUSED",
        "A table of the standard that nothing here reads",
        "note",
        "Nothing, if it was meant to be left out.",
    ),
    Rule(
        "FORMAT",
        "A table in a format that is not read",
        "error",
        "Save it as csv, parquet or xpt (SAS transport).",
    ),
    Rule(
        "UNREADABLE",
        "A file that is not what its name says",
        "error",
        "Write the file again from its source.",
    ),
    Rule(
        "EMPTY-FILE",
        "A file without a single byte of content",
        "error",
        "Write the file again from its source.",
    ),
    Rule(
        "NO-ROWS",
        "A table with a header and no rows",
        "note",
        "Nothing, if none were recorded: it counts as collected.",
    ),
    Rule("TWICE", "Two files for one table", "error", "Keep one of the files."),
    Rule("NOTHING", "A folder without records", "note", "Put one file per collected table into it."),
    Rule("NO-DM", "No table of subjects", "error", "Add dm.csv with one row per subject."),
    # text of a file
    Rule(
        "ENCODING",
        "A text file that is not UTF-8",
        "note",
        "Save the file as UTF-8 to be sure of every letter.",
    ),
    Rule("LAYOUT", "A layout that was recognized, not declared", "note", "Nothing, if this is right."),
    Rule(
        "RAGGED",
        "A row with more or fewer cells than the header",
        "error",
        "Quote cells that hold the delimiter.",
    ),
    Rule(
        "QUOTE",
        "A quotation mark that is never closed",
        "error",
        "Close the quotation mark, or double it inside a cell.",
    ),
    Rule("BLANK", "Empty rows", "note", "Nothing: they were skipped."),
    # columns
    Rule("HEADER", "A column name that appears twice", "error", "Give each column its own name."),
    Rule("CASE", "Column names that are not in capitals", "note", "Nothing: they were read as if in capitals."),
    Rule("COLUMN", "A required column that is not there", "error", "Add the column."),
    Rule(
        "EXTRA",
        "Columns that are not declared",
        "note",
        "Nothing, if no analysis needs them; otherwise use SUPP--.",
    ),
    Rule(
        "TYPE",
        "A column whose type cannot hold its values",
        "error",
        "Write the column as text or as numbers.",
    ),
    # cells
    Rule("CONTROL", "A control character inside a cell", "error", "Enter the value again."),
    Rule(
        "NUMBER",
        "A value that is not a number in a numeric column",
        "error",
        "Enter a number with a decimal point.",
    ),
    Rule("COMMA", "Numbers with a decimal comma", "note", "Write numbers with a decimal point."),
    Rule(
        "WIDE",
        "Numbers in full-width digits or with a typographic minus",
        "note",
        "Write numbers in plain digits.",
    ),
    Rule("MISSING", "A word that stands for no value", "note", "Leave the cell empty."),
    Rule(
        "DATE",
        "A date that is not ISO 8601",
        "error",
        "Write the date as YYYY-MM-DD, or its known part: YYYY-MM, YYYY.",
    ),
    Rule("SPACE", "A date and time parted by a space", "note", "Part date and time by the letter T."),
    Rule("CODE", "A value outside a closed codelist", "error", "Use a term of the codelist."),
    Rule(
        "SPELLING",
        "Terms in another case than the codelist's",
        "note",
        "Write the terms as the codelist does.",
    ),
    Rule("REQUIRED", "A required cell that is empty", "error", "Enter the value."),
    Rule("RANGE", "A number outside what its column allows", "error", "Check the value and its unit."),
    # rows
    Rule("SUBJECT", "A row without a subject", "error", "Enter USUBJID."),
    Rule(
        "DOMAIN",
        "A row that belongs to another table",
        "error",
        "Move the row to its table, or correct DOMAIN.",
    ),
    Rule("KEY", "A row whose key is incomplete", "error", "Complete the key, so that the row can be named."),
    Rule(
        "DUPLICATE",
        "Rows with the same key and different contents",
        "error",
        "Correct the key, or delete all rows but one.",
    ),
    Rule("REPEATED", "Rows that are the same in every cell", "warning", "Delete all rows but one."),
    Rule(
        "ORPHAN",
        "Rows of a subject whom DM does not know",
        "error",
        "Add the subject to DM, or correct USUBJID.",
    ),
)

_BY_ID = {rule.id: rule for rule in READING}


def found(
    table: str,
    kind: str,
    what: str,
    *,
    record: str | None = None,
    column: str | None = None,
    remedy: str | None = None,
) -> Finding:
    """A finding of a reading rule, with the rule's severity and, unless a nearer one is known, its remedy."""
    rule = _BY_ID[kind]
    return Finding(table, record, column, f"{table}-{kind}", rule.severity, what, remedy or rule.remedy)
