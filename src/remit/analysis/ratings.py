"""Rating forms: skin, joints, damage, SLE-DAS by visit; responses; flares; and classification at baseline.

Only what was rated has results. Flares are counted against the assessment before, after the first infusion; who had
none and is unknown at some visit is not evaluable. The rate divides by the time from visit to visit, from the first
infusion on, without the stretches that end in a visit at which it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from remit.analysis.activity import BASELINE, Course, rows_of, times
from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, measure, proportion, share, share_count, spread, total
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study
from remit.stats import fixed

COURSES: tuple[Course, ...] = (
    Course("clasi-activity", "adrs", "CLASIA", "CLASI activity (0 to 70)", "score"),
    Course("clasi-damage", "adrs", "CLASID", "CLASI damage (0 to 56)", "score"),
    Course("tender-joints", "adrs", "TJC28", "Tender joints of 28", "score"),
    Course("swollen-joints", "adrs", "SJC28", "Swollen joints of 28", "score"),
    Course("sle-das", "adrs", "SLEDAS", "SLE-DAS", "sle-das"),
    Course("sdi", "adrs", "SDI", "SLICC/ACR damage index", "score"),
)
RESPONSES: tuple[Course, ...] = (
    Course("clasi-50", "adrs", "CLASI50", "CLASI activity fallen by half, of 10 or more at baseline", "answer"),
    Course("joint-50", "adrs", "JOINT50", "Active joints fallen by half, of 4 or more at baseline", "answer"),
)
CATEGORIES = Course("sle-das-category", "adrs", "SLEDASC", "SLE-DAS", "category")
BANDS = (("remission", "remission"), ("mild", "mild"), ("moderate-severe", "moderate_severe"))
FLARE, UNDRUGGED = "SFI", "SFIND"
KINDS = ("mild_moderate", "severe")
BY_SCORE = "by score alone, whatever the prednisone dose"
YEAR = 365.25


@dataclass(frozen=True)
class Classified:
    """One way to classify lupus: the segment of ids, the answer's and the score's parameter, and titles."""

    key: str
    answer: str
    score: str
    title: str
    score_title: str


CLASSIFICATIONS: tuple[Classified, ...] = (
    Classified("eular-acr-2019", "EACR19YN", "EACR19", "Lupus by EULAR/ACR 2019", "EULAR/ACR 2019, points established"),
    Classified("acr-1997", "ACR97YN", "ACR97", "Lupus by ACR 1997", "ACR 1997 criteria met"),
)


def ratings(study: Study) -> Iterator[Result]:
    """Everything that rating forms gave, in the order of the report."""
    if study.infused.height == 0 or study.table("adrs").height == 0:
        return
    for one in CLASSIFICATIONS:
        yield from _classified(study, one)
    yield from _baseline_damage(study)
    for course in COURSES:
        yield from _course(study, course)
    for course in RESPONSES:
        yield from _response(study, course)
    yield from _categories(study)
    yield from _new_damage(study)
    yield from _flares(study)


def _classified(study: Study, one: Classified) -> Iterator[Result]:
    """The answer before treatment; who has none that is known is out of the denominator and named."""
    rows = rows_of(study, Course(one.key, "adrs", one.answer, one.title, "answer"))
    if rows is None:
        return
    for column in study.columns:
        where: Where = (("PARAMCD", one.answer), *INFUSED, ("ABLFL", "Y"), *column.where)
        counted, population = (
            Selection("counted", "adrs", (*where, ("AVALC", "Y"))),
            Selection("population", "adrs", (*where, ("AVALC", ("Y", "N")))),
        )
        x, n = (study.index.count("adrs", one.where) for one in (counted, population))
        note = f"unknown in {column.n - n}" if n < column.n else ""
        about = Heading(
            f"baseline/{one.key}{column.suffix}", f"{one.title}{column.name}", study.safety_set, column.key,
            (counted, population), note,
        )  # fmt: skip
        yield share_count(about, x, n, study.protocol.rules)
    yield from _at_baseline(study, f"{one.key}-score", one.score, one.score_title)


def _baseline_damage(study: Study) -> Iterator[Result]:
    yield from _at_baseline(study, "sdi", "SDI", "SLICC/ACR damage index")


def _at_baseline(study: Study, key: str, code: str, title: str) -> Iterator[Result]:
    rows = rows_of(study, Course(key, "adrs", code, title, "score"))
    if rows is None:
        return
    base = rows.filter(pl.col("ABLFL") == "Y")
    for column in study.columns:
        mine = base if column.key == "all" else base.filter(pl.col("LEVEL") == column.key)
        where: Where = (("PARAMCD", code), *INFUSED, ("ABLFL", "Y"), *column.where)
        behind = (Selection("counted", "adrs", where, ("AVAL", "value")), study.everyone(column))
        stem = f"baseline/{key}{column.suffix}"
        missing = column.n - mine.height
        about = Heading(stem, f"{title} at baseline{column.name}", study.safety_set, column.key, behind)
        about = replace(about, note=f"unknown in {missing}" if missing else "")
        yield from spread(about, mine["AVAL"].to_list(), "score", study.protocol.rules, RANGE)


def _course(study: Study, course: Course) -> Iterator[Result]:
    """Value at baseline, every visit and last; change at the last assessment."""
    rows = rows_of(study, course)
    if rows is None or rows["AVAL"].drop_nulls().is_empty():
        return
    column = study.columns[0]
    for key, words, where, here in times(study, course, rows):
        at = (where, here)
        yield from _spread(study, course, f"activity/{course.key}/{key}", f"{course.title}, {words}", at, "AVAL")
        if key == "last":
            title = f"{course.title}, change from baseline {words}"
            yield from _spread(study, course, f"activity/{course.key}-change/{key}{column.suffix}", title, at, "CHG")


def _spread(
    study: Study, course: Course, stem: str, title: str, at: tuple[Where, pl.DataFrame], source: str
) -> Iterator[Result]:
    where, mine = at
    known = mine.drop_nulls(source)["USUBJID"].to_list()
    counted = study.only("counted", course.table, where, known, (source, "value"))
    about = Heading(stem, title, study.safety_set, behind=(counted, Selection("population", course.table, where)))
    yield from spread(about, mine[source].to_list(), course.quantity, study.protocol.rules, RANGE)


def _response(study: Study, course: Course) -> Iterator[Result]:
    """The share at every visit among those with an answer; under the code of an endpoint it is efficacy instead."""
    rows = rows_of(study, course)
    if rows is None:
        return
    for key, words, where, here in times(study, course, rows):
        if key == BASELINE:
            continue
        open_rows = here.filter(pl.col("AVALC").is_null()).height
        yield _share(
            study, f"activity/{course.key}/{key}", f"{course.title}, {words}", where, ("Y",), ("Y", "N"), open_rows
        )


def _share(
    study: Study,
    stem: str,
    title: str,
    where: Where,
    met: Sequence[str],
    known: Sequence[str],
    unknown: int,
    meaning: str = "",
) -> Result:
    counted = Selection("counted", "adrs", (*where, ("AVALC", tuple(met) if len(met) > 1 else met[0])))
    population = Selection("population", "adrs", (*where, ("AVALC", tuple(known))))
    x, n = (study.index.count("adrs", one.where) for one in (counted, population))
    note = "; ".join(one for one in (meaning, f"not evaluable in {unknown}" if unknown else "") if one)
    about = Heading(stem, title, study.safety_set, behind=(counted, population), note=note)
    return proportion(about, x, n, study.protocol.rules)


def _categories(study: Study) -> Iterator[Result]:
    rows = rows_of(study, CATEGORIES)
    if rows is None:
        return
    words = [word for _, word in BANDS]
    for key, said, where, here in times(study, CATEGORIES, rows):
        unknown = here.filter(pl.col("AVALC").is_null()).height
        for segment, word in BANDS:
            title = f"SLE-DAS {word.replace('_', ' or ')} {said}"
            stem = f"activity/sle-das-category/{key}/{segment}"
            meaning = BY_SCORE if segment == "remission" else ""
            yield _share(study, stem, title, where, (word,), words, unknown, meaning)


def _new_damage(study: Study) -> Iterator[Result]:
    """Subjects whose damage index rose, among those with one before and one after treatment."""
    rows = rows_of(study, COURSES[-1])
    if rows is None:
        return
    later = rows.filter((pl.col("LASTFL") == "Y") & pl.col("CHG").is_not_null())
    where: Where = (("PARAMCD", "SDI"), *INFUSED, ("LASTFL", "Y"))
    risen = later.filter(pl.col("CHG") > 0)["USUBJID"].to_list()
    behind = (
        study.only("counted", "adrs", where, risen),
        study.only("population", "adrs", where, later["USUBJID"].to_list()),
    )
    title = "New damage (SLICC/ACR index above baseline) at the last assessment"
    about = Heading("activity/sdi-new/last", title, study.safety_set, behind=behind)
    yield from share(about, len(risen), later.height, study.protocol.rules)


def _flares(study: Study) -> Iterator[Result]:
    """Subjects with a flare by kind, flares in all, and flares per year of observation."""
    adrs = study.table("adrs")
    after = adrs.filter((pl.col("SAFFL") == "Y") & (pl.col("APROTDY") > 0))
    rated = after.filter(pl.col("PARAMCD") == FLARE)
    if rated["AVALC"].drop_nulls().is_empty():
        return
    undrugged = after.filter(pl.col("PARAMCD") == UNDRUGGED)
    for segment, title, code, rows, words in (
        ("any", "A flare (SELENA index)", FLARE, rated, KINDS),
        ("mild-moderate", "A mild or moderate flare", FLARE, rated, ("mild_moderate",)),
        ("severe", "A severe flare", FLARE, rated, ("severe",)),
        ("any-without-drugs", "A flare without the drug lines", UNDRUGGED, undrugged, KINDS),
    ):
        for column in study.columns if segment == "any" else study.columns[:1]:
            yield from _with_flare(study, f"flares/{segment}", title, code, rows, words, column)
    yield from _flare_rate(study, rated)


def _with_flare(
    study: Study, stem: str, title: str, code: str, rows: pl.DataFrame, words: Sequence[str], column: Column
) -> Iterator[Result]:
    mine = rows if column.key == "all" else rows.filter(pl.col("LEVEL") == column.key)
    where: Where = (("PARAMCD", code), *INFUSED, *column.where, _days(rows))
    kinds = tuple(words) if len(words) > 1 else words[0]
    seen = set(mine["USUBJID"])
    flared = set(mine.filter(pl.col("AVALC").is_in(list(words)))["USUBJID"])
    # no flare is known only where every visit is
    unknown = set(mine.filter(pl.col("AVALC").is_null())["USUBJID"]) - flared
    evaluable = seen - unknown
    behind = (
        study.only("counted", "adrs", (*where, ("AVALC", kinds)), flared),
        study.only("population", "adrs", where, evaluable),
    )
    missing = column.n - len(seen)
    notes = (
        f"never rated after treatment in {missing}" if missing else "",
        f"unknown at some visit in {len(unknown)}" if unknown else "",
    )
    about = Heading(f"{stem}{column.suffix}", f"{title}{column.name}", study.safety_set, column.key, behind)
    about = replace(about, note="; ".join(note for note in notes if note))
    yield from share(about, len(flared), len(evaluable), study.protocol.rules)


def _days(rows: pl.DataFrame) -> tuple[str, tuple[int, ...]]:
    """The days of these rows as a condition, for filters that can only say equal: others are before treatment."""
    return "APROTDY", tuple(sorted(set(rows["APROTDY"].to_list())))


def _flare_rate(study: Study, rated: pl.DataFrame) -> Iterator[Result]:
    before = pl.col("APROTDY").shift(1).over("USUBJID").fill_null(0)
    stretches = rated.sort("USUBJID", "APROTDY").with_columns((pl.col("APROTDY") - before).alias("DAYS"))
    known = stretches.filter(pl.col("AVALC").is_not_null())
    flares = known.filter(pl.col("AVAL") > 0)
    years = sum(known["DAYS"].to_list()) / YEAR
    subjects = known["USUBJID"].n_unique()
    where: Where = (("PARAMCD", FLARE), *INFUSED, _days(known))
    behind = (
        Selection("counted", "adrs", (*where, ("AVALC", KINDS))),
        Selection("population", "adrs", (*where, ("AVALC", ("none", *KINDS)))),
    )
    about = Heading("flares/all", "Flares (SELENA index), all visits", study.safety_set, behind=behind)
    yield total(about, "flares", flares.height, subjects)
    if years > 0:
        rules = study.protocol.rules
        note = f"{flares.height} in {fixed(years, 1, rules.rounding)} years of {subjects} subjects"
        about = replace(about, title="Flares (SELENA index) per subject and year", note=note)
        rate = flares.height / years
        yield measure(about, "per-year", rate, subjects, fixed(rate, 2, rules.rounding), "events per person-year")
