"""BILAG letters by system, as SRI and BICLA read them."""

from __future__ import annotations

from remit.instruments.catalog import Payload
from remit.instruments.door import reading
from remit.instruments.sri import SYSTEMS

LETTERS = ("A", "B", "C", "D", "E")


def letters(payload: Payload, key: str) -> dict[str, str | None] | None:
    """System -> letter; null for the whole object or one system is unknown."""
    given = reading.mapping(payload, key)
    if given is None:
        return None
    reading.only(given, key, SYSTEMS)
    return {system: reading.as_word(letter, f"{key}.{system}", LETTERS) for system, letter in given.items()}
