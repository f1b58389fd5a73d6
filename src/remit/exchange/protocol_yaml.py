"""The protocol as YAML: `protocol.yaml` of a trial folder, with `amendments/*.yaml` applied in the order of names.

The text is read with YAML's syntax but with plainer words than YAML 1.1 has: only `true` and `false` are booleans, so
`no`, `on` and `y` stay text; only decimal numbers without a leading zero are numbers, so `007` and `12:30` stay text;
`2024-10-01` is a date. Anchors, aliases, tags and duplicate keys are refused, each with its line.
YAML 1.2.2, https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from remit.errors import ProtocolError
from remit.protocol import Node, Place, Protocol, build

# A protocol of a hundred pages is a tenth of this; more is a mistake, and the parser is not fed with it.
MAXIMUM_BYTES = 1_000_000
_MAXIMUM_DEPTH = 40

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "": None, "~": None, "null": None, "Null": None}


def read_protocol(path: Path) -> Protocol:
    """The protocol in a file, with the amendments of the folder `amendments` beside it.

    path     the file, or the trial folder that holds `protocol.yaml`
    raises   ProtocolError of one sentence: file, line, path, what is wrong, what is allowed
    """
    path = Path(path)
    if path.is_dir():
        path = path / "protocol.yaml"
    document = _node(path)
    folder = path.parent / "amendments"
    files = sorted(file for file in folder.glob("*.yaml") if file.is_file()) if folder.is_dir() else []
    return build(document, [_node(file) for file in files])


def parse_protocol(text: str, name: str = "protocol.yaml") -> Protocol:
    """The protocol in a text, without amendments of a folder; `name` is what messages call the text."""
    return build(node_of(text, name))


def to_yaml(protocol: Protocol) -> str:
    """The protocol as YAML that reads back as the same protocol; what equals its default is left out.

    The applied amendments are written as history, so the text is the whole and needs no `amendments` folder.
    """
    data = protocol.model_dump(exclude_defaults=True)
    return yaml.dump(
        _thawed(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False
    )


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document, for editors that check while one types."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Protocol.model_json_schema()}


def scalar(text: str) -> bool | int | float | str | datetime.date | None:
    """What an unquoted word means: true or false, nothing, a decimal number, a date, otherwise text."""
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is not None:
        if number.group(2) is None and number.group(3) is None:
            # Longer than any count of cells; Python refuses to convert thousands of digits.
            return int(text) if len(text) <= 18 else text
        value = float(text)
        return value if abs(value) < float("inf") else text
    if _DATE.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _node(path: Path) -> Node:
    name = path.name if path.parent.name != "amendments" else f"amendments/{path.name}"
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise ProtocolError(
                f"{name}: {path.stat().st_size / 1e6:.1f} MB is too large for a protocol; "
                f"at most {MAXIMUM_BYTES / 1e6:g} MB is read. Is this the right file?"
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise ProtocolError(f"{name}: there is no such file in the folder {path.parent.name or '.'}.") from None
    except OSError as error:
        raise ProtocolError(f"{name}: cannot be read ({error.strerror}).") from None
    try:
        return node_of(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ProtocolError(f"{name} line {line}: not UTF-8 text; save the file as UTF-8.") from None


def node_of(text: str, name: str) -> Node:
    """The document in a text as nodes with their places; `name` is what messages call the text.

    raises   ProtocolError of one sentence: file, line, what cannot be read
    """
    try:
        return _Reader(text, name).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" line {mark.line + 1}" if mark else ""
        problem = (error.problem or error.context or "cannot be understood").rstrip(".")
        raise ProtocolError(
            f"{name}{line}: not readable as YAML: {problem}. "
            "Check the indentation (spaces, no tabs), quotes and colons there."
        ) from None
    except yaml.reader.ReaderError as error:
        place = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 1
        raise ProtocolError(f"{name} line {place}: holds a character that YAML does not allow.") from None


class _Reader:
    """Builds nodes from the parser's events.

    From events, because they show anchors, tags and depth before anything is built: PyYAML's own composer is recursive
    in C and ends the process on a deeply nested text.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Node:
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise ProtocolError(f"{self.name}: the file is empty; a protocol starts with `contract: protocol/1`.")
        node = self._value(next(self.events), 0)
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._refused(after, "a second document starts here; a file holds one protocol.")
        return node

    def _value(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            raise self._refused(event, "an alias (*) is not allowed; write the value out.")
        if event.anchor is not None:
            raise self._refused(event, "an anchor (&) is not allowed; write the value out where it is used.")
        if event.tag is not None:
            raise self._refused(event, "a tag (!) is not allowed; quotes make text, everything else is plain.")
        if depth > _MAXIMUM_DEPTH:
            raise self._refused(event, f"nested more than {_MAXIMUM_DEPTH} deep, which no part of a protocol is.")
        place = self._place(event)
        if isinstance(event, yaml.ScalarEvent):
            return Node(scalar(event.value) if event.implicit[0] else event.value, place)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self._value(item, depth + 1))
            return Node(items, place)
        return Node(self._entries(depth), place)

    def _entries(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused(event, "a field name must be a word; is a quote missing around { } or [ ]?")
            word, place = event.value, self._place(event)
            if word in entries:
                first = entries[word].place.line
                raise self._refused(event, f'"{word[:60]}" is written twice here, first in line {first}; keep one.')
            if event.anchor is not None or event.tag is not None:
                raise self._refused(event, "anchors (&) and tags (!) are not allowed.")
            # The line of the field name, also when the value starts below it.
            entries[word] = Node(self._value(next(self.events), depth + 1).value, place)
        return entries

    def _place(self, event: Any) -> Place:
        return Place(self.name, event.start_mark.line + 1)

    def _refused(self, event: Any, what: str) -> ProtocolError:
        return ProtocolError(f"{self._place(event)}: {what}")


class _Dumper(yaml.SafeDumper):
    """Writes words so that `scalar` reads them back as they were, and lists under their field."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = None if scalar(value) == value and isinstance(scalar(value), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _number(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
    # With a point before the exponent, readers of YAML 1.1 see a number as well.
    text = repr(value) if "e" not in repr(value) or "." in repr(value) else repr(value).replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    short = all(not isinstance(item, list | dict) for item in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)
_Dumper.add_representer(list, _list)
_Dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]


def _thawed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _thawed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_thawed(item) for item in value]
    return value
