"""ADEFF: the answer to every efficacy endpoint, one row per subject, variant, time point and group, with the reason.

This is what a reader sees when opening a proportion: who counted, who did not, who could not be judged and why.
A visit that the data cut came before is *not evaluable*: neither a failure nor a missing value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from remit.derive.adset import Membership, members
from remit.protocol import Endpoint, Protocol, Visit

Row = Mapping[str, object]

SCHEMA = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "ENDPOINT": pl.String(),
    "VARIANT": pl.String(), "DEFVFL": pl.String(), "TIMEPOINT": pl.String(), "GROUP": pl.String(),
    "IN": pl.String(), "ANSWER": pl.String(), "AVALNRI": pl.String(), "BECAUSE": pl.List(pl.String),
    "AVISIT": pl.String(), "ADT": pl.Date(), "APROTDY": pl.Int64(), "sources": pl.List(pl.String),
    "SENTENCE": pl.String(),
})  # fmt: skip
EVERYONE = "all"


def adeff(protocol: Protocol, subjects: pl.DataFrame, adrs: pl.DataFrame, adset: pl.DataFrame) -> pl.DataFrame:
    """One row per subject × endpoint × variant × TIMEPOINT (visit key, `last`, `ever`) × GROUP (group key, `all`).

    IN       Y when the subject belongs to the endpoint's population and to the group; null where that is not known yet
    ANSWER   Y, N, or null: not evaluable, and BECAUSE says why
    AVALNRI  the same with a missed visit counted as non-response; null where the cut came first
    sources  the records of the answer and of the membership
    """
    endpoints = [e for e in protocol.endpoints if e.kind in ("state", "response") and e.paramcd]
    if not endpoints or adrs.height == 0:
        return pl.DataFrame(schema=SCHEMA)
    answers = _answers(adrs, [e.paramcd for e in endpoints])
    sets = members(adset, [e.population for e in endpoints] + [g.key for g in protocol.groups])
    rows = [
        row
        for subject in subjects.iter_rows(named=True)
        for endpoint in endpoints
        for row in _rows(protocol, endpoint, subject, answers, sets)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


Key = tuple[str, str, str]


def _answers(adrs: pl.DataFrame, codes: Sequence[str]) -> Mapping[Key, list[Row]]:
    """Post-baseline rows by (subject, parameter, variant), in order of day."""
    out: dict[Key, list[Row]] = {}
    wanted = adrs.filter(pl.col("PARAMCD").is_in(codes) & (pl.col("APROTDY") > 0)).sort(
        "USUBJID", "APROTDY", "VISITNUM", nulls_last=True, maintain_order=True
    )
    for row in wanted.iter_rows(named=True):
        out.setdefault((row["USUBJID"], row["PARAMCD"], row["VARIANT"]), []).append(row)
    return out


def _rows(
    protocol: Protocol,
    endpoint: Endpoint,
    subject: Row,
    answers: Mapping[Key, list[Row]],
    sets: Mapping[str, Mapping[str, Membership]],
) -> Iterator[Row]:
    who = str(subject["USUBJID"])
    for variant in dict.fromkeys((endpoint.variant, *endpoint.variants)):
        mine = answers.get((who, endpoint.paramcd, variant), [])
        for timepoint in dict.fromkeys((*endpoint.timepoints, "ever")):
            found = _at(protocol, endpoint, timepoint, subject, mine)
            for group in (EVERYONE, *endpoint.groups):
                yield _row(endpoint, variant, timepoint, group, subject, found, _membership(endpoint, group, who, sets))


def _membership(endpoint: Endpoint, group: str, who: str, sets: Mapping[str, Mapping[str, Membership]]) -> Membership:
    """Kleene 'and' of population and group."""
    inside = sets.get(endpoint.population, {}).get(who, Membership("N", "not in the population"))
    if inside.answer == "N" or group == EVERYONE:
        return inside
    within = sets[group].get(who, Membership("N", "not in the group"))
    if within.answer == "N" or inside.answer == "Y":
        return within
    return inside


def _row(
    endpoint: Endpoint, variant: str, timepoint: str, group: str, subject: Row, found: Row, membership: Membership
) -> Row:
    inside, reason, belonging = membership
    answer = found["ANSWER"]
    because = found["BECAUSE"] if inside == "Y" else [reason]
    words = {"Y": f"{endpoint.label} met", "N": f"{endpoint.label} not met", None: f"{endpoint.label} not evaluable"}
    visit = found["AVISIT"]
    place = str(visit).replace("-", " ") if visit is not None else f"day {found['APROTDY']}"
    where = f" at {place}" if found["ADT"] is not None else ""
    reasons = " · ".join(because) if isinstance(because, list) else ""
    sentence = (
        f"{words[answer if isinstance(answer, str) else None]}{where}: {reasons}"
        if inside == "Y"
        else f"not in the group: {reason}"
        if inside == "N"
        else f"not known whether in the group: {reason}"
    )
    return {
        "USUBJID": subject["USUBJID"], "LEVEL": subject["LEVEL"], "SAFFL": subject["SAFFL"], "ENDPOINT": endpoint.key,
        "VARIANT": variant, "DEFVFL": "Y" if variant == endpoint.variant else "N", "TIMEPOINT": timepoint,
        "GROUP": group, "IN": inside, "ANSWER": answer, "AVALNRI": found["AVALNRI"],
        "BECAUSE": because, "AVISIT": found["AVISIT"], "ADT": found["ADT"], "APROTDY": found["APROTDY"],
        "sources": sorted({*(_list(found["sources"]) or _list(subject["sources"])), *belonging}), "SENTENCE": sentence,
    }  # fmt: skip


def _at(protocol: Protocol, endpoint: Endpoint, timepoint: str, subject: Row, mine: Sequence[Row]) -> Row:
    """The subject's answer at one time point, or what stands in its place."""
    if timepoint not in ("last", "ever"):
        visit = protocol.visit(timepoint)
        here = [row for row in mine if row["AVISIT"] == visit.key]
        chosen = next((row for row in here if row["ANL01FL"] == "Y"), None)
        if chosen is None and here:
            # assessed, and nothing known: the assessment nearest to the target says why
            target = visit.day or 0
            chosen = min(here, key=lambda row: (abs(_day(row) - target), -_day(row)))
        return _found(chosen) if chosen is not None else _missed(visit, subject)
    if not mine:
        return _without("no assessment after the first infusion", reached=_due(protocol, endpoint, subject))
    if timepoint == "last":
        return _found(mine[-1])
    first = next((n for n, row in enumerate(mine) if row["AVALC"] == "Y"), None)
    if first is not None:
        # that it is the first rests on those before it
        before = [record for row in mine[: first + 1] for record in _list(row["sources"])]
        return {**_found(mine[first]), "sources": before}
    unknown = any(row["AVALC"] is None for row in mine)
    return {
        **_found(mine[-1]),
        "ANSWER": None if unknown else "N",
        "AVALNRI": "N",
        "BECAUSE": ["not met where known, unknown at some visit" if unknown else "not met at any visit so far"],
        "sources": [record for row in mine for record in _list(row["sources"])],
    }


