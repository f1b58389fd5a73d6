"""Putting told facts into the course of a virtual patient, and reading them back from derived tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from remit.instruments.investigational import Investigational, ignored_after_28_days
from remit.instruments.sledai_2k import CODES, SEROLOGY_ITEMS
from remit.protocol import Protocol
from remit.records import Records
from remit.virtual.course import CRS, INFECTION, Course, Events, Flags, Whole
from remit.virtual.observe.sheet import Sheet, study_day, usubjid
from remit.virtual.scenario import Scenario
from remit.virtual.terms import of_kind
from remit.virtual.visits import NEVER

if TYPE_CHECKING:
    from remit.virtual.told import Facts

DEPLETED, RETURNED = 3.0, 25.0
"""True B cells per microliter that are below, and above, the protocol's limits of 10 whatever the assay's noise."""
FEVER_DAYS: Final = 2
CALL, CALL_LABEL, CALL_WHY = 91.0, "Telephone contact", "Last contact before the data cut"
REMISSION_PGA, LOW_PGA, ACTIVE_PGA = 0.3, 0.8, 1.5
"""A physician's global that allows remission, allows low activity but no remission, and allows neither."""
_SEEN: Final = (
    "b_cells", "car_nk", "anti_dsdna", "c3", "lymphocytes", "activity", "il6", "items", "pga", "prednisone_mg",
)  # fmt: skip
_CLINICAL: Final = np.array([code not in SEROLOGY_ITEMS for code in CODES])


def tell(protocol: Protocol, true: Course, facts: Facts) -> tuple[Course, Flags]:
    """The course with what is told in it, and (subjects,) followed too short to show all of it."""
    short = np.zeros(len(true.end_day), dtype=np.bool_)
    # a virtual patient's observation ends with the last planned visit; a told one's with the last contact
    true = replace(true, end_day=facts.follow_up_days)
    if facts.disease_years is not None:
        # the record of the diagnosis lies 30 days before what a virtual patient's years say
        years = facts.disease_years - 30.0 / 365.25
        true = replace(true, patients=replace(true.patients, disease_years=years))
    if facts.b_cell_return_day is not None:
        true, unseen = _b_cells(protocol, true, facts.b_cell_return_day)
        short |= unseen
    if facts.doris is not None or facts.lldas is not None:
        true = replace(true, attended=_with_last_scored(protocol, true))
        last = _last_scored(protocol, true)
        day = true.visit_day[np.arange(len(last)), np.maximum(last, 0)]
        short |= (last < 0) | ~_can_be_well(day - true.infusion_day.max(axis=1))
    if facts.crs is not None:
        true = _fever(true, facts.crs)
    if facts.infection is not None:
        true = _infected(true, facts.infection)
    return true, short


def write(protocol: Protocol, true: Course, facts: Facts) -> Course:
    """The course with its last assessment as the told states want it: the rest of the course is not touched."""
    items, pga, dose = true.items.copy(), true.pga.copy(), true.prednisone_mg.copy()
    last = _last_scored(protocol, true)
    for row in np.flatnonzero(last >= 0).tolist():
        doris = None if facts.doris is None else bool(facts.doris[row])
        lldas = None if facts.lldas is None else bool(facts.lldas[row])
        place = int(last[row])
        well = doris or lldas
        pga[row, place] = REMISSION_PGA if doris else LOW_PGA if lldas else ACTIVE_PGA
        if not well:
            continue
        before = _scored_before(protocol, true, row, place)
        items[row, place] = np.where(_CLINICAL, False, items[row, before])
        treated = (true.visit_day[row] > 0) & (true.visit_day[row] != NEVER)
        dose[row, treated] = np.minimum(dose[row, treated], 5.0)
    return replace(true, items=items, pga=pga, prednisone_mg=dose)


def questioned(protocol: Protocol, records: Records, true: Course, facts: Facts) -> Records:
    """Records in which whoever is told to be in remission and not in low activity has gastrointestinal activity.

    The one thing that tells the two apart and that a virtual patient never has: LLDAS asks for it, DORIS does not.
    """
    if facts.doris is None or facts.lldas is None:
        return records
    last = _last_scored(protocol, true)
    rows = np.flatnonzero(facts.doris & ~facts.lldas & (last >= 0))
    if not len(rows):
        return records
    names = usubjid(true.enrolled.trial[rows], true.enrolled.subject[rows])
    numbers = np.array([visit.number for visit in protocol.visits], dtype=float)[last[rows]]
    at = pl.DataFrame({"USUBJID": names, "VISITNUM": numbers, "_active": True})
    rs = records.tables["RS"].join(at, on=["USUBJID", "VISITNUM"], how="left", maintain_order="left")
    active = (pl.col("RSTESTCD") == "LLDAGI") & pl.col("_active").fill_null(False)
    said = [pl.when(active).then(pl.lit("Y")).otherwise(name).alias(name) for name in ("RSORRES", "RSSTRESC")]
    return Records({**records.tables, "RS": rs.with_columns(said).drop("_active")}, records.notice)


