"""The composite states and responses, judged on one assessment with what went before it.

One function per instrument that an endpoint may name; each turns an `Occasion` into the instrument's own typed input,
once for all variants, and returns the answers with the records that were looked at. Judging itself happens in the
instruments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from remit.criteria import Answer, all_of, is_at_most, negation
from remit.derive.assessments import Assessment
from remit.derive.background import CLASSES
from remit.instruments import bicla, doris, lldas, sledai_2k, sri
from remit.instruments.investigational import Investigational
from remit.instruments.sledai_2k import SledaiScore


@dataclass(frozen=True)
class Infusion:
    """One infusion of the study product: its day (None: not known) and its record."""

    day: date | None
    record_id: str


@dataclass(frozen=True)
class Occasion:
    """One assessment in its place among the others.

    before     the previous assessment with any item assessed; None at the first, and where the order is not known
    baseline   the last known of everything on or before the first treatment; None when there is nothing
    infusions  the subject's infusions on or before this day, and those of which the day is not known
    """

    now: Assessment
    score: SledaiScore | None
    before: Assessment | None
    baseline: Assessment | None
    baseline_score: SledaiScore | None
    infusions: tuple[Infusion, ...]

    @cached_property
    def product(self) -> tuple[Investigational | None, tuple[str, ...]]:
        """The study product as the states see it, one course counted from its last infusion, and its records."""
        if self.now.day is None or any(infusion.day is None for infusion in self.infusions):
            return None, tuple(infusion.record_id for infusion in self.infusions)
        last = self.infusions[-1] if self.infusions else None
        if last is None or last.day is None:
            return Investigational("none"), ()
        return Investigational("single-course", (self.now.day - last.day).days), (last.record_id,)


@dataclass(frozen=True)
class Judged:
    """The answers of an instrument by variant, and the records that all of them rest on, in groups that may repeat."""

    answers: Mapping[str, Answer]
    sources: tuple[tuple[str, ...], ...]


def scored(assessment: Assessment) -> SledaiScore | None:
    """SLEDAI-2K of an assessment; None when no item was recorded at all."""
    return _score(assessment.active, assessment.missing) if assessment.scored else None


_score = lru_cache(maxsize=4096)(sledai_2k.score)


def _lldas(occasion: Occasion, variants: Iterable[str]) -> Judged:
    now, before = occasion.now, occasion.before
    product, infused = occasion.product
    scored_now = occasion.score
    visit = lldas.LldasInput(
        sledai=None if scored_now is None else scored_now.total,
        active=now.active,
        missing=now.missing,
        previous_active=None if before is None else before.active,
        previous_missing=frozenset() if before is None else before.missing,
        pga=now.pga,
        pred_mg=now.steroid.mg,
        hemolytic_anemia=now.answers.get("hemolytic_anemia"),
        gi_activity=now.answers.get("gi_activity"),
        maintenance_ok=now.answers.get("maintenance_ok"),
        investigational=product,
        bilag=now.letters or None,
        previous_bilag=before.letters or None if before is not None else None,
    )
    sources = (
        *now.records("sledai", "pga", "bilag", "hemolytic_anemia", "gi_activity", "maintenance_ok"),
        now.steroid.sources,
        infused,
        *(before.records("sledai", "bilag") if before is not None else ()),
    )
    return Judged(lldas.judge_each(visit, variants), sources)


def _doris(occasion: Occasion, variants: Iterable[str]) -> Judged:
    now, score = occasion.now, occasion.score
    product, infused = occasion.product
    day = now.day
    taking: dict[str, bool | None] = {}
    drugs: list[tuple[str, ...]] = []
    for kind in ("IMMUNOSUPPRESSANT", "BIOLOGIC", "ANTIMALARIAL"):
        taking[kind], records = now.background.taking(kind, day) if day is not None else (None, ())
        drugs.append(records)
    stable, stable_sources = now.answers.get("background_stable"), now.records("background_stable")
    if stable is None and day is not None:
        since = occasion.before.day if occasion.before is not None else None
        stable, periods = now.background.stable(since, day)
        earlier = occasion.before.records("sledai") if occasion.before is not None else ()
        stable_sources = (*stable_sources, periods, *earlier)
    visit = doris.DorisInput(
        csledai=None if score is None else score.clinical,
        sledai=None if score is None else score.total,
        pga=now.pga,
        pred_mg=now.steroid.mg,
        is_stable=stable,
        is_any=taking["IMMUNOSUPPRESSANT"],
        biologic_any=taking["BIOLOGIC"],
        antimalarial=taking["ANTIMALARIAL"],
        dsdna_high=_item(now, "dna_binding"),
        c3_or_c4_low=_item(now, "low_complement"),
        investigational=product,
    )
    if score is not None and score.clinical is None and score.clinical_low > 0:
        # some items are missing, but the present ones already prove clinical activity
        visit = doris.DorisInput(**{**_fields(visit), "csledai": score.clinical_low})  # type: ignore[arg-type]
    sources = (*now.records("sledai", "pga"), now.steroid.sources, *stable_sources, *drugs, infused)
    return Judged(doris.judge_each(visit, variants), sources)


def _fields(visit: doris.DorisInput) -> Mapping[str, object]:
    return {name: getattr(visit, name) for name in visit.__dataclass_fields__}


def _item(assessment: Assessment, code: str) -> bool | None:
    if not assessment.scored or code in assessment.missing:
        return None
    return code in assessment.active


def _medication(occasion: Occasion) -> tuple[bool | None, tuple[tuple[str, ...], ...]]:
    """Nothing forbidden: the investigator's answer, else no more treatment than at baseline; and the records."""
    now, base = occasion.now, occasion.baseline
    answer, records = now.answers.get("medication_ok"), now.records("medication_ok")
    if answer is not None or base is None or base.day is None or now.day is None:
        return answer, records
    steady, periods = now.background.stable(base.day, now.day, CLASSES[1:])
    answer = all_of((steady, is_at_most(now.steroid.mg, base.steroid.mg)))
    return answer, (*records, periods, now.steroid.sources, base.steroid.sources)


