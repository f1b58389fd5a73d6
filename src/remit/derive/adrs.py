"""ADRS: scores, global assessment, steroid dose and composite states at every assessment day, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import polars as pl

from remit.days import day_of, protocol_day_expr, study_day_expr
from remit.derive.assessments import Assessment, assessments
from remit.derive.frames import UNSAID, UNTRACED, row_sentence
from remit.derive.letters import with_computed
from remit.derive.lines import Lines, Parameter
from remit.derive.states import STATES, Infusion, Occasion, scored
from remit.derive.subjects import given
from remit.derive.timing import baseline_day, with_baseline, with_representative, with_visit
from remit.protocol import Protocol
from remit.records import Records

OUT = (
    "USUBJID", "LEVEL", "SAFFL", "PARAMCD", "PARAM", "INSTRUMENT", "VARIANT", "DEFVFL", "AVAL", "AVALC", "BECAUSE",
    "ADT", "ADY", "APROTDY", "VISITNUM", "AVISIT", "AVISITN", "ANL01FL", "ABLFL", "BASE", "CHG", "LASTFL", "sources",
    "SENTENCE",
)  # fmt: skip

# How many parts of its definition are shown beside the state.
PARTS = {"lldas": 5, "doris": 4}


class Question(NamedTuple):
    """What one endpoint asks at every occasion.

    variants     the number of parts that are shown beside the state, by variant
    parameters   the rows of the answer: for each variant the state itself, then its parts
    """

    instrument: str
    variants: Mapping[str, int]
    parameters: tuple[Parameter, ...]


def adrs(protocol: Protocol, records: Records, adsl: pl.DataFrame, *, traced: bool = True) -> pl.DataFrame:
    """One row per subject, assessment day, parameter and variant.

    Scores   SLEDAI, CSLEDAI (null while a missing item could change them), SLEDMIN, SLEDMAX, PGA (0 to 3),
             PREDEQ (mg/d)
    States   AVALC Y, N or null (unknown), AVAL 1 or 0, BECAUSE in the instrument's words; one row per variant that an
             endpoint names, and the parts of the default variant (LLDAS1 to 5, DORIS1 to 4)
    LASTFL   Y on the last post-baseline row of a parameter and variant, on or before the cut
    """
    subject_columns = ("USUBJID", "LEVEL", "SAFFL", "CONDFL", "TRTSDT", "TRTSTM", "LDSDT", "LDSTM")
    lines = _lines(protocol, _occasions(protocol, records, adsl), traced)
    frame = lines.frame().join(adsl.select(subject_columns), on="USUBJID", how="inner", maintain_order="left")
    state = pl.col("INSTRUMENT").is_in(list(STATES))
    answer = pl.when(pl.col("AVAL") == 1).then(pl.lit("Y")).when(pl.col("AVAL") == 0).then(pl.lit("N"))
    frame = frame.with_columns(
        state.alias("_state"),
        pl.when(state).then(answer).alias("AVALC"),
        pl.lit(None, pl.String).alias("_time"),
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
    )
    order = ("USUBJID", "PARAMCD", "VARIANT", "ADT", "VISITNUM")
    frame = frame.sort(order, nulls_last=True, maintain_order=True).with_row_index("_row")
    keys = ["USUBJID", "PARAMCD", "VARIANT"]
    # a change of a yes or no means nothing
    numbers = ~pl.col("_state")
    frame = with_representative(with_visit(protocol, with_baseline(protocol, frame, keys, measured=numbers)), keys)
    rests = lines.sources(frame["_block"], frame["_block"].gather(frame["_base"])) if traced else UNTRACED
    # untraced, only what says that a question does not apply
    because = lines.reasons()[frame["_line"]]
    frame = frame.with_columns(because.alias("BECAUSE"), rests.alias("sources"))
    after = frame.select(*keys, "_row", "APROTDY").filter(pl.col("APROTDY") > 0)
    last = after.unique(keys, keep="last", maintain_order=True)["_row"]
    return (
        frame.with_columns(pl.when(pl.col("_row").is_in(last.implode())).then(pl.lit("Y")).alias("LASTFL"))
        .with_columns((_sentence() if traced else UNSAID).alias("SENTENCE"))
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


def _occasions(protocol: Protocol, records: Records, adsl: pl.DataFrame) -> Iterator[Occasion]:
    """Every assessment that holds activity, subject by subject."""
    infusions = _infusions(protocol, records)
    anchors = dict(adsl.select("USUBJID", baseline_day(protocol)).iter_rows())
    for subject, course in with_computed(protocol, records, assessments(records)).items():
        yield from _course(course, infusions.get(subject, ()), anchors.get(subject))


def _course(course: Sequence[Assessment], infusions: Sequence[Infusion], anchor: date | None) -> Iterator[Occasion]:
    """A subject's assessments, each with its previous one and the subject's baseline."""
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
        evidence={**course[-1].evidence, **{name: one.evidence.get(name, ()) for name, one in parts.items()}},
    )


SCORES = (
    Parameter("SLEDAI", "SLEDAI-2K", "sledai-2k"),
    Parameter("CSLEDAI", "Clinical SLEDAI-2K", "sledai-2k"),
    Parameter("SLEDMIN", "SLEDAI-2K, least attainable", "sledai-2k"),
    Parameter("SLEDMAX", "SLEDAI-2K, most attainable", "sledai-2k"),
)
GLOBAL = (Parameter("PGA", "Physician global assessment", "pga"),)
STEROID = (Parameter("PREDEQ", "Prednisone equivalent, mg/d", "prednisone-equivalent"),)


def _lines(protocol: Protocol, occasions: Iterable[Occasion], traced: bool) -> Lines:
    """The rows of every occasion: its scores and dose as far as they were recorded, and every state asked for."""
    lines, questions = Lines(traced), _questions(protocol)
    for occasion in occasions:
        now, score = occasion.now, occasion.score
        lines.begin(now.subject, now.day, now.visitnum)
        if score is not None:
            scores = (score.total, score.clinical, score.low, score.high)
            lines.add(SCORES, scores, [score.because] * len(SCORES), now.records("sledai"))
        if now.evidence.get("pga"):
            why = () if now.pga is not None else ("unknown: PGA not assessed, or on an undeclared scale",)
            lines.add(GLOBAL, [now.pga], [why], now.records("pga"))
        if now.day is not None:
            why = () if now.steroid.mg is not None else (f"unknown: {now.steroid.why}",)
            lines.add(STEROID, [now.steroid.mg], [why], [now.steroid.sources])
        for question in questions:
            judged = STATES[question.instrument](occasion, question.variants)
            values: list[bool | None] = []
            reasons: list[tuple[str, ...]] = []
            for variant, parts in question.variants.items():
                answer = judged.answers[variant]
                values += [answer.met, *answer.parts[:parts]]
                reasons += [answer.because, *[()] * parts]
            lines.add(question.parameters, values, reasons, judged.sources)
    return lines


def _questions(protocol: Protocol) -> list[Question]:
    """What the endpoints ask at every occasion; those that differ in their time points only share their rows."""
    shown: set[tuple[str, str]] = set()
    questions: list[Question] = []
    for endpoint in protocol.endpoints:
        if endpoint.instrument not in STATES or not endpoint.paramcd:
            continue
        code, label, instrument = endpoint.paramcd, endpoint.label, endpoint.instrument
        variants: dict[str, int] = {}
        parameters: list[Parameter] = []
        for variant in dict.fromkeys((endpoint.variant, *endpoint.variants)):
            if (code, variant) not in shown:
                default = variant == endpoint.variant
                variants[variant] = PARTS.get(instrument, 0) if default else 0
                flag = "Y" if default else "N"
                parameters.append(Parameter(code, label, instrument, variant, flag))
                parameters += [
                    Parameter(f"{code}{n}", f"{label}, part {n}", instrument, variant, flag)
                    for n in range(1, variants[variant] + 1)
                ]
        shown.update((code, variant) for variant in variants)
        if variants:
            questions.append(Question(instrument, variants, tuple(parameters)))
    return questions


def _sentence() -> pl.Expr:
    answer = pl.when(pl.col("AVALC") == "Y").then(pl.lit("met")).when(pl.col("AVALC") == "N").then(pl.lit("not met"))
    return row_sentence(pl.coalesce(answer, _plain(pl.col("AVAL")), pl.lit("unknown")))


def _plain(number: pl.Expr) -> pl.Expr:
    """A number without a trailing .0."""
    return number.cast(pl.String).str.replace(r"\.0$", "")
