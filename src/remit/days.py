"""Calendar days as records hold them: ISO 8601 text, possibly partial, cut from the right (`2024-03`).

The same rules twice: for one text in Python, and as polars expressions for a column. Dates are the site's own
calendar days: a time of day or an offset from UTC may follow and is never used to move the day.

Sources: CDISC SDTM Implementation Guide 3.4 (dates are ISO 8601 text, `--DY` has no day 0); ADaM terminology
DATEFL (Y, M, D: the highest part that was imputed).
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final, Literal, NamedTuple

import polars as pl

Precision = Literal["day", "month", "year"]
Part = Literal["D", "M", "Y"]

MONTH_DAYS: Final = 30.4375
"""Days in a month, 365.25 / 12: the convention unless a protocol says calendar."""

# A hyphen may stand for an hour, minute or second that was not collected; the day is complete all the same.
_TIME: Final = (
    r"T(?:[01][0-9]|2[0-3]|-)(?::(?:[0-5][0-9]|-)(?::(?:[0-5][0-9](?:[.,][0-9]+)?|-))?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_YEAR: Final = r"[0-9]{4}"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = rf"^({_YEAR}-{_MONTH}-[0-9]{{2}})(?:{_TIME})?$"
_MONTH_ONLY: Final = rf"^{_YEAR}-{_MONTH}$"
_YEAR_ONLY: Final = rf"^{_YEAR}$"
# Only these surround a date in files seen so far; other white space stays garbage, in both versions alike.
_PADDING: Final = " \t\r\n"


class PartialDate(NamedTuple):
    """A day when the text names one, and how much the text names: None for no usable date at all."""

    day: date | None
    precision: Precision | None


class Imputed(NamedTuple):
    """A day, and the highest part of it that is ours and not the record's: None when nothing is."""

    day: date | None
    flag: Part | None


def iso_date(text: str | None) -> PartialDate:
    """Read ISO 8601 date text.

    text       "2024-03-15", with a time or without, "2024-03", "2024"; spaces around it are ignored
    returns    the day only when the text names one that exists; `2024-03` gives (None, "month"). A gap in the
               middle (`2024---15`), a day that does not exist (`2023-02-29`), any other text, and no text at
               all give (None, None): unknown
    """
    bare = (text or "").strip(_PADDING)
    matched = re.match(_DAY, bare)
    if matched:
        try:
            return PartialDate(date.fromisoformat(matched.group(1)), "day")
        except ValueError:
            return PartialDate(None, None)
    if bare.startswith("0000"):
        return PartialDate(None, None)
    if re.match(_MONTH_ONLY, bare):
        return PartialDate(None, "month")
    if re.match(_YEAR_ONLY, bare):
        return PartialDate(None, "year")
    return PartialDate(None, None)


def day_of(column: str | pl.Expr) -> pl.Expr:
    """The day named by a column of ISO 8601 text; null where the text is partial, garbage or null (see
    `iso_date`)."""
    day = _bare(column).str.extract(_DAY, 1).str.to_date("%Y-%m-%d", strict=False)
    return pl.when(day.dt.year() > 0).then(day)


def precision_of(column: str | pl.Expr) -> pl.Expr:
    """ "day", "month", "year" or null for a column of ISO 8601 text: how much of a date it names (see
    `iso_date`)."""
    bare = _bare(column)
    real_year = ~bare.str.starts_with("0000")
    return (
        pl.when(day_of(column).is_not_null())
        .then(pl.lit("day"))
        .when(bare.str.contains(_MONTH_ONLY) & real_year)
        .then(pl.lit("month"))
        .when(bare.str.contains(_YEAR_ONLY) & real_year)
        .then(pl.lit("year"))
    )


def study_day(day: date, reference: date) -> int:
    """CDISC study day (`--DY`): the reference day is 1, the day before it is −1, there is no 0."""
    elapsed = (day - reference).days
    return elapsed + 1 if elapsed >= 0 else elapsed


def protocol_day(day: date, zero: date) -> int:
    """Day as a protocol counts it: the day `zero` (for us the first infusion of cells) is 0."""
    return (day - zero).days


def study_day_of(protocol_day: int) -> int:
    """CDISC study day of a protocol's day, when both count from one date: 0 becomes 1, −5 stays −5."""
    return protocol_day + 1 if protocol_day >= 0 else protocol_day


def study_day_expr(day: pl.Expr, reference: pl.Expr) -> pl.Expr:
    """`study_day` for two Date expressions; null where either is null."""
    elapsed = (day - reference).dt.total_days()
    return pl.when(elapsed >= 0).then(elapsed + 1).otherwise(elapsed)


def protocol_day_expr(day: pl.Expr, zero: pl.Expr) -> pl.Expr:
    """`protocol_day` for two Date expressions; null where either is null."""
    return (day - zero).dt.total_days()


def months(days: float) -> float:
    """Days as months of 30.4375 days."""
    return days / MONTH_DAYS


