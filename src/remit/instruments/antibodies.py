"""Antibodies after treatment: those that the product called forth, and those of earlier vaccines that stayed.

Against the product (its receptor, the donor's HLA): none before and some afterwards is *induced*; some before and a
titer several times as high afterwards is *boosted*; both are treatment-emergent. What was not tested is unknown, which
is neither absent nor emergent. Four times is usual for titers from twofold dilutions; it is a parameter.

Against a vaccine: whether a concentration reaches what is taken for protective. It is a mark of protection and no
proof of it, and it holds for the assay and the unit that it was found in.

Sources: Shankar et al. 2014, AAPS J 16:658-673 (terms; the margin is left to the assay); Plotkin 2010, Clin Vaccine
Immunol 17:1055-1065 (concentrations).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from remit.citations import Citation
from remit.criteria import Truth

CITATION: Final = Citation(
    "Shankar G et al.", 2014, "AAPS J 16:658-673", "10.1208/s12248-014-9599-2",
    note="Terms for antibodies against a drug; the margin of a boost is left to the assay, four times is a convention.",
)  # fmt: skip
PROTECTION_CITATION: Final = Citation(
    "Plotkin SA", 2010, "Clin Vaccine Immunol 17:1055-1065", "10.1128/CVI.00131-10",
    note="Where a range is printed for an assay, its upper end is taken.",
)  # fmt: skip

BOOST: Final = 4.0

Emergent = Literal["induced", "boosted", "none"]


@dataclass(frozen=True, slots=True)
class Assay:
    """One sample tested for an antibody.

    positive   None when the test gave no clear answer
    low, high  bounds of the titer or intensity: equal when it is a number, `high` infinite for ">1280", None unknown
    """

    positive: Truth
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Emergence:
    """What happened to an antibody: induced, boosted, none, or None for unknown, with the reason as a clause."""

    kind: Emergent | None
    because: str


def emergence(before: Assay | None, after: Sequence[Assay], fold: float = BOOST) -> Emergence:
    """Whether treatment called an antibody forth, or raised one that was there.

    before   the last test before treatment; None when there was none
    after    tests since treatment began, any order
    fold     how many times the titer before a later one must be
    """
    clear = [test for test in after if test.positive is not None]
    if not clear:
        return Emergence(None, "not tested after the first infusion" if not after else "no clear answer afterwards")
    positive = [test for test in clear if test.positive]
    if not positive:
        if len(clear) < len(after):
            return Emergence(None, "negative afterwards, but not every test gave a clear answer")
        return Emergence("none", "negative in every test afterwards")
    if before is None or before.positive is None:
        return Emergence(None, "positive afterwards, not known before")
    if not before.positive:
        return Emergence("induced", "negative before, positive afterwards")
    limit = None if before.high is None else fold * before.high
    if limit is not None and any(test.low is not None and test.low >= limit for test in positive):
        return Emergence("boosted", f"positive before, {fold:g} times the titer afterwards")
    least = None if before.low is None else fold * before.low
    if least is None or len(clear) < len(after) or any(test.high is None or test.high >= least for test in positive):
        return Emergence(None, "positive before and afterwards, titers do not say whether it rose")
    return Emergence("none", f"positive before, never {fold:g} times the titer afterwards")


def titer(value: float | None, text: str | None) -> tuple[float | None, float | None]:
    """Bounds of a printed titer: a number is both, ">1280" is at least that, "<20" less; (None, None) unknown."""
    if value is not None:
        return value, value
    said = (text or "").strip()
    try:
        bound = float(said[1:].removeprefix("=").removeprefix("1:").strip()) if said[:1] in ("<", ">") else None
    except ValueError:
        bound = None
    if bound is None or not math.isfinite(bound):
        return None, None
    return (bound, math.inf) if said[0] == ">" else (0.0, bound)


@dataclass(frozen=True, slots=True)
class Protection:
    """The least concentration taken for protective, in its unit."""

    least: float
    unit: str


PROTECTIVE: Final[dict[str, Protection]] = {
    "TETANUS": Protection(0.1, "IU/mL"),
    "DIPHTH": Protection(0.1, "IU/mL"),
    "MEASLES": Protection(120.0, "mIU/mL"),
    "RUBELLA": Protection(15.0, "IU/mL"),
    "HBSAG": Protection(10.0, "mIU/mL"),
    "HIB": Protection(1.0, "ug/mL"),
}
"""Antigen -> concentration. Pneumococcus, varicella and influenza have none that is free of assay and serotype."""

_IN_MILLI: Final = {"iu/ml": 1000.0, "miu/ml": 1.0, "iu/l": 1.0, "kiu/l": 1000.0}
_IN_MICROGRAM: Final = {"ug/ml": 1.0, "mg/l": 1.0, "mg/ml": 1000.0, "ng/ml": 0.001}


def in_unit(unit: str | None, wanted: str) -> float | None:
    """What to multiply a concentration by to have it in the wanted unit; None where no way is known."""
    here, there = ((one or "").strip().lower().replace("µ", "u").replace("μ", "u") for one in (unit, wanted))
    for family in (_IN_MILLI, _IN_MICROGRAM):
        if here in family and there in family:
            return family[here] / family[there]
    return None


def protective(antigen: str, low: float | None, high: float | None, unit: str | None) -> tuple[Truth, str]:
    """(whether the concentration reaches the protective one, why not known).

    low, high   bounds: equal when it is a number; below a limit of quantification 0 and the limit, which is not reached
    """
    known = PROTECTIVE.get(antigen)
    if known is None:
        return None, "no protective concentration is agreed"
    scale = in_unit(unit, known.unit)
    if scale is None:
        return None, f"no way from {unit or 'no unit'} to {known.unit}"
    if low is None or high is None:
        return None, "no value"
    if low * scale >= known.least * (1 - 1e-12):
        return True, ""
    # a value below its limit lies under it: where that is the protective one, it does not reach it
    if high * scale <= known.least if low < high else high * scale < known.least:
        return False, ""
    return None, "the limit of quantification lies above the protective concentration"
