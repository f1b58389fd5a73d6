"""What was known about one subject's lupus on one assessment day: items, global score, letters, questions, drugs.

This is the bridge from rows of RS and CM to the typed inputs of the instruments. It scores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

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

NO_DOSE = Dose(None, "no concomitant medication recorded", ())
NO_BACKGROUND = Background(())


@dataclass(frozen=True)
class Assessment:
    """One assessment day of one subject.

    active, missing   SLEDAI-2K item codes present, and those not assessed; `scored` is False when no item was recorded
    pga               0 to 3; None when not assessed or on a scale nobody declared
    answers           investigator's yes/no questions by name; absent when not asked
    letters           BILAG-2004 letters by short system key; empty when not recorded
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
    letters: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steroid: Dose = NO_DOSE
    background: Background = NO_BACKGROUND

    def records(self, *parts: str) -> tuple[str, ...]:
        """Record ids behind the named parts, without repeats, in order."""
        return tuple(dict.fromkeys(r for part in parts for r in self.evidence.get(part, ())))


def assessments(records: Records) -> Mapping[str, tuple[Assessment, ...]]:
    """Assessments by subject, in order of day (undated last), from the clinician-rated instruments in RS."""
    rs = records.table("RS").sort("USUBJID", "RSDTC", "VISITNUM", "RSSEQ", nulls_last=True)
    drugs = backgrounds(records)
    wanted = [
        "USUBJID",
        "RSDTC",
        "VISITNUM",
        "RSCAT",
        "RSTESTCD",
        "RSORRES",
        "RSORRESU",
        "RSSTRESN",
        "RSSTRESC",
        "record_id",
    ]
    columns = [pl.col(c) if c in rs.columns else pl.lit(None, pl.String).alias(c) for c in wanted]
    grouped: dict[tuple[str, str | None, float | None], list[tuple[object, ...]]] = {}
    for row in rs.select(columns).iter_rows():
        grouped.setdefault((row[0], (row[1] or "")[:10] or None, row[2]), []).append(row)
    out: dict[str, list[Assessment]] = {}
    for (subject, text, visitnum), rows in grouped.items():
        day = iso_date(text or "")[0]
        one = _read(Assessment(subject, day, visitnum), rows)
        known = drugs.get(subject, Background(()))
        if day is not None and known.periods:
            one = replace(one, steroid=known.steroid(day), background=known)
        out.setdefault(subject, []).append(one)
    return {s: tuple(sorted(a, key=lambda x: (x.day or date.max, x.visitnum or 0.0))) for s, a in out.items()}


def _read(blank: Assessment, rows: list[tuple[object, ...]]) -> Assessment:
    present: set[str] = set()
    absent: set[str] = set()
    evidence: dict[str, list[str]] = {}
    answers: dict[str, bool | None] = {}
    letters: dict[str, str] = {}
    score: float | None = None
    seen = False
    for _, _, _, category, code, raw, unit, number, text, record in rows:
        name, record_id = str(code), str(record)
        value = str(raw if raw is not None else text or "").strip().upper()
        if category == "SLEDAI-2K" and name in ITEM_OF:
            seen = True
            evidence.setdefault("sledai", []).append(record_id)
            item = ITEM_OF[name]
            if value in {"PRESENT", "Y", "YES"}:
                present.add(item)
            elif value in {"ABSENT", "N", "NO"}:
                absent.add(item)
        elif name == PGA:
            evidence.setdefault("pga", []).append(record_id)
            score = _global_score(number, raw, unit)
        elif name in BILAG:
            evidence.setdefault("bilag", []).append(record_id)
            if value in {"A", "B", "C", "D", "E"}:
                letters[BILAG[name]] = value
        elif name in QUESTIONS:
            question = QUESTIONS[name]
            evidence.setdefault(question, []).append(record_id)
            answers[question] = {"Y": True, "YES": True, "N": False, "NO": False}.get(value)
    return replace(
        blank,
        active=frozenset(present),
        missing=frozenset(CODES) - present - absent,
        scored=seen,
        pga=score,
        answers=answers,
        letters=letters,
        evidence={k: tuple(v) for k, v in evidence.items()},
    )


def _global_score(number: object, raw: object, unit: object) -> float | None:
    """PGA on 0 to 3: the standardized number, else the raw value with its declared scale; never guessed from size."""
    if isinstance(number, int | float):
        return float(number) if 0 <= number <= 3 else None
    try:
        value = float(str(raw))
    except ValueError:
        return None
    return pga.to_0_3(value, None if unit is None else str(unit))