def with_calls(protocol: Protocol, scenario: Scenario, visits: pl.DataFrame, true: Course) -> pl.DataFrame:
    """SV with a call on the last day of those who had no visit then."""
    sheet = Sheet(protocol, scenario, 0, true)
    seen = (true.attended & (true.visit_day == true.end_day[:, None])).any(axis=1)
    rows = np.flatnonzero(~seen)
    date = sheet.date(rows, true.end_day[rows])
    calls = sheet.write("SV", rows, {
        "VISITNUM": CALL, "VISIT": CALL_LABEL, "SVOCCUR": "Y", "SVSTDTC": date, "SVENDTC": date,
        "SVSTDY": study_day(true.end_day[rows]), "SVENDY": study_day(true.end_day[rows]), "SVUPDES": CALL_WHY,
    })  # fmt: skip
    return pl.concat([visits.select(calls.columns), calls])


def says(protocol: Protocol, derived: Mapping[str, pl.DataFrame], facts: Facts) -> Flags:
    """(patients,) whose derived tables say what is told, as far as they say anything."""
    names = usubjid(facts.trial, facts.subject)
    people = pl.DataFrame({"USUBJID": names})
    levels = {level.level: level.key for level in protocol.levels}
    adsl = people.join(derived["adsl"], on="USUBJID", how="left", maintain_order="left")
    fine = (adsl["FUPDAYS"] == pl.Series(facts.follow_up_days)).fill_null(False).to_numpy().copy()
    fine &= (adsl["LEVEL"] == pl.Series([levels[int(one)] for one in facts.level])).fill_null(False).to_numpy()
    for flag, told in (("CRSFL", facts.crs), ("INFFL", facts.infection)):
        if told is not None:
            had = derived["adae"].filter(pl.col(flag) == "Y")["USUBJID"].unique()
            fine &= names.is_in(had.implode()).to_numpy() == told
    if facts.b_cell_return_day is not None:
        fine &= _returned(people, derived, facts.b_cell_return_day)
    for instrument, told in (("doris", facts.doris), ("lldas", facts.lldas)):
        if told is not None:
            fine &= _in_state(protocol, people, derived, instrument, told)
    return np.asarray(fine, dtype=np.bool_)


def _returned(people: pl.DataFrame, derived: Mapping[str, pl.DataFrame], day: Whole) -> Flags:
    rows = derived["adtte"].filter(pl.col("PARAMCD") == "TTBREC").select("USUBJID", "AVAL", "CNSR")
    found = people.join(rows, on="USUBJID", how="left", maintain_order="left")
    seen = (found["CNSR"] == 0).fill_null(False).to_numpy()
    days = found["AVAL"].fill_null(-1).to_numpy()
    # the first day counts as 1 there
    return np.asarray(~seen | (days - 1 == day), dtype=np.bool_)


def _in_state(
    protocol: Protocol, people: pl.DataFrame, derived: Mapping[str, pl.DataFrame], instrument: str, told: Flags
) -> Flags:
    keys = [one.key for one in protocol.headline if one.instrument == instrument]
    rows = derived["adeff"].filter(
        pl.col("ENDPOINT").is_in(keys) & (pl.col("DEFVFL") == "Y") & (pl.col("TIMEPOINT") == "last")
    )
    rows = rows.select("USUBJID", "ANSWER", "ADT").unique(maintain_order=True)
    found = people.join(rows, on="USUBJID", how="left", maintain_order="left")
    found = found.join(derived["adsl"].select("USUBJID", "TRTEDT"), on="USUBJID", how="left", maintain_order="left")
    since = (found["ADT"] - found["TRTEDT"]).dt.total_days().fill_null(-1).to_numpy()
    unseen = found["ADT"].is_null().to_numpy() | (told & ~_can_be_well(since))
    answer = found["ANSWER"].fill_null("").to_numpy()
    return np.asarray(unseen | (answer == np.where(told, "Y", "N")), dtype=np.bool_)


def _can_be_well(since: Whole) -> Flags:
    """Whether a state can be met so many days after the last infusion: before, the product counts as current."""
    ends = [ignored_after_28_days(Investigational("single-course", float(day))) is True for day in since]
    return np.array(ends, dtype=np.bool_)


