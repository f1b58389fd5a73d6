"""CRS, ICANS and the ICE score."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from spec.instruments.story import stories

FEVER: dict[str, Any] = {
    "fever_c": 38.5,
    "fever_attributable": True,
    "prior_crs": False,
    "anticytokine_or_antipyretic": False,
    "vasopressors": [],
    "fluid_responsive_hypotension": False,
    "oxygen": "none",
}


def crs(**changed: Any) -> Any:
    return instruments.call("crs-astct", None, {**FEVER, **changed})


GRADES = stories("""
    fever_c | vasopressors                    | fluid_responsive_hypotension | oxygen            | o2_l_min | grade
    38.0    | []                              | no  | none              |   | 1     # the limit is fever
    37.9    | []                              | no  | none              |   | 0
    37.9    | [norepinephrine]                | no  | intubated         |   | 0     # no fever ever: not CRS, a query
    38.5    | []                              | yes | none              |   | 2
    38.5    | [norepinephrine]                | no  | none              |   | 3
    38.5    | [norepinephrine, vasopressin]   | no  | none              |   | 3     # vasopressin is not counted
    38.5    | [vasopressin]                   | no  | none              |   | 3     # alone it is the one
    38.5    | [norepinephrine, phenylephrine] | no  | none              |   | 4
    38.5    | [norepinephrine, norepinephrine] | no | none              |   | 3
    38.5    | []                              | no  | blow_by           |   | 2
    38.5    | []                              | no  | low_flow_cannula  | 6 | 2
    38.5    | []                              | no  | low_flow_cannula  | 7 | 3     # above 6 L/min is high flow
    38.5    | []                              | no  | low_flow_cannula  |   | 2
    38.5    | []                              | no  | high_flow_cannula |   | 3
    38.5    | []                              | no  | face_mask         |   | 3
    38.5    | []                              | no  | non_rebreather    |   | 3
    38.5    | []                              | no  | venturi           |   | 3
    38.5    | []                              | no  | cpap              |   | 4
    38.5    | []                              | no  | bipap             |   | 4
    38.5    | []                              | no  | intubated         |   | 4
    38.5    | [norepinephrine]                | no  | low_flow_cannula  | 2 | 3     # the worse column
    38.5    | []                              | yes | cpap              |   | 4
    unknown | []                              | no  | none              |   | unknown
    38.5    | []                              | unknown | none          |   | unknown  # 1 or 2
    38.5    | []                              | unknown | face_mask     |   | 3        # 3 either way
    38.5    | unknown                         | no  | none              |   | unknown
    38.5    | unknown                         | no  | intubated         |   | 4
    38.5    | []                              | no  | unknown           |   | unknown
    38.5    | [norepinephrine, dopamine]      | no  | unknown           |   | 4
""")


@pytest.mark.parametrize("story", GRADES)
def test_crs_is_the_worse_of_pressure_and_oxygen(story: dict[str, Any]) -> None:
    wanted = story.pop("grade")

    assert crs(**story)["grade"] == wanted


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({"fever_attributable": False}, 0),
        ({"fever_attributable": None}, None),
        ({"fever_attributable": None, "fever_c": 37.0}, 0),
        ({"fever_c": 37.0, "prior_crs": True, "anticytokine_or_antipyretic": True, "vasopressors": ["dopamine"]}, 3),
        ({"fever_c": 37.0, "prior_crs": True, "anticytokine_or_antipyretic": True}, 1),
        ({"fever_c": 37.0, "prior_crs": True, "vasopressors": ["dopamine"]}, 0),  # fever gone without such a drug
        ({"fever_c": 37.0, "anticytokine_or_antipyretic": True, "vasopressors": ["dopamine"]}, 0),  # never established
        ({"fever_c": None, "prior_crs": True, "anticytokine_or_antipyretic": True, "oxygen": "cpap"}, 4),
        ({"fever_c": 37.0, "prior_crs": None, "anticytokine_or_antipyretic": True}, None),
        ({"outcome": "death_due_to_crs"}, 5),
        ({"outcome": "resolved"}, 1),
        ({"outcome": None}, 1),
    ],
)
def test_crs_fever_may_be_masked_and_death_is_5(changed: dict[str, Any], grade: int | None) -> None:
    assert crs(**changed)["grade"] == grade


def test_an_open_crs_grade_has_a_range() -> None:
    answer = crs(fluid_responsive_hypotension=None)

    assert (answer["min"], answer["max"], answer["because"]) == (1, 2, ["unknown: hypotension"])


NEURO = stories("""
    ice     | arousal     | seizure                   | motor_deep_focal | edema   | grade
    10      | alert       | none                      | no               | none    | 0
    9       | alert       | none                      | no               | none    | 1
    7       | alert       | none                      | no               | none    | 1
    6       | alert       | none                      | no               | none    | 2
    3       | alert       | none                      | no               | none    | 2
    2       | alert       | none                      | no               | none    | 3
    0       | alert       | none                      | no               | none    | 3    # global aphasia, awake
    0       | unarousable | none                      | no               | none    | 4
    10      | voice       | none                      | no               | none    | 2
    10      | tactile     | none                      | no               | none    | 3
    3       | alert       | brief_resolved            | no               | none    | 3    # the published example
    10      | alert       | eeg_nonconvulsive_resolved | no              | none    | 3
    10      | alert       | prolonged_over_5min       | no               | none    | 4
    10      | alert       | repetitive_no_return      | no               | none    | 4
    10      | alert       | none                      | yes              | none    | 4
    10      | alert       | none                      | no               | focal   | 3
    10      | alert       | none                      | no               | diffuse | 4
    unknown | alert       | none                      | no               | none    | unknown   # ICE not done
    unknown | tactile     | none                      | no               | none    | 3    # ICE could not add to it
    unknown | unarousable | none                      | unknown          | none    | 4
    8       | unknown     | none                      | no               | none    | unknown
    8       | alert       | unknown                   | no               | unknown | 1    # no seizure recorded is none
""")


@pytest.mark.parametrize("story", NEURO)
def test_icans_is_the_most_severe_column(story: dict[str, Any]) -> None:
    wanted = story.pop("grade")

    assert instruments.call("icans-astct", None, story)["grade"] == wanted


@pytest.mark.parametrize(
    ("given", "score", "low", "high"),
    [
        ({"orientation": 4, "naming": 3, "command": 1, "writing": 1, "attention": 1}, 10, None, None),
        ({"orientation": 2, "naming": 3, "command": 1, "writing": 0, "attention": 0}, 6, None, None),
        ({"orientation": 4, "naming": 3, "command": 1, "writing": None, "attention": 1}, None, 9, 10),
    ],
)
def test_ice_adds_its_tasks(given: dict[str, Any], score: int | None, low: int | None, high: int | None) -> None:
    answer = instruments.call("ice", None, given)

    assert (answer["score"], answer.get("min"), answer.get("max")) == (score, low, high)
