"""SLE Responder Index: SLEDAI down by x points or more, without a new BILAG A, two new B, or a worse global assessment.

The abstract's words "no new A or no more than one new B" are read as: no new A and at most one new B, as every later
trial text does. Everything is compared with baseline. A BILAG system that is not listed in a given set of letters
was not active (E) there; a system that was A-D at baseline and is not listed now is unknown, since E cannot follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from remit import criteria
from remit.citations import Citation
from remit.criteria import Answer, Criterion, Truth, at_least, holds, is_at_least, is_below, negation

CITATION: Final = Citation(
    "Furie RA et al.", 2009, "Arthritis Rheum 61:1143-51",
    note=(
        "Original: SELENA-SLEDAI; registered cell-therapy trials use SLEDAI-2K. "
        "A new B follows C, D or E: Gordon 2003, doi 10.1093/rheumatology/keg382."
    ),
)  # fmt: skip

VARIANTS: Final[dict[str, int]] = {"SRI-4": 4, "SRI-5": 5, "SRI-6": 6, "SRI-7": 7, "SRI-8": 8}
"""Variant -> points by which SLEDAI must fall."""

SYSTEMS: Final = ("con", "muc", "npsy", "msk", "car", "gi", "oph", "ren", "haem")

Letters = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class SriInput:
    """Baseline (`_bl`) and current values; None is unknown. medication_ok: no forbidden rescue or dose breach."""

    sledai_bl: float | None
    sledai: float | None
    pga_bl: float | None
    pga: float | None
    bilag_bl: Letters | None
    bilag: Letters | None
    medication_ok: Truth


def letter_pairs(baseline: Letters, now: Letters) -> list[tuple[str, str | None, str | None]]:
    """(system, letter at baseline, letter now) for every system, with the rule for unlisted systems applied."""
    pairs = []
    for system in SYSTEMS:
        before = baseline.get(system, "E")
        after = now.get(system, "E" if before == "E" else None)
        pairs.append((system, before, after))
    return pairs


def new_a(before: str | None, after: str | None) -> Truth:
    """A now, not A at baseline."""
    if after is None:
        return False if before == "A" else None
    if after != "A":
        return False
    return None if before is None else before != "A"


def new_b(before: str | None, after: str | None) -> Truth:
    """B now, and C, D or E at baseline; from A to B is improvement."""
    if after is None:
        return False if before in ("A", "B") else None
    if after != "B":
        return False
    return None if before is None else before in ("C", "D", "E")


def no_new_a(baseline: Letters | None, now: Letters | None) -> Truth:
    """No system is newly A; unknown when either set of letters is."""
    if baseline is None or now is None:
        return None
    return negation(at_least(1, [new_a(before, after) for _, before, after in letter_pairs(baseline, now)]))


def few_new_b(baseline: Letters | None, now: Letters | None, allowed: int = 1) -> Truth:
    """At most `allowed` systems are newly B; unknown when either set of letters is."""
    if baseline is None or now is None:
        return None
    return negation(at_least(allowed + 1, [new_b(before, after) for _, before, after in letter_pairs(baseline, now)]))


def change(now: float | None, baseline: float | None) -> float | None:
    """now - baseline; None when either is."""
    return None if now is None or baseline is None else now - baseline


def attainable(sledai_bl: float | None, variant: str = "SRI-4") -> Truth:
    """Whether the baseline SLEDAI leaves room for the fall."""
    return is_at_least(sledai_bl, VARIANTS[variant])


def _fall(points: int) -> Criterion:
    def test(facts: criteria.Facts) -> Truth:
        if facts["attainable"] is False:
            return False
        return is_at_least(facts["fall"], points)  # type: ignore[arg-type]

    return Criterion("sledai", f"SLEDAI fall ≥ {points}", test, lambda facts: f"SLEDAI -{facts['fall']:g}")


_NO_NEW_A: Final = holds("no_new_a", "no new BILAG A")
_FEW_NEW_B: Final = holds("few_new_b", "at most one new BILAG B", "BILAG not worse")
_PGA: Final = Criterion(
    "pga", "PGA increase < 0.3",
    lambda facts: is_below(facts["pga_change"], 0.3),  # type: ignore[arg-type]
    lambda facts: f"PGA {facts['pga_change']:+.2g}",
)  # fmt: skip
_MEDICATION: Final = holds("medication_ok", "no forbidden medication")
_GROUPS: Final = {
    name: ((_fall(points),), (_NO_NEW_A, _FEW_NEW_B), (_PGA,), (_MEDICATION,)) for name, points in VARIANTS.items()
}


def judge(visit: SriInput, variant: str = "SRI-4") -> Answer:
    """Response at one visit against baseline.

    returns  met or not; a baseline SLEDAI below the required fall is no response, and the reason says "not attainable";
             `parts` holds SLEDAI, BILAG, global assessment and medication, in this order
    """
    possible = attainable(visit.sledai_bl, variant)
    fall = change(visit.sledai_bl, visit.sledai)
    answer = criteria.judge(
        _GROUPS[variant],
        {
            "attainable": possible,
            "fall": fall,
            "no_new_a": no_new_a(visit.bilag_bl, visit.bilag),
            "few_new_b": few_new_b(visit.bilag_bl, visit.bilag),
            "pga_change": change(visit.pga, visit.pga_bl),
            "medication_ok": visit.medication_ok,
        },
    )
    if possible is False:
        because = (f"not attainable: baseline SLEDAI below {VARIANTS[variant]}", *answer.because)
        return Answer(answer.met, because, answer.parts)
    return answer
