"""The claims document as YAML, read as the protocol is: a mistake with its line and the nearest word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from remit.errors import InputError, ProtocolError, nearest
from remit.evidence.claims import Assumptions, Claims, Group, Head, Publication, circular, misnamed
from remit.evidence.kinds import KINDS, Statement
from remit.evidence.kinds.comparison import Side
from remit.evidence.kinds.curve import Step
from remit.evidence.kinds.proportion import Interval, Proportion
from remit.evidence.kinds.statement import Between
from remit.exchange.protocol_yaml import MAXIMUM_BYTES, node_of
from remit.protocol import Node, Places
from remit.protocol.complaints import Problem, complain, listed, problems_of

_MOST_STATEMENTS = 200
_INNER: Final[dict[str, type[BaseModel]]] = {
    "assumptions": Assumptions,
    "publication": Publication,
    "groups": Group,
    "interval": Between,
    "at": Step,
    "first": Side,
    "second": Side,
}


def read_claims(path: Path) -> Claims:
    """The claims document in a file.

    raises   InputError of one sentence: file, line, path, what is wrong, what is allowed
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise InputError(f"{path.name}: larger than {MAXIMUM_BYTES / 1e6:g} MB, which no claims document is.")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path.name}: there is no such file in the folder {path.parent.name or '.'}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save the file as UTF-8.") from None
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}).") from None
    return parse_claims(text, path.name)


def parse_claims(text: str, name: str = "claims.yaml") -> Claims:
    """The claims document in a text; `name` is what messages call the text."""
    if not text.strip():
        raise InputError(f"{name}: the file is empty; a claims document starts with `n:`, the number of patients.")
    try:
        return _built(node_of(text, name))
    except ProtocolError as problem:
        raise InputError(str(problem)) from None


def _built(document: Node) -> Claims:
    data, places = document.plain(), Places(dict(document.places()))
    if not isinstance(data, dict):
        raise _said((), "this must be a mapping of fields, with at least `n`, the number of patients.", data, places)
    written = data.get("statements") or []
    if not isinstance(written, list):
        raise _said(("statements",), "this must be a list of statements, each after a hyphen.", data, places)
    if len(written) > _MOST_STATEMENTS:
        raise _said(("statements",), f"at most {_MOST_STATEMENTS} statements are checked together.", data, places)
    head = _valid(Head, {k: v for k, v in data.items() if k != "statements"}, (), data, places)
    if "all" in head.groups:
        raise _said(("groups", "all"), "`all` means everyone; give the group another name.", data, places)
    wrong = circular(head)
    if wrong is not None:
        raise _said(("groups", wrong, "of"), "this names no other group, or leads back to itself.", data, places)
    statements: list[Statement] = []
    for position, item in enumerate(written):
        path = ("statements", position)
        statement = _statement(item, position, path, data, places)
        problem = misnamed(head, statement)
        if problem is not None:
            raise _said((*path, "of"), problem, data, places)
        if any(statement.id == other.id for other in statements):
            raise _said((*path, "id"), f'"{statement.id}" is the id of an earlier statement too.', data, places)
        statements.append(statement)
    return Claims(head=head, statements=tuple(statements))


def _statement(item: Any, position: int, path: tuple[str | int, ...], data: Any, places: Places) -> Statement:
    if not isinstance(item, Mapping):
        raise _said(path, "a statement must be a mapping of fields, with its `kind`.", data, places)
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        what = "missing, and it has no default." if kind is None else f'"{str(kind)[:40]}" is not a kind of statement.'
        hint = nearest(str(kind), KINDS) if kind is not None else ""
        raise _said((*path, "kind"), f"{what}{hint} Kinds: {', '.join(KINDS)}.", data, places)
    statement: Statement = _valid(KINDS[kind], {"id": f"{kind}-{position + 1}", **item}, path, data, places)
    return statement


def _valid(model: type[Any], item: Mapping[str, Any], path: tuple[str | int, ...], data: Any, places: Places) -> Any:
    try:
        return model.model_validate_json(json.dumps(item, default=str), strict=True)
    except ValidationError as error:
        raise complain(_problem(error, model, item, path), data, places) from None


def _problem(error: ValidationError, model: type[BaseModel], item: Any, path: tuple[str | int, ...]) -> Problem:
    extra = next((d for d in error.errors(include_url=False) if d["type"] == "extra_forbidden"), None)
    if extra is None:
        problem = problems_of(error, model, item)[0]
        return Problem((*path, *problem.path), problem.what)
    # Fields are offered as they are written in the document, which is not always a Python name.
    inner = Interval if model is Proportion else _INNER.get(str(extra["loc"][0]), model)
    fields = _words(model if len(extra["loc"]) == 1 else inner)
    what = f"not a field.{nearest(str(extra['loc'][-1]), fields)} Fields: {listed(fields)}."
    return Problem((*path, *extra["loc"]), what)


def _words(model: type[BaseModel]) -> list[str]:
    words = [info.alias or name for name, info in model.model_fields.items()]
    return [*words, "statements"] if model is Head else words


def _said(path: tuple[str | int, ...], what: str, data: Any, places: Places) -> ProtocolError:
    return complain(Problem(path, what), data, places)


__all__ = ["parse_claims", "read_claims"]
