"""clasi, sdi and renal-response through JSON; the damage variants of the first two are in `damage`."""

from __future__ import annotations

from collections.abc import Mapping

from remit.errors import InputError
from remit.instruments import clasi, renal_response, sdi
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, damage, reading


def _lesion(area: str, value: object) -> dict[str, int | None]:
    if value is None:
        return dict.fromkeys(clasi.LESION)
    if not isinstance(value, Mapping):
        raise InputError(f'"areas.{area}" must be an object with the keys {", ".join(clasi.LESION)}.')
    reading.only(value, f"areas.{area}", clasi.LESION)
    return {part: reading.count(value, part, most) if part in value else 0 for part, most in clasi.LESION.items()}


def _activity(payload: Payload) -> dict[str, object]:
    areas = reading.mapping(payload, "areas")
    other = {part: reading.count(payload, part, most) for part, most in clasi.OTHER.items()}
    if areas is None:
        return {"activity": None, "because": ["unknown: areas"]}
    if len(areas) > len(clasi.AREAS):
        raise InputError(f'"areas" must hold at most {len(clasi.AREAS)} areas: {", ".join(clasi.AREAS)}.')
    activity = clasi.activity({area: _lesion(area, value) for area, value in areas.items()}, other)
    because = ["unknown: an area or a part"] if activity is None else [f"{len(areas)} areas with lesions listed"]
    return {"activity": activity, "because": because}


def _maximum(key: str, most: int) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        maximal = reading.truth(payload, "all_maximal")
        return {key: most if maximal else None, "because": ["everything maximal" if maximal else "unknown: the items"]}

    return Variant("activity_max" if key == "activity" else "max", ("all_maximal",), (key,), function)


def _band(payload: Payload) -> dict[str, object]:
    score = reading.number(payload, "activity", (0.0, float(clasi.MAXIMUM)), whole=True)
    if score is None:
        return {"band": None, "because": ["unknown: activity"]}
    return {"band": clasi.band(score), "because": ["0-9 mild, 10-20 moderate, 21-70 severe"]}


def _clasi_50(payload: Payload) -> dict[str, object]:
    limits = (0.0, float(clasi.MAXIMUM))
    baseline, now = (reading.number(payload, key, limits, whole=True) for key in ("baseline", "now"))
    return answers.state("response", clasi.clasi_50(baseline, now))


CLASI = Instrument(
    "clasi",
    "Cutaneous Lupus Disease Area and Severity Index",
    clasi.CITATION,
    (
        Variant("activity", ("areas", *clasi.OTHER), ("activity",), _activity),
        _maximum("activity", clasi.MAXIMUM),
        Variant("band", ("activity",), ("band",), _band),
        Variant("CLASI-50", ("baseline", "now"), ("response",), _clasi_50),
        damage.CLASI_DAMAGE,
    ),
)


def _yes(payload: Payload, key: str) -> bool | None:
    """An item given as true/false or as its 1/0 points."""
    value = payload.get(key)
    if isinstance(value, bool):
        return value
    points = reading.number(payload, key, (0.0, 3.0 if key == "esrd" else 1.0), whole=True)
    return None if points is None else points > 0


def _renal(payload: Payload) -> dict[str, object]:
    keys = ("gfr_lt50", "proteinuria_35", "esrd")
    return answers.grade(sdi.renal(*(_yes(payload, key) for key in keys)), "renal")


def _duration(payload: Payload) -> dict[str, object]:
    item = reading.text(payload, "item")
    months = reading.number(payload, "duration_months", reading.NOT_NEGATIVE)
    return answers.state("scored", sdi.scored(item, months))


SDI = Instrument(
    "sdi",
    "SLICC/ACR damage index",
    sdi.CITATION,
    (
        Variant("renal_cap", ("gfr_lt50", "proteinuria_35", "esrd"), ("renal",), _renal),
        _maximum("total", sdi.MAXIMUM),
        Variant("duration", ("item", "duration_months"), ("scored",), _duration),
        damage.SDI_TOTAL,
    ),
)

_RENAL_KEYS = {
    "PERR_BLISSLN": ("upcr_g_g", "egfr", "egfr_ref", "rescue"),
    "CRR_BLISSLN": ("upcr_g_g", "egfr", "egfr_ref", "rescue"),
    "CRR_AURORA": ("upcr_g_g", "egfr", "egfr_ref", "rescue", "pred_mg"),
    "KDIGO_partial": ("upcr_bl", "upcr_g_g", "egfr_change_pct"),
    "KDIGO_complete": ("upcr_g_g", "egfr_change_pct"),
    "CRR_BLISSLN_le": ("upcr_g_g", "egfr", "egfr_ref", "rescue"),
    "CRR_AURORA_by_days": ("upcr_g_g", "egfr", "egfr_ref", "rescue", "days_over_10mg", "run_over_10mg"),
    "KDIGO_partial_10": ("upcr_bl", "upcr_g_g", "egfr_change_pct"),
    "KDIGO_complete_10": ("upcr_g_g", "egfr_change_pct"),
}


def _response(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        visit = renal_response.RenalInput(
            upcr_g_g=reading.number(payload, "upcr_g_g", reading.NOT_NEGATIVE),
            egfr=reading.number(payload, "egfr", reading.NOT_NEGATIVE),
            egfr_ref=reading.number(payload, "egfr_ref", reading.NOT_NEGATIVE),
            rescue=reading.truth(payload, "rescue"),
            pred_mg=reading.number(payload, "pred_mg", reading.NOT_NEGATIVE),
            upcr_bl=reading.number(payload, "upcr_bl", reading.NOT_NEGATIVE),
            egfr_change_pct=reading.number(payload, "egfr_change_pct", (-100.0, float("inf"))),
            days_over_10mg=reading.count(payload, "days_over_10mg"),
            run_over_10mg=reading.count(payload, "run_over_10mg"),
        )
        return answers.state("response", renal_response.judge(visit, name))

    return Variant(name, _RENAL_KEYS[name], ("response",), function)


RENAL_RESPONSE = Instrument(
    "renal-response",
    "Renal response of lupus nephritis",
    renal_response.CITATION,
    tuple(_response(name) for name in _RENAL_KEYS),
)
