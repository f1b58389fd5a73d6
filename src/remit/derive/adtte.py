"""ADTTE: time to first remission, its duration, time to B-cell return, and follow-up itself.

Times count from the first infusion. AVAL is in days, first day = 1; AVALMON = (ADT − STARTDT) in months of the
protocol. What happens between two samples is interval-censored: ADTLO and ADTHI bound it in days from the start,
ADTHI null when it had not happened by the last look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

import polars as pl

from remit.days import calendar_months
from remit.derive.frames import UNTRACED, framed, unions
from remit.instruments import b_cells
from remit.protocol import Protocol

Row = Mapping[str, object]

SCHEMA = pl.Schema({
    "USUBJID": pl.String(), "LEVEL": pl.String(), "SAFFL": pl.String(), "PARAMCD": pl.String(),
    "PARAM": pl.String(), "STARTDT": pl.Date(), "ADT": pl.Date(), "AVAL": pl.Int64(), "AVALMON": pl.Float64(),
    "CNSR": pl.Int64(), "EVNTDESC": pl.String(), "CNSDTDSC": pl.String(), "ADTLO": pl.Int64(),
    "ADTHI": pl.Int64(), "sources": pl.List(pl.String), "SENTENCE": pl.String(),
})  # fmt: skip


def adtte(
    protocol: Protocol, subjects: pl.DataFrame, adlb: pl.DataFrame, adrs: pl.DataFrame, *, traced: bool = True
) -> pl.DataFrame:
    """One row per infused subject and parameter that can be derived.

    FUP           first infusion to last contact; the event is death, everyone else is censored (CNSR 1)
    TT<state>     to the first visit at which a state endpoint is met (TTDORIS), censored at the last assessment that
                  says no; at the first infusion for who has none that says anything
    <state>DUR    from there to the first visit at which it is known not to be met, censored at the last one met
    TTBDEP        to the first sample with B cells depleted; TTBREC to their return (first of the consecutive samples).
                  Who was never depleted, or was low before treatment, has neither
    """
    states = [e for e in protocol.headline if e.kind == "state" and e.paramcd]
    asked = pl.col("PARAMCD").is_in([e.paramcd for e in states]) & (pl.col("DEFVFL") == "Y")
    looked = adrs.select("USUBJID", "PARAMCD", "DEFVFL", "ADT", "APROTDY", "VISITNUM", "AVALC", "sources")
    looked = looked.filter(asked & (pl.col("APROTDY") > 0)).drop_nulls("ADT")
    people, looked, counts = _numbered(subjects.filter(pl.col("SAFFL") == "Y"), looked, _counts(protocol, adlb))
    visits, samples = _visits(looked), _samples(protocol, counts)
    rows: list[Row] = []
    for subject in people.drop("sources").iter_rows(named=True):
        who, start = subject["USUBJID"], subject["TRTSDT"]
        if not isinstance(start, date):
            continue
        stem = {"USUBJID": who, "LEVEL": subject["LEVEL"], "SAFFL": "Y", "STARTDT": start}
        found = [*_follow_up(subject, start)]
        for code, label in {s.paramcd: s.label for s in reversed(states)}.items():
            found += _state(code, label, visits.get((who, code), []), subject, start)
        found += _return(protocol, samples.get(who, []), start)
        rows += [_finished(protocol, {**stem, **row}) for row in found]
    sources = pl.concat([frame["sources"] for frame in (people, looked, counts)])
    table = framed(rows, pl.Schema({name: dtype for name, dtype in SCHEMA.items() if name != "sources"}))
    rests = unions([_rests(row) for row in rows], sources) if traced else UNTRACED
    table = table.with_columns(rests.alias("sources"))
    return table.select(SCHEMA.names()).sort("USUBJID", "PARAMCD")


def _numbered(*frames: pl.DataFrame) -> list[pl.DataFrame]:
    """The frames with `_n`, which goes on counting from one to the next: what rows rest on is named by it."""
    starts = accumulate((frame.height for frame in frames), initial=0)
    return [frame.with_row_index("_n", offset=start) for frame, start in zip(frames, starts, strict=False)]


def _finished(protocol: Protocol, row: Row) -> Row:
    start, day = row["STARTDT"], row["ADT"]
    assert isinstance(start, date)
    assert isinstance(day, date)
    origin = row.get("_origin", start)
    assert isinstance(origin, date)
    days = (day - origin).days
    calendar = protocol.rules.month == "calendar"
    months = calendar_months(origin, day) if calendar else days / protocol.rules.month_days
    event = row["CNSR"] == 0
    what = row["EVNTDESC"] if event else row["CNSDTDSC"]
    sentence = f"{row['PARAM']}: {'' if event else 'censored, '}day {days} ({str(what).lower()})"
    return {
        **{k: v for k, v in row.items() if k != "_origin"}, "STARTDT": origin, "AVAL": days + 1,
        "AVALMON": months, "ADTLO": row.get("ADTLO"), "ADTHI": row.get("ADTHI"), "SENTENCE": sentence,
    }  # fmt: skip


def _event(code: str, label: str, day: object, described: str, rests: Sequence[Row]) -> dict[str, object]:
    return {
        "PARAMCD": code,
        "PARAM": label,
        "ADT": day,
        "CNSR": 0,
        "EVNTDESC": described,
        "CNSDTDSC": None,
        "_rests": [row["_n"] for row in rests],
    }


def _censored(code: str, label: str, day: object, described: str, rests: Sequence[Row]) -> dict[str, object]:
    return {
        "PARAMCD": code,
        "PARAM": label,
        "ADT": day,
        "CNSR": 1,
        "EVNTDESC": None,
        "CNSDTDSC": described,
        "_rests": [row["_n"] for row in rests],
    }


def _follow_up(subject: Row, start: date) -> Iterator[dict[str, object]]:
    last, died = subject["LSTALVDT"], subject["DTHDT"]
    if isinstance(died, date):
        yield _event("FUP", "Follow-up", died, "Death", [subject])
    elif isinstance(last, date) and last >= start:
        said = "Last contact before a death of unknown date" if subject["DTHFL"] == "Y" else "Last contact"
        yield _censored("FUP", "Follow-up", last, said, [subject])


def _visits(looked: pl.DataFrame) -> Mapping[tuple[str, str], list[Row]]:
    """Assessments after the first infusion by subject and parameter, in order of day."""
    out: dict[tuple[str, str], list[Row]] = {}
    ordered = looked.sort("USUBJID", "ADT", "VISITNUM", nulls_last=True, maintain_order=True)
    for row in ordered.select("USUBJID", "PARAMCD", "ADT", "AVALC", "_n").iter_rows(named=True):
        out.setdefault((row["USUBJID"], row["PARAMCD"]), []).append(row)
    return out


def _state(code: str, label: str, visits: Sequence[Row], subject: Row, start: date) -> Iterator[dict[str, object]]:
    met = next((n for n, row in enumerate(visits) if row["AVALC"] == "Y"), None)
    name = f"Time to first {label}"
    if met is None:
        known = [row for row in visits if row["AVALC"] is not None]
        if known:
            row = _censored(f"TT{code}", name, known[-1]["ADT"], "Last assessment, not met", visits)
            yield {**row, "ADTLO": _days(start, known[-1]["ADT"]), "ADTHI": None}
        else:
            said = "No assessment that could be judged" if visits else "No assessment after the first infusion"
            row = _censored(f"TT{code}", name, start, said, visits or [subject])
            yield {**row, "ADTLO": 0, "ADTHI": None}
        return
    before = [row for row in visits[:met] if row["AVALC"] == "N"]
    first = visits[met]
    yield {
        **_event(f"TT{code}", name, first["ADT"], f"{label} met", visits[: met + 1]),
        "ADTLO": _days(start, before[-1]["ADT"]) if before else 0,
        "ADTHI": _days(start, first["ADT"]),
    }
    lost = next((n for n, row in enumerate(visits) if n > met and row["AVALC"] == "N"), len(visits))
    kept = [row for row in visits[met:lost] if row["AVALC"] == "Y"]
    origin, last = first["ADT"], kept[-1]["ADT"]
    assert isinstance(origin, date)
    duration, every = f"Duration of {label}", visits[: lost + 1]
    low = _days(origin, last)
    if lost < len(visits):
        end = visits[lost]["ADT"]
        row = {**_event(f"{code}DUR", duration, end, f"{label} lost", every), "ADTLO": low, "ADTHI": _days(origin, end)}
    else:
        row = {**_censored(f"{code}DUR", duration, last, f"Still in {label}", every), "ADTLO": low, "ADTHI": None}
    yield {**row, "_origin": origin}


def _counts(protocol: Protocol, adlb: pl.DataFrame) -> pl.DataFrame:
    """B-cell counts in the protocol's unit with a day. Counts in another unit are not used."""
    rule = protocol.b_cells
    adlb = adlb.select("USUBJID", "PARAMCD", "APROTDY", "AVAL", "AVALU", "BLQFL", "LLOQ", "sources")
    if rule is None:
        return adlb.clear()
    unit = pl.col("AVALU").is_null() | (pl.col("AVALU") == rule.unit)
    said = pl.col("AVAL").is_not_null() | (pl.col("BLQFL") == "Y")
    return adlb.filter(pl.col("PARAMCD").is_in(rule.test_codes) & unit & pl.col("APROTDY").is_not_null() & said)


