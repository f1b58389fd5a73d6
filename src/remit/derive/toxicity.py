"""Whether an adverse event was dose-limiting: what the investigator recorded, and what the protocol's definition says.

The recorded answer (SUPPAE AEDLT) is what the trial acted on, so it is used where it exists; the definition, evaluated
on the same facts, is shown beside it. Without a recorded answer the definition decides, and may leave it unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from remit.protocol import Dlt, DltLine, Protocol
from remit.records import Records
from remit.records.lineage import meet, sourced

# Words for "caused by the product" in AEREL, as sponsors write them; anything else is not an answer.
RELATED = {
    "Y",
    "YES",
    "RELATED",
    "POSSIBLE",
    "POSSIBLY RELATED",
    "PROBABLE",
    "PROBABLY RELATED",
    "DEFINITE",
    "DEFINITELY RELATED",
}
UNRELATED = {"N", "NO", "NONE", "NOT RELATED", "UNRELATED", "UNLIKELY", "UNLIKELY RELATED", "REMOTE"}


def with_dlt(protocol: Protocol, records: Records, frame: pl.DataFrame) -> pl.DataFrame:
    """Add DLTFL ('Y', 'N', null unknown or not asked) and DLTBEC, the reason in words, to adverse events.

    frame   needs USUBJID AESEQ TERM facts: AEDECOD AETOXGRN ASTDT AENDT INTEREST LEVEL TRTSDT TRTEDT AEREL SAFFL
    """
    recorded = sourced(records.supp("AE", "AEDLT")).select(
        "USUBJID", "AESEQ", pl.col("QVAL").alias("_typed"), "sources"
    )
    frame = meet(frame, recorded, on=["USUBJID", "AESEQ"])
    flags: list[str | None] = []
    reasons: list[str] = []
    for row in frame.iter_rows(named=True):
        flag, why = _judged(protocol, row)
        flags.append(flag)
        reasons.append(why)
    return frame.with_columns(
        pl.Series("DLTFL", flags, dtype=pl.String), pl.Series("DLTBEC", reasons, dtype=pl.String)
    ).drop("_typed")


def _judged(protocol: Protocol, row: Mapping[str, object]) -> tuple[str | None, str]:
    typed = row["_typed"]
    level = next((x for x in protocol.levels if x.key == row["LEVEL"]), None)
    rule = protocol.dlt_of(level) if level is not None else protocol.dlt
    computed, line = by_definition(rule, row) if rule is not None else (None, "the protocol defines no DLT")
    if typed in ("Y", "N"):
        agree = "" if computed is None or (typed == "Y") == computed else f"; by the definition not so: {line}"
        return str(typed), f"recorded as {'a DLT' if typed == 'Y' else 'no DLT'}{agree}"
    return {True: "Y", False: "N", None: None}[computed], line


def by_definition(rule: Dlt, row: Mapping[str, object]) -> tuple[bool | None, str]:
    """The protocol's definition on one event's facts, with the deciding line; None when a fact that matters is unknown.

    row   ASTDT AENDT CUTDT TRTSDT TRTEDT (dates), AETOXGRN, INTEREST, AEREL, SAFFL
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
    opens, anchor, start = row["TRTSDT"], row["TRTSDT" if rule.anchor == "first-infusion" else "TRTEDT"], row["ASTDT"]
    if not isinstance(opens, date) or not isinstance(anchor, date) or not isinstance(start, date):
        return None
    return opens <= start <= anchor + timedelta(days=rule.window_days)


def _line(line: DltLine, row: Mapping[str, object]) -> bool | None:
    """Kleene 'and' of what one line asks for."""
    interest = row["INTEREST"]
    parts: list[bool | None] = []
    if line.interest is not None:
        parts.append(line.interest in interest if isinstance(interest, list) else None)
    if line.at_least_grade is not None:
        grade = row["AETOXGRN"]
        parts.append(grade >= line.at_least_grade if isinstance(grade, int) else None)
    if line.over_days is not None:
        parts.append(_longer(line.over_days, row))
    if line.related:
        word = str(row["AEREL"] or "").strip().upper()
        parts.append(True if word in RELATED else False if word in UNRELATED else None)
    if False in parts:
        return False
    return None if None in parts else True


def _longer(days: int, row: Mapping[str, object]) -> bool | None:
    start, end, cut = row["ASTDT"], row["AENDT"], row["CUTDT"]
    if not isinstance(start, date):
        return None
    if isinstance(end, date):
        return (end - start).days > days
    # still open at the cut: long enough already, or not known yet
    return True if isinstance(cut, date) and (cut - start).days > days else None
