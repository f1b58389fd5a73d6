"""bilag-2004 through JSON: letters to a number, items of one system to a letter, the pyrexia threshold."""

from __future__ import annotations

from remit.errors import InputError
from remit.instruments import bilag_2004, bilag_index
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import reading
from remit.instruments.sledai_laboratory import lab_item


def _numeric(coding: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        grades = reading.items(payload, "grades")
        if grades is None:
            return {"score": None, "because": ["unknown: grades"]}
        if len(grades) > 9:
            raise InputError('"grades" must hold at most nine letters, one per system.')
        letters = [reading.as_word(letter, "grades", bilag_2004.LETTERS) for letter in grades]
        score = bilag_2004.numeric(letters, coding)
        return {"score": score.score, "min": score.low, "max": score.high, "because": list(score.because)}

    return Variant(coding, ("grades",), ("score", "min", "max"), function)


def _item(name: str, value: object) -> float | bool | None:
    key = f"items.{name}"
    if name in bilag_2004.MEASURES:
        return reading.as_number(value, key, reading.NOT_NEGATIVE)
    if name in bilag_2004.YES_NO and isinstance(value, bool):
        return value
    if isinstance(value, bool):
        raise InputError(f'"{key}" must be a whole number from 0 to 4, or null for not done.')
    return reading.as_number(value, key, (0.0, 4.0), whole=True)


def _grade(payload: Payload) -> dict[str, object]:
    system = reading.word(payload, "system", bilag_2004.SYSTEMS)
    given = reading.mapping(payload, "items") or {}
    ever_active = reading.truth(payload, "ever_active")
    if system is None:
        return {"grade": None, "because": ["unknown: system"]}
    reading.only(given, "items", bilag_2004.ITEMS[system])
    letter = bilag_2004.grade_system(system, {name: _item(name, value) for name, value in given.items()}, ever_active)
    out: dict[str, object] = {"grade": letter.grade, "because": list(letter.because)}
    if letter.grade is None:
        out |= {"best": letter.best, "worst": letter.worst}
    return out


def _pyrexia(payload: Payload) -> dict[str, object]:
    celsius = reading.number(payload, "temperature_c", (25.0, 45.0))
    return {
        "bilag_pyrexia": bilag_2004.pyrexia(celsius),
        "sledai_fever": lab_item("fever", {"temperature_c": celsius}, True).met,
        "because": ["BILAG > 37.5 °C, SLEDAI > 38 °C" if celsius is not None else "unknown: temperature"],
    }


_INDEX_KEYS = ("entered", "items", "ever_active", "signed_off")


def _index(payload: Payload) -> dict[str, object]:
    entered = reading.mapping(payload, "entered") or {}
    reading.only(entered, "entered", bilag_2004.SYSTEMS)
    letters = {name: reading.as_word(value, f"entered.{name}", bilag_2004.LETTERS) for name, value in entered.items()}
    ever = reading.mapping(payload, "ever_active") or {}
    reading.only(ever, "ever_active", bilag_2004.SYSTEMS)
    given = reading.mapping(payload, "items") or {}
    reading.only(given, "items", bilag_2004.SYSTEMS)
    items = {}
    for name in given:
        one = reading.mapping(given, name)
        if one is not None:
            reading.only(one, f"items.{name}", bilag_2004.ITEMS[name])
            items[name] = {item: _item(item, value) for item, value in one.items()}
    index = bilag_index.judge(
        letters,
        items,
        {name: reading.as_truth(value, f"ever_active.{name}") for name, value in ever.items()},
        reading.truth(payload, "signed_off"),
    )
    return {
        "letters": index.letters, "computed": index.computed, "score": index.score, "min": index.low,
        "max": index.high, "tally": index.tally, "differences": list(index.differences), "because": list(index.because),
    }  # fmt: skip


_INDEX = Variant(
    "index",
    _INDEX_KEYS,
    ("letters", "computed", "score", "min", "max", "tally", "differences"),
    _index,
)

INSTRUMENT = Instrument(
    "bilag-2004",
    "British Isles Lupus Assessment Group 2004 index",
    bilag_2004.CITATION,
    (
        _numeric("numeric"),
        _numeric("numeric_12_5_1"),
        _numeric("numeric_9_3_1"),
        Variant("grade", ("system", "items", "ever_active"), ("grade",), _grade),
        _INDEX,
        Variant("pyrexia_threshold", ("temperature_c",), ("bilag_pyrexia", "sledai_fever"), _pyrexia),
    ),
)
