"""ADSL: one row per subject, with baselines and the flags of every analysis set."""

from __future__ import annotations

import polars as pl

from remit.days import day_of
from remit.derive.timing import conditioning_day
from remit.instruments import body_surface
from remit.protocol import Protocol
from remit.records import Records
from remit.records.lineage import gather, meet, sourced

DAYS_PER_YEAR = 365.25


def with_history(protocol: Protocol, records: Records, frame: pl.DataFrame) -> pl.DataFrame:
    """Add DISDUR (years from diagnosis to first cells), HEIGHT (cm), WEIGHT (kg) and BSA (m², Mosteller).

    The diagnosis is the earliest dated MH record of the protocol's disease terms. A partial date gives no duration, and
    neither does a later full one beside it.
    Height and weight are the last on or before the first treatment (conditioning counts).
    """
    vitals = [_vital(records, frame, test) for test in ("HEIGHT", "WEIGHT")]
    frame = meet(frame, [_diagnosis(protocol, records), *vitals], on=["USUBJID"])
    surface = [
        None if h is None or w is None or h <= 0 or w <= 0 else body_surface.mosteller(h, w)
        for h, w in frame.select("HEIGHT", "WEIGHT").iter_rows()
    ]
    # one division each, as for the months of follow-up
    years = [
        None if start is None or since is None else (start - since).days / DAYS_PER_YEAR
        for start, since in frame.select("TRTSDT", "_DIAGNOSIS").iter_rows()
    ]
    return frame.with_columns(
        pl.Series("DISDUR", years, dtype=pl.Float64),
        pl.Series("BSA", surface, dtype=pl.Float64),
    ).drop("_DIAGNOSIS")


def _diagnosis(protocol: Protocol, records: Records) -> pl.DataFrame:
    mh = records.table("MH")
    terms = [t.lower() for t in protocol.disease.diagnosis_terms]
    named = pl.coalesce("MHDECOD", "MHTERM").str.to_lowercase().is_in(terms) | pl.col(
        "MHTERM"
    ).str.to_lowercase().is_in(terms)
    mine = mh.filter(named.fill_null(False)).with_columns(pl.col("MHSTDTC").str.strip_chars().alias("_text"))
    if "MHOCCUR" in mine.columns:
        mine = mine.filter((pl.col("MHOCCUR") != "N").fill_null(True))
    if "MHEVDTYP" in mine.columns and protocol.disease.diagnosis_event:
        typed = pl.col("MHEVDTYP").is_null() | (pl.col("MHEVDTYP") == protocol.disease.diagnosis_event)
        mine = mine.filter(typed)
    # As text, "2013" sorts before every day of 2013: where a partial date may be the earliest, none is taken.
    first = sourced(mine.drop_nulls("_text")).sort("USUBJID", "_text", "record_id")
    one = first.unique("USUBJID", keep="first", maintain_order=True)
    return one.select("USUBJID", day_of("MHSTDTC").alias("_DIAGNOSIS"), "sources")


def _vital(records: Records, frame: pl.DataFrame, test: str) -> pl.DataFrame:
    unit = {"HEIGHT": "cm", "WEIGHT": "kg"}[test]
    vs = records.table("VS").filter((pl.col("VSTESTCD") == test) & (pl.col("VSSTRESU").str.to_lowercase() == unit))
    dated = sourced(vs.drop_nulls("VSSTRESN")).with_columns(day_of("VSDTC").alias("_day"))
    anchors = frame.select("USUBJID", conditioning_day().alias("_anchor"), (pl.col("SAFFL") == "Y").alias("_treated"))
    # who was never treated has no first treatment: the last value of all stands
    early = (pl.col("_day") <= pl.col("_anchor")) | (pl.col("_anchor").is_null() & ~pl.col("_treated"))
    before = dated.join(anchors, on="USUBJID").filter(early)
    last = before.sort("USUBJID", "_day", "VSSEQ", "record_id").unique("USUBJID", keep="last", maintain_order=True)
    return last.select("USUBJID", pl.col("VSSTRESN").alias(test), "sources")


