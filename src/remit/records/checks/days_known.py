"""Days that several checks need: first cells, consent and death of each subject."""

from __future__ import annotations

import polars as pl

from remit.days import day_of
from remit.protocol import Protocol
from remit.records.collection import Records


def first_cells(protocol: Protocol, records: Records) -> pl.DataFrame:
    """Per subject the day of the first cells (protocol day 0): USUBJID, zero. Only subjects who got any."""
    given = pl.col("EXTRT").is_in(list(protocol.product.treatments))
    dosed = pl.lit(value=True) if protocol.product.zero_dose_counts else pl.col("EXDOSE").fill_null(1) > 0
    return (
        records.table("EX")
        .filter(given & dosed)
        .group_by("USUBJID")
        .agg(day_of("EXSTDTC").min().alias("zero"))
        .drop_nulls()
        .sort("USUBJID")
    )


def consents(records: Records) -> pl.DataFrame:
    """Per subject the day of consent: USUBJID, consent; from DM, or from the milestone where DM has none."""
    milestone = (
        records.table("DS")
        .filter(pl.col("DSDECOD") == "INFORMED CONSENT OBTAINED")
        .group_by("USUBJID")
        .agg(day_of("DSSTDTC").min().alias("_milestone"))
    )
    return (
        records.table("DM")
        .select("USUBJID", day_of("RFICDTC").alias("_consent"))
        .join(milestone, on="USUBJID", how="left", maintain_order="left")
        .select("USUBJID", pl.coalesce("_consent", "_milestone").alias("consent"))
        .drop_nulls()
    )


def deaths(records: Records) -> pl.DataFrame:
    """Per subject who died the day of death, as far as it is known: USUBJID, death."""
    return records.table("DM").select("USUBJID", day_of("DTHDTC").alias("death")).drop_nulls()
