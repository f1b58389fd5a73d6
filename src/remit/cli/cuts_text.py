"""What `remit cuts` says to people: on the terminal, and what its page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import typer

from remit.evidence.cuts import Explained, Moved
from remit.evidence.cuts_words import because, causes, printed
from remit.evidence.dose import Decided
from remit.evidence.headline import headline
from remit.evidence.what_if import WhatIf
from remit.report.cuts_page import CutsPage, Number, Reason

SHOWN = 20
_NAMED = 3


def show_explained(explained: Explained, decisions: Sequence[Sequence[Decided]], everything: bool) -> None:
    """The answer of `remit cuts diff`."""
    typer.echo(f"{explained.before.name} → {explained.after.name}")
    for sentence in sentences(explained):
        typer.echo(sentence)
    rows = [(one.id, *printed(one.before, one.after), because(explained, one)) for one in explained.moved]
    _table(("number", "before", "after", "because"), rows, everything)
    found = [(cause.words, str(len(cause.numbers)), _first(cause.numbers)) for cause in causes(explained)]
    _table(("cause", "numbers", "first of them"), found, everything)
    _decisions(decisions)


def show_what_if(answer: WhatIf, day: date, everything: bool) -> None:
    """The answer of `remit cuts what-if`."""
    typer.echo(f"{len(answer.moved)} of {answer.results} numbers move (cutoff {day.isoformat()}).")
    if answer.unseen:
        typer.echo(f"Not seen at this cutoff, so nothing moves by it: {', '.join(answer.unseen)}.")
    _table(
        ("number", "before", "after"),
        [(one.id, *printed(one.before, one.after)) for one in answer.moved],
        everything,
    )
    _decisions(list(zip(*answer.decisions, strict=True)) or [(), ()])


def sentences(explained: Explained) -> list[str]:
    """How much differs, how much moved, and how that is proven."""
    differ, moved = len(explained.changes), len(explained.moved)
    cutoffs = explained.before.cutoff.isoformat(), explained.after.cutoff.isoformat()
    same = f"Both at the cutoff {cutoffs[0]}" if cutoffs[0] == cutoffs[1] else f"Cutoff {cutoffs[0]} → {cutoffs[1]}"
    amended = f", {_many(len(explained.protocol), 'place')} of the protocol" if explained.protocol else ""
    said = [f"{same}: {_many(differ, 'record')}{amended} {'differs' if differ == 1 and not amended else 'differ'}."]
    if not moved:
        return [*said, f"None of the {explained.results} numbers moved."]
    alone = sum(one.how == "alone" for one in explained.moved)
    together = sum(one.how == "together" for one in explained.moved)
    left = len(explained.unexplained)
    proofs = [f"{alone} by {'its' if alone == 1 else 'their'} own causes alone"] if alone else []
    proofs += [f"{together} together with the others of their analysis"] if together else []
    rest = f"{left} could not be explained in the time given" if left else "nothing is left over"
    said.append(f"{moved} of {explained.results} numbers moved; {rest}.")
    said.append(f"Proven by running the trial again: {', '.join(proofs)}." if proofs else "No proof was finished.")
    return said


def page(explained: Explained) -> CutsPage:
    """The content of the page."""
    first = set(headline(explained.after.protocol))
    rows = {one.id: _number(explained, one) for one in explained.moved}
    left = {one.id for one in explained.unexplained}
    before, after = explained.before, explained.after
    return CutsPage(
        f"{after.protocol.short_title}: what changed between two data cuts",
        sentences(explained),
        [
            ("Before", before.name),
            ("After", after.name),
            ("Cutoffs", f"{before.cutoff.isoformat()} → {after.cutoff.isoformat()}"),
            ("Protocol", f"version {before.protocol.version} → {after.protocol.version}"),
        ],
        [row for id, row in rows.items() if id in first and id not in left],
        [row for id, row in rows.items() if id not in first and id not in left],
        [
            Reason(cause.words, str(len(cause.numbers)), [one.title for one in cause.numbers[:_NAMED]])
            for cause in causes(explained)
        ],
        [rows[id] for id in rows if id in left],
    )


def said(one: Decided) -> dict[str, object]:
    """A decision in plain JSON types."""
    return {
        "part": one.part,
        "design": one.design,
        "action": one.action,
        "level": one.level,
        "reason": one.reason,
    }


def _number(explained: Explained, one: Moved) -> Number:
    return Number(one.id, one.title, *printed(one.before, one.after), because(explained, one))


def _first(numbers: Sequence[Moved]) -> str:
    return ", ".join(one.id for one in numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")


def _decisions(sides: Sequence[Sequence[Decided]]) -> None:
    old, new = ({one.part: one for one in side} for side in sides)
    if not old and not new:
        return
    typer.echo()
    for part in dict.fromkeys([*old, *new]):
        lead = "Dose decision" if part is None else f"Dose decision, {part}"
        one, other = old.get(part), new.get(part)
        if one == other:
            typer.echo(f"{lead} ({_design(one)}): stays. {_sentence(other)}")
        else:
            typer.echo(f"{lead} ({_design(one or other)}) before: {_sentence(one)}")
            typer.echo(f"{lead} ({_design(other or one)}) after:  {_sentence(other)}")


def _design(one: Decided | None) -> str:
    return one.design if one is not None else "none"


def _sentence(one: Decided | None) -> str:
    return "none declared." if one is None else f"{one.action}. {one.reason}"


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], everything: bool) -> None:
    if not rows:
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in head:
        table.add_column(column, overflow="fold")
    for row in rows if everything else rows[:SHOWN]:
        table.add_row(*(escape(cell) for cell in row))
    console = Console()
    console.print()
    console.print(table)
    if not everything and len(rows) > SHOWN:
        typer.echo(f"… and {len(rows) - SHOWN} more; --all lists them.")
