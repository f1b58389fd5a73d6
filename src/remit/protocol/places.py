"""A document as it was written: values with the file and line of each, and paths into it.

A path names a place with `/`: field names, and in a list the item's own key, e.g. `levels/dl2/dose/amount`. In messages
the same path is spoken as `levels › dl2 › dose › amount`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]

# What an item of a list is called by: the first of these that it has.
ITEM_NAMES = ("key", "id", "drug", "number", "registry", "amendment", "event", "path")


@dataclass(frozen=True)
class Place:
    """A file name (without folders) and a 1-based line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file} line {self.line}"


@dataclass(frozen=True)
class Node:
    """One value as written: a scalar, a mapping of nodes or a list of nodes, and its place."""

    value: Any
    place: Place

    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def places(self, path: Path = ()) -> Iterator[tuple[Path, Place]]:
        """Every path under this node, with its place."""
        yield path, self.place
        for key, node in children(self.value):
            yield from node.places((*path, key))


@dataclass(frozen=True, eq=False)
class Places:
    """The place of every path of a document, and the data it was made from.

    Any two are equal: two protocols that say the same are the same, wherever their lines stand.
    """

    of: Mapping[Path, Place] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Places)

    def __hash__(self) -> int:
        return 0

    def find(self, path: Path) -> Place | None:
        """The place of a path, or of the nearest thing around it; None for a document made in memory."""
        for end in range(len(path), -1, -1):
            place = self.of.get(path[:end])
            if place is not None:
                return place
        return None


def children(value: Any) -> Iterator[tuple[str | int, Any]]:
    """What a mapping or list holds, by key or position; nothing for a scalar."""
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def name_of(item: Any) -> str | None:
    """What an item of a list is called: its key, or the word itself where the list holds plain words."""
    if isinstance(item, Mapping):
        return next((str(item[name]) for name in ITEM_NAMES if name in item), None)
    return None if isinstance(item, list | tuple) else str(item)


def resolve(data: Any, path: str) -> Path | None:
    """The path that a written path (`levels/dl2/dose`) leads to in plain data; None when nothing is there."""
    steps = path.split("/")
    found: list[str | int] = []
    while steps:
        if isinstance(data, Mapping):
            step = steps.pop(0)
            if step not in data:
                return None
            found.append(step)
            data = data[step]
            continue
        if not isinstance(data, list | tuple):
            return None
        hit = _item(data, steps)
        if hit is None:
            return None
        position, used = hit
        found.append(position)
        data = data[position]
        del steps[:used]
    return tuple(found)


def _item(items: Sequence[Any], steps: list[str]) -> tuple[int, int] | None:
    # An item's own name may hold a slash (an assumption is named by a path), so the longest name is tried first.
    for used in range(len(steps), 0, -1):
        name = "/".join(steps[:used])
        for position, item in enumerate(items):
            if name_of(item) == name:
                return position, used
    return None


def spoken(data: Any, path: Path) -> str:
    """A path in words: items of lists by their name, or by their 1-based position where they have none."""
    words: list[str] = []
    for step in path:
        data = dict(children(data)).get(step)
        if isinstance(step, int):
            words.append(name_of(data) if isinstance(data, Mapping) and name_of(data) else str(step + 1))  # type: ignore[arg-type]
        else:
            words.append(step)
    return " › ".join(words)
