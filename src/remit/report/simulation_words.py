"""What the page about virtual trials calls things, and the shape of one of its sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from remit.report.figures.figure import Figure
from remit.report.shelf import Shelf
from remit.report.tables import Table
from remit.virtual import Summary


@dataclass(frozen=True)
class Panel:
    """One section. `cards` are small figures that stand side by side; `shows` says what their bars count."""

    key: str
    title: str
    lines: Sequence[Markup] = ()
    cards: Sequence[Figure] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    small: Sequence[Markup] = ()
    shows: str = "trials"


def stem_of(summary: Summary) -> str:
    """What the ids of the summary's result rows begin with."""
    return f"simulation/{summary.asked.scenario.key}"


def title_of(shelf: Shelf, summary: Summary, id: str) -> str:
    """A result in words; its id where nothing is known."""
    row = shelf.get(f"{stem_of(summary)}/{id}/median")
    return row.title.removesuffix(", median of virtual trials") if row is not None else id


def short_of(summary: Summary, id: str) -> str:
    """An endpoint's label, with its group where it is reported in several."""
    segments = id.split("/")
    for endpoint in summary.asked.protocol.endpoints:
        if endpoint.key == segments[1]:
            group = next((g.label for g in summary.asked.protocol.groups if g.key == segments[2]), segments[2])
            return endpoint.label if len(endpoint.groups) == 1 else f"{endpoint.label}, {group}"
    return id
