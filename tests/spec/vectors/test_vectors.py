"""Every instrument at its boundaries, as tables that a rheumatologist can read: the text files beside this one.

`tables.py` says how to read them. The rows of the instruments that a second program knows are also put to that program
(tests/independent/instruments). A number with decimals is rounded to three of them.
"""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.errors import InputError
from spec.vectors.tables import REFUSED, ROWS, Row

ANSWERED = [row for row in ROWS if REFUSED not in row.expected]
TURNED_AWAY = [row for row in ROWS if REFUSED in row.expected]


def name(row: Row) -> str:
    return f"{row.instrument}-{row.variant}: {row.story}"


def agrees(got: Any, expected: Any) -> bool:
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return type(got) is type(expected) and bool(got == expected)
    return isinstance(got, int | float) and not isinstance(got, bool) and abs(got - expected) <= 0.0005 + 1e-12


@pytest.mark.parametrize("row", ANSWERED, ids=name)
def test_instrument_answers_as_the_table_says(row: Row) -> None:
    answer = instruments.call(row.instrument, row.variant, row.payload)

    assert {key: answer[key] for key, value in row.expected.items() if not agrees(answer[key], value)} == {}
    assert answer["because"]


@pytest.mark.parametrize("row", TURNED_AWAY, ids=name)
def test_instrument_refuses_in_one_sentence(row: Row) -> None:
    with pytest.raises(InputError) as raised:
        instruments.call(row.instrument, row.variant, row.payload)

    assert row.expected[REFUSED] in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_tables_reach_every_instrument_and_repeat_no_question() -> None:
    asked = [(row.instrument, row.variant, repr(row.payload)) for row in ROWS]

    assert {row.instrument for row in ROWS} == {i.key for i in instruments.INSTRUMENTS}
    assert len(set(asked)) == len(asked)
    assert len(ANSWERED) >= 500


def test_every_variant_has_a_story() -> None:
    known = {(row["name"], row["variant"]) for row in instruments.listing()}

    assert known - {(row.instrument, row.variant) for row in ROWS} == set()


def test_every_row_tells_a_story() -> None:
    assert [row for row in ROWS if len(row.story) < 4 and REFUSED not in row.expected] == []
