"""What `remit call` turns away: a wrong scale, an impossible value, mixed units, an unknown code; one sentence each."""

from __future__ import annotations

import io
import json
from itertools import groupby
from typing import Any

import pytest

from remit.cli.app import run
from spec.vectors.tables import REFUSED, ROWS, Row

GROUPS = [
    (key, list(rows))
    for key, rows in groupby(
        sorted((row for row in ROWS if REFUSED in row.expected), key=lambda row: (row.instrument, row.variant)),
        key=lambda row: (row.instrument, row.variant),
    )
]


class Stdin:
    """Standard input as `remit call` reads it: bytes."""

    def __init__(self, given: Any) -> None:
        self.buffer = io.BytesIO(json.dumps(given).encode())


@pytest.mark.parametrize(("key", "rows"), GROUPS, ids=[f"{name}-{variant}" for (name, variant), _ in GROUPS])
def test_each_element_of_an_array_is_refused_in_its_place(
    key: tuple[str, str], rows: list[Row], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin([row.payload for row in rows]))

    code = run(["call", key[0], "--variant", key[1]])

    said = json.loads(capsys.readouterr().out)
    assert code == 2
    assert all(row.expected[REFUSED] in one["error"] for row, one in zip(rows, said, strict=True))
    assert all(one["error"].count("\n") == 0 and one["error"].rstrip().endswith(".") for one in said)


def test_a_refused_object_exits_2_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin([{"value": 50, "scale": "0-100mm"}, {"value": 50, "scale": "0-10"}]))

    code = run(["call", "pga"])

    said = json.loads(capsys.readouterr().out)
    assert code == 2
    assert said[0]["pga_0_3"] == 1.5
    assert "error" in said[1]


def test_a_missing_item_is_answered_as_unknown_not_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin({"term": "potassium_high", "value": 5.2}))

    code = run(["call", "ctcae-v5", "--variant", "lab"])

    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert said["grade"] is None
    assert said["because"] == ["unknown: upper limit of normal"]
