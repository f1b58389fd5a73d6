"""The page about many virtual trials: what is assumed, what such trials print, and where a printed number lies in it.

Only bars and result rows reach the page, never the trials themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from remit.analysis.result import Result
from remit.report.figures.figure import Figure
from remit.report.figures.render import svg
from remit.report.payload import packed
from remit.report.shelf import Shelf, shown
from remit.report.simulation_panels import listed, parts
from remit.report.templating import as_json, asset, environment
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


def simulation_page(simulation: Simulation, scripts: str) -> str:
    """The page as HTML, one file that asks nothing of any other place.

    scripts   what `figures.bundle` returns; with an empty text the figures stay pictures
    """
    shelf = Shelf(simulation.results)
    figures: list[Figure] = []

    def drawn(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(svg(figure.spec, figure.key))

    found = parts(simulation, shelf)
    every = listed(simulation)
    asked = simulation.summary.asked
    made = environment()
    body = Markup(
        made.get_template("simulation_panels.html").render(parts=found, groups=every, draw=drawn, simulation=simulation)
    )
    encoding, data = packed(_payload(shelf, "".join((body, *(text for _, text in found.minute)))))
    return made.get_template("simulation_page.html").render(
        title=f"{asked.trials} virtual trial{'' if asked.trials == 1 else 's'}",
        limits=LIMITS,
        simulation=simulation,
        protocol=asked.protocol,
        scenario=asked.scenario,
        minute=found.minute,
        body=body,
        version=version("remit"),
        specs=[(figure.key, as_json(figure.spec)) for figure in figures] if scripts else [],
        data=Markup(data),
        encoding=encoding,
        scripts=Markup(scripts.replace("</script", "<\\/script")) if figures else "",
        style=Markup(asset("page.css") + asset("simulation.css")),
        code=Markup(asset("page.js") + asset("simulation.js")),
    )


def _payload(shelf: Shelf, text: str) -> dict[str, Any]:
    """What the panels of the page read: the rows that it prints as numbers to press. No record is behind any."""
    rows = {}
    asked = set(_ASKED.findall(text))
    for r in shelf.all():
        if r.id not in asked:
            continue
        sentence = f"{r.title}: {shown(r)} (population: {r.population}; method: {r.method})."
        rows[r.id] = [sentence, _note(r), 0, r.group, r.population, shown(r), r.title, [], False]
    nothing: dict[str, Any] = {"tables": {}, "ids": [], "fields": {}, "names": {}, "groups": {}}
    return {"results": rows, "behind": [[]], **nothing}


def _note(result: Result) -> str:
    return result.note[:1].upper() + result.note[1:].rstrip(".") + "." if result.note else ""
