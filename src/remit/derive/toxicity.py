"""Whether an adverse event was dose-limiting: what the investigator recorded, and what the protocol's definition says.

The recorded answer (SUPPAE AEDLT) is what the trial acted on, so it is used where it exists; the definition, evaluated
on the same facts, is shown beside it. Without a recorded answer the definition decides, and may leave it unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from remit.criteria import negation
from remit.derive.bounds import bounds
from remit.protocol import Dlt, DltLine, Protocol
from remit.records import Records
from remit.records.checks.dose_limits import UNRELATED
from remit.records.lineage import meet, sourced

# Words for "caused by the product" in AEREL, as sponsors write them; anything else is not an answer.
RELATED = {
    "Y",
    "YES",
    "RELATED",
    "POSSIBLE",
    "POSSIBLY",
    "PROBABLY",
    "DEFINITELY",
    "SUSPECTED",
    "POSSIBLY RELATED",
    "PROBABLE",
    "PROBABLY RELATED",
    "DEFINITE",
    "DEFINITELY RELATED",
}
STILL_OPEN = {"NOT RECOVERED/NOT RESOLVED", "RECOVERING/RESOLVING"}


def with_dlt(protocol: Protocol, records: Records, frame: pl.DataFrame) -> pl.DataFrame:
    """Add DLTFL ('Y', 'N', null unknown or not asked) and DLTBEC, the reason in words, to adverse events.

    frame   needs USUBJID AESEQ and the facts: AESTDTC AEENDTC AETOXGRN ASTDT AENDT AEOUT AEREL INTEREST LEVEL SAFFL
            TRTSDT TRTEDT LSTALVDT sources
    """
    for qualifier, column in (("AEDLT", "_typed"), ("AETOXSCL", "_scale")):
        frame = meet(frame, _qualifier(records, qualifier, column), on=["USUBJID", "AESEQ"])
    levels = {level.key: level for level in protocol.levels}
    flags: list[str | None] = []
    reasons: list[str] = []
    for row in frame.iter_rows(named=True):
        level = levels.get(row["LEVEL"])
        flag, why = _judged(protocol.dlt_of(level) if level is not None else protocol.dlt, row)
        flags.append(flag)
        reasons.append(why)
    return frame.with_columns(
        pl.Series("DLTFL", flags, dtype=pl.String), pl.Series("DLTBEC", reasons, dtype=pl.String)
    ).drop("_typed", "_scale")


def _qualifier(records: Records, name: str, column: str) -> pl.DataFrame:
    rows = sourced(records.supp("AE", name)).sort("USUBJID", "AESEQ", "record_id")
    rows = rows.unique(["USUBJID", "AESEQ"], keep="first", maintain_order=True)
    return rows.select("USUBJID", "AESEQ", pl.col("QVAL").alias(column), "sources")


def _judged(rule: Dlt | None, row: Mapping[str, object]) -> tuple[str | None, str]:
    typed = {"Y": "Y", "YES": "Y", "N": "N", "NO": "N"}.get(str(row["_typed"] or "").strip().upper())
    computed, line = by_definition(rule, row) if rule is not None else (None, "the protocol defines no DLT")
    if typed is not None:
        agree = "" if computed is None or (typed == "Y") == computed else f"; by the definition not so: {line}"
        return typed, f"recorded as {'a DLT' if typed == 'Y' else 'no DLT'}{agree}"
    return {True: "Y", False: "N", None: None}[computed], line


def by_definition(rule: Dlt, row: Mapping[str, object]) -> tuple[bool | None, str]:
    """The protocol's definition on one event's facts, with the deciding line; None when a fact that matters is unknown.

    row   AESTDTC AEENDTC (text), ASTDT AENDT TRTSDT TRTEDT LSTALVDT (dates), AETOXGRN, AEOUT, INTEREST, AEREL, SAFFL;
          _scale, the scale of the grade where it was recorded
    """
    if row["SAFFL"] != "Y":
        return False, "no study treatment"
    inside = _in_window(rule, row)
    if inside is False:
        return False, f"outside the {rule.window_days}-day DLT window"
    unknown = ""
    for line in rule.definition:
        if not line.counts:
            continue
        met = _line(line, row)
        if met and inside:
            return True, line.text
        if met is None or (met and inside is None):
            unknown = unknown or f"cannot be decided: {line.text}"
    return (None, unknown) if unknown else (False, "meets no line of the definition")


def _in_window(rule: Dlt, row: Mapping[str, object]) -> bool | None:
    """Whether the event started in the window, by what its date says: an imputed day decides nothing."""
    opens, anchor = row["TRTSDT"], row["TRTSDT" if rule.anchor == "first-infusion" else "TRTEDT"]
    early, late = bounds(_text(row["AESTDTC"]))
    if isinstance(opens, date) and late is not None and late < opens:
        return False
    if not isinstance(opens, date) or not isinstance(anchor, date) or early is None or late is None:
        return None
    closes = anchor + timedelta(days=rule.window_days)
    if early > closes:
        return False
    return True if opens <= early and late <= closes else None


def _line(line: DltLine, row: Mapping[str, object]) -> bool | None:
    """Kleene 'and' of what one line asks for."""
    interest = row["INTEREST"]
    groups = interest if isinstance(interest, list) else []
    # what an event is called decides which group it is in; words that nobody coded leave that open
    elsewhere = False if row["AEDECOD"] is not None else None
    parts: list[bool | None] = []
    if line.interest is not None:
        parts.append(True if line.interest in groups else elsewhere)
    if line.not_interest:
        parts.append(False if any(other in groups for other in line.not_interest) else negation(elsewhere))
    if line.at_least_grade is not None:
        grade, scale = row["AETOXGRN"], _text(row.get("_scale"))
        same_scale = scale is None or line.scale is None or _plain(scale) == _plain(line.scale)
        parts.append(grade >= line.at_least_grade if isinstance(grade, int) and same_scale else None)
    if line.over_days is not None:
        parts.append(_longer(line.over_days, row))
    if line.related:
        word = str(row["AEREL"] or "").strip().upper()
        parts.append(True if word in RELATED else False if word in UNRELATED else None)
    if False in parts:
        return False
    return None if None in parts else True


def _longer(days: int, row: Mapping[str, object]) -> bool | None:
    """Whether the event lasted over so many days, by what its dates say; while it is open, by the last contact."""
    begins, end = bounds(_text(row["AESTDTC"])), bounds(_text(row["AEENDTC"]))
    early, late = begins
    if early is None or late is None:
        return None
    if end[0] is not None and end[1] is not None:
        least, most = (end[0] - late).days, (end[1] - early).days
        return True if least > days else False if most <= days else None
    seen = row["LSTALVDT"]
    lasting = row["AEOUT"] is None or str(row["AEOUT"]) in STILL_OPEN
    # open when the subject was last seen: long enough already, or not known yet
    return True if lasting and isinstance(seen, date) and (seen - late).days > days else None


def _plain(scale: str) -> str:
    """CTCAE v5.0 and CTCAE 5.0 are one scale."""
    return re.sub(r"V(?=\d)|[^A-Z0-9]", "", scale.upper())


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
