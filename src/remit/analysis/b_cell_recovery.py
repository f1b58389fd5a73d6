"""How deep B cells fell, how long they were gone, and which came back: nadir, aplasia and subsets by visit.

The lowest count of a subject may be known only to lie below a limit; a spread that rests on one prints as `<1`. Aplasia
runs from the first depleted sample to the return, which lies between two samples: bounds of its median by Turnbull's
estimate. When depletion came before its first sample, aplasia is longer by as much. Subsets are those CDISC codes of CP
that the records hold; nothing is said about one that was not measured. What came back is the subset's first value on
the day of the return or later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.analysis import printed
from remit.analysis.bounded import bounded_spread
from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, absent, measure, share, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study
from remit.stats import fixed, summary, turnbull

NOT_REACHED = "not reached"

SUBSETS: dict[str, tuple[str, str]] = {
    "BLYN": ("naive", "Naive B cells"),
    "BLYNBLY": ("naive-percent", "Naive B cells, % of B cells"),
    "BLYT": ("transitional", "Transitional B cells"),
    "BLYTBLY": ("transitional-percent", "Transitional B cells, % of B cells"),
    "BLYM": ("memory", "Memory B cells"),
    "BLYMBLY": ("memory-percent", "Memory B cells, % of B cells"),
    "BLYMSW": ("switched-memory", "Class-switched memory B cells"),
    "BMSB": ("switched-memory-percent", "Class-switched memory B cells, % of B cells"),
    "BLYMNSW": ("unswitched-memory", "Unswitched memory B cells"),
    "BMNSWB": ("unswitched-memory-percent", "Unswitched memory B cells, % of B cells"),
    "PB": ("plasmablasts", "Plasmablasts"),
    "PBBLY": ("plasmablasts-percent", "Plasmablasts, % of B cells"),
}
"""CDISC test code -> (segment of the id, words)."""


def b_cell_recovery(study: Study) -> Iterator[Result]:
    """Nadir and aplasia by level where the protocol defines B cells, then every subset that was measured."""
    if study.infused.height == 0 or study.table("adlb").height == 0:
        return
    if study.protocol.b_cells is not None:
        yield from _nadir(study)
        for column in study.columns:
            yield from _aplasia(study, column)
    yield from _subsets(study)


def _nadir(study: Study) -> Iterator[Result]:
    rule, rules = study.protocol.b_cells, study.protocol.rules
    assert rule is not None
    codes = rule.test_codes
    where: Where = (("PARAMCD", codes if len(codes) > 1 else codes[0]), *INFUSED, ("ONTRTFL", "Y"))
    below = pl.col("BLQFL") == "Y"
    per = (
        study.table("adlb")[study.index.rows("adlb", where).tolist()]
        .filter((pl.col("AVALU").is_null() | (pl.col("AVALU") == rule.unit)) & (pl.col("APROTDY") > 0))
        .group_by("USUBJID", "LEVEL")
        .agg(
            pl.when(below).then(pl.when(pl.col("LLOQ").is_not_null()).then(0.0)).otherwise("AVAL").min().alias("low"),
            pl.when(below).then("LLOQ").otherwise("AVAL").min().alias("high"),
        )
        .drop_nulls(["low", "high"])
    )
    found = list(per.sort("USUBJID").iter_rows())
    for column in study.columns:
        mine = [(who, low, high) for who, level, low, high in found if column.key in ("all", level)]
        if not mine:
            continue
        least, most = summary([low for _, low, _ in mine]), summary([high for _, _, high in mine])
        unquantified = sum(low < high for _, low, high in mine)
        about = Heading(
            f"b-cells/nadir{column.suffix}",
            f"Lowest B-cell count after the first infusion, {rule.unit}{column.name}",
            study.safety_set,
            column.key,
            (
                study.only("counted", "adlb", (*where, *column.where), [who for who, _, _ in mine]),
                study.everyone(column),
            ),
            f"below the limit of quantification in {unquantified}" if unquantified else "",
        )
        yield measure(about, "n", float(least.n), least.n, str(least.n), "count")
        gone = [who for who, low, high in mine if low < high]
        deep = replace(
            about,
            stem=f"b-cells/below-quantification{column.suffix}",
            title=f"B cells at their lowest below the limit of quantification{column.name}",
            behind=(
                study.only("counted", "adlb", (*where, *column.where, ("BLQFL", "Y")), gone),
                study.only("population", "adlb", (*where, *column.where), [who for who, _, _ in mine]),
            ),
            note="among those with a count after the first infusion",
        )
        yield from share(deep, len(gone), len(mine), rules)
        for statistic, floor, ceiling in (
            ("median", least.median, most.median),
            ("min", least.minimum, most.minimum),
            ("max", least.maximum, most.maximum),
        ):
            assert floor is not None
            assert ceiling is not None
            here = replace(about, title=f"{about.title}, {statistic}")
            text = printed.number(ceiling, "per-microliter", statistic, rules)
            exact = floor == ceiling
            yield measure(here, statistic, ceiling if exact else None, least.n, text if exact else f"<{text}")


def _aplasia(study: Study, column: Column) -> Iterator[Result]:
    frame = study.table("adtte")
    if frame.height == 0:
        return
    back: Where = (("PARAMCD", "TTBREC"), *INFUSED, *column.where)
    fell: Where = (("PARAMCD", "TTBDEP"), *INFUSED, *column.where)
    depleted = dict(frame[study.index.rows("adtte", fell).tolist()].select("USUBJID", "AVAL").iter_rows())
    rows = frame[study.index.rows("adtte", back).tolist()].filter(pl.col("ADTLO").is_not_null())
    spans = [
        # the first day of AVAL is 1
        (float(low - depleted[who] + 1), None if high is None else float(high - depleted[who] + 1))
        for who, low, high in rows.select("USUBJID", "ADTLO", "ADTHI").iter_rows()
        if who in depleted
    ]
    if not spans:
        return
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    behind = (Selection("counted", "adtte", back), Selection("population", "adtte", fell))
    about = Heading(
        f"b-cells/aplasia-days{column.suffix}",
        f"B-cell aplasia, days{column.name}",
        study.safety_set,
        column.key,
        behind,
        "from the first depleted sample to the return, which lies between two samples",
    )
    least = replace(
        about,
        stem=f"b-cells/aplasia-at-least-days{column.suffix}",
        title=f"B-cell aplasia, days it lasted at least{column.name}",
    )
    yield from spread(least, lows, "days", study.protocol.rules, RANGE)
    if column.key != "all":
        return
    found = turnbull(lows, highs).median()
    for statistic, days in (("median-low", found and found[0]), ("median-high", found and found[1])):
        here = replace(about, title=f"{about.title}, {statistic.replace('-', ', ')} bound")
        if days is None:
            said = replace(here, note=f"{NOT_REACHED}; {here.note}")
            yield measure(said, statistic, None, len(spans), NOT_REACHED, "Turnbull")
        else:
            yield measure(here, statistic, days, len(spans), fixed(days, 0, study.protocol.rules.rounding), "Turnbull")


def _subsets(study: Study) -> Iterator[Result]:
    adlb = study.table("adlb")
    mine = adlb.filter((pl.col("SRCDOM") == "CP") & (pl.col("SAFFL") == "Y") & pl.col("PARAMCD").is_in(list(SUBSETS)))
    labels = {visit.key: visit.label.lower() for visit in study.protocol.visits}
    # a gather of the whole table copies its lists of records: only what is read here
    narrow = (
        adlb.select("USUBJID", "AVAL", pl.when(pl.col("BLQFL") == "Y").then("LLOQ").alias("LLOQ"))
        if mine.height
        else adlb
    )
    for code, (key, words) in SUBSETS.items():
        rows = mine.filter(pl.col("PARAMCD") == code)
        if rows.height == 0:
            continue
        stem: Where = (("SRCDOM", "CP"), ("PARAMCD", code), *INFUSED)
        units = sorted(rows["AVALU"].drop_nulls().unique().to_list())
        if len(units) > 1:
            about = Heading(f"b-cells/subset/{key}/baseline", f"{words} at baseline", study.safety_set)
            everyone = (Selection("population", "adlb", stem),)
            yield absent(replace(about, behind=everyone), "median", f"recorded in {len(units)} units")
            continue
        unit = f", {units[0]}" if units and units[0] != "%" else ""
        places: list[tuple[str, str, Where]] = [("baseline", "at baseline", (("ABLFL", "Y"),))]
        places += [(v, f"at {labels[v]}", (("AVISIT", v), ("ANL01FL", "Y"), ("ONTRTFL", "Y"))) for v in labels]
        for place, said, more in places:
            where = (*stem, *more)
            here = narrow[study.index.rows("adlb", where)]
            if here.height == 0:
                continue
            known = here.drop_nulls("AVAL")["USUBJID"].to_list()
            about = Heading(
                f"b-cells/subset/{key}/{place}",
                f"{words}{unit}, {said}",
                study.safety_set,
                behind=(
                    study.only("counted", "adlb", where, known, ("AVAL", "value")),
                    Selection("population", "adlb", where),
                ),
            )
            values = [(value, limit) for _, value, limit in here.iter_rows()]
            yield from bounded_spread(about, values, "percent", study.protocol.rules, RANGE)
        yield from _at_return(study, rows, (key, f"{words}{unit}"), stem)


def _at_return(study: Study, rows: pl.DataFrame, about: tuple[str, str], stem: Where) -> Iterator[Result]:
    """The first value of a subset at the return of B cells or after it, in those who returned."""
    frame = study.table("adtte")
    back: Where = (("PARAMCD", "TTBREC"), ("CNSR", 0), *INFUSED)
    if frame.height == 0 or not len(study.index.rows("adtte", back)):
        return
    # the first day of AVAL is 1
    returned = dict(frame.select("USUBJID", "AVAL")[study.index.rows("adtte", back)].iter_rows())
    first: dict[str, tuple[int, float | None, float | None]] = {}
    order = rows.filter(pl.col("APROTDY").is_not_null()).sort("USUBJID", "APROTDY", maintain_order=True)
    for who, day, value, limit, below in order.select("USUBJID", "APROTDY", "AVAL", "LLOQ", "BLQFL").iter_rows():
        if who in returned and who not in first and day >= returned[who] - 1:
            first[who] = (day, value, limit if below == "Y" else None)
    key, words = about
    on: dict[int, list[str]] = {}
    for who, (day, _, _) in first.items():
        on.setdefault(day, []).append(who)
    # the day differs between subjects, and a subject has values on other subjects' days: one filter a day
    counted = [study.only("counted", "adlb", (*stem, ("APROTDY", day)), who) for day, who in sorted(on.items())]
    behind = (*counted, Selection("population", "adtte", back))
    missing = len(returned) - len(first)
    heading = Heading(
        f"b-cells/subset/{key}/at-return",
        f"{words}, at the return of B cells",
        study.safety_set,
        behind=behind,
        note=f"not measured since in {missing} of {len(returned)}" if missing else "",
    )
    values = [(value, limit) for _, value, limit in first.values()]
    yield from bounded_spread(heading, values, "percent", study.protocol.rules, RANGE)
