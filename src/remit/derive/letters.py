"""BILAG-2004 letters of an assessment: those entered, those computed from items, and the numbers made of them.

An entered letter stands in every case. A computed one fills a gap only where the protocol names the clinician who
signed the item rules; where both are known and differ, that is a finding. Laboratory bands read the last value of the
seven days up to the assessment; low blood counts count only where somebody said that lupus causes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

import polars as pl

from remit.criteria import Truth
from remit.days import day_of
from remit.derive.assessments import BILAG, Assessment, assessments
from remit.derive.lines import Parameter
from remit.derive.supplements import Line
from remit.instruments.bilag_2004 import CODINGS, SYSTEMS, Letter, grade_system, numeric
from remit.instruments.bilag_items import BLOOD_BANDS, YES_NO
from remit.protocol import Protocol
from remit.protocol.letters import INSTRUMENT, signed_off
from remit.records import Finding, Records
from remit.records.bilag_names import ATTRIBUTED, HISTORY, ever_active
from remit.records.checks.rules import noted
from remit.records.rating_codes import BILAG_ITEMS
from remit.records.rating_sheets import Sheet, sheets
from remit.units import factor

SHORT: Mapping[str, str] = dict(zip(SYSTEMS, BILAG.values(), strict=True))
"""System of the instrument -> its short key among the letters of an assessment."""

CODE_OF = {short: code for code, short in BILAG.items()}
TALLIED = ("A", "B", "C")
COMPUTED = "computed"
WITHIN_DAYS = 7

# what the items read from the laboratory: the item's name -> test, kind of quantity, unit of the rules
RENAL = {
    "upcr_mg_mmol": ("PROTCRT", "protein-creatinine", "mg/mmol"),
    "creatinine_umol_l": ("CREAT", "creatinine", "umol/L"),
}
BLOOD = {
    "hb_g_dl": ("HGB", "mass", "g/dL"),
    "wcc": ("WBC", "count", "10^9/L"),
    "neutrophils": ("NEUT", "count", "10^9/L"),
    "platelets": ("PLAT", "count", "10^9/L"),
    "lymphocytes": ("LYM", "count", "10^9/L"),
}
TESTS = tuple(test for test, _, _ in (*RENAL.values(), *BLOOD.values()))
LIMITS = {**{name: cuts[-1] for name, cuts in BLOOD_BANDS.items()}, "lymphocytes": 1.0}

# day, value in the unit of the rules, record
Measured = tuple[date, float | None, str]


@dataclass(frozen=True)
class Computed:
    """The letter of one system from its items, by short key, with the records it rests on."""

    system: str
    letter: Letter
    records: tuple[str, ...]


def with_computed(
    protocol: Protocol, records: Records, courses: Mapping[str, tuple[Assessment, ...]]
) -> Mapping[str, tuple[Assessment, ...]]:
    """Assessments in which computed letters stand for those that nobody entered; as given without a sign-off."""
    if signed_off(protocol) is None or not _any_items(records):
        return courses
    found = computed(records, courses)
    return {
        subject: tuple(one if one.day is None else _filled(one, found.get((subject, one.day), ())) for one in course)
        for subject, course in courses.items()
    }


def _filled(one: Assessment, found: Iterable[Computed]) -> Assessment:
    used = [c for c in found if one.letters.get(c.system) is None and c.letter.grade is not None]
    if not used:
        return one
    letters = {**dict.fromkeys(SHORT.values()), **one.letters, **{c.system: c.letter.grade for c in used}}
    records = (*one.evidence.get("bilag", ()), *(record for c in used for record in c.records))
    return replace(one, letters=letters, evidence={**one.evidence, "bilag": tuple(dict.fromkeys(records))})


def computed(
    records: Records, courses: Mapping[str, Sequence[Assessment]]
) -> Mapping[tuple[str, date], tuple[Computed, ...]]:
    """Letters from items, by subject and day. Sheets without a day are left out: no laboratory value is theirs."""
    if not _any_items(records):
        return {}
    laboratory = _laboratory(records)
    rs = records.table("RS")
    own = replace(records, tables={"RS": rs.filter(pl.col("RSTESTCD").is_in(BILAG_ITEMS.codes))})
    out: dict[tuple[str, date], tuple[Computed, ...]] = {}
    for subject, course in sheets(own).get(BILAG_ITEMS.category, {}).items():
        entered = {one.day: one.letters for one in courses.get(subject, ()) if one.day is not None}
        ever: dict[str, Truth] = dict.fromkeys(SYSTEMS)
        # what a letter rests on of other forms and days: letters entered so far, and items of a system rated before
        earlier: dict[str, tuple[str, ...]] = dict.fromkeys(SYSTEMS, ())
        before: Sheet | None = None
        for sheet in course:
            if sheet.day is None:
                continue
            day, made = sheet.day, []
            for system in SYSTEMS:
                ever[system] = _ever(sheet, system, ever[system], entered)
                items, used = _items(sheet, system, before, laboratory.get(subject, {}))
                if items is None:
                    continue
                letter = grade_system(system, items, ever[system])
                if letter.grade in ("A", "B", "C"):
                    ever[system] = True
                mine = (*sheet.records(system, HISTORY), *used)
                rows = [one.evidence.get("bilag", ()) for one in courses.get(subject, ()) if one.day and one.day <= day]
                made.append(Computed(SHORT[system], letter, tuple(dict.fromkeys(chain(mine, earlier[system], *rows)))))
                earlier[system] = (*earlier[system], *mine)
            out[subject, day] = tuple(made)
            before = sheet
    return out


def _any_items(records: Records) -> bool:
    return bool(records.table("RS")["RSTESTCD"].is_in(BILAG_ITEMS.codes).any())


def _ever(sheet: Sheet, system: str, so_far: Truth, entered: Mapping[date, Mapping[str, str | None]]) -> Truth:
    """Whether a system was ever active: by the history, by an earlier letter; an earlier no counts until then."""
    assert sheet.day is not None
    short = SHORT[system]
    earlier = [letters.get(short) for day, letters in entered.items() if day < sheet.day]
    asked = next(item for item in sheet.form.items if item.name == ever_active(system))
    value = sheet.value(asked)
    active = any(letter in ("A", "B", "C", "D") for letter in earlier if letter is not None)
    if so_far or value or active:
        return True
    return False if so_far is False or value == 0 else None


def _items(
    sheet: Sheet, system: str, before: Sheet | None, laboratory: Mapping[str, Sequence[Measured]]
) -> tuple[dict[str, float | bool | None] | None, tuple[str, ...]]:
    """The items of a system as the rules read them, and the laboratory records among them; None: nobody asked."""
    if not sheet.rated(system) or sheet.day is None:
        return None, ()
    items: dict[str, float | bool | None] = {}
    for item in sheet.of(system):
        value = sheet.value(item)
        items[item.name] = bool(value) if value is not None and item.name in YES_NO else value
    used: list[str] = []
    if system == "renal":
        for name, (test, _, _) in RENAL.items():
            items[name] = _at(laboratory.get(test, ()), sheet.day, used)
            if before is not None and before.day is not None:
                items[f"previous_{name}"] = _at(laboratory.get(test, ()), before.day, used)
    if system == "haematological":
        items |= _blood(sheet, laboratory, used)
    return items, tuple(used)


def _blood(sheet: Sheet, laboratory: Mapping[str, Sequence[Measured]], used: list[str]) -> dict[str, float | None]:
    """Counts that lupus lowers; a low one that nobody attributed is unknown, one with another cause is left out."""
    assert sheet.day is not None
    due = sheet.truth(ATTRIBUTED)
    found: dict[str, float | None] = {}
    for name, (test, _, _) in BLOOD.items():
        value = _at(laboratory.get(test, ()), sheet.day, used)
        low = value is None or value < LIMITS[name]
        if not low or due is True:
            found[name] = value
        elif due is None:
            found[name] = None
    return found


def _at(samples: Sequence[Measured], day: date, used: list[str]) -> float | None:
    """The last value of the week up to a day; its record is added to `used`."""
    since = day - timedelta(days=WITHIN_DAYS)
    near = [sample for sample in samples if since <= sample[0] <= day]
    if not near:
        return None
    used.append(near[-1][2])
    return near[-1][1]


def _laboratory(records: Records) -> Mapping[str, Mapping[str, Sequence[Measured]]]:
    """Samples by subject and test, in order of day, in the unit of the rules; None where the unit is not known."""
    lb = records.table("LB")
    if not {"LBSTRESN", "LBSTRESU"} <= set(lb.columns):
        return {}
    rows = lb.filter(pl.col("LBTESTCD").is_in(TESTS) & pl.col("LBSTRESN").is_not_null())
    rows = rows.with_columns(day_of("LBDTC").alias("_day")).filter(pl.col("_day").is_not_null())
    rows = rows.sort("USUBJID", "_day", "LBDTC", "LBSEQ", "record_id", nulls_last=True)
    kinds = {test: (kind, unit) for test, kind, unit in (*RENAL.values(), *BLOOD.values())}
    out: dict[str, dict[str, list[Measured]]] = {}
    columns = ("USUBJID", "LBTESTCD", "_day", "LBSTRESN", "LBSTRESU", "record_id")
    for subject, test, day, value, unit, record in rows.select(columns).iter_rows():
        scale = None if unit is None else factor(kinds[test][0], unit, kinds[test][1])
        number = None if scale is None else float(value) * scale
        out.setdefault(subject, {}).setdefault(test, []).append((day, number, record))
    return out


def letter_lines(protocol: Protocol, records: Records) -> list[Line]:
    """Numeric score and number of systems with A, B and C at every assessment with letters; letters from items.

    Only where the protocol says how it uses the instrument. AVAL of a computed letter is its number in the score.
    """
    choice = protocol.instruments.get(INSTRUMENT)
    if choice is None:
        return []
    coding = choice.variant if choice.variant in CODINGS else next(iter(CODINGS))
    courses = assessments(records)
    lines: list[Line] = []
    for course in with_computed(protocol, records, courses).values():
        for one in course:
            if one.letters:
                lines += _scores(one, coding)
    for (subject, day), found in computed(records, courses).items():
        entered = next((one for one in courses.get(subject, ()) if one.day == day), None)
        lines += [
            Line(
                subject, day, None if entered is None else entered.visitnum,
                Parameter(CODE_OF[c.system], f"BILAG letter from items, {c.system}", INSTRUMENT, COMPUTED, "N"),
                None if c.letter.grade is None else CODINGS[coding][c.letter.grade],
                _compared(protocol, c, entered), c.records, state=False,
            )
            for c in found
        ]  # fmt: skip
    return lines


def _scores(one: Assessment, coding: str) -> Iterator[Line]:
    letters = list(one.letters.values())
    score, records = numeric(letters, coding), one.evidence.get("bilag", ())
    said = tuple(f"{system} {letter or '?'}" for system, letter in one.letters.items() if letter not in ("D", "E"))
    if score.score is None:
        said = (f"unknown: a letter is missing, {score.low} to {score.high}", *said)
    about = Parameter("BILAGN", "BILAG-2004 score", INSTRUMENT, coding)
    yield Line(one.subject, one.day, one.visitnum, about, score.score, said, records, state=False)
    for letter in TALLIED:
        count = None if None in letters else letters.count(letter)
        about = Parameter(f"BILAG{letter}", f"BILAG-2004 systems with {letter}", INSTRUMENT, coding)
        yield Line(one.subject, one.day, one.visitnum, about, count, (), records, state=False)


def _compared(protocol: Protocol, one: Computed, entered: Assessment | None) -> tuple[str, ...]:
    """The computed letter beside the entered one, and which of them counts."""
    said = f"{COMPUTED} {one.letter.grade or '?'}"
    mine = None if entered is None else entered.letters.get(one.system)
    if mine is None:
        unsigned = signed_off(protocol) is None
        counts = "does not count, item rules not signed off" if unsigned else "counts, item rules signed off"
        return (said, "not entered", counts if one.letter.grade is not None else "unknown", *one.letter.because)
    if one.letter.grade is None:
        return (said, f"entered {mine} stands", *one.letter.because)
    same = one.letter.grade == mine
    return (said, f"entered {mine}" if same else f"entered {mine} stands, differs", *one.letter.because)


def letter_findings(records: Records) -> list[Finding]:
    """Every system whose entered and computed letters differ, at the entered letter's record."""
    if not _any_items(records):
        return []
    courses = assessments(records)
    found = computed(records, courses)
    rows = records.table("RS").filter(pl.col("RSTESTCD").is_in(list(BILAG))).with_columns(day_of("RSDTC").alias("_day"))
    place = {
        (subject, day, BILAG[code]): record
        for subject, day, code, record in rows.select("USUBJID", "_day", "RSTESTCD", "record_id").iter_rows()
    }
    findings = []
    for (subject, day), letters in found.items():
        entered = next((one.letters for one in courses.get(subject, ()) if one.day == day), {})
        for one in letters:
            mine = entered.get(one.system)
            if mine is not None and one.letter.grade is not None and mine != one.letter.grade:
                what = f"The letter is {mine}; the items of that day give {one.letter.grade}."
                findings.append(noted("RS", "LETTER", what, place.get((subject, day, one.system)), "RSORRES"))
    return findings
