"""Exposure: subjects by level, infusions and cells they got, share of the plan, conditioning."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, absent, plain_count, share_count, spread
from remit.analysis.result import How, Result, Selection
from remit.analysis.study import INFUSED, Study, slug

STATISTICS = (*RANGE, "mean", "q1", "q3")

# Quantities that are one column of the rows behind them, added up over a subject's rows; the others are worked out.
CARRIES: dict[str, tuple[str, How]] = {"given": ("AVAL", "sum"), "duration": ("TRTDURD", "value")}


def exposure(study: Study) -> Iterator[Result]:
    """Counts by level for every level that is planned, and the spread of what was given."""
    if study.infused.height == 0:
        return
    yield from _levels(study)
    yield from _infusions(study)
    yield from _doses(study)
    yield from _conditioning(study)


def _levels(study: Study) -> Iterator[Result]:
    n = study.infused.height
    everyone = study.everyone(study.columns[0])
    for level in study.protocol.levels:
        counted = Selection("counted", "adsl", (*INFUSED, ("LEVEL", level.key)))
        about = Heading(
            f"exposure/{level.key}", f"Infused, {level.name}", study.safety_set, level.key, (counted, everyone)
        )
        yield plain_count(about, len(study.index.rows("adsl", counted.where)), n)
    lost = Selection("counted", "adsl", (*INFUSED, ("LEVEL", None)))
    if x := len(study.index.rows("adsl", lost.where)):
        yield plain_count(
            Heading("exposure/level-unknown", "Infused, level unknown", study.safety_set, "all", (lost, everyone)), x, n
        )


def _infusions(study: Study) -> Iterator[Result]:
    if _daily(study):
        return
    for given in sorted(set(study.infused["NINFUS"].drop_nulls().to_list())):
        for column in study.columns:
            counted = Selection("counted", "adsl", (*INFUSED, *column.where, ("NINFUS", given)))
            title = f"{given} infusion{'' if given == 1 else 's'} given{column.name}"
            about = Heading(
                f"exposure/infusions-{given}{column.suffix}",
                title,
                study.safety_set,
                column.key,
                (counted, study.everyone(column)),
            )
            yield share_count(about, len(study.index.rows("adsl", counted.where)), column.n, study.protocol.rules)


def _daily(study: Study) -> bool:
    """Whether the product is taken every day, so that one exposure record is a period and not an infusion."""
    return any(s.daily_through is not None for s in study.protocol.schedules)


def _doses(study: Study) -> Iterator[Result]:
    cells = (
        study.table("adex").filter((pl.col("PARCAT1") == "CELLS") & (pl.col("SAFFL") == "Y"))
        if study.has("adex")
        else None
    )
    everyone = study.everyone(study.columns[0])
    if cells is None or cells.height == 0:
        yield absent(Heading("exposure/cells-total", "Total dose", study.safety_set, behind=(everyone,)), "median")
        return
    units = cells["AVALU"].unique().to_list()
    where: Where = (("PARCAT1", "CELLS"), *INFUSED)
    if _daily(study):
        yield from _daily_doses(study, cells, where)
        return
    plan = {level.key: study.protocol.planned_infusions(level) for level in study.protocol.levels}
    per = cells.group_by("USUBJID", "LEVEL").agg(
        # a dose that is not known makes the sum unknown, not smaller
        pl.when(pl.col("AVAL").is_null().any()).then(None).otherwise(pl.col("AVAL").sum()).alias("given"),
        pl.when(pl.col("PLANNED").is_null().any()).then(None).otherwise(pl.col("PLANNED").mean()).alias("dose"),
    )
    per = per.with_columns(
        (pl.col("dose") * pl.col("LEVEL").replace_strict(plan, default=None, return_dtype=pl.Int64)).alias("planned")
    ).with_columns(pl.when(pl.col("planned") > 0).then(100 * pl.col("given") / pl.col("planned")).alias("percent"))
    if len(units) == 1:
        yield from _spreads(
            study, per, "given", "cells-total", f"Total dose, {study.protocol.product.dose_unit}", "cells", where
        )
    else:
        why = f"doses are recorded in {len(units)} units"
        yield absent(Heading("exposure/cells-total", "Total dose", study.safety_set, behind=(everyone,)), "median", why)
    if per["percent"].drop_nulls().len():
        title = "Dose given, percent of all planned infusions"
        yield from _spreads(study, per, "percent", "percent-of-plan", title, "percent", where)


def _daily_doses(study: Study, cells: pl.DataFrame, where: Where) -> Iterator[Result]:
    """A product taken daily: days on treatment, average and cumulative dose from periods with both ends known.

    An open last period ends where the protocol says that treatment does.
    """
    if study.protocol.rules.treatment_end == "last-exposure-or-disposition":
        ends = study.infused.select("USUBJID", "TRTEDT")
        cells = cells.join(ends, on="USUBJID", how="left").with_columns(pl.coalesce("AENDT", "TRTEDT").alias("AENDT"))
    days = (pl.col("AENDT") - pl.col("ADT")).dt.total_days() + 1
    unknown = (pl.col("AVAL").is_null() | days.is_null()).any()
    per = (
        cells.group_by("USUBJID", "LEVEL")
        .agg(
            pl.when(unknown).then(None).otherwise((pl.col("AVAL") * days).sum()).alias("cumulative"),
            pl.when(unknown).then(None).otherwise(days.sum()).alias("days"),
        )
        .with_columns((pl.col("cumulative") / pl.col("days")).alias("average"))
    )
    people = study.infused.select("USUBJID", "LEVEL", pl.col("TRTDURD").cast(pl.Float64).alias("duration"))
    unit = study.protocol.product.dose_unit
    yield from _spreads(study, people, "duration", "duration-days", "Days on treatment", "days", INFUSED, "adsl")
    yield from _spreads(study, per, "average", "dose-average", f"Average daily dose, {unit}", "dose", where)
    yield from _spreads(study, per, "cumulative", "dose-cumulative", f"Cumulative dose, {unit}", "dose", where)


def _conditioning(study: Study) -> Iterator[Result]:
    adex = study.table("adex")
    for agent in study.protocol.conditioning:
        key, title = f"{slug(agent.drug)}-mg", f"{agent.drug.capitalize()}, total, mg"
        where: Where = (("EXTRT", agent.treatment), ("AVALU", "mg"), *INFUSED)
        rows = (
            adex.filter((pl.col("EXTRT") == agent.treatment) & (pl.col("AVALU") == "mg") & (pl.col("SAFFL") == "Y"))
            if adex.height
            else None
        )
        if rows is None or rows.height == 0:
            behind = (study.everyone(study.columns[0]),)
            yield absent(Heading(f"exposure/{key}", title, study.safety_set, behind=behind), "median")
            continue
        given = pl.when(pl.col("AVAL").is_null().any()).then(None).otherwise(pl.col("AVAL").sum()).alias("given")
        per = rows.group_by("USUBJID", "LEVEL").agg(given)
        yield from _spreads(study, per, "given", key, title, "mg", where)


def _spreads(
    study: Study, per: pl.DataFrame, source: str, key: str, title: str, quantity: str, where: Where, table: str = "adex"
) -> Iterator[Result]:
    """One value per subject, all and by level; `where` selects the rows that made the values."""
    for column in study.columns:
        mine = per if column.key == "all" else per.filter(pl.col("LEVEL") == column.key)
        known = mine.drop_nulls(source)
        names = known["USUBJID"].to_list()
        counted = study.only("counted", table, (*where, *column.where), names, CARRIES.get(source))
        about = Heading(
            f"exposure/{key}{column.suffix}",
            f"{title}{column.name}",
            study.safety_set,
            column.key,
            (counted, study.everyone(column)),
        )
        values = [*known[source].to_list(), *([None] * (column.n - known.height))]
        yield from spread(about, values, quantity, study.protocol.rules, STATISTICS)
