"""A figure: the finding it shows as its title, the same in words for who cannot see it, and its spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from remit.report.tables import Table


@dataclass(frozen=True)
class Figure:
    """One figure of the page.

    title     the finding, with its numbers
    summary   what is drawn, in one or two sentences of plain text
    key_line  how to read marks and colors, next to the figure
    spec      Vega-Lite
    table     the data behind, when a table says it better than the panels
    still     the figure as an SVG element, where it was drawn without the chart library; empty: draw the spec
    """

    key: str
    title: Markup
    summary: str
    spec: Mapping[str, Any]
    key_line: Markup = field(default_factory=Markup)
    table: Table | None = None
    still: str = ""
