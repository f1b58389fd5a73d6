"""selena-flare and sle-das through JSON."""

from __future__ import annotations

from remit.instruments import selena_flare, sle_das
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading

_FLARE_KEYS = (
    "sledai_prev", "sledai", "pga_prev", "pga", "pred_mg_kg_prev", "pred_mg_kg", "new_drugs", "hospitalised_for_sle",
    "manifestations", "led_to_care",
)  # fmt: skip


_MANIFESTATIONS = sorted(selena_flare.MILD_MANIFESTATIONS | selena_flare.SEVERE_MANIFESTATIONS)


def _flare(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        flare = selena_flare.judge(_visit(payload), name)
        return {"flare": flare.flare, "flare_without_drugs": flare.without_drugs, "because": list(flare.because)}

    return Variant(name, _FLARE_KEYS, ("flare", "flare_without_drugs"), function)


def _visit(payload: Payload) -> selena_flare.FlareInput:
    return selena_flare.FlareInput(
        sledai_prev=reading.number(payload, "sledai_prev", (0.0, 105.0), whole=True),
        sledai=reading.number(payload, "sledai", (0.0, 105.0), whole=True),
        pga_prev=reading.number(payload, "pga_prev", (0.0, 3.0)),
        pga=reading.number(payload, "pga", (0.0, 3.0)),
        pred_mg_kg_prev=reading.number(payload, "pred_mg_kg_prev", reading.NOT_NEGATIVE),
        pred_mg_kg=reading.number(payload, "pred_mg_kg", reading.NOT_NEGATIVE),
        new_drugs=reading.words(payload, "new_drugs", sorted(selena_flare.MILD_DRUGS | selena_flare.SEVERE_DRUGS)),
        hospitalised_for_sle=reading.truth(payload, "hospitalised_for_sle"),
        manifestations=reading.findings(payload, "manifestations", _MANIFESTATIONS),
        led_to_care=reading.truth(payload, "led_to_care"),
    )


SELENA_FLARE = Instrument(
    "selena-flare",
    "SELENA-SLEDAI flare index",
    selena_flare.CITATION,
    tuple(_flare(name) for name in selena_flare.VARIANTS),
)


def _das(name: str, from_joints: bool) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        joints = reading.count(payload, "sjc28", 28)
        score = sle_das.score(
            reading.findings(payload, "flags", sle_das.FLAGS),
            answers.whole(joints),
            reading.number(payload, "proteinuria_mg", reading.NOT_NEGATIVE),
            reading.number(payload, "platelets", positive=True),
            reading.number(payload, "wbc", positive=True),
            from_joints,
        )
        return {"score": score.score, "category": score.category, "flag": score.flag, "because": list(score.because)}

    keys = ("flags", "sjc28", "proteinuria_mg", "platelets", "wbc")
    return Variant(name, keys, ("score", "category", "flag"), function)


SLE_DAS = Instrument(
    "sle-das",
    "SLE Disease Activity Score",
    sle_das.CITATION,
    (_das("default", True), _das("arthritis_ticked", False)),
)
