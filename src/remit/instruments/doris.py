"""DORIS remission at one visit: no clinical activity, a low global assessment, little or no steroid, stable background.

The 2021 definition is the default. The variants name what is printed differently (5 mg or less against below 5 mg
within the same paper; below 0.5 against 0.5 or less) and the states of the 2017 framework: off treatment allows
antimalarials only, complete also asks for normal serology.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit import criteria
from remit.citations import Citation
from remit.criteria import Answer, Criterion, Facts, Truth, all_of, any_of, holds, is_equal, limit, negation
from remit.instruments.investigational import NONE, Investigational, ignored_after_28_days

CITATION: Final = Citation(
    "van Vollenhoven RF et al.", 2021, "Lupus Sci Med 8:e000538", "10.1136/lupus-2021-000538",
    note=(
        "The abstract prints prednisolone 5 mg/day or less, table 2 prints < 5 mg/day; we use ≤ 5. "
        "'Stable' has no length in print; the caller decides it, by default against the previous protocol visit. "
        "On and off treatment, clinical and complete: 2017 framework, Ann Rheum Dis 76:554."
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DorisInput:
    """What one visit knows; None is unknown.

    csledai         clinical SLEDAI-2K (without serology); sledai is the total
    pred_mg         prednisolone-equivalent, mg per day
    is_stable       immunosuppressants and biologics unchanged: no new agent, no dose increase
    is_any          any immunosuppressant; biologic_any any biologic; antimalarial any antimalarial
    dsdna_high, c3_or_c4_low   read by the complete variants only
    """

    csledai: float | None
    pga: float | None
    pred_mg: float | None
    is_stable: Truth
    is_any: Truth
    biologic_any: Truth
    antimalarial: Truth = None
    dsdna_high: Truth = None
    c3_or_c4_low: Truth = None
    sledai: float | None = None
    investigational: Investigational | None = NONE


_QUIET: Final = holds("quiet", "cSLEDAI = 0", "cSLEDAI 0")
_PGA: Final = limit("pga", "PGA", "<", 0.5)
_PGA_LE: Final = limit("pga", "PGA", "≤", 0.5)
_STEROID: Final = limit("pred_mg", "prednisolone", "≤", 5.0, "mg/d")
_STEROID_LT: Final = limit("pred_mg", "prednisolone", "<", 5.0, "mg/d")
_NO_STEROID: Final = limit("pred_mg", "prednisolone", "=", 0.0, "mg/d")
_PRODUCT: Final = holds("investigational", "no current investigational product")
_STABLE: Final = (holds("background", "immunosuppressants and biologics stable", "stable"), _PRODUCT)
_ANY_BACKGROUND: Final = (_PRODUCT,)
_NONE: Final = (holds("untreated", "no immunosuppressant or biologic", "no immunosuppressant"), _PRODUCT)
_SEROLOGY: Final = holds("serology_normal", "normal anti-dsDNA, C3 and C4", "serology normal")

_GROUPS: Final[dict[str, tuple[tuple[Criterion, ...], ...]]] = {
    "doris_2021": ((_QUIET,), (_PGA,), (_STEROID,), _STABLE),
    "gc_lt5": ((_QUIET,), (_PGA,), (_STEROID_LT,), _STABLE),
    "pga_le": ((_QUIET,), (_PGA_LE,), (_STEROID,), _STABLE),
    "stable_not_enforced": ((_QUIET,), (_PGA,), (_STEROID,), _ANY_BACKGROUND),
    "clinical_off": ((_QUIET,), (_PGA,), (_NO_STEROID,), _NONE),
    "complete_on": ((_QUIET, _SEROLOGY), (_PGA,), (_STEROID,), _STABLE),
    "complete_off": ((_QUIET, _SEROLOGY), (_PGA,), (_NO_STEROID,), _NONE),
    "drug_free": ((_QUIET,), (_PGA,), (_NO_STEROID,), _NONE),
    "drug_free_no_antimalarial": (
        (_QUIET,), (_PGA,), (_NO_STEROID,), (*_NONE, holds("no_antimalarial", "no antimalarial", "no antimalarial")),
    ),
}  # fmt: skip

VARIANTS: Final = tuple(_GROUPS)
"""drug_free (the word of cell-therapy papers) allows an antimalarial; report drug_free_no_antimalarial beside it."""


def _quiet(visit: DorisInput) -> Truth:
    """cSLEDAI = 0. A total outside 0, 2, 4 proves clinical activity even when the clinical score is not stated."""
    if visit.csledai is not None:
        return is_equal(visit.csledai, 0)
    if visit.sledai is not None and not any(is_equal(visit.sledai, possible) for possible in (0, 2, 4)):
        return False
    return None


def _serology_normal(visit: DorisInput) -> Truth:
    answer = all_of((negation(visit.dsdna_high), negation(visit.c3_or_c4_low)))
    if answer is None and visit.csledai is not None and visit.sledai is not None:
        return False if visit.sledai - visit.csledai > criteria.TOLERANCE else None
    return answer


def judge(visit: DorisInput, variant: str = "doris_2021") -> Answer:
    """Remission at one visit.

    variant  one of VARIANTS
    returns  met or not; `parts` holds clinical activity (with serology where the variant asks for it), global
             assessment, glucocorticoid and background treatment, in this order
    """
    return criteria.judge(_GROUPS[variant], _facts(visit))


def judge_each(visit: DorisInput, variants: Iterable[str]) -> dict[str, Answer]:
    """`judge` of one visit for several variants, which share its facts."""
    facts = _facts(visit)
    return {variant: criteria.judge(_GROUPS[variant], facts) for variant in variants}


def _facts(visit: DorisInput) -> Facts:
    untreated = all_of((negation(visit.is_any), negation(visit.biologic_any)))
    return {
        "quiet": _quiet(visit),
        "serology_normal": _serology_normal(visit),
        "pga": visit.pga,
        "pred_mg": visit.pred_mg,
        "background": any_of((visit.is_stable, untreated)),
        "untreated": untreated,
        "no_antimalarial": negation(visit.antimalarial),
        "investigational": ignored_after_28_days(visit.investigational),
    }
