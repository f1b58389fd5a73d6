"""Neurotoxicity (ICANS) of adults, ASTCT 2019: the most severe of five columns.

Tremor, myoclonus, headache alone, drug-induced sedation and intracranial bleeding do not enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth
from remit.instruments.grade import Grade, worst_column

CITATION: Final = Citation(
    "Lee DW et al.", 2019, "Biol Blood Marrow Transplant 25:625-38", "10.1016/j.bbmt.2018.12.758",
    note="Children under 12 are graded with CAPD instead, which is not offered here.",
)  # fmt: skip

AROUSAL: Final[dict[str, int]] = {"alert": 0, "voice": 2, "tactile": 3, "unarousable": 4}
SEIZURE: Final[dict[str, int]] = {
    "none": 0,
    "brief_resolved": 3,
    "eeg_nonconvulsive_resolved": 3,
    "prolonged_over_5min": 4,
    "repetitive_no_return": 4,
}
EDEMA: Final[dict[str, int]] = {"none": 0, "focal": 3, "diffuse": 4}


@dataclass(frozen=True, slots=True)
class IcansFacts:
    """One assessment; None is unknown, except that seizure and edema are "none" unless stated.

    ice               0-10, see `ice`; 0 in a patient who cannot be woken is grade 4 through `arousal`
    motor_deep_focal  hemiparesis or paraparesis
    """

    ice: int | None
    arousal: str | None
    motor_deep_focal: Truth
    seizure: str = "none"
    edema: str = "none"


def ice_grade(ice: int) -> int:
    """Grade of the ICE column: 10 is 0, 7-9 is 1, 3-6 is 2, 0-2 is 3."""
    if ice >= 10:
        return 0
    if ice >= 7:
        return 1
    return 2 if ice >= 3 else 3


def grade(facts: IcansFacts) -> Grade:
    """ASTCT grade 0-4. Unknown columns give a range unless a known column is at least as severe as they can be."""
    motor = None if facts.motor_deep_focal is None else (4 if facts.motor_deep_focal else 0)
    return worst_column(
        (
            ("ICE score", None if facts.ice is None else ice_grade(facts.ice), 3),
            ("consciousness", None if facts.arousal is None else AROUSAL[facts.arousal], 4),
            ("seizure", SEIZURE[facts.seizure], 4),
            ("motor weakness", motor, 4),
            ("cerebral edema", EDEMA[facts.edema], 4),
        )
    )
