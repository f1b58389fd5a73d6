from datetime import date

import polars as pl
import pytest

from remit.days import (
    MONTH_DAYS,
    calendar_months,
    calendar_months_expr,
    day_of,
    impute_start,
    impute_start_expr,
    iso_date,
    months,
    precision_of,
    protocol_day,
    protocol_day_expr,
    study_day,
    study_day_expr,
    study_day_of,
)

READINGS = [
    ("2024-03-15", date(2024, 3, 15), "day"),
    ("2024-02-29", date(2024, 2, 29), "day"),
    ("2024-03-15T13:05", date(2024, 3, 15), "day"),
    ("2024-03-15T13:05:22", date(2024, 3, 15), "day"),
    ("2024-03-15T13", date(2024, 3, 15), "day"),
    ("2024-03-15T23:59:59.5Z", date(2024, 3, 15), "day"),
    ("2024-03-15T23:59+05:30", date(2024, 3, 15), "day"),  # an offset never moves the site's day
    ("2024-03-15T-:30", date(2024, 3, 15), "day"),  # SDTM's hyphen for an hour not collected
    (" 2024-03-15 ", date(2024, 3, 15), "day"),
    ("2024-03", None, "month"),
    ("2024", None, "year"),
    ("2024---15", None, None),
    ("--03-15", None, None),
    ("2024-3-5", None, None),
    ("2024-13", None, None),
    ("2024-00", None, None),
    ("2023-02-29", None, None),
    ("2024-04-31T10:00", None, None),
    ("2024-03-15 13:05", None, None),
    ("2024-03-15T25:00", None, None),
    ("2024-03-15T", None, None),
    ("20240315", None, None),
    ("15MAR2024", None, None),
    ("0000-01-01", None, None),
    ("0000", None, None),
    ("2024-03-15\n2024-03-16", None, None),
    ("UNKNOWN", None, None),
    ("", None, None),
    (None, None, None),
]


@pytest.mark.parametrize(("text", "day", "precision"), READINGS)
def test_text_is_read_as_day_month_year_or_unknown(text: str | None, day: date | None, precision: str | None) -> None:
    assert iso_date(text) == (day, precision)


def test_a_column_is_read_as_its_texts_are() -> None:
    column = pl.DataFrame({"AESTDTC": [text for text, _, _ in READINGS]}, schema={"AESTDTC": pl.String})

    read = column.select(day=day_of("AESTDTC"), precision=precision_of(pl.col("AESTDTC")))

    assert read.schema == {"day": pl.Date, "precision": pl.String}
    assert read.rows() == [(day, precision) for _, day, precision in READINGS]


@pytest.mark.parametrize(
    ("day", "cdisc", "protocol"),
    [
        (date(2024, 3, 15), 1, 0),  # the infusion
        (date(2024, 3, 22), 8, 7),
        (date(2024, 3, 14), -1, -1),
        (date(2024, 3, 10), -5, -5),  # conditioning keeps its day
    ],
)
def test_cdisc_has_no_day_zero_and_the_protocol_has(day: date, cdisc: int, protocol: int) -> None:
    infusion = date(2024, 3, 15)
    frame = pl.DataFrame({"day": [day], "infusion": [infusion]})

    by_column = frame.select(
        cdisc=study_day_expr(pl.col("day"), pl.col("infusion")),
        protocol=protocol_day_expr(pl.col("day"), pl.col("infusion")),
    )

    assert (study_day(day, infusion), protocol_day(day, infusion)) == (cdisc, protocol)
    assert study_day_of(protocol) == cdisc
    assert by_column.rows() == [(cdisc, protocol)]


def test_a_day_counted_from_or_to_an_unknown_date_is_unknown() -> None:
    frame = pl.DataFrame(
        {"day": [None, date(2024, 3, 15)], "zero": [date(2024, 3, 15), None]},
        schema={"day": pl.Date, "zero": pl.Date},
    )

    counted = frame.select(
        cdisc=study_day_expr(pl.col("day"), pl.col("zero")),
        protocol=protocol_day_expr(pl.col("day"), pl.col("zero")),
        months=calendar_months_expr(pl.col("zero"), pl.col("day")),
    )

    assert counted.rows() == [(None, None, None), (None, None, None)]


def test_a_month_is_a_twelfth_of_a_julian_year() -> None:
    assert MONTH_DAYS == 365.25 / 12
    assert months(365.25) == 12


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2024, 1, 15), date(2024, 1, 15), 0.0),
        (date(2024, 1, 15), date(2024, 2, 15), 1.0),
        (date(2024, 1, 15), date(2024, 2, 1), 17 / 31),
        (date(2024, 1, 15), date(2025, 1, 15), 12.0),
        (date(2023, 1, 31), date(2023, 2, 28), 1.0),
        (date(2024, 1, 31), date(2024, 2, 28), 28 / 29),
        (date(2023, 1, 31), date(2023, 3, 30), 1 + 30 / 31),
        (date(2024, 2, 15), date(2024, 1, 15), -1.0),
    ],
)
def test_calendar_months_count_from_the_day_of_the_start(start: date, end: date, expected: float) -> None:
    frame = pl.DataFrame({"start": [start], "end": [end]})

    by_column = frame.select(calendar_months_expr(pl.col("start"), pl.col("end"))).item()

    assert calendar_months(start, end) == pytest.approx(expected)
    assert by_column == pytest.approx(expected)


FIRST_CELLS = date(2024, 3, 10)
IMPUTATIONS = [
    # text, furthest, day, flag
    ("2024-03-05", "M", date(2024, 3, 5), None),
    ("2024-03-05T08:00", "D", date(2024, 3, 5), None),
    ("2024-03", "M", FIRST_CELLS, "D"),  # the known parts allow on-treatment
    ("2024-02", "M", date(2024, 2, 1), "D"),
    ("2024-04", "M", date(2024, 4, 1), "D"),
    ("2024", "M", FIRST_CELLS, "M"),
    ("2023", "M", date(2023, 1, 1), "M"),
    ("2025", "M", date(2025, 1, 1), "M"),
    ("2024-03", "D", FIRST_CELLS, "D"),
    ("2024", "D", None, None),  # the plan allows a missing day only
    ("", "M", None, None),
    (None, "M", None, None),
    (None, "Y", FIRST_CELLS, "Y"),
    ("", "Y", FIRST_CELLS, "Y"),
    ("garbage", "Y", None, None),
    ("2024---15", "Y", None, None),
]


@pytest.mark.parametrize(("text", "furthest", "day", "flag"), IMPUTATIONS)
def test_a_partial_start_is_imputed_as_far_as_the_plan_allows(
    text: str | None, furthest: str, day: date | None, flag: str | None
) -> None:
    frame = pl.DataFrame({"text": [text], "first": [FIRST_CELLS]}, schema={"text": pl.String, "first": pl.Date})

    by_column = frame.select(impute_start_expr("text", pl.col("first"), furthest)).item()

    assert impute_start(text, FIRST_CELLS, furthest) == (day, flag)
    assert by_column == {"day": day, "flag": flag}


@pytest.mark.parametrize(
    ("text", "day", "flag"),
    [("2024-03", date(2024, 3, 1), "D"), ("2024", date(2024, 1, 1), "M"), (None, None, None)],
)
def test_without_a_first_treatment_the_first_day_is_imputed(
    text: str | None, day: date | None, flag: str | None
) -> None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})

    by_column = frame.select(impute_start_expr("text", pl.lit(None, dtype=pl.Date), "Y")).item()

    assert impute_start(text, None, "Y") == (day, flag)
    assert by_column == {"day": day, "flag": flag}
