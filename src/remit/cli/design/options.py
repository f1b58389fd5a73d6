"""The arguments and options that the three commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(metavar="SPEC.yaml", help="A design with its parameters and scenarios.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Html = Annotated[Path | None, typer.Option("--html", help="Also write a page with figures, one self-contained file.")]
Svg = Annotated[Path | None, typer.Option("--svg", help="Also write the figure as a picture; more beside it.")]
Trials = Annotated[int | None, typer.Option("--trials", help="Simulated trials; for a design with a calendar.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the simulation; for a design with a calendar.")]
