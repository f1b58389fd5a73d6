"""ADRS: scores, global assessment, steroid dose and composite states at every assessment day, with reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from remit.days import day_of, protocol_day_expr, study_day_expr
from remit.derive.assessments import Assessment, assessments
from remit.derive.states import STATES, Infusion, Judged, Occasion, scored
from remit.derive.subjects import given
from remit.derive.timing import baseline_day, with_baseline, with_representative, with_visit
from remit.instruments.sledai_2k import SledaiScore
from remit.protocol import Endpoint, Protocol
from remit.records import Records

Row = Mapping[str, object]

RAW = pl.Schema({
    "USUBJID": pl.String(), "ADT": pl.Date(), "VISITNUM": pl.Float64(), "PARAMCD": pl.String(),
    "PARAM": pl.String(), "INSTRUMENT": pl.String(), "VARIANT": pl.String(), "DEFVFL": pl.String(),
    "AVAL": pl.Float64(), "AVALC": pl.String(), "BECAUSE": pl.List(pl.String), "sources": pl.List(pl.String),
})  # fmt: skip

OUT = (
    "USUBJID", "LEVEL", "SAFFL", "PARAMCD", "PARAM", "INSTRUMENT", "VARIANT", "DEFVFL", "AVAL", "AVALC", "BECAUSE",
    "ADT", "ADY", "APROTDY", "VISITNUM", "AVISIT", "AVISITN", "ANL01FL", "ABLFL", "BASE", "CHG", "LASTFL", "sources",
    "SENTENCE",
)  # fmt: skip

PARTS = {"lldas": 5, "doris": 4}


def adrs(protocol: Protocol, records: Records, adsl: pl.DataFrame) -> pl.DataFrame:
    """One row per subject, assessment day, parameter and variant.

    Scores   SLEDAI, CSLEDAI (null while a missing item could change them), SLEDMIN, SLEDMAX, PGA (0 to 3),
             PREDEQ (mg/d)
    States   AVALC Y, N or null (unknown), AVAL 1 or 0, BECAUSE in the instrument's words; one row per variant that an
             endpoint names, and the parts of the default variant (LLDAS1 to 5, DORIS1 to 4)
    LASTFL   Y on the last post-baseline row of a parameter and variant, on or before the cut
    """
    infusions = _infusions(protocol, records)
    anchors = dict(adsl.select("USUBJID", baseline_day(protocol).alias("_anchor")).iter_rows())
    rows: list[Row] = []
    for subject, course in assessments(records).items():
        for occasion in _occasions(course, infusions.get(subject, ()), anchors.get(subject)):
            rows += _rows(protocol, occasion)
    subject_columns = ("USUBJID", "LEVEL", "SAFFL", "CONDFL", "TRTSDT", "TRTSTM", "LDSDT", "LDSTM")
    frame = pl.DataFrame(rows, schema=RAW).join(
        adsl.select(subject_columns), on="USUBJID", how="inner", maintain_order="left"
    )
    frame = frame.with_columns(
        pl.lit(None, pl.String).alias("_time"),
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
    )
    order = ("USUBJID", "PARAMCD", "VARIANT", "ADT", "VISITNUM")
    frame = frame.sort(order, nulls_last=True, maintain_order=True).with_row_index("_row")
    keys = ["USUBJID", "PARAMCD", "VARIANT"]
    # a change of a yes or no means nothing
    numbers = ~pl.col("INSTRUMENT").is_in(list(STATES))
    frame = with_representative(with_visit(protocol, with_baseline(protocol, frame, keys, measured=numbers)), keys)
    last = frame.filter(pl.col("APROTDY") > 0).group_by(keys, maintain_order=True).agg(pl.col("_row").last())["_row"]
    return (
        frame.with_columns(pl.when(pl.col("_row").is_in(last.implode())).then(pl.lit("Y")).alias("LASTFL"))
        .with_columns(_sentence().alias("SENTENCE"))
        .sort("_row")
        .select(OUT)
    )


def _infusions(protocol: Protocol, records: Records) -> Mapping[str, tuple[Infusion, ...]]:
    ex = records.table("EX").filter(given(protocol))
    dated = ex.select("USUBJID", day_of("EXSTDTC").alias("day"), "EXSEQ", "record_id").sort(
        "USUBJID", "day", "EXSEQ", "record_id", nulls_last=True
    )
    out: dict[str, list[Infusion]] = {}
    for subject, day, _, record_id in dated.iter_rows():
        out.setdefault(subject, []).append(Infusion(day, record_id))
    return {subject: tuple(found) for subject, found in out.items()}


def _occasions(course: Sequence[Assessment], infusions: Sequence[Infusion], anchor: date | None) -> Iterator[Occasion]:
    """The assessments that hold activity, each with its previous one and the subject's baseline."""
    rated = [a for a in course if a.scored or a.evidence.get("pga")]
    base = _baseline([a for a in rated if anchor is not None and a.day is not None and a.day <= anchor])
    base_score = scored(base) if base is not None else None
    before: Assessment | None = None
    for one in rated:
        yield Occasion(
            now=one,
            score=scored(one),
            before=before if one.day is not None else None,
            baseline=base,
            baseline_score=base_score,
            infusions=tuple(i for i in infusions if i.day is None or (one.day is not None and i.day <= one.day)),
        )
        if one.holds_items:
            before = one


