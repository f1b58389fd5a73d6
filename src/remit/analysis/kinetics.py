"""Cell kinetics: highest copy number, its day, and the last day with any, per subject; spread over subjects.

With several infusions the maximum is over all of them. A sample below the limit of quantification has no number: it
never makes a maximum, and a subject with nothing else has none. Copies per microgram are unreliable right after
conditioning, when the denominator collapses.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Study, slug


def kinetics(study: Study) -> Iterator[Result]:
    """One block per parameter measured in PC after the first infusion; nothing when there is none."""
    adlb = study.table("adlb")
    if adlb.height == 0 or study.infused.height == 0:
        return
    mine = adlb.filter(
        (pl.col("SRCDOM") == "PC")
        & (pl.col("SAFFL") == "Y")
        & (pl.col("APROTDY") >= 0)
        & (pl.col("AVAL").is_not_null() | (pl.col("BLQFL") == "Y"))
    )
    for (code,), rows in mine.sort("PARAMCD").group_by("PARAMCD", maintain_order=True):
        yield from _parameter(study, str(code), rows)


def _parameter(study: Study, code: str, rows: pl.DataFrame) -> Iterator[Result]:
    units = rows["AVALU"].drop_nulls().unique().to_list()
    if len(units) > 1:
        return
    name = next((str(v) for v in rows["PARAM"].to_list() if v), code)
    unit = f", {units[0]}" if units else ""
    ordered = rows.sort("USUBJID", "APROTDY", nulls_last=True)
    seen = ordered.filter(pl.col("AVAL") > 0)
    per = (
        ordered.group_by("USUBJID", "LEVEL", maintain_order=True)
        .len()
        .join(
            seen.group_by("USUBJID").agg(
                pl.col("AVAL").max().alias("cmax"),
                pl.col("APROTDY").sort_by(pl.col("AVAL"), -pl.col("APROTDY")).last().cast(pl.Float64).alias("tmax-day"),
                pl.col("APROTDY").max().cast(pl.Float64).alias("tlast-day"),
            ),
            on="USUBJID",
            how="left",
            maintain_order="left",
        )
    )
    stem: Where = (("SRCDOM", "PC"), ("PARAMCD", code), *INFUSED)
    for key, title, quantity in (
        ("cmax", f"{name}, highest{unit}", "copies"),
        ("tmax-day", f"{name}, day of the highest", "days"),
        ("tlast-day", f"{name}, last day above the limit of quantification", "days"),
    ):
        for column in study.columns:
            mine = per if column.key == "all" else per.filter(pl.col("LEVEL") == column.key)
            where = (*stem, *column.where)
            known = mine.drop_nulls(key)["USUBJID"].to_list()
            sampled = mine["USUBJID"].to_list()
            behind: tuple[Selection, ...] = (
                study.only("counted", "adlb", where, known, ("AVAL", "max") if key == "cmax" else None),
                study.only("population", "adlb", where, sampled),
            )
            about = Heading(
                f"kinetics/{slug(code)}/{key}{column.suffix}",
                f"{title}{column.name}",
                study.safety_set,
                column.key,
                behind,
            )
            yield from spread(about, mine[key].to_list(), quantity, study.protocol.rules, (*RANGE, "q1", "q3"))
