"""`remit decide`: the next level from the records, and why; or whose outcome has to be awaited first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from remit import designs
from remit.cli import next_cohort
from remit.cli.conduct import Conduct, conduct, others
from remit.derive import outcomes
from remit.derive.dose_decision import DoseDecision
from remit.evidence.dose import next_step


def decide(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Only what had happened by then, year-month-day.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    part: Annotated[str | None, typer.Option(help="Key of the part, in a trial whose parts have designs.")] = None,
    ahead: Annotated[bool, typer.Option("--next", help="Also what the next cohort is worth.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Say what the declared design does next, with the sentence for the minutes.

    While a DLT window is open, an event is still to be judged, or a finding touches who had a DLT, no decision is
    made: subject, day and item are named and the exit code is 1. So it is when the trial left the declared design.

    Example: remit decide examples/kn5501-sle --as-of 2023-11-28 --next
    """
    now = conduct(trial, as_of, data, part)
    waiting = tuple(one for one in now.people if one.awaited)
    made = next_step(now.protocol, now.declared, now.design, now.people, now.queries)
    held = made.action == "wait"
    beside = {} if held else {name: _said(design, now) for name, design in others(now.declared).items()}
    worth = next_cohort.worth(now, made) if ahead or as_json else None
    if as_json:
        typer.echo(json.dumps(_answer(now, made, waiting, beside, worth), ensure_ascii=False))
    else:
        _print(now, made, waiting, beside)
        if ahead:
            next_cohort.show(now, worth)
    return 1 if held or made.action == "outside" else 0


def _answer(
    now: Conduct,
    made: DoseDecision,
    waiting: tuple[outcomes.Treated, ...],
    beside: Mapping[str, designs.Decision],
    worth: designs.NextCohort | None,
) -> dict[str, object]:
    one = now.declared
    level = made.decision.level
    return {
        "design": now.design.key,
        "part": one.part.key if one.part is not None else None,
        "level": one.number(level),
        "level_name": one.name(level) if level is not None else None,
        "action": made.action,
        "reason": one.spoken(made.reason) if made.action != "wait" else made.reason,
        "subjects": made.decision.subjects,
        "open_windows": [_window(now, w) for w in waiting],
        "open_queries": [query.facts() for query in now.queries],
        "noted": [{"record": one.record, "rule": one.rule, "what": one.what} for one in now.noted],
        "other_designs": [
            {"design": n, "level": one.number(d.level), "action": d.action, "reason": one.spoken(d.reason)}
            for n, d in beside.items()
        ],
        "next_cohort": None if worth is None else next_cohort.to_json(now, worth),
    }


def _window(now: Conduct, who: outcomes.Treated) -> dict[str, object]:
    def day(on: date | None) -> int | None:
        return None if on is None else (on - who.first_infusion).days

    return {
        "subject": who.subject,
        "level": now.declared.number(who.level),
        "why": who.wait,
        "today_day": day(who.cutoff),
        "closes_day": day(who.closes),
        "closes": who.closes.isoformat() if who.closes is not None else None,
    }


def _print(
    now: Conduct, made: DoseDecision, waiting: tuple[outcomes.Treated, ...], beside: Mapping[str, designs.Decision]
) -> None:
    one = now.declared
    if one.part is not None:
        typer.echo(f"{one.part.label}:")
    if made.action == "wait":
        typer.echo("No decision yet.")
        for who in waiting:
            assert who.level is not None
            typer.echo(f"  {who.subject}, {one.name(who.level)}: {who.wait}")
        for query in now.queries:
            typer.echo(f"  {query.sentence} {query.remedy}")
        _note(now)
        return
    level, subjects = made.decision.level, made.decision.subjects
    people = f"{subjects} subject{'' if subjects == 1 else 's'}"
    where = f"level {one.number(level)} ({one.name(level)}), {people}" if level is not None else "nobody"
    typer.echo(f"{now.design.key}: {made.action}; next: {where}. {one.spoken(made.reason)}")
    _note(now)
    for name, other in beside.items():
        typer.echo(f"  {name} would say: {other.action}. {one.spoken(other.reason)}")


def _note(now: Conduct) -> None:
    for one in now.noted:
        typer.echo(f"  Noted, {one.record}: {one.what}")


def _said(design: designs.Design, now: Conduct) -> designs.Decision:
    course = outcomes.cohorts(now.people, evaluable=True)
    return designs.decide(design, designs.outcomes_of(design.levels, course))
