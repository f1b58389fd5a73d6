"""CLASI activity, 0-70: the worst lesion of each of 13 body areas, mucosa, recent hair loss and alopecia."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, all_of, is_at_least, is_at_most, single

CITATION: Final = Citation(
    "Albrecht J et al.", 2005, "J Invest Dermatol 125:889-94", checked=False,
    note="Areas and ranges read in a public tool; the split of mucosa and hair is recalled.",
)  # fmt: skip

AREAS: Final = (
    "scalp", "ears", "nose_malar", "rest_of_face", "v_area_neck", "chest", "abdomen", "arms", "hands", "legs", "feet",
    "back_of_neck_shoulders", "back_buttocks",
)  # fmt: skip
LESION: Final[dict[str, int]] = {"erythema": 3, "scale": 2}
OTHER: Final[dict[str, int]] = {"mucosal": 1, "recent_hair_loss": 1, "alopecia": 3}
MAXIMUM: Final = len(AREAS) * sum(LESION.values()) + sum(OTHER.values())


def activity(areas: Mapping[str, Mapping[str, int | None]], other: Mapping[str, int | None]) -> int | None:
    """Add up; an area not listed has no lesion, a None anywhere leaves the score unknown."""
    points = [lesion.get(part, 0) for lesion in areas.values() for part in LESION] + [other.get(part) for part in OTHER]
    known = [value for value in points if value is not None]
    return sum(known) if len(known) == len(points) else None


def band(score: float) -> str:
    """0-9 mild, 10-20 moderate, 21-70 severe."""
    if score < 10:
        return "mild"
    return "moderate" if score < 21 else "severe"


def clasi_50(baseline: float | None, now: float | None) -> Answer:
    """Half or less of a baseline of at least 10; not evaluable (None) below that."""
    enough = is_at_least(baseline, 10)
    if enough is False:
        return Answer(None, ("not evaluable: baseline below 10",))
    halved = None if baseline is None else is_at_most(now, baseline / 2.0)
    return single(all_of((enough, halved)), "fall by 50 % or more")
