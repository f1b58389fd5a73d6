"""Two cuts, and an edit tried out, as the JSON that other programs read (`cuts/1`, `what-if/1`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.analysis import Result
from remit.evidence.cuts import Cut, Explained, Moved
from remit.evidence.cuts_words import because
from remit.evidence.dose import Decided
from remit.evidence.record_changes import RecordChange
from remit.evidence.what_if import WhatIf


def explained_to_dict(explained: Explained) -> dict[str, Any]:
    """Every moved number points into `explanations`; record ids there are described once in `records`."""
    places: dict[tuple[object, ...], int] = {}
    numbers = [_moved(explained, one, _place(places, one)) for one in explained.moved]
    return {
        "contract": "cuts/1",
        "before": _cut(explained.before),
        "after": _cut(explained.after),
        "results": explained.results,
        "moved": numbers,
        "unexplained": [one.id for one in explained.unexplained],
        "explanations": [_explanation(explained, one) for one in _first_of_each(explained, places)],
        "records": [_change(change) for change in explained.changes.values()],
        "protocol": [{"place": change.place, "paths": list(change.paths)} for change in explained.protocol],
        "subjects": [{"subject": s, "records": len(ids)} for s, ids in sorted(explained.strangers.items())],
    }


def what_if_to_dict(answer: WhatIf) -> dict[str, Any]:
    """The numbers that move, and the decision of every part before and after."""
    return {
        "contract": "what-if/1",
        "results": answer.results,
        "moved": [
            {"id": one.id, "title": one.title, "before": _result(one.before), "after": _result(one.after)}
            for one in answer.moved
        ],
        "unseen": list(answer.unseen),
        "decisions": [
            {"part": old.part, "design": old.design, "moved": old != new, "before": _said(old), "after": _said(new)}
            for old, new in answer.decisions
        ],
    }


def _key(one: Moved) -> tuple[object, ...]:
    return one.records, one.cutoff, one.protocol, one.version, one.how, one.minimal


def _place(places: dict[tuple[object, ...], int], one: Moved) -> int:
    return places.setdefault(_key(one), len(places))


def _first_of_each(explained: Explained, places: Mapping[tuple[object, ...], int]) -> list[Moved]:
    firsts: dict[int, Moved] = {}
    for one in explained.moved:
        firsts.setdefault(places[_key(one)], one)
    return [firsts[place] for place in range(len(firsts))]


def _moved(explained: Explained, one: Moved, place: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "before": _result(one.before),
        "after": _result(one.after),
        "explanation": place,
        "because": because(explained, one),
    }


def _explanation(explained: Explained, one: Moved) -> dict[str, Any]:
    return {
        "subjects": list(explained.entered(one)),
        "records": [change.record for change in explained.singles(one)],
        "cutoff": one.cutoff,
        "protocol": list(one.protocol),
        "version": one.version,
        "proof": one.how,
        "minimal": one.minimal,
    }


def _cut(cut: Cut) -> dict[str, Any]:
    return {"name": cut.name, "cutoff": cut.cutoff.isoformat(), "protocol_version": cut.protocol.version}


def _result(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    interval = result.interval
    return {
        "value": result.value,
        "n": result.n,
        "denominator": result.denominator,
        "interval": None if interval is None else [interval.low, interval.high],
        "text": result.text,
    }


def _change(change: RecordChange) -> dict[str, Any]:
    return {
        "record": change.record,
        "subject": change.subject,
        "kind": change.kind,
        "columns": list(change.columns),
        "day": change.day,
        "origin": change.origin,
        "set_aside": change.aside,
    }


def _said(one: Decided) -> dict[str, Any]:
    return {"action": one.action, "level": one.level, "reason": one.reason}
