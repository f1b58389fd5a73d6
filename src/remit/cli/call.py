"""`remit call`: any instrument or method, JSON in, JSON out, for programs in any language."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from remit import instruments
from remit.errors import InputError, nearest


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
    try:
        given = json.loads(sys.stdin.read())
    except json.JSONDecodeError as problem:
        raise InputError(
            f"Standard input is not JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}."
        ) from None
    if isinstance(given, dict):
        try:
            typer.echo(json.dumps(_answer(name, variant, given), ensure_ascii=False))
        except InputError as problem:
            # programs read standard output, people the message that follows it
            typer.echo(json.dumps({"error": str(problem)}, ensure_ascii=False))
            raise
        return 0
    if not isinstance(given, list):
        raise InputError("Standard input must be one JSON object or an array of objects.")
    answers, failed = [], False
    for one in given:
        try:
            if not isinstance(one, dict):
                raise InputError("Each element must be a JSON object.")
            answers.append(_answer(name, variant, one))
        except InputError as problem:
            answers.append({"error": str(problem)})
            failed = True
    typer.echo(json.dumps(answers, ensure_ascii=False))
    return 2 if failed else 0


def _known(name: str) -> None:
    keys = [i.key for i in instruments.INSTRUMENTS]
    if name in keys:
        return
    from remit.stats import calls  # numbers load scipy, which an instrument should not wait for

    names = [*keys, *calls.METHODS]
    if name not in names:
        raise InputError(
            f'"{name}" is not an instrument or method.{nearest(name, names)} `remit call --list` prints all.'
        )


def _answer(name: str, variant: str | None, given: Mapping[str, object]) -> Mapping[str, object]:
    if any(i.key == name for i in instruments.INSTRUMENTS):
        return instruments.call(name, variant, given)
    from remit.stats import calls

    return calls.call(name, given, variant)


def _methods() -> list[dict[str, object]]:
    from remit.stats import calls

    return [
        {"name": name, "variant": variant, "input": list(method.inputs), "output": list(method.outputs)}
        for name, variants in calls.METHODS.items()
        for variant, method in variants.items()
    ]
