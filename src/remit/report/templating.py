"""The templates and assets of pages, and JSON that can stand in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from remit.report.figures.figure import Figure
from remit.report.payload import packed, squeezed

_WIDTH = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)"')


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of this room, escaping everything."""
    made = Environment(
        loader=PackageLoader("remit.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["dash"] = "–"
    made.filters["width"] = width
    return made


def width(picture: str) -> str:
    """How wide a picture is by nature, in pixels: it is drawn smaller where there is no room, never larger."""
    found = _WIDTH.search(picture)
    return found[1] if found else "640"


def alive(
    figures: Sequence[Figure], scripts: str, behind: Mapping[str, Any], style: Sequence[str], code: Sequence[str]
) -> dict[str, Any]:
    """What `base.html` needs for a page whose numbers open and whose figures move.

    scripts   what `figures.bundle` returns; with an empty text the figures stay pictures
    behind    what the panels open
    style     names of its style sheets, `code` of its scripts
    """
    specs = {figure.key: figure.spec for figure in figures} if scripts else {}
    encoding, data = packed({**behind, "specs": specs})
    return {
        "data": Markup(data),
        "encoding": encoding,
        "charts": Markup(squeezed(scripts)) if specs else "",
        "style": Markup("".join(map(asset, style))),
        "code": Markup("".join(map(asset, code))),
    }


def asset(name: str) -> str:
    """A style sheet or script as text."""
    loader: Any = environment().loader
    text: str = loader.get_source(environment(), name)[0]
    return text
