"""Cytokine release syndrome by the scales that came before ASTCT 2019: Lee 2014, Penn and the CTCAE v5 term.

They are not interchangeable: Lee counts organ toxicity and splits oxygen at 40 %, Penn gives grade 3 to fluids or any
oxygen, CTCAE v5 gives grade 3 to one vasopressor of any dose. The same facts are read by all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, all_of, any_of, is_at_least, is_below
from remit.instruments.crs_astct import CrsFacts
from remit.instruments.grade import Grade, worst_column

CITATION: Final = Citation(
    "Lee DW et al. (Lee scale); Porter DL et al. (Penn scale); National Cancer Institute (CTCAE v5)", 2014,
    "Blood 124:188-95; J Hematol Oncol 11:35", checked=False,
    note=(
        "Bands read in comparison tables (PMC7006459 table 2, J Hematol Oncol 2018 table 1); the CTCAE v5 term is "
        "recalled. Non-invasive pressure support is graded by its oxygen, only intubation as ventilator support. "
        "CTCAE v5 grade 4 is clinical: several vasopressors or intubation stand for it."
    ),
)  # fmt: skip

SCALES: Final = ("Lee_2014", "Penn", "CTCAE_v5")


@dataclass(frozen=True, slots=True)
class CrsCourse:
    """One day or one event as the older scales read it; None is unknown.

    facts                     what ASTCT reads
    high_dose_vasopressor     at or above the dose that Lee 2014 lists as high; read while a vasopressor runs
    fio2_percent              oxygen fraction; 21 is room air
    transaminase_grade, creatinine_grade, organ_grade   CTCAE grade from CRS, 0 none; organ_grade is the worst of the
                              other organs
    hospital_for_crs          admitted or kept, or intravenous therapy, because of CRS symptoms
    """

    facts: CrsFacts
    high_dose_vasopressor: Truth = None
    fio2_percent: float | None = None
    transaminase_grade: int | None = 0
    creatinine_grade: int | None = 0
    organ_grade: int | None = 0
    hospital_for_crs: Truth = False


def grade(course: CrsCourse, scale: str) -> Grade:
    """Grade 0-5 by one of SCALES; 0 is no CRS. Unknown facts give a range unless they cannot change the grade."""
    facts = course.facts
    if facts.outcome == "death_due_to_crs":
        return Grade(5, 5, 5, ("death from CRS",))
    fever = all_of((is_at_least(facts.fever_c, 38.0), facts.fever_attributable))
    established = any_of((fever, facts.prior_crs))
    if established is False:
        return Grade(0, 0, 0, ("not: fever ≥ 38 °C without another cause",))
    columns = worst_column((("CRS", 1, 4), *_COLUMNS[scale](course)))
    if established is None:
        return Grade(None, 0, columns.high, ("unknown: fever ≥ 38 °C without another cause",))
    return columns


Column = tuple[str, int | None, int]


def _pressors(course: CrsCourse) -> tuple[int | None, Truth]:
    """How many vasopressors run, and whether the dose is high."""
    names = course.facts.vasopressors
    return (None if names is None else len(names)), course.high_dose_vasopressor


def _fluids(course: CrsCourse, grade: int) -> int | None:
    truth = course.facts.fluid_responsive_hypotension
    return None if truth is None else (grade if truth else 1)


def _by_fraction(course: CrsCourse) -> int | None:
    """No oxygen 1, below 40 % 2, from 40 % 3, intubated 4."""
    device = course.facts.oxygen
    if device is None:
        return None
    if device in ("none", "intubated"):
        return 1 if device == "none" else 4
    low = is_below(course.fio2_percent, 40)
    return None if low is None else (2 if low else 3)


def _oxygen_ceiling(course: CrsCourse) -> int:
    return 4 if course.facts.oxygen is None else 3


def _pressure_ceiling(course: CrsCourse, most: int) -> int:
    """What the pressure column can still give: with no vasopressor running only the fluid grade is open."""
    return most if course.facts.vasopressors is None or course.facts.vasopressors else most - 1


def _lee(course: CrsCourse) -> tuple[Column, ...]:
    count, high = _pressors(course)
    if count is None:
        pressure = None
    elif count == 0:
        pressure = _fluids(course, 2)
    elif count > 1 or high:
        pressure = 3
    else:
        pressure = None if high is None else 2
    liver = course.transaminase_grade
    organs = course.organ_grade
    kidney = course.creatinine_grade
    return (
        ("hypotension", pressure, _pressure_ceiling(course, 3)),
        ("hypoxia", _by_fraction(course), _oxygen_ceiling(course)),
        ("transaminases", None if liver is None else min(liver, 3), 3),
        ("creatinine", kidney, 4),
        ("organ toxicity", organs, 4),
    )


def _penn(course: CrsCourse) -> tuple[Column, ...]:
    count, high = _pressors(course)
    pressure = None
    if count == 0:
        pressure = _fluids(course, 3)
    elif count is not None:
        pressure = None if high is None else (4 if high else 3)
    device = course.facts.oxygen
    oxygen = None if device is None else {"none": 1, "intubated": 4}.get(device, 3)
    liver, kidney = course.transaminase_grade, course.creatinine_grade
    hospital = course.hospital_for_crs
    return (
        ("hypotension", pressure, _pressure_ceiling(course, 4)),
        ("hypoxia", oxygen, 4),
        ("transaminases", None if liver is None else {3: 2, 4: 3}.get(liver, 1), 3),
        ("creatinine", None if kidney is None else {2: 2, 3: 3, 4: 3}.get(kidney, 1), 3),
        ("hospital for CRS", None if hospital is None else (2 if hospital else 1), 2),
    )


def _ctcae(course: CrsCourse) -> tuple[Column, ...]:
    count, _ = _pressors(course)
    pressure = None if count is None else (_fluids(course, 2) if count == 0 else (3 if count == 1 else 4))
    return (
        ("hypotension", pressure, 4 if course.facts.vasopressors is None else 2),
        ("hypoxia", _by_fraction(course), _oxygen_ceiling(course)),
    )


_COLUMNS: Final = {"Lee_2014": _lee, "Penn": _penn, "CTCAE_v5": _ctcae}
