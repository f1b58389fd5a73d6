"""Amendments: numbered changes to the document, applied in order, each leaving a valid document behind.

A path names a place with `/`: field names, and in a list the item's own key, e.g. `levels/dl2/dose/amount`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from remit.errors import nearest
from remit.protocol.complaints import Problem, complain, listed
from remit.protocol.doc import Doc, Text, frozen
from remit.protocol.places import Node, Path, Places, children, name_of, resolve

if TYPE_CHECKING:
    from remit.protocol.document import Protocol


class Change(Doc):
    """One change: `set` a field, `add` an item to a list or an entry that is not there, `remove` what is there."""

    op: Literal["set", "add", "remove"]
    path: Text
    value: Annotated[Any, AfterValidator(frozen)] = None


class Amendment(Doc):
    """One amendment: its number, the version it makes, when, what and why."""

    amendment: Text
    version: Text
    date: datetime.date
    title: Text
    why: Text
    changes: tuple[Change, ...] = Field(min_length=1)


def amended(document: Node, written: Node, amendment: Amendment, protocol: Protocol) -> Node:
    """The document after one amendment: its changes in order, its version, and itself in the list of amendments.

    protocol   what the document said before, to refuse a repeated number, an old date or an unchanged version
    raises     ProtocolError that names the line of the amendment's file
    """
    earlier = protocol.amendments
    if amendment.amendment in [one.amendment for one in earlier]:
        raise _refusal(written, ("amendment",), f'"{amendment.amendment}" is applied already; give the next number.')
    if amendment.version == protocol.version:
        raise _refusal(written, ("version",), f'"{amendment.version}" is the version it changes; give the next one.')
    if earlier and amendment.date < earlier[-1].date:
        raise _refusal(written, ("date",), f"before amendment {earlier[-1].amendment} ({earlier[-1].date}).")
    for position, change in enumerate(amendment.changes):
        document = _apply(document, written, position, change)
    past = document.value.get("amendments")
    history = [*(past.value if past else []), written]
    return Node(
        {
            **document.value,
            "version": written.value["version"],
            "amendments": Node(history, past.place if past else written.place),
        },
        document.place,
    )


def _apply(document: Node, written: Node, position: int, change: Change) -> Node:
    here: Path = ("changes", position)
    node: Node = written.value["changes"].value[position]
    value: Node | None = node.value.get("value")
    data = document.plain()
    if change.op == "remove":
        if value is not None:
            raise _refusal(written, (*here, "value"), '"remove" takes no value.')
        return _replaced(document, _found(data, change.path, written, here), None)
    if value is None:
        raise _refusal(written, here, f'"{change.op}" needs a "value".')
    path = resolve(data, change.path)
    if change.op == "add":
        if path is not None and isinstance(_at(data, path), list):
            return _replaced(document, (*path, len(_at(data, path))), value)
        if path is not None:
            raise _refusal(written, (*here, "path"), f'"{change.path}" is there already; use "set".')
    if path is not None:
        return _replaced(document, path, value)
    # Not written yet: a field or entry of a mapping that is there may be named; the model then judges the name.
    owner, _, last = change.path.rpartition("/")
    inside = _found(data, owner, written, here) if owner else ()
    if not isinstance(_at(data, inside), Mapping):
        raise _missing(data, change.path, written, here)
    # `add` to a list that the document left out starts the list; its one item is the value.
    if change.op == "add" and not owner and last in _LISTS:
        return _replaced(document, (last,), Node([value], value.place))
    return _replaced(document, (*inside, last), value)


# The lists of the document that may be absent, and that an amendment may start.
_LISTS = (
    "assumed", "conditioning", "parts", "visits", "objectives", "stopping", "analysis_sets", "groups", "endpoints",
    "labs", "cuts", "analyses",
)  # fmt: skip


def _replaced(node: Node, path: Path, value: Node | None) -> Node:
    """The document with the node at a path replaced, appended, or taken out (None)."""
    if not path:
        return node if value is None else value
    step, rest = path[0], path[1:]
    if isinstance(node.value, dict):
        entries = dict(node.value)
        if rest:
            entries[step] = _replaced(entries[step], rest, value)
        elif value is None:
            del entries[step]
        else:
            entries[step] = value
        return Node(entries, node.place)
    items = list(node.value)
    position = int(step)
    if rest:
        items[position] = _replaced(items[position], rest, value)
    else:
        items[position : position + 1] = [] if value is None else [value]
    return Node(items, node.place)


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _found(data: Any, path: str, written: Node, here: Path) -> Path:
    found = resolve(data, path)
    if found is None:
        raise _missing(data, path, written, here)
    return found


def _missing(data: Any, path: str, written: Node, here: Path) -> Exception:
    steps = path.split("/")
    good = 0
    while good < len(steps) and resolve(data, "/".join(steps[: good + 1])) is not None:
        good += 1
    around = _at(data, resolve(data, "/".join(steps[:good])) or ()) if good else data
    names = [str(key) if isinstance(key, str) else name_of(item) or "" for key, item in children(around)]
    bad = steps[min(good, len(steps) - 1)]
    there = f" There: {listed(names)}." if names else ""
    return _refusal(written, (*here, "path"), f'"{path}" leads nowhere: no "{bad}".{nearest(bad, names)}{there}')


def _refusal(written: Node, path: Path, what: str) -> Exception:
    return complain(Problem(path, what), written.plain(), Places(dict(written.places())))
