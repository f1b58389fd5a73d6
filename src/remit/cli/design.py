"""`remit design`: what a dose-escalation design does, without a trial."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from remit import designs
from remit.errors import InputError
from remit.exchange.design_yaml import DesignSpec, read_design

design = typer.Typer(name="design", help="What a dose-escalation design does, without a trial.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="SPEC.yaml", help="A design with its parameters and scenarios.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


@design.command("oc")
def characteristics(file: File, as_json: AsJson = False) -> None:
    """Operating characteristics under each scenario, exact: no simulation.

    Example: remit design oc examples/designs/boin.yaml
    """
    spec = read_design(file)
    answer = _under(spec)
    if as_json:
        typer.echo(json.dumps({"design": spec.design.key, "scenarios": answer}, ensure_ascii=False))
        return
    for name, one in answer.items():
        _table(f"{spec.design.key}, {name}", one)


@design.command("compare")
def compare(
    first: File,
    second: Annotated[Path, typer.Argument(metavar="B.yaml", help="Another design with the same scenarios.")],
    as_json: AsJson = False,
) -> None:
    """Two designs side by side under the scenarios that both name.

    Example: remit design compare examples/designs/boin.yaml examples/designs/keyboard.yaml
    """
    one, two = read_design(first), read_design(second)
    shared = [name for name in one.scenarios if one.scenarios[name] == two.scenarios.get(name)]
    if not shared:
        raise InputError("The two files share no scenario; give both the same name and the same rates.")
    left, right = _under(one), _under(two)
    if as_json:
        both = {name: {first.stem: left[name], second.stem: right[name]} for name in shared}
        typer.echo(json.dumps({"scenarios": both}, ensure_ascii=False))
        return
    for name in shared:
        _table(f"{first.stem}, {name}", left[name])
        _table(f"{second.stem}, {name}", right[name])


@design.command("table")
def table(file: File, as_json: AsJson = False) -> None:
    """The decision table: for each number treated at a level, the DLT counts that move the trial.

    Example: remit design table examples/designs/boin.yaml
    """
    spec = read_design(file)
    ladder = getattr(spec.design, "ladder", None)
    if ladder is None:
        raise InputError(f"{spec.design.key} has no table: its decision depends on all levels together.")
    rows = [
        {
            "treated": n,
            "escalate_at_most": ladder.escalate_at_most(n),
            "de_escalate_at_least": ladder.de_escalate_at_least(n),
            "eliminate_at_least": ladder.eliminate_at_least(n),
        }
        for n in range(1, ladder.most + 1)
    ]
    if as_json:
        typer.echo(json.dumps({"design": spec.design.key, "rows": rows}, ensure_ascii=False))
        return
    words = ("treated", "escalate if DLTs ≤", "de-escalate if DLTs ≥", "eliminate if DLTs ≥")
    _print(spec.design.key, words, [["–" if v is None else str(v) for v in row.values()] for row in rows])


def _under(spec: DesignSpec) -> Mapping[str, Mapping[str, object]]:
    if not spec.scenarios:
        raise InputError("The file names no scenarios. Add `scenarios: {likely: [0.05, 0.15, …]}`, one rate per level.")
    chain = designs.exact(spec.design)
    answer = {}
    for name, rates in spec.scenarios.items():
        found = chain.under(rates)
        answer[name] = {
            "rates": list(rates),
            "selected": list(found.selected),
            "none_selected": found.none_selected,
            "treated": list(found.treated),
            "dlts": list(found.dlts),
            "subjects": found.subjects,
            "total_dlts": found.total_dlts,
        }
    return answer


def _table(title: str, one: Mapping[str, object]) -> None:
    columns: list[Sequence[float]] = []
    for key in ("rates", "selected", "treated", "dlts"):
        values = one[key]
        assert isinstance(values, list)
        columns.append(values)
    rows = [
        [str(level), f"{rate:.2f}", f"{100 * chosen:.1f} %", f"{treated:.2f}", f"{dlts:.2f}"]
        for level, (rate, chosen, treated, dlts) in enumerate(zip(*columns, strict=True), start=1)
    ]
    rows.append(["none", "", f"{100 * float(str(one['none_selected'])):.1f} %", "", ""])
    rows.append(["all", "", "", f"{float(str(one['subjects'])):.2f}", f"{float(str(one['total_dlts'])):.2f}"])
    _print(title, ("level", "true rate", "recommended", "treated", "DLTs"), rows)


def _print(title: str, words: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for word in words:
        shown.add_column(word, justify="right")
    for row in rows:
        shown.add_row(*row)
    Console().print(shown)
