"""The report page: one file that holds its style, its scripts, its figures and the data of its panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from markupsafe import Markup

from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.records.findings import Finding
from remit.report.figures.figure import Figure
from remit.report.figures.render import svg
from remit.report.material import Material
from remit.report.payload import packed, panels
from remit.report.sections import SECTIONS
from remit.report.sections.minute import minute
from remit.report.shelf import Shelf
from remit.report.stamp import ReportStamp
from remit.report.templating import as_json, asset, environment


def page(
    protocol: Protocol,
    derived: Mapping[str, pl.DataFrame],
    results: Sequence[Result],
    findings: Sequence[Finding],
    stamp: ReportStamp,
    scripts: str,
) -> str:
    """The page as HTML.

    scripts   what `figures.bundle` returns; with an empty text the figures stay pictures
    returns   one HTML document that asks no other place for anything and reads without scripts
    """
    material = Material(protocol, derived, Shelf(results), findings, stamp)
    figures: list[Figure] = []

    def drawn(figure: Figure) -> Markup:
        figures.append(figure)
        return Markup(figure.still or svg(figure.spec, figure.key))

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
        for number, section in enumerate([one for one in SECTIONS if one.applies(material)], start=1)
    ]
    encoding, data = packed(panels(results, derived, stamp.records, protocol))
    return templates.get_template("page.html").render(
        protocol=protocol,
        stamp=stamp,
        minute=opening,
        sections=sections,
        specs=[(figure.key, as_json(figure.spec)) for figure in figures] if scripts else [],
        data=Markup(data),
        encoding=encoding,
        scripts=Markup(scripts.replace("</script", "<\\/script")) if figures else "",
        style=Markup(asset("page.css")),
        code=Markup(asset("page.js")),
        running=_css_text(f"data cut {stamp.cutoff.isoformat()}"),
        running_foot=_css_text(f"{protocol.short_title} · records {stamp.records_hash}"),
        notice_running=_css_text(stamp.notice or ""),
    )


def _css_text(text: str) -> Markup:
    """A CSS string that neither ends early nor ends the style element."""
    return Markup('"{}"').format(
        Markup("".join(c if c.isalnum() or c in " .,:;-·/()" else f"\\{ord(c):x} " for c in text))
    )
