"""CPU time of the derivation per trial, when many virtual trials are stacked into one block of records.

The seed trial (20 treated subjects) is copied, every copy with subjects, records and laboratory values of its own, so
that nothing can be reused from one copy to the next. Linear means: the last column stays the same as blocks grow.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import polars as pl

from remit import derive
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.records import Records

TRIAL = Path(__file__).parents[1] / "examples" / "kn5501-sle"
STACKED = (1, 10, 50)
RUNS = 3
VALUES = ("LBSTRESN", "CPSTRESN", "ISSTRESN", "PCSTRESN")


def stacked(records: Records, copies: int) -> Records:
    """One block of records that holds so many copies of a trial."""
    tables = {name: pl.concat(_copy(frame, n) for n in range(copies)) for name, frame in records.tables.items()}
    return replace(records, tables=tables)


def _copy(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    names = [c for c in ("USUBJID", "record_id") if c in frame.columns]
    values = [c for c in VALUES if c in frame.columns]
    return frame.with_columns(
        *(pl.format("T{}-{}", pl.lit(number), c).alias(c) for c in names),
        *(pl.col(c) * (1 + number / 997) for c in values),
    )


def main() -> None:
    """Print the best of RUNS for every size of block."""
    protocol = read_protocol(TRIAL / "protocol.yaml")
    records, _ = read_records(TRIAL / "records")
    cut = protocol.last_cut()
    assert cut is not None
    derive.all(protocol, records, cut)
    print(f"best of {RUNS} runs")
    print("trials   subjects   CPU s   CPU s per trial   wall s per trial")
    for copies in STACKED:
        block = stacked(records, copies)
        runs = []
        for _ in range(RUNS):
            wall, cpu = time.perf_counter(), time.process_time()
            derive.all(protocol, block, cut)
            runs.append((time.process_time() - cpu, time.perf_counter() - wall))
        cpu, wall = min(runs)
        subjects = block.tables["DM"].height
        print(f"{copies:6}   {subjects:8}   {cpu:5.2f}   {cpu / copies:15.3f}   {wall / copies:16.3f}")


if __name__ == "__main__":
    main()
