"""Analysis sets and follow-up groups: who is in, and for everyone else the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import polars as pl

from remit.protocol import AnalysisSet, Group, Protocol

Row = Mapping[str, object]
Verdict = tuple[str | None, str]

SCHEMA = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "SET": pl.String(), "KIND": pl.String(), "IN": pl.String(),
    "REASON": pl.String(), "sources": pl.List(pl.String), "SENTENCE": pl.String(),
})  # fmt: skip


def adset(protocol: Protocol, subjects: pl.DataFrame, adae: pl.DataFrame, adrs: pl.DataFrame) -> pl.DataFrame:
    """One row per subject and analysis set (KIND set) or follow-up group (KIND group).

    IN is Y, N, or null where it cannot be known yet (a DLT window still open); REASON says why not, or why unknown.
    """
    dlts = set(adae.filter((pl.col("DLTFL") == "Y") & (pl.col("SAFFL") == "Y"))["USUBJID"])
    assessed = set(adrs.filter((pl.col("APROTDY") > 0) & pl.col("AVAL").is_not_null())["USUBJID"])
    rows = []
    for subject in subjects.iter_rows(named=True):
        for one in protocol.analysis_sets:
            rows.append(_row(subject, one.key, "set", _set(protocol, one, subject, dlts, assessed)))
        for group in protocol.groups:
            rows.append(_row(subject, group.key, "group", _group(group, subject)))
    return pl.DataFrame(rows, schema=SCHEMA).sort("KIND", "SET", "USUBJID")


def _row(subject: Row, key: str, kind: str, verdict: Verdict) -> Row:
    answer, reason = verdict
    return {
        "USUBJID": subject["USUBJID"], "LEVEL": subject["LEVEL"], "SAFFL": subject["SAFFL"], "SET": key, "KIND": kind,
        "IN": answer, "REASON": reason, "sources": subject["sources"],
        "SENTENCE": {"Y": f"in {key}", "N": f"not in {key}: {reason}", None: f"{key} not known: {reason}"}[answer],
    }  # fmt: skip


def _set(protocol: Protocol, one: AnalysisSet, subject: Row, dlts: set[str], assessed: set[str]) -> Verdict:
    infused = subject["SAFFL"] == "Y"
    who = str(subject["USUBJID"])
    match one.rule:
        case "screened":
            return "Y", ""
        case "enrolled":
            return ("Y", "") if subject["ENRLFL"] == "Y" else ("N", _not_enrolled(subject))
        case "conditioned":
            return ("Y", "") if subject["CONDFL"] == "Y" else ("N", "no conditioning recorded")
        case "infused":
            return ("Y", "") if infused else ("N", "no study treatment recorded")
        case "dlt-evaluable":
            return _dlt_evaluable(protocol, subject, had_dlt=who in dlts)
        case "efficacy-evaluable":
            if not infused:
                return "N", "no study treatment recorded"
            return ("Y", "") if who in assessed else ("N", "no activity assessment after the first infusion")
        case "per-protocol":
            if not infused:
                return "N", "no study treatment recorded"
            planned = _planned(protocol, subject)
            given = subject["NINFUS"]
            if one.minimum_infusions is not None:
                planned = one.minimum_infusions
            if planned is None or not isinstance(given, int):
                return None, "the planned number of infusions is not known"
            return ("Y", "") if given >= planned else ("N", f"{given} of {planned} planned infusions")


def _not_enrolled(subject: Row) -> str:
    reason = subject["DCSREAS"]
    return str(reason).lower() if reason else "not assigned to a level"


def _planned(protocol: Protocol, subject: Row) -> int | None:
    key = subject["LEVEL"]
    return next((protocol.planned_infusions(level) for level in protocol.levels if level.key == key), None)


def _dlt_evaluable(protocol: Protocol, subject: Row, *, had_dlt: bool) -> Verdict:
    """Completed the window with the required infusions, or had a DLT; unknown while the window is open."""
    if subject["SAFFL"] != "Y":
        return "N", "no study treatment recorded"
    level = next((x for x in protocol.levels if x.key == subject["LEVEL"]), None)
    rule = protocol.dlt_of(level) if level is not None else protocol.dlt
    if rule is None:
        return "N", "the protocol defines no DLT window"
    if had_dlt:
        return "Y", ""
    anchor = subject["TRTSDT"] if rule.anchor == "first-infusion" else subject["TRTEDT"]
    if not isinstance(anchor, date):
        return None, "the day that opens the DLT window is not known"
    closes = anchor + timedelta(days=rule.window_days)
    cut, last, given = subject["CUTDT"], subject["LSTALVDT"], subject["NINFUS"]
    needed = rule.evaluable.minimum_infusions
    if isinstance(cut, date) and cut < closes:
        return None, f"DLT window open until {closes.isoformat()}"
    if isinstance(given, int) and given < needed:
        return "N", f"{given} of {needed} infusions, and no DLT"
    if rule.evaluable.complete_window and (not isinstance(last, date) or last < closes):
        return "N", f"not followed to the end of the DLT window ({closes.isoformat()})"
    return "Y", ""


def _group(group: Group, subject: Row) -> Verdict:
    if subject["SAFFL"] != "Y":
        return "N", "no study treatment recorded"
    months = subject["FUPMON" if group.measure == "follow-up-months" else "FUPCMON"]
    if not isinstance(months, float):
        return None, "length of follow-up is not known"
    if group.above is not None and not months > group.above:
        return "N", f"followed {months:.1f} months, not more than {group.above:g}"
    if group.at_least is not None and not months >= group.at_least:
        return "N", f"followed {months:.1f} months, less than {group.at_least:g}"
    return "Y", ""


def members(adset: pl.DataFrame, keys: Iterable[str]) -> Mapping[str, Mapping[str, Verdict]]:
    """{set or group key: {subject: (IN, REASON)}} for quick look-up."""
    wanted = set(keys)
    out: dict[str, dict[str, Verdict]] = {key: {} for key in wanted}
    for subject, key, answer, reason in adset.select("USUBJID", "SET", "IN", "REASON").iter_rows():
        if key in wanted:
            out[key][subject] = (answer, reason)
    return out
