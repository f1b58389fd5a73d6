"""ADIS: antibodies against vaccines and against the product, judged per sample or per subject.

Against a vaccine, every sample is asked whether it is protective (PROTECT), and every subject whether it still is
(STILLPRO). Against the product, a subject is asked whether an antibody was there before (BEFORE), is there after the
first infusion (AFTER), whether treatment called it forth or raised it (EMERGENT, by several margins), how high it went
(PEAK), when it was first seen (ONSET) and whether the last test still finds it (LAST).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from remit.days import iso_date
from remit.derive.antibody_targets import BY_AGENT, BY_TEST, Target, of_kind
from remit.derive.frames import framed
from remit.derive.immunoglobulins import infused_immunoglobulin, passive_antibodies
from remit.instruments import antibodies
from remit.protocol import Protocol
from remit.records import Records

SCHEMA: Final = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "PARCAT1": pl.String(), "ANTIBODY": pl.String(),
    "PARAMCD": pl.String(), "PARAM": pl.String(), "VARIANT": pl.String(), "DEFVFL": pl.String(), "AVAL": pl.Float64(),
    "AVALC": pl.String(), "AVALU": pl.String(), "LLOQ": pl.Float64(), "BASE": pl.Float64(), "RATIO": pl.Float64(),
    "KIND": pl.String(), "REASON": pl.String(), "ADT": pl.Date(), "APROTDY": pl.Int64(), "AVISIT": pl.String(),
    "ABLFL": pl.String(), "ANL01FL": pl.String(), "ONTRTFL": pl.String(),
    "sources": pl.List(pl.String), "SENTENCE": pl.String(),
})  # fmt: skip

MARGINS: Final = (antibodies.BOOST, 2.0)
"""Times the titer before that count as a boost: ours first, then the other."""

_BLANK: Final[Mapping[str, object]] = dict.fromkeys(SCHEMA)
_ANSWERS: Final = {"POSITIVE": True, "NEGATIVE": False}
_SAID: Final = {True: "Y", False: "N", None: None}


def margin(fold: float) -> str:
    """How VARIANT names a margin."""
    return f"{fold:g}-fold"


def adis(protocol: Protocol, records: Records, people: pl.DataFrame, measurements: pl.DataFrame) -> pl.DataFrame:
    """One row per infused subject, antibody and question, or per sample where the question is asked of a sample.

    measurements   adlb: vaccine antibodies with their baseline and visits
    AVALC          Y, N, or null with its REASON; a subject who was never tested for an antibody has no row
    AVAL           the concentration (PROTECT), the highest titer (PEAK) or the protocol day of it (ONSET)
    KIND           of EMERGENT: induced, boosted or none
    VARIANT        of EMERGENT: the margin of a boost; DEFVFL marks ours
    RATIO          AVAL over BASE, where both are numbers in one unit
    """
    if not records.collected("IS"):
        return pl.DataFrame(schema=SCHEMA)
    rows = [*_vaccines(records, measurements), *_against_product(records, people)]
    return framed([{**_BLANK, **row} for row in rows], SCHEMA)


def _vaccines(records: Records, measurements: pl.DataFrame) -> Iterator[dict[str, object]]:
    words = {target.code: target.words for target in of_kind("VACCINE")}
    mine = measurements.filter(
        (pl.col("SRCDOM") == "IS") & (pl.col("SAFFL") == "Y") & pl.col("PARAMCD").is_in(list(words))
    )
    if mine.height == 0:
        return
    given = infused_immunoglobulin(records)
    columns = (
        "USUBJID", "LEVEL", "PARAMCD", "AVAL", "LLOQ", "BLQFL", "AVALU", "BASE", "ADT", "APROTDY", "AVISIT", "ABLFL",
        "ANL01FL", "ONTRTFL", "sources",
    )  # fmt: skip
    courses: dict[tuple[str, str], list[dict[str, object]]] = {}
    for who, level, code, value, limit, below, unit, base, day, number, visit, *flags, sources in (
        mine.select(columns).sort("USUBJID", "PARAMCD", "ADT", nulls_last=True, maintain_order=True).iter_rows()
    ):
        low, high = (0.0, limit) if below == "Y" else (value, value)
        answer, why = antibodies.protective(code, low, high, unit)
        passive = passive_antibodies(given, who, day, baseline=flags[0] == "Y")
        rests = list(sources)
        # where no drug was collected, too little is too little all the same
        if passive is not None and (answer if given is None else answer is not None):
            answer, why, rests = None, passive[0], sorted({*rests, *passive[1]})
        shown = f"<{limit:g}" if below == "Y" and limit is not None else "unknown" if value is None else f"{value:g}"
        said = {True: "protective", False: "not protective", None: f"protective or not unknown ({why})"}[answer]
        when = "at an unknown day" if number is None else f"on day {number}"
        row: dict[str, object] = {
            "USUBJID": who, "LEVEL": level, "SAFFL": "Y", "PARCAT1": "VACCINE", "ANTIBODY": code, "PARAMCD": "PROTECT",
            "PARAM": f"{words[code]}: protective", "DEFVFL": "Y", "AVAL": value, "AVALC": _SAID[answer], "AVALU": unit,
            "LLOQ": limit, "BASE": base, "RATIO": value / base if value is not None and base else None,
            "REASON": why or None, "ADT": day, "APROTDY": number, "AVISIT": visit, "ABLFL": flags[0],
            "ANL01FL": flags[1], "ONTRTFL": flags[2], "sources": rests,
            "SENTENCE": f"{words[code]} {shown} {unit or ''} {when}: {said}".replace("  ", " "),
        }  # fmt: skip
        courses.setdefault((who, code), []).append(row)
        yield row
    for (_, code), course in courses.items():
        yield from _still(words[code], course)


def _still(words: str, course: Sequence[Mapping[str, object]]) -> Iterator[dict[str, object]]:
    """Whether who was protected before still is at the last dated sample since treatment began."""
    before = next((row for row in course if row["ABLFL"] == "Y"), None)
    later = [row for row in course if row["ONTRTFL"] == "Y"]
    last = later[-1] if later else None
    if before is not None and before["AVALC"] == "N":
        answer, why = None, "not protected before"
    elif before is None or before["AVALC"] is None:
        answer, why = None, "not known whether protected before"
    elif last is None or last["AVALC"] is None:
        answer, why = None, "no later sample" if last is None else str(last["REASON"])
    else:
        answer, why = last["AVALC"], None
    used = [row for row in (before, last) if row is not None] or list(course[:1])
    said = {"Y": "still protective", "N": "no longer protective"}.get(str(answer), f"course unknown ({why})")
    yield {
        **{name: course[0][name] for name in ("USUBJID", "LEVEL", "SAFFL", "PARCAT1", "ANTIBODY")},
        "PARAMCD": "STILLPRO", "PARAM": f"{words}: still protective", "DEFVFL": "Y", "AVALC": answer, "REASON": why,
        "ADT": None if last is None else last["ADT"], "APROTDY": None if last is None else last["APROTDY"],
        "sources": sorted({record for row in used for record in _list(row["sources"])}), "SENTENCE": f"{words}: {said}",
    }  # fmt: skip


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


@dataclass(frozen=True)
class _Sample:
    """What was found in one subject on one day: the tests of all tiers together."""

    day: date | None
    after: bool | None
    test: antibodies.Assay
    records: tuple[str, ...]


def _against_product(records: Records, people: pl.DataFrame) -> Iterator[dict[str, object]]:
    frame = records.table("IS")
    agent = pl.col("ISBDAGNT") if "ISBDAGNT" in frame.columns else pl.lit(None, pl.String)
    agents = [name for name, target in BY_AGENT.items() if target.kind == "PRODUCT"]
    frame = frame.filter(pl.col("ISTESTCD").is_in(list(BY_TEST)) | agent.is_in(agents))
    if frame.height == 0:
        return
    wanted = ("ISTESTCD", "ISBDAGNT", "ISDTC", "ISTSTOPO", "ISSTRESN", "ISSTRESC", "ISORRES", "ISSTRESU", "ISSTAT")
    columns = [pl.col(c) if c in frame.columns else pl.lit(None, pl.String).alias(c) for c in wanted]
    infused = people.filter(pl.col("SAFFL") == "Y").select("USUBJID", "LEVEL", "TRTSDT", "TRTSTM")
    who = {row[0]: row[1:] for row in infused.iter_rows()}
    found: dict[tuple[str, Target], dict[tuple[str, bool | None], list[_Tier]]] = {}
    units: dict[tuple[str, Target], set[str]] = {}
    for subject, record, code, target, when, aim, value, text, original, unit, status in (
        frame.sort("USUBJID", "record_id").select("USUBJID", "record_id", *columns).iter_rows()
    ):
        if subject not in who or status is not None:
            continue
        here = (subject, BY_TEST.get(code) or BY_AGENT[target])
        after = _after(when, *who[subject][1:])
        tier = _Tier(record, (aim or "").upper(), value, text or original, (unit or "").strip().upper())
        # samples of one day before and after the infusion are two; of one day without a time, one
        found.setdefault(here, {}).setdefault(((when or "")[:10], after), []).append(tier)
        if value is not None and unit:
            units.setdefault(here, set()).add(unit.strip())
    for (subject, target), days in found.items():
        samples = [_sample(when, after, tiers) for (when, after), tiers in days.items()]
        samples.sort(key=lambda s: (s.day or date.max, s.after is not False))
        stem = {
            "USUBJID": subject, "LEVEL": who[subject][0], "SAFFL": "Y", "PARCAT1": "PRODUCT", "ANTIBODY": target.code,
        }  # fmt: skip
        used = sorted(units.get((subject, target), set()))
        yield from _course(stem, target.words, samples, who[subject][1], used)


def _after(when: str | None, start: date | None, clock: str | None) -> bool | None:
    """Whether a sample was taken after the first infusion; on that very day only where both times say so."""
    day = iso_date(when).day
    if day is None or start is None:
        return None
    if day != start:
        return day > start
    time = (when or "")[11:16]
    return bool(clock and len(time) == 5 and time > clock)


@dataclass(frozen=True)
class _Tier:
    """One record of a sample: what it was for (SCREEN, CONFIRM, QUANTIFY or nothing) and what it found."""

    record: str
    aim: str
    value: float | None
    text: str | None
    unit: str

    @property
    def word(self) -> str:
        return (self.text or "").strip().upper()


def _sample(when: str, after: bool | None, tiers: Sequence[_Tier]) -> _Sample:
    """The tiers of one day as one test: a confirmation overrules a screen; a screen that is positive needs one."""
    answers: dict[str, list[bool | None]] = {}
    low: float | None = None
    high: float | None = None
    judged = any(tier.value is None and tier.word in _ANSWERS for tier in tiers)
    for tier in tiers:
        word = tier.word
        if tier.value is None and (word in _ANSWERS or not word.startswith(("<", ">"))):
            answers.setdefault(tier.aim, []).append(_ANSWERS.get(word))
            continue
        least, most = antibodies.titer(tier.value, tier.text)
        # a titer below the least dilution is a negative test; any other is one that found something
        found = None if least is None else least != 0
        if found and (tier.aim == "SCREEN" or (tier.unit != "TITER" and not judged)):
            # a signal: what it takes to be positive was not recorded
            found = None
        answers.setdefault("QUANTIFY", []).append(found)
        if least is not None and (low is None or least > low):
            low, high = least, most
    positive = _overall(answers)
    if not positive:
        low = high = None
    return _Sample(
        iso_date(when).day, after, antibodies.Assay(positive, low, high), tuple(tier.record for tier in tiers)
    )


def _overall(answers: Mapping[str, Sequence[bool | None]]) -> bool | None:
    for aim in ("CONFIRM", ""):
        if aim in answers:
            return _any(answers[aim])
    if "SCREEN" in answers:
        screened = _any(answers["SCREEN"])
        # a titer is made of what was confirmed
        return screened if not screened else (True if _any(answers.get("QUANTIFY", ())) else None)
    others = [one for aim, found in answers.items() if aim not in ("CONFIRM", "", "SCREEN") for one in found]
    return _any(others)


def _any(found: Sequence[bool | None]) -> bool | None:
    return True if True in found else None if None in found or not found else False


@dataclass(frozen=True)
class _Rows:
    """Makes the rows of one subject and antibody."""

    stem: Mapping[str, object]
    words: str

    def made(
        self, code: str, said: str, answer: bool | None, records: Sequence[str], more: Mapping[str, object]
    ) -> dict[str, object]:
        spoken = {True: "yes", False: "no", None: f"unknown ({more.get('REASON')})"}[answer]
        return {
            **self.stem, "PARAMCD": code, "PARAM": f"{self.words}: {said}", "DEFVFL": "Y", "AVALC": _SAID[answer],
            "sources": sorted(set(records)), "SENTENCE": f"{self.words}, {said}: {spoken}", **more,
        }  # fmt: skip


def _course(
    stem: Mapping[str, object], words: str, samples: Sequence[_Sample], zero: date | None, units: Sequence[str]
) -> Iterator[dict[str, object]]:
    before = [s for s in samples if s.after is False]
    # a test without a whole date may lie on either side: it can only make an answer unknown
    undated = [s for s in samples if s.after is None and s.test.positive is not False]
    after = [s for s in samples if s.after]
    clear = [s for s in before if s.test.positive is not None]
    base = (clear or before)[-1] if before else None
    tests = [s.test for s in after]
    known = base.test if base is not None else None
    mixed = len(units) > 1
    if mixed:
        # titers in two units cannot be compared: what is left of a test is its answer
        tests = [antibodies.Assay(test.positive) for test in tests]
        known = antibodies.Assay(known.positive) if known is not None else None
    asked = [*tests, *(antibodies.Assay(None) for _ in undated)]
    every = tuple(record for s in samples for record in s.records)
    unit = units[0] if len(units) == 1 else None

    row = _Rows(stem, words)
    there = base.test.positive if base is not None else None
    why = None if there is not None else ("no clear answer" if base is not None else "not tested before")
    yield row.made("BEFORE", "before the first infusion", there, base.records if base else every, {"REASON": why})
    since = _any([t.positive for t in asked])
    why = None if since is not None else ("no clear answer" if asked else "not tested after the first infusion")
    seen = [s for s in after if s.test.positive]
    behind = [record for s in (seen or after) for record in s.records] or list(every)
    yield row.made("AFTER", "after the first infusion", since, behind, {"REASON": why})
    for fold in MARGINS:
        found = antibodies.emergence(known, asked, fold)
        emergent = None if found.kind is None else found.kind != "none"
        because = f"{found.because}; in {' and '.join(units)}" if mixed and emergent is None else found.because
        name = margin(fold)
        more: dict[str, object] = {
            "REASON": None if emergent is not None else because, "KIND": found.kind, "VARIANT": name,
            "DEFVFL": "Y" if fold == MARGINS[0] else None,
            "SENTENCE": f"{words}: {found.kind or 'unknown'} ({because}; {name} margin)",
        }  # fmt: skip
        yield row.made("EMERGENT", "treatment-emergent", emergent, every, more)
    if seen:
        first = seen[0]
        assert first.day is not None
        assert zero is not None
        number = (first.day - zero).days
        more = {
            "AVAL": float(number), "AVALU": "day", "ADT": first.day, "APROTDY": number,
            "SENTENCE": f"{words}: first found after the first infusion on day {number}",
        }  # fmt: skip
        yield row.made("ONSET", "first found", True, first.records, more)
        yield from _peak(row, [] if mixed else seen, unit)
    if after:
        last = after[-1]
        why = None if last.test.positive is not None else "no clear answer"
        more = {"REASON": why, "ADT": last.day}
        yield row.made("LAST", "in the last test", last.test.positive, last.records, more)


def _peak(row: _Rows, seen: Sequence[_Sample], unit: str | None) -> Iterator[dict[str, object]]:
    """The highest titer after the first infusion; one printed as ">1280" has no number."""
    titers = [(s.test.high, s.test.low, s) for s in seen if s.test.low is not None and s.test.high is not None]
    if not titers:
        return
    high, low, top = max(titers, key=lambda t: (t[0], t[1]))
    value = None if math.isinf(high) else high
    shown = f"at least {low:g}" if value is None else f"{value:g}"
    more = {
        "AVAL": value,
        "AVALU": unit,
        "ADT": top.day,
        "REASON": None if value is not None else f"above {low:g}",
        "SENTENCE": f"{row.words}: highest after the first infusion {shown} {unit or ''}".rstrip(),
    }
    yield row.made("PEAK", "highest titer after the first infusion", True, top.records, more)
