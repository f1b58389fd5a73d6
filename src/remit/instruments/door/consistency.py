"""consistency through JSON."""

from __future__ import annotations

from remit.instruments import consistency
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.instruments.door.bilag_letters import LETTERS


def _doris_total(payload: Payload) -> dict[str, object]:
    doris = reading.truth(payload, "doris")
    sledai = reading.number(payload, "sledai", (0.0, 105.0), whole=True)
    return answers.state("contradiction", consistency.doris_total(doris, sledai))


def _grim(payload: Payload) -> dict[str, object]:
    mean = reading.number(payload, "mean")
    n = reading.number(payload, "n", (1.0, 1e9), whole=True)
    decimals = reading.count(payload, "decimals", 12)
    if mean is None or n is None or decimals is None:
        missing = [key for key in ("mean", "n", "decimals") if payload.get(key) is None]
        return {"possible_integer_mean": None, "because": [f"unknown: {key}" for key in missing]}
    return answers.state("possible_integer_mean", consistency.possible_integer_mean(mean, int(n), decimals))


def _bilag(payload: Payload) -> dict[str, object]:
    history = reading.items(payload, "history")
    if history is None:
        return {"contradiction": None, "because": ["unknown: history"]}
    letters = [reading.as_word(letter, "history", LETTERS) for letter in history]
    return answers.state("contradiction", consistency.bilag_e_after_active(letters))


def _damage(payload: Payload) -> dict[str, object]:
    scores = reading.items(payload, "sdi")
    if scores is None:
        return {"contradiction": None, "because": ["unknown: sdi"]}
    values = [reading.as_number(score, "sdi", (0.0, 47.0), whole=True) for score in scores]
    return answers.state("contradiction", consistency.damage_falls(values))


INSTRUMENT = Instrument(
    "consistency",
    "Laws that recorded or printed numbers cannot break",
    consistency.CITATION,
    (
        Variant("doris_total", ("doris", "sledai"), ("contradiction",), _doris_total),
        Variant("grim", ("mean", "n", "decimals"), ("possible_integer_mean",), _grim),
        Variant("bilag_E_after_B", ("history",), ("contradiction",), _bilag),
        Variant("sdi_falls", ("sdi",), ("contradiction",), _damage),
    ),
)
