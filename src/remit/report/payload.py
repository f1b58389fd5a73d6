"""What the panels open: results, the derived rows that their filters select, record ids, and the fields of the records.

Tables travel by column, each column as its distinct values and an index per row, which packs well. The fields of
records come last and stop at a budget: a page must stay one that can be sent. The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from remit.analysis.result import Result, Selection
from remit.protocol import Protocol
from remit.report.shelf import shown
from remit.report.words import definition, group_label, sentence

# Characters of JSON before packing; packed they take about a tenth of it.
FIELD_BUDGET = 12_000_000
PLAIN_BELOW = 60_000

# Shown in panels whatever the filters ask for.
ALWAYS = ("USUBJID", "LEVEL", "ANSWER", "SET", "IN", "REASON")


def packed(value: Mapping[str, Any]) -> tuple[str, str]:
    """(encoding, text) of a JSON value: `json`, or `gzip` in base64 once it is large."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(text) < PLAIN_BELOW:
        return "json", for_script(text)
    return "gzip", squeezed(text)


def squeezed(text: str) -> str:
    """A text packed by gzip, in base64."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode("ascii")


def for_script(text: str) -> str:
    """JSON text that cannot end the script element it stands in."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def panels(
    results: Iterable[Result],
    derived: Mapping[str, pl.DataFrame],
    records: Mapping[str, Mapping[str, str]],
    protocol: Protocol,
) -> dict[str, Any]:
    """Everything that a panel needs, as one JSON value."""
    results = tuple(results)
    asked: dict[str, set[str]] = {}
    behind: dict[tuple[Selection, ...], int] = {}
    rows = {}
    variants = _variants(results, {level.key for level in protocol.levels})
    last, place = None, 0
    for result in results:
        # the statistics of one quantity come one after the other, and share what is behind them
        if result.behind is not last:
            for selection in result.behind:
                asked.setdefault(selection.table, set()).update(column for column, _ in selection.where)
            last, place = result.behind, behind.setdefault(result.behind, len(behind))
        said = (sentence(result, protocol), definition(result, protocol), place, result.group, result.population)
        counts = result.denominator is not None
        rows[result.id] = [*said, shown(result), result.title, variants.get(result.id, []), counts]
    index: dict[str, int] = {}
    tables = {
        name: _table(frame, asked.get(name, set()), index)
        for name, frame in sorted(derived.items())
        if frame.height and {"USUBJID", "sources"} <= set(frame.columns)
    }
    return {
        "results": rows,
        "behind": [
            [[s.role, s.table, [[c, _plain(w)] for c, w in s.where]] for s in selections] for selections in behind
        ],
        "tables": tables,
        "ids": list(index),
        "fields": _fields(index, records),
        "names": {level.key: level.name for level in protocol.levels},
        "groups": {g.key: group_label(g.key, protocol) for g in protocol.groups},
    }


def unrecorded(rows: Mapping[str, tuple[Result, str, str]]) -> dict[str, Any]:
    """The same where no record stands behind a number: per id its result, its sentence, and what it is taken over."""
    said = {
        id: [sentence, _note(r), 0, r.group, over, shown(r), r.title, [], False]
        for id, (r, sentence, over) in rows.items()
    }
    nothing: dict[str, Any] = {"tables": {}, "ids": [], "fields": {}, "names": {}, "groups": {}}
    return {"results": said, "behind": [[]], **nothing}


def _note(result: Result) -> str:
    return result.note[:1].upper() + result.note[1:].rstrip(".") + "." if result.note else ""


def _variants(results: Iterable[Result], levels: set[str]) -> dict[str, list[str]]:
    """Per proportion of an endpoint at one time point, the same under the other variants of its instrument."""
    families: dict[str, list[str]] = {}
    for result in results:
        segments = result.id.split("/")
        if (
            segments[0] == "efficacy"
            and segments[-1] == "proportion"
            and (len(segments) == 4 or (len(segments) == 5 and segments[3] not in levels))
        ):
            families.setdefault("/".join(segments[:3]), []).append(result.id)
    return {id: [other for other in ids if other != id] for ids in families.values() for id in ids}


def _table(frame: pl.DataFrame, asked: set[str], index: dict[str, int]) -> dict[str, Any]:
    columns = [c for c in frame.columns if c in asked or c in ALWAYS]
    shown = {c: _coded(frame[c]) for c in columns}
    if "SENTENCE" in frame.columns:
        shown["SENTENCE"] = _coded(frame["SENTENCE"])
    if "BECAUSE" in frame.columns:
        shown["BECAUSE"] = _column([" · ".join(b) if b else None for b in frame["BECAUSE"].to_list()])
    return {"rows": frame.height, "columns": shown, "sources": _sources(frame["sources"], index)}


def _sources(column: pl.Series, index: dict[str, int]) -> list[list[int]]:
    """Per row the places of its records in the index, which takes in those that it does not know yet."""
    flat = column.drop_nulls().list.explode(empty_as_null=False, keep_nulls=False)
    for record in flat.unique(maintain_order=True).to_list():
        index.setdefault(record, len(index))
    return [[index[record] for record in records or ()] for records in column.to_list()]


def _coded(column: pl.Series) -> list[list[Any]]:
    """`_column` of a column of a table. A list column keeps its lists: a filter asks whether they hold something."""
    values = column.to_list()
    return _column([tuple(v) if v is not None else None for v in values] if column.dtype == pl.List else values)


def _column(values: list[Any]) -> list[list[Any]]:
    """The distinct values, and for each row which of them it has."""
    places = {value: place for place, value in enumerate(dict.fromkeys(values))}
    return [[_plain(v) for v in places], [places[value] for value in values]]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def _fields(index: Mapping[str, int], records: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Fields of the records by domain, small domains first, as many domains as the budget holds."""
    domains: dict[str, list[str]] = {}
    for record in index:
        if record in records:
            domains.setdefault(record.partition("/")[0], []).append(record)
    left = FIELD_BUDGET
    chosen: dict[str, Any] = {}
    for name in sorted(domains, key=lambda d: (len(domains[d]), d)):
        ids = domains[name]
        keys = list(dict.fromkeys(k for record in ids for k in records[record] if k != "record_id"))
        rows = [records[record] for record in ids]
        values = {k: [row.get(k) or None for row in rows] for k in keys}
        values = {k: v for k, v in values.items() if any(x is not None for x in v)}
        left -= len(ids) * len(values) * 8
        if left < 0:
            break
        chosen[name] = {"ids": [index[record] for record in ids], "columns": {k: _column(v) for k, v in values.items()}}
    return chosen
