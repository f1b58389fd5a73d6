"""CLASI activity, 0-70: the worst lesion of each of 13 body areas, mucosa, recent hair loss and alopecia.

Damage, 0-56, is a second score that is never added to the first: dyspigmentation of 13 areas (counted double when it
usually lasts a year or more), scarring of 12 areas, and scarring of the scalp by quadrants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.citations import Citation
from remit.criteria import Answer, Truth, all_of, is_at_least, is_at_most, single

CITATION: Final = Citation(
    "Albrecht J et al.", 2005, "J Invest Dermatol 125:889-94", checked=False,
    note="Areas and ranges read in a public tool; the split of mucosa and hair, and the damage part, are recalled.",
)  # fmt: skip

AREAS: Final = (
    "scalp", "ears", "nose_malar", "rest_of_face", "v_area_neck", "chest", "abdomen", "arms", "hands", "legs", "feet",
    "back_of_neck_shoulders", "back_buttocks",
)  # fmt: skip
LESION: Final[dict[str, int]] = {"erythema": 3, "scale": 2}
OTHER: Final[dict[str, int]] = {"mucosal": 1, "recent_hair_loss": 1, "alopecia": 3}
DAMAGE: Final[dict[str, int]] = {"dyspigmentation": 1, "scarring": 2}
"""Per area; the scalp has dyspigmentation only, its scarring is SCALP_SCARRING."""
SCALP_SCARRING: Final = (0, 3, 4, 5, 6)
"""None, one quadrant, two, three, the whole scalp."""
DAMAGE_MAXIMUM: Final = 2 * len(AREAS) + 2 * (len(AREAS) - 1) + 6
MAXIMUM: Final = len(AREAS) * sum(LESION.values()) + sum(OTHER.values())


def activity(areas: Mapping[str, Mapping[str, int | None]], other: Mapping[str, int | None]) -> int | None:
    """Add up; an area not listed has no lesion, a None anywhere leaves the score unknown."""
    points = [lesion.get(part, 0) for lesion in areas.values() for part in LESION] + [other.get(part) for part in OTHER]
    known = [value for value in points if value is not None]
    return sum(known) if len(known) == len(points) else None


def damage(
    areas: Mapping[str, Mapping[str, int | None]], scalp_scarring: int | None, lasts_a_year: Truth
) -> tuple[int | None, int, int]:
    """Damage score and its attainable range; an area not listed has none.

    lasts_a_year   whether dyspigmentation usually stays for 12 months or more, which counts it double
    returns        (score or None when unknown, lowest, highest)
    """
    pigment = [lesion.get("dyspigmentation", 0) for lesion in areas.values()]
    scars = [lesion.get("scarring", 0) for lesion in areas.values()]
    low_pigment = sum(value or 0 for value in pigment)
    high_pigment = sum(1 if value is None else value for value in pigment)
    low = low_pigment * (2 if lasts_a_year else 1) + sum(value or 0 for value in scars) + (scalp_scarring or 0)
    high = high_pigment * (1 if lasts_a_year is False else 2) + sum(2 if value is None else value for value in scars)
    high += 6 if scalp_scarring is None else scalp_scarring
    return (low if low == high else None), low, high


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
