"""5 B cells and cells: depletion, return, the kinetics of the product, and exposure beside response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.protocol import Endpoint
from remit.report.figures.b_cells import b_cells
from remit.report.figures.exposure_response import exposure_response
from remit.report.figures.kinetics import kinetics
from remit.report.material import Material
from remit.report.sections import antibody_tables as antibodies
from remit.report.sections import cell_tables as tables
from remit.report.sections import kinetics_tables as product
from remit.report.sections.section import Section
from remit.report.tables import Table


def contents(m: Material) -> Mapping[str, Any]:
    """The figures, each with the sentence that is its title, the tables, and what the comparison cannot say."""
    states = [e for e in m.protocol.endpoints if m.shelf.under(f"exposure-response/{e.key}/")]
    several = len(m.levels) > 1
    return {
        "b_cells": b_cells(m, _title(m)),
        "kinetics": kinetics(m, _peak(m)),
        "response": exposure_response(m, states, _response_title(m, states)) if several and states else None,
        "cannot_say": cannot_say(m),
        "folded": [(title, made) for title, made in _folded(m, states) if made is not None],
    }


def _folded(m: Material, states: list[Endpoint]) -> list[tuple[str, Table | None]]:
    return [
        ("B-cell nadir, aplasia and return as a table", tables.recovery(m)),
        ("B-cell subsets by visit", tables.subsets(m)),
        ("Antibodies, complement, urine protein and immunoglobulins by visit", tables.serology(m)),
        ("Antibodies of earlier vaccines", antibodies.vaccines(m)),
        ("Antibodies against the product", antibodies.immunogenicity(m)),
        ("Antibodies against the product, by subject", antibodies.by_subject(m)),
        ("Cell kinetics as a table", product.peaks(m)),
        ("Cell kinetics by infusion, with the fits of the half-life", product.infusions(m)),
        ("AUC under other conventions for samples below quantification", product.conventions(m)),
        ("Exposure, cell kinetics and response by donor and lot", product.covariates(m, states)),
        ("Response by exposure as a table", tables.responses(m, states)),
        ("What was not collected", antibodies.not_collected(m)),
    ]


def _title(m: Material) -> Markup:
    s = m.shelf
    said = []
    if s.has("b-cells/depleted/proportion"):
        said.append(Markup("B cells depleted in {}").format(s.number("b-cells/depleted/proportion")))
    if s.has("b-cells/depletion-day/median"):
        said.append(Markup("by day {} (median)").format(s.number("b-cells/depletion-day/median")))
    if s.has("b-cells/reconstitution-months/median"):
        back = s.number("b-cells/reconstitution-months/median")
        said.append(Markup("back after {} months (median of those seen to return)").format(back))
    return Markup(", ").join(said) if said else Markup("B-cell counts over time")


def _peak(m: Material) -> Markup:
    s = m.shelf
    for result in s.under("kinetics/", "/cmax/median"):
        if result.value is None:
            continue
        stem = result.id.removesuffix("/cmax/median")
        label, _, rest = result.title.partition(", ")
        pieces = rest.split(", ")
        unit = pieces[1] if len(pieces) > 2 else ""
        said = Markup("{} peaked at {} {} (median)").format(label, s.number(result.id), unit.replace("ug", "µg"))
        if s.has(f"{stem}/tlast-day/median"):
            said += Markup(" and were last seen on day {} (median)").format(s.number(f"{stem}/tlast-day/median"))
        return said
    return Markup("Copies of the transgene after each infusion")


def _response_title(m: Material, endpoints: list[Endpoint]) -> Markup:
    s = m.shelf
    for endpoint in endpoints[:1]:
        ids = [(level.name, f"exposure-response/{endpoint.key}/{level.key}/proportion") for level in m.levels]
        said = [Markup("{} at {}").format(s.fraction(id), name) for name, id in ids if s.has(id)]
        if said:
            return Markup("{} at the last assessment: {}").format(endpoint.label, Markup(", ").join(said))
    return Markup("States at the last assessment by {}").format(m.level_word)


def cannot_say(m: Material) -> str:
    """What the comparison of levels cannot show, in plain words."""
    said = [
        f"This describes who was treated; it does not show an effect of the {m.level_word}.",
        "Groups are small, so the intervals are wide and overlap: what looks like a trend can be chance, and so can "
        "the lack of one.",
    ]
    if m.protocol.levels_are != "arms":
        said.append(
            "Nobody was assigned to a level at random: levels were filled one after another, so subjects at different "
            "levels differ in calendar time, in how long they were followed, and perhaps in how ill they were and "
            "whose cells they got."
        )
    said.append(
        "Thirds by Cmax or AUC are formed after treatment, by what the body did with the cells. "
        "Nothing here is adjusted or tested."
    )
    return " ".join(said)


CELLS = Section("cells", "B cells and cells", "B cells", contents)
