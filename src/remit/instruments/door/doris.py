"""doris through JSON."""

from __future__ import annotations

from remit.instruments import doris
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.instruments.door.investigational import product
from remit.instruments.investigational import NONE

_KEYS = (
    "csledai", "sledai", "pga", "pred_mg", "is_stable", "is_any", "biologic_any", "antimalarial", "dsdna_high",
    "c3_or_c4_low", "investigational",
)  # fmt: skip


def visit(payload: Payload) -> doris.DorisInput:
    """The typed visit of a payload; the definition does not ask for investigational drugs, so none unless stated."""
    return doris.DorisInput(
        csledai=reading.number(payload, "csledai", (0.0, 101.0), whole=True),
        sledai=reading.number(payload, "sledai", (0.0, 105.0), whole=True),
        pga=reading.number(payload, "pga", (0.0, 3.0)),
        pred_mg=reading.number(payload, "pred_mg", reading.NOT_NEGATIVE),
        is_stable=reading.truth(payload, "is_stable"),
        is_any=reading.truth(payload, "is_any"),
        biologic_any=reading.truth(payload, "biologic_any"),
        antimalarial=reading.truth(payload, "antimalarial"),
        dsdna_high=reading.truth(payload, "dsdna_high"),
        c3_or_c4_low=reading.truth(payload, "c3_or_c4_low"),
        investigational=product(payload) or NONE,
    )


def _variant(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        return answers.state("doris", doris.judge(visit(payload), name))

    return Variant(name, _KEYS, ("doris",), function)


def _drug_free(payload: Payload) -> dict[str, object]:
    """Both readings: an antimalarial allowed (the answer), and not even that."""
    typed = visit(payload)
    out = answers.state("doris", doris.judge(typed, "drug_free"))
    out["doris_no_antimalarial"] = doris.judge(typed, "drug_free_no_antimalarial").met
    return out


INSTRUMENT = Instrument(
    "doris",
    "DORIS remission",
    doris.CITATION,
    tuple(
        Variant(name, _KEYS, ("doris", "doris_no_antimalarial"), _drug_free) if name == "drug_free" else _variant(name)
        for name in doris.VARIANTS
    ),
)
