"""Do the typed scores of a visit agree with each other: items, weights, totals, scales and states?"""

from __future__ import annotations

import polars as pl

from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding
from remit.records.sponsor_codes import ANSWERS, PGA, SLEDAI_ITEMS, SLEDAI_TOTAL, sledai_item

WEIGHTS: dict[str, int] = {sledai_item(number): weight for number, (_, weight) in enumerate(SLEDAI_ITEMS, start=1)}
# upper end of the line a global assessment is marked on, by the words that name it in RSORRESU
_SCALES: dict[str, float] = {"0-3": 3.0, "0-10": 10.0, "0-100mm": 100.0}
_AT = ["USUBJID", "VISITNUM", "RSDTC"]
_TOLERANCE = 0.005


def scores(protocol: Protocol, records: Records) -> list[Finding]:
    """Answers, weights, totals, global assessment scales, and a typed remission that the typed score rules
    out.
    """
    rows = records.table("RS")
    return [*_answers(rows), *_weights(rows), *_totals(rows), *_scales(rows), *_states(rows)]


def _answers(rows: pl.DataFrame) -> list[Finding]:
    asked = rows.filter(pl.col("RSTESTCD").is_in(list(ANSWERS)) & pl.col("RSORRES").is_not_null())
    findings = []
    for (code, answer), group in asked.group_by("RSTESTCD", "RSORRES", maintain_order=True):
        allowed = ANSWERS[str(code)]
        if str(answer).strip().upper() not in allowed:
            what = f'{code} is answered "{answer}"; the form has {", ".join(allowed)}.'
            findings += [noted("RS", "ANSWER", what, record, "RSORRES") for record in group["record_id"]]
    return findings


def _weights(rows: pl.DataFrame) -> list[Finding]:
    weight = pl.col("RSTESTCD").replace_strict(WEIGHTS, default=None, return_dtype=pl.Float64)
    due = pl.when(pl.col("RSORRES") == "PRESENT").then(weight).when(pl.col("RSORRES") == "ABSENT").then(0.0)
    wrong = rows.with_columns(due.alias("due")).filter(pl.col("RSSTRESN") != pl.col("due"))
    return [
        noted("RS", "WEIGHT", f"{code} is {answer} and scored {score:g}; its score is {right:g}.", record, "RSSTRESN")
        for record, code, answer, score, right in wrong.select(
            "record_id", "RSTESTCD", "RSORRES", "RSSTRESN", "due"
        ).iter_rows()
    ]


def _totals(rows: pl.DataFrame) -> list[Finding]:
    """Only where all 24 items are answered: a sum of fewer is a lower bound, and a total below that is wrong
    too.
    """
    weight = pl.col("RSTESTCD").replace_strict(WEIGHTS, default=None, return_dtype=pl.Float64)
    answered = (
        rows.filter(pl.col("RSTESTCD").is_in(list(WEIGHTS)) & pl.col("RSORRES").is_in(["PRESENT", "ABSENT"]))
        .group_by(_AT)
        .agg(
            pl.col("RSTESTCD").n_unique().alias("items"),
            weight.filter(pl.col("RSORRES") == "PRESENT").sum().alias("sum"),
        )
    )
    typed = rows.filter((pl.col("RSTESTCD") == SLEDAI_TOTAL) & pl.col("RSSTRESN").is_not_null())
    both = typed.join(answered, on=_AT, nulls_equal=True)
    wrong = both.filter(
        ((pl.col("items") == len(WEIGHTS)) & (pl.col("RSSTRESN") != pl.col("sum")))
        | (pl.col("RSSTRESN") < pl.col("sum"))
    )
    return [
        noted("RS", "TOTAL", f"The typed total is {total:g}; its items sum to {due:g}.", record, "RSSTRESN")
        for record, total, due in wrong.select("record_id", "RSSTRESN", "sum").iter_rows()
    ]


def _scales(rows: pl.DataFrame) -> list[Finding]:
    """Mixed scales, an unknown scale, and a converted value that is not its original's."""
    pga = rows.filter((pl.col("RSTESTCD") == PGA) & pl.col("RSORRES").is_not_null())
    pga = pga.with_columns(pl.col("RSORRESU").str.replace_all(" ", "").str.to_lowercase().alias("scale"))
    findings = []
    used = pga["scale"].drop_nulls().unique().sort().to_list()
    usual = pga["scale"].drop_nulls().mode().sort().to_list()[:1]
    end = pl.col("scale").replace_strict(_SCALES, default=None, return_dtype=pl.Float64)
    due = pl.col("RSORRES").cast(pl.Float64, strict=False) * 3 / end
    for record, scale, raw, score, right in (
        pga.with_columns(due.alias("due")).select("record_id", "scale", "RSORRES", "RSSTRESN", "due").iter_rows()
    ):
        if scale is None or scale not in _SCALES:
            what = f"The scale of the global assessment is {scale or 'not recorded'}; known are {', '.join(_SCALES)}."
            findings.append(noted("RS", "SCALE", what, record, "RSORRESU"))
        elif len(used) > 1 and [scale] != usual:
            what = f"This assessment is on the scale {scale}; most are on {usual[0]}."
            findings.append(noted("RS", "SCALE", what, record, "RSORRESU"))
        if score is not None and right is not None and abs(score - right) > _TOLERANCE:
            what = f"{raw} on the scale {scale} is {right:g} on 0-3; {score:g} is recorded."
            findings.append(noted("RS", "RESULT", what, record, "RSSTRESN"))
    return findings


def _states(rows: pl.DataFrame) -> list[Finding]:
    """Remission (DORIS) needs a clinical SLEDAI of 0, so that a total can only be 0, 2 or 4: the serology."""
    totals = rows.filter(pl.col("RSTESTCD") == SLEDAI_TOTAL).select(*_AT, pl.col("RSSTRESN").alias("total"))
    typed = rows.filter((pl.col("RSTESTCD") == "DORISINV") & (pl.col("RSORRES") == "Y"))
    wrong = typed.join(totals, on=_AT, nulls_equal=True).filter(~pl.col("total").is_in([0.0, 2.0, 4.0]))
    return [
        noted("RS", "STATE", f"Remission is typed with a SLEDAI-2K of {total:g}, which allows none.", record, "RSORRES")
        for record, total in wrong.select("record_id", "total").iter_rows()
    ]
