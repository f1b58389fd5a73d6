"""5 B cells and cells: depletion, return, and the kinetics of the product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.report.figures.b_cells import b_cells
from remit.report.figures.kinetics import kinetics
from remit.report.material import Material
from remit.report.sections.section import Section
from remit.report.sections.who import heads, spread_cell
from remit.report.tables import FOOT, Row, Table


def contents(m: Material) -> Mapping[str, Any]:
    """The B-cell figure and the kinetics figure, each with the sentence that is its title."""
    return {"b_cells": b_cells(m, _title(m)), "kinetics": kinetics(m, _peak(m)), "peaks": peaks(m)}


def _title(m: Material) -> Markup:
    s = m.shelf
    said = []
    if s.has("b-cells/depleted/proportion"):
        said.append(Markup("B cells depleted in {}").format(s.number("b-cells/depleted/proportion")))
    if s.has("b-cells/depletion-day/median"):
        said.append(Markup("by day {} (median)").format(s.number("b-cells/depletion-day/median")))
    if s.has("b-cells/reconstitution-months/median"):
        said.append(Markup("back after {} months (median)").format(s.number("b-cells/reconstitution-months/median")))
    return Markup(", ").join(said) if said else Markup("B-cell counts over time")


MEASURES = (
    ("cmax", "Highest"),
    ("tmax-day", "Day of the highest"),
    ("clast", "Last above quantification"),
    ("tlast-day", "Last day above quantification"),
    ("auc-0-28", "AUC, days 0–28"),
)


def _peak(m: Material) -> Markup:
    s = m.shelf
    for result in s.under("kinetics/", "/cmax/median"):
        stem = result.id.removesuffix("/cmax/median")
        label, _, rest = result.title.partition(", ")
        pieces = rest.split(", ")
        unit = pieces[1] if len(pieces) > 2 else ""
        said = Markup("{} peaked at {} {} (median)").format(label, s.number(result.id), unit.replace("ug", "µg"))
        if s.has(f"{stem}/tlast-day/median"):
            said += Markup(" and were last seen on day {} (median)").format(s.number(f"{stem}/tlast-day/median"))
        return said
    return Markup("Copies of the transgene after each infusion")


def peaks(m: Material) -> Table | None:
    """Cell kinetics by level, median and range; None when no cells were measured."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    words = dict(MEASURES)
    found = list(dict.fromkeys(tuple(r.id.split("/")[1:3]) for r in s.under("kinetics/", "/median")))
    rows = [
        Row(
            words.get(measure, measure.replace("-", " ").capitalize()),
            [spread_cell(m, f"kinetics/{test}/{measure}{c}") for c in columns],
        )
        for test, measure in found
        if s.has(f"kinetics/{test}/{measure}/median")
    ]
    return (
        Table("kinetics", f"Cell kinetics by {m.level_word}, median (range)", heads(m), rows, FOOT, "Measure")
        if rows
        else None
    )


CELLS = Section("cells", "B cells and cells", "B cells and cells", contents)