def with_baselines(frame: pl.DataFrame, adrs: pl.DataFrame, adlb: pl.DataFrame) -> pl.DataFrame:
    """Add SLEDBL, PGABL, PREDBL and the serology flags DSDNABL, LOWCBL (Y, N, null unknown) from the baseline rows.

    LOWCBL is Y when C3 or C4 is low; N needs every one that was measured to have been compared with a lower limit.
    """
    rated = adrs.select("USUBJID", "PARAMCD", "AVAL", "sources", "ABLFL").filter(pl.col("ABLFL") == "Y")
    scores = [
        rated.filter(pl.col("PARAMCD") == code).select("USUBJID", pl.col("AVAL").alias(column), "sources")
        for code, column in (("SLEDAI", "SLEDBL"), ("PGA", "PGABL"), ("PREDEQ", "PREDBL"))
    ]
    baseline = adlb.filter(pl.col("ABLFL") == "Y")
    raised = baseline.filter(pl.col("PARAMCD") == "DSDNA").unique("USUBJID", keep="first", maintain_order=True)
    raised = raised.select("USUBJID", _flag(_beyond("HIGH", "ANRHI", "ANRLO")).alias("DSDNABL"), "sources")
    low = (
        baseline.filter(pl.col("PARAMCD").is_in(["C3", "C4"]))
        .group_by("USUBJID", maintain_order=True)
        .agg(
            # Kleene 'or': one low is enough, and a missing limit of the other does not hide it
            _flag(_beyond("LOW", "ANRLO", "ANRHI").any(ignore_nulls=False)).alias("LOWCBL"),
            pl.col("sources").explode(empty_as_null=False, keep_nulls=False),
        )
    )
    return meet(frame, [*scores, raised, low], on=["USUBJID"])


def _beyond(direction: str, limit: str, other: str) -> pl.Expr:
    """Whether a value is LOW (or HIGH); null when nobody compared it with that limit."""
    recorded = pl.col(limit).is_null() & pl.col(other).is_null() & pl.col("ANRIND").is_not_null()
    return (
        pl.when(pl.col("ANRIND") == direction)
        .then(pl.lit(True))
        .when(pl.col(limit).is_not_null() | recorded)
        .then(pl.lit(False))
    )


def with_sets(protocol: Protocol, frame: pl.DataFrame, adset: pl.DataFrame) -> pl.DataFrame:
    """Add one flag column per analysis set (its `flag`: Y, N, null not yet known), and the subject's sentence."""
    for one in protocol.analysis_sets:
        if one.flag == "SAFFL":
            continue
        members = adset.filter((pl.col("SET") == one.key) & (pl.col("KIND") == "set")).select(
            "USUBJID", pl.col("IN").alias(one.flag)
        )
        frame = frame.drop(one.flag, strict=False).join(members, on="USUBJID", how="left", maintain_order="left")
    frame = meet(frame, gather(adset, ["USUBJID"]), on=["USUBJID"])
    infused = pl.format(
        "{}, first infusion {}, followed {} d, {}",
        pl.coalesce("TRT01A", pl.lit("level unknown")),
        pl.col("TRTSDT").cast(pl.String).fill_null("on an unknown day"),
        pl.col("FUPDAYS").cast(pl.String).fill_null("unknown"),
        pl.col("EOSSTT").str.to_lowercase().fill_null("status unknown"),
    )
    other = pl.format("not infused{}", pl.format(" ({})", pl.col("DCSREAS").str.to_lowercase()).fill_null(""))
    return frame.with_columns(pl.when(pl.col("SAFFL") == "Y").then(infused).otherwise(other).alias("SENTENCE"))


def _flag(yes: pl.Expr) -> pl.Expr:
    return pl.when(yes.is_null()).then(None).when(yes).then(pl.lit("Y")).otherwise(pl.lit("N"))
