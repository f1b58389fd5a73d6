"""`remit design table`: what a design says for each count, and where the next cohorts can lead."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from remit import designs
from remit.cli.design import console
from remit.cli.design.options import AsJson, File, Html, Svg
from remit.designs.exact import OneLevelAtATime
from remit.errors import InputError
from remit.exchange.design_yaml import DesignSpec, read_design

if TYPE_CHECKING:
    from remit.analysis.decision_grid import GridCell
    from remit.analysis.pathway import Step

_COHORT = re.compile(r"(\d+):(\d+)/(\d+)")
WORDS = ("treated", "escalate if DLTs ≤", "de-escalate if DLTs ≥", "eliminate if DLTs ≥")


def table(
    file: File,
    after: Annotated[
        str, typer.Option(metavar="COHORTS", help='Cohorts so far, such as "1:0/3 2:1/3": level, DLTs, treated.')
    ] = "",
    ahead: Annotated[int, typer.Option(help="Cohorts that the pathway looks ahead, 1 to 4.")] = 2,
    html: Html = None,
    svg: Svg = None,
    as_json: AsJson = False,
) -> None:
    """What the design says for each count at a level, and where the next cohorts lead.

    A design that reads one level at a time has one table for all levels. The decision of any other (3+3, CRM, BLRM)
    depends on the other levels too: its table is shown level by level on the straight way up, and then its pathway.

    Example: remit design table examples/designs/boin.yaml
    """
    spec = read_design(file)
    design = spec.exact
    cohorts = _cohorts(after, design.levels)
    plain = _reads_one_level(spec, design)
    ladder = plain and not cohorts
    if plain:
        # in its own branch: needs neither polars nor a tree
        rows = [
            {
                "treated": row.subjects,
                "escalate_at_most": row.escalate,
                "de_escalate_at_least": row.de_escalate,
                "eliminate_at_least": row.eliminate,
            }
            for row in designs.decision_table(design)
        ]
        if not as_json and ladder:
            console.grid(spec.key, WORDS, [["–" if v is None else str(v) for v in row.values()] for row in rows])
        elif as_json:
            whole = {"design": spec.key, "rows": rows}
            typer.echo(json.dumps(whole | (_pathway_json(spec, cohorts, ahead) if cohorts else {}), ensure_ascii=False))
    elif as_json:
        straight = {"design": spec.key, "rows": None, "levels": _grid_json(spec)}
        typer.echo(json.dumps(straight | _pathway_json(spec, cohorts, ahead), ensure_ascii=False))
    elif not cohorts:
        _print_grid(spec)
    if not as_json and not ladder:
        _print_pathway(spec, cohorts, ahead)
    if html is not None or svg is not None:
        from remit.cli.design.pictures import of_rule

        for path in of_rule(spec, cohorts, ahead, html, svg):
            typer.echo(f"Written: {path}", err=True)


def _reads_one_level(spec: DesignSpec, design: designs.Design) -> bool:
    try:
        # asks for the table, which is refused where it would be too large
        return isinstance(design, OneLevelAtATime)
    except InputError as problem:
        raise InputError(f"{spec.name}.yaml › parameters › {problem}") from None


def _cohorts(text: str, levels: int) -> tuple[designs.Cohort, ...]:
    found = []
    for word in text.replace(",", " ").split():
        match = _COHORT.fullmatch(word)
        if match is None:
            raise InputError(f'--after "{word}": write a cohort as level:DLTs/treated, such as 1:0/3.')
        level, dlts, treated = (int(part) for part in match.groups())
        if level > levels:
            raise InputError(f'--after "{word}": the design has the levels 1 to {levels}.')
        try:
            found.append(designs.Cohort(level, treated, dlts))
        except InputError as problem:
            raise InputError(f'--after "{word}": {problem}') from None
    return tuple(found)


def _steps(spec: DesignSpec, cohorts: Sequence[designs.Cohort], ahead: int) -> tuple[Step, ...]:
    from remit.analysis.pathway import begin, steps

    return steps(spec.exact, begin(spec.exact, cohorts), ahead)


def _cells(spec: DesignSpec) -> tuple[GridCell, ...]:
    from remit.analysis.decision_grid import cells

    return cells(spec.exact)


def _grid_json(spec: DesignSpec) -> list[dict[str, object]]:
    return [
        {"level": cell.level, "treated": cell.subjects, "dlts": cell.dlts, "decisions": list(cell.words)}
        for cell in _cells(spec)
    ]


def _pathway_json(spec: DesignSpec, cohorts: Sequence[designs.Cohort], ahead: int) -> dict[str, object]:
    return {
        "pathway": [
            {
                "cohorts": [
                    {"level": one.level, "treated": one.treated, "dlts": list(one.dlts), "event": one.event}
                    for one in step.cohorts
                ],
                "action": step.decision.action,
                "level": step.decision.level,
                "subjects": step.decision.subjects,
                "reason": " ".join(step.reasons),
            }
            for step in _steps(spec, cohorts, ahead)
        ]
    }


def _print_grid(spec: DesignSpec) -> None:
    cells = _cells(spec)
    if not cells:
        return
    for level in dict.fromkeys(cell.level for cell in cells):
        here = [cell for cell in cells if cell.level == level]
        columns = sorted({cell.subjects for cell in here})
        words = {(cell.dlts, cell.subjects): " / ".join(cell.words) for cell in here}
        rows = [
            [str(dlts), *(words.get((dlts, treated), "·") for treated in columns)]
            for dlts in range(max(cell.dlts for cell in here) + 1)
        ]
        console.grid(f"{spec.key}, level {level}", ("DLTs", *(f"of {n}" for n in columns)), rows)
    console.say(
        "Shown is the straight way up: every level below went up without a DLT, and the current one was stayed at. "
        '·: cannot be reached that way. For other ways give the cohorts so far: --after "1:0/3 2:1/3".\n'
    )


def _print_pathway(spec: DesignSpec, cohorts: Sequence[designs.Cohort], ahead: int) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    trees: dict[tuple[str, ...], Tree] = {}
    for step in _steps(spec, cohorts, ahead):
        path = tuple(f"{one.level}:{one.text}" for one in step.cohorts)
        decision = step.decision
        go = f"{decision.action}, level {decision.level}, {decision.subjects} more"
        said = "stop" if decision.level is None else go
        if not path:
            so_far = " ".join(f"{one.level}:{one.dlts}/{one.treated}" for one in cohorts)
            trees[()] = Tree(Text(f"{spec.key}, after {so_far}: {said}" if so_far else f"{spec.key}: {said}", "bold"))
        else:
            last = step.cohorts[-1]
            trees[path] = trees[path[:-1]].add(Text(f"{last.text} at level {last.level} → {said}"))
    Console().print(trees[()])
