"""Renal response at every urine sample, from LB: protein/creatinine ratio, filtration rate, and rescue treatment.

Only who had proteinuria at baseline can respond: for anybody else the answer is "not applicable", never no. Published
rules compare the filtration rate with that before the nephritis; here the baseline stands for it, as in AURORA.
Rescue treatment stays rescue when it has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from remit.criteria import Answer, Truth, all_of, any_of, is_at_least, is_at_most, negation
from remit.derive.background import CLASSES, Background, backgrounds
from remit.derive.supplements import Line, asking, parameter, variants_of
from remit.instruments import renal_response
from remit.instruments.egfr import ckd_epi_2021
from remit.instruments.renal_response import RenalInput
from remit.protocol import Endpoint, Protocol
from remit.records import Records
from remit.units import factor

INSTRUMENT = "renal-response"
PROTEIN, CREATININE = "PROTCRT", "CREAT"
# filtration rate as the laboratory reports it, estimated or adjusted for body surface; the first that is there counts
REPORTED = ("GFRE", "GFRBSA")

PROTEINURIA = 0.5
"""g/g at baseline from which a renal response can be asked for, where the endpoint names no group of its own."""

# a ratio below what the assay can measure is read as that limit, as long as the limit itself is a normal ratio
NORMAL_PROTEIN = 0.2
EIGHT_WEEKS = 56

# BLISS-LN: from week 24 after the first infusion, more than 10 mg/d is a treatment failure
BLISS_LN = ("PERR_BLISSLN", "CRR_BLISSLN", "CRR_BLISSLN_le")
WEEK_24, MOST_STEROID = 168, 10


@dataclass(frozen=True)
class Sample:
    """One result in the unit of the rules; None: no number, or a unit that nobody can convert."""

    day: date
    visitnum: float | None
    value: float | None
    baseline: bool
    protday: int | None
    sources: tuple[str, ...]

    @property
    def post(self) -> bool:
        """After the first infusion."""
        return self.protday is not None and self.protday > 0


@dataclass(frozen=True)
class Course:
    """The samples of one subject in order of day: `protein` in g/g, `kidney` in mL/min/1.73 m²."""

    protein: tuple[Sample, ...] = ()
    kidney: tuple[Sample, ...] = ()

    @property
    def start(self) -> Sample | None:
        """The baseline ratio."""
        return next((one for one in self.protein if one.baseline), None)


@dataclass(frozen=True)
class Change:
    """A day on which a drug period began: whether there was more treatment than at baseline, and its records."""

    day: date
    more: Truth
    sources: tuple[str, ...]


def renal(protocol: Protocol, records: Records, adsl: pl.DataFrame, adlb: pl.DataFrame) -> list[Line]:
    """One line per urine sample, endpoint and variant; nothing where no endpoint asks for a renal response."""
    endpoints = asking(protocol, INSTRUMENT)
    if not endpoints:
        return []
    found = courses(adsl, adlb)
    drugs = backgrounds(records) if found else {}
    lines: list[Line] = []
    for subject, course in found.items():
        for endpoint in endpoints:
            lines += _answers(endpoint, _least(protocol, endpoint), subject, course, drugs.get(subject))
    return lines


def baseline_protein(adlb: pl.DataFrame) -> Mapping[str, tuple[float | None, tuple[str, ...]]]:
    """Protein/creatinine ratio at baseline in g/g, and its records, by subject."""
    rows = adlb.filter((pl.col("PARAMCD") == PROTEIN) & (pl.col("ABLFL") == "Y"))
    columns = ("USUBJID", "AVAL", "AVALU", "LLOQ", "sources")
    found = rows.select(columns).iter_rows()
    return {who: (_ratio(value, unit, limit), tuple(sources)) for who, value, unit, limit, sources in found}


def courses(adsl: pl.DataFrame, adlb: pl.DataFrame) -> Mapping[str, Course]:
    """The samples of every subject who has any urine sample with a day."""
    rows = adlb.filter(pl.col("PARAMCD").is_in([PROTEIN, CREATININE, *REPORTED]) & pl.col("ADT").is_not_null())
    people = {who: (age, sex) for who, age, sex in adsl.select("USUBJID", "AGE", "SEX").iter_rows()}
    columns = (
        "USUBJID", "PARAMCD", "AVAL", "AVALU", "LLOQ", "ADT", "VISITNUM", "ABLFL", "APROTDY", "sources",
    )  # fmt: skip
    held: dict[str, dict[str, dict[date, Sample]]] = {}
    for who, code, value, unit, limit, day, visitnum, base, protday, sources in rows.select(columns).iter_rows():
        number = _ratio(value, unit, limit) if code == PROTEIN else _rate(code, value, unit, *people[who])
        # the last of a day stands, unless it is the baseline
        mine = held.setdefault(who, {}).setdefault(code, {})
        if day not in mine or not mine[day].baseline:
            mine[day] = Sample(day, visitnum, number, base == "Y", protday, tuple(sources))
    out = {}
    for who, by_code in held.items():
        if PROTEIN in by_code:
            code = next((one for one in REPORTED if one in by_code), CREATININE)
            out[who] = Course(tuple(by_code[PROTEIN].values()), tuple(by_code.get(code, {}).values()))
    return out


def _ratio(value: float | None, unit: str | None, limit: float | None) -> float | None:
    scale = None if unit is None else factor("protein-creatinine", unit, "g/g")
    if scale is None:
        return None
    if value is not None:
        return value * scale
    return limit * scale if limit is not None and limit * scale <= NORMAL_PROTEIN else None


def _rate(code: str, value: float | None, unit: str | None, age: float | None, sex: str | None) -> float | None:
    if code in REPORTED or value is None:
        return value
    scale = None if unit is None else factor("creatinine", unit, "umol/L")
    female = {"F": True, "M": False}.get(sex or "")
    return None if scale is None else ckd_epi_2021(value * scale, age, female)


def _least(protocol: Protocol, endpoint: Endpoint) -> float:
    """The baseline ratio that an endpoint asks for."""
    group = next((g for g in protocol.groups if g.key == endpoint.within and g.measure == "baseline-upcr"), None)
    limit = None if group is None else group.at_least if group.at_least is not None else group.above
    return PROTEINURIA if limit is None else limit


def _answers(
    endpoint: Endpoint, least: float, subject: str, course: Course, drugs: Background | None
) -> Iterator[Line]:
    start = course.start
    enough = is_at_least(None if start is None else start.value, least)
    before = () if start is None else start.sources
    earlier = () if enough is not True or start is None else _changes(drugs, start.day)
    for sample in course.protein:
        if enough is True and start is not None:
            visit, looked = _visit(endpoint, course, start, sample, drugs, earlier)
        for variant in variants_of(endpoint):
            if enough is False and start is not None:
                said = f"not applicable: proteinuria at baseline {start.value:.2g} g/g, below {least:g}"
                answer, sources = Answer(None, (said,)), before
            elif enough is None:
                answer, sources = Answer(None, ("unknown: proteinuria at baseline",)), (*before, *sample.sources)
            else:
                answer, sources = renal_response.judge(_by(variant, visit, sample), variant), looked
            yield Line(
                subject, sample.day, sample.visitnum, parameter(endpoint, variant), answer.met, answer.because, sources
            )


def _visit(
    endpoint: Endpoint,
    course: Course,
    start: Sample,
    now: Sample,
    drugs: Background | None,
    earlier: Sequence[Change],
) -> tuple[RenalInput, tuple[str, ...]]:
    """What the rules read at a sample, and the records of it."""
    first = next((one for one in course.kidney if one.baseline), None)
    kidney = next((one for one in course.kidney if one.day == now.day), None)
    rate = None if kidney is None else kidney.value
    reference = None if first is None else first.value
    change = None if rate is None or not reference else 100 * (rate - reference) / reference
    rescue, dose, used = _rescue(drugs, start.day, now.day)
    past = [one for one in earlier if one.day < now.day]
    rescue = any_of((rescue, *(one.more for one in past)))
    used = (*used, *(record for one in past for record in one.sources))
    asked = "CRR_AURORA_by_days" in variants_of(endpoint)
    over, run, counted = _days_over(drugs if asked else None, now.day)
    visit = RenalInput(
        upcr_g_g=now.value, egfr=rate, egfr_ref=reference, rescue=rescue, pred_mg=dose, upcr_bl=start.value,
        egfr_change_pct=change, days_over_10mg=over, run_over_10mg=run,
    )  # fmt: skip
    seen = [one.sources for one in (start, now, first, kidney) if one is not None]
    return visit, tuple(record for group in (*seen, used, counted) for record in group)


def _by(variant: str, visit: RenalInput, now: Sample) -> RenalInput:
    """What a rule reads: to those of BLISS-LN the steroid dose from week 24 on is treatment failure as well."""
    if variant not in BLISS_LN or now.protday is None or now.protday < WEEK_24:
        return visit
    return replace(visit, rescue=any_of((visit.rescue, negation(is_at_most(visit.pred_mg, MOST_STEROID)))))


def _changes(drugs: Background | None, since: date) -> tuple[Change, ...]:
    """Every day after baseline on which a drug period began, and whether treatment was more then: it stays rescue."""
    kinds = ("GLUCOCORTICOID", *CLASSES[1:])
    began = {p.latest_first for p in (() if drugs is None else drugs.periods) if p.kind in kinds and p.taken}
    found = []
    for day in sorted(one for one in began if one is not None and one > since):
        more, _, sources = _rescue(drugs, since, day)
        found.append(Change(day, more, sources))
    return tuple(found)


def _rescue(drugs: Background | None, since: date, day: date) -> tuple[Truth, float | None, tuple[str, ...]]:
    """More treatment than at baseline, today's prednisone equivalent, and the records of both."""
    if drugs is None:
        return None, None, ()
    steady, periods = drugs.stable(since, day, CLASSES[1:])
    before, now = drugs.steroid(since), drugs.steroid(day)
    more = negation(all_of((steady, is_at_most(now.mg, before.mg))))
    return more, now.mg, (*periods, *before.sources, *now.sources)


def _days_over(drugs: Background | None, day: date) -> tuple[int | None, int | None, tuple[str, ...]]:
    """Days above 10 mg/d in the eight weeks up to a day, and the longest run of them."""
    if drugs is None:
        return None, None, ()
    doses = [drugs.steroid(day - timedelta(days=back)) for back in range(EIGHT_WEEKS)]
    sources = tuple(dict.fromkeys(record for dose in doses for record in dose.sources))
    if any(dose.mg is None for dose in doses):
        return None, None, sources
    return *_counted([is_at_most(dose.mg, 10) is False for dose in doses]), sources


def _counted(over: Sequence[bool]) -> tuple[int, int]:
    run = longest = 0
    for one in over:
        run = run + 1 if one else 0
        longest = max(longest, run)
    return sum(over), longest
