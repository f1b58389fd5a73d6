"""`remit simulate`: virtual trials of a protocol under an assumed truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from remit import designs, instruments, jobs, virtual
from remit.cli.trial import open_protocol
from remit.derive.declared import check_designs
from remit.errors import InputError
from remit.exchange.folder import write_records
from remit.exchange.protocol_yaml import read_protocol
from remit.exchange.scenario_yaml import read_scenario, scenario_path
from remit.protocol import Protocol, check_names
from remit.virtual.checked import checked

SCENARIO = "scenario › "
LIMITS = "Virtual trials under assumed truths; not for choosing a dose for people."


@dataclass(frozen=True)
class Plan:
    """What is simulated: one protocol under one truth.

    trial       the trial folder
    document    the protocol's file
    truth       the scenario's file
    """

    trial: Path
    document: Path
    truth: Path
    protocol: Protocol
    scenario: virtual.Scenario
    seed: int
    replicates: virtual.Replicates


def simulate(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    scenario: Annotated[
        Path | None, typer.Option(help="Name of a scenario in TRIAL/scenarios, or a file; `likely` by default.")
    ] = None,
    trials: Annotated[int, typer.Option(help="How many virtual trials.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives other subjects.")] = 1,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="OTHER", help="A trial folder or protocol file to compare with, on the same virtual patients."
        ),
    ] = None,
    reference: Annotated[
        float, typer.Option(help="How often does the lower limit of an efficacy claim lie above this share?")
    ] = virtual.REFERENCE,
    workers: Annotated[int | None, typer.Option(help="Processes on this machine; one by default.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Address of a dask scheduler, tcp://HOST:8786.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write; TRIAL/simulations/SCENARIO by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Conduct virtual trials: subjects, visits, dose decisions by the declared design, derived and analyzed like any.

    One trial becomes a folder of records, which `remit check` and `remit report --data` treat like any other. Many
    become simulation.html, which shows what 90 % of such trials print, results.json, and results.parquet with one row
    per trial and result. A run that was stopped goes on where it stopped.

    Example: remit simulate examples/kn5501-sle --trials 1 --seed 7 --out out/virtual
    """
    if trials < 1:
        raise InputError(f"--trials {trials} is not possible. Give 1 or more.")
    if not 0 < reference < 1:
        raise InputError(f"--reference {reference:g} is not a share. Give a number between 0 and 1, such as 0.2.")
    plan = _plan(trial, scenario, seed)
    other = None if against is None else _other(plan, against)
    folder = out if out is not None else trial / "simulations" / plan.scenario.key
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file. Give a folder to --out.")
    try:
        if other is None and trials == 1:
            return _one(plan, folder, as_json)
        # the charts, the page and the tables are wanted for many only
        from remit.cli.simulated import many

        return many(plan, other, trials, reference, jobs.place(workers, cluster), folder, as_json)
    except InputError as problem:
        raise _in_file(problem, plan.truth) from None


def _plan(trial: Path, scenario: Path | None, seed: int) -> Plan:
    protocol = open_protocol(trial)
    path = scenario_path(trial, scenario)
    return _planned(trial, trial / "protocol.yaml", protocol, path, read_scenario(path), seed)


def _planned(
    trial: Path, document: Path, protocol: Protocol, truth: Path, scenario: virtual.Scenario, seed: int
) -> Plan:
    try:
        checked(protocol, scenario)
    except InputError as problem:
        raise _in_file(problem, truth) from None
    design = virtual.designs_of(protocol)
    return Plan(trial, document, truth, protocol, scenario, seed, virtual.Replicates(protocol, scenario, seed, design))


def _in_file(problem: InputError, truth: Path) -> InputError:
    """The problem; one of the scenario under the name of its file."""
    said = str(problem)
    return InputError(f"{truth.name} › {said.removeprefix(SCENARIO)}") if said.startswith(SCENARIO) else problem


def _other(plan: Plan, path: Path) -> Plan:
    """The other protocol under the same truth."""
    if path.is_dir():
        document, protocol = path / "protocol.yaml", open_protocol(path)
    elif path.is_file():
        document, protocol = path, read_protocol(path)
        check_names(
            protocol, {i.key: [v.name for v in i.variants] for i in instruments.INSTRUMENTS}, list(designs.DESIGNS)
        )
        check_designs(protocol)
    else:
        raise InputError(f"--against {path}: there is no such file or folder. Give a trial folder or a protocol file.")
    try:
        return _planned(plan.trial, document, protocol, plan.truth, plan.scenario, plan.seed)
    except InputError as problem:
        raise InputError(f"--against {path}: {problem}") from None


def _one(plan: Plan, folder: Path, as_json: bool) -> int:
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
                **({} if s.part is None else {"part": s.part}),
            }
            for s in conducted.steps
        ]
        typer.echo(json.dumps({"records": str(folder), "seed": plan.seed, "decisions": steps}, ensure_ascii=False))
        return 0
    typer.echo(f"{LIMITS} Scenario {plan.scenario.key}, seed {plan.seed}.")
    for step in conducted.steps:
        part = "" if step.part is None else f"{step.part}, "
        typer.echo(f"  {step.day}  {part}{step.action}: {step.reason}")
    subjects = conducted.records.table("EX")["USUBJID"].n_unique()
    people = "1 virtual subject" if subjects == 1 else f"{subjects} virtual subjects"
    typer.echo(f"Records of {people}: {folder} ({len(files)} files)")
    return 0
