"""`remit new`: a trial folder to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from remit.errors import InputError
from remit.records import TABLES

FIRST_TABLES = ("DM", "DS", "SV", "EX", "CM", "MH", "AE", "LB", "VS", "RS")


def new(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The folder to make; it must not exist, or be empty.")],
) -> None:
    """Make a trial folder from a template: a commented protocol and empty tables with their headers.

    Example: remit new my-trial
    """
    if trial.exists() and (not trial.is_dir() or any(trial.iterdir())):
        raise InputError(f"{trial} is already there and not empty. Give a new name; nothing was changed.")
    records = trial / "records"
    records.mkdir(parents=True, exist_ok=True)
    template = files("remit") / "templates" / "new-trial" / "protocol.yaml"
    (trial / "protocol.yaml").write_bytes(template.read_bytes())
    for table in TABLES:
        if table.name in FIRST_TABLES:
            (records / f"{table.name.lower()}.csv").write_text(",".join(table.columns) + "\n", "utf-8")
    typer.echo(
        f"Made {trial}: edit protocol.yaml, fill records/*.csv, then `remit check {trial}` and `remit report {trial}`."
    )
