"""Unquoted words of a protocol mean what they look like, and quoted words stay text."""

from datetime import date

import pytest

from remit.exchange.protocol_yaml import scalar


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("true", True),
        ("false", False),
        ("no", "no"),  # Norway's country code is not a boolean
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("y", "y"),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-5", -5),
        ("0", 0),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("7.5e8", 7.5e8),
        ("0.75", 0.75),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("9" * 400, "9" * 400),
        ("2024-10-01", date(2024, 10, 1)),
        ("2024-02-30", "2024-02-30"),
        ("10^9 cells", "10^9 cells"),
    ],
)
def test_an_unquoted_word(word: str, meaning: object) -> None:
    got = scalar(word)

    assert got == meaning
    assert type(got) is type(meaning)
