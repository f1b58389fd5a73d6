"""From a document as written to a protocol: amendments applied, fields and cross-references checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from remit.protocol.amendments import Amendment, amended
from remit.protocol.complaints import Problem, complain, problems_of
from remit.protocol.document import Protocol
from remit.protocol.places import Node, Places
from remit.protocol.references import problems

_Model = TypeVar("_Model", bound=BaseModel)


def build(document: Node, amendments: Sequence[Node] = ()) -> Protocol:
    """The protocol of a document and its amendments, checked after the document and after each amendment.

    raises   ProtocolError with one sentence: place, path, what is wrong, what is allowed
    """
    protocol = _checked(document)
    for written in amendments:
        amendment = _valid(Amendment, written)
        document = amended(document, written, amendment, protocol)
        protocol = _checked(document)
    return protocol


def _checked(document: Node) -> Protocol:
    protocol = _valid(Protocol, document)
    places = Places(dict(document.places()))
    found = problems(protocol)
    if found:
        raise complain(found[0], document.plain(), places)
    protocol._places = places
    return protocol


def _valid(model: type[_Model], document: Node) -> _Model:
    data = document.plain()
    places = Places(dict(document.places()))
    if not isinstance(data, dict):
        what = f"this must be a mapping of fields. Fields: {', '.join(model.model_fields)}."
        raise complain(Problem((), what), data, places)
    try:
        # Strict JSON: no text is read as a number, and a list is accepted where the model holds a tuple.
        return model.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise complain(problems_of(error, model, data)[0], data, places) from None
