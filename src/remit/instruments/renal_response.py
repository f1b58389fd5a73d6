"""Renal response by four published rules that share words but not thresholds; name the rule with every number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit import criteria
from remit.citations import Citation
from remit.criteria import (
    Answer,
    Criterion,
    Facts,
    Truth,
    all_of,
    any_of,
    fails,
    is_at_least,
    is_at_most,
    limit,
)  # fmt: skip

CITATION: Final = Citation(
    "BLISS-LN (PERR, CRR); AURORA 1; KDIGO", 2024, "e.g. Lancet 2021;397:2070-80",
    note=(
        "Read in product and abstract pages. KDIGO prints stable as ±10-15 %: 15 by default, 10 as a variant. "
        "A later cohort re-uses the BLISS-LN CRR with ≤ 0.5: a variant."
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RenalInput:
    """What one visit knows; None is unknown.

    upcr_g_g         protein to creatinine ratio; upcr_bl at baseline
    egfr, egfr_ref   mL/min/1.73 m²; the reference is the pre-flare (AURORA: baseline) value
    rescue           treatment failure or rescue therapy
    egfr_change_pct  change from baseline in percent
    days_over_10mg   days above 10 mg/d prednisone-equivalent in weeks 44-52; run_over_10mg the longest run of them
    """

    upcr_g_g: float | None = None
    egfr: float | None = None
    egfr_ref: float | None = None
    rescue: Truth = None
    pred_mg: float | None = None
    upcr_bl: float | None = None
    egfr_change_pct: float | None = None
    days_over_10mg: float | None = None
    run_over_10mg: float | None = None


def _kidney(floor: float, keep: float) -> Criterion:
    def test(facts: Facts) -> Truth:
        egfr, reference = facts["egfr"], facts["egfr_ref"]
        kept = None if reference is None else is_at_least(egfr, keep * reference)  # type: ignore[operator, arg-type]
        return any_of((is_at_least(egfr, floor), kept))  # type: ignore[arg-type]

    lost = round((1 - keep) * 100)
    return Criterion("egfr", f"eGFR ≥ {floor:g} or not > {lost} % lower", test, lambda facts: "eGFR kept")


_FALL: Final = Criterion(
    "upcr_fall", "proteinuria fall ≥ 50 %",
    lambda facts: None if facts["upcr_bl"] is None else is_at_most(facts["upcr_g_g"], facts["upcr_bl"] / 2),  # type: ignore
    lambda facts: "proteinuria halved",
)  # fmt: skip


def _stable(percent: float) -> Criterion:
    def test(facts: Facts) -> Truth:
        change: float | None = facts["egfr_change_pct"]  # type: ignore[assignment]
        return all_of((is_at_least(change, -percent), is_at_most(change, percent)))

    return Criterion("egfr_stable", f"eGFR within ±{percent:g} %", test, lambda facts: "eGFR stable")


_NO_RESCUE: Final = fails("rescue", "no treatment failure")

_GROUPS: Final = {
    "PERR_BLISSLN": ((limit("upcr_g_g", "UPCR", "≤", 0.7),), (_kidney(60, 0.8),), (_NO_RESCUE,)),
    "CRR_BLISSLN": ((limit("upcr_g_g", "UPCR", "<", 0.5),), (_kidney(90, 0.9),), (_NO_RESCUE,)),
    "CRR_AURORA": (
        (limit("upcr_g_g", "UPCR", "≤", 0.5),), (_kidney(60, 0.8),), (_NO_RESCUE,),
        (limit("pred_mg", "prednisolone", "≤", 10, "mg/d"),),
    ),
    "CRR_BLISSLN_le": ((limit("upcr_g_g", "UPCR", "≤", 0.5),), (_kidney(90, 0.9),), (_NO_RESCUE,)),
    "CRR_AURORA_by_days": (
        (limit("upcr_g_g", "UPCR", "≤", 0.5),), (_kidney(60, 0.8),), (_NO_RESCUE,),
        (
            limit("run_over_10mg", "days in a row above 10 mg/d", "<", 3),
            limit("days_over_10mg", "days above 10 mg/d", "<", 7),
        ),
    ),
    "KDIGO_partial": ((_FALL,), (limit("upcr_g_g", "UPCR", "<", 3),), (_stable(15),)),
    "KDIGO_complete": ((limit("upcr_g_g", "UPCR", "<", 0.5),), (_stable(15),)),
    "KDIGO_partial_10": ((_FALL,), (limit("upcr_g_g", "UPCR", "<", 3),), (_stable(10),)),
    "KDIGO_complete_10": ((limit("upcr_g_g", "UPCR", "<", 0.5),), (_stable(10),)),
}  # fmt: skip
VARIANTS: Final = tuple(_GROUPS)


def judge(visit: RenalInput, variant: str = "PERR_BLISSLN") -> Answer:
    """Response at one visit by one rule (a name of VARIANTS)."""
    return criteria.judge(
        _GROUPS[variant],
        {
            "upcr_g_g": visit.upcr_g_g,
            "egfr": visit.egfr,
            "egfr_ref": visit.egfr_ref,
            "rescue": visit.rescue,
            "pred_mg": visit.pred_mg,
            "upcr_bl": visit.upcr_bl,
            "egfr_change_pct": visit.egfr_change_pct,
            "days_over_10mg": visit.days_over_10mg,
            "run_over_10mg": visit.run_over_10mg,
        },
    )
