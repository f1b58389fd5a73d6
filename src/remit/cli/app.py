"""Every verb of `remit`, in the order a trial meets them, and the exit codes they share.

0 done · 1 the work found something that needs a person · 2 the input is wrong · 3 not permitted · 70 a bug in remit.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import version

import typer

from remit.errors import RemitError

# A verb is a function, or a group of them, of its own name in the module of its own name; a module is imported when
# its verb is asked for, so that `remit call` does not wait for the chart library.
VERBS = (
    "new", "check", "report", "trace", "cuts", "simulate", "design", "decide", "replay", "claims", "call", "schema",
)  # fmt: skip

BUG = "This is a bug in remit, not in your trial. Please report it with the lines above; they hold no subject's values."


def build(verbs: Iterable[str] = VERBS) -> typer.Typer:
    """The command line with the given verbs."""
    app = typer.Typer(
        name="remit",
        help="An early-phase cell-therapy trial as software: a trial folder in, a traceable report out.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top)
    for verb in verbs:
        made = getattr(import_module(f"remit.cli.{verb}"), verb)
        if isinstance(made, typer.Typer):
            app.add_typer(made)
        else:
            app.command(verb)(made)
    return app


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"remit {version('remit')}")
        raise typer.Exit


def _top(
    _: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version and stop."),
) -> None:
    pass


def main() -> None:
    """Run the command line; every way out goes through here."""
    # one short run makes much and drops little: looking for cycles costs a tenth of its time
    gc.disable()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of one call; messages go to standard error."""
    named = arguments[:1]
    known = named if named and named[0] in VERBS else [] if named == ["--version"] else VERBS
    try:
        outcome: object = build(known)(arguments, prog_name="remit", standalone_mode=False)
    except RemitError as problem:
        typer.echo(str(problem), err=True)
        return problem.exit_code
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        typer.echo("Stopped.", err=True)
        return 130
    except typer.TyperException as problem:
        typer.echo(problem.format_message(), err=True)
        return problem.exit_code
    except BrokenPipeError:
        return 0
    except Exception:
        traceback.print_exc()
        typer.echo(BUG, err=True)
        return 70
    return outcome if isinstance(outcome, int) else 0
