"""ADAE: adverse events with imputed starts, treatment emergence by the protocol's rule, grades and groups of interest.

Emergence is a rule that tools read differently (1,116, 1,126 and 1,142 events on the same public data), so the protocol
states it: from conditioning or from the first treatment, with or without an upper bound. TRTEMBEC says in words why.
"""

from __future__ import annotations

import polars as pl

from remit.days import day_of, impute_start_expr, protocol_day_expr, study_day_expr
from remit.derive import toxicity
from remit.derive.bounds import earliest_of, latest_of
from remit.derive.timing import emergence_day
from remit.protocol import Protocol
from remit.records import Records

COPIED = ("AETERM", "AEDECOD", "AEBODSYS", "AESOC", "AESER", "AEREL", "AEACN", "AEOUT", "AESEV", "AEENRTPT")


def adae(protocol: Protocol, records: Records, adsl: pl.DataFrame) -> pl.DataFrame:
    """One row per AE record of a subject in DM.

    ASTDT is imputed only as far as the protocol allows (ASTDTF says what), never past the end of the event and not
    before treatment where the known parts allow that. ADURN is null where the start was imputed, or
    lies after the end. AETOXGRN is null when
    no grade was recorded.
    INTEREST lists the keys of the protocol's events of interest that the event belongs to; CRSFL and its like are null
    where the protocol names no such group, or the event is not coded and its own words decide nothing.
    """
    ae = records.table("AE")
    frame = ae.select(
        "USUBJID", "AESEQ",
        *(pl.col(c) if c in ae.columns else pl.lit(None, pl.String).alias(c) for c in COPIED),
        pl.col("AESTDTC"), pl.col("AEENDTC"), day_of("AEENDTC").alias("AENDT"),
        _grade(ae).alias("AETOXGRN"),
        pl.concat_list("record_id").alias("sources"), pl.col("record_id").alias("_record"),
    )  # fmt: skip
    subject = adsl.select(
        "USUBJID", "LEVEL", "SAFFL", "CONDFL", "TRTSDT", "TRTEDT", "LDSDT", "LSTALVDT", "EOSSTT", "CUTDT"
    )
    frame = frame.join(subject, on="USUBJID", how="inner", maintain_order="left")
    frame = _emergence(protocol, _starts(protocol, frame))
    frame = _interest(protocol, frame)
    frame = toxicity.with_dlt(protocol, records, frame)
    frame = frame.with_columns(
        study_day_expr(pl.col("ASTDT"), pl.col("TRTSDT")).alias("ASTDY"),
        protocol_day_expr(pl.col("ASTDT"), pl.col("TRTSDT")).alias("APROTDY"),
        pl.when(pl.col("ASTDTF").is_null() & (pl.col("AENDT") >= pl.col("ASTDT")))
        .then((pl.col("AENDT") - pl.col("ASTDT")).dt.total_days().add(1))
        .alias("ADURN"),
        pl.coalesce("AEDECOD", "AETERM", pl.lit("event without a name")).alias("TERM"),
        pl.coalesce("AEBODSYS", "AESOC").alias("SYSTEM"),
    )
    return (
        _occurrence(frame)
        .with_columns(_sentence().alias("SENTENCE"))
        .sort("USUBJID", "AESEQ", "_record", nulls_last=True)
        .drop("AEENDTC", "CONDFL", "LSTALVDT", "EOSSTT", "CUTDT", "_record")
    )


def _grade(ae: pl.DataFrame) -> pl.Expr:
    """The recorded CTCAE or ASTCT grade; a severity word is not a grade and stays unknown."""
    if "AETOXGR" not in ae.columns:
        return pl.lit(None, pl.Int64)
    return pl.col("AETOXGR").cast(pl.String).str.extract(r"^\s*(?i:grade)?\s*([0-5])\s*$").cast(pl.Int64, strict=False)