def _b_cells(protocol: Protocol, true: Course, day: Whole) -> tuple[Course, Flags]:
    """B cells gone from the third day on, and back at the visit nearest to the told day, which is moved to it."""
    sampled = np.array(["B cells" in v.assessments and v.day is not None and v.day > 0 for v in protocol.visits])
    planned = np.array([-NEVER if v.day is None else v.day for v in protocol.visits])
    visit_day, attended = true.visit_day.copy(), true.attended.copy()
    seen = {name: getattr(true, name).copy() for name in _SEEN}
    cells = seen["b_cells"]
    unseen = np.zeros(len(day), dtype=np.bool_)
    for row, back in enumerate(day):
        may = np.flatnonzero(sampled & (true.infusion_day[row].max() < planned))
        if not len(may):
            unseen[row] = True
            continue
        place = int(may[np.abs(planned[may] - back).argmin()])
        visit_day[row, place] = back
        attended[row, place] = back <= true.end_day[row]
        if attended[row, place] and np.isnan(cells[row, place]):
            # planned after the last contact, and moved before it: what was there at the visit before
            for column in seen.values():
                column[row, place] = column[row, place - 1]
            scored = np.flatnonzero(~np.isnan(seen["pga"][row, : place + 1]))
            seen["pga"][row, place] = seen["pga"][row, scored[-1]] if len(scored) else np.nan
        after = [p for p in may if p > place and visit_day[row, p] <= true.end_day[row]]
        if after:
            # one count does not make a return: the next one is kept, too
            attended[row, after[0]] = True
        unseen[row] = not after
        gone = (visit_day[row] >= 3) & (visit_day[row] < back)
        there = (visit_day[row] >= back) & (visit_day[row] != NEVER)
        cells[row] = np.where(gone, np.minimum(cells[row], DEPLETED), cells[row])
        cells[row] = np.where(there, np.maximum(cells[row], RETURNED), cells[row])
    changed: dict[str, Any] = {**seen, "b_cells": cells, "visit_day": visit_day, "attended": attended}
    return replace(true, **changed), unseen


def _last_scored(protocol: Protocol, true: Course) -> Whole:
    """(subjects,) the last visit after the first infusion at which activity is assessed; -1 without one."""
    scored = np.array(["SLEDAI-2K" in v.assessments for v in protocol.visits])
    held = true.attended & scored[None, :] & (true.visit_day > 0)
    places = np.where(held, np.arange(held.shape[1])[None, :], -1)
    return np.asarray(places.max(axis=1), dtype=np.int64)


def _with_last_scored(protocol: Protocol, true: Course) -> Flags:
    """Visits that took place, with the last one due before the last contact at which activity is assessed."""
    scored = np.array(["SLEDAI-2K" in v.assessments for v in protocol.visits])
    due = scored[None, :] & (true.visit_day > 0) & (true.visit_day <= true.end_day[:, None])
    last = np.where(due, np.arange(due.shape[1])[None, :], -1).max(axis=1)
    attended = true.attended.copy()
    rows = np.flatnonzero(last >= 0)
    attended[rows, last[rows]] = True
    return attended


def _scored_before(protocol: Protocol, true: Course, row: int, place: int) -> int:
    scored = np.array(["SLEDAI-2K" in v.assessments for v in protocol.visits])
    held = np.flatnonzero(true.attended[row] & scored & (np.arange(len(scored)) < place))
    return int(held[-1]) if len(held) else place


def _fever(true: Course, told: Flags) -> Course:
    """A fever on the first day, without other signs, for those told to have had a release and who had none."""
    day = np.where(told, np.where(true.fever_day >= 0, true.fever_day, 1), -1)
    days = np.where(told, np.where(true.fever_day >= 0, true.fever_days, FEVER_DAYS), 0)
    none = np.zeros_like(told)
    events = _kept(true.events, true.events.kind != CRS)
    rows = np.flatnonzero(told)
    term = np.full(len(rows), of_kind(CRS)[0][0])
    events = _joined(events, rows, CRS, term, day[rows], days[rows])
    return replace(true, fever_day=day, fever_days=days, hypotension=none, hypoxia=none, events=events)


def _infected(true: Course, told: Flags) -> Course:
    """One mild infection in the middle of follow-up for those told to have had one; none in the others."""
    events = _kept(true.events, true.events.kind != INFECTION)
    rows = np.flatnonzero(told)
    term = np.full(len(rows), of_kind(INFECTION)[0][0])
    start = np.maximum(true.end_day[rows] // 2, 1)
    return replace(true, events=_joined(events, rows, INFECTION, term, start, np.full(len(rows), 7)))


def _kept(events: Events, which: Flags) -> Events:
    return Events(**{name: values[which] for name, values in vars(events).items()})


def _joined(events: Events, row: Whole, kind: int, term: Whole, start: Whole, days: Whole) -> Events:
    count = len(row)
    no = np.zeros(count, dtype=np.bool_)
    added = {
        "row": row, "kind": np.full(count, kind), "term": term, "start": start, "end": start + days,
        "grade": np.ones(count, dtype=np.int64), "serious": no, "related": np.full(count, kind == CRS), "dlt": no,
    }  # fmt: skip
    joined = {name: np.concatenate([values, added[name]]) for name, values in vars(events).items()}
    order = np.lexsort((joined["term"], joined["start"], joined["row"]))
    return Events(**{name: values[order] for name, values in joined.items()})
