"""How much of the time since the first infusion was spent in a state, up to every assessment: LLDAS-50 and its like.

The state of an assessment holds until the next. What the last one before treatment said holds from the first infusion
to the first assessment after it. An assessment that could not be judged leaves its time unknown, not outside the state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

import polars as pl

from remit.criteria import Truth
from remit.derive.supplements import Line, asking, parameter, variants_of
from remit.instruments import state_time
from remit.protocol import Endpoint, Protocol

INSTRUMENT = "state-time"
TRUTH = {"Y": True, "N": False}

# protocol day, day, visit number, state, records
Look = tuple[int, date, float | None, Truth, tuple[str, ...]]


def state_shares(protocol: Protocol, adrs: pl.DataFrame) -> list[Line]:
    """One line per assessment after the first infusion, endpoint and variant; nothing where no endpoint asks for it."""
    lines: list[Line] = []
    for endpoint in asking(protocol, INSTRUMENT):
        state = next((e for e in protocol.endpoints if e.key == endpoint.of), None)
        if state is None:
            continue
        mine = (pl.col("PARAMCD") == state.paramcd) & (pl.col("VARIANT") == state.variant)
        columns = ("USUBJID", "APROTDY", "ADT", "VISITNUM", "AVALC", "sources")
        rows = adrs.filter(mine & pl.col("APROTDY").is_not_null())
        rows = rows.sort("USUBJID", "APROTDY", "VISITNUM", nulls_last=True)
        for subject, looks in groupby(rows.select(columns).iter_rows(), key=lambda row: row[0]):
            course = [(d, day, number, TRUTH.get(said), tuple(ids)) for _, d, day, number, said, ids in looks]
            lines += _running(endpoint, state.label, subject, course)
    return lines


def _running(endpoint: Endpoint, label: str, subject: str, course: Sequence[Look]) -> Iterator[Line]:
    before = [one for one in course if one[0] <= 0]
    after = [one for one in course if one[0] > 0]
    seen: list[tuple[float, Truth]] = [(0, before[-1][3] if before else None)]
    rests = list(before[-1][4]) if before else []
    for protocol_day, day, visitnum, state, sources in after:
        seen.append((protocol_day, state))
        rests += sources
        for variant in variants_of(endpoint):
            share = state_time.share(seen, variant=variant)
            about = parameter(endpoint, variant)
            yield Line(subject, day, visitnum, about, share.met.met, _why(share, label), tuple(rests))


def _why(share: state_time.Share, label: str) -> tuple[str, ...]:
    known = f"{label} on {share.days_in_state:g} of {share.days_observed:g} days"
    if share.low is None or share.high is None or share.low == share.high:
        return (known,)
    return (known, f"unknown: the state on {(share.high - share.low) * share.days_observed:.0f} days")
