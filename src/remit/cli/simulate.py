"""`remit simulate`: virtual trials of a protocol under an assumed truth."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from remit import jobs, virtual
from remit.cli.progress import progress
from remit.cli.trial import open_protocol
from remit.derive.declared import declared_for
from remit.errors import InputError
from remit.exchange.folder import write_records
from remit.exchange.scenario_yaml import read_scenario, scenario_path
from remit.protocol import Protocol

BLOCK = 50
"""Trials that are conducted together: enough to share the cost of a table, few enough to stay small in memory."""

LIMITS = "Virtual trials under assumed truths; not for choosing a dose for people."


@dataclass(frozen=True)
class _Plan:
    protocol: Protocol
    scenario: virtual.Scenario
    scenario_file: Path
    seed: int
    replicates: virtual.Replicates


def simulate(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    scenario: Annotated[
        Path | None, typer.Option(help="Name of a scenario in TRIAL/scenarios, or a file; `likely` by default.")
    ] = None,
    trials: Annotated[int, typer.Option(help="How many virtual trials.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives other subjects.")] = 1,
    workers: Annotated[int | None, typer.Option(help="Processes on this machine; one by default.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Address of a dask scheduler, tcp://HOST:8786.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write; TRIAL/simulations/SCENARIO by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Conduct virtual trials: subjects, visits, dose decisions by the declared design, derived and analyzed like any.

    One trial becomes a folder of records, which `remit check` and `remit report --data` treat like any other. Many
    become results.parquet, one row per trial and result, and a page with what 90 % of such trials print. A run that
    was stopped goes on where it stopped.

    Example: remit simulate examples/kn5501-sle --trials 1 --seed 7 --out out/virtual
    """
    if trials < 1:
        raise InputError(f"--trials {trials} is not possible. Give 1 or more.")
    plan = _plan(trial, scenario, seed)
    folder = out if out is not None else trial / "simulations" / plan.scenario.key
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file. Give a folder to --out.")
    if trials == 1:
        return _one(plan, folder, as_json)
    return _many(plan, trials, jobs.place(workers, cluster), folder, as_json)


def _plan(trial: Path, scenario: Path | None, seed: int) -> _Plan:
    protocol = open_protocol(trial)
    path = scenario_path(trial, scenario)
    truth = read_scenario(path)
    design = declared_for(protocol, None).build()
    return _Plan(protocol, truth, path, seed, virtual.Replicates(protocol, truth, seed, design))


def _one(plan: _Plan, folder: Path, as_json: bool) -> int:
    conducted = virtual.conduct(plan.protocol, plan.scenario, plan.seed, [1], plan.replicates.design)
    files = write_records(conducted.records, folder, "csv")
    if as_json:
        steps = [
            {
                "date": s.day.isoformat(),
                "level": s.level,
                "subjects": s.subjects,
                "action": s.action,
                "reason": s.reason,
            }
            for s in conducted.steps
        ]
        typer.echo(json.dumps({"records": str(folder), "seed": plan.seed, "decisions": steps}, ensure_ascii=False))
        return 0
    typer.echo(f"{LIMITS} Scenario {plan.scenario.key}, seed {plan.seed}.")
    for step in conducted.steps:
        typer.echo(f"  {step.day}  {step.action}: {step.reason}")
    subjects = conducted.records.table("EX")["USUBJID"].n_unique()
    typer.echo(f"Records of {subjects} virtual subjects: {folder} ({len(files)} files)")
    return 0


def _many(plan: _Plan, trials: int, where: jobs.Where, folder: Path, as_json: bool) -> int:
    job = jobs.Job(
        plan.replicates,
        total=trials,
        size=min(BLOCK, trials),
        key=("trial", "id"),
        given={
            "protocol": _hash(plan.protocol.model_dump_json()),
            "scenario": _hash(plan.scenario.model_dump_json()),
            "seed": plan.seed,
            "remit": version("remit"),
        },
    )
    with progress("virtual trials") as report:
        parts = jobs.run(job, where, folder / "parts", report)
    table = parts.scan()
    spreads = virtual.spread(table)
    table.sink_parquet(folder / "results.parquet")
    spreads.write_parquet(folder / "spread.parquet")
    shown = spreads.join(
        pl.DataFrame({"id": virtual.ordered(plan.protocol, spreads["id"].to_list())}), on="id", maintain_order="right"
    )
    if as_json:
        said = {"trials": trials, "seed": plan.seed, "scenario": plan.scenario.key, "digest": parts.digest()}
        typer.echo(json.dumps({**said, "spread": shown.to_dicts()}, ensure_ascii=False))
        return 0
    typer.echo(f"{LIMITS} {trials} trials, scenario {plan.scenario.key}, seed {plan.seed}.")
    _table(shown)
    typer.echo(f"Results: {folder / 'results.parquet'}")
    return 0


def _table(shown: pl.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for word in ("result", "median", "90 % of trials", "mean", "known"):
        made.add_column(word, justify="left" if word == "result" else "right")
    for row in shown.iter_rows(named=True):
        if row["median"] is None:
            made.add_row(row["id"], "–", "–", "–", f"0/{row['trials']}")
            continue
        made.add_row(
            row["id"],
            f"{row['median']:.3g}",
            f"{row['p05']:.3g}–{row['p95']:.3g}",
            f"{row['mean']:.3g}",
            f"{row['known']}/{row['trials']}",
        )
    Console(width=110).print(made)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
