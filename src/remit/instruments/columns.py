"""Instruments over a whole table: one answer a row, from the same rule that answers one payload.

Rows that no rule can tell apart share an answer. For each instrument `column_features` names the features that decide
(on which side of which limit a number lies, which codes are listed), the rule is asked once for each combination that
occurs, and the answer goes to every row that has it. What an instrument computes rather than decides, such as a sum of
weights, is computed for all rows at once in `column_sums`. An instrument that neither file knows is asked once for each
distinct row. Reasons are left out: ask `instruments.call` for the row of interest.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from remit.instruments import find
from remit.instruments.catalog import ERROR, Variant
from remit.instruments.column_features import FEATURES
from remit.instruments.column_sums import SUMS


def answers(table: pl.DataFrame, key: str, variant: str | None = None) -> pl.DataFrame:
    """The outputs of an instrument for every row.

    table    one column per input key; `a.b` is the key b of the object a, lists of codes are list columns, null is
             unknown; a key without a column is absent in every row. Lists of pairs or objects have no column form,
             nor have answers whose keys change from row to row (toxicity-scales)
    key      an instrument, with one of its variants (None: the default)
    returns  one row per row of the table, one column per output key
    raises   InputError like `instruments.call`; values that the rules are never asked about because another row stands
             for them are not checked, so check records before
    """
    chosen = find(key).variant(variant)
    outputs = [name for name in chosen.outputs if name != ERROR]
    wanted = (key, chosen.name)
    computed = SUMS[wanted](table) if wanted in SUMS else {}
    summed = table.lazy().select(**computed).collect() if computed else pl.DataFrame()
    if set(outputs) <= set(computed):
        return summed.select(outputs)
    features = FEATURES[wanted](table) if wanted in FEATURES else [pl.col(name) for name in table.columns]
    decided = _decided(table, chosen, features, [name for name in outputs if name not in computed])
    return pl.concat([decided, summed], how="horizontal").select(outputs) if computed else decided


def _decided(table: pl.DataFrame, chosen: Variant, features: list[pl.Expr], outputs: list[str]) -> pl.DataFrame:
    if not table.height:
        return pl.DataFrame({name: [] for name in outputs})
    if not features:
        features = [pl.lit(0)]
    named = [feature.alias(f"f{at}") for at, feature in enumerate(features)]
    situations = table.lazy().select(named).collect().with_row_index("row")  # lazy shares what features have in common
    names = [f"f{at}" for at in range(len(named))]
    groups = situations.group_by(names, maintain_order=True).agg(pl.col("row").first(), pl.col("row").alias("rows"))
    asked = table[groups["row"]]
    found: dict[str, list[object]] = {name: [] for name in outputs}
    for row in asked.iter_rows(named=True):
        answer = chosen.function(_payload(row))
        for name in outputs:
            found[name].append(answer.get(name))
    told = pl.DataFrame(
        {name: pl.Series(name, values, strict=False) for name, values in found.items()} | {"rows": groups["rows"]}
    )
    return told.explode("rows").sort("rows").select(outputs)


def _payload(row: Mapping[str, object]) -> dict[str, object]:
    """A row as the object that `remit call` would read."""
    payload: dict[str, object] = {}
    for name, value in row.items():
        *outer, last = name.split(".")
        place = payload
        for part in outer:
            inner = place.setdefault(part, {})
            assert isinstance(inner, dict)
            place = inner
        place[last] = value
    return payload