def _baseline(course: Sequence[Assessment]) -> Assessment | None:
    """The last known score, global assessment and letters before treatment, as one assessment."""
    if not course:
        return None
    whole = [a for a in course if a.scored and not a.missing]
    parts = {
        "sledai": (whole or [a for a in course if a.scored] or course)[-1],
        "pga": ([a for a in course if a.pga is not None] or course)[-1],
        "bilag": ([a for a in course if any(a.letters.values())] or course)[-1],
    }
    return replace(
        course[-1],
        active=parts["sledai"].active,
        missing=parts["sledai"].missing,
        scored=parts["sledai"].scored,
        pga=parts["pga"].pga,
        letters=parts["bilag"].letters,
        evidence={**course[-1].evidence, **{name: one.records(name) for name, one in parts.items()}},
    )


def _rows(protocol: Protocol, occasion: Occasion) -> Iterator[Row]:
    now, score = occasion.now, occasion.score
    stem = {"USUBJID": now.subject, "ADT": now.day, "VISITNUM": now.visitnum}
    if score is not None:
        yield from _scores(stem, score, now)
    if now.evidence.get("pga"):
        why = [] if now.pga is not None else ["unknown: PGA not assessed, or on an undeclared scale"]
        yield _number(stem, "PGA", "Physician global assessment", "pga", now.pga, why, now.records("pga"))
    if now.day is not None:
        why = [f"unknown: {now.steroid.why}"] if now.steroid.mg is None else []
        yield _number(
            stem,
            "PREDEQ",
            "Prednisone equivalent, mg/d",
            "prednisone-equivalent",
            now.steroid.mg,
            why,
            now.steroid.sources,
        )
    # endpoints that differ in their time points only share their rows
    shown: set[tuple[str, str]] = set()
    for endpoint in protocol.endpoints:
        if endpoint.instrument in STATES and endpoint.paramcd:
            variants = dict.fromkeys((endpoint.variant, *endpoint.variants))
            fresh = [v for v in variants if (endpoint.paramcd, v) not in shown]
            shown.update((endpoint.paramcd, v) for v in fresh)
            yield from _states(stem, endpoint, fresh, occasion)


def _scores(stem: Row, score: SledaiScore, now: Assessment) -> Iterator[Row]:
    sources, why = now.records("sledai"), list(score.because)
    for code, label, value in (
        ("SLEDAI", "SLEDAI-2K", score.total),
        ("CSLEDAI", "Clinical SLEDAI-2K", score.clinical),
        ("SLEDMIN", "SLEDAI-2K, least attainable", score.low),
        ("SLEDMAX", "SLEDAI-2K, most attainable", score.high),
    ):
        yield _number(stem, code, label, "sledai-2k", value, why, sources)


def _number(
    stem: Row, code: str, label: str, instrument: str, value: float | None, why: Sequence[str], sources: Sequence[str]
) -> Row:
    return {
        **stem, "PARAMCD": code, "PARAM": label, "INSTRUMENT": instrument, "VARIANT": "default", "DEFVFL": "Y",
        "AVAL": value, "AVALC": None, "BECAUSE": list(why), "sources": sorted(set(sources)),
    }  # fmt: skip


def _states(stem: Row, endpoint: Endpoint, variants: Sequence[str], occasion: Occasion) -> Iterator[Row]:
    judge = STATES[endpoint.instrument]
    for variant in variants:
        judged = judge(occasion, variant)
        default = variant == endpoint.variant
        because = list(judged.answer.because)
        yield _state(
            stem, endpoint, endpoint.paramcd, endpoint.label, variant, default, judged.answer.met, because, judged
        )
        if default:
            for n, part in enumerate(judged.answer.parts[: PARTS.get(endpoint.instrument, 0)], start=1):
                code, label = f"{endpoint.paramcd}{n}", f"{endpoint.label}, part {n}"
                yield _state(stem, endpoint, code, label, variant, default, part, [], judged)


def _state(
    stem: Row, endpoint: Endpoint, code: str, label: str, variant: str, default: bool, met: bool | None,
    because: list[str], judged: Judged,
) -> Row:  # fmt: skip
    return {
        **stem, "PARAMCD": code, "PARAM": label, "INSTRUMENT": endpoint.instrument, "VARIANT": variant,
        "DEFVFL": "Y" if default else "N", "AVAL": None if met is None else float(met),
        "AVALC": {True: "Y", False: "N", None: None}[met], "BECAUSE": because, "sources": sorted(set(judged.sources)),
    }  # fmt: skip


def _sentence() -> pl.Expr:
    answer = pl.when(pl.col("AVALC") == "Y").then(pl.lit("met")).when(pl.col("AVALC") == "N").then(pl.lit("not met"))
    value = pl.coalesce(answer, _plain(pl.col("AVAL")), pl.lit("unknown"))
    day = pl.coalesce(
        pl.col("AVISIT").str.replace_all("-", " "),
        pl.format("day {}", pl.col("APROTDY")),
        pl.col("ADT").cast(pl.String),
        pl.lit("no date"),
    )
    why = (
        pl.when(pl.col("BECAUSE").list.len() > 0)
        .then(pl.format(": {}", pl.col("BECAUSE").list.join(" · ")))
        .otherwise(pl.lit(""))
    )
    return pl.format("{} {}, {}{}", "PARAM", value, day, why)


def _plain(number: pl.Expr) -> pl.Expr:
    """A number without a trailing .0."""
    return number.cast(pl.String).str.replace(r"\.0$", "")
