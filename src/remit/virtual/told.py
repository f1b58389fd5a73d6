"""Records of patients of whom some facts are told: who was treated when, followed how long, in which state at last.

The told facts are put where a virtual patient has them; everything else is a virtual patient's. A patient whose derived
tables do not say what was told is made again, from other numbers; whom no other numbers help has what was assessed at
the last visit written as told. So every fact is read back from the records, by the code that reads real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from remit import derive
from remit.errors import InputError
from remit.protocol import Protocol
from remit.records import Records
from remit.virtual import telling
from remit.virtual.checked import checked
from remit.virtual.course import Array, Course, Days, Enrolled, Flags, Whole
from remit.virtual.observe.sheet import usubjid
from remit.virtual.observe.tables import collected, observe, together
from remit.virtual.scenario import Scenario
from remit.virtual.subjects import course

TRIES: Final = 12
"""Virtual patients tried for one told patient before the last visit is written as told."""
WRITTEN_TRIES: Final = 8
"""Virtual patients tried for one told patient whose last visit is written as told."""
_APART: Final = 10_000
"""Numbers of subjects apart at which another try draws."""
_SEEDS: Final = 104_729
_BLOCK: Final = 1_000
LARGEST: Final = 9_999


@dataclass(frozen=True)
class Facts:
    """What is told, one entry per patient, of any number of cohorts together; None where nothing is told.

    trial, subject     number of the cohort, and within it from 1 in the order of first infusion
    level              number of the dose level in the protocol
    day_zero           date of the first infusion
    follow_up_days     from there to the last contact
    disease_years      from diagnosis to the first infusion
    b_cell_return_day  protocol day on which B cells are first seen again; later than the last contact it is not seen
    crs, infection     whether there was one, ever; a cytokine release is a fever alone
    doris, lldas       the states at the last assessment
    """

    trial: Whole
    subject: Whole
    level: Whole
    day_zero: Days
    follow_up_days: Whole
    disease_years: Array | None = None
    b_cell_return_day: Whole | None = None
    crs: Flags | None = None
    infection: Flags | None = None
    doris: Flags | None = None
    lldas: Flags | None = None

    def of(self, rows: NDArray[np.int64]) -> Facts:
        """The facts of some patients."""
        chosen: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            chosen[one.name] = None if value is None else value[rows]
        return Facts(**chosen)


@dataclass(frozen=True)
class Told:
    """Records and how they came about.

    tries     (patients,) virtual patients it took
    written   (patients,) whose last assessment was written as told, because no virtual patient came to it
    unseen    (patients,) of whom some fact could not show: followed too short for an assessment or for B cells
    amiss     (patients,) whose records still do not say what was told
    """

    records: Records
    tries: Whole
    written: Flags
    unseen: Flags
    amiss: Flags


def records_of(
    protocol: Protocol,
    scenario: Scenario,
    facts: Facts,
    seed: int,
    notice: str,
    progress: Callable[[str], None] = lambda _: None,
    tries: int = TRIES,
) -> Told:
    """Records of told patients, as a site would have sent them by the scenario's data cut.

    scenario   what is assumed of everything that is not told
    notice     travels with the records; says that nobody in them exists
    tries      virtual patients tried for each told one before the last visit is written as told
    raises     InputError: the scenario does not fit the protocol, or a follow-up that ends after the cut
    """
    cut = checked(protocol, scenario)
    _check(facts, np.datetime64(cut))
    calm = _calm(scenario, facts)
    count = len(facts.trial)
    tried, written = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    unseen, amiss = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
    waiting = np.arange(count)
    kept: list[Records] = []
    for number in range(tries + WRITTEN_TRIES):
        writing, last = number >= tries, number == tries + WRITTEN_TRIES - 1
        progress(f"records: {count - len(waiting):,} of {count:,} patients")
        left: list[Whole] = []
        for start in range(0, len(waiting), _BLOCK):
            rows = waiting[start : start + _BLOCK]
            made, short = _try(protocol, calm, facts.of(rows), seed, number, write=writing)
            says = telling.says(protocol, derive.all(protocol, made, cut), facts.of(rows))
            fine = says | last
            tried[rows] = number + 1
            unseen[rows] = short
            written[rows] |= writing
            amiss[rows] = last & ~says
            kept.append(_only(made, usubjid(facts.trial[rows[fine]], facts.subject[rows[fine]])))
            left.append(rows[~fine])
        waiting = np.concatenate(left)
        if not len(waiting):
            break
    return Told(replace(together(kept), notice=notice), tried, written, unseen, amiss)


def _check(facts: Facts, cut: np.datetime64) -> None:
    if (facts.subject > LARGEST).any():
        raise InputError(f"facts: a cohort has at most {LARGEST} patients.")
    if (facts.day_zero + facts.follow_up_days > cut).any():
        raise InputError(f"facts: a follow-up ends after the data cut of {cut}.")


def _calm(scenario: Scenario, facts: Facts) -> Scenario:
    """The scenario without what is told otherwise: nobody leaves before the last contact."""
    visiting = scenario.visiting.model_copy(update={"withdrawn_per_year": 0.0, "lost_per_year": 0.0})
    events = scenario.events.model_copy(update={"deaths_per_year": 0.0})
    if facts.infection is not None:
        events = events.model_copy(update={"infections_per_month": 0.0})
    enrolment = scenario.enrolment.model_copy(update={"lots": None})
    return scenario.model_copy(update={"visiting": visiting, "events": events, "enrolment": enrolment})


def _try(
    protocol: Protocol, scenario: Scenario, facts: Facts, seed: int, number: int, *, write: bool
) -> tuple[Records, Flags]:
    """Records of one virtual patient for each told one, and who was followed too short to show everything."""
    drawn = Enrolled(
        trial=facts.trial,
        subject=facts.subject + _APART * number,
        level=facts.level,
        day_zero=facts.day_zero,
        last_day=facts.follow_up_days,
    )
    true = course(protocol, scenario, seed, drawn)
    true = replace(true, enrolled=replace(drawn, subject=facts.subject))
    true, short = telling.tell(protocol, true, facts)
    if write:
        true = telling.write(protocol, true, facts)
    records = observe(protocol, scenario, seed + _SEEDS * number, true)
    return telling.questioned(protocol, _with_contact(records, protocol, scenario, true), true, facts), short


def _with_contact(records: Records, protocol: Protocol, scenario: Scenario, true: Course) -> Records:
    """A call on the last day of those who had no visit then: follow-up runs to the last contact."""
    tables = dict(records.tables)
    tables |= collected({"SV": telling.with_calls(protocol, scenario, tables["SV"], true)}).tables
    return Records(tables, records.notice)


def _only(records: Records, names: pl.Series) -> Records:
    wanted = pl.col("USUBJID").is_in(names.implode())
    tables: Mapping[str, pl.DataFrame] = {name: frame.filter(wanted) for name, frame in records.tables.items()}
    return Records(tables, records.notice)
