"""ADEX: every exposure record with its infusion number, the planned dose and the share of the plan given."""

from __future__ import annotations

import polars as pl

from remit.days import day_of, protocol_day_expr, study_day_expr
from remit.protocol import Protocol
from remit.records import Records
from remit.records.lineage import meet, sourced

SUBJECT = ("USUBJID", "LEVEL", "SAFFL", "TRTSDT", "LDSDT", "WEIGHT", "BSA")


def adex(protocol: Protocol, records: Records, adsl: pl.DataFrame) -> pl.DataFrame:
    """One row per EX record.

    PARCAT1 is CELLS, CONDITIONING or OTHER; INFNUM numbers the product's infusions by day. PLANNED is in AVALU: the
    level's dose, or the conditioning target times body surface (Mosteller). PCTPLAN is null where either is unknown.
    """
    ex = records.table("EX")
    product, agents = list(protocol.product.treatments), {a.treatment: a for a in protocol.conditioning}
    kind = (
        pl.when(pl.col("EXTRT").is_in(product))
        .then(pl.lit("CELLS"))
        .when(pl.col("EXTRT").is_in(list(agents)))
        .then(pl.lit("CONDITIONING"))
        .otherwise(pl.lit("OTHER"))
    )
    optional = [c for c in ("EXLOT", "EXLNKID", "EXDOSTXT", "EXROUTE") if c in ex.columns]
    frame = ex.select(
        "USUBJID", "EXTRT", "EXSEQ", *optional, kind.alias("PARCAT1"),
        pl.col("EXDOSE").alias("AVAL"), pl.col("EXDOSU").alias("AVALU"),
        day_of("EXSTDTC").alias("ADT"), day_of("EXENDTC").alias("AENDT"), pl.concat_list("record_id").alias("sources"),
    )  # fmt: skip
    frame = frame.with_columns(pl.lit(None, pl.String).alias(c) for c in ("EXLOT", "EXLNKID") if c not in frame.columns)
    frame = _with_donor(records, frame)
    frame = frame.join(adsl.select(SUBJECT), on="USUBJID", how="left")
    cells = pl.col("PARCAT1") == "CELLS"
    frame = frame.with_columns(
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
        pl.when(cells)
        .then(pl.struct("ADT", "EXSEQ").rank("ordinal").over("USUBJID", "PARCAT1"))
        .otherwise(None)
        .cast(pl.Int64)
        .alias("INFNUM"),
    )
    frame = _with_plan(protocol, frame)
    dose = pl.format("{} {}", pl.col("AVAL").cast(pl.String).fill_null("unknown dose"), pl.col("AVALU").fill_null(""))
    day = pl.format("day {}", pl.col("APROTDY").cast(pl.String).fill_null("unknown"))
    return (
        frame.with_columns(
            pl.when(cells)
            .then(pl.format("infusion {}: {}, {}", pl.col("INFNUM"), dose, day))
            .otherwise(pl.format("{}: {}, {}", pl.col("EXTRT").str.to_lowercase(), dose, day))
            .alias("SENTENCE")
        )
        .drop("TRTSDT", "LDSDT", "WEIGHT", "BSA")
        .sort("USUBJID", "ADT", "EXSEQ", nulls_last=True)
    )


def _with_donor(records: Records, frame: pl.DataFrame) -> pl.DataFrame:
    donors = sourced(records.supp("EX", "DONOR")).select("USUBJID", "EXSEQ", pl.col("QVAL").alias("DONOR"), "sources")
    return meet(frame, donors, on=["USUBJID", "EXSEQ"])


def _with_plan(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    """The planned amount of each record, where the protocol fixes one, in the record's unit (the checks compare)."""
    levels = {level.key: level for level in protocol.levels}
    agents = {agent.treatment: agent for agent in protocol.conditioning}
    planned: list[float | None] = []
    for row in frame.select("PARCAT1", "LEVEL", "EXTRT", "AVALU", "WEIGHT", "BSA").iter_rows(named=True):
        amount: float | None = None
        if row["PARCAT1"] == "CELLS" and row["LEVEL"] in levels:
            amount = levels[row["LEVEL"]].dose.planned(row["WEIGHT"], row["BSA"])
        elif row["PARCAT1"] == "CONDITIONING" and row["AVALU"] == "mg":
            agent = agents[row["EXTRT"]]
            if agent.unit.startswith("mg/m2") and row["BSA"] is not None:
                amount = agent.amount * row["BSA"]
        planned.append(amount)
    return frame.with_columns(pl.Series("PLANNED", planned, dtype=pl.Float64)).with_columns(
        pl.when(pl.col("PLANNED") > 0).then(100 * pl.col("AVAL") / pl.col("PLANNED")).otherwise(None).alias("PCTPLAN")
    )
