"""ADPP: kinetics of the product, one row per subject, analyte, window and parameter (PP-like codes).

A window is the whole course, or the time from one infusion to the next. Times are days from the first infusion of the
window, by the clock where every infusion and sample of the subject has a time of day, otherwise in whole days.
Measured are all tests of PC, and those of CP (flow cytometry) whose category is CELL KINETICS.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

import polars as pl

from remit.days import iso_date
from remit.derive.frames import framed
from remit.instruments import nca
from remit.protocol import Protocol
from remit.records import Records

SCHEMA: Final = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "SRCDOM": pl.String(), "ANALYTE": pl.String(),
    "PPSPEC": pl.String(), "WINDOW": pl.String(), "INFNUM": pl.Int64(), "PARAMCD": pl.String(), "PARAM": pl.String(),
    "VARIANT": pl.String(), "DEFVFL": pl.String(), "AVAL": pl.Float64(), "AVALU": pl.String(), "REASON": pl.String(),
    "GONEDY": pl.Float64(), "LAMZNPT": pl.Int64(), "R2": pl.Float64(), "R2ADJ": pl.Float64(), "DONOR": pl.String(),
    "EXLOT": pl.String(),
    "sources": pl.List(pl.String), "SENTENCE": pl.String(),
})  # fmt: skip

HORIZON: Final = 28.0
KINETICS: Final = "CELL KINETICS"
COURSE: Final = "course"
LAST_DAY: Final = "Last day above quantification"
DEFAULT: Final = f"{nca.RULES.method}, {nca.NAMED_RULES[0]}"

# The area of the course under other conventions, because samples below quantification change it.
VARIANTS: Final[tuple[tuple[str, nca.Rules], ...]] = (
    (f"linear, {nca.NAMED_RULES[0]}", replace(nca.RULES, method="linear")),
    *(
        (f"{nca.RULES.method}, {name}", replace(nca.RULES, below=nca.below_rule(name)))
        for name in ("zero-zero-zero", "half-half-half", "drop-drop-drop")
    ),
)
_MINUTES: Final = 1440
_BLANK: Final[Mapping[str, object]] = dict.fromkeys(SCHEMA)


@dataclass(frozen=True)
class _Moment:
    """When something happened: minutes, counted from a far day, and whether the time of day is known."""

    minutes: int
    timed: bool

    def days_from(self, other: _Moment, clock: bool) -> float:
        if clock:
            return (self.minutes - other.minutes) / _MINUTES
        return float(self.minutes // _MINUTES - other.minutes // _MINUTES)


@dataclass(frozen=True)
class _Taken:
    """One sample of the records."""

    record: str
    moment: _Moment
    before_dose: bool
    unit: str | None
    sample: nca.Sample


@dataclass(frozen=True)
class _Infusion:
    """One infusion: when, of which donor and lot, and the records that say so."""

    moment: _Moment
    donor: str | None
    lot: str | None
    records: tuple[str, ...]


@dataclass(frozen=True)
class _Subject:
    """Who, the infusions in order, the analyte, and the last day known of."""

    stem: Mapping[str, object]
    infusions: Sequence[_Infusion]
    label: str
    unit: str
    followed: float


def adpp(protocol: Protocol, records: Records, people: pl.DataFrame, exposure: pl.DataFrame) -> pl.DataFrame:
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
    rows: list[dict[str, object]] = []
    who = people.filter(pl.col("SAFFL") == "Y").sort("USUBJID").select("USUBJID", "LEVEL", "LSTALVDT")
    analytes = sorted({key[1:] for key in taken})
    for subject, level, contact in who.iter_rows():
        for domain, code, label, specimen in analytes:
            mine = taken.get((subject, domain, code, label, specimen))
            if mine:
                stem = {
                    "USUBJID": subject, "LEVEL": level, "SAFFL": "Y", "SRCDOM": domain, "ANALYTE": code,
                    "PPSPEC": specimen or None,
                }  # fmt: skip
                rows += _windows(stem, label, mine, infusions.get(subject), contact)
    return framed([{**_BLANK, **row} for row in rows], SCHEMA)


def _moment(text: str | None) -> _Moment | None:
    day = iso_date(text).day
    if day is None or text is None:
        return None
    bare = text.strip()
    clock = bare[11:16]
    timed = len(clock) == 5 and clock[2] == ":" and clock[:2].isdigit() and clock[3:].isdigit()
    minutes = int(clock[:2]) * 60 + int(clock[3:]) if timed else 0
    return _Moment(date.toordinal(day) * _MINUTES + minutes, timed)


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


def _infusions(protocol: Protocol, records: Records, exposure: pl.DataFrame) -> dict[str, list[_Infusion]]:
    """Subject -> infusions in order; no entry where the order is not known. The first of several bags dates one."""
    starts = dict(records.table("EX").select("record_id", "EXSTDTC").iter_rows())
    donors = {lot.key: lot.donor for lot in protocol.product.lots}
    cells = exposure.filter(pl.col("INFNUM").is_not_null()).sort("USUBJID", "INFNUM", "ADT", "EXSEQ")
    found: dict[str, dict[int, _Infusion]] = {}
    for who, number, donor, lot, sources in cells.select("USUBJID", "INFNUM", "DONOR", "EXLOT", "sources").iter_rows():
        moment = next((_moment(starts[source]) for source in sources if source in starts), None)
        kept = found.setdefault(who, {})
        if moment is None:
            continue
        one = _Infusion(moment, donor or donors.get(lot), lot, tuple(sources))
        other = kept.get(number)
        if other is not None:
            first, second = (one, other) if moment.minutes < other.moment.minutes else (other, one)
            one = _Infusion(
                first.moment, _joined((first, second), "donor"), _joined((first, second), "lot"),
                (*first.records, *second.records),
            )  # fmt: skip
        kept[number] = one
    return {who: [kept[number] for number in sorted(kept)] for who, kept in found.items() if kept}


def _joined(infusions: Sequence[_Infusion], what: str) -> str | None:
    """The donors or lots of several infusions; None where one is not known."""
    named: list[str | None] = [getattr(one, what) for one in infusions]
    known = sorted({name for name in named if name is not None})
    return " + ".join(known) if known and None not in named else None


def _windows(
    stem: Mapping[str, object],
    label: str,
    taken: Sequence[_Taken],
    infusions: Sequence[_Infusion] | None,
    contact: date | None,
) -> Iterator[dict[str, object]]:
    """The rows of one subject and analyte: the course, then each infusion of several."""
    unit, why = nca.one_unit(t.unit for t in taken)
    last = None if contact is None or not infusions else contact.toordinal() - infusions[0].moment.minutes // _MINUTES
    subject = _Subject(stem, infusions or (), label, unit or "", math.inf if last is None else float(last))
    every = [t.record for t in taken]
    if why or not infusions:
        yield from _unknown(subject, every, why or "the infusions have no full dates")
        return
    clock = all(t.moment.timed for t in taken) and all(one.moment.timed for one in infusions)
    zero = infusions[0].moment
    starts = tuple(one.moment.days_from(zero, clock) for one in infusions)
    if any(b <= a for a, b in pairwise(starts)):
        yield from _unknown(subject, every, "two infusions at one time")
        return
    # where only days are known, a sample before the dose comes a minute before it: it is no point of the new curve
    nudge = 0.0 if clock else 1 / _MINUTES
    times = [t.moment.days_from(zero, clock) - (nudge if t.before_dose else 0.0) for t in taken]
    samples = [(replace(t.sample, time=time), t.record) for t, time in zip(taken, times)]
    yield from _course(subject, samples, starts)
    if len(starts) > 1:
        for number, start in enumerate(starts, start=1):
            until = starts[number] if number < len(starts) else None
            mine = [
                (replace(s, time=s.time - start), record)
                for s, record in samples
                if s.time >= start - nca.DAY and (until is None or s.time < until)
            ]
            yield from _infusion(subject, mine, number, (start, until))


Samples = Sequence[tuple[nca.Sample, str]]


def _course(subject: _Subject, samples: Samples, starts: tuple[float, ...]) -> Iterator[dict[str, object]]:
    window = nca.Window(starts, HORIZON, 0.0, subject.followed)
    found = nca.kinetics([s for s, _ in samples], window)
    where = _Where(COURSE, None, subject.infusions)
    yield from _parameters(subject, samples, found, where, "AUCINT", "AUC from day 0 to 28")
    for variant, rules in VARIANTS:
        auc, why = nca.area_to_horizon([s for s, _ in samples], window, rules)
        row = _Parameter("AUCINT", "AUC from day 0 to 28", auc, "day*", why or None)
        sources = [record for _, record in samples]
        yield _row(subject, where, row, [*sources, *where.dated()], variant)


def _infusion(
    subject: _Subject, samples: Samples, number: int, span: tuple[float, float | None]
) -> Iterator[dict[str, object]]:
    start, until = span
    horizon = HORIZON if until is None else until - start
    window = nca.Window((0.0,), horizon, 0.0 if number == 1 else None, subject.followed - start)
    found = nca.kinetics([s for s, _ in samples], window)
    nearby = subject.infusions[number - 1 : number + 1]
    where = _Where(f"infusion-{number}", number, nearby[:1], nearby[1:])
    code = ("AUCINT", "AUC from day 0 to 28") if until is None else ("AUCTAU", "AUC to the next infusion")
    yield from _parameters(subject, samples, found, where, *code)


@dataclass(frozen=True)
class _Where:
    """A window: its key, its number, the infusions in it, and the one that ends it."""

    key: str
    number: int | None
    inside: Sequence[_Infusion]
    after: Sequence[_Infusion] = ()

    def dated(self) -> list[str]:
        """The records that say when it begins and ends."""
        return [record for one in (*self.inside, *self.after) for record in one.records]


@dataclass(frozen=True)
class _Parameter:
    """One parameter: code, words, value, what stands before the analyte's unit (`day` alone: days), why unknown."""

    code: str
    name: str
    value: float | None
    unit: str
    why: str | None


