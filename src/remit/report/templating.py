"""The templates and assets of pages, and JSON that can stand in them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from remit.report.payload import for_script


def as_json(value: object) -> Markup:
    """A value as JSON inside a script element."""
    return Markup(for_script(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)))


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
    return made


def asset(name: str) -> str:
    """A style sheet or script as text."""
    loader: Any = environment().loader
    text: str = loader.get_source(environment(), name)[0]
    return text
