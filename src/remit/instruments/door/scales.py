"""toxicity-scales through JSON: one set of facts in, every scale's verdict out."""

from __future__ import annotations

from dataclasses import fields

from remit.instruments import scales
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import blood, cell_therapy, reading

_SERIES = ("neutrophils_by_day", "platelets_by_day")
_NUMBERS = tuple(
    field.name for field in fields(scales.Facts) if field.name not in (*_SERIES, "attributed", "crs", "temperature")
)
_KEYS = (*_NUMBERS, "temperature", "attributed", *_SERIES, "crs")


def _facts(payload: Payload) -> scales.Facts:
    numbers = {
        key: reading.number(payload, key, reading.NOT_NEGATIVE, positive=key.endswith(("uln", "lln")))
        for key in _NUMBERS
    }
    series = {
        key: {day: value for day, value in blood.by_day(payload, key, "counts ×10⁹/L").items() if value is not None}
        for key in _SERIES
    }
    crs = reading.mapping(payload, "crs")
    if crs is not None:
        reading.only(crs, "crs", cell_therapy.COURSE_KEYS)
    return scales.Facts(
        **numbers,
        temperature=reading.number(payload, "temperature", (25.0, 45.0)),
        attributed=reading.truth(payload, "attributed"),
        neutrophils_by_day=series["neutrophils_by_day"],
        platelets_by_day=series["platelets_by_day"],
        crs=None if crs is None else cell_therapy.course(crs),
    )


def _disagreements(payload: Payload) -> dict[str, object]:
    topics = scales.disagreements(_facts(payload))
    said = {topic.name: {verdict.scale: verdict.says for verdict in topic.verdicts} for topic in topics}
    apart = [topic.name for topic in topics if topic.disagree]
    because = [
        f"{verdict.scale}: {reason}" for topic in topics for verdict in topic.verdicts for reason in verdict.because
    ]
    return {"verdicts": said, "disagree": apart, "because": because or ["unknown: no fact that a scale grades"]}


INSTRUMENT = Instrument(
    "toxicity-scales",
    "The same facts under every scale",
    scales.CITATION,
    (Variant("disagreements", _KEYS, ("verdicts", "disagree"), _disagreements),),
)
