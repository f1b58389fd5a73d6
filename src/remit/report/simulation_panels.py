"""What stands on the page about virtual trials, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from remit.report.shelf import Shelf
from remit.report.simulation_cards import headlines, pairs
from remit.report.simulation_sections import claims, printed, whole
from remit.report.simulation_words import Panel, short_of, stem_of

if TYPE_CHECKING:
    from remit.report.simulation_page import Simulation

AREAS = {
    "trial": "The trial",
    "disposition": "Disposition",
    "follow-up": "Follow-up",
    "baseline": "Baseline",
    "exposure": "Exposure",
    "safety": "Safety",
    "activity": "Disease activity",
    "steroid": "Steroid",
    "efficacy": "Efficacy",
    "time-to": "Time to an event",
    "durability": "Durability",
    "b-cells": "B cells",
    "kinetics": "Cell kinetics",
}


GAPS = (
    ("subjects", "disposition/infused/count"),
    ("months", "trial/months"),
    ("subjects with a dose-limiting toxicity", "trial/dlts"),
)
"""What a comparison says first, before the efficacy claims."""


@dataclass(frozen=True)
class Part:
    """Everything above the table of all results, and what stands below it."""

    minute: Sequence[tuple[str, Markup]]
    panels: Sequence[Panel]
    method: Sequence[tuple[str, Markup | str]]


@dataclass(frozen=True)
class Spread:
    """One row of the table of all results."""

    id: str
    title: str
    median: str
    middle: str
    absent: str


@dataclass(frozen=True)
class Group:
    """The results of one area."""

    title: str
    rows: Sequence[Spread] = field(default_factory=tuple)


def parts(simulation: Simulation, shelf: Shelf) -> Part:
    """The content of the page."""
    summary = simulation.summary
    found = [headlines(simulation, shelf), whole(summary, shelf)]
    if summary.claims:
        found.append(claims(summary, shelf))
    if simulation.compared is not None:
        found.insert(0, pairs(simulation, shelf))
    if summary.compared.height:
        found.append(printed(summary, shelf))
    return Part(_minute(simulation, shelf), found, _method(simulation))


def listed(simulation: Simulation) -> tuple[Group, ...]:
    """Every id's spread, by area."""
    asked = simulation.summary.asked
    areas: dict[str, list[Spread]] = {}
    by_id = {r.id: r for r in simulation.results}
    for id, trials, known in simulation.summary.spreads.select("id", "trials", "known").rows():
        row = by_id[f"simulation/{asked.scenario.key}/{id}/median"]
        median, _, middle = row.text.partition(" (90 % of trials ")
        title = row.title.removesuffix(", median of virtual trials")
        absent = f"{trials - known}/{trials}" if known < trials else ""
        shown = Spread(id, "" if title == id else title, median or "–", middle.removesuffix(")") or "–", absent)
        areas.setdefault(id.partition("/")[0], []).append(shown)
    order = [*AREAS, *(key for key in areas if key not in AREAS)]
    return tuple(Group(AREAS.get(key, key), tuple(areas[key])) for key in order if key in areas)


def _minute(simulation: Simulation, shelf: Shelf) -> list[tuple[str, Markup]]:
    summary, stem = simulation.summary, stem_of(simulation.summary)

    def middle(id: str) -> Markup:
        return shelf.number(f"{stem}/{id}/median")

    dot = Markup(' <span class="dot">·</span> ')
    levels = dot.join(
        Markup("{} in {}").format(level.name, shelf.fraction(f"{stem}/recommended/{level.key}/proportion"))
        for level in summary.asked.protocol.levels
        if shelf.positive(f"{stem}/recommended/{level.key}/proportion")
    )
    none = Markup("no level in {}").format(shelf.fraction(f"{stem}/recommended/none/proportion"))
    lines = [
        (
            "A trial",
            Markup("infuses {} subjects").format(middle("disposition/infused/count"))
            + dot
            + Markup("takes {} months").format(middle("trial/months")),
        ),
        ("Recommends", dot.join(part for part in (levels, none) if part)),
        (
            "Safety",
            Markup("{} with a dose-limiting toxicity").format(middle("trial/dlts"))
            + dot
            + Markup("{} with cytokine release syndrome").format(middle("safety/crs/any/count")),
        ),
    ]
    efficacy = dot.join(Markup("{}: {}").format(short_of(summary, one.id), middle(one.id)) for one in summary.claims)
    if efficacy:
        lines.append(("Efficacy", efficacy))
    wanted = summary.asked.printed
    seen = dot.join(
        Markup("{} at least as high as the printed {} in {}").format(
            short_of(summary, one.id),
            wanted[one.id].text,
            shelf.fraction(f"{stem}/{one.id}/at-least-printed/proportion"),
        )
        for one in summary.claims
        if one.id in wanted
    )
    if seen:
        lines.append(("Against the print", seen))
    if simulation.compared is not None:
        gaps = dot.join(
            Markup("{}: {}").format(word, shelf.number(f"{stem}/{id}/difference/mean"))
            for word, id in (*GAPS, *((short_of(summary, one.id), one.id) for one in summary.claims))
            if shelf.has(f"{stem}/{id}/difference/mean")
        )
        lines.append(("Other less this", gaps))
    lines.append(
        (
            "Read with care",
            Markup(
                "all of this holds if the assumed truth holds, and says nothing about whether it does. A range is that "
                "of 90\u00a0% of the trials; an interval behind a share of trials is what {} trials leave open."
            ).format(summary.asked.trials),
        )
    )
    return lines


def _method(simulation: Simulation) -> list[tuple[str, Markup | str]]:
    asked = simulation.summary.asked
    said: list[tuple[str, Markup | str]] = [
        (
            "Trials",
            f"{asked.trials}, numbered from 1, seed {simulation.seed}. Each is the same alone and among others.",
        ),
        ("Scenario", f"{asked.scenario.key}: {asked.scenario.title}"),
        ("Analyses", "Derived and analyzed by the code that reads real records; the design decides as it would there."),
        ("Digest of the results", Markup("<code>{}</code>").format(simulation.digest)),
    ]
    if simulation.left_out:
        said.append(("Analyses left out", f"{', '.join(simulation.left_out)}: no value trial by trial"))
    absent = simulation.summary.spreads.filter(simulation.summary.spreads["known"] == 0)["id"].to_list()
    if absent:
        said.append(("In no trial", f"{len(absent)} results have no value in any trial; the table has them with –"))
    return said
