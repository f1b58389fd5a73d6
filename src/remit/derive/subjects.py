"""The spine of every derived table: one row per subject with arm, treatment dates and follow-up.

`adsl` adds baselines and set membership to these rows; the other tables take their dates from here, so that a study
day is computed one way only.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from remit.days import calendar_months_expr, day_of
from remit.protocol import Protocol
from remit.records import Records
from remit.records.lineage import meet

# Domains whose dates prove contact with the subject.
CONTACT: dict[str, tuple[str, ...]] = {
    "SV": ("SVSTDTC", "SVENDTC"),
    "DS": ("DSSTDTC",),
    "EX": ("EXSTDTC", "EXENDTC"),
    "AE": ("AESTDTC", "AEENDTC"),
    "LB": ("LBDTC",),
    "VS": ("VSDTC",),
    "QS": ("QSDTC",),
    "RS": ("RSDTC",),
    "IS": ("ISDTC",),
    "PC": ("PCDTC",),
    "CP": ("CPDTC",),
}

NO_CONTACT = pl.Schema({"USUBJID": pl.String(), "LSTALVDT": pl.Date(), "sources": pl.List(pl.String)})

DM_COLUMNS = (
    "STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ETHNIC", "ARMCD", "ARM",
    "ACTARMCD", "ACTARM",
)  # fmt: skip


def subjects(protocol: Protocol, records: Records, cutoff: date) -> pl.DataFrame:
    """One row per subject in DM: identity, levels, dates (Date), follow-up in days and months, and `sources`.

    LEVEL is the level received, or the planned one where the protocol says so; null for anyone not infused.
    FUPDAYS counts from first cells to last contact; null before the first infusion.
    """
    dm = records.table("DM")
    frame = dm.select(
        *(pl.col(c) if c in dm.columns else pl.lit(None, pl.String).alias(c) for c in DM_COLUMNS),
        day_of("RFICDTC").alias("RFICDT"),
        day_of("DTHDTC").alias("DTHDT"),
        pl.col("DTHFL") if "DTHFL" in dm.columns else pl.lit(None, pl.String).alias("DTHFL"),
        pl.concat_list("record_id").alias("sources"),
    )
    for part in (
        _product(protocol, records),
        _conditioning(protocol, records),
        _consent(records),
        _disposition(records),
        _last_contact(records),
    ):
        frame = meet(frame, part, on=["USUBJID"])
    if protocol.rules.treatment_end == "last-exposure-or-disposition":
        frame = frame.with_columns(pl.coalesce("TRTEDT", "EOSDT").alias("TRTEDT"))
    frame = frame.with_columns(
        pl.coalesce("RFICDT", "_CONSENT").alias("RFICDT"),
        pl.lit(cutoff).alias("CUTDT"),
        pl.when(pl.col("DTHDT").is_not_null()).then(pl.lit("Y")).otherwise(pl.col("DTHFL")).alias("DTHFL"),
        pl.min_horizontal(pl.coalesce("DTHDT", "LSTALVDT"), pl.lit(cutoff)).alias("LSTALVDT"),
        (pl.col("TRTEDT") - pl.col("TRTSDT")).dt.total_days().add(1).alias("TRTDURD"),
        pl.when(pl.col("TRTSDT").is_not_null()).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("SAFFL"),
    )
    return _follow_up(protocol, _levels(protocol, frame)).drop("_CONSENT")


def _product(protocol: Protocol, records: Records) -> pl.DataFrame:
    ex = records.table("EX").filter(pl.col("EXTRT").is_in(protocol.product.treatments))
    if not protocol.product.zero_dose_counts:
        ex = ex.filter(pl.col("EXDOSE").is_null() | (pl.col("EXDOSE") > 0))
    ex = ex.with_columns(day_of("EXSTDTC").alias("start"), day_of("EXENDTC").alias("end")).sort(
        "USUBJID", "start", "record_id", nulls_last=True
    )
    return ex.group_by("USUBJID", maintain_order=True).agg(
        pl.col("start").min().alias("TRTSDT"),
        pl.max_horizontal(pl.col("start").max(), pl.col("end").max()).alias("TRTEDT")
        if protocol.rules.treatment_end == "last-exposure"
        else pl.when(pl.col("end").is_null().any()).then(None).otherwise(pl.col("end").max()).first().alias("TRTEDT"),
        pl.len().cast(pl.Int64).alias("NINFUS"),
        pl.col("EXDOSE").first().alias("DOSE01A"),
        pl.col("EXDOSU").first().alias("DOSE01U"),
        pl.col("record_id").alias("sources"),
    )


def _conditioning(protocol: Protocol, records: Records) -> pl.DataFrame:
    names = [agent.treatment for agent in protocol.conditioning]
    ex = records.table("EX").filter(pl.col("EXTRT").is_in(names))
    return ex.group_by("USUBJID", maintain_order=True).agg(
        day_of("EXSTDTC").min().alias("LDSDT"), pl.col("record_id").alias("sources")
    )


def _consent(records: Records) -> pl.DataFrame:
    ds = records.table("DS").filter(pl.col("DSDECOD") == "INFORMED CONSENT OBTAINED")
    return ds.group_by("USUBJID", maintain_order=True).agg(
        day_of("DSSTDTC").min().alias("_CONSENT"), pl.col("record_id").alias("sources")
    )


def _disposition(records: Records) -> pl.DataFrame:
    """End of study: the last disposition event, of study participation where the study says which."""
    ds = records.table("DS").filter(pl.col("DSCAT") == "DISPOSITION EVENT")
    if "DSSCAT" in ds.columns:
        ds = ds.filter(pl.col("DSSCAT").is_null() | (pl.col("DSSCAT") != "STUDY TREATMENT"))
    ds = ds.with_columns(day_of("DSSTDTC").alias("day")).sort("USUBJID", "day", "record_id", nulls_last=True)
    done = pl.col("DSDECOD").last() == "COMPLETED"
    return ds.group_by("USUBJID", maintain_order=True).agg(
        pl.when(done).then(pl.lit("COMPLETED")).otherwise(pl.lit("DISCONTINUED")).alias("EOSSTT"),
        pl.col("day").last().alias("EOSDT"),
        pl.when(done).then(None).otherwise(pl.col("DSDECOD").last()).alias("DCSREAS"),
        pl.col("record_id").alias("sources"),
    )


def _last_contact(records: Records) -> pl.DataFrame:
    days = [
        records.table(name).select(
            "USUBJID", "record_id", pl.max_horizontal(*(day_of(c) for c in columns)).alias("day")
        )
        for name, columns in CONTACT.items()
        if records.collected(name)
    ]
    if not days:
        return pl.DataFrame(schema=NO_CONTACT)
    contacts = pl.concat(days).drop_nulls("day").sort("USUBJID", "day", "record_id")
    return contacts.group_by("USUBJID", maintain_order=True).agg(
        pl.col("day").last().alias("LSTALVDT"), pl.col("record_id").last().implode().alias("sources")
    )


def _levels(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    arms = pl.DataFrame(
        {
            "_arm": [level.arm for level in protocol.levels],
            "_key": [level.key for level in protocol.levels],
            "_name": [level.name for level in protocol.levels],
            "_number": [level.level for level in protocol.levels],
        },
        schema={"_arm": pl.String, "_key": pl.String, "_name": pl.String, "_number": pl.Int64},
    )

    def of(column: str, key: str, name: str, number: str) -> pl.DataFrame:
        renamed = arms.rename({"_arm": column, "_key": key, "_name": name, "_number": number})
        return frame.select("USUBJID", column).join(renamed, on=column, how="left").drop(column)

    frame = frame.join(of("ARMCD", "PLEVEL", "TRT01P", "TRT01PN"), on="USUBJID", how="left")
    actual = of("ACTARMCD", "_ALEVEL", "TRT01A", "TRT01AN")
    frame = frame.join(actual, on="USUBJID", how="left")
    infused = pl.col("SAFFL") == "Y"
    chosen = pl.coalesce("_ALEVEL", "PLEVEL") if protocol.rules.actual_arm == "actual" else pl.col("PLEVEL")
    if protocol.rules.actual_arm == "planned":
        frame = frame.with_columns(pl.col("TRT01P").alias("TRT01A"), pl.col("TRT01PN").alias("TRT01AN"))
    return frame.with_columns(
        pl.when(infused).then(chosen).otherwise(None).alias("LEVEL"),
        pl.when(infused).then(pl.coalesce("TRT01A", "TRT01P")).otherwise(None).alias("TRT01A"),
        pl.when(infused).then(pl.coalesce("TRT01AN", "TRT01PN")).otherwise(None).alias("TRT01AN"),
        pl.when(pl.col("PLEVEL").is_not_null()).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("ENRLFL"),
        pl.when(pl.col("LDSDT").is_not_null()).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("CONDFL"),
        pl.col("EOSSTT").fill_null(pl.when(infused).then(pl.lit("ONGOING")).otherwise(None)),
        pl.col("NINFUS").fill_null(0),
    ).drop("_ALEVEL")


def _follow_up(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    rules = protocol.rules

    def months(column: str) -> pl.Expr:
        if rules.month == "calendar":
            return calendar_months_expr(pl.col("TRTSDT"), pl.col(column))
        return (pl.col(column) - pl.col("TRTSDT")).dt.total_days() / rules.month_days

    return frame.with_columns(
        (pl.col("LSTALVDT") - pl.col("TRTSDT")).dt.total_days().alias("FUPDAYS"),
        months("LSTALVDT").alias("FUPMON"),
        months("CUTDT").alias("FUPCMON"),
    )
