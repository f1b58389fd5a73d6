"""Do SLEDAI-2K items that a laboratory decides agree with the laboratory of the same visit?

Nothing is overwritten: an item counts only what the assessor attributes to lupus, so a finding asks for a
look. After treatment a low blood count is expected and rightly scored absent; such a count is no finding
then. Thresholds: platelets below 100 and leukocytes below 3.0 × 10^9/L, protein above 0.5 g/24 h or g/g,
complement below and anti-dsDNA above the laboratory's own limit (Gladman, Ibañez & Urowitz 2002, J Rheumatol
29:288-91).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from remit.days import day_of
from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.checks.values import QUANTITIES
from remit.records.collection import Records
from remit.records.findings import Finding
from remit.records.sponsor_codes import sledai_item
from remit.units import factor

_PROTEINURIA, _COMPLEMENT, _DNA, _PLATELETS, _LEUKOCYTES = map(sledai_item, (13, 20, 21, 23, 24))
# item, test, threshold in the unit of `QUANTITIES`, whether the item is present below it
_COUNTS = ((_PROTEINURIA, "PROTCRT", 0.5, False), (_PLATELETS, "PLAT", 100.0, True), (_LEUKOCYTES, "WBC", 3.0, True))
_DRUG_CAUSED = (_PLATELETS, _LEUKOCYTES)
_VISIT = ["USUBJID", "VISITNUM"]


def score_labs(protocol: Protocol, records: Records) -> list[Finding]:
    """Items that say present where the laboratory says no, or absent where it says yes."""
    items = (
        records.table("RS")
        .filter(pl.col("RSORRES").is_in(["PRESENT", "ABSENT"]) & pl.col("VISITNUM").is_not_null())
        .select(*_VISIT, "RSTESTCD", "RSORRES", "RSDTC", "record_id")
    )
    treated = records.table("EX").group_by("USUBJID").agg(day_of("EXSTDTC").min().alias("treated"))
    items = items.join(treated, on="USUBJID", how="left", maintain_order="left")
    findings: list[Finding] = []
    for code, measured in _measured(records):
        met = items.filter(pl.col("RSTESTCD") == code).join(measured, on=_VISIT, maintain_order="left")
        says = pl.col("RSORRES") == "PRESENT"
        wrong = met.filter(says != pl.col("abnormal"))
        if code in _DRUG_CAUSED:
            before = (day_of("RSDTC") < pl.col("treated")).fill_null(value=True)
            wrong = wrong.filter(says | before)
        for record, answer, seen in wrong.select("record_id", "RSORRES", "seen").iter_rows():
            what = f"The item is {answer}; the laboratory of the visit has {seen}."
            findings.append(noted("RS", "ITEM-LAB", what, record, "RSORRES"))
    return findings


def _measured(records: Records) -> Iterator[tuple[str, pl.DataFrame]]:
    """Per laboratory item: USUBJID, VISITNUM, abnormal (any result of the visit), seen (the results in
    words).
    """
    labs = records.table("LB").filter(pl.col("LBSTRESN").is_not_null() & pl.col("VISITNUM").is_not_null())
    complement = labs.filter(pl.col("LBTESTCD").is_in(["C3", "C4", "CH50"]) & pl.col("LBSTNRLO").is_not_null())
    yield (
        _COMPLEMENT,
        _per_visit(complement, pl.col("LBSTRESN") < pl.col("LBSTNRLO"), pl.format("{} {}", "LBTESTCD", "LBSTRESN")),
    )
    antibody = records.table("IS").filter(
        (pl.col("ISBDAGNT") == "DOUBLE STRANDED DNA")
        & pl.col("ISSTRESN").is_not_null()
        & pl.col("ISSTNRHI").is_not_null()
        & pl.col("VISITNUM").is_not_null()
    )
    yield _DNA, _per_visit(antibody, pl.col("ISSTRESN") > pl.col("ISSTNRHI"), pl.format("anti-dsDNA {}", "ISSTRESN"))
    for item, test, threshold, below in _COUNTS:
        rows = labs.filter(pl.col("LBTESTCD") == test)
        quantity = QUANTITIES[test]
        factors = {unit: factor(quantity.kind, unit, quantity.unit) for unit in rows["LBSTRESU"].drop_nulls().unique()}
        value = pl.col("LBSTRESN") * pl.col("LBSTRESU").replace_strict(factors, default=None, return_dtype=pl.Float64)
        rows = rows.with_columns(value.alias("value")).filter(pl.col("value").is_not_null())
        abnormal = pl.col("value") < threshold if below else pl.col("value") > threshold
        yield item, _per_visit(rows, abnormal, pl.format("{} {}", "LBTESTCD", "LBSTRESN"))


def _per_visit(rows: pl.DataFrame, abnormal: pl.Expr, seen: pl.Expr) -> pl.DataFrame:
    return (
        rows.with_columns(abnormal.alias("abnormal"), seen.alias("seen"))
        .group_by(_VISIT)
        .agg(pl.col("abnormal").any(), pl.col("seen").sort().str.join(", "))
    )
