"""Do records have a name of their own, a subject, and the parents that they point at?"""

from __future__ import annotations

import polars as pl

from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding, counted


def keys(protocol: Protocol, records: Records) -> list[Finding]:
    """Ids that stand twice, subjects unknown to DM, qualifiers and relations whose parent is not there.

    Records that came in through `admit` have unique ids and known subjects; records made by a program may
    not.
    """
    findings: list[Finding] = []
    subjects = records.table("DM")["USUBJID"].implode()
    for name, frame in records.tables.items():
        twice = frame.filter(pl.col("record_id").is_duplicated())["record_id"].unique().sort()
        findings += [noted(name, "SAME-ID", f"{record} names more than one record.", record) for record in twice]
        if name != "DM" and records.collected("DM"):
            stray = frame.filter(pl.col("USUBJID").is_not_null() & ~pl.col("USUBJID").is_in(subjects))
            for subject, first, count in (
                stray.group_by("USUBJID").agg(pl.col("record_id").min(), pl.len()).sort("USUBJID").iter_rows()
            ):
                what = f"{counted(count, 'record')} of {subject}, who is not in DM."
                findings.append(noted(name, "UNKNOWN-SUBJECT", what, first, "USUBJID"))
        if name.startswith("SUPP"):
            findings += _parents(records, name, frame.with_columns(pl.lit(name[4:]).alias("RDOMAIN")))
        if name == "RELREC":
            findings += _parents(records, name, frame)
    return findings


def _parents(records: Records, name: str, frame: pl.DataFrame) -> list[Finding]:
    """Rows whose IDVAR and IDVARVAL name no record of the subject. Only sequence numbers are followed."""
    findings = []
    for (domain,), rows in frame.group_by("RDOMAIN", maintain_order=True):
        sequence = f"{domain}SEQ"
        pointing = rows.filter((pl.col("IDVAR") == sequence) & pl.col("USUBJID").is_not_null())
        if pointing.is_empty():
            continue
        known = records.tables.get(str(domain))
        pointing = pointing.with_columns(
            pl.col("IDVARVAL").cast(pl.Float64, strict=False).cast(pl.Int64, strict=False).alias(sequence)
        )
        if known is not None and sequence in known.columns:
            pointing = pointing.join(known.select("USUBJID", sequence), on=["USUBJID", sequence], how="anti")
        for record, value in pointing.select("record_id", "IDVARVAL").iter_rows():
            what = f"No {domain} record of the subject has {sequence} {value}."
            findings.append(noted(name, "PARENT", what, record, "IDVARVAL"))
    return findings
