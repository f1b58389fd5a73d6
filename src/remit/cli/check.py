"""`remit check`: protocol and records against everything declared."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from remit.cli.trial import open_protocol, open_trial
from remit.derive.declared import declared
from remit.protocol import Protocol
from remit.records.findings import Finding, counted, errors, to_dicts


def check(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as a JSON list.")] = False,
) -> int:
    """Check the protocol and the records of a trial.

    The protocol is checked with every design it declares. Prints each problem of the records with its table, record,
    column, rule, what was seen and what to do. Exit code 1 when any of them is an error, 2 when the protocol itself
    cannot be used. A folder without records yet is checked by its protocol alone.

    Example: remit check examples/kn5501-sle
    """
    if data is None and not (trial / "records").exists():
        return _alone(open_protocol(trial), as_json)
    opened = open_trial(trial, data)
    if as_json:
        typer.echo(json.dumps(to_dicts(opened.findings), indent=1, ensure_ascii=False))
    else:
        _table(opened.findings)
        counts = Counter(f.severity for f in opened.findings)
        if not opened.records.tables:
            typer.echo(_nothing_yet(opened.protocol))
            return 1 if errors(opened.findings) else 0
        subjects = opened.records.table("DM").height
        rows = sum(frame.height for frame in opened.records.tables.values())
        found = ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in counts.items()) or "no findings"
        typer.echo(
            f"{opened.protocol.short_title}, protocol {opened.protocol.version}: {len(opened.records.tables)} tables, "
            f"{subjects} subjects, {rows} records; {found}."
        )
    return 1 if errors(opened.findings) else 0


def _alone(protocol: Protocol, as_json: bool) -> int:
    if as_json:
        typer.echo("[]")
    typer.echo(_nothing_yet(protocol), err=as_json)
    return 0


def _nothing_yet(protocol: Protocol) -> str:
    levels = counted(len(protocol.levels), "level")
    title = f"{protocol.short_title}, protocol {protocol.version}"
    return f"{title}: no records yet: protocol checked; {levels}, {_designs(protocol)}."


def _designs(protocol: Protocol) -> str:
    named = [
        f"{one.escalation.design} in {one.part.key}" if one.part is not None else one.escalation.design
        for one in declared(protocol)
    ]
    return f"design {', '.join(named)}" if named else "no design"


def _table(findings: tuple[Finding, ...]) -> None:
    if not findings:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("severity", "where", "rule", "what", "what to do"):
        table.add_column(column, overflow="fold")
    for row in to_dicts(findings):
        where = "\n".join(str(x) for x in (row["record"] or row["table"], row["column"]) if x)
        table.add_row(row["severity"], where, row["rule"], row["what"], row["remedy"])
    Console().print(table)