def _due(protocol: Protocol, endpoint: Endpoint, subject: Row) -> bool:
    """Whether a visit of the endpoint was due by the cut, so that no assessment at all means a missed one."""
    visits = [protocol.visit(t) for t in endpoint.timepoints if t not in ("last", "ever")]
    return not visits or any(_missed(visit, subject)["AVALNRI"] == "N" for visit in visits)


def _day(row: Row) -> int:
    day = row["APROTDY"]
    assert isinstance(day, int)
    return day


def _missed(visit: Visit, subject: Row) -> Row:
    start, cut, last = subject["TRTSDT"], subject["CUTDT"], subject["LSTALVDT"]
    closes = visit.window[1] if visit.window is not None else visit.day
    if not isinstance(start, date) or not isinstance(cut, date) or closes is None:
        return _without("no assessment in the visit window", reached=True)
    if start + timedelta(days=closes) > cut:
        return _without(f"{visit.label.lower()} not reached at the data cut", reached=False)
    if subject["EOSSTT"] == "DISCONTINUED" and isinstance(last, date) and last < start + timedelta(days=closes):
        return _without(f"left the study before {visit.label.lower()}", reached=True)
    return _without("no assessment in the visit window", reached=True)


def _found(row: Row) -> Row:
    answer = row["AVALC"]
    return {
        "ANSWER": answer, "AVALNRI": answer or "N", "BECAUSE": row["BECAUSE"], "AVISIT": row["AVISIT"],
        "ADT": row["ADT"], "APROTDY": row["APROTDY"], "sources": row["sources"],
    }  # fmt: skip


def _without(why: str, *, reached: bool) -> Row:
    return {
        "ANSWER": None, "AVALNRI": "N" if reached else None, "BECAUSE": [why], "AVISIT": None, "ADT": None,
        "APROTDY": None, "sources": None,
    }  # fmt: skip


def _list(value: object) -> list[str]:
    return list(value) if isinstance(value, list) else []
