"""state-time, serology, joints-28 and fludarabine-renal through JSON."""

from __future__ import annotations

from remit.criteria import Truth
from remit.errors import InputError
from remit.instruments import fludarabine, joints, serology, state_time
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading


def _visits(payload: Payload) -> list[tuple[float, Truth]]:
    visits: list[tuple[float, Truth]] = []
    for pair in reading.items(payload, "visits") or ():
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise InputError('"visits" must hold pairs of protocol day and true, false or null.')
        day = reading.as_number(pair[0], "visits")
        if day is None:
            raise InputError('"visits" must have a protocol day in every pair.')
        visits.append((day, reading.as_truth(pair[1], "visits")))
    return visits


def _share(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        visits = _visits(payload)
        share = state_time.share(visits, reading.number(payload, "last_day"), name)
        return {
            **answers.state("met", share.met),
            "share": share.low if share.low == share.high else None,
            "min": share.low,
            "max": share.high,
            "days_observed": answers.whole(share.days_observed),
            "days_in_state": answers.whole(share.days_in_state),
        }

    return Variant(
        name, ("visits", "last_day"), ("met", "share", "min", "max", "days_observed", "days_in_state"), function
    )


def _longest(payload: Payload) -> dict[str, object]:
    days = state_time.longest(_visits(payload))
    because = ["unknown: no visit"] if days is None else ["first to last visit of the longest unbroken run"]
    return {"days": answers.whole(days), "because": because}


STATE_TIME = Instrument(
    "state-time",
    "Share of observed time in a state (LLDAS-50)",
    state_time.CITATION,
    (*(_share(name) for name in state_time.VARIANTS), Variant("longest_run", ("visits",), ("days",), _longest)),
)

_SEROLOGY = ("dsdna", "dsdna_uln", "c3", "c3_lln", "c4", "c4_lln", "dsdna_positive", "complement_low")


def _serology(payload: Payload) -> dict[str, object]:
    values = {
        key: reading.number(payload, key, reading.NOT_NEGATIVE, positive=key.endswith("ln")) for key in _SEROLOGY[:6]
    }
    visit = serology.Serology(
        **values,
        dsdna_positive=reading.truth(payload, "dsdna_positive"),
        complement_low=reading.truth(payload, "complement_low"),
    )
    return answers.state("remission", serology.judge(visit))


SEROLOGY = Instrument(
    "serology",
    "Serological remission",
    serology.CITATION,
    (Variant("default", _SEROLOGY, ("remission",), _serology),),
)

_SIGNS = ("painful", "tender", "swollen", "effusion", "not_assessed")


def _count(rule: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        seen = joints.Examination(*(reading.findings(payload, sign, joints.JOINTS) for sign in _SIGNS))
        counts = joints.count(seen, rule)
        out: dict[str, object] = {"tender": counts.tender, "swollen": counts.swollen, "active": counts.active}
        if counts.open_joints:
            most = counts.active_low + counts.open_joints
            return {**out, "min": counts.active_low, "max": most, "because": ["unknown: joints not assessed"]}
        return {**out, "because": [rule.replace("_", " ")]}

    return Variant(rule, _SIGNS, ("tender", "swollen", "active"), function)


def _half(name: str, least: int) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        baseline, now = (reading.count(payload, key, 28) for key in ("baseline", "now"))
        return answers.state("response", joints.joint_50(baseline, now, least))

    return Variant(name, ("baseline", "now"), ("response",), function)


JOINTS = Instrument(
    "joints-28",
    "28-joint counts and Joint-50",
    joints.CITATION,
    (*(_count(rule) for rule in joints.RULES), _half("Joint-50", 4), _half("Joint-50_from_6", 6)),
)

_RENAL = ("clearance_ml_min", "age_years", "kg", "creatinine_mg_dl", "female")


def _advice(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        stated = reading.number(payload, "clearance_ml_min", reading.NOT_NEGATIVE)
        computed = fludarabine.clearance(
            reading.number(payload, "age_years", (0.0, 120.0)),
            reading.number(payload, "kg", (0.0, 400.0), positive=True),
            reading.number(payload, "creatinine_mg_dl", (0.0, 100.0), positive=True),
            reading.truth(payload, "female"),
        )
        clearance = computed if stated is None else stated
        advice = fludarabine.advice(clearance, name)
        dose = None if advice.share is None else answers.whole(round(advice.share * fludarabine.FULL_MG_M2, 9))
        return {"clearance": clearance, "share": advice.share, "mg_m2": dose, "because": list(advice.because)}

    return Variant(name, _RENAL, ("clearance", "share", "mg_m2"), function)


FLUDARABINE = Instrument(
    "fludarabine-renal",
    "Fludarabine dose that a label gives for the kidney function",
    fludarabine.CITATION,
    tuple(_advice(name) for name in fludarabine.VARIANTS),
)
