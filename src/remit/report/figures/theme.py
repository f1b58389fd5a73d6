"""What all figures share: ink, type, and the colors of levels and states.

The level colors run from light to dark as the dose rises (after viridis), so that they keep their order in gray print
and for every kind of color vision. States use one hue in three depths; unknown is gray and never a depth of that hue.
"""

from __future__ import annotations

from typing import Any

INK = "#1d2530"
MUTED = "#5b6470"
RULE = "#d9d5cc"
FAINT = "#ece9e2"
UNKNOWN = "#b9bec6"
EVENT = "#b3402f"
STEROID = "#a2551b"
MET = "#0f6b57"
PARTLY = "#9fd3bf"
NOT_MET = "#f1efe9"
# What a design says: always with its word, so that the color only helps to find it.
ACTIONS = {
    "escalate": PARTLY,
    "stay": NOT_MET,
    "de-escalate": "#f1c08e",
    "eliminate": "#d98672",
    "stop": UNKNOWN,
    "start": "#ffffff",
}
SANS = "Helvetica Neue, Arial, Liberation Sans, sans-serif"

_PALETTE = {
    1: ("#2f6aa8",),
    2: ("#4e9b72", "#3a3c8f"),
    3: ("#c2951a", "#2a8a94", "#3a2f80"),
    4: ("#c2951a", "#3f9a78", "#2f6aa8", "#3a2470"),
    5: ("#c2951a", "#5d9f64", "#2a8a94", "#2f5fa5", "#3a2470"),
    6: ("#c2951a", "#5d9f64", "#2a8a94", "#2f6aa8", "#3f3f95", "#2e1a5e"),
}


def level_colors(keys: list[str]) -> dict[str, str]:
    """Level key → color, ordered; from the seventh level on, the darkest color is used again."""
    palette = _PALETTE[len(keys)] if len(keys) in _PALETTE else _PALETTE[6]
    return {key: palette[k] if k < len(palette) else palette[-1] for k, key in enumerate(keys)}


def scheme() -> dict[str, Any]:
    """The Vega-Lite config of every figure."""
    return {
        "font": SANS,
        "background": None,
        "aria": False,
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED,
            "titleColor": MUTED,
            "labelFontSize": 11,
            "titleFontSize": 11.5,
            "titleFontWeight": "normal",
            "domainColor": "#9aa1aa",
            "tickColor": "#9aa1aa",
            "tickSize": 4,
            "gridColor": FAINT,
            "labelPadding": 4,
        },
        "header": {"labelColor": INK, "labelFontSize": 12, "labelFontWeight": "bold", "titleFontSize": 12},
        "text": {"font": SANS, "fontSize": 11, "color": INK},
        "legend": {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 11},
    }


def framed(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec with the schema, the shared config, and the parameter that lets all figures follow one subject."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "params": [{"name": "subject", "value": None}],
        "config": scheme(),
        **spec,
    }


def following(shown: float, hidden: float) -> dict[str, Any]:
    """An opacity that steps back for every subject but the followed one."""
    return {"condition": {"test": "subject === null || datum.USUBJID === subject", "value": shown}, "value": hidden}
