"""`remit design oc`: what a design is likely to do under each scenario."""

from __future__ import annotations

import json

import typer

from remit.cli.design import console
from remit.cli.design.answer import as_json as answer_as_json
from remit.cli.design.answer import found, worst, worst_as_json
from remit.cli.design.options import AsJson, File, Html, Seed, Svg, Trials
from remit.exchange.design_yaml import read_design


def characteristics(
    file: File, html: Html = None, svg: Svg = None, trials: Trials = None, seed: Seed = None, as_json: AsJson = False
) -> None:
    """Operating characteristics under each scenario: exact, or simulated for a design in calendar time.

    Example: remit design oc examples/designs/boin.yaml --html boin.html
    """
    spec = read_design(file)
    answer = found(spec, trials, seed)
    most = worst(answer)
    if as_json:
        whole = {"design": spec.key, "scenarios": answer_as_json(answer), "worst": worst_as_json(spec, most)}
        typer.echo(json.dumps(whole, ensure_ascii=False, allow_nan=False))
    else:
        for name in spec.scenarios:
            console.characteristics(answer, spec.key, name)
        console.curves(answer, most)
    if html is not None or svg is not None:
        # the chart library takes a second: only when a picture is wanted
        from remit.cli.design.pictures import of_one

        for path in of_one(answer, most, html, svg):
            typer.echo(f"Written: {path}", err=True)
