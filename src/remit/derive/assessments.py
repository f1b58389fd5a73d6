"""What was known about one subject's lupus on one assessment day: items, global score, letters, questions, drugs.

This is the bridge from rows of RS and CM to the typed inputs of the instruments. It scores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import polars as pl

from remit.derive.background import Background, Dose, backgrounds
from remit.derive.bounds import days_in
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
    "USUBJID", "RSDTC", "VISITNUM", "RSSEQ", "RSTESTCD", "RSORRES", "RSORRESU", "RSSTRESN", "RSSTRESC", "record_id",
)  # fmt: skip

# What an assessment is made of, and the test codes that each part has.
PART_OF = {**dict.fromkeys(ITEM_OF, "sledai"), PGA: "pga", **dict.fromkeys(BILAG, "bilag"), **QUESTIONS}
PARTS = tuple(dict.fromkeys(PART_OF.values()))
EVERY_ITEM = frozenset(CODES)

# Words for an answer, as they are collected.
ANSWERS = {"Y": "Y", "YES": "Y", "N": "N", "NO": "N"}
PRESENCE = {"PRESENT": "Y", "ABSENT": "N", **ANSWERS}
LETTERS = {letter: letter for letter in "ABCDE"}
YES_NO = {"Y": True, "N": False, None: None}

# a converted score is often kept with one decimal
ROUNDING = 0.051

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

    def records(self, *parts: str) -> tuple[tuple[str, ...], ...]:
        """Record ids behind the named parts, a group for each part that has any."""
        return tuple(self.evidence[part] for part in parts if part in self.evidence)


def assessments(records: Records) -> Mapping[str, tuple[Assessment, ...]]:
    """Assessments by subject, in order of day (undated last), from the clinician-rated instruments of lupus in RS.

    What was recorded on one day is one assessment, whatever visit it was recorded under; rows without a full date are
    kept together by what their date says and their visit.
    """
    drugs = backgrounds(records)
    out: dict[str, list[Assessment]] = {}
    for row in _occasions(records).iter_rows(named=True):
        subject, day = row["USUBJID"], row["_day"]
        active, missing = _items(row["_items"])
        asked, graded = _said(row["_answers"]), _said(row["_letters"])
        scores = [score for cells in row["_cells"] if (score := _global_score(**cells)) is not None]
        evidence = {part: tuple(row[part]) for part in PARTS if row[part]}
        taken = drugs.get(subject, NO_BACKGROUND) if day is not None else NO_BACKGROUND
        one = Assessment(
            subject=subject,
            day=day,
            visitnum=row["_visitnum"],
            active=active,
            missing=missing,
            scored="sledai" in evidence,
            pga=scores[-1] if scores else None,
            answers={name: YES_NO[asked.get(code)] for code, name in QUESTIONS.items() if name in evidence},
            # a system that nobody graded is not a quiet one, once the index was filled in at all
            letters={system: graded.get(code) for code, system in BILAG.items()} if "bilag" in evidence else {},
            evidence=evidence,
            steroid=taken.steroid(day) if taken.periods else NO_DOSE,
            background=taken,
        )
        out.setdefault(subject, []).append(one)
    return {subject: tuple(course) for subject, course in out.items()}


@lru_cache(maxsize=4096)
def _said(text: str) -> Mapping[str, str]:
    """Test codes and answers; of several answers the last known one stands."""
    return dict(pair.split("=") for pair in text.split("|") if pair)


@lru_cache(maxsize=4096)
def _items(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """SLEDAI-2K items present, and those not assessed. Most visits say what others have said already."""
    said = {ITEM_OF[code]: word for code, word in _said(text).items()}
    return frozenset(item for item, word in said.items() if word == "Y"), EVERY_ITEM.difference(said)


def _occasions(records: Records) -> pl.DataFrame:
    """One row per occasion, in order of subject and day (undated last).

    `_items`, `_answers`, `_letters`   test codes with a known answer as "code=answer|code=answer", in order of time,
                                       then of sequence number
    `_cells`                           what the rows of the global assessment hold
    sledai, pga, …                     record ids by part
    """
    rs = records.table("RS")
    rs = rs.with_columns(pl.lit(None, pl.String).alias(c) for c in WANTED if c not in rs.columns).select(WANTED)
    rs = rs.sort("USUBJID", "RSDTC", "VISITNUM", "RSSEQ", "record_id", nulls_last=True)
    code, day, said = pl.col("RSTESTCD"), pl.col("_day"), pl.col("_said")
    rows = rs.with_columns(
        days_in(rs, "RSDTC").alias("_day"),
        pl.col("VISITNUM").cast(pl.Float64).alias("_visitnum"),
        code.replace_strict(PART_OF, default=None, return_dtype=pl.String).alias("_part"),
        *(pl.col(c).str.strip_chars().str.to_uppercase().alias(f"_{c}") for c in ("RSORRES", "RSSTRESC")),
    ).with_columns(
        pl.when(day.is_null()).then(pl.col("RSDTC").str.strip_chars().fill_null("")).alias("_text"),
        pl.when(day.is_null()).then("VISITNUM").alias("_visit"),
        pl.format("{}={}", code, pl.coalesce(_word("_RSORRES"), _word("_RSSTRESC"))).alias("_said"),
    )
    cells = pl.struct(
        pl.col("RSSTRESN").alias("number"), pl.col("RSORRES").alias("raw"), pl.col("RSORRESU").alias("unit")
    )
    occasions = rows.group_by("USUBJID", "_day", "_text", "_visit", maintain_order=True).agg(
        pl.col("_visitnum").drop_nulls().last(),
        pl.col("_part").is_not_null().any().alias("_held"),
        *(
            said.filter(code.is_in(list(codes)) & said.is_not_null()).str.join("|").alias(name)
            for name, codes in (("_items", ITEM_OF), ("_answers", QUESTIONS), ("_letters", BILAG))
        ),
        cells.filter(code == PGA).alias("_cells"),
        *(pl.col("record_id").filter(pl.col("_part") == part).alias(part) for part in PARTS),
    )
    occasions = occasions.filter("_held")
    order = (pl.col("USUBJID"), day, pl.col("_visitnum").fill_null(0.0))
    return occasions.sort(*order, nulls_last=True, maintain_order=True)


def _word(cell: str) -> pl.Expr:
    """The answer in a cell: Y, N or a letter, by what the test code asks for; null for what is no answer."""
    code, said = pl.col("RSTESTCD"), pl.col(cell)
    return pl.coalesce(
        pl.when(code.is_in(list(codes))).then(said.replace_strict(words, default=None, return_dtype=pl.String))
        for codes, words in ((ITEM_OF, PRESENCE), (QUESTIONS, ANSWERS), (BILAG, LETTERS))
    )


def _global_score(number: float | None, raw: str | None, unit: str | None) -> float | None:
    """PGA on 0 to 3: the standardized number, else the raw value with its declared scale; never guessed from size.

    Where both are there and disagree beyond rounding, nobody can tell which is meant: unknown.
    """
    try:
        converted = pga.to_0_3(float(str(raw)), unit)
    except ValueError:
        converted = None
    if number is None:
        return converted
    standard = number if 0 <= number <= 3 else None
    if standard is not None and converted is not None and abs(standard - converted) > ROUNDING:
        return None
    return standard
