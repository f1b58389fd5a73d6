"""ADAE: adverse events with imputed starts, treatment emergence by the protocol's rule, grades and groups of interest.

Emergence is a rule that tools read differently (1,116, 1,126 and 1,142 events on the same public data), so the protocol
states it: from conditioning or from the first treatment, with or without an upper bound. TRTEMBEC says in words why.
"""

from __future__ import annotations

import polars as pl

from remit.days import day_of, impute_start_expr, protocol_day_expr, study_day_expr
from remit.derive import toxicity
from remit.protocol import Protocol
from remit.records import Records

COPIED = ("AETERM", "AEDECOD", "AEBODSYS", "AESOC", "AESER", "AEREL", "AEACN", "AEOUT", "AESEV", "AEENRTPT")


def adae(protocol: Protocol, records: Records, adsl: pl.DataFrame) -> pl.DataFrame:
    """One row per AE record of a subject in DM.

    ASTDT is imputed only as far as the protocol allows (ASTDTF says what); AETOXGRN is null when no grade was recorded.
    INTEREST lists the keys of the protocol's events of interest that the event belongs to.
    """
    ae = records.table("AE")
    frame = ae.select(
        "USUBJID", "AESEQ",
        *(pl.col(c) if c in ae.columns else pl.lit(None, pl.String).alias(c) for c in COPIED),
        pl.col("AESTDTC"), day_of("AEENDTC").alias("AENDT"),
        _grade(ae).alias("AETOXGRN"), pl.concat_list("record_id").alias("sources"),
    )  # fmt: skip
    subject = adsl.select("USUBJID", "LEVEL", "SAFFL", "TRTSDT", "TRTEDT", "LDSDT", "CUTDT")
    frame = frame.join(subject, on="USUBJID", how="inner")
    frame = _starts(protocol, frame)
    frame = _emergence(protocol, frame)
    frame = _interest(protocol, frame)
    frame = toxicity.with_dlt(protocol, records, frame)
    frame = frame.with_columns(
        study_day_expr(pl.col("ASTDT"), pl.col("TRTSDT")).alias("ASTDY"),
        protocol_day_expr(pl.col("ASTDT"), pl.col("TRTSDT")).alias("APROTDY"),
        (pl.col("AENDT") - pl.col("ASTDT")).dt.total_days().add(1).alias("ADURN"),
        pl.coalesce("AEDECOD", "AETERM").alias("TERM"),
        pl.coalesce("AEBODSYS", "AESOC").alias("SYSTEM"),
    )
    return _occurrence(frame).with_columns(_sentence().alias("SENTENCE")).drop("CUTDT").sort("USUBJID", "AESEQ")


def _grade(ae: pl.DataFrame) -> pl.Expr:
    """The recorded CTCAE or ASTCT grade; a severity word is not a grade and stays unknown."""
    if "AETOXGR" not in ae.columns:
        return pl.lit(None, pl.Int64)
    return pl.col("AETOXGR").cast(pl.String).str.extract(r"([0-5])$").cast(pl.Int64, strict=False)


