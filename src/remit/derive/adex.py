"""ADEX: every exposure record with its infusion number, the planned dose and the share of the plan given."""

from __future__ import annotations

import re

import polars as pl

from remit.days import day_of, protocol_day_expr, study_day_expr
from remit.derive.subjects import given, infusion_key
from remit.protocol import Protocol
from remit.records import Records
from remit.records.lineage import meet, sourced

SUBJECT = ("USUBJID", "LEVEL", "SAFFL", "TRTSDT", "LDSDT", "WEIGHT", "BSA")


def adex(protocol: Protocol, records: Records, adsl: pl.DataFrame) -> pl.DataFrame:
    """One row per EX record of a subject in DM.

    PARCAT1 is CELLS, CONDITIONING or OTHER; INFNUM numbers the product's infusions by day (null while one of them has
    no full date, and for a dose of zero). PLANNED is in AVALU: the level's dose, or the conditioning target times body
    surface (Mosteller). PCTPLAN is null where either is unknown, or where the units have no known relation.
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
        given(protocol).fill_null(False).alias("_given"), infusion_key().alias("_infusion"),
        pl.col("record_id").alias("_record"),
    )  # fmt: skip
    frame = frame.with_columns(pl.lit(None, pl.String).alias(c) for c in ("EXLOT", "EXLNKID") if c not in frame.columns)
    frame = _with_donor(records, frame)
    frame = frame.join(adsl.select(SUBJECT), on="USUBJID", how="inner", maintain_order="left")
    cells = pl.col("PARCAT1") == "CELLS"
    frame = frame.with_columns(
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
    )
    frame = _with_plan(protocol, _with_number(frame))
    dose = pl.format("{} {}", pl.col("AVAL").cast(pl.String).fill_null("unknown dose"), pl.col("AVALU").fill_null(""))
    day = pl.format("day {}", pl.col("APROTDY").cast(pl.String).fill_null("unknown"))
    number = pl.format("infusion {}", pl.col("INFNUM")).fill_null("infusion")
    return (
        frame.with_columns(
            pl.when(cells)
            .then(pl.format("{}: {}, {}", number, dose, day))
            .otherwise(pl.format("{}: {}, {}", pl.col("EXTRT").str.to_lowercase().fill_null("treatment"), dose, day))
            .alias("SENTENCE")
        )
        .sort("USUBJID", "ADT", "EXSEQ", "_record", nulls_last=True)
        .drop("TRTSDT", "LDSDT", "WEIGHT", "BSA", "_given", "_infusion", "_record")
    )


def _with_number(frame: pl.DataFrame) -> pl.DataFrame:
    keys = ["USUBJID", "_infusion"]
    numbers = (
        frame.filter("_given")
        .sort("USUBJID", "ADT", "EXSEQ", "_record", nulls_last=True)
        .unique(keys, keep="first", maintain_order=True)
        .with_columns(pl.int_range(1, pl.len() + 1).over("USUBJID").cast(pl.Int64).alias("INFNUM"))
        .select(*keys, pl.when(~pl.col("ADT").is_null().any().over("USUBJID")).then(pl.col("INFNUM")).alias("INFNUM"))
    )
    frame = frame.join(numbers, on=keys, how="left", maintain_order="left")
    return frame.with_columns(pl.when("_given").then(pl.col("INFNUM")).alias("INFNUM"))


def _with_donor(records: Records, frame: pl.DataFrame) -> pl.DataFrame:
    donors = sourced(records.supp("EX", "DONOR")).sort("USUBJID", "EXSEQ", "record_id")
    donors = donors.unique(["USUBJID", "EXSEQ"], keep="first", maintain_order=True)
    return meet(
        frame, donors.select("USUBJID", "EXSEQ", pl.col("QVAL").alias("DONOR"), "sources"), on=["USUBJID", "EXSEQ"]
    )


def _with_plan(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    """The planned amount of each record, where the protocol fixes one, in the record's unit."""
    levels = {level.key: level for level in protocol.levels}
    agents = {agent.treatment: agent for agent in protocol.conditioning}
    planned: list[float | None] = []
    for row in frame.select("PARCAT1", "LEVEL", "EXTRT", "AVALU", "WEIGHT", "BSA").iter_rows(named=True):
        amount: float | None = None
        if row["PARCAT1"] == "CELLS" and row["LEVEL"] in levels:
            dose = levels[row["LEVEL"]].dose
            scale = power_of_ten(dose.unit.removesuffix("/kg").removesuffix("/m2"), row["AVALU"])
            size = dose.planned(row["WEIGHT"], row["BSA"])
            amount = None if size is None or scale is None else size * scale
        elif row["PARCAT1"] == "CONDITIONING" and str(row["AVALU"]).lower() == "mg":
            agent = agents[row["EXTRT"]]
            size = {"mg/m2/d": row["BSA"], "mg/kg/d": row["WEIGHT"], "mg/d": 1.0}[agent.unit]
            amount = None if size is None else agent.amount * size
        planned.append(amount)
    return frame.with_columns(pl.Series("PLANNED", planned, dtype=pl.Float64)).with_columns(
        pl.when(pl.col("PLANNED") > 0).then(100 * pl.col("AVAL") / pl.col("PLANNED")).otherwise(None).alias("PCTPLAN")
    )


def power_of_ten(unit: str, other: str | None) -> float | None:
    """What turns an amount in `unit` into one in `other` ("10^9 cells", "10^6 Therapeutic Cells": 1000); None unknown.

    A count of cells without a power is a count of single cells. Units that are no counts have to be the same.
    """
    if other is None:
        return None
    if unit.strip().lower() == other.strip().lower():
        return 1.0
    exponents = [_exponent(text) for text in (unit, other)]
    mine, theirs = exponents
    return None if mine is None or theirs is None else 10.0 ** (mine - theirs)


def _exponent(unit: str) -> int | None:
    """9 for "10^9 cells"; None for a unit that does not count cells."""
    text = unit.strip().lower()
    if "cell" not in text or "/" in text:
        return None
    found = re.search(r"10\s*(?:\^|\*\*|\*|e)\s*(\d+)", text)
    return int(found.group(1)) if found else 0
