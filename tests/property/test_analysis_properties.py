"""What must hold for any records: order does not matter, a bystander changes nothing, counts lead to their rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from remit import analysis
from remit.analysis import Result
from rooms.analysis import small_trial as small

PROTOCOL = small.protocol()

events = st.lists(
    st.tuples(
        st.sampled_from(sorted(small.LEVELS)),
        st.sampled_from(["CRS", "Rash", "rash", "Nausea", "Fever of unknown origin"]),
        st.sampled_from([None, 1, 2, 3, 5]),
        st.sampled_from(["Y", "N"]),
        st.sampled_from(["Y", "N", None]),
        st.integers(0, 30),
    ),
    max_size=12,
)


def adverse(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        small.event(
            who, n, term, grade, TRTEMFL=emergent, AESER=serious, APROTDY=day, ADURN=None if day > 20 else day,
            ASTDT=small.START + timedelta(days=day), AENDT=None, AEREL="POSSIBLE" if day % 2 else None,
        )
        for n, (who, term, grade, emergent, serious, day) in enumerate(rows, start=1)
    ]  # fmt: skip


def found(tables: Mapping[str, pl.DataFrame]) -> dict[str, Result]:
    return {r.id: r for r in analysis.all(PROTOCOL, tables)}


@given(events)
@settings(max_examples=15, deadline=None)
def test_the_trace_of_every_event_count_is_what_it_counted(rows: list[tuple[Any, ...]]) -> None:
    tables = small.tables(adverse(rows))

    for result in found(tables).values():
        if not any(s.table == "adae" for s in result.behind):
            continue
        trace = analysis.trace(result, tables)
        assert len(trace.record_ids) == result.sources, result.id
        if result.statistic in ("count", "proportion") and result.n is not None:
            counted = {s for part in trace.parts if part.role == "counted" for s in part.rows["USUBJID"].to_list()}
            assert len(counted) == result.n, result.id


@given(events, st.integers(0, 2**16))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_changes_nothing(rows: list[tuple[Any, ...]], seed: int) -> None:
    tables = small.tables(adverse(rows))
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in tables.items()}

    assert analysis.all(PROTOCOL, shuffled) == analysis.all(PROTOCOL, tables)


@given(events)
@settings(max_examples=20, deadline=None)
def test_the_grades_of_a_term_add_up_to_its_subjects(rows: list[tuple[Any, ...]]) -> None:
    results = found(small.tables(adverse(rows)))
    graded = any(grade is not None and emergent == "Y" for _, _, grade, emergent, _, _ in rows)

    for id, result in results.items():
        if id.startswith("safety/teae/term/") and id.endswith("/all/count") and "/grade-" not in id and graded:
            stem = id.removesuffix("/all/count")
            parts = [
                r.n or 0 for i, r in results.items() if i.startswith(f"{stem}/grade-") and i.endswith("/all/count")
            ]
            assert sum(parts) == result.n


@given(st.integers(18, 90), st.sampled_from(["F", "M"]), st.sampled_from(["SCREEN FAILURE", None]))
@settings(max_examples=10, deadline=None)
def test_one_more_screen_failure_changes_only_the_flow(age: int, sex: str, reason: str | None) -> None:
    tables = small.tables()
    before = found(tables)
    person = {**small.row("S0", "DM"), "ENRLFL": "N", "CONDFL": "N", "DCSREAS": reason, "AGE": age, "SEX": sex}
    sets = [
        {**small.row("S0", "DM"), "SET": key, "KIND": kind, "IN": "N", "REASON": "not infused"}
        for key, kind in (
            ("safety", "set"), ("dlt-evaluable", "set"), ("efficacy-evaluable", "set"), ("over-6-months", "group"),
        )
    ]  # fmt: skip
    more = {
        **tables,
        "adsl": pl.concat([tables["adsl"], small.frame(small.ADSL, [person])]),
        "adset": pl.concat([tables["adset"], small.frame(small.ADSET, sets)]),
    }

    after = found(more)

    changed = {id for id, result in after.items() if before.get(id) != result}
    assert changed
    assert all(id.startswith("disposition/") for id in changed)
