"""The page about many virtual trials: what is assumed, what such trials print, and where a printed number lies in it.

Only bars and result rows reach the page, never the trials themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from remit.analysis.result import Result
from remit.report.figures.figure import Figure
from remit.report.figures.render import svg
from remit.report.payload import unrecorded
from remit.report.shelf import Shelf, shown
from remit.report.simulation_panels import listed, parts
from remit.report.templating import alive, environment
from remit.report.words import method_word
from remit.virtual import Assumption, Paired, Summary

_ASKED = re.compile(r'data-id="([^"]+)"')
LIMITS = "Virtual trials under assumed truths; not for choosing a dose for people."


@dataclass(frozen=True)
class Compared:
    """The other protocol: what it is called, its own summary, and the headlines pair by pair."""

    name: str
    summary: Summary
    pairs: Sequence[Paired]
    same_people: bool


@dataclass(frozen=True)
class Simulation:
    """What the page is made of.

    source    where the printed numbers come from; empty when there are none
    digest    of the rows of all trials
    left_out  analyses that are not made of virtual trials
    results   every result row, of the comparison too
    """

    summary: Summary
    assumptions: Sequence[Assumption]
    seed: int
    digest: str
    source: str
    results: Sequence[Result]
    left_out: Sequence[str] = ()
    compared: Compared | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


def simulation_page(
    simulation: Simulation, scripts: str, picture: Callable[[Mapping[str, Any], str], str] = svg
) -> str:
    """The page as HTML, one file that asks nothing of any other place.

    scripts   what `figures.bundle` returns; with an empty text the figures stay pictures
    picture   `figures.svg`, or what gives the same text sooner
    """
    shelf = Shelf(simulation.results)
    figures: list[Figure] = []

    def drawn(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(picture(figure.spec, figure.key))

    found = parts(simulation, shelf)
    every = listed(simulation)
    asked = simulation.summary.asked
    made = environment()
    body = Markup(
        made.get_template("simulation_panels.html").render(parts=found, groups=every, draw=drawn, simulation=simulation)
    )
    behind = _payload(shelf, "".join((body, *(text for _, text in found.minute))))
    return made.get_template("simulation_page.html").render(
        title=f"{asked.trials} virtual trial{'' if asked.trials == 1 else 's'}",
        notice=LIMITS,
        simulation=simulation,
        protocol=asked.protocol,
        scenario=asked.scenario,
        minute=found.minute,
        body=body,
        version=version("remit"),
        **alive(figures, scripts, behind, ["page.css", "simulation.css"], ["page.js", "simulation.js"]),
    )


def _payload(shelf: Shelf, text: str) -> dict[str, Any]:
    """What the panels of the page read: the rows that it prints as numbers to press. No record is behind any."""
    asked = set(_ASKED.findall(text))
    return unrecorded(
        {
            r.id: (
                r,
                f"{r.title}: {shown(r)} (population: {r.population}; method: {method_word(r.method)}).",
                r.population,
            )
            for r in shelf.all()
            if r.id in asked
        }
    )
