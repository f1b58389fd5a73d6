"""Reading one odd cell: why it is no number or no date, and the few cases where it can be understood after
all.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

import polars as pl

_SHOWN = 60
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
_SLASHED = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")


class Reading(NamedTuple):
    """A number where the cell can be understood, the kind of note that is due, and otherwise the reason why
    not.
    """

    number: float | None
    kind: str
    why: str


def number(value: str, comma_is_decimal: bool) -> Reading:
    """A cell that a plain reading refused: full-width digits, a typographic minus, a decimal comma, or none
    of these.
    """
    plain = unicodedata.normalize("NFKC", value).replace("\u2212", "-").strip()
    if plain != value and (finite := _finite(plain)) is not None:
        return Reading(finite, "WIDE", "")
    if _DECIMAL_COMMA.fullmatch(plain):
        if comma_is_decimal:
            return Reading(float(plain.replace(",", ".")), "COMMA", "")
        return Reading(None, "", f"{shown(value)} may be a decimal comma or thousands; it was not guessed.")
    if plain.endswith("%"):
        return Reading(None, "", f"{shown(value)} is a percentage where a plain number is declared.")
    if plain.lower().lstrip("+-") in ("inf", "infinity", "nan"):
        return Reading(None, "", f"{shown(value)} is not a finite number.")
    return Reading(None, "", f"{shown(value)} is not a number.")


def comma_is_decimal(cells: pl.Series) -> bool:
    """Whether a comma in this column can only be a decimal sign.

    So it is when no cell has a decimal point and at least one comma cannot part thousands: 38,5 settles it
    for a column in which 1,234 stands too; 1,234 alone settles nothing.
    """
    if cells.dtype != pl.String:
        return False
    distinct = cells.unique().drop_nulls()
    commas = distinct.filter(distinct.str.contains(",", literal=True)).to_list()
    points = distinct.str.contains(r"^[+-]?\d*\.\d+$").any()
    return not points and any(_DECIMAL_COMMA.fullmatch(cell) and not _THOUSANDS.fullmatch(cell) for cell in commas)


def not_a_date(value: str) -> str:
    """Why text is not an ISO 8601 date, with the readings that were not chosen between."""
    if _SERIAL.fullmatch(value):
        return f"{shown(value)} looks like a spreadsheet's day number; it was not converted."
    match = _SLASHED.fullmatch(value)
    if match and len(match[1]) <= 2 and len(match[3]) in (2, 4):
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12 and first != second:
            return f"{shown(value)} can be read as day/month or as month/day; it was not guessed."
        return f"{shown(value)} is not written as ISO 8601; it was not converted."
    if re.match(r"\d{4}-\d{2}(-\d{2})?", value):
        return f"{shown(value)} is a date that no calendar has, or is followed by something that is not a time."
    return f"{shown(value)} is not an ISO 8601 date."


def control(value: str) -> str:
    """The sentence for a cell with a control character; the character itself is shown by its code."""
    first = next(
        character for character in value if unicodedata.category(character) == "Cc" and character not in "\t\n\r"
    )
    return f"The cell holds the control character U+{ord(first):04X}; it was not used."


def bare_term(value: str) -> str:
    """A term in capitals, without the decimals that a program gives a whole number."""
    return re.sub(r"^(\d+)\.0+$", r"\1", value).upper()


def shown(value: object) -> str:
    """A value as a message may quote it: short, in quotation marks, on one line."""
    text = "".join(character if character.isprintable() else " " for character in str(value))
    return f'"{text[:_SHOWN]}…"' if len(text) > _SHOWN else f'"{text}"'


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
