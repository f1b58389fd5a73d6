"""The spine of every derived table: one row per subject with arm, treatment dates and follow-up.

`adsl` adds baselines and set membership to these rows; the other tables take their dates from here, so that a study
day is computed one way only.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from remit.days import calendar_months, day_of
from remit.derive.bounds import earliest_of, latest_of
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
    "EG": ("EGDTC",),
    "QS": ("QSDTC",),
    "FA": ("FADTC",),
    "RS": ("RSDTC",),
    "IS": ("ISDTC",),
    "PC": ("PCDTC",),
    "CP": ("CPDTC",),
}

# Dates on which nobody saw the subject: what was planned and not done, and the day somebody gave up looking.
NO_CONTACT_IF: dict[str, tuple[str, str]] = {
    "SV": ("SVOCCUR", "N"),
    "DS": ("DSDECOD", "LOST TO FOLLOW-UP"),
    **{name: (f"{name}STAT", "NOT DONE") for name in ("LB", "VS", "EG", "QS", "FA", "RS", "IS", "PC", "CP")},
}

NO_CONTACT = pl.Schema({"USUBJID": pl.String(), "LSTALVDT": pl.Date(), "sources": pl.List(pl.String)})

# Codes that old studies put into ARMCD where there is no arm.
NO_ARM = ("SCRNFAIL", "NOTASSGN")

DM_COLUMNS = (
    "STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ETHNIC", "ARMCD", "ARM",
    "ACTARMCD", "ACTARM",
)  # fmt: skip


def subjects(protocol: Protocol, records: Records, cutoff: date) -> pl.DataFrame:
    """One row per subject in DM: identity, levels, dates (Date), follow-up in days and months, and `sources`.

    records   as known by the cutoff (`known_by`)

    SAFFL     Y when any study product was given, on whatever day
    LEVEL     the level received, or the planned one where the protocol says so; null for anyone not infused and for a
              level that the protocol does not have
    TRTSDT    first infusion; null as well where an infusion without a full date may have come first. TRTSTM is its time
              of day (HH:MM, null unknown), LDSDT and LDSTM are the same of conditioning
    FUPDAYS   from first cells to last contact; null before the first infusion
    """
    dm = records.table("DM")
    frame = dm.select(
        *(pl.col(c) if c in dm.columns else pl.lit(None, pl.String).alias(c) for c in DM_COLUMNS),
        (pl.col("ARMNRS") if "ARMNRS" in dm.columns else pl.lit(None, pl.String)).alias("_why"),
        day_of("RFICDTC").alias("RFICDT"),
        day_of("DTHDTC").alias("DTHDT"),
        pl.col("DTHFL") if "DTHFL" in dm.columns else pl.lit(None, pl.String).alias("DTHFL"),
        pl.concat_list("record_id").alias("sources"),
    )
    parts = (
        _product(protocol, records),
        _conditioning(protocol, records),
        _consent(records),
        _disposition(records),
        _last_contact(records),
    )
    frame = meet(frame, parts, on=["USUBJID"])
    if protocol.rules.treatment_end == "last-exposure-or-disposition":
        frame = frame.with_columns(pl.coalesce("TRTEDT", "EOSDT").alias("TRTEDT"))
    died = (pl.col("DTHFL") == "Y") | pl.col("DTHDT").is_not_null() | (pl.col("DCSREAS") == "DEATH")
    frame = frame.with_columns(
        pl.coalesce("RFICDT", "_CONSENT").alias("RFICDT"),
        pl.lit(cutoff).alias("CUTDT"),
        pl.coalesce("DTHDT", pl.when(pl.col("DCSREAS") == "DEATH").then(pl.col("EOSDT"))).alias("DTHDT"),
        pl.when(died).then(pl.lit("Y")).otherwise(pl.col("DTHFL")).alias("DTHFL"),
        (pl.col("TRTEDT") - pl.col("TRTSDT")).dt.total_days().add(1).alias("TRTDURD"),
        _flag(pl.col("NINFUS") > 0).alias("SAFFL"),
        _flag(pl.col("_conditioned")).alias("CONDFL"),
    )
    frame = frame.with_columns(pl.coalesce("DTHDT", "LSTALVDT").alias("LSTALVDT"))
    return _follow_up(protocol, _status(_levels(protocol, frame))).drop("_CONSENT", "_why", "_conditioned")


def given(protocol: Protocol) -> pl.Expr:
    """Whether an EX record is study product that was given: a dose of zero is not, unless the protocol says so."""
    product = pl.col("EXTRT").is_in(protocol.product.treatments)
    if protocol.product.zero_dose_counts:
        return product
    return product & (pl.col("EXDOSE").is_null() | (pl.col("EXDOSE") > 0))


def infusion_key() -> pl.Expr:
    """What tells one infusion of a subject from another: its link, else its day; two bags on one day are one."""
    return pl.coalesce("EXLNKID", pl.col("EXSTDTC").str.strip_chars().str.slice(0, 10), "record_id")


def _flag(yes: pl.Expr) -> pl.Expr:
    return pl.when(yes.fill_null(False)).then(pl.lit("Y")).otherwise(pl.lit("N"))


def _first(day: str, earliest: str) -> pl.Expr:
    """The earliest full date of a group; null when another record may lie before it."""
    first = pl.col(day).min()
    open_before = pl.col(day).is_null() & (pl.col(earliest).is_null() | (pl.col(earliest) < first))
    return pl.when(open_before.any()).then(None).otherwise(first).first()


def _time(day: str, text: str, first: pl.Expr) -> pl.Expr:
    """The earliest time on the first day, from records of that day; null when one of them has none."""
    times = pl.col(text).str.extract(r"T([0-2]\d:[0-5]\d)").filter(pl.col(day) == first)
    return pl.when(times.is_null().any()).then(None).otherwise(times.min()).first()


def _product(protocol: Protocol, records: Records) -> pl.DataFrame:
    ex = records.table("EX").filter(given(protocol))
    ex = ex.with_columns(
        day_of("EXSTDTC").alias("start"), day_of("EXENDTC").alias("end"), infusion_key().alias("_infusion"),
        earliest_of("EXSTDTC").alias("_earliest"), pl.coalesce("EXENDTC", "EXSTDTC").alias("_last"),
    ).with_columns(latest_of("_last").alias("_latest"))  # fmt: skip
    ex = ex.sort("USUBJID", "start", "EXSEQ", "record_id", nulls_last=True)
    last = pl.max_horizontal(pl.col("start").max(), pl.col("end").max())
    open_after = pl.col("start").is_null() & pl.col("end").is_null()
    open_after = open_after & (pl.col("_latest").is_null() | (pl.col("_latest") > last))
    first = pl.col("_infusion") == pl.col("_infusion").first()
    dose, unit = pl.col("EXDOSE").filter(first), pl.col("EXDOSU").filter(first)
    return ex.group_by("USUBJID", maintain_order=True).agg(
        _first("start", "_earliest").alias("TRTSDT"),
        _time("start", "EXSTDTC", pl.col("start").min()).alias("TRTSTM"),
        pl.when(open_after.any()).then(None).otherwise(last).first().alias("TRTEDT")
        if protocol.rules.treatment_end == "last-exposure"
        else pl.when(pl.col("end").is_null().any()).then(None).otherwise(pl.col("end").max()).first().alias("TRTEDT"),
        pl.col("_infusion").n_unique().cast(pl.Int64).alias("NINFUS"),
        pl.when(dose.is_null().any() | (unit.n_unique() > 1)).then(None).otherwise(dose.sum()).first().alias("DOSE01A"),
        pl.when(unit.n_unique() > 1).then(None).otherwise(unit.first()).first().alias("DOSE01U"),
        pl.col("record_id").alias("sources"),
    )


def _conditioning(protocol: Protocol, records: Records) -> pl.DataFrame:
    names = [agent.treatment for agent in protocol.conditioning]
    ex = records.table("EX").filter(
        pl.col("EXTRT").is_in(names) & (pl.col("EXDOSE").is_null() | (pl.col("EXDOSE") > 0))
    )
    ex = ex.with_columns(day_of("EXSTDTC").alias("start"), earliest_of("EXSTDTC").alias("_earliest"))
    return ex.group_by("USUBJID", maintain_order=True).agg(
        _first("start", "_earliest").alias("LDSDT"),
        _time("start", "EXSTDTC", pl.col("start").min()).alias("LDSTM"),
        pl.lit(True).alias("_conditioned"),
        pl.col("record_id").alias("sources"),
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
    ds = ds.with_columns(day_of("DSSTDTC").alias("day")).sort("USUBJID", "day", "DSSEQ", "record_id", nulls_last=True)
    done = pl.col("DSDECOD").last() == "COMPLETED"
    return ds.group_by("USUBJID", maintain_order=True).agg(
        pl.when(done).then(pl.lit("COMPLETED")).otherwise(pl.lit("DISCONTINUED")).alias("EOSSTT"),
        pl.col("day").last().alias("EOSDT"),
        pl.when(done).then(None).otherwise(pl.col("DSDECOD").last()).alias("DCSREAS"),
        pl.col("record_id").alias("sources"),
    )


def _last_contact(records: Records) -> pl.DataFrame:
    seen = []
    for name, columns in CONTACT.items():
        if not records.collected(name):
            continue
        frame = records.table(name)
        column, value = NO_CONTACT_IF.get(name, ("", ""))
        if column in frame.columns:
            frame = frame.filter((pl.col(column) != value).fill_null(True))
        seen += [frame.select("USUBJID", "record_id", pl.col(c).alias("_text")) for c in columns]
    if not seen:
        return pl.DataFrame(schema=NO_CONTACT)
    # most records of a subject share their date: each text is read once
    contacts = pl.concat(seen).group_by("USUBJID", "_text").agg(pl.col("record_id").max())
    contacts = contacts.with_columns(day_of("_text").alias("day")).drop_nulls("day").sort("USUBJID", "day", "record_id")
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

    def joined(frame: pl.DataFrame, column: str, key: str, name: str, number: str) -> pl.DataFrame:
        renamed = arms.rename({"_arm": column, "_key": key, "_name": name, "_number": number})
        return frame.join(renamed, on=column, how="left", maintain_order="left")

    frame = joined(frame, "ARMCD", "PLEVEL", "TRT01P", "TRT01PN")
    frame = joined(frame, "ACTARMCD", "_level", "_name", "_number")
    infused = pl.col("SAFFL") == "Y"
    # An arm that the protocol does not have, and a treatment nobody planned, are no reason to assume the planned level.
    planned = pl.col("ACTARMCD").is_null() & (pl.col("_why") != "UNPLANNED TREATMENT").fill_null(True)
    if protocol.rules.actual_arm == "planned":
        planned = pl.lit(True)

    def actual(mine: str, plan: str) -> pl.Expr:
        return pl.when(infused & planned).then(pl.col(plan)).when(infused).then(pl.col(mine))

    no_arm = pl.col("ARMCD").is_null() | pl.col("ARMCD").str.to_uppercase().is_in(NO_ARM)
    return frame.with_columns(
        actual("_level", "PLEVEL").alias("LEVEL"),
        actual("_name", "TRT01P").alias("TRT01A"),
        actual("_number", "TRT01PN").alias("TRT01AN"),
        pl.when(pl.col("PLEVEL").is_not_null() | infused)
        .then(pl.lit("Y"))
        .when(no_arm)
        .then(pl.lit("N"))
        .otherwise(None)
        .alias("ENRLFL"),
        pl.col("NINFUS").fill_null(0),
    ).drop("_level", "_name", "_number")


def _status(frame: pl.DataFrame) -> pl.DataFrame:
    """EOSSTT of those without a disposition event: the dead have left, other infused subjects are ongoing."""
    silent, dead = pl.col("EOSSTT").is_null(), pl.col("DTHFL") == "Y"
    return frame.with_columns(
        pl.when(silent & dead).then(pl.lit("DEATH")).otherwise(pl.col("DCSREAS")).alias("DCSREAS"),
        pl.when(silent & dead).then(pl.col("DTHDT")).otherwise(pl.col("EOSDT")).alias("EOSDT"),
        pl.when(silent & dead)
        .then(pl.lit("DISCONTINUED"))
        .when(silent & (pl.col("SAFFL") == "Y"))
        .then(pl.lit("ONGOING"))
        .otherwise(pl.col("EOSSTT"))
        .alias("EOSSTT"),
    )


def _follow_up(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        (pl.col("LSTALVDT") - pl.col("TRTSDT")).dt.total_days().alias("FUPDAYS"),
        pl.Series("FUPMON", _months(protocol, frame, "LSTALVDT"), dtype=pl.Float64),
        pl.Series("FUPCMON", _months(protocol, frame, "CUTDT"), dtype=pl.Float64),
    )


def _months(protocol: Protocol, frame: pl.DataFrame, column: str) -> list[float | None]:
    """Months from the first infusion, one division each.

    Polars divides a column by a number in one way for one row and in another for many (the last digit differs), so that
    another subject could move somebody over a limit.
    """
    rules = protocol.rules
    found: list[float | None] = []
    for start, end in frame.select("TRTSDT", column).iter_rows():
        if start is None or end is None:
            found.append(None)
        elif rules.month == "calendar":
            found.append(calendar_months(start, end))
        else:
            found.append((end - start).days / rules.month_days)
    return found
