"""The JSON door: what is found, what is refused, what is listed."""

from __future__ import annotations

import math
from typing import Any

import pytest

from remit import instruments
from remit.errors import InputError


@pytest.mark.parametrize(
    ("name", "variant", "payload", "message"),
    [
        ("ldas", None, {}, '"ldas" is not an instrument. Did you mean "lldas"?'),
        ("doris", "doris_2020", {}, 'doris: "doris_2020" is not a variant. Did you mean "doris_2021"?'),
        ("doris", None, [], "doris doris_2021: the input must be a JSON object."),
        ("doris", None, {"csledia": 0}, '"csledia" is not a key of doris doris_2021. Did you mean "csledai"?'),
        ("doris", None, {"pga": math.nan}, '"pga" must be a number from 0 to 3, or null.'),
        ("doris", None, {"pga": math.inf}, '"pga" must be a number from 0 to 3, or null.'),
        ("doris", None, {"pga": "0.2"}, '"pga" must be a number from 0 to 3, or null.'),
        ("doris", None, {"is_any": 0}, '"is_any" must be true, false or null.'),
        ("crs-astct", None, {"oxygen": "cannula"}, '"oxygen": "cannula" is not known.'),
        ("crs-astct", None, {"vasopressors": ["noradrenaline"]}, '"vasopressors": "noradrenaline" is not known.'),
        ("crs-astct", None, {"fever_c": 101.2}, '"fever_c" must be a number from 25 to 45, or null.'),
        ("ice", None, {"orientation": 5}, '"orientation" must be a whole number from 0 to 4, or null.'),
        ("sri", None, {"bilag": {"skin": "A"}}, '"bilag": "skin" is not a key.'),
        ("sri", None, {"bilag": {"muc": "F"}}, '"bilag.muc": "F" is not known.'),
        ("dlt", None, {"event": {"type": "crs"}}, '"event.type": "crs" is not known.'),
        ("dlt", None, {"event": {"typ": "CRS"}}, '"event": "typ" is not a key. Did you mean "type"?'),
        ("icaht", None, {"anc_per_ul_by_day": {"first": 1}}, '"anc_per_ul_by_day" must have protocol days as keys'),
        ("bsa", None, {"cm": 0, "kg": 50}, '"cm" must be a number above 0 up to 300, or null.'),
        ("bilag-2004", None, {"grades": ["A"] * 10}, '"grades" must hold at most nine letters'),
    ],
)
def test_a_wrong_request_gets_one_sentence(name: str, variant: str | None, payload: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        instruments.call(name, variant, payload)

    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2


def test_no_message_repeats_a_measured_value() -> None:
    with pytest.raises(InputError) as raised:
        instruments.call("lldas", None, {"pred_mg": -12345.5})

    assert "12345" not in str(raised.value)


def test_the_listing_names_every_variant_with_its_keys_and_source() -> None:
    rows = instruments.listing()

    assert len({(row["name"], row["variant"]) for row in rows}) == len(rows) >= 90
    assert all(row["input"] and row["output"] and row["source"] for row in rows)
    assert sum(1 for row in rows if row["default"]) == len(instruments.INSTRUMENTS)


@pytest.mark.parametrize("instrument", instruments.INSTRUMENTS, ids=lambda instrument: instrument.key)
def test_every_variant_answers_an_empty_object_with_its_output_keys(instrument: instruments.Instrument) -> None:
    for variant in instrument.variants:
        answer = instruments.call(instrument.key, variant.name, {})

        assert set(variant.outputs) - {"error"} <= set(answer)
        assert answer["because"]
        assert all(isinstance(reason, str) for reason in answer["because"])  # type: ignore[attr-defined]
