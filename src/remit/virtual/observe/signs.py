"""Signs: height, weight, temperature (VS), and the signs of cytokine release day by day (FA). No grade is written."""

from __future__ import annotations

import numpy as np
import polars as pl

from remit.virtual.observe.sheet import Sheet, study_day

SIGNS = (
    ("FEVER", "Fever"),
    ("HYPOTN", "Hypotension"),
    ("HYPOXIA", "Hypoxia"),
    ("PRESSOR", "Vasopressors given"),
    ("OXYGEN", "Oxygen given"),
)
CRS = "Cytokine release syndrome"


def vital_signs(sheet: Sheet) -> pl.DataFrame:
    """VS: height and weight at the first visit, temperature wherever vital signs are taken."""
    course = sheet.course
    row, visit = sheet.visits("vital signs")
    day = course.visit_day[row, visit]
    noise = sheet.normals("temperature", (len(sheet.protocol.visits),))[row, visit]
    start = course.fever_day[row]
    hot = (start >= 0) & (day >= start) & (day < start + course.fever_days[row])
    temperature = np.round(36.6 + sheet.scenario.assays.temperature_sd_celsius * noise + 1.9 * hot, 1)
    temperature = np.where(hot, np.maximum(temperature, 38.0), np.minimum(temperature, 37.4))
    people = np.flatnonzero(course.attended[:, 0])
    first = np.zeros(len(people), dtype=np.int64)
    rows = np.concatenate([people, people, row])
    visits = np.concatenate([first, first, visit])
    test = np.concatenate([np.zeros_like(people), np.ones_like(people), np.full(len(row), 2)])
    value = np.concatenate([course.patients.height_cm[people], course.patients.weight_kg[people], temperature])
    value = np.where(test < 2, np.round(value), value)
    order = np.lexsort((test, visits, rows))
    rows, visits, test, value = rows[order], visits[order], test[order], value[order]

    def word(values: list[str]) -> pl.Series:
        return pl.Series(values).gather(test)

    text = pl.Series(value).cast(pl.String).str.replace(r"\.0$", "")
    unit = word(["cm", "kg", "C"])
    return sheet.write("VS", rows, {
        "VSTESTCD": word(["HEIGHT", "WEIGHT", "TEMP"]), "VSTEST": word(["Height", "Weight", "Temperature"]),
        "VSORRES": text, "VSORRESU": unit, "VSSTRESC": text, "VSSTRESN": value, "VSSTRESU": unit,
        **sheet.timing(rows, visits, "VSDTC"),
    })  # fmt: skip


def cytokine_release(sheet: Sheet) -> pl.DataFrame:
    """FA: each sign on each day of fever and on the day after, as the assessor answered; no day without fever."""
    course = sheet.course
    ill = np.flatnonzero(course.fever_day >= 0)
    days = course.fever_days[ill] + 1
    row = np.repeat(ill, days * len(SIGNS))
    per_day = np.repeat(np.concatenate([np.arange(n) for n in days]) if len(days) else days, len(SIGNS))
    sign = np.tile(np.arange(len(SIGNS)), int(days.sum()))
    day = course.fever_day[row] + per_day
    known = day <= course.end_day[row]
    row, per_day, sign, day = row[known], per_day[known], sign[known], day[known]
    febrile = per_day < course.fever_days[row]
    yes = np.where(sign == 0, febrile, False)
    yes |= (sign == 1) & febrile & course.hypotension[row]
    yes |= np.isin(sign, (2, 4)) & febrile & course.hypoxia[row]
    answer = pl.Series(["N", "Y"]).gather(yes.astype(np.int64))
    return sheet.write("FA", row, {
        "FASPID": "CRS1", "FATESTCD": pl.Series([code for code, _ in SIGNS]).gather(sign),
        "FATEST": pl.Series([name for _, name in SIGNS]).gather(sign), "FACAT": "CRS", "FAOBJ": CRS,
        "FAORRES": answer, "FASTRESC": answer, "FAEVAL": "INVESTIGATOR", "FADTC": sheet.date(row, day),
        "FADY": study_day(day),
    })  # fmt: skip
