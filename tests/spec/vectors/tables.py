"""Reads the worked examples of the instruments: one text file per instrument, one row a clinical story.

    # SLE Disease Activity Index 2000

    ## lab_item: platelets
    item = thrombocytopenia
    value.platelets_e9_l | attributed_to_sle || present
    99.9                 | yes               || yes      # just below 100

Left of `||` is what `remit call` is asked, right of it what must be answered. A blank cell leaves the key out, `?` is
unknown (null). `a.b` is a key inside an object, `[a, b]` a list, `{0-13: 400, 14: 600}` an object in which a range of
days stands for each day. `key = cell` holds for every row of a table. A column `refused` holds words of the refusal.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
RANGE = re.compile(r"(-?\d+)-(\d+)")
WORDS = {"?": None, "yes": True, "no": False}
REFUSED = "refused"


@dataclass(frozen=True)
class Row:
    """One story: what is asked, and what is answered or refused."""

    instrument: str
    variant: str
    payload: dict[str, Any]
    expected: dict[str, Any]
    story: str


@dataclass(frozen=True)
class Block:
    """One table as printed: constants, column names and cells."""

    variant: str
    title: str
    constants: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    cells: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]


@dataclass(frozen=True)
class Page:
    """All tables of one instrument."""

    instrument: str
    title: str
    blocks: tuple[Block, ...]


def cell(text: str) -> Any:
    """The value that a cell stands for."""
    value, rest = _value(text.strip())
    if rest.strip():
        raise ValueError(f"cannot read the cell {text!r}")
    return value


def _value(text: str) -> tuple[Any, str]:
    text = text.lstrip()
    if text.startswith("["):
        return _list(text[1:])
    if text.startswith("{"):
        return _object(text[1:])
    if text.startswith('"'):
        end = text.index('"', 1)
        return text[1:end], text[end + 1 :]
    match = re.match(r"[^,\]}|]*", text)
    assert match is not None
    word = match.group().strip()
    if word in WORDS:
        return WORDS[word], text[match.end() :]
    if NUMBER.fullmatch(word):
        return json.loads(word), text[match.end() :]
    return word, text[match.end() :]


def _list(text: str) -> tuple[list[Any], str]:
    found: list[Any] = []
    text = text.lstrip()
    while not text.startswith("]"):
        value, text = _value(text)
        found.append(value)
        text = text.lstrip().removeprefix(",").lstrip()
    return found, text[1:]


def _object(text: str) -> tuple[dict[str, Any], str]:
    found: dict[str, Any] = {}
    text = text.lstrip()
    while not text.startswith("}"):
        key, text = (part.strip() for part in text.split(":", 1))
        value, text = _value(text)
        days = RANGE.fullmatch(key)
        keys = [str(day) for day in range(int(days[1]), int(days[2]) + 1)] if days else [key]
        found.update(dict.fromkeys(keys, value))
        text = text.lstrip().removeprefix(",").lstrip()
    return found, text[1:]


def page(path: Path) -> Page:
    """One file."""
    title, blocks = "", []
    for part in path.read_text("utf-8").split("\n## "):
        lines = [line for line in part.splitlines() if line.strip()]
        if lines and lines[0].startswith("# "):
            title = lines.pop(0)[2:].strip()
            continue
        if not lines:
            continue
        variant, _, heading = lines[0].partition(":")
        rest = lines[1:]
        constants = []
        while "||" not in rest[0]:
            key, _, value = rest.pop(0).partition(" = ")
            constants.append((key.strip(), value.strip()))
        asked, _, answered = rest[0].partition("||")
        inputs, outputs = _split(asked), _split(answered)
        cells = []
        for line in rest[1:]:
            body, _, story = line.partition(" # ")
            left, _, right = body.partition("||")
            row = (_split(left), _split(right), story.strip())
            if len(row[0]) != len(inputs) or len(row[1]) != len(outputs):
                raise ValueError(f"{path.name}: {line!r} does not fit its header")
            cells.append(row)
        blocks.append(Block(variant.strip(), heading.strip(), tuple(constants), inputs, outputs, tuple(cells)))
    return Page(path.stem, title, tuple(blocks))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|")) if text.strip() else ()


def rows(one: Page) -> list[Row]:
    """The stories of a page."""
    found = []
    for block in one.blocks:
        for left, right, story in block.cells:
            pairs = [*block.constants, *zip(block.inputs, left, strict=True)]
            payload = _nested([(key, cell(text)) for key, text in pairs if text])
            answers = zip(block.outputs, right, strict=True)
            expected = {key: text if key == REFUSED else cell(text) for key, text in answers if text}
            found.append(Row(one.instrument, block.variant, payload, expected, story))
    return found


def _nested(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        *outer, last = key.split(".")
        place = found
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = value
    return found


PAGES = [page(path) for path in sorted(FOLDER.glob("*.txt"))]
ROWS = [row for one in PAGES for row in rows(one)]
