"""Analysis sets and follow-up groups: who is in, and for everyone else the reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from remit.criteria import is_above, is_at_least
from remit.derive.frames import framed
from remit.derive.renal import baseline_protein
from remit.instruments import sledai_2k
from remit.protocol import AnalysisSet, Group, Level, Protocol

Row = Mapping[str, object]
Verdict = tuple[str | None, str]

SCHEMA = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "SET": pl.String(), "KIND": pl.String(),
    "IN": pl.String(), "REASON": pl.String(), "sources": pl.List(pl.String), "SENTENCE": pl.String(),
})  # fmt: skip

PROTEIN = "baseline-upcr"
HIGHEST = sum(sledai_2k.WEIGHTS.values())


@dataclass(frozen=True)
class Seen:
    """What the sets ask about one subject's events and assessments, each with the record ids behind it.

    dlt, undecided   a DLT after treatment; an event of which it is not known whether it is one
    assessed         the first assessment of activity after the first infusion in which anything was assessed, if any
    """

    dlt: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    assessed: tuple[str, ...] | None = None


def adset(
    protocol: Protocol, subjects: pl.DataFrame, adae: pl.DataFrame, adrs: pl.DataFrame,
    adlb: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """One row per subject and analysis set (KIND set) or group (KIND group) of follow-up or proteinuria at baseline.

    IN is Y, N, or null where it cannot be known yet (a DLT window still open); REASON says why not, or why unknown.
    """
    seen = _seen(adae, adrs)
    urine = {} if adlb is None or not any(g.measure == PROTEIN for g in protocol.groups) else baseline_protein(adlb)
    rows = []
    for subject in subjects.iter_rows(named=True):
        mine = seen.get(str(subject["USUBJID"]), Seen())
        for one in protocol.analysis_sets:
            extra = {"dlt-evaluable": mine.dlt + mine.undecided, "efficacy-evaluable": mine.assessed}.get(one.rule)
            rows.append(_row(subject, one.key, "set", _set(protocol, one, subject, mine), extra or ()))
        for group in protocol.groups:
            if group.measure == PROTEIN:
                value, records = urine.get(str(subject["USUBJID"]), (None, ()))
                rows.append(_row(subject, group.key, "group", _proteinuria(group, subject, value), records))
            else:
                rows.append(_row(subject, group.key, "group", _group(group, subject)))
    return framed(rows, SCHEMA).sort("KIND", "SET", "USUBJID")


def _seen(adae: pl.DataFrame, adrs: pl.DataFrame) -> Mapping[str, Seen]:
    found: dict[str, Seen] = {}
    events = adae.filter((pl.col("SAFFL") == "Y") & ((pl.col("DLTFL") != "N") | pl.col("DLTFL").is_null()))
    for subject, flag, sources in events.select("USUBJID", "DLTFL", "sources").iter_rows():
        before = found.get(subject, Seen())
        if flag == "Y":
            found[subject] = replace(before, dlt=(*before.dlt, *sources))
        else:
            found[subject] = replace(before, undecided=(*before.undecided, *sources))
    code, value = pl.col("PARAMCD"), pl.col("AVAL")
    # a day on which every item was left out has bounds all the same, the widest possible ones
    known = (
        (code.is_in(["SLEDAI", "CSLEDAI", "PGA"]) & value.is_not_null())
        | ((code == "SLEDMIN") & (value > 0))
        | ((code == "SLEDMAX") & (value < HIGHEST))
    )
    after = adrs.filter((pl.col("APROTDY") > 0) & known).sort("USUBJID", "APROTDY", "PARAMCD", maintain_order=True)
    for subject, sources in after.unique("USUBJID", keep="first", maintain_order=True)[
        "USUBJID", "sources"
    ].iter_rows():
        found[subject] = replace(found.get(subject, Seen()), assessed=tuple(sources))
    return found


def _row(subject: Row, key: str, kind: str, verdict: Verdict, extra: tuple[str, ...] = ()) -> Row:
    answer, reason = verdict
    sources = subject["sources"]
    assert isinstance(sources, list)
    return {
        "USUBJID": subject["USUBJID"], "LEVEL": subject["LEVEL"], "SAFFL": subject["SAFFL"], "SET": key, "KIND": kind,
        "IN": answer, "REASON": reason, "sources": sorted({*sources, *extra}) if extra else sources,
        "SENTENCE": {"Y": f"in {key}", "N": f"not in {key}: {reason}", None: f"{key} not known: {reason}"}[answer],
    }  # fmt: skip


def _set(protocol: Protocol, one: AnalysisSet, subject: Row, seen: Seen) -> Verdict:
    infused = subject["SAFFL"] == "Y"
    match one.rule:
        case "screened":
            return "Y", ""
        case "enrolled":
            if subject["ENRLFL"] is None:
                return None, "the arm is not one of the protocol's"
            return ("Y", "") if subject["ENRLFL"] == "Y" else ("N", _not_enrolled(subject))
        case "conditioned":
            return ("Y", "") if subject["CONDFL"] == "Y" else ("N", "no conditioning recorded")
        case "infused":
            return ("Y", "") if infused else ("N", "no study treatment recorded")
        case "dlt-evaluable":
            return _dlt_evaluable(protocol, subject, seen)
        case "efficacy-evaluable":
            if not infused:
                return "N", "no study treatment recorded"
            if seen.assessed is not None:
                return "Y", ""
            if subject["TRTSDT"] is None:
                return None, "the day of the first infusion is not known"
            return "N", "no activity assessment after the first infusion"
        case "per-protocol":
            return _per_protocol(protocol, one, subject) if infused else ("N", "no study treatment recorded")


def _per_protocol(protocol: Protocol, one: AnalysisSet, subject: Row) -> Verdict:
    """All planned infusions; unknown while the course is not over for somebody who has not left."""
    level = _level(protocol, subject)
    needed = one.minimum_infusions
    if needed is None and level is not None:
        needed = protocol.planned_infusions(level)
    given, start, cut = subject["NINFUS"], subject["TRTSDT"], subject["CUTDT"]
    if needed is None or not isinstance(given, int):
        return None, "the planned number of infusions is not known"
    if given >= needed:
        return "Y", ""
    if subject["EOSSTT"] == "ONGOING" and level is not None and isinstance(start, date) and isinstance(cut, date):
        ends = start + timedelta(days=_last_planned_day(protocol, level))
        if cut < ends:
            return None, f"course planned until {ends.isoformat()}, after the data cut"
    return "N", f"{given} of {needed} planned infusions"


def _last_planned_day(protocol: Protocol, level: Level) -> int:
    """Protocol day up to which the last infusion may be given: its day, or the end of that visit's window."""
    schedule = protocol.schedule(level.schedule)
    last = schedule.days[-1] if schedule.daily_through is None else schedule.daily_through
    windows = [v.window[1] for v in protocol.visits if v.day == last and v.window is not None]
    return max([last, *windows])


