"""sri through JSON."""

from __future__ import annotations

from remit.instruments import sri
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.instruments.door.bilag_letters import letters

_KEYS = ("sledai_bl", "sledai", "pga_bl", "pga", "bilag_bl", "bilag", "medication_ok")


def visit(payload: Payload) -> sri.SriInput:
    """The typed visit of a payload."""
    return sri.SriInput(
        sledai_bl=reading.number(payload, "sledai_bl", (0.0, 105.0), whole=True),
        sledai=reading.number(payload, "sledai", (0.0, 105.0), whole=True),
        pga_bl=reading.number(payload, "pga_bl", (0.0, 3.0)),
        pga=reading.number(payload, "pga", (0.0, 3.0)),
        bilag_bl=letters(payload, "bilag_bl"),
        bilag=letters(payload, "bilag"),
        medication_ok=reading.truth(payload, "medication_ok"),
    )


def _variant(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        typed = visit(payload)
        out = answers.state("response", sri.judge(typed, name))
        out["attainable"] = sri.attainable(typed.sledai_bl, name)
        return out

    return Variant(name, _KEYS, ("response", "attainable"), function)


INSTRUMENT = Instrument("sri", "SLE Responder Index", sri.CITATION, tuple(_variant(name) for name in sri.VARIANTS))
