"""All tables of a block of virtual subjects, as records: the same columns, keys and ids as records that were read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from remit.protocol import Protocol
from remit.records import Records
from remit.records.naming import record_id
from remit.records.table import Table
from remit.virtual.course import Course, Events
from remit.virtual.observe import cells, events, laboratory, people, scores, signs, treatment
from remit.virtual.observe.sheet import DECLARED, Sheet
from remit.virtual.scenario import Scenario

NOTICE = (
    "Virtual subjects: every record here comes from a simulation under assumed truths. Nobody in it exists, and it "
    "must not be used to choose a dose for people."
)


def observe(protocol: Protocol, scenario: Scenario, seed: int, course: Course) -> Records:
    """The records of the subjects of a course: what a site would have sent by the end of their observation.

    seed     of the noise; each subject's noise is its own, whatever other subjects are in the block
    """
    sheet = Sheet(protocol, scenario, seed, course)
    b_cells, b_cells_beside = cells.b_cells(sheet)
    given, given_beside = treatment.exposure(sheet)
    adverse, adverse_beside = events.adverse_events(sheet)
    return collected({
        "DM": people.demographics(sheet), "DS": people.disposition(sheet), "SV": people.visits(sheet),
        "EX": given, "CM": treatment.drugs(sheet), "MH": people.history(sheet), "AE": adverse,
        "LB": laboratory.laboratory(sheet), "VS": signs.vital_signs(sheet), "FA": signs.cytokine_release(sheet),
        "RS": scores.scores(sheet), "IS": laboratory.serology(sheet), "PC": cells.copies(sheet), "CP": b_cells,
        "SUPPAE": adverse_beside, "SUPPEX": given_beside, "SUPPCP": b_cells_beside,
    })  # fmt: skip


def for_decisions(protocol: Protocol, scenario: Scenario, seed: int, course: Course) -> Records:
    """Of the records that `observe` writes, those a dose decision reads; a decision from these is the one from all.

    What is not here is written at visits, and SV has the days of these; or it is an event that began after the DLT
    window, which no decision counts.
    """
    ends = people.window_end(Sheet(protocol, scenario, seed, course))
    began = course.events
    early = began.start <= np.where(ends < 0, course.end_day, ends)[began.row]
    kept = Events(**{name: values[early] for name, values in vars(began).items()})
    sheet = Sheet(protocol, scenario, seed, replace(course, events=kept))
    given, _ = treatment.exposure(sheet)
    adverse, beside = events.adverse_events(sheet)
    return collected({
        "DM": people.demographics(sheet), "DS": people.disposition(sheet), "SV": people.visits(sheet), "EX": given,
        "AE": adverse, "FA": signs.cytokine_release(sheet), "SUPPAE": beside,
    })  # fmt: skip


def collected(tables: dict[str, pl.DataFrame]) -> Records:
    """Records with ids and in the order of their keys, as `records.admit` would leave them."""
    ready = {}
    for name, frame in tables.items():
        table = DECLARED[name]
        named = _in_order(table, frame).with_columns(record_id(table).alias("record_id"))
        ready[name] = named.select([*table.columns, "record_id"])
    return Records(ready, NOTICE)


def together(parts: Iterable[Records]) -> Records:
    """Several blocks of one trial, or several trials, as one set of records."""
    blocks = list(parts)
    joined = {}
    for name in blocks[0].tables:
        rows = [block.tables[name] for block in blocks if name in block.tables]
        joined[name] = rows[0] if len(rows) == 1 else _in_order(DECLARED[name], pl.concat(rows))
    return Records(joined, NOTICE)


def _in_order(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in the order of their key; a sheet that was written subject by subject is in order already."""
    order = [column for column in table.key if column in table.columns]
    if order == ["USUBJID", table.sequence]:
        subject, number = pl.col("USUBJID"), pl.col(order[1])
        after = (subject > subject.shift()) | ((subject == subject.shift()) & (number > number.shift()))
        if frame.select(after.all()).item():
            return frame
    return frame.sort(order, nulls_last=True)
