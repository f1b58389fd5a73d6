"""lldas through JSON."""

from __future__ import annotations

from remit.instruments import lldas, selena_flare, sledai_2k
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.instruments.door.investigational import product

_KEYS = (
    "sledai", "active", "previous_active", "pga", "pred_mg", "hemolytic_anemia", "gi_activity", "maintenance_ok",
    "investigational", "sfi_flare_vs_baseline", "missing",
)  # fmt: skip


def visit(payload: Payload) -> lldas.LldasInput:
    """The typed visit of a payload."""
    codes = sledai_2k.CODES
    active = reading.findings(payload, "active", codes)
    return lldas.LldasInput(
        sledai=reading.number(payload, "sledai", (0.0, 105.0), whole=True),
        active=active,
        previous_active=reading.words(payload, "previous_active", codes),
        pga=reading.number(payload, "pga", (0.0, 3.0)),
        pred_mg=reading.number(payload, "pred_mg", reading.NOT_NEGATIVE),
        hemolytic_anemia=reading.truth(payload, "hemolytic_anemia"),
        gi_activity=reading.truth(payload, "gi_activity"),
        maintenance_ok=reading.truth(payload, "maintenance_ok"),
        investigational=product(payload),
        sfi_flare_vs_baseline=reading.word(payload, "sfi_flare_vs_baseline", selena_flare.FLARES),
        missing=reading.findings(payload, "missing", codes) - active,
    )


def _variant(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        return answers.state("lldas", lldas.judge(visit(payload), name))

    return Variant(name, _KEYS, ("lldas",), function)


INSTRUMENT = Instrument(
    "lldas",
    "Lupus Low Disease Activity State",
    lldas.CITATION,
    tuple(_variant(name) for name in lldas.VARIANTS),
)
