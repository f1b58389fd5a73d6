"""prednisone-equivalent, bsa and study-day through JSON."""

from __future__ import annotations

from remit.errors import InputError, nearest
from remit.instruments import body_surface, prednisone, study_day
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import reading


def _dose(payload: Payload, betamethasone_mg: float = 0.75) -> float | None:
    drug = reading.text(payload, "drug")
    mg = reading.number(payload, "mg", reading.NOT_NEGATIVE)
    if drug is not None and drug.strip().lower() not in prednisone.MG_EQUAL_TO_5_PREDNISONE:
        known = prednisone.MG_EQUAL_TO_5_PREDNISONE
        hint = nearest(drug.lower(), known)
        raise InputError(f'"drug": "{drug}" is not a known glucocorticoid.{hint} Allowed: {", ".join(known)}.')
    return None if drug is None or mg is None else prednisone.equivalent(drug, mg, betamethasone_mg)


def _said(dose: float | None) -> list[str]:
    return ["unknown: drug or dose"] if dose is None else [f"prednisone {dose:g} mg"]


def _default(payload: Payload) -> dict[str, object]:
    dose = _dose(payload)
    return {"prednisone_mg": dose, "because": _said(dose)}


def _betamethasone(payload: Payload) -> dict[str, object]:
    dose = _dose(payload, betamethasone_mg=0.6)
    return {"prednisone_mg": dose, "because": _said(dose)}


def _threshold(payload: Payload) -> dict[str, object]:
    dose = _dose(payload)
    return {"prednisone_mg": dose, "lldas_gc": prednisone.within_lldas(dose), "because": _said(dose)}


PREDNISONE = Instrument(
    "prednisone-equivalent",
    "Glucocorticoid dose as prednisone",
    prednisone.CITATION,
    (
        Variant("default", ("drug", "mg"), ("prednisone_mg",), _default),
        Variant("threshold", ("drug", "mg"), ("prednisone_mg", "lldas_gc"), _threshold),
        Variant("betamethasone_0_6", ("drug", "mg"), ("prednisone_mg",), _betamethasone),
    ),
)


def _surface(payload: Payload) -> float | None:
    cm = reading.number(payload, "cm", (0.0, 300.0), positive=True)
    kg = reading.number(payload, "kg", (0.0, 500.0), positive=True)
    return None if cm is None or kg is None else body_surface.mosteller(cm, kg)


def _mosteller(payload: Payload) -> dict[str, object]:
    m2 = _surface(payload)
    return {"m2": m2, "because": ["unknown: height or weight"] if m2 is None else ["√(cm × kg / 3600)"]}


def _conditioning(payload: Payload) -> dict[str, object]:
    m2 = _surface(payload)
    days = reading.count(payload, "days")
    out: dict[str, object] = {"m2": m2}
    for drug in ("flu", "cy"):
        dose = reading.number(payload, f"{drug}_mg_m2", reading.NOT_NEGATIVE)
        known = m2 is not None and days is not None and dose is not None
        out[f"{drug}_total_mg"] = body_surface.total_mg(m2, dose, days) if known else None  # type: ignore[arg-type]
    unknown = [key for key in ("cm", "kg", "flu_mg_m2", "cy_mg_m2", "days") if payload.get(key) is None]
    return {**out, "because": [f"unknown: {key}" for key in unknown] or [f"body surface {m2:.3f} m²"]}


BSA = Instrument(
    "bsa",
    "Body surface and conditioning doses",
    body_surface.CITATION,
    (
        Variant("mosteller", ("cm", "kg"), ("m2",), _mosteller),
        Variant(
            "conditioning",
            ("cm", "kg", "flu_mg_m2", "cy_mg_m2", "days"),
            ("flu_total_mg", "cy_total_mg", "m2"),
            _conditioning,
        ),
    ),
)


def _cdisc(payload: Payload) -> dict[str, object]:
    day = reading.number(payload, "protocol_day", whole=True)
    if day is None:
        return {"study_day": None, "because": ["unknown: protocol_day"]}
    return {"study_day": study_day.from_protocol_day(int(day)), "because": ["day 0 is study day 1"]}


STUDY_DAY = Instrument(
    "study-day",
    "Protocol day as CDISC study day",
    study_day.CITATION,
    (Variant("cdisc", ("protocol_day",), ("study_day",), _cdisc),),
)
