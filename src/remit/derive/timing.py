"""Which planned visit a dated finding belongs to, and which one of several represents it.

A visit with a window takes what falls inside (protocol days); where windows overlap, the nearest target day wins and a
tie goes to the later visit. A visit without a window takes what was recorded under its VISITNUM. Anything else belongs
to no visit: it still counts for "last assessment" and for courses, never for a visit's own analysis.
"""

from __future__ import annotations

import polars as pl

from remit.protocol import Protocol


def with_visit(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    """Add AVISIT (visit key), AVISITN (place in the protocol), AWTDIFF (days from target); null where none fits.

    frame   needs APROTDY and VISITNUM; rows keep their order
    """
    windows = [
        {"AVISIT": v.key, "AVISITN": n, "_target": v.day, "_low": v.window[0], "_high": v.window[1]}
        for n, v in enumerate(protocol.visits, start=1)
        if v.window is not None and v.day is not None
    ]
    schema = {"AVISIT": pl.String, "AVISITN": pl.Int64, "_target": pl.Int64, "_low": pl.Int64, "_high": pl.Int64}
    table = pl.DataFrame(windows, schema=schema)
    days = frame.select(pl.col("APROTDY").unique().drop_nulls().sort())
    by_day = (
        days.join(table, how="cross")
        .filter(pl.col("APROTDY").is_between(pl.col("_low"), pl.col("_high")))
        .with_columns((pl.col("APROTDY") - pl.col("_target")).abs().alias("AWTDIFF"))
        .sort("APROTDY", "AWTDIFF", "AVISITN", descending=[False, False, True])
        .unique("APROTDY", keep="first", maintain_order=True)
        .select("APROTDY", "AVISIT", "AVISITN", "AWTDIFF")
    )
    numbers = pl.DataFrame(
        [
            {"VISITNUM": v.number, "_visit": v.key, "_order": n, "_day": v.day}
            for n, v in enumerate(protocol.visits, start=1)
            if v.window is None and v.number is not None
        ],
        schema={"VISITNUM": pl.Float64, "_visit": pl.String, "_order": pl.Int64, "_day": pl.Int64},
    )
    joined = frame.join(by_day, on="APROTDY", how="left").join(numbers, on="VISITNUM", how="left")
    return joined.with_columns(
        pl.coalesce("AVISIT", "_visit").alias("AVISIT"),
        pl.coalesce("AVISITN", "_order").alias("AVISITN"),
        pl.coalesce("AWTDIFF", (pl.col("APROTDY") - pl.col("_day")).abs()).alias("AWTDIFF"),
    ).drop("_visit", "_order", "_day")


def with_baseline(protocol: Protocol, frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Add ABLFL (Y on the baseline row), BASE and CHG (post-baseline only).

    Baseline is the last non-missing value on or before the first conditioning day, or before the first cells where the
    protocol says so (a subject without conditioning is measured from the first cells).

    frame   needs the keys, AVAL, ADT, LDSDT, TRTSDT and `_row` (a unique index)
    """
    before_conditioning = protocol.rules.baseline == "before-conditioning"
    anchor = pl.coalesce("LDSDT", "TRTSDT") if before_conditioning else pl.col("TRTSDT")
    eligible = frame.filter(pl.col("AVAL").is_not_null() & (pl.col("ADT") <= anchor))
    last = (
        eligible.sort("ADT", "_row")
        .group_by(keys, maintain_order=True)
        .last()
        .select(*keys, "_row", pl.col("AVAL").alias("BASE"))
    )
    chosen = last["_row"].implode()
    return (
        frame.join(last.drop("_row"), on=keys, how="left")
        .with_columns(pl.when(pl.col("_row").is_in(chosen)).then(pl.lit("Y")).alias("ABLFL"))
        .with_columns(
            pl.when(pl.col("ADT") > anchor).then(pl.col("AVAL") - pl.col("BASE")).otherwise(None).alias("CHG")
        )
    )


def with_representative(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Add ANL01FL = Y on the one row per keys and AVISIT: a value before none, nearest the target, later on a tie."""
    chosen = (
        frame.filter(pl.col("AVISIT").is_not_null() & (pl.col("AVAL").is_not_null() | pl.col("AVALC").is_not_null()))
        .sort("AWTDIFF", "ADT", "_row", descending=[False, True, True], nulls_last=True)
        .group_by([*keys, "AVISIT"], maintain_order=True)
        .first()["_row"]
        .implode()
    )
    return frame.with_columns(pl.when(pl.col("_row").is_in(chosen)).then(pl.lit("Y")).alias("ANL01FL"))
