"""The worked examples of the call/1 contract, one per instrument and variant."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from remit import instruments

DATA = json.loads((Path(__file__).parent / "data" / "call_examples.json").read_text("utf-8"), parse_float=Decimal)
EXAMPLES = [(row["instrument"], row["variant"], row["input"], row["output"]) for row in DATA["examples"]]


def plain(value: Any) -> Any:
    """Decimals of the file as the floats that a program would send."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def agrees(got: Any, printed: Any) -> bool:
    """Equal, or within half a unit of the last printed digit of a decimal number."""
    if isinstance(printed, Decimal):
        half = float(Decimal(5).scaleb(int(printed.as_tuple().exponent) - 1))
        return isinstance(got, int | float) and abs(got - float(printed)) <= half + 1e-12
    return type(got) is type(printed) and got == printed if isinstance(printed, bool) else got == printed


@pytest.mark.parametrize(
    ("name", "variant", "given", "printed"), EXAMPLES, ids=[f"{row[0]}-{row[1]}" for row in EXAMPLES]
)
def test_contract_example_is_answered(name: str, variant: str, given: dict[str, Any], printed: dict[str, Any]) -> None:
    answer = instruments.call(name, variant, plain(given))

    assert {key: answer[key] for key in printed if not agrees(answer[key], printed[key])} == {}
    assert isinstance(answer["because"], list)
    json.dumps(answer, allow_nan=False)


def test_first_listed_variant_is_the_default() -> None:
    first: dict[str, str] = {}
    for name, variant, _, _ in EXAMPLES:
        first.setdefault(name, variant)

    assert {name: instruments.find(name).variants[0].name for name in first} == first


@pytest.mark.parametrize(
    ("name", "variant", "given", "printed"), EXAMPLES, ids=[f"{row[0]}-{row[1]}" for row in EXAMPLES]
)
def test_null_is_accepted_for_every_key(
    name: str, variant: str, given: dict[str, Any], printed: dict[str, Any]
) -> None:
    for key in instruments.find(name).variant(variant).inputs:
        answer = instruments.call(name, variant, {**plain(given), key: None})
        assert set(printed) <= set(answer)

    nothing_known = instruments.call(name, variant, {})
    assert set(printed) <= set(nothing_known)