def _parameters(
    subject: _Subject, samples: Samples, found: nca.Kinetics, where: _Where, code: str, name: str
) -> Iterator[dict[str, object]]:
    every = [record for _, record in samples]
    at = {time: [record for s, record in samples if s.time == time] for time in {s.time for s, _ in samples}}
    fit, why = found.terminal, found.because
    peak, last = (every if t is None else at[t] for t in (found.tmax, found.tlast))
    fell = at[found.gone] if found.gone is not None else []
    # the infusions are behind every row: they say which window it is, of which donor and lot
    dated = where.dated()
    for parameter, own in (
        (_Parameter("CMAX", "Cmax", found.cmax, "", why.get("cmax")), peak),
        (_Parameter("TMAX", "Tmax", found.tmax, "day", why.get("tmax")), peak),
        (_Parameter("CLST", "Last value above quantification", found.clast, "", why.get("clast")), last),
        (_Parameter("TLST", LAST_DAY, found.tlast, "day", why.get("tlast")), [*last, *fell]),
        (_Parameter("AUCLST", "AUC to the last value", found.auc_last, "day*", why.get("auc_last")), every),
        (_Parameter(code, name, found.auc, "day*", why.get("auc")), every),
        # the points that were left out of the fit had their part in its choice
        (_Parameter("LAMZHL", "Half-life", fit.half_life, "day", why.get("half_life")), every),
    ):
        sources = [*own, *dated]
        row = _row(subject, where, parameter, sources, DEFAULT)
        if parameter.code == "TLST":
            row |= {"GONEDY": found.gone}
            if found.tlast is not None:
                end = "still above it then" if found.gone is None else f"below on day {found.gone:.4g}"
                row["SENTENCE"] = f"{row['SENTENCE']} ({end})"
        if parameter.code == "LAMZHL" and fit.half_life is not None:
            row |= {"LAMZNPT": len(fit.times), "R2": fit.r_squared, "R2ADJ": fit.adjusted}
            used = f"{len(fit.times)} points, day {fit.times[0]:.3g} to {fit.times[-1]:.3g}"
            row["SENTENCE"] = f"{row['SENTENCE']} ({used}; R² {fit.r_squared:.3f}, adjusted {fit.adjusted:.3f})"
        yield row


