"""`remit cuts`: what changed between two data cuts and why, and what would change if one record were different."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from remit.cli import cuts_text
from remit.cli.cut import Opened, open_cut
from remit.cli.progress import progress
from remit.cli.trial import cutoff_of, open_protocol
from remit.errors import InputError
from remit.evidence.cuts import Explained, explain
from remit.evidence.cuts_answer import explained_to_dict, what_if_to_dict
from remit.evidence.dose import decided
from remit.evidence.headline import headline
from remit.evidence.what_if import Edit, edited
from remit.evidence.what_if import what_if as tried
from remit.exchange.folder import read_records

cuts = typer.Typer(
    name="cuts",
    help="What changed between two data cuts and why; what would change if a record were different.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Everything = Annotated[bool, typer.Option("--all", help="List everything, not the first twenty.")]


@cuts.command()
def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="The earlier cut: a folder, or FOLDER@DATE.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The later cut.")],
    trial: Annotated[Path | None, typer.Option(help="The trial that a records folder or a report belongs to.")] = None,
    html: Annotated[Path | None, typer.Option(help="Also write the answer as a page to this file.")] = None,
    limit: Annotated[float, typer.Option(min=0, help="Seconds for proving each number by itself.")] = 30.0,
    everything: Everything = False,
    as_json: AsJson = False,
) -> int:
    """Explain every number that differs between two data cuts of one trial.

    A cut is a trial folder, a folder of records (with --trial), or a report (with --trial), at a date if you add @DATE.
    Each number is attributed to the records, the cutoff, the protocol or the version of remit that moved it, and the
    attribution is proven by running the trial again. Exit code 1 when a number could not be explained.

    Example: remit cuts diff examples/kn5501-sle@2024-04-01 examples/kn5501-sle@2024-05-01
    """
    if html is not None and html.is_dir():
        raise InputError(f"{html} is a folder. Give a file to --html, such as {html / 'cuts.html'}.")
    opened = open_cut(first, trial), open_cut(second, trial)
    before, after = (one.cut for one in opened)
    with progress("proofs") as report:
        explained = explain(
            before,
            after,
            headline(after.protocol),
            _Limit(limit),
            report if report is not None else lambda done, total: None,
        )
    decisions = [decided(o.cut.protocol, o.cut.records, o.findings, o.cut.cutoff) for o in opened]
    if html is not None:
        _write(html, explained, opened)
    if as_json:
        answer = explained_to_dict(explained)
        answer["decisions"] = {
            name: [cuts_text.said(one) for one in some]
            for name, some in zip(("before", "after"), decisions, strict=True)
        }
        typer.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
    else:
        cuts_text.show_explained(explained, decisions, everything)
        if html is not None:
            typer.echo(f"Page: {html}")
    return 1 if explained.unexplained else 0


@cuts.command("what-if")
def what_if(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The trial folder.")],
    change: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="'RECORD COLUMN=VALUE'", help="A cell that holds another value."),
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(metavar="RECORD", help="A record that is not there.")] = None,
    cutoff: Annotated[str | None, typer.Option(help="Data cutoff, year-month-day.")] = None,
    data: Annotated[Path | None, typer.Option(help="Read records from this folder instead of TRIAL/records.")] = None,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Say which numbers and dose decisions move when a record is different. No file is changed.

    Example: remit cuts what-if examples/kn5501-sle --set 'AE/CH01-012/1 AETOXGR=3'
    """
    edits, dropped = [_edit(text) for text in change or ()], list(dict.fromkeys(drop or ()))
    if not edits and not dropped:
        raise InputError("Nothing is to be different. Give --set 'RECORD COLUMN=VALUE' or --drop RECORD.")
    protocol = open_protocol(trial)
    records, findings = read_records(data if data is not None else trial / "records")
    other = edited(records, edits, dropped)
    day = cutoff_of(protocol, records, cutoff)
    answer = tried(protocol, records, other, day, findings, headline(protocol))
    if as_json:
        typer.echo(json.dumps(what_if_to_dict(answer), ensure_ascii=False, allow_nan=False))
    else:
        cuts_text.show_what_if(answer, day, everything)


class _Limit:
    """Says when so many seconds have passed since it was first asked."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None

    def __call__(self) -> bool:
        if self._until is None:
            self._until = time.monotonic() + self._seconds
        return time.monotonic() >= self._until


def _edit(text: str) -> Edit:
    place, equals, value = text.partition("=")
    words = place.split()
    if not equals or len(words) != 2:
        raise InputError(f"--set \"{place}\" is not a change. Write 'RECORD COLUMN=VALUE', record id and column apart.")
    return Edit(words[0], words[1], value.strip())


def _write(path: Path, explained: Explained, opened: tuple[Opened, Opened]) -> None:
    from remit.report.cuts_page import cuts_page

    notice = " ".join(dict.fromkeys(o.cut.records.notice for o in opened if o.cut.records.notice)) or None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(cuts_page(cuts_text.page(explained), notice), "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}). Give another file to --html.") from None
