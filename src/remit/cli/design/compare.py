"""`remit design compare`: two designs side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from remit.cli.design import console
from remit.cli.design.answer import as_json as answer_as_json
from remit.cli.design.answer import found
from remit.cli.design.options import AsJson, File, Html, Seed, Svg, Trials
from remit.errors import InputError
from remit.exchange.design_yaml import read_design


def compare(
    first: File,
    second: Annotated[Path, typer.Argument(metavar="B.yaml", help="Another design with the same scenarios.")],
    html: Html = None,
    svg: Svg = None,
    trials: Trials = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Two designs side by side under the scenarios that both name.

    Example: remit design compare examples/designs/boin.yaml examples/designs/keyboard.yaml
    """
    one, two = read_design(first), read_design(second)
    shared = [name for name in one.scenarios if one.scenarios[name] == two.scenarios.get(name)]
    if not shared:
        raise InputError("The two files share no scenario; give both the same name and the same rates.")
    left, right = (found(spec, *((trials, seed) if spec.timed is not None else (None, None))) for spec in (one, two))
    if trials is not None and one.timed is None and two.timed is None:
        raise InputError("Both designs are solved exactly; leave out --trials and --seed.")
    names = (one.name, two.name) if one.name != two.name else (f"{one.name} (first)", f"{two.name} (second)")
    if as_json:
        a, b = answer_as_json(left), answer_as_json(right)
        both = {name: {names[0]: a[name], names[1]: b[name]} for name in shared}
        typer.echo(json.dumps({"scenarios": both}, ensure_ascii=False, allow_nan=False))
    else:
        for name in shared:
            console.characteristics(left, names[0], name)
            console.characteristics(right, names[1], name)
    if html is not None or svg is not None:
        from remit.cli.design.pictures import of_two

        for path in of_two((left, right), names, shared, html, svg):
            typer.echo(f"Written: {path}", err=True)
