"""Do treatments fit the protocol: its levels, its drugs, its lots and donors?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import polars as pl

from remit.errors import nearest
from remit.protocol import Level, Protocol
from remit.records.checks.days_known import first_cells
from remit.records.checks.dose_limits import declares_dlt
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding

# a bag may hold a little more than planned; this much more is another dose, or another unit
FAR_ABOVE = 1.5
# what is left in the bag and the line, and loss on thawing, explain this share of the planned dose at most
BELOW = 0.8

# SDTM before 3.3 wrote these into ARMCD for subjects without an arm
_NO_ARM = ("SCRNFAIL", "NOTASSGN", "NOTTRT", "UNPLAN")


def exposure(protocol: Protocol, records: Records) -> list[Finding]:
    """Arms that are no level, treatments nobody named, cells whose lot or donor is missing or unknown."""
    return [
        *_levels(protocol, records),
        *_treatments(protocol, records),
        *_doses(protocol, records),
        *_lots(protocol, records),
    ]


def _doses(protocol: Protocol, records: Records) -> list[Finding]:
    """Cells in another power of ten than the protocol's, far above the flat dose of the subject's level, below it,
    or of just the dose of another level.

    Too little is asked about in trials that judge doses by toxicity; elsewhere a dose may be titrated up to the arm's.
    """
    planned = _power(protocol.product.dose_unit)
    levels = {level.arm: level for level in protocol.levels}
    judged = declares_dlt(protocol)
    given = records.table("EX").filter(
        pl.col("EXTRT").is_in(list(protocol.product.treatments)) & (pl.col("EXDOSE") > 0)
    )
    arm = records.table("DM").select("USUBJID", pl.coalesce("ACTARMCD", "ARMCD").alias("arm")).unique("USUBJID")
    given = given.join(arm, on="USUBJID", how="left", maintain_order="left")
    findings = []
    for record, amount, unit, code in given.select("record_id", "EXDOSE", "EXDOSU", "arm").iter_rows():
        power, level = _power(unit or ""), levels.get(code)
        if planned is not None and power is not None and power != planned:
            what = f"The dose is in 10^{power}, the protocol's in 10^{planned}."
            findings.append(noted("EX", "DOSE", what, record, "EXDOSU"))
            continue
        if level is None or level.dose.basis != "flat" or not level.dose.amount:
            continue
        own = level.dose.amount
        what = f"The dose is {amount:g}, the level's {own:g} {level.dose.unit}."
        names = _whose(protocol.levels, amount, own)
        remedy = f"{amount:g} is the dose of {', '.join(names)}: correct the arm or the dose." if names else None
        if amount > FAR_ABOVE * own:
            findings.append(noted("EX", "DOSE", what, record, "EXDOSE", remedy))
        elif judged and (amount < BELOW * own or names):
            findings.append(noted("EX", "OTHER-DOSE", what, record, "EXDOSE", remedy))
    return findings


def _whose(levels: Iterable[Level], amount: float, own: float) -> list[str]:
    """Other levels whose flat dose was given, when it is not the subject's own."""
    if math.isclose(amount, own, rel_tol=0.01):
        return []
    doses = [(level.name, level.dose.amount) for level in levels if level.dose.basis == "flat"]
    return [name for name, dose in doses if dose is not None and math.isclose(amount, dose, rel_tol=1e-6)]


def _power(unit: str) -> int | None:
    """9 of `10^9 cells`; None for a unit without a power of ten."""
    found = re.search(r"10\s*(?:\^|\*\*?|e)\s*(\d+)", unit, re.IGNORECASE)
    return int(found[1]) if found else None


def _levels(protocol: Protocol, records: Records) -> list[Finding]:
    arms = [level.arm for level in protocol.levels]
    findings = []
    for column in ("ARMCD", "ACTARMCD"):
        strange = records.table("DM").filter(
            pl.col(column).is_not_null()
            & ~pl.col(column).is_in(arms)
            & ~pl.col(column).str.to_uppercase().is_in(list(_NO_ARM))
        )
        for record, arm in strange.select("record_id", column).iter_rows():
            what = f'"{arm}" is no arm of the protocol ({", ".join(arms)}).{nearest(arm, arms)}'
            findings.append(noted("DM", "LEVEL", what, record, column))
    return [*findings, *_treated_without_level(protocol, records, arms)]


def _treated_without_level(protocol: Protocol, records: Records, arms: list[str]) -> list[Finding]:
    """Subjects who got the product and have no arm, or one that says that they got none."""
    arm = pl.coalesce("ACTARMCD", "ARMCD")
    none = arm.is_null() | arm.str.to_uppercase().is_in(list(_NO_ARM))
    subjects = records.table("DM").join(first_cells(protocol, records), on="USUBJID", how="semi", maintain_order="left")
    what = f"The subject got the product and has no level. Levels: {', '.join(arms)}."
    lost = subjects.filter(none & ~arm.is_in(arms).fill_null(value=False))
    return [noted("DM", "LEVEL", what, record, "ACTARMCD") for record in lost["record_id"]]


def _treatments(protocol: Protocol, records: Records) -> list[Finding]:
    known = [*protocol.product.treatments, *(agent.treatment for agent in protocol.conditioning)]
    strange = records.table("EX").filter(pl.col("EXTRT").is_not_null() & ~pl.col("EXTRT").is_in(known))
    return [
        noted("EX", "TREATMENT", f'"{drug}" is no treatment of the protocol.{nearest(drug, known)}', record, "EXTRT")
        for record, drug in strange.select("record_id", "EXTRT").iter_rows()
    ]


def _lots(protocol: Protocol, records: Records) -> list[Finding]:
    """Only for a product made from donors: every subject may share a lot with another."""
    product = protocol.product
    if product.source is None:
        return []
    lots = {lot.key: lot for lot in product.lots}
    donors = records.supp("EX", "DONOR").select("USUBJID", "EXSEQ", pl.col("QVAL").alias("donor"))
    given = records.table("EX").filter(pl.col("EXTRT").is_in(list(product.treatments)) & (pl.col("EXDOSE") > 0))
    given = given.join(donors.unique(["USUBJID", "EXSEQ"]), on=["USUBJID", "EXSEQ"], how="left", maintain_order="left")
    findings = []
    for record, lot, donor in given.select("record_id", "EXLOT", "donor").iter_rows():
        if lot is None:
            findings.append(noted("EX", "LOT", "The lot of the cells is not recorded.", record, "EXLOT"))
        elif lots and lot not in lots:
            what = f'"{lot}" is no lot of the protocol ({", ".join(lots)}).{nearest(lot, lots)}'
            findings.append(noted("EX", "LOT", what, record, "EXLOT"))
        if product.source == "autologous":
            continue
        declared = lots[lot].donor if lot in lots else None
        if donor is None and declared is None:
            findings.append(noted("EX", "DONOR", "The donor of the cells is not recorded.", record))
        elif donor is not None and declared is not None and donor != declared:
            what = f'The donor is recorded as "{donor}"; the protocol says {declared} for lot {lot}.'
            findings.append(noted("EX", "DONOR", what, record))
        elif donor is not None and product.donors and donor not in product.donors:
            what = f'"{donor}" is no donor of the protocol ({", ".join(product.donors)}).'
            findings.append(noted("EX", "DONOR", what, record))
    return findings
