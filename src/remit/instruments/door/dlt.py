"""dlt through JSON: an event, a subject's exposure, or both."""

from __future__ import annotations

from collections.abc import Callable

from remit.instruments import dlt
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import reading

_EVENT_KEYS = ("type", "grade", "day", "duration_d", "cause")
_EXPOSURE_KEYS = ("infusions_received", "followed_days_after_last", "stopped_for_dlt", "had_dlt")


def _event(payload: Payload) -> dlt.Event | None:
    given = reading.mapping(payload, "event")
    if given is None:
        return None
    reading.only(given, "event", _EVENT_KEYS)
    return dlt.Event(
        type=reading.as_word(given.get("type"), "event.type", dlt.EVENT_TYPES),
        grade=reading.as_number(given.get("grade"), "event.grade", (0.0, 5.0), whole=True),
        day=reading.as_number(given.get("day"), "event.day"),
        duration_d=reading.as_number(given.get("duration_d"), "event.duration_d", reading.NOT_NEGATIVE),
        cause=reading.as_word(given.get("cause"), "event.cause", dlt.CAUSES),
    )


def _exposure(payload: Payload) -> dlt.Exposure | None:
    given = reading.mapping(payload, "evaluable")
    if given is None:
        return None
    reading.only(given, "evaluable", _EXPOSURE_KEYS)
    return dlt.Exposure(
        infusions_received=reading.as_number(
            given.get("infusions_received"), "evaluable.infusions_received", reading.NOT_NEGATIVE, whole=True
        ),
        followed_days_after_last=reading.as_number(
            given.get("followed_days_after_last"), "evaluable.followed_days_after_last", reading.NOT_NEGATIVE
        ),
        stopped_for_dlt=reading.as_truth(given.get("stopped_for_dlt"), "evaluable.stopped_for_dlt"),
        had_dlt=reading.as_truth(given.get("had_dlt"), "evaluable.had_dlt"),
    )


def _by(template: dlt.Template) -> Callable[[Payload], dict[str, object]]:
    def function(payload: Payload) -> dict[str, object]:
        last = reading.number(payload, "last_infusion_day", reading.NOT_NEGATIVE)
        event, exposure = _event(payload), _exposure(payload)
        out: dict[str, object] = {"dlt": None, "evaluable": None}
        because: list[str] = []
        if event is not None:
            judged = dlt.judge(event, last, template)
            out["dlt"] = judged.met
            because += judged.because
        if exposure is not None:
            judged = dlt.evaluable(exposure, template, last)
            out["evaluable"] = judged.met
            because += judged.because
        return {**out, "because": because or ["unknown: neither an event nor an exposure"]}

    return function


_KEYS = ("last_infusion_day", "event", "evaluable")

INSTRUMENT = Instrument(
    "dlt",
    "Dose-limiting toxicity",
    dlt.CITATION,
    (
        Variant("template", _KEYS, ("dlt", "evaluable"), _by(dlt.TEMPLATE)),
        Variant("first_infusion", _KEYS, ("dlt", "evaluable"), _by(dlt.FIRST_INFUSION)),
    ),
)