def _row(
    subject: _Subject, where: _Where, parameter: _Parameter, sources: Sequence[str], variant: str
) -> dict[str, object]:
    unit = "day" if parameter.unit == "day" else f"{parameter.unit}{subject.unit}"
    words = f"{subject.label}, {where.key.replace('-', ' ')}: {parameter.name}"
    if parameter.value is None:
        said = f"{words} unknown ({parameter.why})"
    elif parameter.unit == "day":
        said = f"{words} {parameter.value:.4g}" if "day" in parameter.name else f"{words} {parameter.value:.3g} days"
    else:
        said = f"{words} {parameter.value:.6g} {unit}"
    return {
        **subject.stem, "WINDOW": where.key, "INFNUM": where.number, "PARAMCD": parameter.code,
        "PARAM": f"{subject.label}: {parameter.name}", "VARIANT": variant, "AVAL": parameter.value,
        "DEFVFL": "Y" if variant == DEFAULT else None, "AVALU": unit, "REASON": parameter.why,
        "DONOR": _joined(where.inside, "donor"), "EXLOT": _joined(where.inside, "lot"),
        "sources": sorted(set(sources)), "SENTENCE": said if variant == DEFAULT else f"{said}; {variant}",
    }  # fmt: skip


def _unknown(subject: _Subject, sources: Sequence[str], why: str) -> Iterator[dict[str, object]]:
    where = _Where(COURSE, None, ())
    for code, name, unit in (
        ("CMAX", "Cmax", ""), ("TMAX", "Tmax", "day"), ("CLST", "Last value above quantification", ""),
        ("TLST", LAST_DAY, "day"), ("AUCLST", "AUC to the last value", "day*"),
        ("AUCINT", "AUC from day 0 to 28", "day*"), ("LAMZHL", "Half-life", "day"),
    ):  # fmt: skip
        yield _row(subject, where, _Parameter(code, name, None, unit, why), sources, DEFAULT)
