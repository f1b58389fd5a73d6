"""SLE-DAS from its own form, the joint count, the serology items of the SLEDAI-2K, and the laboratory before the visit.

Nothing is asked twice: swollen joints come from the 28-joint count of the day (or its typed total), low complement and
anti-dsDNA from the SLEDAI-2K items of the day, and proteinuria, platelets and white cells from the last result of the
30 days up to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from remit.derive.bounds import days_in
from remit.derive.dated import Wanted, latest, measured_in, to_unit
from remit.derive.rating_scales import Known, Rating, Scale, asked, few
from remit.instruments import sle_das
from remit.protocol import Protocol
from remit.records import Records
from remit.records.rating_sheets import Sheet
from remit.records.rating_values import truth
from remit.records.sponsor_codes import sledai_item

BANDS = ("remission", "mild", sle_das.WORST)
SCORE = Scale("SLEDAS", "SLE-DAS", "sle-das")
BAND = Scale("SLEDASC", "SLE-DAS category", "sle-das", "default", "Y", BANDS)
LOOK_BACK_DAYS = 30
SEROLOGY = {sledai_item(20): "low_complement", sledai_item(21): "dsdna"}
NO_PROTEIN_MG = 500.0
LABORATORY = (("proteinuria", "PROTCRT"), ("platelets", "PLAT"), ("wbc", "WBC"))
TESTS = {
    "PROTCRT": Wanted(to_unit("protein-creatinine", "mg/g"), NO_PROTEIN_MG),
    "PLAT": Wanted(to_unit("count", "10^9/L")),
    "WBC": Wanted(to_unit("count", "10^9/L")),
}

Serology = Mapping[tuple[str, date], Mapping[str, tuple[bool | None, str]]]
Swollen = Mapping[date, tuple[Known, tuple[str, ...]]]


class Laboratory:
    """Results of all subjects that the score asks for; made once, and only where somebody filled in the form."""

    def __init__(self, records: Records) -> None:
        found = measured_in(records, "LB", TESTS)
        self.found = {name: found[code] for name, code in LABORATORY}
        self.serology = _serology(records)

    def before(self, test: str, subject: str, day: date) -> tuple[float | None, tuple[str, ...]]:
        """The last result up to the day, and its record."""
        one = latest(self.found[test].get(subject, ()), day, LOOK_BACK_DAYS)
        return (None, ()) if one is None else (one.value, one.sources)


def _serology(records: Records) -> Serology:
    """The two serology items of the SLEDAI-2K by subject and day; the last known answer of a day stands."""
    rs = records.table("RS").filter(pl.col("RSTESTCD").is_in(list(SEROLOGY)))
    rows = rs.with_columns(days_in(rs, "RSDTC").alias("_day")).drop_nulls("_day")
    columns = ("USUBJID", "_day", "RSTESTCD", "RSORRES", "RSSTRESC", "record_id")
    found: dict[tuple[str, date], dict[str, tuple[bool | None, str]]] = {}
    for who, day, code, collected, word, record in rows.sort("VISITNUM", "RSSEQ").select(columns).iter_rows():
        said, here = truth(collected, word), found.setdefault((who, day), {})
        if said is not None or SEROLOGY[code] not in here:
            here[SEROLOGY[code]] = (said, record)
    return found


def sle_das_rows(
    protocol: Protocol, course: Sequence[Sheet], swollen: Swollen, laboratory: Laboratory
) -> Iterator[Rating]:
    """Score and category on every dated sheet. The category is known without the score where both ends have it."""
    choice = protocol.instruments.get("sle-das")
    ticked = choice is not None and choice.variant == "arthritis_ticked"
    variant = "arthritis_ticked" if ticked else "default"
    for sheet in course:
        if sheet.day is None:
            continue
        joints, joint_records = swollen.get(sheet.day, (Known(None, 0, 28, ()), ()))
        numbers = {test: laboratory.before(test, sheet.subject, sheet.day) for test in laboratory.found}
        items = laboratory.serology.get((sheet.subject, sheet.day), {})
        flags = {item.name: sheet.value(item) for item in sheet.of("flags") if ticked or item.name != "arthritis"}
        flags |= {name: None if items.get(name, (None,))[0] is None else items[name][0] for name in SEROLOGY.values()}
        least, most = (
            sle_das.score(
                [name for name, there in flags.items() if there or (there is None and worst)],
                joints.high if worst else joints.low,
                numbers["proteinuria"][0],
                numbers["platelets"][0],
                numbers["wbc"][0],
                not ticked,
            )
            for worst in (False, True)
        )
        sources = (
            *sheet.records("flags"), *joint_records, *(record for _, record in items.values()),
            *(record for _, records in numbers.values() for record in records),
        )  # fmt: skip
        unknown = [name for name, there in flags.items() if there is None]
        unknown += ["swollen joints"] if joints.value is None else []
        whole = least.score if not unknown else None
        reasons = least.because if whole is not None else (
            *(f"unknown: {name}" for name in few(unknown)), *(one for one in least.because if one.startswith("unknown"))
        )  # fmt: skip
        band = least.category if least.category == most.category else None
        yield Rating(sheet, SCORE._replace(VARIANT=variant), whole, reasons, sources)
        place = None if band is None else float(BANDS.index(band))
        why = reasons if whole is not None or band is None else (*reasons, "the same category at either end")
        yield Rating(sheet, BAND._replace(VARIANT=variant), place, why, sources)
        for scale in asked(protocol, "sle-das", variant, None):
            yield Rating(sheet, scale, None if band is None else band == BANDS[0], why, sources)
