"""Cell kinetics: peak, area, half-life and persistence of the product, spread over subjects.

`cmax`, `tmax-day` and `tlast-day` are over all infusions, read from the measurements, days whole. A sample below the
limit of quantification has no number: it never makes a maximum, and a subject with nothing else has none. The rest
comes from ADPP: the course, each infusion, and the course's area under other conventions. Copies per microgram are
unreliable right after conditioning, when the denominator collapses; cells counted by flow cytometry are an analyte of
their own. An analyte that came in several units has no numbers: values in different units make no curve and no spread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, absent, measure, share, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study, by_slug, slug, wanted
from remit.stats import fixed, summary

STATISTICS = (*RANGE, "q1", "q3")
COURSE, INFUSION = "course", "infusion-"
FLOW = "CELL KINETICS"
MOST_REASONS = 3
UNADJUSTED = "not adjusted for the dose level"


@dataclass(frozen=True)
class Measure:
    """A parameter of ADPP as results call it: code, segment of the id, words, how it is printed."""

    paramcd: str
    key: str
    words: str
    quantity: str


COURSE_MEASURES: tuple[Measure, ...] = (
    Measure("CLST", "clast", "last value above the limit of quantification", "copies"),
    Measure("AUCLST", "auc-last", "AUC to the last value above the limit of quantification", "copies"),
    Measure("AUCINT", "auc-0-28", "AUC, days 0 to 28", "copies"),
    Measure("LAMZHL", "half-life-days", "half-life after the last infusion, days", "days"),
)
INFUSION_MEASURES: tuple[Measure, ...] = (
    Measure("CMAX", "cmax", "highest", "copies"),
    Measure("AUCTAU", "auc-to-next", "AUC to the next infusion", "copies"),
    Measure("AUCINT", "auc-0-28", "AUC, days 0 to 28 after it", "copies"),
    Measure("LAMZHL", "half-life-days", "half-life, days", "days"),
)
COVARIATES = (("DONOR", "donor"), ("EXLOT", "lot"))
COVARIATE_MEASURES: tuple[Measure, ...] = (
    Measure("CMAX", "cmax", "highest", "copies"),
    Measure("AUCINT", "auc-0-28", "AUC, days 0 to 28", "copies"),
)


def kinetics(study: Study) -> Iterator[Result]:
    """One block per analyte measured after the first infusion; for a product of cells a row says when there is none."""
    if study.infused.height == 0:
        return
    adlb = study.table("adlb")
    # flow cytometry of CP counts many cells; those of the product are named by their category
    own = (pl.col("SRCDOM") == "PC") | ((pl.col("SRCDOM") == "CP") & (pl.col("PARCAT1") == FLOW))
    mine = (
        adlb.filter(
            own
            & (pl.col("SAFFL") == "Y")
            & (pl.col("APROTDY") >= 0)
            & (pl.col("AVAL").is_not_null() | (pl.col("BLQFL") == "Y"))
        )
        if adlb.height
        else adlb
    )
    if mine.height == 0 and not study.has("adpp"):
        if study.protocol.product.source is not None:
            everyone = (study.everyone(study.columns[0]),)
            yield absent(
                Heading("kinetics/product/cmax", "Cells of the product", study.safety_set, behind=everyone), "median"
            )
        return
    copies = set(mine.filter(pl.col("SRCDOM") == "PC")["PARAMCD"].to_list()) if mine.height else set()
    if mine.height:
        ordered = mine.sort("SRCDOM", "PARAMCD", descending=[True, False], maintain_order=True)
        for (domain, code), rows in ordered.group_by("SRCDOM", "PARAMCD", maintain_order=True):
            key = slug(str(code)) if domain == "PC" or code not in copies else slug(f"{code} blood {domain}")
            yield from _parameter(study, key, (str(domain), str(code)), rows)
    yield from _profiles(study)


def _parameter(study: Study, key: str, of: tuple[str, str], rows: pl.DataFrame) -> Iterator[Result]:
    domain, code = of
    stem: Where = (("SRCDOM", domain), ("PARAMCD", code), *INFUSED)
    units = sorted(rows["AVALU"].drop_nulls().unique().to_list())
    name = next((str(v) for v in rows["PARAM"].to_list() if v), code)
    if len(units) > 1:
        sampled = (Selection("population", "adlb", stem),)
        about = Heading(f"kinetics/{key}/cmax", f"{name}, highest", study.safety_set, behind=sampled)
        yield absent(about, "median", mixed(units))
        return
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
    for measured, title, quantity in (
        ("cmax", f"{name}, highest{unit}", amount(units[0] if units else None)),
        ("tmax-day", f"{name}, day of the highest", "days"),
        ("tlast-day", f"{name}, last day above the limit of quantification", "days"),
    ):
        for column in study.columns:
            mine = per if column.key == "all" else per.filter(pl.col("LEVEL") == column.key)
            where = (*stem, *column.where)
            known = mine.drop_nulls(measured)["USUBJID"].to_list()
            everyone = mine["USUBJID"].to_list()
            behind: tuple[Selection, ...] = (
                study.only("counted", "adlb", where, known, ("AVAL", "max") if measured == "cmax" else None),
                study.only("population", "adlb", where, everyone),
            )
            about = Heading(
                f"kinetics/{key}/{measured}{column.suffix}",
                f"{title}{column.name}",
                study.safety_set,
                column.key,
                behind,
            )
            yield from spread(about, mine[measured].to_list(), quantity, study.protocol.rules, statistics_of(domain))


def statistics_of(domain: str) -> Sequence[str]:
    """Copies have quartiles and a row for their number too; of cells by flow cytometry every row says its n."""
    return STATISTICS if domain == "PC" else ("median", "min", "max")


def mixed(units: Sequence[str]) -> str:
    """Why there is no number."""
    return f"recorded in {' and '.join(units)}: values in different units make no spread"


def amount(unit: str | None) -> str:
    """How amounts in this unit are printed: copies whole, counts of cells with a decimal."""
    return "copies" if unit is None or "copies" in unit else "cells-per-microliter"


class Profile(NamedTuple):
    """One row of ADPP, as far as results need it. A value that is not known has a reason."""

    subject: str
    level: str | None
    value: float | None
    unit: str | None
    reason: str | None
    gone: float | None
    points: int | None
    r_squared: float | None
    adjusted: float | None
    donor: str | None
    lot: str | None


ROW = ("USUBJID", "LEVEL", "AVAL", "AVALU", "REASON", "GONEDY", "LAMZNPT", "R2", "R2ADJ", "DONOR", "EXLOT")


@dataclass(frozen=True)
class Analyte:
    """One analyte in one specimen: its segment in ids, its name and units, and the filter and rows of ADPP.

    domain   PC, or CP for flow cytometry
    units    of all its profiles; with more than one, subjects cannot be put together
    parts    rows by window, parameter and variant; the variant is None for our conventions
    """

    key: str
    name: str
    domain: str
    units: tuple[str, ...]
    where: Where
    parts: Mapping[tuple[str, str, str | None], Sequence[Profile]]

    @property
    def unit(self) -> str:
        """The unit, empty where none was recorded."""
        return self.units[0] if self.units else ""

    def printed(self, one: Measure) -> str:
        """How values of a parameter are printed."""
        return one.quantity if one.quantity == "days" else amount(self.unit or None)

    def rows(self, paramcd: str, window: str = COURSE) -> tuple[Where, Sequence[Profile]]:
        """The filter and the rows of one parameter of one window, by our conventions."""
        where: Where = (*self.where, ("WINDOW", window), ("PARAMCD", paramcd), ("DEFVFL", "Y"))
        return where, self.parts.get((window, paramcd, None), ())


def analytes(study: Study) -> Iterator[Analyte]:
    """What ADPP holds of those infused. Blood needs no word in the id; nor does the only specimen of an analyte."""
    frame = study.table("adpp")
    if frame.height == 0:
        return
    # copies come first: they are what the thirds of the exposure are made of
    mine = frame.filter(pl.col("SAFFL") == "Y").sort(
        "SRCDOM", "ANALYTE", "PPSPEC", descending=[True, False, False], maintain_order=True
    )
    parts: dict[tuple[str, str, str | None], dict[tuple[str, str, str | None], list[Profile]]] = {}
    names: dict[tuple[str, str, str | None], str] = {}
    columns = ("SRCDOM", "ANALYTE", "PPSPEC", "PARAM", "WINDOW", "PARAMCD", "DEFVFL", "VARIANT", *ROW)
    for domain, code, specimen, param, window, paramcd, ours, variant, *rest in mine.select(columns).iter_rows():
        about = (domain, code, specimen)
        names.setdefault(about, str(param).rpartition(": ")[0])
        place = (window, paramcd, None if ours == "Y" else variant)
        parts.setdefault(about, {}).setdefault(place, []).append(Profile(*rest))
    taken: set[str] = set()
    for (domain, code, specimen), found in parts.items():
        several = [other for other in parts if other[1] == code]
        key = slug(code)
        if len(several) > 1 and (specimen != "BLOOD" or key in taken):
            key = slug(f"{code} {specimen or ''} {domain}")
        taken.add(key)
        units = tuple(sorted({row.unit for row in found.get((COURSE, "CMAX", None), ()) if row.unit}))
        where: Where = (("SRCDOM", domain), ("ANALYTE", code), ("PPSPEC", specimen), *INFUSED)
        yield Analyte(key, names[domain, code, specimen], domain, units, where, found)


def _profiles(study: Study) -> Iterator[Result]:
    for analyte in analytes(study):
        if len(analyte.units) > 1:
            about = Heading(f"kinetics/{analyte.key}/auc-0-28", f"{analyte.name}, AUC, days 0 to 28", study.safety_set)
            where, _ = analyte.rows("AUCINT")
            everyone = (Selection("population", "adpp", where),)
            yield absent(replace(about, behind=everyone), "median", mixed(analyte.units))
            continue
        yield from _course(study, analyte)
        yield from _conventions(study, analyte)
        yield from _persisting(study, analyte)
        yield from _infusions(study, analyte)
        yield from _covariates(study, analyte)


def _values(
    study: Study,
    about: Heading,
    rows: Sequence[Profile],
    where: Where,
    quantity: str,
    statistics: Sequence[str] = STATISTICS,
) -> Iterator[Result]:
    """The spread of one parameter: counted are the rows with a value, their reason is empty."""
    behind = (
        Selection("counted", "adpp", (*where, ("REASON", None)), ("AVAL", "value")),
        Selection("population", "adpp", where),
    )
    why = sorted({row.reason for row in rows if row.reason is not None})
    note = "; ".join([part for part in (about.note,) if part] + (why if len(why) <= MOST_REASONS else []))
    about = replace(about, behind=behind, note=note)
    yield from spread(about, [row.value for row in rows], quantity, study.protocol.rules, statistics)


def _titled(analyte: Analyte, one: Measure) -> str:
    unit = "" if one.quantity == "days" else f", {'day × ' if one.paramcd.startswith('AUC') else ''}{analyte.unit}"
    return f"{analyte.name}, {one.words}{unit if analyte.unit else ''}"


def _by_level(study: Study, rows: Sequence[Profile]) -> Iterator[tuple[Column, Sequence[Profile]]]:
    """All rows, then those of every level that has any."""
    for column in study.columns:
        mine = rows if column.key == "all" else [row for row in rows if row.level == column.key]
        if mine:
            yield column, mine


def _course(study: Study, analyte: Analyte) -> Iterator[Result]:
    shown = statistics_of(analyte.domain)
    for one in COURSE_MEASURES:
        where, rows = analyte.rows(one.paramcd)
        for column, mine in _by_level(study, rows):
            about = Heading(
                f"kinetics/{analyte.key}/{one.key}{column.suffix}",
                f"{_titled(analyte, one)}{column.name}",
                study.safety_set,
                column.key,
            )
            yield from _values(study, about, mine, (*where, *column.where), analyte.printed(one), shown)


def _conventions(study: Study, analyte: Analyte) -> Iterator[Result]:
    """The area of the course under each other convention, because samples below quantification change it."""
    one = next(m for m in COURSE_MEASURES if m.paramcd == "AUCINT")
    for (window, paramcd, variant), rows in analyte.parts.items():
        if (window, paramcd) != (COURSE, one.paramcd) or variant is None:
            continue
        where: Where = (*analyte.where, ("WINDOW", COURSE), ("PARAMCD", one.paramcd), ("VARIANT", variant))
        stem = f"kinetics/{analyte.key}/{one.key}/{slug(variant)}"
        about = Heading(stem, f"{_titled(analyte, one)} ({variant})", study.safety_set)
        yield from _values(study, about, rows, where, analyte.printed(one), RANGE)


def _persisting(study: Study, analyte: Analyte) -> Iterator[Result]:
    """How many still had a quantified amount in their last sample: their last day is a lower bound."""
    where, rows = analyte.rows("TLST")
    for column, known in _by_level(study, [row for row in rows if row.reason is None]):
        here = (*where, *column.where, ("REASON", None))
        counted = Selection("counted", "adpp", (*here, ("GONEDY", None)))
        about = Heading(
            f"kinetics/{analyte.key}/still-detected{column.suffix}",
            f"{analyte.name}, still above the limit of quantification in the last sample{column.name}",
            study.safety_set,
            column.key,
            (counted, Selection("population", "adpp", here)),
            "of those ever above it; their last day is a lower bound",
        )
        yield from share(about, sum(row.gone is None for row in known), len(known), study.protocol.rules)


def _infusions(study: Study, analyte: Analyte) -> Iterator[Result]:
    windows = sorted({int(w.removeprefix(INFUSION)) for w, _, _ in analyte.parts if w.startswith(INFUSION)})
    for number in windows:
        for one in INFUSION_MEASURES:
            where, rows = analyte.rows(one.paramcd, f"{INFUSION}{number}")
            if not rows:
                continue
            stem = f"kinetics/{analyte.key}/infusion-{number}/{one.key}"
            about = Heading(stem, f"{_titled(analyte, one)}, infusion {number}", study.safety_set)
            yield from _values(study, about, rows, where, analyte.printed(one), statistics_of(analyte.domain))
            if one.paramcd == "LAMZHL":
                yield from _fit(study, replace(about, title=f"{analyte.name}, infusion {number}"), rows, where)


def _fit(study: Study, about: Heading, rows: Sequence[Profile], where: Where) -> Iterator[Result]:
    """How well the lines behind the half-lives fit: points and R² of the subjects who have one."""
    known = [row for row in rows if row.reason is None]
    if not known:
        return
    counted = Selection("counted", "adpp", (*where, ("REASON", None)))
    for column, key, words, values, decimals in (
        ("LAMZNPT", "points", "points in the fit of the half-life", [row.points for row in known], 0),
        ("R2", "r-squared", "R² of the fit of the half-life", [row.r_squared for row in known], 3),
        ("R2ADJ", "r-squared-adjusted", "adjusted R² of the fit of the half-life", [row.adjusted for row in known], 3),
    ):
        found = summary(values)
        here = replace(
            about,
            stem=f"{about.stem.rpartition('/')[0]}/half-life-{key}",
            behind=(replace(counted, carries=(column, "value")), Selection("population", "adpp", where)),
        )
        for statistic, value in (("median", found.median), ("min", found.minimum), ("max", found.maximum)):
            if value is not None:
                text = fixed(value, decimals, study.protocol.rules.rounding)
                titled = replace(here, title=f"{about.title}: {words}, {statistic}")
                yield measure(titled, statistic, value, found.n, text)


def _covariates(study: Study, analyte: Analyte) -> Iterator[Result]:
    """Peak and area by donor and by lot: one lot may go to many, so subjects are not independent witnesses of it."""
    if study.protocol.product.source == "autologous":
        # everyone is their own donor and has their own lot
        return
    for column, word in COVARIATES:
        for one in COVARIATE_MEASURES:
            where, rows = analyte.rows(one.paramcd)
            of = [row.donor if column == "DONOR" else row.lot for row in rows]
            for key, values in by_slug(of):
                about = Heading(
                    f"kinetics/{analyte.key}/{one.key}/{word}-{key}",
                    f"{_titled(analyte, one)}, {word} {values[0] or 'unknown'}",
                    study.safety_set,
                    f"{word}-{key}",
                    note=UNADJUSTED,
                )
                mine = [row for row, value in zip(rows, of) if value in values]
                yield from _values(study, about, mine, (*where, (column, wanted(values))), analyte.printed(one), RANGE)
