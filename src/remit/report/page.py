"""The report page: one file that holds its style, its scripts, its figures and the data of its panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
from markupsafe import Markup

from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.records.findings import Finding
from remit.report.figures.figure import Figure
from remit.report.figures.render import svg
from remit.report.material import Material
from remit.report.payload import panels
from remit.report.sections import SECTIONS
from remit.report.sections.minute import minute
from remit.report.sections.section import Section
from remit.report.shelf import Shelf
from remit.report.stamp import ReportStamp
from remit.report.templating import alive, environment

BEFORE_TREATMENT = ("who", "design", "methods")


def page(
    protocol: Protocol,
    derived: Mapping[str, pl.DataFrame],
    results: Sequence[Result],
    findings: Sequence[Finding],
    stamp: ReportStamp,
    scripts: str,
    picture: Callable[[Mapping[str, Any], str], str] = svg,
) -> str:
    """The page as HTML.

    scripts   what `figures.bundle` returns; with an empty text the figures stay pictures
    picture   `figures.svg`, or what gives the same text sooner
    returns   one HTML document that asks no other place for anything and reads without scripts
    """
    material = Material(protocol, derived, Shelf(results), findings, stamp)
    figures: list[Figure] = []

    def drawn(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(figure.still or picture(figure.spec, figure.key))

    templates = environment()
    opening = minute(material)
    sections = [
        {
            "key": section.key,
            "number": number,
            "title": section.title,
            "short": section.short,
            "body": Markup(
                templates.get_template(f"{section.key}.html").render(
                    m=material, shelf=material.shelf, draw=drawn, **section.contents(material)
                )
            ),
        }
        for number, section in enumerate(_chapters(material), start=1)
    ]
    behind = panels(results, derived, stamp.records, protocol)
    return templates.get_template("page.html").render(
        protocol=protocol,
        stamp=stamp,
        notice=stamp.notice,
        version=stamp.remit_version,
        minute=opening,
        sections=sections,
        running=_css_text(f"data cut {stamp.cutoff.isoformat()}"),
        running_foot=_css_text(f"{protocol.short_title} · records {stamp.records_hash}"),
        notice_running=_css_text(stamp.notice or ""),
        **alive(figures, scripts, behind, ["page.css"], ["page.js"]),
    )


def _chapters(material: Material) -> list[Section]:
    """The sections that have something to say; of a trial in which nobody was treated yet, only these few."""
    treated = material.shelf.get("disposition/infused/count")
    nobody = treated is not None and not material.shelf.positive(treated.id)
    return [one for one in SECTIONS if one.applies(material) and (one.key in BEFORE_TREATMENT or not nobody)]


def _css_text(text: str) -> Markup:
    """A CSS string that neither ends early nor ends the style element."""
    return Markup('"{}"').format(
        Markup("".join(c if c.isalnum() or c in " .,:;-·/()" else f"\\{ord(c):x} " for c in text))
    )
