"""A table asked at once answers like its rows asked one by one.

Tables are drawn from what the worked examples hold: every value of a column, a little below and above it, unknown, and
lists of codes joined at random, in any combination of columns.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit import instruments
from remit.errors import InputError
from remit.instruments import columns
from remit.instruments.column_features import FEATURES
from remit.instruments.column_sums import SUMS
from spec.vectors.tables import REFUSED, ROWS

ROWS_OF_A_TABLE = 40


def leaves(payload: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in payload.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def tabular(value: Any) -> bool:
    return not (isinstance(value, list) and any(isinstance(one, dict | list) for one in value))


POOLS: dict[tuple[str, str], dict[str, list[Any]]] = {}
for row in ROWS:
    if REFUSED in row.expected:
        continue
    for name, value in leaves(row.payload):
        if tabular(value):
            POOLS.setdefault((row.instrument, row.variant), {}).setdefault(name, []).append(value)
# what answers with an object of changing keys has no column form
POOLS = {key: pools for key, pools in POOLS.items() if pools and key[0] != "toxicity-scales"}


def dtype(values: list[Any]) -> Any:
    known = [value for value in values if value is not None]
    if any(isinstance(value, list) for value in known):
        inner = [one for value in known for one in value if one is not None]
        return pl.List(pl.String if all(isinstance(one, str) for one in inner) else pl.Float64)
    if known and all(isinstance(value, bool) for value in known):
        return pl.Boolean
    if known and all(isinstance(value, str) for value in known):
        return pl.String
    return pl.Float64


def drawn(pool: list[Any], kind: Any, chance: random.Random) -> Any:
    if chance.random() < 0.12:
        return None
    value = chance.choice(pool)
    if kind == pl.Float64 and value is not None:
        return max(value + chance.choice((0, 0, 0, 0.01, -0.01, 1, -1, value)), 0)
    if isinstance(value, list) and None not in value and len(value) < 9:
        other = chance.choice(pool)
        return list(dict.fromkeys([*value, *(other or [])])) if chance.random() < 0.5 else value
    return value


def same(got: Any, expected: Any) -> bool:
    if isinstance(got, float) and isinstance(expected, int | float) and not isinstance(expected, bool):
        return got == pytest.approx(expected, rel=1e-12, abs=1e-12)
    return bool(got == expected)


def nested(row: dict[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for name, value in row.items():
        *outer, last = name.split(".")
        place = payload
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = value
    return payload


def differences(key: str, variant: str, rows: list[dict[str, Any]], kinds: dict[str, Any]) -> list[Any]:
    answered = []
    for row in rows:
        try:
            answered.append((row, instruments.call(key, variant, nested(row))))
        except InputError:
            continue  # a table is checked before it is asked
    if not answered:
        return []
    table = pl.DataFrame([row for row, _ in answered], schema=kinds)
    got = columns.answers(table, key, variant).to_dicts()
    return [
        (row, told, {name: answer[name] for name in told})
        for (row, answer), told in zip(answered, got, strict=True)
        if not all(same(value, answer[name]) for name, value in told.items())
    ]


@pytest.mark.parametrize(("key", "variant"), sorted(POOLS), ids=lambda part: part)
@settings(max_examples=3, deadline=None, database=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_a_table_answers_like_its_rows(key: str, variant: str, seed: int) -> None:
    chance = random.Random(seed)
    pools = POOLS[key, variant]
    # a column may hold a word or an object in the examples: a table holds one of the two
    names = [name for name in pools if not any(other.startswith(f"{name}.") for other in pools)]
    if chance.random() < 0.3 and len(names) > 2:
        names.remove(chance.choice(names))
    kinds = {name: dtype(pools[name]) for name in names}
    pools = {name: [v for v in pools[name] if kinds[name] != pl.Float64 or not isinstance(v, str)] for name in names}
    rows = [{name: drawn(pools[name], kinds[name], chance) for name in names} for _ in range(ROWS_OF_A_TABLE)]

    assert differences(key, variant, rows, kinds) == []


def test_every_planned_variant_was_asked() -> None:
    assert set(FEATURES) | set(SUMS) <= set(POOLS)


def test_an_empty_table_has_no_answers() -> None:
    told = columns.answers(pl.DataFrame({"pga": pl.Series([], dtype=pl.Float64)}), "doris")

    assert told.shape == (0, 1)


def test_a_word_that_is_not_known_is_refused_for_the_whole_table() -> None:
    with pytest.raises(InputError):
        columns.answers(pl.DataFrame({"arousal": ["alert", "asleep"]}), "icans-astct")