def calendar_months(start: date, end: date) -> float:
    """Months by the calendar from start to end, with a fraction; negative when end is before start.

    Whole months are counted by the day of the month of `start`; where a month is too short for that day its
    last day stands in, so 31 January to 28 February 2023 is 1. What is left over is divided by the length of
    the month it lies in, counted from the same day: 15 January to 1 February is 17/31.
    """
    if end < start:
        return -calendar_months(end, start)
    whole = (end.year - start.year) * 12 + end.month - start.month
    if _months_later(start, whole) > end:
        whole -= 1
    reached, following = _months_later(start, whole), _months_later(start, whole + 1)
    return whole + (end - reached).days / (following - reached).days


def calendar_months_expr(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """`calendar_months` for two Date expressions; null where either is null."""
    first, last = pl.min_horizontal(start, end), pl.max_horizontal(start, end)
    # The horizontal minimum skips nulls; the sign does not, and carries them into the product.
    sign = pl.when(end >= start).then(1).when(end < start).then(-1)
    apart = (last.dt.year() - first.dt.year()) * 12 + last.dt.month().cast(pl.Int32) - first.dt.month()
    whole = apart - (_months_later_expr(first, apart) > last).cast(pl.Int32)
    reached, following = _months_later_expr(first, whole), _months_later_expr(first, whole + 1)
    return sign * (whole + (last - reached).dt.total_days() / (following - reached).dt.total_days())


def impute_start(text: str | None, not_before: date | None, furthest: Part = "M") -> Imputed:
    """The start day of an event from date text that may be partial.

    text         ISO 8601 text as collected
    not_before   a day (usually first treatment) that the imputed one does not precede as long as the known
                 parts allow it; None for no such day
    furthest     the highest part that may be imputed: D a missing day only, M a missing month too, Y also a
                 date that was not given at all, which then becomes `not_before`
    returns      the day and DATEFL's letter. A missing day becomes the 1st, a missing month January, or
                 `not_before` when it lies in the same month (or year). (None, None) where imputing would go
                 further than allowed, and for text that is not a date: garbage is not a missing date
    source       ADaM Implementation Guide 1.3, occurrence data: ASTDT and ASTDTF; the rule about `not_before`
                 is usual practice, recalled and not a CDISC rule
    """
    day, precision = iso_date(text)
    if day is not None:
        return Imputed(day, None)
    bare = (text or "").strip(_PADDING)
    if precision == "month":
        first = date(int(bare[:4]), int(bare[5:7]), 1)
        same = not_before is not None and (not_before.year, not_before.month) == (first.year, first.month)
        return Imputed(not_before if same else first, "D")
    if precision == "year" and furthest in ("M", "Y"):
        first = date(int(bare), 1, 1)
        same = not_before is not None and not_before.year == first.year
        return Imputed(not_before if same else first, "M")
    if not bare and furthest == "Y" and not_before is not None:
        return Imputed(not_before, "Y")
    return Imputed(None, None)


def impute_start_expr(column: str | pl.Expr, not_before: pl.Expr, furthest: Part = "M") -> pl.Expr:
    """`impute_start` for a column: a struct of `day` (Date) and `flag` (text, null where nothing was
    imputed)."""
    bare, day, precision = _bare(column), day_of(column), precision_of(column)
    first_of_month = (bare + "-01").str.to_date("%Y-%m-%d", strict=False)
    first_of_year = (bare + "-01-01").str.to_date("%Y-%m-%d", strict=False)
    same_month = not_before.dt.strftime("%Y-%m") == bare
    same_year = not_before.dt.strftime("%Y") == bare
    by_month = pl.when(same_month.fill_null(False)).then(not_before).otherwise(first_of_month)
    by_year = pl.when(same_year.fill_null(False)).then(not_before).otherwise(first_of_year)
    absent = bare.is_null() | (bare == "")
    month_allowed = pl.lit(furthest in ("M", "Y"))
    year_allowed = pl.lit(furthest == "Y") & absent & not_before.is_not_null()
    imputed = (
        pl.when(precision == "day")
        .then(day)
        .when(precision == "month")
        .then(by_month)
        .when((precision == "year") & month_allowed)
        .then(by_year)
        .when(year_allowed)
        .then(not_before)
    )
    flag = (
        pl.when(precision == "month")
        .then(pl.lit("D"))
        .when((precision == "year") & month_allowed)
        .then(pl.lit("M"))
        .when(year_allowed)
        .then(pl.lit("Y"))
    )
    return pl.struct(imputed.alias("day"), flag.alias("flag"))


def _bare(column: str | pl.Expr) -> pl.Expr:
    expression = pl.col(column) if isinstance(column, str) else column
    return expression.str.strip_chars(_PADDING)


def _months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _months_later_expr(day: pl.Expr, count: pl.Expr) -> pl.Expr:
    # polars moves a day that its new month lacks to that month's last day, as `_months_later` does.
    return day.dt.offset_by(pl.format("{}mo", count))
