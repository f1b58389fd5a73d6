"""Joint counts over 28 joints, and the fall of a count by half.

Trials differ in what an active joint is: painful with any sign of inflammation (our default), tender or swollen, tender
and swollen, or swollen. A joint that was not assessed leaves the count a range.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, is_at_least, is_at_most, single

CITATION: Final = Citation(
    "Fuchs HA, Pincus T", 1994, "Arthritis Rheum 37:470-5", checked=False,
    note=(
        "The list of 28 is recalled. Active joint: anifrolumab trials tender and swollen; Mahmoud 2024, "
        "doi 10.1093/rheumatology/keae695, found scored cases without swelling. Joint-50 needs a baseline of 4 "
        "(one registered trial) or 6."
    ),
)  # fmt: skip

_ONE_SIDE: Final = (
    "shoulder", "elbow", "wrist", "mcp1", "mcp2", "mcp3", "mcp4", "mcp5", "pip1", "pip2", "pip3", "pip4", "pip5",
    "knee",
)  # fmt: skip
JOINTS: Final = tuple(f"{side}_{joint}" for joint in _ONE_SIDE for side in ("left", "right"))


@dataclass(frozen=True, slots=True)
class Examination:
    """Joints with each sign, not listed is without it; not_assessed: replaced, immobilized or not examined."""

    painful: frozenset[str] = frozenset()
    tender: frozenset[str] = frozenset()
    swollen: frozenset[str] = frozenset()
    effusion: frozenset[str] = frozenset()
    not_assessed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Counts:
    """Tender, swollen and active joints; None while `open_joints` joints were not assessed."""

    tender: int | None
    swollen: int | None
    active: int | None
    active_low: int
    open_joints: int


RULES: Final[dict[str, Callable[[Examination], frozenset[str]]]] = {
    "pain_and_any_sign": lambda seen: (seen.painful | seen.tender) & (seen.tender | seen.swollen | seen.effusion),
    "tender_or_swollen": lambda seen: seen.tender | seen.swollen,
    "tender_and_swollen": lambda seen: seen.tender & seen.swollen,
    "swelling_needed": lambda seen: seen.swollen | seen.effusion,
}
"""Variant -> the active joints. Tenderness on examination is pain."""


def count(seen: Examination, rule: str = "pain_and_any_sign") -> Counts:
    """Counts by one reading of "active" (a key of RULES)."""
    skipped = len(seen.not_assessed)
    active = len(RULES[rule](seen) - seen.not_assessed)
    tender, swollen = len(seen.tender - seen.not_assessed), len(seen.swollen - seen.not_assessed)
    if skipped:
        return Counts(None, None, None, active, skipped)
    return Counts(tender, swollen, active, active, 0)


def joint_50(baseline: float | None, now: float | None, least: int = 4) -> Answer:
    """Half or less of a baseline count of at least `least`; not evaluable (None) below that."""
    if is_at_least(baseline, least) is False:
        return Answer(None, (f"not evaluable: baseline below {least} joints",))
    halved = None if baseline is None else is_at_most(now, baseline / 2.0)
    return single(halved, "fall by 50 % or more")
