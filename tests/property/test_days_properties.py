"""Days: the text rule and the column rule are one rule, and counting days never jumps or turns."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.days import (
    calendar_months,
    calendar_months_expr,
    day_of,
    impute_start,
    impute_start_expr,
    iso_date,
    precision_of,
    protocol_day,
    study_day,
    study_day_of,
)

QUICK = settings(max_examples=100, deadline=None)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
NEARLY = st.from_regex(r"[ ]?[0-9]{4}(-[01][0-9]?(-[0-3]?[0-9](T([0-2-][0-9]?)?(:[0-6][0-9])?Z?)?)?)?", fullmatch=True)
TEXTS = st.one_of(NEARLY, DAYS.map(date.isoformat), st.text("0123456789-T:Z \n", max_size=20), st.text(max_size=8))


@QUICK
@given(texts=st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=20))
def test_a_column_is_read_as_its_texts_are(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})

    rows = frame.select(day=day_of("text"), precision=precision_of("text")).rows()

    assert rows == [tuple(iso_date(text)) for text in texts]


@QUICK
@given(
    texts=st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=20),
    first=st.one_of(st.none(), DAYS),
    furthest=st.sampled_from(["D", "M", "Y"]),
)
def test_a_column_is_imputed_as_its_texts_are(texts: list[str | None], first: date | None, furthest: str) -> None:
    frame = pl.DataFrame({"text": texts, "first": [first] * len(texts)}, schema={"text": pl.String, "first": pl.Date})

    imputed = frame.select(impute_start_expr("text", pl.col("first"), furthest).alias("start")).unnest("start").rows()

    assert imputed == [tuple(impute_start(text, first, furthest)) for text in texts]


@QUICK
@given(day=DAYS, first=DAYS)
def test_an_imputed_day_agrees_with_every_part_that_was_known(day: date, first: date) -> None:
    by_month, by_year = impute_start(day.isoformat()[:7], first), impute_start(day.isoformat()[:4], first)

    assert (by_month.day.year, by_month.day.month, by_month.flag) == (day.year, day.month, "D")
    assert (by_year.day.year, by_year.flag) == (day.year, "M")


@QUICK
@given(day=DAYS, reference=DAYS)
def test_study_day_is_never_zero_and_follows_the_protocol_day(day: date, reference: date) -> None:
    counted = study_day(day, reference)

    assert counted != 0
    assert counted == study_day_of(protocol_day(day, reference))
    assert study_day(day + timedelta(1), reference) - counted == (2 if counted == -1 else 1)


@QUICK
@given(start=DAYS, end=DAYS)
def test_calendar_months_rise_with_every_day_and_mirror(start: date, end: date) -> None:
    counted = calendar_months(start, end)
    by_column = pl.DataFrame({"start": [start], "end": [end]}).select(
        calendar_months_expr(pl.col("start"), pl.col("end"))
    )

    assert by_column.item() == pytest.approx(counted, abs=1e-9)
    assert calendar_months(end, start) == -counted
    if end >= start:
        step = calendar_months(start, end + timedelta(1)) - counted
        assert 1 / 31.5 < step < 1 / 27.5
