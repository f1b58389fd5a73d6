"""Cytokine release syndrome, ASTCT 2019: fever first, then the worse of blood pressure and oxygen.

Fever may be gone after an antipyretic, tocilizumab or steroid: once CRS is established and such a drug was given, it is
no longer required. Organ toxicity does not change the grade. Lee 2014, Penn and CTCAE grade the same facts differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, all_of, any_of, is_above, is_at_least
from remit.instruments.grade import Grade, worst_column

CITATION: Final = Citation(
    "Lee DW et al.", 2019, "Biol Blood Marrow Transplant 25:625-38", "10.1016/j.bbmt.2018.12.758",
    note="The table is silent on vasopressin alone: we count it as the one vasopressor, grade 3.",
)  # fmt: skip

VASOPRESSORS: Final = ("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "vasopressin")
OXYGEN: Final[dict[str, int]] = {
    "none": 1,
    "blow_by": 2,
    "low_flow_cannula": 2,
    "high_flow_cannula": 3,
    "face_mask": 3,
    "non_rebreather": 3,
    "venturi": 3,
    "cpap": 4,
    "bipap": 4,
    "intubated": 4,
}
"""Device -> grade, given fever; a cannula above 6 L/min is high flow whatever it is called."""
OUTCOMES: Final = ("resolved", "ongoing", "death_due_to_crs")


@dataclass(frozen=True, slots=True)
class CrsFacts:
    """One day or one event; None is unknown.

    fever_attributable           the fever has no other cause
    prior_crs                    CRS was already established
    anticytokine_or_antipyretic  a drug that hides fever was given
    vasopressors                 names of those in use
    o2_l_min                     oxygen flow; None when not measured
    """

    fever_c: float | None
    fever_attributable: Truth
    prior_crs: Truth
    anticytokine_or_antipyretic: Truth
    vasopressors: frozenset[str] | None
    fluid_responsive_hypotension: Truth
    oxygen: str | None
    o2_l_min: float | None = None
    outcome: str | None = None


def _pressure_grade(facts: CrsFacts) -> int | None:
    if facts.vasopressors is None:
        return None
    if facts.vasopressors:
        return 4 if len(facts.vasopressors - {"vasopressin"}) > 1 else 3
    if facts.fluid_responsive_hypotension is None:
        return None
    return 2 if facts.fluid_responsive_hypotension else 1


def _oxygen_grade(facts: CrsFacts) -> int | None:
    if facts.oxygen is None:
        return None
    if facts.oxygen == "low_flow_cannula" and is_above(facts.o2_l_min, 6):
        return 3
    return OXYGEN[facts.oxygen]


def grade(facts: CrsFacts) -> Grade:
    """ASTCT grade 0-5; 0 is no CRS. Unknown facts give a range unless they cannot change the grade."""
    if facts.outcome == "death_due_to_crs":
        return Grade(5, 5, 5, ("death from CRS",))
    fever = all_of((is_at_least(facts.fever_c, 38.0), facts.fever_attributable))
    masked = all_of((facts.prior_crs, facts.anticytokine_or_antipyretic))
    established = any_of((fever, masked))
    if established is False:
        return Grade(0, 0, 0, ("not: fever ≥ 38 °C without another cause",))
    pressure_ceiling = 2 if facts.vasopressors is not None else 4
    columns = worst_column(
        (
            ("fever" if fever else "fever masked by treatment", 1, 4),
            ("hypotension", _pressure_grade(facts), pressure_ceiling),
            ("hypoxia", _oxygen_grade(facts), 4),
        )
    )
    if established is None:
        return Grade(None, 0, columns.high, ("unknown: fever ≥ 38 °C without another cause",))
    if columns.grade is not None and columns.grade > 1:
        return Grade(columns.grade, columns.low, columns.high, tuple(r for r in columns.because if "fever" not in r))
    if columns.grade == 1:
        return Grade(1, 1, 1, columns.because[:1])
    return columns