def _samples(protocol: Protocol, counts: pl.DataFrame) -> Mapping[str, list[Row]]:
    """B-cell counts by subject, in order."""
    out: dict[str, list[Row]] = {}
    preferred: dict[str, str] = {}
    for code in protocol.b_cells.test_codes if protocol.b_cells is not None else ():
        part = counts.filter(pl.col("PARAMCD") == code).sort("USUBJID", "APROTDY", maintain_order=True)
        for row in part.select("USUBJID", "APROTDY", "AVAL", "LLOQ", "_n").iter_rows(named=True):
            # one marker a subject: the first of the protocol's list that was measured
            if preferred.setdefault(row["USUBJID"], code) == code:
                out.setdefault(row["USUBJID"], []).append(row)
    return out


def _return(protocol: Protocol, samples: Sequence[Row], start: date) -> Iterator[dict[str, object]]:
    rule = protocol.b_cells
    if rule is None or not samples:
        return
    course = b_cells.course(
        [b_cells.Sample(_int(r["APROTDY"]), _number(r["AVAL"]), _number(r["LLOQ"])) for r in samples],
        rule.depleted_below,
        rule.reconstituted_at,
        rule.consecutive,
    )
    if course.depleted_day is None:
        return
    # conditioning may have depleted them before the first infusion, from which time is counted
    first = max(course.depleted_day, 0)
    depleted = _event("TTBDEP", "Time to B-cell depletion", start + timedelta(days=first), "Depleted", samples)
    yield depleted
    label = "Time to B-cell return"
    if course.reconstituted_day is not None:
        low, high = course.interval if course.interval is not None else (course.depleted_day, course.reconstituted_day)
        day = start + timedelta(days=max(course.reconstituted_day, 0))
        bounds = {"ADTLO": max(low, 0), "ADTHI": max(high, 0)}
        yield {**_event("TTBREC", label, day, "B cells returned", samples), **bounds}
    else:
        last = max(course.censor_day if course.censor_day is not None else _int(samples[-1]["APROTDY"]), 0)
        row = _censored("TTBREC", label, start + timedelta(days=last), "Last sample, not returned", samples)
        yield {**row, "ADTLO": last, "ADTHI": None}


def _rests(row: Row) -> list[int]:
    numbers = row["_rests"]
    assert isinstance(numbers, list)
    return numbers


def _days(start: date, day: object) -> int:
    assert isinstance(day, date)
    return (day - start).days


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
