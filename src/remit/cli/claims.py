"""`remit claims`: what can be true given the numbers a publication printed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from remit.cli.cohort import cohort
from remit.cli.progress import QUIET
from remit.errors import InputError
from remit.evidence import Checked, Reconciled, check_claims, reconcile_claims
from remit.evidence.answer import reconciled_to_dict, to_dict
from remit.exchange.claims_yaml import read_claims
from remit.report.claims_page import claims_page, reconcile_page

claims = typer.Typer(
    name="claims",
    help="What can be true given the numbers a publication printed.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

claims.command()(cohort)

Limit = Annotated[float, typer.Option(min=0.1, help="Seconds of solving before the answer is 'not decided'.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the answer as a page.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


@claims.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The claims document, a YAML file.")],
    limit: Limit = 30.0,
    html: Html = None,
    as_json: AsJson = False,
) -> int:
    """Check whether the printed numbers of one publication can all be true.

    Prints a verdict on each statement (impossible, forced, undetermined with its range, not reported) and what
    follows from the numbers without being printed. Exit code 1 when something is impossible, 2 when the document
    cannot be read.

    Example: remit claims check examples/claims/l17.yaml
    """
    document = read_claims(file)
    with _progress() as tell:
        checked = check_claims(document, limit, tell)
    if html is not None:
        _write(html, claims_page(document, checked))
    if as_json:
        typer.echo(json.dumps(to_dict(checked), indent=1, ensure_ascii=False))
    else:
        _print_checked(checked)
    return 1 if checked.verdict == "impossible" else 0


@claims.command()
def reconcile(
    first: Annotated[Path, typer.Argument(metavar="A", help="The earlier report.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="The later report of the same trial.")],
    more: Annotated[int, typer.Option(min=0, max=3, help="Also list explanations with so many more changes.")] = 0,
    limit: Limit = 30.0,
    html: Html = None,
    as_json: AsJson = False,
) -> int:
    """Find the smallest patient-level explanations of what changed between two reports of one trial.

    An explanation says how many patients left, joined, or had an event recorded differently. Exit code 1 when the
    two cannot be reconciled.

    Example: remit claims reconcile examples/claims/l17.yaml examples/claims/later-report.yaml
    """
    documents = read_claims(first), read_claims(second)
    with _progress() as tell:
        reconciled = reconcile_claims(*documents, more=more, limit=limit, progress=tell)
    if html is not None:
        _write(html, reconcile_page(*documents, reconciled))
    if as_json:
        typer.echo(json.dumps(reconciled_to_dict(reconciled), indent=1, ensure_ascii=False))
    else:
        _print_reconciled(reconciled)
    return 1 if reconciled.verdict == "impossible" else 0


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Says on standard error what is being solved, where that is a terminal, once it has lasted over a second."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    status = console.status("reading")
    # a timer, so that it also appears while one long question is still at work
    timer = threading.Timer(QUIET, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda what: status.update(what)
    finally:
        timer.cancel()
        status.stop()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from None


def _print_checked(checked: Checked) -> None:
    typer.echo(f"{checked.verdict.upper()}: {checked.why}")
    rows = [
        (s.id, s.verdict, _range(s.range), s.why + "".join(f"\nassumes: {a}" for a in s.assumptions))
        for s in checked.statements
    ]
    _table(("statement", "verdict", "range", "why"), rows)
    if checked.derived:
        facts = [(f.id, _range(f.range) if f.range is not None else _shown(f.value), f.why) for f in checked.derived]
        _table(("follows", "value", "why"), facts)


def _print_reconciled(reconciled: Reconciled) -> None:
    typer.echo(f"{reconciled.verdict.upper()}: {reconciled.why}")
    _table(
        ("", "changes", "explanation"),
        [(str(n), str(e.size), e.words) for n, e in enumerate(reconciled.explanations, 1)],
    )
    for sentence in (*reconciled.left_over, *reconciled.assumptions):
        typer.echo(f"· {sentence}")


def _range(ends: tuple[float, float] | None) -> str:
    if ends is None:
        return ""
    low, high = (_shown(end) for end in ends)
    return low if low == high else f"{low} – {high}"


def _shown(value: float | str | None) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, int | float) else str(value or "")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in head:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console = Console()
    console.print()
    console.print(table)
