"""`remit decide`: the next level from the records, and why; or whose outcome has to be awaited first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from remit import designs
from remit.cli.conduct import Conduct, conduct, others
from remit.derive import outcomes


def decide(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Only what had happened by then, year-month-day.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Say what the declared design does next, with the sentence for the minutes.

    While a DLT window is open, or an event is still to be judged, no decision is made: the subjects are named and
    the exit code is 1. So it is when the trial left the declared design.

    Example: remit decide examples/kn5501-sle --as-of 2023-11-28
    """
    now = conduct(trial, as_of, data)
    waiting = [one for one in now.people if one.awaited]
    if waiting:
        decision = designs.Decision(None, "stop", "", 0)
        action, reason = "wait", "; ".join(f"{one.subject}: {one.why}" for one in waiting)
    else:
        decision, action, reason = _decided(now)
    beside = {name: _said(design, now) for name, design in others(now.protocol).items()} if not waiting else {}
    if as_json:
        said = {
            "design": now.design.key,
            "level": decision.level,
            "action": action,
            "reason": reason,
            "subjects": decision.subjects,
            "open_windows": [{"subject": w.subject, "level": w.level, "why": w.why} for w in waiting],
            "other_designs": [
                {"design": n, "level": d.level, "action": d.action, "reason": d.reason} for n, d in beside.items()
            ],
        }
        typer.echo(json.dumps(said, ensure_ascii=False))
    elif waiting:
        typer.echo("No decision yet.")
        for one in waiting:
            typer.echo(f"  {one.subject}, level {one.level}, first infusion {one.first_infusion}: {one.why}")
    else:
        names = {level.level: level.name for level in now.protocol.levels}
        people = f"{decision.subjects} subject{'' if decision.subjects == 1 else 's'}"
        where = f"level {decision.level} ({names[decision.level]}), {people}" if decision.level else "nobody"
        typer.echo(f"{now.design.key}: {action}; next: {where}. {reason}")
        for name, other in beside.items():
            typer.echo(f"  {name} would say: {other.action}. {other.reason}")
    return 1 if waiting or action == "outside" else 0


def _decided(now: Conduct) -> tuple[designs.Decision, str, str]:
    course = outcomes.cohorts(now.people, evaluable=True)
    followed = designs.replay(now.design, course)
    fitting = [decision for seen, decision in followed.readings if _fits(now, seen)]
    if fitting:
        # subjects may be read as cohort or as expansion; a reading in which the trial is complete settles it
        chosen = next((decision for decision in fitting if decision.level is None), fitting[0])
        return chosen, chosen.action, chosen.reason
    nothing = designs.Decision(None, "stop", "", 0)
    if not followed.allowed:
        return nothing, "outside", f"The trial left its declared design. {followed.first_violation}"
    last = course[-1].level
    return designs.Decision(last, "stay", "", 1), "stay", f"The cohort at level {last} is not complete yet."


def _fits(now: Conduct, seen: designs.Outcomes) -> bool:
    """Whether a reading agrees with the lesser events on record; an event without a grade counts as a trigger."""
    if not isinstance(seen, designs.GradedOutcomes):
        return True
    threshold = getattr(now.design, "trigger_grade", 2)
    for level, single in enumerate(seen.singles, start=1):
        if single is None:
            continue
        alone = next(one for one in now.people if one.level == level and one.counts)
        event = alone.ungraded or (alone.worst or 0) >= threshold
        if single != (2 if alone.dlt else 1 if event else 0):
            return False
    return True


def _said(design: designs.Design, now: Conduct) -> designs.Decision:
    return designs.decide(
        design, designs.outcomes_of(len(now.protocol.levels), outcomes.cohorts(now.people, evaluable=True))
    )
