"""Acute graft-versus-host disease, MAGIC criteria: stages of four organs and an overall grade that is a pattern.

The grade is not the highest stage. Printed gaps are closed upward: bilirubin above 3 is stage 2, 1000 mL stage 2.
"""

from __future__ import annotations

from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, is_above, is_at_least, is_at_most, is_below
from remit.instruments.grade import Grade, bounded

CITATION: Final = Citation(
    "Harris AC et al.", 2016, "Biol Blood Marrow Transplant 22:4-10",
    note="When stool volume and episodes are both recorded, the measured volume decides (project decision).",
)  # fmt: skip

MOST: Final[dict[str, int]] = {"skin": 4, "liver": 4, "upper_gi": 1, "lower_gi": 4}
"""Organ -> highest stage."""


def _pattern(skin: int, liver: int, upper_gi: int, lower_gi: int) -> int:
    if 4 in (skin, liver, lower_gi):
        return 4
    if liver >= 2 or lower_gi >= 2:
        return 3
    if skin == 3 or liver == 1 or upper_gi == 1 or lower_gi == 1:
        return 2
    return 1 if skin else 0


def overall(skin: int | None, liver: int | None, upper_gi: int | None, lower_gi: int | None) -> Grade:
    """Overall grade 0-4 (0, I, II, III, IV); unknown stages give a range unless they cannot change it."""
    stages = {"skin": skin, "liver": liver, "upper_gi": upper_gi, "lower_gi": lower_gi}
    low = _pattern(*(0 if stage is None else stage for stage in stages.values()))
    high = _pattern(*(MOST[organ] if stage is None else stage for organ, stage in stages.items()))
    said = tuple(f"{organ.replace('_', ' ')} stage {stage}" for organ, stage in stages.items() if stage)
    unknown = tuple(f"unknown: {organ.replace('_', ' ')}" for organ, stage in stages.items() if stage is None)
    return bounded(low, high, (said or ("no organ involved",)) if low == high else unknown)


def liver_stage(bilirubin_mg_dl: float) -> int:
    """Below 2 is 0, to 3 is 1, to 6 is 2, to 15 is 3, above 4."""
    if is_below(bilirubin_mg_dl, 2):
        return 0
    return 1 + sum(1 for limit in (3, 6, 15) if is_above(bilirubin_mg_dl, limit))


def skin_stage(rash_percent: float, bullae_and_desquamation: Truth = False) -> int:
    """No rash 0, below 25 % of the body 1, to 50 % 2, above 3; 4 only with bullae and more than 5 % desquamation."""
    if is_at_most(rash_percent, 0):
        return 0
    if is_below(rash_percent, 25):
        return 1
    if is_at_most(rash_percent, 50):
        return 2
    return 4 if bullae_and_desquamation else 3


def lower_gi_stage(
    ml_per_day: float | None, episodes_per_day: float | None, severe_pain_ileus_or_gross_blood: Truth = False
) -> int | None:
    """Adult stage from stool volume, else from episodes; severe pain, ileus or gross blood is 4."""
    if severe_pain_ileus_or_gross_blood:
        return 4
    if ml_per_day is not None:
        if is_above(ml_per_day, 1500):
            return 3
        return sum(1 for limit in (500, 1000) if is_at_least(ml_per_day, limit))
    if episodes_per_day is not None:
        if is_above(episodes_per_day, 7):
            return 3
        return sum(1 for limit in (3, 5) if is_at_least(episodes_per_day, limit))
    return None


def upper_gi_stage(persistent_symptoms: Truth) -> int | None:
    """Persistent nausea, vomiting or anorexia is 1; none or intermittent 0."""
    return None if persistent_symptoms is None else int(persistent_symptoms)


def lower_gi_stage_by_volume(
    ml_per_day: float | None, episodes_per_day: float | None, severe_pain_ileus_or_gross_blood: Truth = False
) -> int | None:
    """The other reading: an unmeasured stool counts 200 mL an episode, and the volume bands decide."""
    volume = ml_per_day
    if volume is None and episodes_per_day is not None:
        volume = 200.0 * episodes_per_day
    return lower_gi_stage(volume, None, severe_pain_ileus_or_gross_blood)
