"""ADPP: kinetics of the product, one row per subject, analyte, window and parameter (PP-like codes).

A window is the whole course, or the time from one infusion to the next. Times are days from the first infusion of the
window, by the clock where every infusion and sample of the subject has a time of day, otherwise in whole days.
Measured are all tests of PC, and those of CP (flow cytometry) whose category is CELL KINETICS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final

import polars as pl

from remit.days import iso_date
from remit.derive.kinetic_rows import (
    DEFAULT,
    MINUTES,
    SCHEMA,
    Infusion,
    Moment,
    Parameter,
    Subject,
    Table,
    Where,
    joined,
)  # fmt: skip
from remit.instruments import nca
from remit.protocol import Protocol
from remit.records import Records

__all__ = ["DEFAULT", "HORIZON", "KINETICS", "LAST_DAY", "SCHEMA", "VARIANTS", "adpp"]

HORIZON: Final = 28.0
KINETICS: Final = "CELL KINETICS"
COURSE: Final = "course"
LAST_DAY: Final = "Last day above quantification"

# The area of the course under other conventions, because samples below quantification change it.
VARIANTS: Final[tuple[tuple[str, nca.Rules], ...]] = (
    (f"linear, {nca.NAMED_RULES[0]}", replace(nca.RULES, method="linear")),
    *(
        (f"{nca.RULES.method}, {name}", replace(nca.RULES, below=nca.below_rule(name)))
        for name in ("zero-zero-zero", "half-half-half", "drop-drop-drop")
    ),
)


@dataclass(frozen=True)
class _Taken:
    """One sample of the records."""

    record: str
    moment: Moment
    before_dose: bool
    unit: str | None
    sample: nca.Sample


def adpp(
    protocol: Protocol, records: Records, people: pl.DataFrame, exposure: pl.DataFrame, *, traced: bool = True
) -> pl.DataFrame:
    """One row per infused subject, analyte and specimen, window and parameter.

    exposure   adex: INFNUM numbers the infusions, null where one of them has no full date
    CMAX TMAX CLST TLST AUCLST LAMZHL   of every window; GONEDY of TLST is the first sample below after it
    AUCINT     from day 0 to 28 of the course and of the last infusion; AUCTAU from an infusion to the next one
    VARIANT    the method and the rule for samples below quantification (`remit.instruments.nca`); DEFVFL marks ours
    AVAL       null with its REASON; LAMZNPT, R2 and R2ADJ describe the fit of LAMZHL
    DONOR, EXLOT   of the cells of the window, as recorded or as the protocol declares for the lot; several are joined
    """
    taken = _samples(records)
    if not taken:
        return pl.DataFrame(schema=SCHEMA)
    infusions = _infusions(protocol, records, exposure)
    table = Table(traced)
    who = people.filter(pl.col("SAFFL") == "Y").sort("USUBJID").select("USUBJID", "LEVEL", "LSTALVDT")
    analytes = sorted({key[1:] for key in taken})
    for subject, level, contact in who.iter_rows():
        for domain, code, label, specimen in analytes:
            mine = taken.get((subject, domain, code, label, specimen))
            if mine:
                stem = (subject, level, "Y", domain, code, specimen or None)
                _windows(table, stem, label, mine, infusions.get(subject), contact)
    return table.frame()


@lru_cache(maxsize=4096)
def _moment(text: str | None) -> Moment | None:
    day = iso_date(text).day
    if day is None or text is None:
        return None
    bare = text.strip()
    clock = bare[11:16]
    timed = len(clock) == 5 and clock[2] == ":" and clock[:2].isdigit() and clock[3:].isdigit()
    minutes = int(clock[:2]) * 60 + int(clock[3:]) if timed else 0
    return Moment(date.toordinal(day) * MINUTES + minutes, timed)


def _samples(records: Records) -> dict[tuple[str, str, str, str, str], list[_Taken]]:
    """Dated samples by subject, domain, test, its name and specimen."""
    found: dict[tuple[str, str, str, str, str], list[_Taken]] = {}
    for domain in ("PC", "CP"):
        if not records.collected(domain):
            continue
        frame = records.table(domain)
        if domain == "CP":
            frame = frame.filter(pl.col("CPCAT") == KINETICS) if "CPCAT" in frame.columns else frame.clear()
            if frame.height == 0:
                continue
        wanted = [f"{domain}{name}" for name in (
            "TESTCD", "TEST", "SPEC", "DTC", "TPT", "TPTNUM", "STRESN", "STRESC", "ORRES", "STRESU", "LLOQ", "STAT",
        )]  # fmt: skip
        columns = [pl.col(c) if c in frame.columns else pl.lit(None).alias(c) for c in wanted]
        for who, record, code, test, specimen, *rest in frame.select("USUBJID", "record_id", *columns).iter_rows():
            when, point, number, value, text, original, unit, limit, status = rest
            moment = _moment(when)
            if status is not None or moment is None or who is None or code is None:
                continue
            said = (text or original or "").strip()
            below = value is None and (said.startswith("<") or "LLOQ" in said.upper() or said.upper().startswith("BLQ"))
            if value is None and not below:
                continue
            before = (point or "").upper().startswith("PRE") or (number is not None and number < 0)
            sample = nca.Sample(0.0, value, below, limit if limit is not None else _printed(said))
            key = (who, domain, code, test or code, specimen or "")
            found.setdefault(key, []).append(_Taken(record, moment, before, unit, sample))
    for mine in found.values():
        mine.sort(key=lambda t: (t.moment.minutes, not t.before_dose, t.record))
    return found


def _printed(text: str) -> float | None:
    """The limit that "<50" prints."""
    try:
        return float(text.removeprefix("<").strip()) if text.startswith("<") else None
    except ValueError:
        return None


def _infusions(protocol: Protocol, records: Records, exposure: pl.DataFrame) -> dict[str, list[Infusion]]:
    """Subject -> infusions in order; no entry where the order is not known. The first of several bags dates one."""
    starts = dict(records.table("EX").select("record_id", "EXSTDTC").iter_rows())
    donors = {lot.key: lot.donor for lot in protocol.product.lots}
    cells = exposure.filter(pl.col("INFNUM").is_not_null()).sort("USUBJID", "INFNUM", "ADT", "EXSEQ")
    found: dict[str, dict[int, Infusion]] = {}
    for who, number, donor, lot, sources in cells.select("USUBJID", "INFNUM", "DONOR", "EXLOT", "sources").iter_rows():
        moment = next((_moment(starts[source]) for source in sources if source in starts), None)
        kept = found.setdefault(who, {})
        if moment is None:
            continue
        one = Infusion(moment, donor or donors.get(lot), lot, tuple(sources))
        other = kept.get(number)
        if other is not None:
            first, second = (one, other) if moment.minutes < other.moment.minutes else (other, one)
            one = Infusion(
                first.moment, joined((first, second), "donor"), joined((first, second), "lot"),
                (*first.records, *second.records),
            )  # fmt: skip
        kept[number] = one
    return {who: [kept[number] for number in sorted(kept)] for who, kept in found.items() if kept}


def _windows(
    table: Table,
    stem: tuple[str, str | None, str, str, str, str | None],
    label: str,
    taken: Sequence[_Taken],
    infusions: Sequence[Infusion] | None,
    contact: date | None,
) -> None:
    """The rows of one subject and analyte: the course, then each infusion of several."""
    unit, why = nca.one_unit(t.unit for t in taken)
    last = None if contact is None or not infusions else contact.toordinal() - infusions[0].moment.minutes // MINUTES
    subject = Subject(stem, infusions or (), label, unit or "", math.inf if last is None else float(last))
    every = tuple(t.record for t in taken)
    if why or not infusions:
        _unknown(table, subject, every, why or "the infusions have no full dates")
        return
    clock = all(t.moment.timed for t in taken) and all(one.moment.timed for one in infusions)
    zero = infusions[0].moment
    starts = tuple(one.moment.days_from(zero, clock) for one in infusions)
    if any(b <= a for a, b in pairwise(starts)):
        _unknown(table, subject, every, "two infusions at one time")
        return
    # where only days are known, a sample before the dose comes a minute before it: it is no point of the new curve
    nudge = 0.0 if clock else 1 / MINUTES
    times = [t.moment.days_from(zero, clock) - (nudge if t.before_dose else 0.0) for t in taken]
    samples = [(_at(t.sample, time), t.record) for t, time in zip(taken, times)]
    _course(table, subject, samples, starts)
    if len(starts) > 1:
        for number, start in enumerate(starts, start=1):
            until = starts[number] if number < len(starts) else None
            mine = [
                (_at(s, s.time - start), record)
                for s, record in samples
                if s.time >= start - nca.DAY and (until is None or s.time < until)
            ]
            _infusion(table, subject, mine, number, (start, until))


Samples = Sequence[tuple[nca.Sample, str]]
Lines = list[tuple[Parameter, tuple[str, ...], str]]


def _at(sample: nca.Sample, time: float) -> nca.Sample:
    """The same sample on another clock."""
    return nca.Sample(time, sample.value, sample.below, sample.limit)


def _course(table: Table, subject: Subject, samples: Samples, starts: tuple[float, ...]) -> None:
    window = nca.Window(starts, HORIZON, 0.0, subject.followed)
    profile, every = [s for s, _ in samples], tuple(record for _, record in samples)
    rows = _parameters(samples, nca.kinetics(profile, window), "AUCINT", "AUC from day 0 to 28")
    for variant, rules in VARIANTS:
        auc, why = nca.area_to_horizon(profile, window, rules)
        rows.append((Parameter("AUCINT", "AUC from day 0 to 28", auc, "day*", why or None), every, variant))
    table.add(subject, Where(COURSE, None, subject.infusions), rows)


def _infusion(table: Table, subject: Subject, samples: Samples, number: int, span: tuple[float, float | None]) -> None:
    start, until = span
    horizon = HORIZON if until is None else until - start
    window = nca.Window((0.0,), horizon, 0.0 if number == 1 else None, subject.followed - start)
    found = nca.kinetics([s for s, _ in samples], window)
    nearby = subject.infusions[number - 1 : number + 1]
    code = ("AUCINT", "AUC from day 0 to 28") if until is None else ("AUCTAU", "AUC to the next infusion")
    where = Where(f"infusion-{number}", number, nearby[:1], nearby[1:])
    table.add(subject, where, _parameters(samples, found, *code))


def _parameters(samples: Samples, found: nca.Kinetics, code: str, name: str) -> Lines:
    """What one profile says, each with the samples that it rests on."""
    every = tuple(record for _, record in samples)
    fit, why, gone = found.terminal, found.because, found.gone

    def at(time: float) -> tuple[str, ...]:
        return tuple(record for s, record in samples if s.time == time)

    peak, last = (every if time is None else at(time) for time in (found.tmax, found.tlast))
    fell = at(gone) if gone is not None else ()
    ends = fitted = ""
    if found.tlast is not None:
        ends = " (still above it then)" if gone is None else f" (below on day {gone:.4g})"
    if fit.half_life is not None:
        used = f"{len(fit.times)} points, day {fit.times[0]:.3g} to {fit.times[-1]:.3g}"
        fitted = f" ({used}; R² {fit.r_squared:.3f}, adjusted {fit.adjusted:.3f})"
    points = len(fit.times) if fit.half_life is not None else None
    half_life = Parameter(
        "LAMZHL", "Half-life", fit.half_life, "day", why.get("half_life"), None, points, fit.r_squared, fit.adjusted,
        fitted,
    )  # fmt: skip
    return [
        (Parameter("CMAX", "Cmax", found.cmax, "", why.get("cmax")), peak, DEFAULT),
        (Parameter("TMAX", "Tmax", found.tmax, "day", why.get("tmax")), peak, DEFAULT),
        (Parameter("CLST", "Last value above quantification", found.clast, "", why.get("clast")), last, DEFAULT),
        (Parameter("TLST", LAST_DAY, found.tlast, "day", why.get("tlast"), gone, more=ends), last + fell, DEFAULT),
        (Parameter("AUCLST", "AUC to the last value", found.auc_last, "day*", why.get("auc_last")), every, DEFAULT),
        (Parameter(code, name, found.auc, "day*", why.get("auc")), every, DEFAULT),
        # the points that were left out of the fit had their part in its choice
        (half_life, every, DEFAULT),
    ]


def _unknown(table: Table, subject: Subject, every: tuple[str, ...], why: str) -> None:
    named = (
        ("CMAX", "Cmax", ""), ("TMAX", "Tmax", "day"), ("CLST", "Last value above quantification", ""),
        ("TLST", LAST_DAY, "day"), ("AUCLST", "AUC to the last value", "day*"),
        ("AUCINT", "AUC from day 0 to 28", "day*"), ("LAMZHL", "Half-life", "day"),
    )  # fmt: skip
    rows: Lines = [(Parameter(code, name, None, unit, why), every, DEFAULT) for code, name, unit in named]
    table.add(subject, Where(COURSE, None, ()), rows)
