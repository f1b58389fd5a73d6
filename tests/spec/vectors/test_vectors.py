"""Every instrument at its boundaries, as a table that a rheumatologist can read: vectors.csv.

Columns: instrument, variant, input, expected, story. Two programs written apart from each other agree on every row; an
output key that does not apply is left out, null is unknown, and a number with decimals is rounded to three of them.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from remit import instruments

TABLE = Path(__file__).parent / "vectors.csv"
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))


def agrees(got: Any, expected: Any) -> bool:
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return type(got) is type(expected) and bool(got == expected)
    return isinstance(got, int | float) and not isinstance(got, bool) and abs(got - expected) <= 0.0005 + 1e-12


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['instrument']}-{row['variant']}: {row['story']}" for row in ROWS])
def test_instrument_answers_as_the_table_says(row: dict[str, str]) -> None:
    expected = json.loads(row["expected"])

    answer = instruments.call(row["instrument"], row["variant"], json.loads(row["input"]))

    assert {key: answer[key] for key, value in expected.items() if not agrees(answer[key], value)} == {}


def test_the_table_reaches_every_instrument_and_repeats_no_question() -> None:
    asked = [(row["instrument"], row["variant"], row["input"]) for row in ROWS]
    named = {instrument.key for instrument in instruments.INSTRUMENTS} - {"interval"}

    assert {row["instrument"] for row in ROWS} == named
    assert len(set(asked)) == len(asked) >= 300