def _level(protocol: Protocol, subject: Row) -> Level | None:
    return next((level for level in protocol.levels if level.key == subject["LEVEL"]), None)


def _not_enrolled(subject: Row) -> str:
    reason = subject["DCSREAS"]
    return str(reason).lower() if reason else "not assigned to a level"


def _dlt_evaluable(protocol: Protocol, subject: Row, seen: Seen) -> Verdict:
    """Completed the window with the required infusions, or had a DLT; unknown while either may still come."""
    if subject["SAFFL"] != "Y":
        return "N", "no study treatment recorded"
    level = _level(protocol, subject)
    rule = protocol.dlt_of(level) if level is not None else protocol.dlt
    if rule is None:
        return "N", "the protocol defines no DLT window"
    cut, last, given = subject["CUTDT"], subject["LSTALVDT"], subject["NINFUS"]
    needed = rule.evaluable.minimum_infusions
    enough = isinstance(given, int) and given >= needed
    if seen.dlt and (enough or rule.evaluable.fewer_if_stopped_for_dlt):
        return "Y", ""
    anchor = subject["TRTSDT"] if rule.anchor == "first-infusion" else subject["TRTEDT"]
    if not isinstance(anchor, date):
        return None, "the day that opens the DLT window is not known"
    closes = anchor + timedelta(days=rule.window_days)
    ongoing = subject["EOSSTT"] == "ONGOING"
    if ongoing and isinstance(cut, date) and cut < closes:
        return None, f"DLT window open until {closes.isoformat()}"
    followed = seen.dlt or not rule.evaluable.complete_window or (isinstance(last, date) and last >= closes)
    if enough and followed:
        return "Y", ""
    if seen.undecided and (enough or rule.evaluable.fewer_if_stopped_for_dlt):
        return None, "an event that may be a DLT is not decided"
    if not enough:
        return "N", f"{given} of {needed} infusions" + ("" if seen.dlt else ", and no DLT")
    if ongoing:
        return None, f"not seen yet on or after the end of the DLT window ({closes.isoformat()})"
    return "N", f"not followed to the end of the DLT window ({closes.isoformat()})"


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


def _proteinuria(group: Group, subject: Row, value: float | None) -> Verdict:
    if subject["SAFFL"] != "Y":
        return "N", "no study treatment recorded"
    if value is None:
        return None, "proteinuria at baseline is not known"
    if group.above is not None and not is_above(value, group.above):
        return "N", f"proteinuria at baseline {value:.2g} g/g, not more than {group.above:g}"
    if group.at_least is not None and not is_at_least(value, group.at_least):
        return "N", f"proteinuria at baseline {value:.2g} g/g, below {group.at_least:g}"
    return "Y", ""
