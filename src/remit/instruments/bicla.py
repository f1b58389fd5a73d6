"""BICLA response: every BILAG A and B of baseline improved, nothing newly bad, SLEDAI and global assessment not worse.

Not evaluable when no system was A or B at baseline. Unlisted BILAG systems are read as in `sri`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit import criteria
from remit.citations import Citation
from remit.criteria import (
    COMPARISONS,
    Answer,
    Criterion,
    Relation,
    Truth,
    all_of,
    any_of,
    fails,
    holds,
    is_at_most,
)  # fmt: skip
from remit.instruments.sri import Letters, change, few_new_b, letter_pairs, no_new_a

CITATION: Final = Citation(
    "Wallace DJ et al.", 2014, "Ann Rheum Dis 73:183-90 (EMBLEM)", checked=False,
    note="Rules read in a registry of outcome measures; the PGA line is printed as < 0.3 and as ≤ 10 % of range.",
)  # fmt: skip

VARIANTS: Final[dict[str, tuple[int, Relation]]] = {"default": (1, "<"), "max_new_b_0": (0, "<"), "pga_le": (1, "≤")}
"""Variant -> new B systems allowed, and how the PGA increase compares with 0.3."""


@dataclass(frozen=True, slots=True)
class BiclaInput:
    """Baseline (`_bl`) and current values; None is unknown. treatment_failure: early stop or forbidden medication."""

    bilag_bl: Letters | None
    bilag: Letters | None
    sledai_bl: float | None
    sledai: float | None
    pga_bl: float | None
    pga: float | None
    treatment_failure: Truth


def evaluable(baseline: Letters | None) -> Truth:
    """Whether any system was A or B at baseline."""
    if baseline is None:
        return None
    return any_of(None if letter is None else letter in ("A", "B") for letter in baseline.values())


def _improved(baseline: Letters | None, now: Letters | None, from_letter: str, to_letters: str) -> Truth:
    """Every system with `from_letter` at baseline has one of `to_letters` now; E after A-D is unknown."""
    if baseline is None or now is None:
        return None
    truths: list[Truth] = []
    for _, before, after in letter_pairs(baseline, now):
        if before is None and after not in tuple(to_letters):
            truths.append(None)
        elif before == from_letter:
            truths.append(None if after is None or after == "E" else after in to_letters)
    return all_of(truths)


def _groups(new_b: int, relation: Relation) -> tuple[tuple[Criterion, ...], ...]:
    compare = COMPARISONS[relation]
    return (
        (holds("a_improved", "every baseline A now B, C or D"),),
        (holds("b_improved", "every baseline B now C or D", "BILAG improved"),),
        (holds("no_new_a", "no new BILAG A"), holds("few_new_b", f"at most {new_b} new BILAG B")),
        (holds("sledai_not_worse", "SLEDAI not above baseline", "SLEDAI not worse"),),
        (
            Criterion(
                "pga",
                f"PGA increase {relation} 0.3",
                lambda facts: compare(facts["pga_change"], 0.3),  # type: ignore[arg-type]
                lambda facts: f"PGA {facts['pga_change']:+.2g}",
            ),
        ),
        (fails("treatment_failure", "no treatment failure"),),
    )


_GROUPS: Final = {name: _groups(*rule) for name, rule in VARIANTS.items()}


def judge(visit: BiclaInput, variant: str = "default") -> Answer:
    """Response at one visit; met is None both when unknown and when not evaluable, and the reason tells them apart."""
    can_tell = evaluable(visit.bilag_bl)
    if can_tell is False:
        return Answer(None, ("not evaluable: no BILAG A or B at baseline",))
    answer = criteria.judge(
        _GROUPS[variant],
        {
            "a_improved": _improved(visit.bilag_bl, visit.bilag, "A", "BCD"),
            "b_improved": _improved(visit.bilag_bl, visit.bilag, "B", "CD"),
            "no_new_a": no_new_a(visit.bilag_bl, visit.bilag),
            "few_new_b": few_new_b(visit.bilag_bl, visit.bilag, VARIANTS[variant][0]),
            "sledai_not_worse": is_at_most(visit.sledai, visit.sledai_bl),
            "pga_change": change(visit.pga, visit.pga_bl),
            "treatment_failure": visit.treatment_failure,
        },
    )
    if can_tell is None and answer.met is not None:
        return Answer(None, ("unknown: a BILAG A or B at baseline", *answer.because), answer.parts)
    return answer
