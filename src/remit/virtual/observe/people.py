"""Who they are: demographics, history, disposition, visits (DM, MH, DS, SV)."""

from __future__ import annotations

import numpy as np
import polars as pl

from remit.virtual.course import COMPLETED, DIED, LOST, WITHDRAWN, Whole
from remit.virtual.observe.sheet import SITE, Sheet, country, either, study_day

CONSENT_BEFORE, ASSIGNED_ON = 3, -6
"""Consent is given at the screening visit or this many days before it; the level is assigned on this protocol day."""

ENDS = {
    COMPLETED: ("Completed", "COMPLETED"),
    WITHDRAWN: ("Withdrawal by subject", "WITHDRAWAL BY SUBJECT"),
    LOST: ("Lost to follow-up", "LOST TO FOLLOW-UP"),
    DIED: ("Death", "DEATH"),
}
CALL, CALL_LABEL = 90.0, "Telephone contact"


def demographics(sheet: Sheet) -> pl.DataFrame:
    """DM: one row per subject."""
    course, patients = sheet.course, sheet.course.patients
    row = np.arange(len(course.end_day))
    levels = {level.level: level for level in sheet.protocol.levels}
    arm = pl.Series([levels[int(one)].arm for one in course.enrolled.level], dtype=pl.String)
    name = pl.Series([levels[int(one)].name for one in course.enrolled.level], dtype=pl.String)
    given = course.infusion_day >= 0
    last = np.where(given, course.infusion_day, -9999).max(axis=1)
    died = course.end_reason == DIED
    over = course.end_reason != 0
    conditioned = int(course.conditioning_day.min()) if len(course.conditioning_day) else 0
    return sheet.write("DM", row, {
        "SUBJID": sheet.subjects,
        "RFSTDTC": sheet.date(row, np.zeros_like(row)),
        "RFENDTC": sheet.date(row, last),
        "RFXSTDTC": sheet.date(row, np.full_like(row, conditioned)),
        "RFXENDTC": sheet.date(row, last),
        "RFICDTC": sheet.date(row, consent_day(sheet)),
        "RFPENDTC": sheet.date(row, np.where(over, course.end_day, -9999)),
        "DTHDTC": sheet.date(row, np.where(died, course.end_day, -9999)),
        "DTHFL": either(died, "Y"),
        "SITEID": SITE,
        "AGE": patients.age,
        "AGEU": "YEARS",
        "SEX": either(patients.female, "F", "M"),
        "ARMCD": arm, "ARM": name, "ACTARMCD": arm, "ACTARM": name,
        "COUNTRY": country(sheet.protocol),
    })  # fmt: skip


def consent_day(sheet: Sheet) -> Whole:
    """Protocol day of consent: before the first visit, and before anything else is recorded."""
    first: Whole = np.minimum(sheet.course.visit_day.min(axis=1), -8)
    return first - CONSENT_BEFORE


def history(sheet: Sheet) -> pl.DataFrame:
    """MH: the diagnosis, dated to the day."""
    row = np.arange(len(sheet.course.end_day))
    term = sheet.protocol.disease.diagnosis_terms[0]
    day = -np.rint(sheet.course.patients.disease_years * 365.25).astype(np.int64) - 30
    return sheet.write("MH", row, {
        "MHTERM": term, "MHDECOD": term, "MHEVDTYP": sheet.protocol.disease.diagnosis_event,
        "MHSTDTC": sheet.date(row, day),
    })  # fmt: skip


