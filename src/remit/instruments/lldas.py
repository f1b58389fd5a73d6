"""Lupus Low Disease Activity State (LLDAS): five items at one visit, all of them needed.

Item 1 limits SLEDAI-2K to 4 and forbids major-organ activity: kidney, nervous system, heart and lung (pleurisy,
pericarditis), vasculitis, fever, plus hemolytic anemia and gut activity, which the SLEDAI does not ask about.
Item 2 forbids new activity; its reading differs between papers and is the main choice of variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from remit import criteria
from remit.citations import Citation
from remit.criteria import Answer, Criterion, Facts, Truth, all_of, any_of, fails, holds, limit, negation
from remit.instruments import sledai_2k
from remit.instruments.investigational import Investigational, ignored_after_28_days, never_given

CITATION: Final = Citation(
    "Franklyn K et al.", 2016, "Ann Rheum Dis 75:1615-21", "10.1136/annrheumdis-2015-207726",
    note=(
        "Item 2: new item against the previous visit (Oon 2019) or SELENA flare against baseline (Parodis 2019). "
        "Item 5 read literally excludes any investigational drug; by default one course over 28 days ago is ignored. "
        "The 5 mg ceiling of gc_5 is recalled, unverified."
    ),
)  # fmt: skip

MAJOR_ITEMS: Final[frozenset[str]] = (
    sledai_2k.CENTRAL_NERVOUS_ITEMS | sledai_2k.RENAL_ITEMS | {"vasculitis", "pleurisy", "pericarditis", "fever"}
)

_MAJOR_WITH_MYOSITIS: Final = MAJOR_ITEMS | {"myositis"}

VARIANTS: Final = (
    "default",
    "myositis_is_major",
    "clinical_items_vs_previous",
    "sfi_vs_baseline",
    "investigational_literal",
    "total_only",
    "gc_5",
)
"""total_only drops item 2 and must be called "modified LLDAS"; gc_5 lowers the glucocorticoid ceiling to 5 mg/day."""


@dataclass(frozen=True, slots=True)
class LldasInput:
    """What one visit knows; None is unknown.

    sledai                  stated total; without it the listed items give a floor, and the ceiling only if `missing` is
                            not empty (a list of findings alone does not prove that all 24 items were asked)
    active, missing         item codes present now, and not assessed now
    previous_active         codes at the previous assessment; None: there is none, or it is unknown
    pred_mg                 prednisolone-equivalent, mg per day
    maintenance_ok          immunosuppressants and approved biologics at standard, well-tolerated maintenance doses
    sfi_flare_vs_baseline   "none", "mild_moderate" or "severe"; read by the variant sfi_vs_baseline only
    bilag, previous_bilag   system -> letter, where BILAG is captured; a system newly A-C from D/E is new activity
    """

    sledai: float | None
    active: frozenset[str]
    previous_active: frozenset[str] | None
    pga: float | None
    pred_mg: float | None
    hemolytic_anemia: Truth
    gi_activity: Truth
    maintenance_ok: Truth
    investigational: Investigational | None
    sfi_flare_vs_baseline: str | None = None
    missing: frozenset[str] = frozenset()
    previous_missing: frozenset[str] = frozenset()
    bilag: Mapping[str, str | None] | None = None
    previous_bilag: Mapping[str, str | None] | None = None


_LABEL: Final = {item.code: item.label.lower() for item in sledai_2k.ITEMS}


def _total_at_most_4(facts: Facts) -> Truth:
    low, high = facts["low"], facts["high"]
    if low > 4 + 1e-9:  # type: ignore[operator]
        return False
    return None if high is None or high > 4 + 1e-9 else True  # type: ignore[operator]


_TOTAL: Final = Criterion(
    "sledai", "SLEDAI-2K ≤ 4", _total_at_most_4,
    lambda facts: "SLEDAI " + (f"{facts['low']:g}" if facts["low"] == facts["high"] else "≤ 4"),
)  # fmt: skip
_PGA: Final = limit("pga", "PGA", "≤", 1.0)
_MAINTENANCE: Final = (
    holds("maintenance_ok", "standard maintenance doses, well tolerated", "maintenance"),
    holds("investigational", "no current investigational product"),
)
_ITEM_1: Final = (
    _TOTAL,
    holds("organs", "no activity in major organs"),
    fails("hemolytic_anemia", "no hemolytic anemia"),
    fails("gi_activity", "no gastrointestinal activity"),
)
_NOTHING_NEW: Final = holds("nothing_new", "no new activity since the previous assessment", "nothing new")
_NO_FLARE: Final = holds("nothing_new", "no flare against baseline", "no flare")
_IGNORED: Final = Criterion("nothing_new", "item 2 not asked", lambda facts: True, lambda facts: "modified LLDAS")
_STEROID: Final = limit("pred_mg", "prednisolone", "≤", 7.5, "mg/d")
_STEROID_5: Final = limit("pred_mg", "prednisolone", "≤", 5.0, "mg/d")


def _groups(item_2: Criterion, steroid: Criterion) -> tuple[tuple[Criterion, ...], ...]:
    return (_ITEM_1, (item_2,), (_PGA,), (steroid,), _MAINTENANCE)


_DEFAULT_GROUPS: Final = _groups(_NOTHING_NEW, _STEROID)
_GROUPS: Final[dict[str, tuple[tuple[Criterion, ...], ...]]] = {
    "default": _DEFAULT_GROUPS,
    "myositis_is_major": _DEFAULT_GROUPS,
    "clinical_items_vs_previous": _DEFAULT_GROUPS,
    "sfi_vs_baseline": _groups(_NO_FLARE, _STEROID),
    "investigational_literal": _DEFAULT_GROUPS,
    "total_only": _groups(_IGNORED, _STEROID),
    "gc_5": _groups(_NOTHING_NEW, _STEROID_5),
}


def _no_major_organ(visit: LldasInput, major: frozenset[str]) -> Truth:
    if visit.active & major:
        return False
    return None if visit.missing & major else True


def _new_bilag_activity(visit: LldasInput) -> Truth:
    """A system A-C now that was D or E before; False where BILAG is not captured."""
    if visit.bilag is None or visit.previous_bilag is None:
        return False
    before = visit.previous_bilag
    truths: list[Truth] = []
    for system, letter in visit.bilag.items():
        earlier = before.get(system, "E")
        was_quiet = None if earlier is None else earlier in ("D", "E")
        is_active = None if letter is None else letter in ("A", "B", "C")
        truths.append(all_of((was_quiet, is_active)))
    return any_of(truths)


def _nothing_new(visit: LldasInput, ignored: frozenset[str]) -> Truth:
    """No item present now that was absent before; unknown where either side is."""
    if visit.previous_active is None:
        return None if not _new_bilag_activity(visit) else False
    before, unclear_before = visit.previous_active, visit.previous_missing
    candidates = visit.active - before - ignored
    if candidates - unclear_before:
        return False
    bilag = negation(_new_bilag_activity(visit))
    if bilag is False:
        return False
    unclear_now = visit.missing - before - ignored
    return None if candidates or unclear_now or bilag is None else True


def _item_2(visit: LldasInput, variant: str) -> Truth:
    if variant == "sfi_vs_baseline":
        flare = visit.sfi_flare_vs_baseline
        return None if flare is None else flare == "none"
    if variant == "clinical_items_vs_previous":
        return _nothing_new(visit, sledai_2k.SEROLOGY_ITEMS)
    return _nothing_new(visit, frozenset())


def _range(visit: LldasInput) -> tuple[float, float | None]:
    """Attainable total: the stated one, else what the items allow."""
    if visit.sledai is not None:
        return visit.sledai, visit.sledai
    weights = sledai_2k.WEIGHTS
    low = sum(weights[code] for code in visit.active)
    if not visit.missing:
        return low, None
    return low, low + sum(weights[code] for code in visit.missing - visit.active)


def judge(visit: LldasInput, variant: str = "default") -> Answer:
    """LLDAS at one visit.

    variant  one of VARIANTS
    returns  met or not; `parts` holds the five items in the order of the paper
    """
    return judge_each(visit, (variant,))[variant]


def judge_each(visit: LldasInput, variants: Iterable[str]) -> dict[str, Answer]:
    """`judge` of one visit for several variants: one judgment for those that read it alike."""
    low, high = _range(visit)
    shared: dict[str, object] = {
        "low": low,
        "high": high,
        "hemolytic_anemia": visit.hemolytic_anemia,
        "gi_activity": visit.gi_activity,
        "pga": visit.pga,
        "pred_mg": visit.pred_mg,
        "maintenance_ok": visit.maintenance_ok,
    }
    answers: dict[str, Answer] = {}
    judged: dict[tuple[int, frozenset[str], Truth, Truth], Answer] = {}
    for variant in variants:
        groups = _GROUPS[variant]
        major = _MAJOR_WITH_MYOSITIS if variant == "myositis_is_major" else MAJOR_ITEMS
        product = never_given if variant == "investigational_literal" else ignored_after_28_days
        nothing_new = None if variant == "total_only" else _item_2(visit, variant)
        reading = (id(groups), major, nothing_new, product(visit.investigational))
        if reading not in judged:
            own = {"organs": _no_major_organ(visit, major), "nothing_new": nothing_new, "investigational": reading[-1]}
            answer = criteria.judge(groups, {**shared, **own})
            judged[reading] = _with_details(answer, visit, major) if answer.met is False else answer
        answers[variant] = judged[reading]
    return answers


def _with_details(answer: Answer, visit: LldasInput, major: frozenset[str]) -> Answer:
    """Name the organ items and the new items: that is what a reader asks next."""
    because = []
    for reason in answer.because:
        if reason == "not: no activity in major organs":
            reason += ": " + _labels(visit.active & major)
        elif reason == "not: no new activity since the previous assessment" and visit.previous_active is not None:
            new = visit.active - visit.previous_active
            reason += ": " + _labels(new) if new else ""
        because.append(reason)
    return Answer(answer.met, tuple(because), answer.parts)


def _labels(codes: frozenset[str]) -> str:
    return ", ".join(_LABEL[code] for code in sledai_2k.CODES if code in codes)