def _sri(occasion: Occasion, variants: Iterable[str]) -> Judged:
    now, base = occasion.now, occasion.baseline
    score, base_score = occasion.score, occasion.baseline_score
    medication, extra = _medication(occasion)
    change = sri.SriInput(
        sledai_bl=None if base_score is None else base_score.total,
        sledai=None if score is None else score.total,
        pga_bl=None if base is None else base.pga,
        pga=now.pga,
        bilag_bl=None if base is None else base.letters or None,
        bilag=now.letters or None,
        medication_ok=medication,
    )
    before = base.records("sledai", "pga", "bilag") if base is not None else ()
    sources = (*now.records("sledai", "pga", "bilag"), *before, *extra)
    return Judged({variant: sri.judge(change, variant) for variant in variants}, sources)


def _bicla(occasion: Occasion, variants: Iterable[str]) -> Judged:
    now, base = occasion.now, occasion.baseline
    score, base_score = occasion.score, occasion.baseline_score
    medication, extra = _medication(occasion)
    visit = bicla.BiclaInput(
        bilag_bl=None if base is None else base.letters or None,
        bilag=now.letters or None,
        sledai_bl=None if base_score is None else base_score.total,
        sledai=None if score is None else score.total,
        pga_bl=None if base is None else base.pga,
        pga=now.pga,
        treatment_failure=negation(medication),
    )
    before = base.records("sledai", "pga", "bilag") if base is not None else ()
    sources = (*now.records("sledai", "pga", "bilag"), *before, *extra)
    return Judged({variant: bicla.judge(visit, variant) for variant in variants}, sources)


STATES: Mapping[str, Callable[[Occasion, Iterable[str]], Judged]] = {
    "lldas": _lldas, "doris": _doris, "sri": _sri, "bicla": _bicla,
}  # fmt: skip
