"""`remit trace`: one number, the derived rows behind it, and the records behind those."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from remit import analysis, derive
from remit.cli.solved import solved
from remit.cli.trial import cutoff_of, open_protocol
from remit.exchange.dlt_rates import dlt_scenarios
from remit.exchange.folder import read_records


def trace(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    result_id: Annotated[str, typer.Argument(metavar="RESULT_ID", help="An id from results.json.")],
    cutoff: Annotated[str | None, typer.Option(help="Data cutoff, year-month-day.")] = None,
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the trace as JSON.")] = False,
) -> None:
    """Show the records behind a number of the report.

    Example: remit trace examples/kn5501-sle efficacy/doris-2021/over-6-months/proportion
    """
    protocol = open_protocol(trial)
    if result_id.startswith("design/"):
        _design(analysis.result_by_id(analysis.design(protocol, dlt_scenarios(trial), solved), result_id), as_json)
        return
    records, _ = read_records(data if data is not None else trial / "records")
    derived = derive.all(protocol, records, cutoff_of(protocol, records, cutoff))
    result = analysis.find(protocol, derived, result_id)
    found = analysis.trace(result, derived)
    if as_json:
        parts = [
            {
                "role": p.role,
                "table": p.table,
                "rows": p.rows.select("USUBJID", "LEVEL", "SENTENCE", "sources").to_dicts(),
            }
            for p in found.parts
        ]
        typer.echo(
            json.dumps(
                {"notice": records.notice, "result": result.row(), "parts": parts, "records": list(found.record_ids)},
                ensure_ascii=False,
            )
        )
        return
    if records.notice:
        typer.echo(records.notice)
    _tree(result.id, f"{result.title}: {result.text or 'none'}" + (f" ({result.note})" if result.note else ""), found)


def _design(result: analysis.Result, as_json: bool) -> None:
    """A number about the design: no record is behind it, and it says what is."""
    if as_json:
        whole: dict[str, object] = {"notice": None, "result": result.row(), "parts": [], "records": []}
        typer.echo(json.dumps(whole, ensure_ascii=False))
        return
    typer.echo(f"{result.id}\n{result.title}: {result.text or 'none'}")
    typer.echo(f"  No record is behind this number. It {_rests(result)}")


def _rests(result: analysis.Result) -> str:
    if result.basis == "scenario":
        scenario = result.id.removesuffix("/" + "/".join(result.id.split("/")[-2:])).rpartition("/")[2]
        return (
            f"rests on the protocol's `escalation` and the assumed DLT rates in scenarios/{scenario}.yaml"
            f" ({result.method})."
        )
    return f"rests on the protocol's `escalation` alone ({result.method})."


def _tree(result_id: str, heading: str, found: analysis.Trace) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(f"{result_id}\n{heading}", style="bold"))
    for part in found.parts:
        words = {"counted": "counted", "population": "out of"}[part.role]
        branch = tree.add(
            Text(f"{words}: {part.rows.height} row{'' if part.rows.height == 1 else 's'} of {part.table}")
        )
        for row in part.rows.iter_rows(named=True):
            leaf = branch.add(Text(f"{row['USUBJID']}  {row['LEVEL'] or '–'}  {row['SENTENCE']}"))
            sources = row["sources"]
            leaf.add(Text("records: " + "  ".join(sources), style="dim"))
    tree.add(Text(f"{len(found.record_ids)} records in all"))
    Console().print(tree)
