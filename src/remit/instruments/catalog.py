"""What an instrument offers through the JSON door, and how one is found and called.

The method files are typed functions; a `Variant` wraps one of them with the names of its input and output keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from remit.citations import Citation
from remit.errors import InputError, nearest

Payload: TypeAlias = Mapping[str, object]

ERROR: Final = "error"
"""Output key that stands in place of an answer: the caller of `call` fills it from the InputError."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One published reading of an instrument.

    inputs, outputs  keys of the JSON objects; an input absent or null is unknown
    function         typed payload in, output keys and `because` out; raises InputError on a malformed value
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    function: Callable[[Payload], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A published way to score or classify a subject; the first variant is the default."""

    key: str
    title: str
    citation: Citation
    variants: tuple[Variant, ...]

    def variant(self, name: str | None) -> Variant:
        """A variant by name, the default one for None; InputError names the nearest word."""
        if name is None:
            return self.variants[0]
        for variant in self.variants:
            if variant.name == name:
                return variant
        names = [variant.name for variant in self.variants]
        raise InputError(f'{self.key}: "{name}" is not a variant.{nearest(name, names)} Variants: {", ".join(names)}.')


def find(instruments: Sequence[Instrument], key: str) -> Instrument:
    """An instrument by key; InputError names the nearest one."""
    for instrument in instruments:
        if instrument.key == key:
            return instrument
    keys = [instrument.key for instrument in instruments]
    raise InputError(f'"{key}" is not an instrument.{nearest(key, keys)} Instruments: {", ".join(keys)}.')


def call(instruments: Sequence[Instrument], key: str, variant: str | None, payload: object) -> dict[str, object]:
    """Answer one JSON object.

    returns  every output key of the variant (null where unknown or not applicable) and `because`
    raises   InputError with one sentence that names the key and what is allowed
    """
    chosen = find(instruments, key).variant(variant)
    if not isinstance(payload, Mapping):
        raise InputError(f"{key} {chosen.name}: the input must be a JSON object. Keys: {_listed(chosen.inputs)}.")
    for name in payload:
        if name not in chosen.inputs:
            hint = nearest(str(name), chosen.inputs)
            raise InputError(f'"{name}" is not a key of {key} {chosen.name}.{hint} Keys: {_listed(chosen.inputs)}.')
    answer = chosen.function(payload)
    empty = dict.fromkeys(key for key in chosen.outputs if key != ERROR)
    return {**empty, "because": [], **answer}


def listing(instruments: Sequence[Instrument]) -> list[dict[str, object]]:
    """Every instrument and variant with its keys and source, in registration order."""
    return [
        {
            "name": instrument.key,
            "variant": variant.name,
            "default": variant is instrument.variants[0],
            "title": instrument.title,
            "input": list(variant.inputs),
            "output": [*variant.outputs, "because"],
            "source": instrument.citation.text,
        }
        for instrument in instruments
        for variant in instrument.variants
    ]


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(keys)
