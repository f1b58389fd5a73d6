"""sledai-2k through JSON: scores, single laboratory items under two wordings, and look-back windows."""

from __future__ import annotations

from collections.abc import Callable

from remit.errors import InputError, nearest
from remit.instruments import sledai_2k
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.instruments.sledai_laboratory import Wording

_LAB_KEYS = ("item", "value", "attributed_to_sle", "cause")
_TEMPERATURE = (25.0, 45.0)


def _score(payload: Payload) -> dict[str, object]:
    active = reading.findings(payload, "active", sledai_2k.CODES)
    missing = reading.findings(payload, "missing", sledai_2k.CODES)
    both = sorted(active & missing)
    if both:
        raise InputError(f'"missing": "{both[0]}" is also in "active"; an item is either present or not assessed.')
    score = sledai_2k.score(active, missing)
    return {
        "total": score.total,
        "clinical": score.clinical,
        "min": score.low,
        "max": score.high,
        "because": list(score.because),
    }


def _values(payload: Payload, item: str | None) -> dict[str, float | None]:
    given = reading.mapping(payload, "value") or {}
    if item is None:
        return {}
    keys = sledai_2k.LABORATORY_ITEMS[item]
    reading.only(given, "value", keys)
    allowed = _TEMPERATURE if item == "fever" else reading.NOT_NEGATIVE
    whole = item == "arthritis"
    return {key: reading.as_number(given.get(key), f"value.{key}", allowed, whole) for key in keys}


def _lab_item(wording: Wording, items: tuple[str, ...]) -> Callable[[Payload], dict[str, object]]:
    def function(payload: Payload) -> dict[str, object]:
        item = reading.text(payload, "item")
        if item is not None and item not in items:
            hint = nearest(item, items)
            raise InputError(f'"item": "{item}" has no threshold here.{hint} Allowed: {", ".join(items)}.')
        values = _values(payload, item)
        attributed = reading.truth(payload, "attributed_to_sle")
        cause = reading.text(payload, "cause")
        if item is None:
            return {"present": None, "because": ["unknown: item"]}
        return answers.state("present", sledai_2k.lab_item(item, values, attributed, wording, cause))

    return function


def _rounded_ratio(payload: Payload) -> dict[str, object]:
    """The proteinuria item where 50 mg/mmol, not 56.55, stands for 0.5 g/g."""
    given = dict(reading.mapping(payload, "value") or {})
    ratio = reading.number(given, "upcr_mg_mmol", reading.NOT_NEGATIVE)
    if ratio is not None:
        if given.get("upcr_g_g") is not None:
            raise InputError('"value": "upcr_mg_mmol" and "upcr_g_g" state one ratio twice: give one of them.')
        given |= {"upcr_mg_mmol": None, "upcr_g_g": ratio / 100.0}
    return _lab_item("2K", ("proteinuria",))({**payload, "value": given})


def _window(days: int) -> Callable[[Payload], dict[str, object]]:
    def function(payload: Payload) -> dict[str, object]:
        reading.word(payload, "item", sledai_2k.CODES)
        seen = reading.number(payload, "last_present_days_before_visit", reading.NOT_NEGATIVE)
        return answers.state("present", sledai_2k.within_window(seen, days))

    return function


_ALL = tuple(sledai_2k.LABORATORY_ITEMS)
_WINDOW_KEYS = ("item", "last_present_days_before_visit")

INSTRUMENT = Instrument(
    "sledai-2k",
    "SLE Disease Activity Index 2000",
    sledai_2k.CITATION,
    (
        Variant("default", ("active", "missing"), ("total", "clinical", "min", "max"), _score),
        Variant("lab_item", _LAB_KEYS, ("present",), _lab_item("2K", _ALL)),
        Variant("arthritis_2K", _LAB_KEYS, ("present",), _lab_item("2K", ("arthritis",))),
        Variant("arthritis_SELENA", _LAB_KEYS, ("present",), _lab_item("SELENA", ("arthritis",))),
        Variant("strict_missing", ("active", "missing"), ("total", "clinical", "min", "max"), _score),
        Variant("window_30", _WINDOW_KEYS, ("present",), _window(30)),
        Variant("window_28", _WINDOW_KEYS, ("present",), _window(28)),
        Variant("window_10", _WINDOW_KEYS, ("present",), _window(10)),
        Variant("persistent_proteinuria", _LAB_KEYS, ("present",), _lab_item("2K", ("proteinuria",))),
        Variant("upcr_50", _LAB_KEYS, ("present",), _rounded_ratio),
        Variant("SELENA_new_or_rise", _LAB_KEYS, ("present",), _lab_item("SELENA", ("proteinuria",))),
    ),
)
