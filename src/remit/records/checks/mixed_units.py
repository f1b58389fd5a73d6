"""Is one analyte measured in one unit? Values in different units make no curve and no spread."""

from __future__ import annotations

import polars as pl

from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding
from remit.units import canonical

# what makes two measurements comparable but for their unit
_SAME: dict[str, tuple[str, ...]] = {
    "PC": ("PCTESTCD", "PCSPEC"),
    "CP": ("CPTESTCD", "CPSPEC"),
    "IS": ("ISTESTCD", "ISBDAGNT"),
}
KINETICS = "CELL KINETICS"


def mixed_units(protocol: Protocol, records: Records) -> list[Finding]:
    """Kinetics of the product and antibodies: the measurements in any unit but the most frequent one."""
    findings: list[Finding] = []
    for table, keys in _SAME.items():
        if not records.collected(table):
            continue
        rows = records.table(table).filter(pl.col(f"{table}STRESN").is_not_null())
        if table == "CP":
            rows = rows.filter((pl.col("CPCAT") == KINETICS).fill_null(False))
        unit = f"{table}STRESU"
        rows = rows.filter(pl.col(unit).is_not_null())
        by_unit = rows.group_by(*keys, unit).agg(pl.col("record_id").sort()).sort(*keys, unit, nulls_last=True)
        found: dict[tuple[str | None, ...], dict[str, list[str]]] = {}
        for *same, said, ids in by_unit.iter_rows():
            found.setdefault(tuple(same), {}).setdefault(canonical(said), []).extend(ids)
        for (test, about), units in found.items():
            if len(units) > 1:
                findings += _told(table, f"{test} ({about})" if about else f"{test}", units)
    return findings


def _told(table: str, test: str, units: dict[str, list[str]]) -> list[Finding]:
    most = max(sorted(units), key=lambda one: len(units[one]))
    return [
        noted(table, "MIXED-UNIT", f"{test} is given in {one}, elsewhere in {most}.", record, f"{table}STRESU")
        for one in sorted(units)
        if one != most
        for record in sorted(units[one])
    ]
