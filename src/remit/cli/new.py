"""`remit new`: a trial folder to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from remit.errors import InputError
from remit.records import TABLES

# Qualifier tables that the analyses read; the others are accepted, and rarely needed.
QUALIFIERS = {"SUPPAE", "SUPPEX", "SUPPCP"}


def new(
    trial: Annotated[Path, typer.Argument(metavar="TRIAL", help="The folder to make; it must not exist, or be empty.")],
) -> None:
    """Make a trial folder from a template: a commented protocol, an empty records folder, and headers to copy.

    Example: remit new my-trial
    """
    if trial.exists() and (not trial.is_dir() or any(trial.iterdir())):
        raise InputError(f"{trial} is already there and not empty. Give a new name; nothing was changed.")
    try:
        (trial / "records").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{trial} cannot be made ({error.strerror}). Choose another place.") from None
    blank = trial / "blank"
    blank.mkdir()
    template = files("remit") / "templates" / "new-trial" / "protocol.yaml"
    (trial / "protocol.yaml").write_bytes(template.read_bytes())
    for table in TABLES:
        if table.name.startswith("SUPP") and table.name not in QUALIFIERS:
            continue
        (blank / f"{table.name.lower()}.csv").write_text(",".join(table.columns) + "\n", "utf-8")
    typer.echo(
        f"Made {trial}.\n"
        f"1. Edit {trial / 'protocol.yaml'}; every field is explained there.\n"
        f"2. Put one file per table you collect into {trial / 'records'} (headers to copy are in {blank}).\n"
        f"   A table without rows means: asked, and nothing happened. No file means: not collected.\n"
        f"3. remit check {trial}, then remit report {trial}."
    )
