"""bicla through JSON."""

from __future__ import annotations

from remit.instruments import bicla
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.instruments.door.bilag_letters import letters

_KEYS = ("bilag_bl", "bilag", "sledai_bl", "sledai", "pga_bl", "pga", "treatment_failure")


def _variant(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        visit = bicla.BiclaInput(
            bilag_bl=letters(payload, "bilag_bl"),
            bilag=letters(payload, "bilag"),
            sledai_bl=reading.number(payload, "sledai_bl", (0.0, 105.0), whole=True),
            sledai=reading.number(payload, "sledai", (0.0, 105.0), whole=True),
            pga_bl=reading.number(payload, "pga_bl", (0.0, 3.0)),
            pga=reading.number(payload, "pga", (0.0, 3.0)),
            treatment_failure=reading.truth(payload, "treatment_failure"),
        )
        return answers.state("response", bicla.judge(visit, name))

    return Variant(name, _KEYS, ("response",), function)


INSTRUMENT = Instrument(
    "bicla", "BILAG-based Composite Lupus Assessment", bicla.CITATION, tuple(_variant(name) for name in bicla.VARIANTS)
)
