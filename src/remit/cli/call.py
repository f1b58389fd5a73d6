"""`remit call`: any instrument or method, JSON in, JSON out, for programs in any language."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated

import typer

from remit import instruments
from remit.errors import InputError, nearest

# Where methods live that are no instruments; they load scipy, which an instrument should not wait for.
METHODS = ("remit.stats.calls", "remit.designs.calls")

LARGEST = 1e15  # no count or time of a trial comes near it


def call(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="An instrument or method; see --list.")] = None,
    variant: Annotated[
        str | None, typer.Option("--variant", help="A variant; the first listed is the default.")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Print every NAME with its variants, input and output keys.")
    ] = False,
) -> int:
    """Answer one JSON object, or an array of them, read from standard input.

    Exit code 0 when every input was answered, also with null (unknown); 2 when one is malformed.

    Example: echo '{"active": ["arthritis"]}' | remit call sledai-2k
    """
    if listing:
        typer.echo(json.dumps([*instruments.listing(), *_methods()], indent=1, ensure_ascii=False))
        return 0
    if name is None:
        raise InputError("Name an instrument or method; `remit call --list` prints them.")
    _known(name)
    given = _read(sys.stdin.buffer.read())
    if isinstance(given, dict):
        try:
            answer = _answer(name, variant, given)
        except InputError as problem:
            # programs read standard output, people the message that follows it
            message = _one_line(str(problem))
            typer.echo(_written({"error": message}))
            raise InputError(message) from None
        typer.echo(_written(answer))
        return 0
    if not isinstance(given, list):
        raise InputError("Standard input must be one JSON object or an array of objects.")
    answers: list[Mapping[str, object]] = []
    failed = False
    for one in given:
        try:
            if not isinstance(one, dict):
                raise InputError("Each element must be a JSON object.")
            answers.append(_answer(name, variant, one))
        except InputError as problem:
            answers.append({"error": _one_line(str(problem))})
            failed = True
    typer.echo(_written(answers))
    return 2 if failed else 0


def _known(name: str) -> None:
    keys = [i.key for i in instruments.INSTRUMENTS]
    if name in keys:
        return
    names = [*keys, *(method for module in METHODS for method in import_module(module).METHODS)]
    if name not in names:
        raise InputError(
            _one_line(f'"{name}" is not an instrument or method.{nearest(name, names)} `remit call --list` prints all.')
        )


class _Repeated(dict[str, object]):
    """An object that gives one key twice, here or further in: no value is dropped without a word."""

    key = ""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    twice = ""
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    else:
        twice = next((value.key for value in found.values() if isinstance(value, _Repeated)), "")
        if not twice:
            return found
    repeated = _Repeated(found)
    repeated.key = twice
    return repeated


def _read(sent: bytes) -> object:
    """The decoded input; a whole number beyond every float becomes infinite and is refused where its key is read."""
    try:
        return json.loads(
            sent.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=lambda digits: int(digits) if len(digits) < 300 else float(digits),
        )
    except json.JSONDecodeError as problem:
        raise InputError(
            f"Standard input is not JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}."
        ) from None
    except UnicodeDecodeError:
        raise InputError("Standard input is not JSON: it must be UTF-8 text.") from None
    except RecursionError:
        raise InputError("Standard input is nested too deeply; send one JSON object or an array of objects.") from None


def _answer(name: str, variant: str | None, given: Mapping[str, object]) -> Mapping[str, object]:
    if isinstance(given, _Repeated):
        raise InputError(f'"{given.key}" is given twice; allowed is once.')
    if any(i.key == name for i in instruments.INSTRUMENTS):
        return instruments.call(name, variant, given)
    for key, value in given.items():
        if isinstance(value, int | float) and abs(value) > LARGEST:
            raise InputError(f'"{key}" must be a number of at most {LARGEST:g} in size, or null.')
    module = next(m for m in METHODS if name in import_module(m).METHODS)
    answer: Mapping[str, object] = import_module(module).call(name, given, variant)
    return answer


def _one_line(message: str) -> str:
    """A message that echoes a word of the input, with line ends and unprintable characters written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in message)


def _written(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False, allow_nan=False)


def _methods() -> list[dict[str, object]]:
    return [
        {"name": name, "variant": variant, "input": list(method.inputs), "output": list(method.outputs)}
        for module in METHODS
        for name, variants in import_module(module).METHODS.items()
        for variant, method in variants.items()
    ]
