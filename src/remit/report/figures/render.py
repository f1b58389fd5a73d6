"""A spec as a picture, and the scripts that make it live in a browser. Both come out of vl-convert."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

# The Vega-Lite that the specs are written for; vl-convert carries several.
VERSION = "6.4"

# What the chart script leaves behind for the page.
SNIPPET = "window.vegaEmbed = vegaEmbed;"

_ROOT = re.compile(r"<svg [^>]*?viewBox=\"(?P<box>[^\"]+)\"[^>]*>")
_IDS = re.compile(r"\b(clip|gradient_|pattern)(\d+)\b")
_DECIMALS = re.compile(r"(-?\d+\.\d\d)\d+")


def svg(spec: Mapping[str, Any], key: str) -> str:
    """The figure as an SVG element; the same spec gives the same text.

    key   starts every id in it: several figures stand in one document, and vl-convert counts ids on from call to call
    """
    import vl_convert

    text: str = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=VERSION)
    found = _ROOT.search(text)
    if found is None:
        raise AssertionError("vl-convert wrote an SVG without a viewBox")
    width, height = found["box"].split()[2:]
    size = f'viewBox="{found["box"]}" width="{width}" height="{height}"'
    root = f'<svg xmlns="http://www.w3.org/2000/svg" {size} aria-hidden="true">'
    seen: dict[str, str] = {}
    body = _IDS.sub(lambda m: seen.setdefault(m[0], f"{key}-{m[1].strip('_')}-{len(seen)}"), text[found.end() :])
    return root + _DECIMALS.sub(r"\1", body)


def picture(drawn: str, summary: str) -> str:
    """An SVG element as a file of its own: on white, and with its summary for who cannot see it."""
    text = drawn.replace(' aria-hidden="true"', ' role="img" style="background:#fff"', 1)
    root, close, body = text.partition(">")
    return f"{root}{close}<title>{escape(summary)}</title>{body}\n"


def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script of about 0.9 MB. Takes over a second: make it once and keep it."""
    import vl_convert

    text: str = vl_convert.javascript_bundle(SNIPPET)
    return text
