from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from remit import analysis, derive
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol

TRIAL = Path(__file__).parents[3] / "examples" / "kn5501-sle"
FIRST = "CH01-001"


def test_a_subject_depleted_on_the_day_of_the_first_infusion_and_never_sampled_again_counts() -> None:
    protocol = read_protocol(TRIAL / "protocol.yaml")
    records, _ = read_records(TRIAL / "records")
    cut = protocol.last_cut()
    assert cut is not None
    # conditioning had depleted the B cells: 3/uL before the cells were given, and no sample afterwards
    mine = pl.col("USUBJID") == FIRST
    cp = records.table("CP").filter(~mine | (pl.col("CPDY") <= 1))
    low = mine & (pl.col("CPDY") == 1)
    cp = cp.with_columns(
        pl.when(low).then(3.0).otherwise(pl.col("CPSTRESN")).alias("CPSTRESN"),
        *(pl.when(low).then(pl.lit("3")).otherwise(pl.col(c)).alias(c) for c in ("CPORRES", "CPSTRESC")),
    )
    changed = replace(records, tables={**records.tables, "CP": cp})

    found = {result.id: result for result in analysis.all(protocol, derive.all(protocol, changed, cut))}

    assert found["b-cells/depleted/proportion"].n == 20
    assert found["b-cells/depleted/proportion"].denominator == 20
    assert found["b-cells/depletion-day/min"].value == 0


def test_b_cells_gone_before_the_first_infusion_are_gone_at_time_zero() -> None:
    protocol = read_protocol(TRIAL / "protocol.yaml")
    records, _ = read_records(TRIAL / "records")
    cut = protocol.last_cut()
    assert cut is not None
    # the first infusion typed eight months late: conditioning and the first samples now lie before the second one
    late = pl.col("record_id") == f"EX/{FIRST}/7"
    ex = records.table("EX").with_columns(
        pl.when(late).then(pl.lit("2024-06-10T10:00")).otherwise(pl.col("EXSTDTC")).alias("EXSTDTC")
    )

    derived = derive.all(protocol, replace(records, tables={**records.tables, "EX": ex}), cut)
    analysis.all(protocol, derived)

    mine = derived["adtte"].filter((pl.col("USUBJID") == FIRST) & (pl.col("PARAMCD") == "TTBDEP"))
    assert mine["AVALMON"].to_list() == [0.0]
