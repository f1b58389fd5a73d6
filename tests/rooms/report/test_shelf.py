"""A printed proportion taken apart, and numbers that are not there."""

from __future__ import annotations

import pytest

from remit.analysis.result import Result
from remit.report.shelf import Printed, Shelf, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4/8 (50.0 %; 95 % CI 15.7–84.3)", Printed("4/8", "50.0 %", "15.7–84.3")),
        ("0/20 (0.0 %; 95 % CI 0.0–16.8)", Printed("0/20", "0.0 %", "0.0–16.8")),
        ("4/8 (50.0 %; 90 % CI 19.3–80.7)", Printed("4/8", "50.0 %", "19.3–80.7")),
        ("2/20", Printed("2/20")),
        ("5", Printed("5")),
        ("not reached", Printed("not reached")),
    ],
)
def test_a_printed_proportion_falls_into_fraction_percent_and_interval(text: str, expected: Printed) -> None:
    assert parts(text) == expected


def result(id: str, value: float | None, text: str = "", note: str = "") -> Result:
    return Result(
        id=id,
        title=f"Title of {id}",
        analysis="a",
        population="p",
        group="all",
        statistic="s",
        method="m",
        value=value,
        text=text,
        note=note,
    )


def test_a_number_is_a_button_that_knows_its_id_and_takes_a_note_in_reading_order() -> None:
    shelf = Shelf([result("a/count", 4.0, "4"), result("b/count", 5.0, "5")])

    second, first, again = shelf.number("b/count"), shelf.number("a/count"), shelf.number("b/count")

    assert 'data-id="b/count"' in second
    assert shelf.notes() == {"b/count": 1, "a/count": 2}
    assert again == second
    assert 'data-id="a/count"' in first


def test_a_number_in_a_table_takes_no_note() -> None:
    shelf = Shelf([result("a/count", 4.0, "4")])

    shelf.cell("a/count")

    assert shelf.notes() == {}


def test_what_was_not_collected_says_so_and_is_never_a_zero() -> None:
    shelf = Shelf([result("a/count", None, note="not collected")])

    assert "not collected" in shelf.number("a/count")
    assert "nc" in shelf.cell("a/count")
    assert not shelf.has("a/count")


def test_a_value_that_does_not_exist_prints_why() -> None:
    shelf = Shelf([result("a/median", None, note="not reached")])

    assert "not reached" in shelf.cell("a/median")


def test_a_result_that_was_never_made_prints_a_dash() -> None:
    assert "–" in Shelf([]).number("a/median")


def test_text_from_the_data_is_escaped() -> None:
    shelf = Shelf([result("a/count", 1.0, "<b>1</b>")])

    assert "<b>1" not in shelf.number("a/count")
