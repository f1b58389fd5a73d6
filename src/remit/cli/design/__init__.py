"""`remit design`: what a dose-escalation design does, without a trial."""

from __future__ import annotations

import typer

from remit.cli.design.characteristics import characteristics
from remit.cli.design.compare import compare
from remit.cli.design.table import table

design = typer.Typer(name="design", help="What a dose-escalation design does, without a trial.", no_args_is_help=True)
design.command("oc")(characteristics)
design.command("table")(table)
design.command("compare")(compare)
