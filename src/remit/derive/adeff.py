"""ADEFF: the answer to every efficacy endpoint, one row per subject, variant, time point and group, with the reason.

This is what a reader sees when opening a proportion: who counted, who did not, who could not be judged and why.
A visit that the data cut came before is *not evaluable*: neither a failure nor a missing value.

What the protocol asks meets every subject; each question is joined with the assessment that answers it, or with what
stands in its place, and then with the subject's memberships.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from remit.derive.frames import UNSAID, UNTRACED
from remit.derive.lines import OUTSIDE
from remit.protocol import Endpoint, Protocol
from remit.records.lineage import SOURCES, gather

SCHEMA = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "ENDPOINT": pl.String(),
    "VARIANT": pl.String(), "DEFVFL": pl.String(), "TIMEPOINT": pl.String(), "GROUP": pl.String(),
    "IN": pl.String(), "ANSWER": pl.String(), "AVALNRI": pl.String(), "APPLFL": pl.String(),
    "BECAUSE": pl.List(pl.String), "AVISIT": pl.String(), "ADT": pl.Date(), "APROTDY": pl.Int64(),
    "sources": pl.List(pl.String), "SENTENCE": pl.String(),
})  # fmt: skip
EVERYONE = "all"

# Time points that are no visits: the last assessment, and any assessment so far.
LAST, EVER = "last", "ever"

# The assessments of one subject that answer one variant of one parameter.
COURSE = ("USUBJID", "PARAMCD", "VARIANT")

FOUND = (*COURSE, "TIMEPOINT", "ANSWER", "AVALNRI", "_out", "BECAUSE", "AVISIT", "ADT", "APROTDY", "_rests")


def adeff(
    protocol: Protocol, subjects: pl.DataFrame, adrs: pl.DataFrame, adset: pl.DataFrame, *, traced: bool = True
) -> pl.DataFrame:
    """One row per subject × endpoint × variant × TIMEPOINT (visit key, `last`, `ever`) × GROUP (group key, `all`).

    IN       Y when the subject belongs to the endpoint's population and to the group; null where that is not known yet
    ANSWER   Y, N, or null: not evaluable, and BECAUSE says why
    AVALNRI  the same with a missed visit counted as non-response; null where the cut came first, or APPLFL is N
    APPLFL   N where the instrument does not ask the subject (nothing to improve at baseline): neither a no nor a miss
    sources  the records of the answer and of the membership
    """
    endpoints = [e for e in protocol.endpoints if e.kind in ("state", "response") and e.paramcd]
    if not endpoints or adrs.height == 0:
        return pl.DataFrame(schema=SCHEMA)
    people = subjects.select("USUBJID", "LEVEL", "SAFFL", "TRTSDT", "CUTDT", "LSTALVDT", "EOSSTT", SOURCES)
    courses = _courses(adrs, [e.paramcd for e in endpoints])
    answers = _answers(protocol, endpoints, people, courses)
    memberships = _memberships(endpoints, people, adset)
    rows = answers.join(memberships.drop(SOURCES), on=["USUBJID", "ENDPOINT"], how="left", maintain_order="left_right")
    if not traced:
        rows = rows.with_columns(UNTRACED.alias(SOURCES), UNTRACED.alias("BECAUSE"), UNSAID.alias("SENTENCE"))
        return rows.select(SCHEMA.names())
    rows = _with_sources(rows, people, courses, memberships)
    because = pl.when(pl.col("IN") == "Y").then("BECAUSE").otherwise(pl.concat_list("_reason"))
    rows = rows.with_columns(because.alias("BECAUSE"))
    return rows.with_columns(_sentence().alias("SENTENCE")).select(SCHEMA.names())


def _courses(adrs: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    """Post-baseline rows in order of day, numbered by `_n`, with their ANSWER and AVALNRI.

    `_rest` is the `_n` of the first row with the very same sources: all variants of a state judge the same records.
    """
    order = adrs.select("USUBJID", "PARAMCD", "APROTDY", "VISITNUM").with_row_index("_place")
    order = order.filter(pl.col("PARAMCD").is_in(codes) & (pl.col("APROTDY") > 0))
    order = order.sort("USUBJID", "APROTDY", "VISITNUM", nulls_last=True, maintain_order=True)
    columns = (*COURSE, "AVALC", "BECAUSE", "AVISIT", "ADT", "APROTDY", "ANL01FL", SOURCES)
    courses = adrs.select(columns)[order["_place"]].with_row_index("_n")
    why = pl.col("BECAUSE").list.first()
    out = pl.col("AVALC").is_null() & pl.any_horizontal(why.str.starts_with(words) for words in OUTSIDE)
    courses = courses.with_columns(out.fill_null(False).alias("_out"))
    return courses.with_columns(
        pl.col("AVALC").alias("ANSWER"),
        pl.when(~pl.col("_out")).then(pl.col("AVALC").fill_null("N")).alias("AVALNRI"),
        pl.col("_n").first().over(SOURCES).alias("_rest"),
    )


def _answers(
    protocol: Protocol, endpoints: Sequence[Endpoint], people: pl.DataFrame, courses: pl.DataFrame
) -> pl.DataFrame:
    """Every question of the protocol to every subject, in order, with the answer or what stands in its place.

    returns   `_rests`: the `_rest` of every assessment behind the answer; null where there is none
    """
    asked = _asked(endpoints)
    visits = _visits(protocol).filter(pl.col("TIMEPOINT").is_in(asked["TIMEPOINT"].implode()))
    found = pl.concat([_at_visit(courses, visits), _at_last(courses), _so_far(courses)])
    rows = people.drop(SOURCES).join(asked, how="cross").join(visits, on="TIMEPOINT", how="left", maintain_order="left")
    rows = _without(rows).join(found, on=[*COURSE, "TIMEPOINT"], how="left", maintain_order="left")
    # a visit without an assessment: who is never asked has missed nothing
    never = courses.group_by(COURSE).agg(pl.col("_out").all().alias("_never"))
    rows = rows.join(never, on=COURSE, how="left", maintain_order="left")
    here = pl.col("_rests").is_not_null()
    out = pl.coalesce("_out", "_never").fill_null(False)
    return rows.with_columns(
        pl.when(out).then(None).when(here).then("AVALNRI").when("_due").then(pl.lit("N")).alias("AVALNRI"),
        pl.when(out).then(pl.lit("N")).otherwise(pl.lit("Y")).alias("APPLFL"),
        pl.when(here).then("BECAUSE").otherwise(pl.concat_list("_why")).alias("BECAUSE"),
    )


def _asked(endpoints: Sequence[Endpoint]) -> pl.DataFrame:
    """One row per endpoint, variant and time point, in the order of the protocol."""
    rows = [
        (e.key, e.label, e.paramcd, variant, "Y" if variant == e.variant else "N", timepoint)
        for e in endpoints
        for variant in dict.fromkeys((e.variant, *e.variants))
        for timepoint in dict.fromkeys((*e.timepoints, EVER))
    ]
    columns = ("ENDPOINT", "_label", "PARAMCD", "VARIANT", "DEFVFL", "TIMEPOINT")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _visits(protocol: Protocol) -> pl.DataFrame:
    """The planned visits as time points: `_called`, `_target` day and the last day that counts, `_closes`."""
    rows = [(v.key, v.label.lower(), v.day or 0, v.window[1] if v.window else v.day) for v in protocol.visits]
    schema = {"TIMEPOINT": pl.String, "_called": pl.String, "_target": pl.Int64, "_closes": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _at_visit(courses: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """The row that stands for a visit. Where nothing is known at any, the one nearest to the target says why."""
    here = courses.drop(SOURCES).join(visits, left_on="AVISIT", right_on="TIMEPOINT", how="inner")
    apart = (pl.col("APROTDY") - pl.col("_target")).abs()
    best = here.sort("ANL01FL", apart, -pl.col("APROTDY"), "_n", nulls_last=True)
    first = best.unique([*COURSE, "AVISIT"], keep="first", maintain_order=True)
    return first.with_columns(pl.col("AVISIT").alias("TIMEPOINT"), pl.concat_list("_rest").alias("_rests")).select(
        FOUND
    )


def _at_last(courses: pl.DataFrame) -> pl.DataFrame:
    last = courses.drop(SOURCES).unique(COURSE, keep="last", maintain_order=True)
    return last.with_columns(pl.lit(LAST).alias("TIMEPOINT"), pl.concat_list("_rest").alias("_rests")).select(FOUND)


def _so_far(courses: pl.DataFrame) -> pl.DataFrame:
    """The first row that says yes, and that it is the first rests on those before it; else all rows together say no."""
    met = pl.col("_n").filter(pl.col("ANSWER") == "Y").first()
    shown = pl.coalesce(met, pl.col("_n").last())
    course = courses.group_by(COURSE, maintain_order=True).agg(
        shown.alias("_n"),
        met.is_null().alias("_never"),
        pl.col("ANSWER").is_null().any().alias("_unknown"),
        pl.col("_rest").filter(pl.col("_n") <= shown).alias("_rests"),
        pl.col("_out").all().alias("_outside"),
    )
    unmet = (
        pl.when("_outside")
        .then("BECAUSE")
        .when("_unknown")
        .then(pl.lit(["not met where known, unknown at some visit"]))
        .otherwise(pl.lit(["not met at any visit so far"]))
    )
    return (
        course.join(courses.drop(*COURSE, SOURCES), on="_n", maintain_order="left")
        .with_columns(
            pl.lit(EVER).alias("TIMEPOINT"),
            pl.when(~pl.col("_never")).then("ANSWER").when(~pl.col("_unknown")).then(pl.lit("N")).alias("ANSWER"),
            pl.when(pl.col("_never") & ~pl.col("_outside")).then(pl.lit("N")).otherwise("AVALNRI").alias("AVALNRI"),
            pl.col("_outside").alias("_out"),
            pl.when("_never").then(unmet).otherwise("BECAUSE").alias("BECAUSE"),
        )
        .select(FOUND)
    )


def _without(rows: pl.DataFrame) -> pl.DataFrame:
    """Add what holds for a question without an assessment: `_why`, and whether an answer was `_due` by the cut.

    The last assessment, or any, is due as soon as one of the endpoint's visits is: then not one was held.
    """
    visit, known = pl.col("_called").is_not_null(), pl.col("CUTDT").is_not_null()
    closes = pl.col("TRTSDT") + pl.duration(days=pl.col("_closes"))
    early = (closes > pl.col("CUTDT")).fill_null(False)
    left = ((pl.col("EOSSTT") == "DISCONTINUED") & known & (pl.col("LSTALVDT") < closes)).fill_null(False)
    why = (
        pl.when(~visit)
        .then(pl.lit("no assessment after the first infusion"))
        .when(early)
        .then(pl.format("{} not reached at the data cut", "_called"))
        .when(left)
        .then(pl.format("left the study before {}", "_called"))
        .otherwise(pl.lit("no assessment in the visit window"))
    )
    rows = rows.with_columns(why.alias("_why"), pl.when(visit).then(~early).alias("_due"))
    some = pl.col("_due").max().over("USUBJID", "ENDPOINT").fill_null(True)
    return rows.with_columns(pl.col("_due").fill_null(some))


def _memberships(endpoints: Sequence[Endpoint], people: pl.DataFrame, adset: pl.DataFrame) -> pl.DataFrame:
    """Kleene 'and' of population, group asked, and group: one row per subject, endpoint and group, in order.

    IN and `_reason`, the sources, and `_belongs`: the number of the first row with the very same sources
    """
    places = [(e.key, e.population, e.within or EVERYONE, group) for e in endpoints for group in (EVERYONE, *e.groups)]
    schema = dict.fromkeys(("ENDPOINT", "_population", "_asked_of", "GROUP"), pl.String)
    verdict = pl.struct("IN", "REASON", SOURCES)
    sets = adset.unique(["USUBJID", "SET"], keep="last", maintain_order=True)
    sets = sets.select("USUBJID", "SET", verdict.alias("_verdict"))
    rows = people.select("USUBJID").join(pl.DataFrame(places, schema=schema, orient="row"), how="cross")
    asked = [("_population", "_inside"), ("GROUP", "_within")]
    if any(e.within is not None for e in endpoints):
        asked.append(("_asked_of", "_applies"))
    for key, column in asked:
        mine = sets.rename({"SET": key, "_verdict": column})
        rows = rows.join(mine, on=["USUBJID", key], how="left", maintain_order="left")
    inside = pl.col("_inside").fill_null(_outside("not in the population"))
    if len(asked) > 2:
        applies = pl.col("_applies").fill_null(_outside("not in the group"))
        inside = _both(inside, _not_applicable(applies), pl.col("_asked_of") == EVERYONE)
    chosen = _both(inside, pl.col("_within").fill_null(_outside("not in the group")), pl.col("GROUP") == EVERYONE)
    rows = rows.select("USUBJID", "ENDPOINT", "GROUP", chosen.alias("_chosen")).unnest("_chosen").with_row_index("_m")
    return rows.rename({"REASON": "_reason"}).with_columns(pl.col("_m").first().over(SOURCES).alias("_belongs"))


def _both(first: pl.Expr, second: pl.Expr, free: pl.Expr) -> pl.Expr:
    """The verdict that decides of two; where it is `free`, the second asks nothing."""
    settled = (first.struct.field("IN") == "N").fill_null(False) | free
    decides = (second.struct.field("IN") == "N") | (first.struct.field("IN") == "Y")
    return pl.when(settled | ~decides.fill_null(False)).then(first).otherwise(second)


def _not_applicable(verdict: pl.Expr) -> pl.Expr:
    """A verdict on a group outside which a question does not apply, in words that say so."""
    said, reason = verdict.struct.field("IN"), verdict.struct.field("REASON")
    words = pl.when(said == "N").then(pl.format("not applicable: {}", reason)).otherwise(reason)
    return pl.struct(said, words.alias("REASON"), verdict.struct.field(SOURCES))


def _outside(reason: str) -> pl.Expr:
    """The verdict on who is not listed at all."""
    dtype = pl.Struct({"IN": pl.String, "REASON": pl.String, SOURCES: pl.List(pl.String)})
    return pl.lit({"IN": "N", "REASON": reason, SOURCES: []}, dtype=dtype)


def _with_sources(
    rows: pl.DataFrame, people: pl.DataFrame, courses: pl.DataFrame, memberships: pl.DataFrame
) -> pl.DataFrame:
    """Add the records of the answer and of the membership; without an assessment the subject's own stand for it.

    Many rows rest on the same records: each different union is made once, by the first row that needs it.
    """
    rows = rows.with_row_index("_row")
    rows = rows.with_columns(pl.col("_row").first().over("USUBJID", "_rests", "_belongs").alias("_as"))
    made = rows.filter(pl.col("_row") == pl.col("_as")).select("_as", "USUBJID", "_rests", "_belongs")
    parts = (
        made.drop_nulls("_rests")
        .explode("_rests")
        .join(courses.select("_n", SOURCES), left_on="_rests", right_on="_n"),
        made.filter(pl.col("_rests").is_null()).join(people, on="USUBJID"),
        made.join(memberships, left_on="_belongs", right_on="_m"),
    )
    together = gather(pl.concat([part.select("_as", SOURCES) for part in parts]), ["_as"])
    return rows.join(together, on="_as", how="left", maintain_order="left")


def _sentence() -> pl.Expr:
    answer = pl.col("ANSWER")
    words = (
        pl.when(answer == "Y")
        .then(pl.format("{} met", "_label"))
        .when(answer == "N")
        .then(pl.format("{} not met", "_label"))
        .otherwise(pl.format("{} not evaluable", "_label"))
    )
    place = pl.coalesce(pl.col("AVISIT").str.replace_all("-", " ", literal=True), pl.format("day {}", "APROTDY"))
    where = pl.when(pl.col("ADT").is_not_null()).then(pl.format(" at {}", place)).otherwise(pl.lit(""))
    return (
        pl.when(pl.col("IN") == "Y")
        .then(pl.format("{}{}: {}", words, where, pl.col("BECAUSE").list.join(" · ")))
        .when(pl.col("_reason").str.starts_with("not applicable") & (pl.col("IN") == "N"))
        .then(pl.format("{} {}", "_label", "_reason"))
        .when(pl.col("IN") == "N")
        .then(pl.format("not in the group: {}", "_reason"))
        .otherwise(pl.format("not known whether in the group: {}", "_reason"))
    )