def _starts(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    if protocol.rules.partial_start == "leave":
        return frame.with_columns(day_of("AESTDTC").alias("ASTDT"), pl.lit(None, pl.String).alias("ASTDTF"))
    start = impute_start_expr("AESTDTC", pl.col("TRTSDT"), furthest="D")
    return frame.with_columns(start.struct.field("day").alias("ASTDT"), start.struct.field("flag").alias("ASTDTF"))


def _emergence(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    rules = protocol.rules
    from_conditioning = rules.treatment_emergent_from == "conditioning"
    origin = pl.coalesce("LDSDT", "TRTSDT") if from_conditioning else pl.col("TRTSDT")
    called = "conditioning" if from_conditioning else "the first treatment"
    frame = frame.with_columns(origin.alias("_from"))
    start, end, since = pl.col("ASTDT"), pl.col("AENDT"), pl.col("_from")
    after = pl.lit(False)
    if rules.emergent_through_days is not None:
        after = start > pl.col("TRTEDT") + pl.duration(days=rules.emergent_through_days)
    flag = (
        pl.when(since.is_null()).then(pl.lit("N"))
        .when(start.is_null() & (end < since)).then(pl.lit("N"))
        .when(start.is_null()).then(pl.lit("Y"))
        .when(start < since).then(pl.lit("N"))
        .when(after.fill_null(False)).then(pl.lit("N"))
        .otherwise(pl.lit("Y"))
    )  # fmt: skip
    why = (
        pl.when(since.is_null()).then(pl.lit("never treated"))
        .when(start.is_null() & (end < since)).then(pl.lit(f"ended before {called}"))
        .when(start.is_null()).then(pl.lit("start unknown, not ended before: counted as emergent"))
        .when(start < since).then(pl.lit(f"started before {called}"))
        .when(after.fill_null(False)).then(pl.lit(f"started over {rules.emergent_through_days} d after the last dose"))
        .otherwise(pl.lit(f"started on or after {called}"))
    )  # fmt: skip
    return frame.with_columns(flag.alias("TRTEMFL"), why.alias("TRTEMBEC")).drop("_from")


def _interest(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    groups = protocol.safety.interest
    term = pl.coalesce("AEDECOD", "AETERM").str.to_lowercase()
    body = pl.coalesce("AESOC", "AEBODSYS").str.to_lowercase()
    hits = []
    for group in groups:
        by_term = term.is_in([t.lower() for t in group.terms])
        by_body = body.is_in([b.lower() for b in group.body_systems])
        hits.append(pl.when((by_term | by_body).fill_null(False)).then(pl.lit(group.key)))
    listed = pl.concat_list(hits).list.drop_nulls() if hits else pl.lit([], dtype=pl.List(pl.String))
    frame = frame.with_columns(listed.alias("INTEREST"))
    return frame.with_columns(
        pl.when(pl.col("INTEREST").list.contains(key)).then(pl.lit("Y")).otherwise(pl.lit("N")).alias(column)
        for key, column in (("crs", "CRSFL"), ("icans", "ICANSFL"), ("infection", "INFFL"), ("gvhd", "GVHDFL"))
    )


def _occurrence(frame: pl.DataFrame) -> pl.DataFrame:
    """First emergent record per subject (AOCCFL), body system (AOCCSFL), term (AOCCPFL); worst grade (AOCCIFL)."""
    frame = frame.sort("USUBJID", "ASTDT", "AESEQ", nulls_last=True).with_row_index("_row")
    emergent = frame.filter(pl.col("TRTEMFL") == "Y")

    def first(keys: list[str], source: pl.DataFrame) -> pl.Series:
        return source.group_by(keys, maintain_order=True).agg(pl.col("_row").first())["_row"]

    graded = emergent.sort(
        "USUBJID", "AETOXGRN", "ASTDT", "AESEQ", descending=[False, True, False, False], nulls_last=True
    )
    flags = {
        "AOCCFL": first(["USUBJID"], emergent),
        "AOCCSFL": first(["USUBJID", "SYSTEM"], emergent),
        "AOCCPFL": first(["USUBJID", "TERM"], emergent),
        "AOCCIFL": first(["USUBJID"], graded),
    }
    return frame.with_columns(
        pl.when(pl.col("_row").is_in(rows.implode())).then(pl.lit("Y")).alias(name) for name, rows in flags.items()
    ).drop("_row")


def _sentence() -> pl.Expr:
    grade = (
        pl.when(pl.col("AETOXGRN").is_null()).then(pl.lit("grade unknown")).otherwise(pl.format("grade {}", "AETOXGRN"))
    )
    severity = pl.when(pl.col("AETOXGRN").is_null() & pl.col("AESEV").is_not_null()).then(
        pl.col("AESEV").str.to_lowercase()
    )
    start = pl.col("ASTDY").cast(pl.String).fill_null("unknown")
    days = pl.when(pl.col("ADURN").is_null()).then(pl.lit("not ended")).otherwise(pl.format("{} d", "ADURN"))
    return pl.format("{}, {}, from study day {}, {}; {}", "TERM", pl.coalesce(severity, grade), start, days, "TRTEMBEC")
