"""A checked document as the JSON answer that other programs read (`claims/1`)."""

from __future__ import annotations

from typing import Any

from remit.evidence.derived import Fact
from remit.evidence.judged import Checked, Judged
from remit.evidence.reconcile import Reconciled


def to_dict(checked: Checked) -> dict[str, Any]:
    """The answer: contract, verdict, conflict, statements and derived facts, in plain JSON types."""
    return {
        "contract": "claims/1",
        "verdict": checked.verdict,
        "conflict": list(checked.conflict),
        "statements": [_statement(judged) for judged in checked.statements],
        "derived": [_fact(fact) for fact in checked.derived],
        "truncated": list(checked.truncated),
        "why": checked.why,
    }


def reconciled_to_dict(reconciled: Reconciled) -> dict[str, Any]:
    """The answer to two documents (`reconcile/1`), in plain JSON types."""
    return {
        "contract": "reconcile/1",
        "verdict": reconciled.verdict,
        "why": reconciled.why,
        "changed": list(reconciled.changed),
        "explanations": [{"size": e.size, "counts": dict(e.counts), "words": e.words} for e in reconciled.explanations],
        "left_over": list(reconciled.left_over),
        "assumptions": list(reconciled.assumptions),
    }


def _statement(judged: Judged) -> dict[str, Any]:
    return {
        "id": judged.id,
        "verdict": judged.verdict,
        "range": None if judged.range is None else [_number(end) for end in judged.range],
        "assumptions": list(judged.assumptions),
        "why": judged.why,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    if fact.range is not None:
        return {"id": fact.id, "range": [_number(end) for end in fact.range], "why": fact.why}
    value = _number(fact.value) if isinstance(fact.value, float) else fact.value
    return {"id": fact.id, "value": value, "why": fact.why}


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value
