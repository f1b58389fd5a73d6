"""`remit replay`: was the allocation that happened one that the declared design allows?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from remit import designs
from remit.cli.conduct import conduct, others
from remit.derive import outcomes


def replay(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Only what had happened by then, year-month-day.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Follow the subjects through the declared design, in the order in which they were treated.

    Exit code 1 when a subject was treated where the design would not have gone. Other designs are shown beside it.

    Example: remit replay examples/kn5501-sle
    """
    now = conduct(trial, as_of, data)
    course = outcomes.cohorts(now.people, evaluable=False)
    answer = designs.replay(now.design, course)
    rest = {name: designs.replay(design, course) for name, design in others(now.protocol).items()}
    if as_json:
        said = {
            "design": now.design.key,
            "allowed": answer.allowed,
            "first_violation": answer.first_violation,
            "finished": answer.finished,
            "other_designs": [
                {"design": n, "allowed": r.allowed, "first_violation": r.first_violation, "finished": r.finished}
                for n, r in rest.items()
            ],
        }
        typer.echo(json.dumps(said, ensure_ascii=False))
        return 0 if answer.allowed else 1
    levels = ", ".join(f"{level.name} {sum(c.level == level.level for c in course)}" for level in now.protocol.levels)
    typer.echo(f"{len(course)} subjects in order of treatment: {levels}.")
    for name, one in {now.design.key: answer, **rest}.items():
        verdict = one.first_violation or ("allowed, and finished" if one.finished else "allowed, and not finished")
        typer.echo(f"  {name + (' (declared)' if name == now.design.key else ''):<36} {verdict}")
    return 0 if answer.allowed else 1