def disposition(sheet: Sheet) -> pl.DataFrame:
    """DS: consent, eligibility, assignment to a level, and the end of the study where it ended."""
    course = sheet.course
    everyone = np.arange(len(course.end_day))
    over = np.flatnonzero(course.end_reason != 0)
    labels = {level.level: level.name for level in sheet.protocol.levels}
    milestones = (
        ("Informed consent obtained", "INFORMED CONSENT OBTAINED", consent_day(sheet)),
        ("Eligibility criteria met", "ELIGIBILITY CRITERIA MET", np.full(len(everyone), ASSIGNED_ON)),
    )
    row = np.concatenate([everyone, everyone, everyone, over])
    place = np.repeat([0, 1, 2, 3], [len(everyone)] * 3 + [len(over)])
    day = np.concatenate([milestones[0][2], milestones[1][2], milestones[1][2], course.end_day[over]])
    term = [
        *[milestones[0][0]] * len(everyone),
        *[milestones[1][0]] * len(everyone),
        *[f"Assigned to {labels[int(one)]}" for one in course.enrolled.level],
        *[ENDS[int(one)][0] for one in course.end_reason[over]],
    ]
    code = [
        *[milestones[0][1]] * len(everyone),
        *[milestones[1][1]] * len(everyone),
        *["ENTERED INTO TRIAL"] * len(everyone),
        *[ENDS[int(one)][1] for one in course.end_reason[over]],
    ]
    order = np.lexsort((place, row))
    event = pl.Series((place == 3)[order])
    return sheet.write("DS", row[order], {
        "DSTERM": pl.Series(term).gather(order), "DSDECOD": pl.Series(code).gather(order),
        "DSCAT": event.replace_strict({True: "DISPOSITION EVENT", False: "PROTOCOL MILESTONE"}),
        "DSSCAT": event.replace_strict({True: "STUDY PARTICIPATION", False: None}, return_dtype=pl.String),
        "DSSTDTC": sheet.date(row[order], day[order]), "DSSTDY": study_day(day[order]),
    })  # fmt: skip


def visits(sheet: Sheet) -> pl.DataFrame:
    """SV: every visit that took place, and the call on the last day of the DLT window where no visit fell on it.

    A contact on or after its last day closes the window of a subject; sites call for it, so that a cohort can go on.
    """
    row, visit = sheet.all_visits()
    day = sheet.course.visit_day[row, visit]
    planned = np.array([-9999 if v.day is None else v.day for v in sheet.protocol.visits])
    calls, call_day = _calls(sheet)
    order = np.lexsort((np.concatenate([day, call_day]), np.concatenate([row, calls])))
    rows = np.concatenate([row, calls])[order]
    days = np.concatenate([day, call_day])[order]
    named = pl.concat([sheet.visit_names.gather(visit), pl.Series([CALL_LABEL] * len(calls), dtype=pl.String)])
    number = np.concatenate([sheet.visit_numbers[visit], np.full(len(calls), CALL)])[order]
    plan = np.concatenate([planned[visit].astype(float), np.full(len(calls), np.nan)])[order]
    asked = pl.Series(["Y"] * len(row) + [None] * len(calls), dtype=pl.String).gather(order)
    why = pl.Series([None] * len(row) + ["End of the DLT window"] * len(calls), dtype=pl.String).gather(order)
    date = sheet.date(rows, days)
    return sheet.write("SV", rows, {
        "VISITNUM": number, "VISIT": named.gather(order), "SVPRESP": asked, "SVOCCUR": "Y",
        "VISITDY": np.where(plan >= 0, plan + 1, plan),
        "SVSTDTC": date, "SVSTDY": study_day(days), "SVENDTC": date, "SVENDY": study_day(days), "SVUPDES": why,
    })  # fmt: skip


def _calls(sheet: Sheet) -> tuple[Whole, Whole]:
    course = sheet.course
    closes = window_end(sheet)
    seen = course.attended & (course.visit_day == closes[:, None])
    needed = (closes >= 0) & (course.end_day >= closes) & ~seen.any(axis=1)
    rows = np.flatnonzero(needed)
    return rows, closes[rows]


def window_end(sheet: Sheet) -> Whole:
    """(subjects,) protocol day on which the DLT window closes; -9999 where the protocol has none."""
    course = sheet.course
    last = np.where(course.infusion_day >= 0, course.infusion_day, -9999).max(axis=1)
    found = np.full(len(last), -9999)
    for level in sheet.protocol.levels:
        rule = sheet.protocol.dlt_of(level)
        here = course.enrolled.level == level.level
        if rule is not None:
            found[here] = rule.window_days + (last[here] if rule.anchor == "last-infusion" else 0)
    return found
