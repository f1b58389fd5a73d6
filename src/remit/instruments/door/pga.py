"""pga through JSON: a value and its scale in, 0-3 out."""

from __future__ import annotations

from remit.instruments import pga
from remit.instruments.catalog import ERROR, Instrument, Payload, Variant
from remit.instruments.door import reading


def _convert(payload: Payload) -> dict[str, object]:
    scale = reading.word(payload, "scale", pga.SCALES)
    top = max(pga.SCALES.values()) if scale is None else pga.SCALES[scale]
    value = reading.number(payload, "value", (0.0, top))
    converted = pga.to_0_3(value, scale)
    if converted is None:
        return {"pga_0_3": None, "because": ["unknown: " + ("value" if value is None else "scale")]}
    return {"pga_0_3": converted, "because": [f"scale {scale}"]}


INSTRUMENT = Instrument(
    "pga",
    "Physician's global assessment",
    pga.CITATION,
    (Variant("convert", ("value", "scale"), ("pga_0_3", ERROR), _convert),),
)
