"""Those who were screened and never enrolled: consent, a visit, and why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from remit.protocol import Protocol
from remit.records import Records
from remit.virtual.course import Days, Whole
from remit.virtual.observe.sheet import DECLARED, SITE, country, iso, usubjid
from remit.virtual.observe.tables import collected

Cells = dict[str, pl.Series | str | float | int | None]

FIRST = 901
"""Numbers of screen failures start here, apart from those of subjects."""
DAYS_TO_RESULT = 3


@dataclass(frozen=True)
class Failures:
    """Subjects screened in vain: trial, number within it from FIRST on, date of consent."""

    trial: Whole
    subject: Whole
    day: Days

    @staticmethod
    def nobody() -> Failures:
        """No screen failure."""
        none = np.zeros(0, dtype=np.int64)
        return Failures(none, none, np.zeros(0, dtype="datetime64[D]"))

    @staticmethod
    def of(trial: Whole, day: Days) -> Failures:
        """Numbered within each trial in the order of consent."""
        order = np.lexsort((day, trial))
        trial, day = trial[order], day[order]
        _, first, count = np.unique(trial, return_index=True, return_counts=True)
        within = np.arange(len(trial)) - np.repeat(first, count)
        return Failures(trial, within + FIRST, day)


def screen_failures(protocol: Protocol, failures: Failures) -> Records:
    """DM, DS and SV of the screen failures."""
    names = usubjid(failures.trial, failures.subject)
    consent = _text(failures.day)
    result = _text(failures.day + np.timedelta64(DAYS_TO_RESULT))
    study = protocol.id.upper()
    common: Cells = {"STUDYID": study, "USUBJID": names}
    dm = _table("DM", {
        **common, "SUBJID": names, "SITEID": SITE, "RFICDTC": consent, "RFPENDTC": result, "SEX": "U",
        "ARMNRS": "SCREEN FAILURE",        "COUNTRY": country(protocol),
    })  # fmt: skip
    first = protocol.visits[0]
    sv = _table("SV", {
        **common, "VISITNUM": float(first.number), "VISIT": first.label, "SVPRESP": "Y", "SVOCCUR": "Y",
        "SVSTDTC": consent, "SVENDTC": consent,
    })  # fmt: skip
    events = [
        _table("DS", {
            **common, "DSSEQ": 1, "DSTERM": "Informed consent obtained", "DSDECOD": "INFORMED CONSENT OBTAINED",
            "DSCAT": "PROTOCOL MILESTONE", "DSSTDTC": consent,
        }),
        _table("DS", {
            **common, "DSSEQ": 2, "DSTERM": "Eligibility criteria not met", "DSDECOD": "SCREEN FAILURE",
            "DSCAT": "DISPOSITION EVENT", "DSSCAT": "STUDY PARTICIPATION", "DSSTDTC": result,
        }),
    ]  # fmt: skip
    return collected({"DM": dm, "DS": pl.concat(events), "SV": sv})


def _table(name: str, cells: Cells) -> pl.DataFrame:
    cells.setdefault("DOMAIN", name)
    height = len(cells["USUBJID"]) if isinstance(cells["USUBJID"], pl.Series) else 1
    columns = []
    for column, declared in DECLARED[name].columns.items():
        cell = cells.get(column)
        if isinstance(cell, pl.Series):
            columns.append(cell.cast(declared.dtype).alias(column))
        else:
            columns.append(pl.Series(column, [cell], dtype=declared.dtype).new_from_index(0, height))
    return pl.DataFrame(columns)


def _text(day: Days) -> pl.Series:
    return iso(day.astype("datetime64[D]").astype(np.int64))
