"""Any one misspelt field in any example is refused, and the message names its path, its line and the right word."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.errors import ProtocolError
from remit.exchange.protocol_yaml import parse_protocol

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("kn5501-sle", "kn5501-sad-mad", "kn5601-paediatric", "cdisc-pilot")

# The keys inside these are names of other rooms (a design's parameters, an instrument's options), checked there.
FREE = {"parameters", "options", "guards", "instruments"}


def fields(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if not (path and path[-1] in FREE):
                yield (*path, key)
            yield from fields(value, (*path, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from fields(value, (*path, position))


DOCUMENTS = {
    name: parse_protocol((ROOT / "examples" / name / "protocol.yaml").read_text("utf-8")).model_dump(
        mode="json", exclude_defaults=True
    )
    for name in FOLDERS
}
PLACES = [(name, path) for name, data in DOCUMENTS.items() for path in fields(data)]
WORDS = {path[-1] for _, path in PLACES}


def misspelt(word: str, position: int, how: str) -> str:
    at = position % len(word)
    return {
        "drop": word[:at] + word[at + 1 :],
        "double": word[:at] + word[at] + word[at:],
        "x": word[:at] + "x" + word[at + 1 :],
    }[how]


def renamed(data: Any, path: tuple[str | int, ...], word: str) -> Any:
    if isinstance(data, dict):
        if len(path) == 1:
            return {word if key == path[0] else key: value for key, value in data.items()}
        return {key: renamed(value, path[1:], word) if key == path[0] else value for key, value in data.items()}
    return [renamed(value, path[1:], word) if position == path[0] else value for position, value in enumerate(data)]


@settings(max_examples=100, deadline=None)
@given(place=st.sampled_from(PLACES), position=st.integers(0, 30), how=st.sampled_from(["drop", "double", "x"]))
def test_any_misspelt_field_is_refused_by_its_path(
    place: tuple[str, tuple[str | int, ...]], position: int, how: str
) -> None:
    name, path = place
    word = misspelt(str(path[-1]), position, how)
    if word in WORDS or not word:
        return
    text = json.dumps(renamed(DOCUMENTS[name], path, word), indent=1)  # JSON is YAML

    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text)

    said = str(caught.value)
    assert f"› {word}: not a field." in said
    line = int(said.split()[2])
    assert word in text.splitlines()[line - 1]
    named = [step for step in path[:-1] if isinstance(step, str)]
    assert all(step in said for step in named)
