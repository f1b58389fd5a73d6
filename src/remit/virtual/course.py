"""What is true of virtual subjects, as arrays: who gets what and when, who they are, what happens to them.

The observation writes records from these; nothing else of a simulation reaches a derived table. One row per subject,
of any number of trials together; every subject's row is the same in whatever block it was made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.biology.manifestations import Baseline

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

ONGOING, COMPLETED, WITHDRAWN, LOST, DIED = 0, 1, 2, 3, 4
"""Why observation of a subject ended (`Course.end_reason`)."""

CRS, DLT, INFECTION, CYTOPENIA, OTHER = 0, 1, 2, 3, 4
"""Kinds of adverse event (`Event.kind`)."""


@dataclass(frozen=True)
class Enrolled:
    """Who is infused when, (subjects,) each.

    trial       number of the trial, from 1
    subject     number within the trial in the order of enrolment, from 1
    level       level received, from 1
    day_zero    date of the first infusion
    last_day    last protocol day on which anything can be known: the data cut, or the end of the study
    """

    trial: Whole
    subject: Whole
    level: Whole
    day_zero: Days
    last_day: Whole


@dataclass(frozen=True)
class Patients:
    """Subjects before treatment, who satisfy the protocol's eligibility.

    parameters        (subjects, parameters) of the model, its inputs (BSA) included
    baseline          disease items with their thresholds, physician's global, prednisone
    disease_years     since diagnosis
    background        (subjects,) index into BACKGROUND: the immunosuppressant at entry
    antimalarial      on hydroxychloroquine
    """

    age: Whole
    female: Flags
    height_cm: Array
    weight_kg: Array
    disease_years: Array
    parameters: Array
    baseline: Baseline
    background: Whole
    antimalarial: Flags


BACKGROUND: tuple[str, ...] = ("", "MYCOPHENOLATE MOFETIL", "AZATHIOPRINE", "METHOTREXATE", "TACROLIMUS")


@dataclass(frozen=True)
class Events:
    """Adverse events, one row each, (events,).

    row        which subject: position in the arrays of `Course`
    kind       CRS, DLT, INFECTION, CYTOPENIA or OTHER
    term       index into the event vocabulary of `virtual/events.py`
    start      protocol day of onset
    end        protocol day of resolution; beyond `end_day` of the subject it is still ongoing
    grade      by the event's own scale as the investigator grades it; for CRS it comes from the signs by the instrument
    serious, related    to the study product
    dlt        the investigator's call
    """

    row: Whole
    kind: Whole
    term: Whole
    start: Whole
    end: Whole
    grade: Whole
    serious: Flags
    related: Flags
    dlt: Flags


@dataclass(frozen=True)
class Course:
    """What happened, and what an error-free observer would have seen.

    infusion_day      (subjects, infusions) protocol day given; -1 when not given
    infusion_cells    (subjects, infusions) 10^9 cells; 0 when not given
    conditioning_day  (days,) protocol days
    visit_day         (subjects, visits) protocol day, in the order of protocol.visits
    attended          (subjects, visits) whether the visit took place (and lies on or before `end_day`)
    end_day           (subjects,) last protocol day under observation; end_reason as above
    b_cells, car_nk, anti_dsdna, c3, lymphocytes, activity, il6    (subjects, visits) true values: cells/uL, cells/uL,
                      IU/mL, g/L, cells/uL, 1, pg/mL
    items             (subjects, visits, 24) SLEDAI-2K descriptors present, in the order of the instrument
    pga               (subjects, visits) physician's global as recorded, 0-3; NaN when not recorded
    prednisone_mg     (subjects, visits) mg per day from that visit's day on, until the next visit with a change
    fever_day         (subjects,) protocol day on which fever starts, -1 without; fever_days its length in days
    hypotension, hypoxia    (subjects,) whether a sign of grade 2 came with the fever
    """

    enrolled: Enrolled
    patients: Patients
    infusion_day: Whole
    infusion_cells: Array
    conditioning_day: Whole
    visit_day: Whole
    attended: Flags
    end_day: Whole
    end_reason: Whole
    b_cells: Array
    car_nk: Array
    anti_dsdna: Array
    c3: Array
    lymphocytes: Array
    activity: Array
    il6: Array
    items: Flags
    pga: Array
    prednisone_mg: Array
    fever_day: Whole
    fever_days: Whole
    hypotension: Flags
    hypoxia: Flags
    events: Events
