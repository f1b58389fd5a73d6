"""ADRS: scores, global assessment, steroid dose and composite states at every assessment day, with reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from remit.days import day_of, protocol_day_expr, study_day_expr
from remit.derive.assessments import Assessment, assessments
from remit.derive.states import STATES, Infusion, Judged, Occasion, scored
from remit.derive.timing import with_baseline, with_representative, with_visit
from remit.instruments.sledai_2k import SledaiScore
from remit.protocol import Endpoint, Protocol
from remit.records import Records

Row = Mapping[str, object]

RAW = pl.Schema({
    "USUBJID": pl.String(), "ADT": pl.Date(), "VISITNUM": pl.Float64(), "PARAMCD": pl.String(), "PARAM": pl.String(),
    "INSTRUMENT": pl.String(), "VARIANT": pl.String(), "DEFVFL": pl.String(), "AVAL": pl.Float64(), "AVALC": pl.String(),
    "BECAUSE": pl.List(pl.String), "sources": pl.List(pl.String),
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
    starts = {s: (ld, tr) for s, ld, tr in adsl.select("USUBJID", "LDSDT", "TRTSDT").iter_rows()}
    before_conditioning = protocol.rules.baseline == "before-conditioning"
    rows: list[Row] = []
    for subject, course in assessments(records).items():
        conditioned, treated = starts.get(subject, (None, None))
        anchor = (conditioned or treated) if before_conditioning else treated
        for occasion in _occasions(course, infusions.get(subject, ()), anchor):
            rows += _rows(protocol, occasion)
    frame = pl.DataFrame(rows, schema=RAW).join(
        adsl.select("USUBJID", "LEVEL", "SAFFL", "TRTSDT", "LDSDT"), on="USUBJID", how="inner", maintain_order="left"
    )
    frame = frame.with_columns(
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
    )
    frame = frame.sort("USUBJID", "PARAMCD", "VARIANT", "ADT", "VISITNUM", nulls_last=True).with_row_index("_row")
    keys = ["USUBJID", "PARAMCD", "VARIANT"]
    frame = with_representative(with_visit(protocol, with_baseline(protocol, frame, keys)), keys)
    last = frame.filter(pl.col("APROTDY") > 0).group_by(keys, maintain_order=True).agg(pl.col("_row").last())["_row"]
    return (
        frame.with_columns(pl.when(pl.col("_row").is_in(last.implode())).then(pl.lit("Y")).alias("LASTFL"))
        .with_columns(_sentence().alias("SENTENCE"))
        .sort("_row")
        .select(OUT)
    )


def _infusions(protocol: Protocol, records: Records) -> Mapping[str, tuple[Infusion, ...]]:
    ex = records.table("EX").filter(pl.col("EXTRT").is_in(protocol.product.treatments))
    if not protocol.product.zero_dose_counts:
        ex = ex.filter(pl.col("EXDOSE").is_null() | (pl.col("EXDOSE") > 0))
    dated = (
        ex.select("USUBJID", day_of("EXSTDTC").alias("day"), "record_id")
        .drop_nulls("day")
        .sort("USUBJID", "day", "record_id")
    )
    out: dict[str, list[Infusion]] = {}
    for subject, day, record_id in dated.iter_rows():
        out.setdefault(subject, []).append(Infusion(day, record_id))
    return {subject: tuple(found) for subject, found in out.items()}


def _occasions(course: Sequence[Assessment], infusions: Sequence[Infusion], anchor: date | None) -> Iterator[Occasion]:
    """The assessments that hold activity, each with its previous one and the subject's baseline."""
    rated = [a for a in course if a.scored or a.pga is not None or a.evidence.get("pga")]
    scores = [scored(a) for a in rated]
    based = [n for n, a in enumerate(rated) if anchor is not None and a.day is not None and a.day <= anchor]
    base = based[-1] if based else None
    for n, one in enumerate(rated):
        earlier = [a for a in rated[:n] if a.scored]
        yield Occasion(
            now=one,
            score=scores[n],
            before=earlier[-1] if earlier else None,
            baseline=rated[base] if base is not None else None,
            baseline_score=scores[base] if base is not None else None,
            infusions=tuple(i for i in infusions if one.day is not None and i.day <= one.day),
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
    for endpoint in protocol.endpoints:
        if endpoint.instrument in STATES and endpoint.paramcd:
            yield from _states(stem, endpoint, occasion)


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


def _states(stem: Row, endpoint: Endpoint, occasion: Occasion) -> Iterator[Row]:
    judge = STATES[endpoint.instrument]
    for variant in (endpoint.variant, *endpoint.variants):
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
    day = pl.coalesce(pl.col("AVISIT"), pl.format("day {}", pl.col("APROTDY")), pl.lit("no date"))
    why = (
        pl.when(pl.col("BECAUSE").list.len() > 0)
        .then(pl.format(": {}", pl.col("BECAUSE").list.join(" · ")))
        .otherwise(pl.lit(""))
    )
    return pl.format("{} {}, {}{}", "PARAM", value, day, why)


def _plain(number: pl.Expr) -> pl.Expr:
    """A number without a trailing .0."""
    return number.cast(pl.String).str.replace(r"\.0$", "")
