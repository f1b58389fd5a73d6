"""B cells: how many were depleted and when, when they came back, and counts by visit with values below the limit.

A count below the limit of quantification has no number: a median that rests on one prints as `<1` and has no value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.analysis import printed
from remit.analysis.index import Where
from remit.analysis.numbers import NOT_COLLECTED, RANGE, Heading, absent, measure, share, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study
from remit.stats import summary


def b_cells(study: Study) -> Iterator[Result]:
    """Depletion, return and courses; nothing when the protocol does not define B cells."""
    rule = study.protocol.b_cells
    if rule is None or study.infused.height == 0:
        return
    adlb = study.table("adlb")
    samples = (
        adlb.filter(
            pl.col("PARAMCD").is_in(rule.test_codes)
            & (pl.col("SAFFL") == "Y")
            & (pl.col("AVALU").is_null() | (pl.col("AVALU") == rule.unit))
            & (pl.col("AVAL").is_not_null() | (pl.col("BLQFL") == "Y"))
        )
        if adlb.height
        else adlb
    )
    if samples.height == 0:
        about = Heading(
            "b-cells/depleted", "B cells depleted", study.safety_set, behind=(study.everyone(study.columns[0]),)
        )
        yield absent(about, "proportion", NOT_COLLECTED)
        return
    stem: Where = (("PARAMCD", rule.test_codes if len(rule.test_codes) > 1 else rule.test_codes[0]), *INFUSED)
    yield from _depleted(study, samples, stem)
    yield from _returned(study)
    yield from _courses(study, samples, stem)


def _tte(study: Study, code: str, column: Column) -> pl.DataFrame:
    frame = study.table("adtte")
    if frame.height == 0:
        return frame
    mine = frame.filter((pl.col("PARAMCD") == code) & (pl.col("SAFFL") == "Y"))
    return mine if column.key == "all" else mine.filter(pl.col("LEVEL") == column.key)


def _depleted(study: Study, samples: pl.DataFrame, stem: Where) -> Iterator[Result]:
    rule, rules = study.protocol.b_cells, study.protocol.rules
    assert rule is not None
    # conditioning may have depleted them by the day of the first infusion, which then is the day
    after = samples.filter(pl.col("APROTDY") >= 0)
    for column in study.columns:
        rows = _tte(study, "TTBDEP", column)
        mine = after if column.key == "all" else after.filter(pl.col("LEVEL") == column.key)
        sampled = mine["USUBJID"].unique().to_list()
        counted = Selection("counted", "adtte", (("PARAMCD", "TTBDEP"), *INFUSED, ("CNSR", 0), *column.where))
        population = study.only("population", "adlb", (*stem, *column.where), sampled)
        among = "among those with a sample on the day of the first infusion or later"
        note = f"below {rule.depleted_below:g} {rule.unit}, {among}"
        title = f"B cells depleted{column.name}"
        about = Heading(
            f"b-cells/depleted{column.suffix}", title, study.safety_set, column.key, (counted, population), note
        )
        yield from share(about, rows.height, len(sampled), rules)
        days = [float(v - 1) for v in rows["AVAL"].to_list()] if rows.height else []
        about = Heading(
            f"b-cells/depletion-day{column.suffix}",
            f"First day with B cells depleted{column.name}",
            study.safety_set,
            column.key,
            (replace(counted, carries=("AVAL", "protocol-day")), population),
            "protocol day of the first such sample; the first infusion is day 0",
        )
        yield from spread(about, days, "days", rules, RANGE)


def _returned(study: Study) -> Iterator[Result]:
    rule, rules = study.protocol.b_cells, study.protocol.rules
    assert rule is not None
    for column in study.columns:
        rows = _tte(study, "TTBREC", column)
        where: Where = (("PARAMCD", "TTBREC"), *INFUSED, *column.where)
        behind = (Selection("counted", "adtte", (*where, ("CNSR", 0))), Selection("population", "adtte", where))
        back = rows.filter(pl.col("CNSR") == 0) if rows.height else rows
        samples = f"{rule.consecutive} samples in a row" if rule.consecutive > 1 else "one sample"
        limit = f"at {rule.reconstituted_at:g} {rule.unit} or more in {samples}"
        about = Heading(
            f"b-cells/returned{column.suffix}",
            f"B cells back after depletion{column.name}",
            study.safety_set,
            column.key,
            behind,
            limit,
        )
        yield from share(about, back.height, rows.height, rules)
        waiting = rows.height - back.height
        about = replace(
            about,
            stem=f"b-cells/reconstitution-months{column.suffix}",
            title=f"Time to B-cell return, months{column.name}",
            behind=(replace(behind[0], carries=("AVALMON", "value")), behind[1]),
            note=f"{limit}; {waiting} of {rows.height} not back at the last sample" if waiting else limit,
        )
        yield from spread(about, back["AVALMON"].to_list() if back.height else [], "months", rules, RANGE)


def _courses(study: Study, samples: pl.DataFrame, stem: Where) -> Iterator[Result]:
    unit = study.protocol.b_cells.unit if study.protocol.b_cells is not None else ""
    base = samples.filter(pl.col("ABLFL") == "Y")
    places: list[tuple[str, str, Where, pl.DataFrame]] = [("baseline", "at baseline", (("ABLFL", "Y"),), base)]
    chosen = samples.filter((pl.col("ANL01FL") == "Y") & (pl.col("APROTDY") > 0))
    by_visit = {key: part for (key,), part in chosen.group_by("AVISIT", maintain_order=True)}
    for visit in study.protocol.visits:
        if visit.key in by_visit:
            where: Where = (("AVISIT", visit.key), ("ANL01FL", "Y"))
            places.append((visit.key, f"at {visit.label.lower()}", where, by_visit[visit.key]))
    for key, words, where, rows in places:
        counted = study.only("counted", "adlb", (*stem, *where), rows["USUBJID"].to_list(), ("AVAL", "bounded"))
        about = Heading(
            f"b-cells/{key}",
            f"B cells {words}, {unit}",
            study.safety_set,
            behind=(counted, study.everyone(study.columns[0])),
        )
        yield from _bounded(study, about, rows)


def _bounded(study: Study, about: Heading, rows: pl.DataFrame) -> Iterator[Result]:
    """Order statistics of values of which some are only known to be below a limit."""
    rules = study.protocol.rules
    known = rows.filter(pl.col("AVAL").is_not_null() | pl.col("LLOQ").is_not_null())
    low = summary([0.0 if v is None else v for v in known["AVAL"].to_list()])
    high = summary([limit if v is None else v for v, limit in known.select("AVAL", "LLOQ").iter_rows()])
    below = known.filter(pl.col("AVAL").is_null()).height
    note = f"{below} below the limit of quantification" if below else ""
    yield measure(replace(about, note=note), "n", float(low.n), low.n, str(low.n), "count")
    for statistic, least, most in (
        ("median", low.median, high.median),
        ("q1", low.q1, high.q1),
        ("q3", low.q3, high.q3),
        ("min", low.minimum, high.minimum),
        ("max", low.maximum, high.maximum),
    ):
        here = replace(about, title=f"{about.title}, {statistic}", note=note)
        if least is None or most is None:
            yield absent(here, statistic, "no value known")
        elif least == most:
            text = printed.number(least, "per-microliter", statistic, rules)
            yield measure(here, statistic, least, low.n, text)
        else:
            text = f"<{printed.number(most, 'per-microliter', statistic, rules)}"
            yield measure(here, statistic, None, low.n, text)
