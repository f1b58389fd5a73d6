"""Adverse events (AE) with the investigator's call and the scale of the grade (SUPPAE)."""

from __future__ import annotations

import numpy as np
import polars as pl

from remit.virtual.events import TERMS
from remit.virtual.observe.sheet import Sheet, either, study_day


def adverse_events(sheet: Sheet) -> tuple[pl.DataFrame, pl.DataFrame]:
    """AE and SUPPAE: events that began while the subject was under observation; an end that was not seen is open."""
    events, course = sheet.course.events, sheet.course
    seen = np.flatnonzero(events.start <= course.end_day[events.row])
    order = seen[np.lexsort((events.term[seen], events.start[seen], events.row[seen]))]
    row, term = events.row[order], events.term[order]
    over = events.end[order] <= course.end_day[row]
    fatal = events.grade[order] == 5

    def word(values: list[str]) -> pl.Series:
        return pl.Series(values, dtype=pl.String).gather(term)

    name, system = word([one.decod for one in TERMS]), word([one.body_system for one in TERMS])
    outcome = np.where(fatal, 2, np.where(over, 1, 0))
    end = np.where(over, events.end[order], -9999)
    table = sheet.write("AE", row, {
        "AETERM": name, "AEDECOD": name, "AEBODSYS": system, "AESOC": system,
        "AESER": either(events.serious[order], "Y", "N"), "AEACN": "DOSE NOT CHANGED",
        "AEREL": either(events.related[order], "RELATED", "NOT RELATED"),
        "AEOUT": pl.Series(["NOT RECOVERED/NOT RESOLVED", "RECOVERED/RESOLVED", "FATAL"]).gather(outcome),
        "AETOXGR": pl.Series(events.grade[order]).cast(pl.String),
        "AESTDTC": sheet.date(row, events.start[order]), "AESTDY": study_day(events.start[order]),
        "AEENDTC": sheet.date(row, end), "AEENDY": np.where(over, study_day(end).astype(float), np.nan),
    })  # fmt: skip
    sequence = table["AESEQ"].cast(pl.Int64).cast(pl.String)
    both = np.repeat(np.arange(len(row)), 2)
    scale = np.tile([0, 1], len(row))
    answer = either(events.dlt[order], "Y", "N").gather(both)
    scales = word([one.toxicity_scale for one in TERMS]).gather(both)
    second = pl.Series(scale == 1)
    beside = sheet.write("SUPPAE", row[both], {
        "RDOMAIN": "AE", "IDVAR": "AESEQ", "IDVARVAL": sequence.gather(both),
        "QNAM": pl.Series(["AEDLT", "AETOXSCL"]).gather(scale),
        "QLABEL": pl.Series(["Dose-Limiting Toxicity", "Toxicity Scale of the Grade"]).gather(scale),
        "QVAL": scales.zip_with(second, answer), "QORIG": "CRF",
        "QEVAL": pl.Series(["INVESTIGATOR", None], dtype=pl.String).gather(scale),
    })  # fmt: skip
    return table, beside