def _starts(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    if protocol.rules.partial_start == "leave":
        return frame.with_columns(day_of("AESTDTC").alias("ASTDT"), pl.lit(None, pl.String).alias("ASTDTF"))
    since = emergence_day(protocol)
    ended_before = (latest_of("AEENDTC") < since).fill_null(False)
    start = impute_start_expr("AESTDTC", pl.when(~ended_before).then(since), furthest="D")
    return frame.with_columns(start.struct.field("day").alias("ASTDT"), start.struct.field("flag").alias("ASTDTF"))


def _emergence(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    """TRTEMFL by the protocol's rule, and TRTEMBEC, the reason.

    What cannot be placed counts as emergent: an event is left out only where its dates, as far as they go, show that
    it started or ended before.
    """
    rules = protocol.rules
    called = "conditioning" if rules.treatment_emergent_from == "conditioning" else "the first treatment"
    frame = frame.with_columns(
        emergence_day(protocol).alias("_from"),
        earliest_of("AESTDTC").alias("_early"),
        latest_of("AESTDTC").alias("_late"),
        latest_of("AEENDTC").alias("_end"),
    )
    start, since = pl.col("ASTDT"), pl.col("_from")
    treated = pl.col("SAFFL") == "Y"
    if rules.treatment_emergent_from == "conditioning":
        treated = treated | (pl.col("CONDFL") == "Y")
    after = pl.lit(False)
    if rules.emergent_through_days is not None:
        last = pl.col("TRTEDT") + pl.duration(days=rules.emergent_through_days)
        after = (start > last) | (start.is_null() & (pl.col("_early") > last))
    no, yes = pl.lit("N"), pl.lit("Y")
    cases = (
        (~treated, no, "never treated"),
        (since.is_null(), yes, f"the day of {called} is not known: counted as emergent"),
        (start < since, no, f"started before {called}"),
        (start.is_null() & (pl.col("_late") < since), no, f"started before {called}"),
        (start.is_null() & (pl.col("_end") < since), no, f"ended before {called}"),
        (after, no, f"started over {rules.emergent_through_days} d after the last dose"),
        (start.is_null() & (pl.col("_early") >= since), yes, f"started on or after {called}"),
        (start.is_null(), yes, "start unknown, not ended before: counted as emergent"),
    )
    flag, why = yes, pl.lit(f"started on or after {called}")
    for holds, answer, words in reversed(cases):
        flag = pl.when(holds.fill_null(False)).then(answer).otherwise(flag)
        why = pl.when(holds.fill_null(False)).then(pl.lit(words)).otherwise(why)
    return frame.with_columns(flag.alias("TRTEMFL"), why.alias("TRTEMBEC")).drop("_from", "_early", "_late", "_end")


def _interest(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    groups = protocol.safety.interest
    term = pl.coalesce("AEDECOD", "AETERM").str.to_lowercase()
    uncoded, placeless = pl.col("AEDECOD").is_null(), pl.col("AESOC").is_null() & pl.col("AEBODSYS").is_null()
    hits, open_questions = [], {}
    for group in groups:
        bodies = [b.lower() for b in group.body_systems]
        belongs = term.is_in([t.lower() for t in group.terms]).fill_null(False)
        for column in ("AESOC", "AEBODSYS"):
            belongs = belongs | pl.col(column).str.to_lowercase().is_in(bodies).fill_null(False)
        hits.append(pl.when(belongs).then(pl.lit(group.key)))
        # words that nobody coded may still mean what the group is about
        open_questions[group.key] = (uncoded & bool(group.terms)) | (placeless & bool(group.body_systems))
    listed = pl.concat_list(hits).list.drop_nulls() if hits else pl.lit([], dtype=pl.List(pl.String))
    frame = frame.with_columns(listed.alias("INTEREST"))
    return frame.with_columns(
        pl.when(pl.col("INTEREST").list.contains(key))
        .then(pl.lit("Y"))
        .when(~open_questions.get(key, pl.lit(True)))
        .then(pl.lit("N"))
        .alias(column)
        for key, column in (("crs", "CRSFL"), ("icans", "ICANSFL"), ("infection", "INFFL"), ("gvhd", "GVHDFL"))
    )


def _occurrence(frame: pl.DataFrame) -> pl.DataFrame:
    """First emergent record per subject (AOCCFL), body system (AOCCSFL), term (AOCCPFL); worst grade (AOCCIFL)."""
    frame = frame.sort("USUBJID", "ASTDT", "AESEQ", "_record", nulls_last=True).with_row_index("_row")
    emergent = frame.filter(pl.col("TRTEMFL") == "Y")

    def first(keys: list[str], source: pl.DataFrame) -> pl.Series:
        return source.group_by(keys, maintain_order=True).agg(pl.col("_row").first())["_row"]

    graded = emergent.sort("USUBJID", "AETOXGRN", "_row", descending=[False, True, False], nulls_last=True)
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
