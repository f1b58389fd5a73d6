"""Many virtual trials: conducted by a job, summarized, and written as tables, result rows, a page and a manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import typer

from remit import analysis, derive, jobs, virtual
from remit.analysis.result import Result
from remit.cli import bundle, manifest
from remit.cli.drawings import drawn
from remit.cli.progress import progress
from remit.cli.trial import cutoff_of
from remit.errors import InputError
from remit.exchange.folder import read_records
from remit.exchange.published_yaml import NAME, read_published
from remit.jobs.versions import installed
from remit.report.simulation_page import LIMITS, Compared, Simulation, simulation_page
from remit.virtual.checked import checked
from remit.virtual.paired import error_said, signed
from remit.virtual.spread import plain, ranged, said

if TYPE_CHECKING:
    from remit.cli.simulate import Plan

BLOCK = 50
"""Trials that are conducted together: enough to share the cost of a table, few enough to stay small in memory."""


def many(
    plan: Plan, other: Plan | None, trials: int, reference: float, where: jobs.Where, folder: Path, as_json: bool
) -> int:
    """Conduct, summarize, write and say."""
    printed, source = _printed(plan)
    names = virtual.names(plan.replicates, trials)
    asked = virtual.Asked(plan.protocol, plan.scenario, trials, printed, reference, names.titles)
    parts = _conducted(plan, trials, where, folder, "virtual trials")
    found = virtual.summary(asked, parts.scan())
    results = list(found.results)
    outputs: dict[str, bytes] = {}
    compared = None
    digests = {"trials": parts.digest()}
    _tables(folder, found)
    if other is not None:
        under = folder / "against"
        others = _conducted(other, trials, where, under, "virtual trials of the other protocol")
        second = virtual.summary(replace(asked, protocol=other.protocol, printed={}), others.scan())
        _tables(under, second)
        digests["against"] = others.digest()
        pairs, rows = virtual.comparison(found, second)
        results += rows
        name = _called(plan, other)
        compared = Compared(name, second, pairs, plan.protocol.eligibility == other.protocol.eligibility)
    simulation = Simulation(
        summary=found,
        assumptions=virtual.assumptions(plan.protocol, plan.scenario),
        seed=plan.seed,
        digest=digests["trials"],
        source=source,
        results=results,
        left_out=names.analyses,
        compared=compared,
    )
    cut = checked(plan.protocol, plan.scenario).isoformat()
    outputs["results.json"] = _results(cut, results)
    outputs["simulation.html"] = simulation_page(simulation, bundle.scripts(), drawn).encode()
    outputs["manifest.json"] = _manifest(plan, other, trials, cut, reference, digests, outputs)
    for file, content in outputs.items():
        try:
            (folder / file).write_bytes(content)
        except OSError as problem:
            raise InputError(f"{folder / file} cannot be written ({problem.strerror}).") from None
    if as_json:
        typer.echo(json.dumps(_answer(simulation, folder, digests), ensure_ascii=False, allow_nan=False))
    else:
        _say(simulation, folder)
    return 0


def _conducted(plan: Plan, trials: int, where: jobs.Where, folder: Path, what: str) -> jobs.Parts:
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
    with progress(what) as report:
        return jobs.run(job, where, folder / "parts", report)


def _printed(plan: Plan) -> tuple[dict[str, virtual.Printed], str]:
    """The numbers of the real trial and where they stand: as published, else as its own records give them."""
    published = read_published(plan.trial)
    if published is not None:
        return published.printed(), f"{published.source.title} ({NAME} of the trial folder)"
    if not (plan.trial / "records").is_dir():
        return {}, ""
    records, _ = read_records(plan.trial / "records")
    if not records.tables:
        return {}, ""
    cut = cutoff_of(plan.protocol, records, None)
    wanted = set(virtual.headlines(plan.protocol))
    found = analysis.all(plan.protocol, derive.all(plan.protocol, records, cut))
    numbers = {
        r.id: virtual.Printed(r.id, r.value, r.text.partition(" (")[0], r.denominator if "/" in r.text else None)
        for r in found
        if r.id in wanted and r.value is not None
    }
    return numbers, f"the trial's own records as of {cut.isoformat()}" if numbers else ""


def _called(plan: Plan, other: Plan) -> str:
    """What the page calls the other protocol: what its document says, or its file where both say the same."""
    name = f"{other.protocol.id} version {other.protocol.version}"
    same = (other.protocol.id, other.protocol.version) == (plan.protocol.id, plan.protocol.version)
    return f"{name} ({other.document.name})" if same else name


def _tables(folder: Path, found: virtual.Summary) -> None:
    found.table.sink_parquet(folder / "results.parquet")
    found.spreads.write_parquet(folder / "spread.parquet")


def _results(cut: str, results: Sequence[Result]) -> bytes:
    # one result a line, as the report writes it
    head = json.dumps({"contract": "results/1", "cutoff": cut, "notice": LIMITS}, ensure_ascii=False)
    rows = (json.dumps(result.row(), ensure_ascii=False, allow_nan=False) for result in results)
    return (head.removesuffix("}") + ', "results": [\n' + ",\n".join(rows) + "\n]}\n").encode()


def _manifest(
    plan: Plan,
    other: Plan | None,
    trials: int,
    cut: str,
    reference: float,
    digests: Mapping[str, str],
    outputs: Mapping[str, bytes],
) -> bytes:
    inputs: dict[str, Any] = {
        "protocol": _hash(plan.protocol.model_dump_json()),
        "scenario": _hash(plan.scenario.model_dump_json()),
    }
    if other is not None:
        inputs["against"] = _hash(other.protocol.model_dump_json())
    published = plan.trial / NAME
    if published.is_file():
        inputs[NAME] = hashlib.sha256(published.read_bytes()).hexdigest()
    body = {
        "contract": "manifest/1",
        "trial": plan.protocol.id,
        "protocol_version": plan.protocol.version,
        "scenario": plan.scenario.key,
        "cutoff": cut,
        "trials": trials,
        "seed": plan.seed,
        "reference": reference,
        "versions": {**installed(), "vl-convert-python": version("vl-convert-python")},
        "inputs": inputs,
        "digests": dict(digests),
        "outputs": manifest.hashes(outputs),
    }
    return (json.dumps(body, indent=1, ensure_ascii=False) + "\n").encode()


def _answer(simulation: Simulation, folder: Path, digests: Mapping[str, str]) -> dict[str, Any]:
    summary = simulation.summary
    asked = summary.asked
    bulk = {f"simulation/{asked.scenario.key}/{id}/median" for id in summary.spreads["id"].to_list()}
    answer: dict[str, Any] = {
        "trials": asked.trials,
        "seed": simulation.seed,
        "scenario": asked.scenario.key,
        "digest": digests["trials"],
        "page": str(folder / "simulation.html"),
        "results": str(folder / "results.json"),
        "spread": _shown(summary).to_dicts(),
        "characteristics": [result.row() for result in simulation.results if result.id not in bulk],
    }
    if simulation.compared is not None:
        answer["against"] = {
            "name": simulation.compared.name,
            "digest": digests["against"],
            "same_people": simulation.compared.same_people,
            "differences": [
                {
                    "id": one.id,
                    "pairs": one.pairs,
                    "first": one.first,
                    "second": one.second,
                    "difference": one.difference,
                    "standard_error": one.error,
                    "p05": one.low,
                    "median": one.median,
                    "p95": one.high,
                    "higher": one.higher,
                    "equal": one.equal,
                    "correlation": one.correlation,
                    "worth": one.worth,
                }
                for one in simulation.compared.pairs
            ],
        }
    return answer


def _shown(summary: virtual.Summary) -> pl.DataFrame:
    return summary.spreads.join(pl.DataFrame({"id": list(summary.headlines)}), on="id", maintain_order="right")


def _say(simulation: Simulation, folder: Path) -> None:
    summary, compared = simulation.summary, simulation.compared
    asked = summary.asked
    typer.echo(f"{LIMITS} {asked.trials} trials, scenario {asked.scenario.key}, seed {simulation.seed}.")
    by_id = {result.id: result for result in simulation.results}
    rows = []
    for row in _shown(summary).iter_rows(named=True):
        id = row["id"]
        printed = asked.printed.get(id)
        share = by_id.get(f"simulation/{asked.scenario.key}/{id}/at-least-printed/proportion")
        rows.append(
            [
                id,
                "–" if row["median"] is None else said(id, row["median"]),
                "–" if row["median"] is None else ranged(id, row["p05"], row["p95"]),
                f"{row['known']}/{row['trials']}",
                "" if printed is None or share is None else printed.text,
                "" if share is None else f"{share.n}/{share.denominator}",
            ]
        )
    head = ["result", "median", "90 % of trials", "known"]
    _table([*head, "printed", "at least as high"] if asked.printed else head, rows)
    if compared is not None:
        typer.echo(f"\nThe same virtual patients under {compared.name}; a difference is other less this:")
        pairs = [
            [
                one.id,
                "–" if one.difference is None else signed(one.id, one.difference),
                error_said(one) or "–",
                "–" if one.correlation is None else f"{one.correlation:.2f}",
                "–" if one.worth is None else plain(one.worth),
                f"{one.pairs}/{one.trials}",
            ]
            for one in compared.pairs
        ]
        _table(["result", "difference", "standard error", "correlation", "worth", "pairs"], pairs)
    typer.echo(f"Page: {folder / 'simulation.html'}")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for word in head:
        made.add_column(word, justify="left" if word == "result" else "right", no_wrap=True)
    for row in rows:
        made.add_row(*row[: len(head)])
    Console(width=118).print(made)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
