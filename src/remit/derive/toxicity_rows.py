"""What a judgment of a toxicity scale is as a row of ADTOX, and the laboratory series that the scales read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from remit.criteria import Answer, Truth
from remit.instruments.grade import Grade
from remit.instruments.lab_units import to_term_unit
from remit.protocol import Protocol

SCALES: dict[str, str] = {
    "icaht-early": "ICAHT (neutrophils), days 0-30",
    "icaht-late": "ICAHT (neutrophils), after day 30",
    "t-icaht-early": "T-ICAHT (platelets), days 0-30",
    "t-icaht-late": "T-ICAHT (platelets), days 31-100",
    "t-icaht-recovery": "Platelet recovery",
    "iec-hs-alert": "IEC-HS alert",
    "iec-hs": "IEC-HS",
    "licats": "LICATS",
    "gvhd-magic": "Acute GvHD, MAGIC",
    "infection": "Infection",
    "hypogammaglobulinemia": "Immunoglobulin G band",
    "igg-recovery": "Immunoglobulin G recovered",
    "hys-law": "Hy's law",
    "edish": "eDISH quadrant of the peaks",
    "crs": "Cytokine release syndrome",
}
"""Key of each scale -> its name, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """What one scale says about one subject and one occasion; None is unknown.

    value, low, high   the grade (a flag 1 or 0, the number of a band) and the range in which it must lie
    text               the value in a word: the grade, Y or N, a band, a quadrant
    occasion           which period, event or day it is about, in words
    differs            whether the scales that grade the same facts disagree
    collected          whether anything was recorded that the scale reads
    rests              records behind it
    """

    subject: str
    scale: str
    value: int | None
    text: str | None
    because: tuple[str, ...]
    rests: Sequence[str]
    occasion: str
    variant: str = "default"
    default: bool = True
    low: int | None = None
    high: int | None = None
    day: date | None = None
    site: str | None = None
    organism: str | None = None
    kind: str | None = None
    alt_x: float | None = None
    bilirubin_x: float | None = None
    differs: Truth = None
    collected: bool = True


def graded(subject: str, scale: str, grade: Grade, occasion: str, rests: Sequence[str]) -> Judgment:
    """The judgment of a scale that gives a grade."""
    text = None if grade.grade is None else str(grade.grade)
    return Judgment(subject, scale, grade.grade, text, grade.because, rests, occasion, low=grade.low, high=grade.high)


def answered(subject: str, scale: str, answer: Answer, occasion: str, rests: Sequence[str]) -> Judgment:
    """The judgment of a scale that answers yes or no."""
    value = None if answer.met is None else int(answer.met)
    text = {True: "Y", False: "N", None: None}[answer.met]
    return Judgment(subject, scale, value, text, answer.because, rests, occasion)


UNDER = 1 - 1e-6
"""A value below a limit is at most so much of it: under the limit by more than comparisons forgive."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One laboratory value of an infused subject.

    day           protocol day
    value         in `unit`; below the limit of quantification it is None and `limit` that limit
    grade, before CTCAE grade of the value and at baseline
    side          LOW or HIGH where the grade is above 0
    after         whether it was taken after the first cells; on their day only where its time says so
    """

    day: int
    on: date
    value: float | None
    limit: float | None
    unit: str | None
    low: float | None
    high: float | None
    base: float | None
    grade: int | None
    before: int | None
    rests: Sequence[str]
    side: str | None
    after: bool

    @property
    def ends(self) -> tuple[float, float] | None:
        """The lowest and the highest that the value can be, in `unit`; below a limit it is anything down to zero."""
        if self.value is not None:
            return self.value, self.value
        return None if self.limit is None else (0.0, self.limit * UNDER)

    def in_unit_of(self, term: str) -> tuple[float, float] | None:
        """Its ends in the unit of a CTCAE term; None when its own unit has no known way there."""
        factor = None if self.unit is None else to_term_unit(term, self.unit)
        ends = self.ends
        return None if factor is None or ends is None else (ends[0] * factor, ends[1] * factor)

    @property
    def times_upper_limit(self) -> float | None:
        """The value as a multiple of its laboratory's upper limit."""
        return None if self.value is None or not self.high else self.value / self.high


