"""`published.yaml`: numbers that a publication prints about a trial, by the ids of the results they should equal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from remit.errors import InputError, ProtocolError
from remit.exchange.protocol_yaml import MAXIMUM_BYTES, node_of
from remit.protocol import Places
from remit.protocol.complaints import Problem, complain, problems_of
from remit.protocol.doc import Doc, Key, Text
from remit.virtual.spread import Printed

NAME = "published.yaml"


class Limits(Doc):
    """A confidence interval; `origin` says whether it was printed or worked out from what was printed."""

    low: float
    high: float
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    method: str = ""
    origin: str = ""


class Number(Doc):
    """One printed number.

    id         the result that should equal it
    text       as printed; null where it only follows from what is printed
    decimals   how many the print shows
    """

    id: Text
    statistic: Text
    text: str | None = None
    value: float
    decimals: Annotated[int, Field(ge=0)] = 0
    unit: str = ""
    numerator: Annotated[int, Field(ge=0)] | None = None
    denominator: Annotated[int, Field(ge=1)] | None = None
    interval: Limits | None = None
    sentence: str = ""


class Source(Doc):
    """Where the numbers were read."""

    title: Text
    trial: str = ""
    read_as: str = ""


class Published(Doc):
    """The document. `cut` is the key of the protocol's data cut that the publication reports."""

    contract: Literal["published/1"]
    source: Source
    cut: Key | None = None
    numbers: tuple[Number, ...] = Field(min_length=1)

    def printed(self) -> dict[str, Printed]:
        """The numbers by id."""
        return {
            one.id: Printed(
                id=one.id,
                value=one.value,
                text=one.text or _text(one),
                of=one.denominator,
                sentence=one.sentence,
                decimals=None if one.denominator is not None else one.decimals,
            )
            for one in self.numbers
        }


def read_published(trial: Path) -> Published | None:
    """The document in a trial folder; None when it has none.

    raises   InputError of one sentence: file, line, path, what is wrong
    """
    path = Path(trial) / NAME
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise InputError(f"{NAME}: larger than {MAXIMUM_BYTES / 1e6:g} MB, which no list of printed numbers is.")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{NAME}: not UTF-8 text; save the file as UTF-8.") from None
    except OSError as error:
        raise InputError(f"{NAME}: cannot be read ({error.strerror}).") from None
    return parse_published(text)


def parse_published(text: str) -> Published:
    """The document in a text."""
    if not text.strip():
        raise InputError(f"{NAME}: the file is empty; it starts with `contract: published/1`.")
    try:
        node = node_of(text, NAME)
        data, places = node.plain(), Places(dict(node.places()))
        if not isinstance(data, dict):
            raise complain(Problem((), "this must be a mapping of fields, starting with `contract`."), data, places)
        try:
            found = Published.model_validate_json(json.dumps(data, default=str), strict=True)
        except ValidationError as error:
            raise complain(problems_of(error, Published, data)[0], data, places) from None
    except ProtocolError as problem:
        raise InputError(str(problem)) from None
    seen: set[str] = set()
    for one in found.numbers:
        if one.id in seen:
            raise InputError(f"{NAME} › numbers: {one.id} stands there twice; keep one of them.")
        seen.add(one.id)
    return found


def _text(one: Number) -> str:
    if one.numerator is not None and one.denominator is not None:
        return f"{one.numerator}/{one.denominator}"
    return f"{one.value:.{one.decimals}f}"
