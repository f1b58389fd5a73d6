"""`remit design compare`: two designs side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from remit.cli.design import console
from remit.cli.design.answer import as_json as answer_as_json
from remit.cli.design.answer import found
from remit.cli.design.options import AsJson, File, Html, Seed, Svg, Trials
from remit.errors import InputError
from remit.exchange.design_yaml import DesignSpec, read_design


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
    one, two, whose = _one_limit(one, two)
    left, right = (found(spec, *((trials, seed) if spec.timed is not None else (None, None))) for spec in (one, two))
    if trials is not None and one.timed is None and two.timed is None:
        raise InputError("Both designs are solved exactly; leave out --trials and --seed.")
    names = (one.name, two.name) if one.name != two.name else (f"{one.name} (first)", f"{two.name} (second)")
    if as_json:
        a, b = answer_as_json(left), answer_as_json(right)
        both = {name: {names[0]: a[name], names[1]: b[name]} for name in shared}
        whole = {"overdose": {"above": one.above, "share": one.share}, "scenarios": both}
        typer.echo(json.dumps(whole, ensure_ascii=False, allow_nan=False))
    else:
        console.say(_limit(one, whose) + "\n")
        for name in shared:
            console.characteristics(left, names[0], name)
            console.characteristics(right, names[1], name)
    if html is not None or svg is not None:
        from remit.cli.design.pictures import of_two

        for path in of_two((left, right), names, shared, html, svg):
            typer.echo(f"Written: {path}", err=True)


def _one_limit(one: DesignSpec, two: DesignSpec) -> tuple[DesignSpec, DesignSpec, str]:
    """Both with the same over-dose: as a file states it, else the target of a design, the first that has one."""
    by = next((spec for spec in (one, two) if spec.overdose_stated), None)
    whose = "as stated in " if by is not None else "the target of "
    by = by or next((spec for spec in (one, two) if spec.target is not None), None)
    said = "neither design has a target" if by is None else f"{whose}{by.name}.yaml"
    by = by or one
    above, share = by.above, by.share
    return replace(one, above=above, share=share), replace(two, above=above, share=share), said


def _limit(spec: DesignSpec, whose: str) -> str:
    rate = f"{100 * spec.above:.4g} %"
    return f"Over-dosed, for both designs: treated above {rate} ({whose})."
