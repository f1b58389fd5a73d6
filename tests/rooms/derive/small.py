"""Small trials in memory for tests of the derivations: one subject S1, cells from 4 March 2024, the seed's protocol.

A test states only what it is about; subject, treatment and numbering are filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from remit import derive
from remit.exchange.protocol_yaml import read_protocol
from remit.instruments.sledai_2k import ITEMS
from remit.protocol import Protocol, Rules
from remit.records import Records, admit, raw

ROOT = Path(__file__).parents[3]
DAY0 = date(2024, 3, 4)
CUT = date(2025, 12, 31)
Row = Mapping[str, Any]
Rows = Sequence[Row]


@cache
def seed_protocol() -> Protocol:
    """The seed trial's protocol."""
    return read_protocol(ROOT / "examples" / "kn5501-sle" / "protocol.yaml")


def ruled(**rules: Any) -> Protocol:
    """The seed's protocol with other conventions."""
    protocol = seed_protocol()
    return protocol.model_copy(update={"rules": Rules(**{**protocol.rules.model_dump(), **rules})})


def day(number: int) -> str:
    """A protocol day as the records write it."""
    return (DAY0 + timedelta(days=number)).isoformat()


def conditioning(days: Sequence[int] = (-5, -4, -3), **cells: Any) -> list[Row]:
    """One record of fludarabine a day."""
    return [{"EXTRT": "FLUDARABINE", "EXDOSE": 40, "EXDOSU": "mg", "EXSTDTC": day(d), **cells} for d in days]


def infusions(days: Sequence[int] = (0, 7, 14), **cells: Any) -> list[Row]:
    """One record of cells a day."""
    unit = "10^9 Therapeutic Cells"
    return [
        {"EXTRT": "KN5501", "EXDOSE": 6, "EXDOSU": unit, "EXSTDTC": day(d), "EXENDTC": day(d), **cells} for d in days
    ]


def rated(
    on: int | None,
    present: Sequence[str] = (),
    missing: Sequence[str] = (),
    pga: float | None = 0.2,
    answers: Mapping[str, str] | None = None,
    **cells: Any,
) -> list[Row]:
    """One whole assessment: 24 items, global assessment and the investigator's questions."""
    when = {} if on is None else {"RSDTC": day(on)}
    rows: list[Row] = []
    for item in ITEMS:
        said = {} if item.code in missing else {"RSORRES": "PRESENT" if item.code in present else "ABSENT"}
        left_out = {"RSSTAT": "NOT DONE"} if item.code in missing else {}
        rows.append({"RSCAT": "SLEDAI-2K", "RSTESTCD": f"SLED01{item.number:02d}", **said, **left_out, **when, **cells})
    score = {} if pga is None else {"RSORRES": str(pga), "RSSTRESN": pga}
    rows.append({"RSCAT": "PGA LUPUS", "RSTESTCD": "PGAL0101", "RSORRESU": "0-3", **score, **when, **cells})
    questions = {"LLDAHEMO": "N", "LLDAGI": "N", "LLDAMNT": "Y", "DORISTBL": "Y"} if answers is None else answers
    rows += [{"RSCAT": "LLDAS", "RSTESTCD": k, "RSORRES": v, **when, **cells} for k, v in questions.items() if v]
    return rows


def steroid(dose: float | None, start: str, end: str | None = None, **cells: Any) -> Row:
    """One period of prednisone; without an end it is marked as ongoing."""
    stays = {} if end else {"CMENRTPT": "ONGOING", "CMENTPT": "DATA CUT"}
    return {
        "CMTRT": "PREDNISONE", "CMCAT": "GLUCOCORTICOID", "CMDOSE": dose, "CMDOSU": "mg", "CMDOSFRQ": "QD",
        "CMROUTE": "ORAL", "CMSTDTC": start, "CMENDTC": end, **stays, **cells,
    }  # fmt: skip


def records(**tables: Rows) -> Records:
    """Records with the given rows by table; S1, conditioned and infused three times, unless DM or EX say otherwise."""
    given: dict[str, Rows] = {"DM": [{}], "EX": [*conditioning(), *infusions()], **tables}
    return admit([raw(name, _frame(name, rows)) for name, rows in given.items()])[0]


def _frame(name: str, rows: Rows) -> pl.DataFrame:
    fixed: dict[str, Any] = {"STUDYID": "T", "DOMAIN": name, "USUBJID": "S1"}
    if name == "DM":
        fixed |= {"SUBJID": "1", "SITEID": "01", "SEX": "F", "COUNTRY": "CHN", "ARMCD": "DL4", "ACTARMCD": "DL4"}
    if name.startswith("SUPP"):
        fixed = {"STUDYID": "T", "RDOMAIN": name[4:], "USUBJID": "S1", "IDVAR": f"{name[4:]}SEQ"}
    count: dict[str, int] = {}
    full = []
    for row in rows:
        one = {**fixed, **row}
        count[one["USUBJID"]] = count.get(one["USUBJID"], 0) + 1
        if name not in ("DM", "SV", "RELREC") and not name.startswith("SUPP"):
            one.setdefault(f"{name}SEQ", count[one["USUBJID"]])
        full.append(one)
    columns = list(dict.fromkeys(key for row in full for key in row)) or list(fixed)
    text = {c: [None if row.get(c) is None else str(row[c]) for row in full] for c in columns}
    return pl.DataFrame(text, schema=dict.fromkeys(columns, pl.String))


def derived(given: Records, cutoff: date = CUT, protocol: Protocol | None = None) -> Mapping[str, pl.DataFrame]:
    """The derived tables."""
    return derive.all(protocol or seed_protocol(), given, cutoff)


def only(frame: pl.DataFrame, **where: Any) -> dict[str, Any]:
    """The one row that has these values."""
    for column, value in where.items():
        frame = frame.filter(pl.col(column) == value)
    assert frame.height == 1, f"{frame.height} rows"
    return frame.row(0, named=True)
