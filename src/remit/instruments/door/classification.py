"""eular-acr-2019 and acr-1997 through JSON."""

from __future__ import annotations

from remit.instruments import acr_1997, eular_acr_2019
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import reading


def _eular(payload: Payload) -> dict[str, object]:
    ana = reading.number(payload, "ana_titre", reading.NOT_NEGATIVE)
    items = reading.findings(payload, "items", eular_acr_2019.ITEMS)
    fever = eular_acr_2019.fever_item(reading.number(payload, "temperature_c", (25.0, 45.0)))
    if fever:
        items = items | {"fever"}
    answer = eular_acr_2019.classify(ana, items, reading.findings(payload, "missing", eular_acr_2019.ITEMS))
    return {"sle": answer.sle, "score": answer.score, "fever_item": fever, "because": list(answer.because)}


EULAR_ACR = Instrument(
    "eular-acr-2019",
    "EULAR/ACR classification of lupus 2019",
    eular_acr_2019.CITATION,
    (Variant("default", ("ana_titre", "items", "temperature_c", "missing"), ("sle", "score", "fever_item"), _eular),),
)


def _acr(payload: Payload) -> dict[str, object]:
    codes = (*acr_1997.ITEMS, *acr_1997.CRITERIA)
    answer = acr_1997.classify(reading.findings(payload, "items", codes), reading.findings(payload, "missing", codes))
    return {"count": answer.count, "sle": answer.sle, "because": list(answer.because)}


ACR_1997 = Instrument(
    "acr-1997",
    "ACR classification of lupus, 1997 update",
    acr_1997.CITATION,
    (Variant("default", ("items", "missing"), ("count", "sle"), _acr),),
)
