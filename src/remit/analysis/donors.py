"""Donors and lots: who got whose cells and how many, and how they fared, with a warning where donors follow the levels.

One lot may go to many, so its subjects are no independent witnesses of it; nothing is adjusted. Peak and area by donor
and lot are results of the kinetics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from remit.analysis.index import Where
from remit.analysis.kinetics import UNADJUSTED
from remit.analysis.numbers import RANGE, Heading, absent, measure, proportion, share_count, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Study, slug

LAST, EVERYONE = "last", "all"


@dataclass(frozen=True)
class Source:
    """Subjects whose cells came from one donor or one lot.

    name      as recorded; several of one subject are joined; None unknown
    subjects  in order
    """

    key: str
    name: str | None
    subjects: tuple[str, ...]


def donors(study: Study) -> Iterator[Result]:
    """Donors, then lots; a row says when neither was recorded. Nothing where the cells are the subject's own."""
    if study.infused.height == 0 or study.protocol.product.source != "allogeneic":
        return
    frame = study.table("adex")
    cells = frame.filter((pl.col("PARCAT1") == "CELLS") & (pl.col("SAFFL") == "Y")) if frame.height else frame
    known = {lot.key: lot.donor for lot in study.protocol.product.lots}
    named = (
        cells.with_columns(
            pl.coalesce("DONOR", pl.col("EXLOT").replace_strict(known, default=None, return_dtype=pl.String))
        )
        if cells.height
        else cells
    )
    if named.height == 0 or named.select(pl.coalesce("DONOR", "EXLOT")).to_series().drop_nulls().is_empty():
        behind = (study.everyone(study.columns[0]),)
        yield absent(Heading("donors/donor", "Donors of the cells", study.safety_set, behind=behind), "count")
        return
    for column, word in (("DONOR", "donor"), ("EXLOT", "lot")):
        found = _sources(named, column)
        if any(source.name is not None for source in found):
            yield from _each(study, word, found, named)
            yield from _along_levels(study, word, found)


def _sources(cells: pl.DataFrame, column: str) -> list[Source]:
    per = cells.group_by("USUBJID").agg(pl.col(column).unique().sort(), pl.col(column).is_null().any().alias("open"))
    members: dict[str | None, list[str]] = {}
    for who, names, unknown in per.sort("USUBJID").iter_rows():
        members.setdefault(None if unknown else " + ".join(names), []).append(who)
    taken: set[str] = set()
    found = []
    for name in sorted(members, key=lambda one: (one is None, one or "")):
        key = slug(name)
        while key in taken:
            key += "-2"
        taken.add(key)
        found.append(Source(key, name, tuple(members[name])))
    return found


def _each(study: Study, word: str, found: Sequence[Source], cells: pl.DataFrame) -> Iterator[Result]:
    rules = study.protocol.rules
    columns = study.columns
    units = cells["AVALU"].unique().to_list()
    given = dict(
        cells.group_by("USUBJID")
        .agg(pl.when(pl.col("AVAL").is_null().any()).then(None).otherwise(pl.col("AVAL").sum()))
        .iter_rows()
    )
    for source in found:
        who: Where = (("USUBJID", source.subjects),)
        bags = Selection("counted", "adex", (("PARCAT1", "CELLS"), *INFUSED, *who))
        title = f"{word} {source.name or 'unknown'}"
        stem, group = f"donors/{word}-{source.key}", f"{word}-{source.key}"
        for column in columns:
            here = replace(bags, where=(*bags.where, *column.where))
            x = len(study.index.subjects("adex", here.where))
            about = Heading(
                f"{stem}/subjects{column.suffix}",
                f"Cells of {title}{column.name}",
                study.safety_set,
                group,
                (here, study.everyone(column)),
            )
            yield share_count(about, x, column.n, rules)
        if len(units) == 1:
            about = Heading(
                f"{stem}/cells-total",
                f"Total dose, {study.protocol.product.dose_unit}, {title}",
                study.safety_set,
                group,
                (replace(bags, carries=("AVAL", "sum")), Selection("population", "adsl", (*INFUSED, *who))),
                UNADJUSTED,
            )
            yield from spread(about, [given[one] for one in source.subjects], "cells", rules, RANGE)
        for endpoint in study.protocol.headline:
            if endpoint.kind != "state":
                continue
            base: Where = (
                ("ENDPOINT", endpoint.key), ("VARIANT", endpoint.variant), ("TIMEPOINT", LAST), ("GROUP", EVERYONE),
                ("IN", "Y"), *who,
            )  # fmt: skip
            reached = Selection("counted", "adeff", (*base, ("ANSWER", "Y")))
            asked = Selection("population", "adeff", (*base, ("ANSWER", ("Y", "N"))))
            x, n = (len(study.index.rows("adeff", one.where)) for one in (reached, asked))
            missing = len(study.index.rows("adeff", (*base, ("ANSWER", None))))
            # whose cells they were: of those who count, so that the population stays that of the answer
            judged = tuple(sorted(study.index.subjects("adeff", asked.where)))
            source_of = Selection("population", "adex", (("PARCAT1", "CELLS"), *INFUSED, ("USUBJID", judged)))
            said = [UNADJUSTED, f"{missing} not evaluable, left out" if missing else ""]
            about = Heading(
                f"donors/{endpoint.key}/{word}-{source.key}",
                f"{endpoint.label} at the last assessment, {title}",
                endpoint.population,
                group,
                (reached, asked, source_of),
                "; ".join(part for part in said if part),
            )
            yield proportion(about, x, n, rules)


def _along_levels(study: Study, word: str, found: Sequence[Source]) -> Iterator[Result]:
    """How many donors or lots went to one level only, and the sentence that says what this means."""
    named = [source for source in found if source.name is not None]
    level = dict(study.infused.select("USUBJID", "LEVEL").iter_rows())
    at: Mapping[str, frozenset[str]] = {
        source.key: frozenset(level[who] for who in source.subjects if level.get(who)) for source in named
    }
    single = [source for source in named if len(at[source.key]) == 1] if len(study.levels) > 1 else []
    names = {one.key: one.name for one in study.levels}
    parts = [f"{word} {source.name} went to {names[next(iter(at[source.key]))]} only" for source in single]
    for one in study.levels if len(study.levels) > 1 and len(named) > 1 else ():
        only = [source for source in named if one.key in at[source.key]]
        if len(only) == 1:
            parts.append(f"{one.name} got {word} {only[0].name} only")
    unable = f"a difference between {word}s may be one between levels, and the reverse"
    bags: Where = (("PARCAT1", "CELLS"), *INFUSED)
    who = tuple(sorted(one for source in single for one in source.subjects))
    about = Heading(
        f"donors/{word}/at-one-level",
        f"{word.capitalize()}s whose cells went to one level only",
        study.safety_set,
        behind=(Selection("counted", "adex", (*bags, ("USUBJID", who))), Selection("population", "adex", bags)),
        note=(
            f"{'; '.join(parts)}: {unable}"
            if parts
            else f"every level got several {word}s, and every {word} several levels"
        ),
    )
    # a number of donors, not of subjects: n counts the subjects behind it
    yield measure(about, "total", float(len(single)), len(who), f"{len(single)}/{len(named)}", "count")