Series = Mapping[str, Sequence[Sample]]
"""Parameter -> samples of one subject in order of time."""

TESTS: dict[str, str] = {
    "neutrophils": "NEUT", "platelets": "PLAT", "anemia": "HGB", "ferritin": "FERRITIN", "fibrinogen": "FIBRINO",
    "alt": "ALT", "ast": "AST", "alp": "ALP", "bilirubin": "BILI", "igg": "IGG",
}  # fmt: skip
"""What the scales read -> its CDISC test code, where the protocol names no other code for the term."""


def series_of(
    protocol: Protocol, adlb: pl.DataFrame, later: Collection[str] = ()
) -> dict[str, dict[str, list[Sample]]]:
    """Subject -> what is measured -> its dated samples of infused subjects, in order of time.

    later   records of the day of the first cells whose time is after them
    """
    codes = {**TESTS, **{lab.grade.replace("-", "_"): lab.code for lab in protocol.labs if lab.grade}}
    names = {codes[name]: name for name in TESTS}
    rows = adlb.filter(
        pl.col("PARAMCD").is_in(list(names))
        & (pl.col("SRCDOM") == "LB")
        & (pl.col("SAFFL") == "Y")
        & pl.col("APROTDY").is_not_null()
    ).select(
        "USUBJID", "PARAMCD", "ABLFL", "APROTDY", "ADT", "AVAL", "LLOQ", "AVALU", "ANRLO", "ANRHI", "BASE", "ATOXGRN",
        "BTOXGRN", "sources", "ATOXDIR",
    )  # fmt: skip
    found: dict[str, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    above = rows.filter((pl.col("ABLFL") == "Y") & (pl.col("ATOXDIR") == "HIGH"))
    high = set(above.select("USUBJID", "PARAMCD").rows())
    for subject, code, _, *cells, sources, side in rows.iter_rows():
        day = cells[0]
        after = day > 0 or (day == 0 and any(record in later for record in sources))
        one = Sample(*[*cells, sources, side, after])
        # graded for being high, a baseline was not low
        found[subject][names[code]].append(replace(one, before=0) if (subject, code) in high else one)
    return found


def of_cells(protocol: Protocol) -> bool:
    """Whether the product is living cells, so that the scales of cell therapy apply."""
    return protocol.product.source is not None or "cell" in protocol.product.kind.lower()


def planned(protocol: Protocol, name: str) -> bool:
    """Whether the protocol has this measured, so that a subject without a value is unknown and not left out."""
    return any(lab.grade.replace("-", "_") == name if lab.grade else lab.code == TESTS[name] for lab in protocol.labs)


@dataclass(frozen=True)
class Person:
    """An infused subject: first cells, and the records that say who was infused."""

    subject: str
    first: date
    rests: Sequence[str]


@dataclass(frozen=True)
class Drug:
    """One concomitant drug, by protocol day; an end that is not known is None."""

    name: str
    category: str
    start: int | None
    end: int | None
    record: str


@dataclass(frozen=True)
class Seen:
    """What the scales are given: infused subjects, their samples and their drugs.

    drugs   None where no concomitant drug was collected at all: then nobody knows what was given
    """

    protocol: Protocol
    people: Mapping[str, Person]
    samples: Mapping[str, Series]
    drugs: Mapping[str, Sequence[Drug]] | None = None
    nothing: Series = field(default_factory=dict)

    def of(self, subject: str) -> Series:
        """The samples of a subject."""
        return self.samples.get(subject, self.nothing)

    def given(self, subject: str, words: Iterable[str]) -> list[Drug] | None:
        """The drugs of a subject whose name holds one of these words; None where drugs were not collected."""
        if self.drugs is None:
            return None
        wanted = tuple(words)
        return [drug for drug in self.drugs.get(subject, ()) if any(word in drug.name for word in wanted)]
