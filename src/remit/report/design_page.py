"""The page about designs alone, without a trial: the style, the scripts and the panels of the report page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from remit.analysis.result import Result
from remit.report.figures.figure import Figure
from remit.report.payload import unrecorded
from remit.report.shelf import Shelf, shown
from remit.report.tables import Table
from remit.report.templating import alive, environment

SIMULATED = "simulation, "


@dataclass(frozen=True)
class Panel:
    """One part of the page.

    lines    sentences with numbers
    """

    title: str
    said: str
    lines: Sequence[Markup]
    figures: Sequence[Figure | None]
    tables: Sequence[Table | None]


def design_page(title: str, panels: Sequence[Panel], shelf: Shelf, scripts: str) -> str:
    """The page as HTML.

    scripts   what `figures.bundle` returns; with an empty text the figures stay pictures
    """
    figures: list[Figure] = []

    def drawn(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(figure.still)

    made = environment()
    body = Markup(made.get_template("design_panels.html").render(panels=panels, draw=drawn))
    return made.get_template("design_page.html").render(
        title=title,
        body=body,
        version=version("remit"),
        **alive(figures, scripts, _payload(shelf.all()), ["page.css"], ["page.js"]),
    )


def _payload(results: Sequence[Result]) -> dict[str, Any]:
    """What the panels of the page read; no row and no record stands behind any of these numbers."""
    rows = {}
    for r in results:
        method = "simulation" if r.method.startswith(SIMULATED) else r.method
        rows[r.id] = (r, f"{r.title}: {shown(r)} (population: {_population(r)}; method: {method}).", _population(r))
    return unrecorded(rows)


def _population(result: Result) -> str:
    """What the number is taken over: the trials drawn, or every way that a trial can go."""
    if result.method == "stated":
        return "none"
    if not result.method.startswith(SIMULATED):
        return "every way the trial can go"
    return result.method.removeprefix(SIMULATED).replace(" trials", " simulated trials", 1)
