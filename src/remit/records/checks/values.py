"""Can a measured value be what it says it is: its unit, its size, its normal range, its collected original?"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding
from remit.units import canonical, factor


class Quantity(NamedTuple):
    """A laboratory test that analyses read: its unit, the kind of conversion, and the most that was ever
    alive.
    """

    unit: str
    kind: str
    high: float


# upper bounds are orders of magnitude, meant to catch a unit slip and nothing finer
QUANTITIES: dict[str, Quantity] = {
    "WBC": Quantity("10^9/L", "count", 1000),
    "NEUT": Quantity("10^9/L", "count", 1000),
    "LYM": Quantity("10^9/L", "count", 1000),
    "PLAT": Quantity("10^9/L", "count", 5000),
    "HGB": Quantity("g/L", "mass", 300),
    "C3": Quantity("g/L", "mass", 10),
    "C4": Quantity("g/L", "mass", 5),
    "IGG": Quantity("g/L", "mass", 200),
    "CREAT": Quantity("umol/L", "creatinine", 5000),
    "BILI": Quantity("umol/L", "bilirubin", 2000),
    "PROTCRT": Quantity("g/g", "protein-creatinine", 100),
    "BLYCE": Quantity("/uL", "count", 100_000),
}
# test, unit, lowest, highest: what adults and children have been found with, widely
_VITALS: tuple[tuple[str, str, float, float], ...] = (
    ("TEMP", "C", 30, 45),
    ("TEMP", "F", 86, 113),
    ("HEIGHT", "cm", 40, 250),
    ("HEIGHT", "m", 0.4, 2.5),
    ("HEIGHT", "IN", 16, 98),
    ("WEIGHT", "kg", 1, 400),
    ("WEIGHT", "LB", 2, 880),
    ("SYSBP", "mmHg", 30, 320),
    ("DIABP", "mmHg", 10, 220),
    ("PULSE", "beats/min", 15, 350),
    ("HR", "beats/min", 15, 350),
    ("RESP", "breaths/min", 2, 120),
    ("OXYSAT", "%", 20, 100),
)
# tests that a SLEDAI-2K item is checked against by a number
_SCORED = ("WBC", "PLAT", "PROTCRT")
# relative difference that rounding of a printed result can make
_ROUNDING = 0.02


def values(protocol: Protocol, records: Records) -> list[Finding]:
    """Units that cannot be converted, impossible sizes, ranges upside down, results that differ from their
    original.
    """
    findings: list[Finding] = []
    for table in ("LB", "CP"):
        findings += _units(table, protocol, records)
    findings += _vitals(records)
    for table in ("LB", "IS", "CP"):
        findings += _limits(table, records)
    for table in ("LB", "VS", "IS", "CP", "PC"):
        findings += _originals(table, records)
    return [*findings, *_dose_units(protocol, records)]


def _units(table: str, protocol: Protocol, records: Records) -> list[Finding]:
    """Of the tests that the protocol reads or a score is checked against: units that do not lead to its unit."""
    code, number, unit = f"{table}TESTCD", f"{table}STRESN", f"{table}STRESU"
    wanted = _wanted(protocol)
    rows = records.table(table).filter(pl.col(code).is_in(list(wanted)) & pl.col(number).is_not_null())
    findings = []
    per_unit = rows.group_by(code, unit).agg(pl.col(number), pl.col("record_id")).sort(code, unit)
    for test, said, numbers, ids in per_unit.iter_rows():
        kind = QUANTITIES[test].kind if test in QUANTITIES else ""
        if said is None or factor(kind, said, wanted[test]) is None:
            says = f'in "{canonical(said)}"' if said else "without a unit"
            what = f"{test} is given {says}, which cannot be converted to {wanted[test]}."
            findings += [noted(table, "UNIT", what, record, unit) for record in ids]
        elif test in QUANTITIES and (multiply := factor(kind, said, QUANTITIES[test].unit)) is not None:
            for value, record in zip(numbers, ids):
                if value * multiply > QUANTITIES[test].high:
                    what = f"{test} of {value:g} {said} is more than anyone has; another unit may be meant."
                    findings.append(noted(table, "PLAUSIBLE", what, record, number))
    return findings


def _wanted(protocol: Protocol) -> dict[str, str]:
    """Test code to the unit in which it is needed."""
    wanted = {test: QUANTITIES[test].unit for test in _SCORED}
    if protocol.b_cells is not None:
        wanted |= dict.fromkeys(protocol.b_cells.test_codes, protocol.b_cells.unit)
    return wanted | {lab.code: lab.unit for lab in protocol.labs}


def _vitals(records: Records) -> list[Finding]:
    bounds = pl.DataFrame(_VITALS, schema=["VSTESTCD", "_unit", "low", "high"], orient="row")
    rows = records.table("VS").with_columns(pl.col("VSSTRESU").str.to_lowercase().alias("_lower"))
    rows = rows.join(bounds.with_columns(pl.col("_unit").str.to_lowercase().alias("_lower")), on=["VSTESTCD", "_lower"])
    wrong = rows.filter((pl.col("VSSTRESN") < pl.col("low")) | (pl.col("VSSTRESN") > pl.col("high")))
    findings = []
    for record, test, value, unit in wrong.select("record_id", "VSTESTCD", "VSSTRESN", "VSSTRESU").iter_rows():
        what = f"{test} of {value:g} {unit} is not possible.{_guess(test, value, unit)}"
        findings.append(noted("VS", "PLAUSIBLE", what, record, "VSSTRESN"))
    return findings


def _guess(test: str, value: float, unit: str) -> str:
    """What may have been meant; the value itself is left alone."""
    if test == "TEMP" and unit.upper() == "C":
        if 300 <= value <= 450:
            return f" {value / 10:g} C may be meant."
        if 86 <= value <= 113:
            return f" It may be in F ({(value - 32) / 1.8:.1f} C)."
    if test == "HEIGHT" and unit.lower() == "cm" and 0.4 <= value <= 2.5:
        return f" {value * 100:g} cm may be meant."
    return ""


def _limits(table: str, records: Records) -> list[Finding]:
    low, high = f"{table}STNRLO", f"{table}STNRHI"
    wrong = records.table(table).filter(pl.col(low) > pl.col(high))
    return [
        noted(table, "LIMITS", f"The normal range runs from {first:g} to {last:g}.", record, low)
        for record, first, last in wrong.select("record_id", low, high).iter_rows()
    ]


def _originals(table: str, records: Records) -> list[Finding]:
    """Numbers that differ from the collected one although the unit is the same."""
    collected, number = f"{table}ORRES", f"{table}STRESN"
    given = pl.col(collected).cast(pl.Float64, strict=False)
    same_unit = pl.col(f"{table}ORRESU") == pl.col(f"{table}STRESU")
    apart = (given - pl.col(number)).abs() > _ROUNDING * pl.max_horizontal(given.abs(), pl.col(number).abs())
    wrong = records.table(table).filter(same_unit & given.is_finite() & apart)
    return [
        noted(table, "RESULT", f"Collected {original}, standardized {value:g} in the same unit.", record, number)
        for record, original, value in wrong.select("record_id", collected, number).iter_rows()
    ]


def _dose_units(protocol: Protocol, records: Records) -> list[Finding]:
    findings = []
    cells = records.table("EX").filter(pl.col("EXTRT").is_in(list(protocol.product.treatments)))
    for record, dose, unit in cells.select("record_id", "EXDOSE", "EXDOSU").iter_rows():
        if dose and unit is None:
            findings.append(noted("EX", "UNIT", "A dose of the product without a unit.", record, "EXDOSU"))
    steroids = records.table("CM").filter(
        (pl.col("CMCAT") == "GLUCOCORTICOID")
        & pl.col("CMDOSE").is_not_null()
        & (pl.col("CMDOSU").str.to_lowercase() != "mg").fill_null(value=True)
    )
    for record, dose, unit in steroids.select("record_id", "CMDOSE", "CMDOSU").iter_rows():
        what = f"A glucocorticoid dose of {dose:g} {unit or 'without a unit'}; only mg can be converted to prednisone."
        findings.append(noted("CM", "UNIT", what, record, "CMDOSU"))
    return findings
