"""From which day treatment counts, which planned visit a dated finding belongs to, and what its baseline is.

A visit with a window takes what falls inside (protocol days); where windows overlap, the nearest target day wins and a
tie goes to the later visit. A visit without a window takes what was recorded under its VISITNUM. Anything else belongs
to no visit: it still counts for "last assessment" and for courses, never for a visit's own analysis.
"""

from __future__ import annotations

import polars as pl

from remit.protocol import Protocol


def conditioning_day() -> pl.Expr:
    """First conditioning day, or first infusion for who had none; null where conditioning was given on unknown days."""
    return pl.when(_undated()).then(None).otherwise(pl.coalesce("LDSDT", "TRTSDT"))


def _conditioning_time() -> pl.Expr:
    return pl.when(pl.col("LDSDT").is_null()).then(pl.col("TRTSTM")).otherwise(pl.col("LDSTM"))


def _undated() -> pl.Expr:
    return ((pl.col("CONDFL") == "Y") & pl.col("LDSDT").is_null()).fill_null(False)


def after_treatment() -> pl.Expr:
    """Whether a finding comes after treatment began, conditioning included.

    On the day itself it does only when both times are known and its own is the later one.
    needs   ADT, `_time` (HH:MM, null unknown), LDSDT, LDSTM, TRTSDT, TRTSTM, CONDFL
    """
    return _later(conditioning_day(), _conditioning_time())


def _later(day: pl.Expr, time: pl.Expr) -> pl.Expr:
    that_day = (pl.col("ADT") == day) & (pl.col("_time") > time)
    return (pl.col("ADT") > day) | that_day.fill_null(False)


def baseline_day(protocol: Protocol) -> pl.Expr:
    """The last day that can hold a baseline, by the protocol's rule."""
    return conditioning_day() if protocol.rules.baseline == "before-conditioning" else pl.col("TRTSDT")


def emergence_day(protocol: Protocol) -> pl.Expr:
    """The first day on which an event is emergent, by the protocol's rule."""
    return conditioning_day() if protocol.rules.treatment_emergent_from == "conditioning" else pl.col("TRTSDT")


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
            if v.window is None or v.day is None
        ],
        schema={"VISITNUM": pl.Float64, "_visit": pl.String, "_order": pl.Int64, "_day": pl.Int64},
    )
    # a join copies every column of the frame: it is asked for the new ones only
    joined = frame.select("APROTDY", "VISITNUM").join(by_day, on="APROTDY", how="left", maintain_order="left")
    joined = joined.join(numbers, on="VISITNUM", how="left", maintain_order="left")
    return frame.hstack(
        joined.select(
            pl.coalesce("AVISIT", "_visit").alias("AVISIT"),
            pl.coalesce("AVISITN", "_order").alias("AVISITN"),
            pl.coalesce("AWTDIFF", (pl.col("APROTDY") - pl.col("_day")).abs()).alias("AWTDIFF"),
        )
    )


def with_baseline(
    protocol: Protocol, frame: pl.DataFrame, keys: list[str], *, measured: pl.Expr | None = None
) -> pl.DataFrame:
    """Add ABLFL (Y on the baseline row), BASE and CHG (post-baseline only), and `_post`: after the baseline moment.

    Baseline is the last non-missing value on or before the first conditioning day, or before the first cells where the
    protocol says so (a subject without conditioning is measured from the first cells). On that very day a value counts
    unless its time and the time of the treatment are both known and it was taken later.
    Below the limit of quantification is a value: such a baseline has a row and no BASE.
    `_base` is the `_row` of the baseline that a row shows: the row rests on the sources of both.

    frame      needs the keys, AVAL, ADT, `_time`, LDSDT, LDSTM, TRTSDT, TRTSTM, CONDFL and `_row` (a unique index in
               order of time); rows with the same keys lie together
    measured   rows that have a BASE and a CHG; None: all
    """
    anchor = baseline_day(protocol)
    conditioned = protocol.rules.baseline == "before-conditioning"
    post = after_treatment() if conditioned else _later(anchor, pl.col("TRTSTM"))
    frame = frame.with_columns(post.alias("_post"))
    value = pl.col("AVAL").is_not_null()
    if "BLQFL" in frame.columns:
        value = value | (pl.col("BLQFL") == "Y").fill_null(False)
    named = pl.all_horizontal(pl.col(key).is_not_null() for key in keys)
    eligible = (named & value & (pl.col("ADT") <= anchor) & ~pl.col("_post")).alias("_eligible")
    # rows with the same keys lie together: to meet by the number of their stretch is quicker than by their names
    course = frame.select(pl.struct(keys).rle_id().alias("_course"))
    last = (
        frame.hstack(course)
        .select("_course", pl.col("_row").alias("_base"), pl.col("AVAL").alias("BASE"), eligible)
        .filter("_eligible")
        .sort("_base")
        .unique("_course", keep="last", maintain_order=True)
        .drop("_eligible")
    )
    based = pl.lit(True) if measured is None else measured
    return (
        frame.hstack(course.join(last, on="_course", how="left", maintain_order="left").drop("_course"))
        .with_columns(
            pl.when(pl.col("_row") == pl.col("_base")).then(pl.lit("Y")).alias("ABLFL"),
            *(pl.when(based).then(pl.col(c)).alias(c) for c in ("_base", "BASE")),
        )
        .with_columns(pl.when(pl.col("_post")).then(pl.col("AVAL") - pl.col("BASE")).otherwise(None).alias("CHG"))
    )


def with_representative(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Add ANL01FL = Y on the one row per keys and AVISIT: a value before none, nearest the target, later on a tie.

    frame   needs the keys, AVISIT, AVISITN, AWTDIFF, ADT, AVAL, AVALC and `_row`; rows with the same keys lie together
    """
    # keys and visit as one number; most visits have one row, which nothing rivals
    course, visits = pl.struct(keys).rle_id().cast(pl.Int64), pl.col("AVISITN").max() + 1
    known = pl.col("AVISITN").is_not_null() & (pl.col("AVAL").is_not_null() | pl.col("AVALC").is_not_null())
    held = frame.select(pl.when(known).then(course * visits + pl.col("AVISITN")).alias("_held"))["_held"]
    rivals = held.is_not_null() & held.is_duplicated()
    chosen = (
        frame.select("AWTDIFF", "ADT", "_row", held)
        .filter(rivals)
        .sort("AWTDIFF", "ADT", "_row", descending=[False, True, True], nulls_last=True)
        .unique("_held", keep="first", maintain_order=True)["_row"]
        .implode()
    )
    stands = held.is_not_null() & (~rivals | frame["_row"].is_in(chosen))
    return frame.with_columns(pl.when(stands).then(pl.lit("Y")).alias("ANL01FL"))
