"""What the panels open: the same rows that the filters of a result select, packed the same way every time."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import polars as pl
import pytest

from remit.analysis.result import Result, Selection
from remit.report import payload
from rooms.report import sample, sample_results


@pytest.fixture(scope="module")
def trial() -> tuple[dict[str, pl.DataFrame], tuple[Result, ...], Any]:
    frames = sample.derived()
    return frames, sample_results.results(frames), sample.stamp(frames).records


def unpacked(frames: dict[str, pl.DataFrame], results: tuple[Result, ...], records: Any) -> dict[str, Any]:
    encoding, text = payload.packed(payload.panels(results, frames, records, sample.protocol()))
    assert encoding == "gzip"
    value: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text)))
    return value


def selected(data: dict[str, Any], table: str, where: list[Any]) -> list[int]:
    """The rows as the page selects them: slow and obvious twin of the script."""
    columns = data["tables"][table]["columns"]

    def at(column: str, row: int) -> Any:
        values, places = columns[column]
        return values[places[row]]

    return [
        row
        for row in range(data["tables"][table]["rows"])
        if all(at(c, row) in w if isinstance(w, list) else at(c, row) == w for c, w in where)
    ]


def in_polars(frame: pl.DataFrame, selection: Selection) -> list[int]:
    rows = frame.with_row_index("row")
    for column, wanted in selection.where:
        if isinstance(wanted, tuple):
            rows = rows.filter(pl.col(column).is_in(wanted))
        elif wanted is None:
            rows = rows.filter(pl.col(column).is_null())
        else:
            rows = rows.filter(pl.col(column) == wanted)
    return rows["row"].to_list()


def test_the_page_selects_the_rows_that_the_filters_select(trial: Any) -> None:
    frames, results, records = trial
    data = unpacked(frames, results, records)

    for result in results:
        packed = data["behind"][data["results"][result.id][2]]
        for selection, (role, table, where) in zip(result.behind, packed, strict=True):
            assert (role, table) == (selection.role, selection.table)
            assert selected(data, table, where) == in_polars(frames[table], selection), result.id


def test_every_row_names_its_records_and_every_record_opens(trial: Any) -> None:
    frames, results, records = trial
    data = unpacked(frames, results, records)

    named = [data["ids"][i] for table in data["tables"].values() for row in table["sources"] for i in row]
    opened = [data["ids"][i] for domain in data["fields"].values() for i in domain["ids"]]

    assert set(named) == {r for frame in frames.values() for row in frame["sources"].to_list() for r in row}
    assert set(opened) == set(named)


def test_the_same_input_packs_to_the_same_bytes(trial: Any) -> None:
    first, second = (
        payload.packed(payload.panels(*(trial[1], trial[0], trial[2]), sample.protocol())) for _ in range(2)
    )

    assert first == second


def test_beyond_the_budget_ids_stay_and_fields_go(trial: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frames, results, records = trial
    monkeypatch.setattr(payload, "FIELD_BUDGET", 2_000)

    data = unpacked(frames, results, records)

    assert data["ids"]
    assert "CP" not in data["fields"]


def test_json_in_a_script_element_cannot_end_it() -> None:
    assert "</script>" not in payload.for_script(json.dumps({"a": "</script><script>alert(1)</script>"}))


def test_other_variants_of_an_endpoint_stand_beside_it() -> None:
    def proportion(id: str) -> Result:
        return Result(
            id=id,
            title=id,
            analysis="efficacy",
            population="p",
            group="all",
            statistic="proportion",
            method="m",
            value=0.5,
        )

    stem = "efficacy/doris-2021/week-24"
    data = payload.panels(
        [proportion(f"{stem}/proportion"), proportion(f"{stem}/pga-at-most/proportion")], {}, {}, sample.protocol()
    )

    assert data["results"][f"{stem}/proportion"][7] == [f"{stem}/pga-at-most/proportion"]
