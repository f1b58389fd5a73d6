"""What was known about one subject's lupus on one assessment day: items, global score, letters, questions, drugs.

This is the bridge from rows of RS and CM to the typed inputs of the instruments. It scores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

import polars as pl

from remit.days import iso_date
from remit.derive.background import Background, Dose, backgrounds
from remit.instruments import pga
from remit.instruments.sledai_2k import CODES, ITEMS
from remit.records import Records
from remit.records.sponsor_codes import PGA, sledai_item

ITEM_OF = {sledai_item(item.number): item.code for item in ITEMS}

# Investigator's questions that the published definitions need and that SLEDAI does not hold.
QUESTIONS = {
    "LLDAHEMO": "hemolytic_anemia",
    "LLDAGI": "gi_activity",
    "LLDAMNT": "maintenance_ok",
    "DORISTBL": "background_stable",
    "DORISINV": "doris_recorded",
    "LLDASINV": "lldas_recorded",
    "SRIMED": "medication_ok",
}
BILAG = {
    "BILGCON": "con", "BILGMUC": "muc", "BILGNPS": "npsy", "BILGMSK": "msk", "BILGCAR": "car",
    "BILGGI": "gi", "BILGOPH": "oph", "BILGREN": "ren", "BILGHAE": "haem",
}  # fmt: skip

WANTED = (
    "USUBJID", "RSDTC", "VISITNUM", "RSCAT", "RSTESTCD", "RSORRES", "RSORRESU", "RSSTRESN", "RSSTRESC", "record_id",
)  # fmt: skip

PRESENCE = {"PRESENT": True, "Y": True, "YES": True, "ABSENT": False, "N": False, "NO": False}
YES_NO = {"Y": True, "YES": True, "N": False, "NO": False}
LETTERS = {letter: letter for letter in "ABCDE"}

# a converted score is often kept with one decimal
ROUNDING = 0.051

_T = TypeVar("_T")

NO_DOSE = Dose(None, "no concomitant medication recorded", ())
NO_BACKGROUND = Background(())


@dataclass(frozen=True)
class Assessment:
    """One assessment day of one subject.

    Of several answers to one question on one day the last known one stands, in order of time, then of sequence number.

    active, missing   SLEDAI-2K item codes present, and those not assessed; `scored` is False when no item was recorded
    pga               0 to 3; None when not assessed or on a scale nobody declared
    answers           investigator's yes/no questions by name; absent when not asked
    letters           BILAG-2004 letters by short system key, None for a system without one; empty when nobody asked
    evidence          record ids by part: sledai, pga, bilag, and each question's name
    """

    subject: str
    day: date | None
    visitnum: float | None
    active: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    scored: bool = False
    pga: float | None = None
    answers: Mapping[str, bool | None] = field(default_factory=dict)
    letters: Mapping[str, str | None] = field(default_factory=dict)
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steroid: Dose = NO_DOSE
    background: Background = NO_BACKGROUND

    @property
    def holds_items(self) -> bool:
        """Whether any SLEDAI item was assessed; a visit at which all were left out is no earlier assessment."""
        return self.scored and len(self.missing) < len(CODES)

    def records(self, *parts: str) -> tuple[str, ...]:
        """Record ids behind the named parts, without repeats, in order."""
        return tuple(dict.fromkeys(r for part in parts for r in self.evidence.get(part, ())))


def assessments(records: Records) -> Mapping[str, tuple[Assessment, ...]]:
    """Assessments by subject, in order of day (undated last), from the clinician-rated instruments in RS.

    What was recorded on one day is one assessment, whatever visit it was recorded under; rows without a full date are
    kept together by what their date says and their visit.
    """
    rs = records.table("RS").sort("USUBJID", "RSDTC", "VISITNUM", "RSSEQ", "record_id", nulls_last=True)
    drugs = backgrounds(records)
    columns = [pl.col(c) if c in rs.columns else pl.lit(None, pl.String).alias(c) for c in WANTED]
    grouped: dict[tuple[str, str, float | None], list[tuple[object, ...]]] = {}
    days: dict[str, date | None] = {}
    for row in rs.select(columns).iter_rows():
        text = (row[1] or "").strip()
        if text not in days:
            days[text] = iso_date(text)[0]
        day = days[text]
        key = (row[0], text, row[2]) if day is None else (row[0], day.isoformat(), None)
        grouped.setdefault(key, []).append(row)
    out: dict[str, list[Assessment]] = {}
    for (subject, text, _), rows in grouped.items():
        day = iso_date(text)[0]
        visits = [row[2] for row in rows if isinstance(row[2], int | float)]
        one = _read(Assessment(subject, day, visits[-1] if visits else None), rows)
        known = drugs.get(subject, NO_BACKGROUND)
        if day is not None and known.periods:
            one = replace(one, steroid=known.steroid(day), background=known)
        out.setdefault(subject, []).append(one)
    return {s: tuple(sorted(a, key=lambda x: (x.day or date.max, x.visitnum or 0.0))) for s, a in out.items()}


def _read(blank: Assessment, rows: list[tuple[object, ...]]) -> Assessment:
    items: dict[str, bool] = {}
    evidence: dict[str, list[str]] = {}
    answers: dict[str, bool | None] = {}
    letters: dict[str, str | None] = {}
    score: float | None = None
    for _, _, _, _, code, raw, unit, number, text, record in rows:
        name, record_id = str(code), str(record)
        if name in ITEM_OF:
            evidence.setdefault("sledai", []).append(record_id)
            present = _answer(PRESENCE, raw, text)
            if present is not None:
                items[ITEM_OF[name]] = present
        elif name == PGA:
            evidence.setdefault("pga", []).append(record_id)
            found = _global_score(number, raw, unit)
            score = found if found is not None else score
        elif name in BILAG:
            evidence.setdefault("bilag", []).append(record_id)
            # a system that nobody graded is not a quiet one, once the index was filled in at all
            letters = letters or dict.fromkeys(BILAG.values())
            letters[BILAG[name]] = _answer(LETTERS, raw, text) or letters[BILAG[name]]
        elif name in QUESTIONS:
            question = QUESTIONS[name]
            evidence.setdefault(question, []).append(record_id)
            said = _answer(YES_NO, raw, text)
            answers[question] = said if said is not None else answers.get(question)
    return replace(
        blank,
        active=frozenset(code for code, present in items.items() if present),
        missing=frozenset(CODES) - frozenset(items),
        scored="sledai" in evidence,
        pga=score,
        answers=answers,
        letters=letters,
        evidence={k: tuple(v) for k, v in evidence.items()},
    )


def _answer(allowed: Mapping[str, _T], raw: object, text: object) -> _T | None:
    """What the cell says, as collected or else as standardized; None for anything that is not an answer."""
    for cell in (raw, text):
        found = allowed.get(str(cell or "").strip().upper())
        if found is not None:
            return found
    return None


def _global_score(number: object, raw: object, unit: object) -> float | None:
    """PGA on 0 to 3: the standardized number, else the raw value with its declared scale; never guessed from size.

    Where both are there and disagree beyond rounding, nobody can tell which is meant: unknown.
    """
    try:
        converted = pga.to_0_3(float(str(raw)), None if unit is None else str(unit))
    except ValueError:
        converted = None
    if not isinstance(number, int | float):
        return converted
    standard = float(number) if 0 <= number <= 3 else None
    if standard is not None and converted is not None and abs(standard - converted) > ROUNDING:
        return None
    return standard
