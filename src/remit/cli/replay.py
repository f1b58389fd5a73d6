"""`remit replay`: was the allocation that happened one that the declared design allows?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from remit import designs
from remit.cli.conduct import Conduct, conduct, others
from remit.derive import outcomes

# What the minutes call a design.
WORDS = {"titration-3+3-expansion": "titration, 3+3 and expansion", "mtpi2": "mTPI-2", "mtpi": "mTPI"}
UPPER = ("boin", "crm", "blrm")


def replay(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Only what had happened by then, year-month-day.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    part: Annotated[str | None, typer.Option(help="Key of the part, in a trial whose parts have designs.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Follow the subjects through the declared design, in the order in which they were treated.

    Exit code 1 when a subject was treated where the design would not have gone. Other designs are shown beside it, and
    findings that touch who had a DLT or which level was given: the answer rests on them.

    Example: remit replay examples/kn5501-sle
    """
    now = conduct(trial, as_of, data, part)
    one = now.declared
    course = outcomes.cohorts(now.people, evaluable=False)
    answer = designs.replay(now.design, course)
    strays = _strays(now)
    allowed = answer.allowed and not now.strays
    violation = strays or (one.spoken(answer.first_violation) if answer.first_violation is not None else None)
    rest = {name: designs.replay(design, course) for name, design in others(one).items()}
    counts = [sum(c.level == place for c in course) for place in range(1, len(one.levels) + 1)]
    verdicts = {now.design.key: _verdict(now.design.key, answer, counts, now)}
    verdicts |= {name: _verdict(name, other, counts, now) for name, other in rest.items()}
    if strays:
        verdicts = dict.fromkeys(verdicts, f"{strays} {_unknown(now)}")
    if as_json:
        said = {
            "design": now.design.key,
            "part": one.part.key if one.part is not None else None,
            "subjects": counts,
            "allowed": allowed,
            "first_violation": violation,
            "finished": answer.finished if not strays else None,
            "verdict": verdicts[now.design.key],
            "open_queries": [query.facts() for query in now.queries],
            "other_designs": [
                {
                    "design": n,
                    "allowed": r.allowed if not strays else None,
                    "first_violation": (None if strays or r.first_violation is None else one.spoken(r.first_violation)),
                    "finished": r.finished if not strays else None,
                    "verdict": verdicts[n],
                }
                for n, r in rest.items()
            ],
        }
        typer.echo(json.dumps(said, ensure_ascii=False))
        return 0 if allowed else 1
    if one.part is not None:
        typer.echo(f"{one.part.label}:")
    levels = ", ".join(f"{level.name} {n}" for level, n in zip(one.levels, counts, strict=True))
    typer.echo(f"{len(course)} subjects in order of treatment: {levels}.")
    if strays:
        typer.echo(f"{strays}\n{_unknown(now)}")
    else:
        for name, verdict in verdicts.items():
            typer.echo(f"{'Declared: ' if name == now.design.key else '  '}{verdict}")
    if now.queries:
        typer.echo("This rests on records that are in question:")
        for query in now.queries:
            typer.echo(f"  {query.sentence} {query.remedy}")
    return 0 if allowed else 1


def _strays(now: Conduct) -> str:
    who = ", ".join(one.subject for one in now.strays)
    return f"Treated at a level that the protocol lacks: {who}." if who else ""


def _unknown(now: Conduct) -> str:
    whose = "that subject's level is" if len(now.strays) == 1 else "the levels of those subjects are"
    return f"The allocation cannot be judged until {whose} known."


def _verdict(name: str, answer: designs.Replay, counts: list[int], now: Conduct) -> str:
    """In plain words: a path of the design, finished or not, or no path and where it first leaves."""
    numbers = f"({', '.join(map(str, counts))})"
    called = WORDS.get(name, name.upper() if name in UPPER else name)
    if answer.first_violation is not None:
        return f"{numbers} is no path of {called}, finished or not. {now.declared.spoken(answer.first_violation)}"
    if answer.finished:
        return f"{numbers} is a path of {called}, and finished: the design would treat nobody else."
    return f"{numbers} is a path of {called}, not finished yet."
