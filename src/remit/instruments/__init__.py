"""Instruments: published ways to score or classify a subject, one method per file, each with its citation.

Method files hold plain typed functions (`lldas.judge`, `crs_astct.grade`, …) for the code above this room; `call` is
the JSON door of `remit call`. To add an instrument: a method file, a door file, and one line in INSTRUMENTS.
"""

from __future__ import annotations

from typing import Final

from remit.instruments import catalog, door
from remit.instruments.catalog import Instrument, Variant

__all__ = ["INSTRUMENTS", "Instrument", "Variant", "call", "find", "listing"]

INSTRUMENTS: Final[tuple[Instrument, ...]] = (
    door.sledai_2k.INSTRUMENT,
    door.pga.INSTRUMENT,
    door.lldas.INSTRUMENT,
    door.doris.INSTRUMENT,
    door.consistency.INSTRUMENT,
    door.sri.INSTRUMENT,
    door.bicla.INSTRUMENT,
    door.bilag_2004.INSTRUMENT,
    door.activity.SELENA_FLARE,
    door.activity.SLE_DAS,
    door.cell_therapy.CRS,
    door.cell_therapy.CRS_SCALES,
    door.cell_therapy.ICANS,
    door.cell_therapy.ICE,
    door.blood.ICAHT,
    door.blood.T_ICAHT,
    door.reactions.LICATS,
    door.reactions.GVHD,
    door.alerts.IEC_HS,
    door.alerts.INFECTION,
    door.alerts.HYPOGAMMAGLOBULINEMIA,
    door.alerts.HYS_LAW,
    door.ctcae.INSTRUMENT,
    door.ctcae.V6,
    door.scales.INSTRUMENT,
    door.dlt.INSTRUMENT,
    door.b_cells.INSTRUMENT,
    door.nca.INSTRUMENT,
    door.classification.EULAR_ACR,
    door.classification.ACR_1997,
    door.organs.CLASI,
    door.organs.SDI,
    door.organs.RENAL_RESPONSE,
    door.course.JOINTS,
    door.course.SEROLOGY,
    door.course.STATE_TIME,
    door.doses.PREDNISONE,
    door.doses.BSA,
    door.course.FLUDARABINE,
    door.doses.STUDY_DAY,
)


def find(key: str) -> Instrument:
    """An instrument by its key; InputError names the nearest one."""
    return catalog.find(INSTRUMENTS, key)


def call(name: str, variant: str | None, payload: object) -> dict[str, object]:
    """Answer one JSON object with an instrument; see `catalog.call`."""
    return catalog.call(INSTRUMENTS, name, variant, payload)


def listing() -> list[dict[str, object]]:
    """Every instrument and variant with its input and output keys."""
    return catalog.listing(INSTRUMENTS)
