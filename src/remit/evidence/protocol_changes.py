"""Where two versions of a protocol differ, as paths, and the earlier one with any chosen differences made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from remit.protocol import Protocol

# How a list's entries are told apart, first that fits.
_NAMES = ("key", "id", "code", "path", "registry", "level")


@dataclass(frozen=True)
class ProtocolChange:
    """One field of the protocol, or one entry of a list of named entries, that differs.

    place   `rules`, or `endpoints[doris-2021]`
    paths   every path below it that differs, such as `endpoints[doris-2021].timepoints`
    """

    place: str
    paths: tuple[str, ...]


def protocol_changes(before: Protocol, after: Protocol) -> tuple[ProtocolChange, ...]:
    """Everything that differs, in the order of the document."""
    old, new = _document(before), _document(after)
    found = []
    for field in dict.fromkeys([*old, *new]):
        for place, one, other in _entries(field, old.get(field), new.get(field)):
            paths = tuple(_paths(place, one, other))
            if paths:
                found.append(ProtocolChange(place, paths))
    return tuple(found)


def mixed(before: Protocol, after: Protocol, places: AbstractSet[str]) -> Protocol | None:
    """The earlier protocol with some places as in the later; None where that is no protocol."""
    old, new = _document(before), _document(after)
    made: dict[str, Any] = {}
    for field in dict.fromkeys([*new, *old]):
        one, other = old.get(field), new.get(field)
        if field in places:
            made[field] = other
        elif _named(one) is not None and _named(other) is not None:
            made[field] = _listed(field, one, other, places)
        else:
            made[field] = one
    try:
        return Protocol.model_validate(made)
    except ValidationError:
        return None


def _document(protocol: Protocol) -> dict[str, Any]:
    return protocol.model_dump(mode="json")


def _named(value: object) -> Mapping[str, Any] | None:
    """A list of documents by the name of each; None where it is no such list, or names repeat."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(v, dict) for v in value):
        return None
    for name in _NAMES:
        found = {str(entry[name]): entry for entry in value if name in entry}
        if len(found) == len(value):
            return found
    return None


def _entries(field: str, old: object, new: object) -> Iterator[tuple[str, object, object]]:
    one, other = _named(old), _named(new)
    if one is None or other is None or not (one or other) or _order(one, other) != _order(other, one):
        yield field, old, new
        return
    for name in dict.fromkeys([*one, *other]):
        yield f"{field}[{name}]", one.get(name), other.get(name)


def _order(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [name for name in one if name in other]


def _listed(field: str, old: Any, new: Any, places: AbstractSet[str]) -> list[Any]:
    one, other = _named(old) or {}, _named(new) or {}
    if _order(one, other) != _order(other, one):
        return list(old)
    chosen = {name: other.get(name) if f"{field}[{name}]" in places else one.get(name) for name in [*other, *one]}
    return [entry for entry in chosen.values() if entry is not None]


def _paths(path: str, old: object, new: object) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _paths(f"{path}.{name}", old.get(name), new.get(name))
        return
    one, other = _named(old), _named(new)
    if one and other:
        for name in dict.fromkeys([*one, *other]):
            yield from _paths(f"{path}[{name}]", one.get(name), other.get(name))
        return
    yield path
